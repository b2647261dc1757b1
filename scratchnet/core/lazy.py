"""Names of a package that are imported when they are first used (PEP 562).

The package defines ``__getattr__`` with ``load``. It calls ``prepare_module`` for ``dir()`` and for
Python 3.6, where a module has no ``__getattr__``.
"""

from .types import Any, Family, Function


def load(package: str, homes: Family, name: str) -> Any:
    """Return what the package calls ``name``.

    ``homes`` says in which file each name is, relative to the package; "" means that it is a file.
    """
    if name not in homes:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    file = homes[name] or name
    module = __import__(f"{package}.{file}", None, None, [file])
    return module if file.split(".")[-1] == name else getattr(module, name)


def prepare_module(package: str, getattribute: Function, homes: Family) -> None:
    """Let ``dir()`` list the names; in Python 3.6, let the module find them as well."""
    try:
        import sys

        old = sys.version_info < (3, 7) and sys.implementation.name == "cpython"
    except (ImportError, AttributeError):
        return
    module: Any = sys.modules[package]
    names = sorted(set(module.__dict__) | set(homes))
    module.__dir__ = lambda: names
    if old:
        module.__class__ = type(
            "_Module",
            (type(sys),),
            {
                "__getattr__": lambda self, name: getattribute(name),
                "__dir__": lambda self: names,
            },
        )
