"""The heap that the core needs on MicroPython, in KB: python bench/memory.py MICROPYTHON [MPY_CROSS]

MICROPYTHON is a Unix build; one for a 32-bit processor shows what a board needs. With MPY_CROSS, the
modules are measured as .mpy files, too. "code" is what the imported modules take: frozen into the
firmware, they take none of the heap.
"""

import os
import shutil
import subprocess
import sys
import tempfile

CORE = os.path.join(os.path.dirname(__file__), "..", "..", "scratchnet", "core")
IMPORTS = """
import gc
import core as nn
layers = nn.Dense, nn.Tanh, nn.Sigmoid, nn.Softmax, nn.Sequential
"""
CODE = """
gc.collect()
print(gc.mem_alloc() // 1024)
"""
PREDICT = """
net = nn.Sequential([nn.Dense(4, 16), nn.Tanh(), nn.Dense(16, 3), nn.Softmax()], seed=7)
net.predict([[5.1, 3.5, 1.4, 0.2]])
"""
TRAIN = """
net = nn.Sequential([nn.Dense(2, 4), nn.Tanh(), nn.Dense(4, 1), nn.Sigmoid()], seed=7)
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
net.fit(X, Y, "binary_cross_entropy", nn.Adam(1 / 20), epochs=300)
"""
# What remains of a heap of 1 MB is 128 KB when the training loop is imported and runs.
BALLAST = """
import sys
nn.Adam, nn.losses, nn.training, nn.history
del sys.modules["core.training"]
gc.threshold(-1)
gc.collect()
ballast = []
while gc.mem_free() > 128 * 1024:
    ballast.append(bytearray(1024))
"""
TRAINING = "nn.Adam, nn.losses, nn.training, nn.history\n"


def run(micropython, folder, program, heap=None):
    """Return what the program prints, or None if it fails."""
    options = [] if heap is None else ["-X", "heapsize={}k".format(heap)]
    result = subprocess.run(
        [micropython] + options + ["-c", program],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return None if result.returncode else result.stdout.decode().strip()


def least_heap(micropython, folder, program):
    """Return the smallest heap, in multiples of 4 KB, from which on the program always runs.

    (Compiling needs room in one piece, so that it may fail in a heap that is a little larger.)
    """
    for heap in range(400, 0, -4):
        if run(micropython, folder, program, heap) is None:
            return heap + 4
    raise RuntimeError("the program needs no heap: " + program)


def report(micropython, folder, files):
    for name, program, also in (
        ("predict 4-16-3", PREDICT, ""),
        ("train XOR", TRAIN, TRAINING),
    ):
        code = run(micropython, folder, IMPORTS + also + CODE)
        heap = least_heap(micropython, folder, IMPORTS + program)
        print("{:6}{:16}{:4} KB of heap, of which {} KB code".format(files, name, heap, code))


def main(micropython, mpy_cross=None):
    with tempfile.TemporaryDirectory() as folder:
        core = os.path.join(folder, "core")
        shutil.copytree(CORE, core, ignore=shutil.ignore_patterns("__pycache__", "*.pyi"))
        report(micropython, folder, ".py")
        if mpy_cross:
            for name in os.listdir(core):
                subprocess.check_call([mpy_cross, "-O3", os.path.join(core, name)])
                os.remove(os.path.join(core, name))
            report(micropython, folder, ".mpy")


if __name__ == "__main__":
    main(*[os.path.abspath(path) for path in sys.argv[1:]])
