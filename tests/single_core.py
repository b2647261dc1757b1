"""The core as it runs where floats have 24 binary digits: each module with ``Single`` for ``float``.

load()    returns the core, under another name
"""

import importlib.abc
import importlib.util
import os
import sys

from scratchnet.scalars.single import Single, pi

NAME = "single_core_of_scratchnet"


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds NAME and its modules in the folder of the core."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != NAME:
            return None
        is_package = name == NAME
        return importlib.util.spec_from_loader(name, self, is_package=is_package)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        original = importlib.util.find_spec("scratchnet.core" + module.__name__[len(NAME) :])
        module.float = Single
        exec(original.loader.get_code(original.name), module.__dict__)


def load():
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())
    core = importlib.import_module(NAME)
    core.set_kernel("portable")
    core.plug_points.plug_in(supplement=lambda number, name: name == "pi" and pi or None)
    return core


def training():
    core = load()
    with open(os.path.join(os.path.dirname(__file__), "portable_training.py")) as file:
        program = file.read()
    program = program.replace("import scratchnet as sn\n", "")
    program = program.replace("from scratchnet.core.random import Generator\n", "")
    exec(program, {"sn": core, "Generator": core.Generator})


if __name__ == "__main__":
    training()
