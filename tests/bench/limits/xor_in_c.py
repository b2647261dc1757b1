"""XOR with 2-4-1, with vectors by hand in C (xor.c), to the bits of the engine "native"."""

import ctypes
from array import array

from ..peers import NumPy, PyTorch, ScikitLearn
from ..reference import compiled
from . import training

FASTEST = ["-march=native", "-fno-math-errno", "-fno-trapping-math"]


def bare(work):
    train = compiled("limits/xor.c", FASTEST).train
    W1, b1, W2, b2 = work.start
    start = array("d", W1[0] + W1[1] + b1 + [w for (w,) in W2] + b2)

    def fresh():
        w = start[:]

        def run():
            train(work.epochs, ctypes.c_double(work.rate), ctypes.c_void_p(w.buffer_info()[0]))
            return [w[:8].tolist(), w[8:12].tolist(), w[12:16].tolist(), w[16:].tolist()]

        return run

    return fresh


def limits(quick):
    names = [NumPy.name, ScikitLearn.name, PyTorch.name]
    yield training("2-4-1", bare, names, quick, tolerance=0.0, engine="native")
