"""The core in one file, and the package in one archive.

    one_file    the core as one module, which runs on a device under any name
    archive     the package as a file that Python runs: ``python3 scratchnet.pyz``

In one file, the modules of the core share one namespace. Most are placed one after another as they
are, so that their classes pickle as usual. What they import from each other is already there. A
module that others use as an object (``elementary.exp``) becomes a function, whose local names are
those of the module. It is called once and returns an object that has the public names:

    def elementary():
        ...
        return Namespace(exp=exp, ...)


    elementary = elementary()

A name that would mean two things in the shared namespace is an error.
"""

import ast
import builtins
import io
import os
import pkgutil
import re
import textwrap
import zipfile

from .. import core
from .minified import minified

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Match, Tuple

PACKAGE = core.__name__.split(".")[0]
FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# The modules of the core that are objects for the user as well: ``sn.matrix``.
PUBLIC = ("functions", "initializers", "matrix", "random")

HEAD = """\
# The core of scratchnet {}, neural networks in pure Python, in one file.
# Copyright (c) 2026 The scratchnet authors. MIT License: https://opensource.org/license/mit
"""
NAMESPACE = '''

class Namespace:
    """What is a module in the package: an object that has the module's public names."""

    def __init__(self, **names):
        for name in names:
            setattr(self, name, names[name])
'''

IMPORT = re.compile(r"^( *)from \.(\w*) import (?:\([^)]*\)|.*)\n", re.MULTILINE)
OBJECT = re.compile(r"^ *from \. import (\w+)$", re.MULTILINE)
FOR_TYPES = re.compile(r"^TYPE_CHECKING = .*\nif TYPE_CHECKING:\n(?: +.*\n)*", re.MULTILINE)
GLOBAL = re.compile(r"^( +)global ", re.MULTILINE)
OTHER_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def one_file(version: str, minify: bool = False) -> str:
    """Return the core as the text of one module.

    ``version``   the version of the package, for the first line
    ``minify``    whether to leave out docstrings, comments, annotations and spaces
    """
    sources = {name: _source(name) for name in core.FILES if name != "lazy"}
    if minify:
        del sources["types"]
    text = SharedNamespace(sources).text()
    return HEAD.format(version) + (minified(text) if minify else text)


def _source(name: str) -> str:
    # The package may be in an archive, where its files have no path.
    data = pkgutil.get_data(core.__name__, name + ".py") or b""
    return data.decode("utf-8").replace("\r\n", "\n")


class SharedNamespace:
    """The one namespace of modules that import from each other.

    ``sources``    their sources by name; none uses another that comes later, except in functions
    ``objects``    the names of those that others use as objects
    ``meanings``   what each name of the namespace is, such as "losses.Hinge"
    """

    def __init__(self, sources: "Dict[str, str]") -> None:
        self.sources = sources
        self.objects = set(OBJECT.findall("\n".join(sources.values())))
        self.meanings = {name: "builtins." + name for name in dir(builtins)}

    def text(self) -> str:
        """Return the source of one module with the contents of all."""
        self.define("Namespace", "this class")
        parts = [NAMESPACE]
        for name in self.sources:
            parts.append(f"\n\n# ---- {name}.py ----\n\n")
            parts.append(self.function(name) if name in self.objects else self.contents(name))
        parts.append("\n\n__all__ = {!r}\n".format(sorted(core.__all__ + list(PUBLIC))))
        return "".join(parts)

    def contents(self, name: str) -> str:
        """Return the source of a module as a part of the namespace."""
        source = self.sources[name]
        for assigned in _assigned(source):
            self.define(assigned, f"{name}.{assigned}")
        text = self.without_imports(source)
        if name in PUBLIC:
            self.define(name, f"the module {name}")
            text += f"\n\n{name} = {_object(source)}\n"
        return text

    def function(self, name: str) -> str:
        """Return a function with the source of a module, and the call that makes the object."""
        self.define(name, f"the module {name}")
        source = self.sources[name]
        body = GLOBAL.sub(r"\1nonlocal ", self.without_imports(source, is_function=True))
        body += f"\nreturn {_object(source)}\n"
        text = f"def {name}():\n{textwrap.indent(body, '    ')}\n\n{name} = {name}()\n"
        for public in core.FILES.get(name, "").split():
            self.define(public, f"{name}.{public}")
            text += f"{public} = {name}.{public}\n"
        return text

    def without_imports(self, source: str, is_function: bool = False) -> str:
        """Return the source; a name that is not there yet is assigned rather than imported."""

        def assignments(match: "Match[str]") -> str:
            indentation, module = match.groups()
            is_shared = not (is_function or indentation)
            lines = []
            for name, imported in _imported(match.group()):
                known = f"{module}.{imported}" if module in self.objects else imported
                if name != known and (not is_shared or self.define(name, known)):
                    lines.append(f"{indentation}{name} = {known}\n")
            return "".join(lines)

        return IMPORT.sub(assignments, FOR_TYPES.sub("", source))

    def define(self, name: str, meaning: str) -> bool:
        """Give the name its meaning. Return whether it had none before."""
        is_new = name not in self.meanings
        known = self.meanings.setdefault(name, meaning)
        if known != meaning:
            raise ValueError(f"the name {name!r} would be {known} and {meaning}; rename one")
        return is_new


def _assigned(source: str) -> "List[str]":
    """Return the names that a module defines at its top level, other than by imports."""
    return sorted(set(_bound(ast.parse(source))))


def _bound(node: "ast.AST") -> "Iterator[str]":
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
            yield child.name
        elif isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            yield child.id
        elif not isinstance(child, OTHER_SCOPES):
            yield from _bound(child)


def _imported(statement: str) -> "List[Tuple[str, str]]":
    """Return the names that an import binds, each with the name in the module it is from."""
    node: "Any" = ast.parse(statement.strip()).body[0]
    return [(alias.asname or alias.name, alias.name) for alias in node.names]


def _object(source: str) -> str:
    """Return the call that makes the object with the public names of a module."""
    passed_on = re.findall(r"^from \.\w+ import (\w+) as \1$", source, re.MULTILINE)
    names = sorted([name for name in _assigned(source) + passed_on if name[0] != "_"])
    return "Namespace(\n{}\n)".format("\n".join([f"    {name}={name}," for name in names]))


def archive() -> bytes:
    """Return the package as a zip file. The same files give the same bytes."""
    paths = files()
    if not paths:
        raise ValueError(f"the package is in an archive; copy {os.path.dirname(FOLDER)} instead")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        _add(zipped, "__main__.py", f"import {PACKAGE}.__main__\n".encode())
        for path in paths:
            with open(path, "rb") as file:
                name = os.path.relpath(path, os.path.dirname(FOLDER)).replace(os.sep, "/")
                _add(zipped, name, file.read())
    return buffer.getvalue()


def _add(zipped: "zipfile.ZipFile", name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name)  # its date is 1980-01-01
    member.create_system = 3  # Unix, on every system
    member.external_attr = 0o644 << 16
    member.compress_type = zipfile.ZIP_DEFLATED
    zipped.writestr(member, data)


def files() -> "List[str]":
    """Return the paths of all files of the package; none if the package is in an archive."""
    found = []
    for folder, folders, names in os.walk(FOLDER):
        folders[:] = [name for name in folders if name != "__pycache__"]
        found += [os.path.join(folder, name) for name in names]
    return sorted(found)
