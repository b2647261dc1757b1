"""784-30-10 by hand in C (large.c): one epoch, the samples in Python's lists."""

import ctypes
from array import array

from ..peers import NumPy, PyTorch
from ..reference import compiled
from . import training
from .xor_in_c import FASTEST

PADDED = 32  # numbers of a row of weights in C


class Aligned:
    """Rows of numbers whose memory begins at a multiple of 64 bytes; each row is padded with zeros."""

    def __init__(self, rows, count=None):
        self.rows, self.width = len(rows), len(rows[0])
        numbers = [x for row in rows for x in row + [0.0] * (PADDED - self.width)]
        numbers += [0.0] * PADDED * ((count or self.rows) - self.rows)
        self.memory = array("d", [0.0] * 8 + numbers)
        self.first = -self.memory.buffer_info()[0] // 8 % 8
        self.memory[self.first : self.first + len(numbers)] = array("d", numbers)
        self.address = ctypes.c_void_p(self.memory.buffer_info()[0] + 8 * self.first)

    def tolist(self):
        starts = range(self.first, self.first + PADDED * self.rows, PADDED)
        return [self.memory[k : k + self.width].tolist() for k in starts]


class Flat(Aligned):
    def tolist(self):
        return super().tolist()[0]


def bare(work):
    library = compiled("limits/large.c", FASTEST)
    address = ctypes.cast(library.read_lists, ctypes.c_void_p).value
    read = ctypes.PYFUNCTYPE(None, ctypes.py_object, ctypes.c_void_p)(address)
    samples, targets = len(work.X), work.targets

    def fresh():
        W1, b1, W2, b2 = work.start
        parameters = [Aligned(W1), Flat([b1]), Aligned(W2, PADDED), Flat([b2])]

        def run():
            X, Y = [array("d", [0.0]) * (samples * width) for width in (784, 10)]
            for rows, numbers in ((work.X, X), (targets, Y)):
                read(rows, numbers.buffer_info()[0])
            places = [ctypes.c_void_p(numbers.buffer_info()[0]) for numbers in (X, Y)]
            places += [parameter.address for parameter in parameters]
            library.train(samples, ctypes.c_double(work.rate), *places)
            return parameters

        return run

    return fresh


def limits(quick):
    yield training("784-30-10", bare, [NumPy.name, PyTorch.name], quick, engine="native")
