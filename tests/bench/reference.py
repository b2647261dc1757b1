"""The trainings in hand-written C (reference.c), compiled with -O3 and called by ``ctypes``."""

import ctypes
import os
import shutil
import subprocess
import tempfile
from array import array
from itertools import chain

from .measure import Unavailable
from .peers import PEERS, Peer

OPTIONS = ["-std=c99", "-O3", "-ffp-contract=off", "-shared", "-fPIC"]


def compiled(name, options=()):
    """Return the library of a C source in this folder."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        raise Unavailable("no gcc or cc on the PATH")
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "compiled.so")
        subprocess.run([compiler, *OPTIONS, *options, source, "-o", path, "-lm"], check=True)
        return ctypes.CDLL(path)


class Reference(Peer):
    """The samples are converted in advance, no number is checked, and the losses are computed."""

    name = "C by hand"

    def load(self):
        self.library = compiled("reference.c")

    @classmethod
    def version(cls):
        return ""

    def training(self, work):
        X, Y = [array("d", chain.from_iterable(rows)) for rows in (work.X, work.targets)]
        losses = array("d", [0.0] * work.epochs)
        sizes = [*work.sizes, len(work.X), work.batch, work.epochs, ord(work.hidden[0])]

        def fresh():
            W1, b1, W2, b2 = work.start
            parameters = [
                array("d", numbers)
                for numbers in (chain.from_iterable(W1), b1, chain.from_iterable(W2), b2)
            ]
            arrays = (*parameters, X, Y, losses)

            def run():
                places = [ctypes.c_void_p(numbers.buffer_info()[0]) for numbers in arrays]
                if not self.library.train(*sizes, ctypes.c_double(work.rate), *places):
                    raise MemoryError
                W1, b1, W2, b2 = parameters
                return [rows(W1, len(b1)), b1.tolist(), rows(W2, len(b2)), b2.tolist()]

            return run

        return fresh


def rows(numbers, width):
    return [numbers[k : k + width].tolist() for k in range(0, len(numbers), width)]


PEERS[Reference.name] = Reference
