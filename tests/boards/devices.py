"""Measure what the operations of an exported module cost with MicroPython on emulated boards.

``python boards/devices.py FOLDER [PROCESSORS [TYPES]]`` in the folder tests prints the table of
scratchnet/codegen/boards/micropython.py. FOLDER is the port "qemu" in the sources of MicroPython, in which these were made:

    make BOARD=MICROBIT FROZEN_MANIFEST= CFLAGS_EXTRA="-DMICROPY_EMIT_THUMB=1 -DMICROPY_EMIT_THUMB_ARMV7M=0"
    make BOARD=MPS2_AN386 FROZEN_MANIFEST=

MPS2_AN386 is boards/MPS2_AN385 with -mcpu=cortex-m4 -mfloat-abi=hard -mfpu=fpv4-sp-d16 -DMICROPY_HW_FPU=1 instead of its
processor, -march=armv7emsp, and the machine mps2-an386. Every module tests itself before its time is taken.
"""

import os
import re
import select
import subprocess
import sys
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS] + [
    os.path.join(TESTS, name) for name in sorted(os.listdir(TESTS)) if name.isalpha()
]

from calibrate import fit, line, networks  # noqa: E402
from test_c import adapted, rows_for  # noqa: E402

import scratchnet as sn  # noqa: E402
from scratchnet.codegen import targets  # noqa: E402
from scratchnet.codegen.boards import micropython  # noqa: E402
from scratchnet.codegen.boards.budget import total  # noqa: E402
from scratchnet.codegen.rows import Rows  # noqa: E402

NANOSECONDS = 128  # of an instruction
MACHINES = {"Cortex-M0": ("microbit", "MICROBIT"), "Cortex-M4F": ("mps2-an386", "MPS2_AN386")}
MEMORY = "-global nrf51-soc.flash-size=1048576 -global nrf51-soc.sram-size=262144"
TIMED = """
import time
for row in {rows}:
    begin = time.ticks_us()
    for _ in range({times}):
        {function}(row)
    print("MICROSECONDS", time.ticks_diff(time.ticks_us(), begin))
"""
WAIT = 60


class Device:
    """MicroPython on an emulated board, which runs programs one after the other."""

    def __init__(self, ports, processor):
        machine, board = MACHINES[processor]
        firmware = os.path.join(ports, "build-" + board, "firmware.elf")
        command = "qemu-system-arm -machine {} -nographic -monitor null -semihosting -icount shift=7 {} -kernel {}"
        self.process = subprocess.Popen(
            command.format(machine, MEMORY * (machine == "microbit"), firmware).split(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.read = b""
        self.until(b">>> ")

    def until(self, mark):
        """Return what the board prints before the mark."""
        end = time.time() + WAIT
        while mark not in self.read:
            if not select.select([self.process.stdout], [], [], max(0, end - time.time()))[0]:
                raise TimeoutError(self.read[-1000:].decode())
            self.read += os.read(self.process.stdout.fileno(), 4096)
        found, self.read = self.read.split(mark, 1)
        return found

    def send(self, data):
        for k in range(0, len(data), 64):  # The buffer of the board is small.
            self.process.stdin.write(data[k : k + 64])
            self.process.stdin.flush()
            time.sleep(0.001)

    def run(self, program):
        """Return what a program prints, in an interpreter that has just started."""
        self.send(b"\x01\x04")  # the mode for programs, which restarts it
        self.until(b"soft reboot")
        self.until(b">")
        self.send(program.encode("ascii") + b"\x04")
        self.until(b"OK")
        printed, error = self.until(b"\x04"), self.until(b"\x04")
        if error:
            raise RuntimeError(error.decode())
        return printed.decode()

    def time(self, text, rows, function):
        """Return the instructions of a prediction, the median over three rows, of a module that tests itself."""
        times = 10  # so that collecting garbage has its share
        printed = self.run(text + TIMED.format(rows=rows, function=function, times=times))
        assert "all right" in printed, printed
        found = sorted(map(int, re.findall(r"MICROSECONDS (\d+)", printed)))
        return found[1] * 1000 / NANOSECONDS / times

    def close(self):
        self.process.kill()
        self.process.wait()


def written(net, kind, own=False, arrays=False):
    """Return the operations of a module, its text, rows for it, and the function that predicts."""
    is_viper, rows = kind == micropython.VIPER, rows_for(net, 3)[:3]
    type, calibrate = "int8" if is_viper else kind, None if kind == "float" else rows
    request = targets.request_for(
        net, Rows(), "", None, "micropython", type, "net", own, calibrate, viper=is_viper
    )
    text = targets.source(request)
    if arrays:
        text = text.replace('return tuple(array("f", data))', 'return array("f", data)')
    counts = micropython.Module(request, text).executed
    if kind == "float":
        return counts, text, rows, "outputs"
    return counts, text, [request.integers.quantize(x) for x in rows], "run"


def larger():
    """Networks whose numbers are arrays, and which make so much garbage that it is collected."""
    for widths in ((50, 40, 4), (80, 25, 9)):
        layers = [[sn.Dense(a, b), sn.ReLU()] for a, b in zip(widths, widths[1:])]
        yield adapted(sum(layers, []), widths[0]), False


def measured(device, kind):
    """Yield the operations and the instructions of the prediction of each network."""
    seen = []
    for net, calls in [*networks(), *larger()]:
        variants = [(False, False)]
        if kind == "float":
            variants += [(False, True)] + [(True, False)] * calls
        for own, arrays in variants:
            try:
                counts, text, rows, function = written(net, kind, own, arrays)
            except ValueError:
                continue  # Integers cannot express it.
            if counts not in seen:
                seen.append(counts)
                yield counts, device.time(text, rows, function)


def main(ports, processors="Cortex-M0,Cortex-M4F", kinds="float,int8,viper,int16"):
    for processor in processors.split(","):
        device = Device(ports, processor)
        try:
            for kind in kinds.split(","):
                counts, results = zip(*measured(device, kind))
                cost = fit(counts, results)
                items = [
                    "{}={:.4g}".format(name.replace(" ", "_"), x)
                    for name, x in sorted(cost.items())
                ]
                print(line(processor, kind, *items), flush=True)
                errors = [total(c, cost) / r - 1 for c, r in zip(counts, results)]
                worst = sorted(errors, key=abs)[-8:]
                print(processor, kind, ["{:.0%}".format(e) for e in worst], file=sys.stderr)
        finally:
            device.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
