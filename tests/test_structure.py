"""The architecture, checked: the floors of the house, the core's dialect, its size, what importing it costs.

Every checker takes the text of a file, so that each can also be shown text that it must refuse.
"""

import ast
import io
import os
import re
import subprocess
import sys
import tokenize
from decimal import Decimal

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# From the ground up: a file imports only from floors before its own.
CORE = (
    "portable functions matrix random initializers protocol activations layers losses optimizers training network"
).split()
ABOVE = (
    "schedules texts formats checkpoints scalars datasets metrics plots explanation codegen parallel selection "
    "estimators selftest lessons cli __main__"
).split()
FLOORS = CORE + ABOVE

# Beside the house: the types for annotations, which only type checkers import.
BESIDE = "annotations"

# These, too, are written in the core's dialect, though they stand above it.
FORMATS = "__init__ files json safetensors strict_json".split()
DIALECT_ABOVE = ["schedules.py"] + ["formats/" + name + ".py" for name in FORMATS]

# The formulas: no `**`, which interpreters round differently, and no number that is not exactly what it says.
RULES = "functions activations layers losses optimizers".split()
EXACT = "functions initializers activations layers losses optimizers".split()

CORE_LINES = 1500
TOP_LEVEL = (
    "scratchnet tests setup.cfg tox.ini README.md pyproject.toml LICENSE .gitignore .ci".split()
)


def read(path):
    with io.open(os.path.join(ROOT, "scratchnet", path), encoding="utf-8") as file:
        return file.read()


def source_files():
    """Every Python file of the package, as "layers.py" or "formats/json.py"."""
    package = os.path.join(ROOT, "scratchnet")
    found = []
    for folder, folders, names in os.walk(package):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            if name.endswith(".py"):
                found.append(
                    os.path.relpath(os.path.join(folder, name), package).replace(os.sep, "/")
                )
    return sorted(found)


FILES = source_files()
CORE_FILES = [name + ".py" for name in CORE]
DIALECT_FILES = ["__init__.py"] + CORE_FILES + [name for name in DIALECT_ABOVE if name in FILES]


def floor_of(path):
    return path.split("/")[0].replace(".py", "")


def literal(node):
    """The value of a literal, or None; by this road because Python 3.6 and 3.12 name its node differently."""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return None


# ---- imports -----------------------------------------------------------------------------------------------------


def imports(path, source):
    """Yield (line, module, name, fallible, only for types) of each import of ``source``, wherever it stands.

    Relative ones are made absolute. ``name`` is None for `import module`; fallible means inside a `try` that
    catches ImportError; only for types, inside `if TYPE_CHECKING`.
    """
    package = ["scratchnet"] + path.split("/")[:-1]

    def visit(node, fallible, typing_only):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, None, fallible, typing_only
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            for alias in node.names:
                yield node.lineno, module, alias.name, fallible, typing_only
        elif isinstance(node, ast.Try):
            caught = [
                part for handler in node.handlers if handler.type for part in ast.walk(handler.type)
            ]
            names = [part.id for part in caught if isinstance(part, ast.Name)]
            for child in node.body:
                yield from visit(child, fallible or "ImportError" in names, typing_only)
            for child in node.handlers + node.orelse + node.finalbody:
                yield from visit(child, fallible, typing_only)
        elif (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
        ):
            for child in node.body:
                yield from visit(child, fallible, True)
            for child in node.orelse:
                yield from visit(child, fallible, typing_only)
        else:
            for child in ast.iter_child_nodes(node):
                yield from visit(child, fallible, typing_only)

    return visit(ast.parse(source), False, False)


def foreign_imports(path, source):
    """Imports from outside the package that not every interpreter has."""
    for line, module, _, fallible, typing_only in imports(path, source):
        if module.split(".")[0] == "scratchnet" or typing_only and module == "typing":
            continue
        if module in ("math", "struct", "json", "time") or fallible and module == "operator":
            continue
        if path != "formats/files.py" or module not in (
            "os",
            "errno",
        ):  # the one file that writes files
            yield "{}:{}: imports {}".format(path, line, module)


def upward_imports(path, source):
    """Imports of the same floor or of one above; the package itself is the roof, open only to lessons and cli."""
    own = floor_of(path)
    for line, module, name, _, typing_only in imports(path, source):
        parts = module.split(".")
        if parts[0] != "scratchnet" or typing_only and parts[1:] == [BESIDE]:
            continue
        if len(parts) > 1:
            target = parts[1]
        elif name in FLOORS:
            target = name
        else:
            target = "the roof"
        if target == "the roof":
            allowed = own in ("lessons", "cli", "__main__")
        else:
            same_folder = target == own and "/" in path
            allowed = same_folder or target in FLOORS[: FLOORS.index(own)]
        if not allowed:
            yield "{}:{}: {} imports {}, which does not stand below it".format(
                path, line, own, target
            )


# ---- the dialect -------------------------------------------------------------------------------------------------

NEWER = {"NamedExpr": "a walrus", "Match": "match", "TryStar": "except*", "TypeAlias": "type"}


def dialect(path, source):
    """What Python 3.6, MicroPython or CircuitPython would not run, or not in the same way."""
    tree = ast.parse(source)
    found = []

    def refuse(node, what):
        found.append("{}:{}: {}".format(path, node.lineno, what))

    for node in ast.walk(tree):
        kind = type(node).__name__
        if kind in NEWER:
            refuse(node, NEWER[kind])
        elif kind in ("List", "Tuple", "Set") and isinstance(
            getattr(node, "ctx", ast.Load()), ast.Load
        ):
            if any(isinstance(element, ast.Starred) for element in node.elts):
                refuse(node, "[*a]")
        elif kind == "Dict" and None in node.keys:
            refuse(node, "{**d}")
        elif kind == "Subscript" and not isinstance(node.ctx, ast.Load):
            if any(isinstance(part, ast.Slice) and part.step for part in ast.walk(node.slice)):
                refuse(node, "assignment to a slice with a step")
        elif (
            kind == "Call"
            and isinstance(node.func, ast.Name)
            and node.func.id == "zip"
            and node.keywords
        ):
            refuse(node, "zip(strict=)")
        elif kind == "Attribute" and node.attr == "__doc__":
            refuse(node, "__doc__")
        elif kind == "AnnAssign" and not isinstance(literal(node.annotation), str):
            refuse(node, "an annotation that is not quoted")
        elif kind in ("FunctionDef", "AsyncFunctionDef", "ClassDef"):
            for decorator in node.decorator_list:
                if not (
                    isinstance(decorator, ast.Name)
                    and decorator.id in ("property", "staticmethod", "classmethod")
                    or isinstance(decorator, ast.Attribute)
                    and decorator.attr == "setter"
                ):
                    refuse(node, "a decorator")
        if kind in ("FunctionDef", "AsyncFunctionDef", "Lambda"):
            if getattr(node.args, "posonlyargs", []):
                refuse(node, "positional-only arguments")
            arguments = [part for part in ast.walk(node.args) if isinstance(part, ast.arg)]
            annotations = [argument.annotation for argument in arguments] + [
                getattr(node, "returns", None)
            ]
            if any(
                annotation and not isinstance(literal(annotation), str)
                for annotation in annotations
            ):
                refuse(node, "an annotation that is not quoted")
    return found


def powers(path, source):
    """Each `**`, but for one of two integers, which is exact."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.BinOp, ast.AugAssign)) and isinstance(node.op, ast.Pow):
            operands = (node.left, node.right) if isinstance(node, ast.BinOp) else ()
            if not operands or any(type(literal(operand)) is not int for operand in operands):
                yield "{}:{}: **".format(path, node.lineno)


def inexact_literals(path, source):
    """Floats like 0.1, which no float is, and which some MicroPythons misread; 0.5 and 1 / 10 are exact enough."""
    for node in ast.walk(ast.parse(source)):
        value = literal(node)
        if (
            not isinstance(node, ast.UnaryOp)
            and type(value) is float
            and Decimal(repr(value)) != Decimal(value)
        ):
            yield "{}:{}: {!r}".format(path, node.lineno, value)


def lines_of_code(source):
    """How many lines hold code that runs: not blank, no comment, no docstring, and not inside `if TYPE_CHECKING`."""
    source = re.sub(r"\nif TYPE_CHECKING:(\n+    .*)+", "", source)
    counted, statement = set(), []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in (
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.INDENT,
            tokenize.DEDENT,
            tokenize.ENDMARKER,
        ):
            continue
        if token.type != tokenize.NEWLINE:
            statement.append(token)
            continue
        if any(part.type != tokenize.STRING for part in statement):
            for part in statement:
                counted.update(range(part.start[0], part.end[0] + 1))
        statement = []
    return len(counted)


# ---- the house as it stands --------------------------------------------------------------------------------------


def check(checker, paths):
    found = [line for path in paths for line in checker(path, read(path))]
    assert not found, "\n".join(found)


def test_every_file_has_its_floor():
    assert sorted({floor_of(path) for path in FILES} - set(FLOORS) - {"__init__", BESIDE}) == []
    assert sorted(set(CORE_FILES) - set(FILES)) == []


def test_the_dialect_imports_only_what_every_python_has():
    check(foreign_imports, DIALECT_FILES)


def test_no_floor_imports_one_above():
    check(upward_imports, [path for path in FILES if path not in ("__init__.py", BESIDE + ".py")])


def test_the_core_keeps_to_its_dialect():
    check(dialect, DIALECT_FILES)


def test_the_rules_raise_nothing_to_a_power():
    check(powers, [name + ".py" for name in RULES])


def test_the_rules_contain_only_exact_numbers():
    check(inexact_literals, [name + ".py" for name in EXACT])


def test_the_core_is_small():
    sizes = [(lines_of_code(read(path)), path) for path in CORE_FILES]
    report = "\n".join(
        "{:5} {}".format(*size) for size in sizes + [(sum(lines for lines, _ in sizes), "together")]
    )
    print(report)
    assert sum(lines for lines, _ in sizes) <= CORE_LINES, report


def test_importing_the_package_costs_little():
    """Only the core is loaded (and the schedules), and none of the standard library's heavy modules."""
    program = (
        "import sys; before = set(sys.modules); import scratchnet; "
        "print(' '.join(sorted(set(sys.modules) - before)))"
    )
    # -S and -E: a site's own .pth files and variables import much of the library before we do.
    output = subprocess.check_output(
        [sys.executable, "-S", "-E", "-c", program], cwd=ROOT, universal_newlines=True
    )
    loaded = output.split()
    assert "scratchnet.network" in loaded
    heavy = "typing dataclasses enum abc functools copy random decimal fractions argparse re json inspect".split()
    above = ["scratchnet." + name for name in ABOVE if name != "schedules"]
    assert [name for name in loaded if name in heavy or name.startswith(tuple(above))] == []


def test_what_is_installed_is_complete():
    """Beside the modules, the wheel must hold py.typed and the data files."""
    import scratchnet

    def listing(package):
        for folder, _, names in os.walk(package):
            for name in names:
                if "__pycache__" not in folder and not name.endswith(".pyc"):
                    yield os.path.relpath(os.path.join(folder, name), package)

    assert "py.typed" in listing(os.path.dirname(scratchnet.__file__))
    assert sorted(listing(os.path.dirname(scratchnet.__file__))) == sorted(
        listing(os.path.join(ROOT, "scratchnet"))
    )


def test_the_top_level_is_short():
    try:
        listing = subprocess.check_output(
            ["git", "ls-files"], cwd=ROOT, stderr=subprocess.PIPE
        ).decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a clone")
    assert sorted({path.split("/")[0] for path in listing.splitlines()} - set(TOP_LEVEL)) == []


# ---- the checkers themselves -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "import random",
        "import os.path",
        "from typing import Any",
        "import operator",
        "def f():\n    import functools",
        "try:\n    import re\nexcept ImportError:\n    re = None",
        "try:\n    import operator\nexcept ValueError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    import operator",
        "if TYPE_CHECKING:\n    import numpy",
        "if TYPE_CHECKING:\n    pass\nelse:\n    from typing import Any",
    ],
)
def test_foreign_imports_are_seen(source):
    assert list(foreign_imports("layers.py", source))


def test_allowed_imports_are_not_refused():
    source = """
import math
from . import matrix
from .functions import exp
try:
    from operator import mul
except ImportError:
    mul = None
if TYPE_CHECKING:
    from typing import Any
"""
    assert list(foreign_imports("layers.py", source)) == []
    assert list(upward_imports("layers.py", source)) == []


@pytest.mark.parametrize(
    "path, source",
    [
        ("layers.py", "from . import network"),
        ("layers.py", "from .losses import Hinge"),
        ("layers.py", "from scratchnet.losses import Hinge"),
        ("layers.py", "import scratchnet.losses"),
        ("layers.py", "import scratchnet"),
        ("layers.py", "from . import Sequential"),
        ("layers.py", "from . import layers"),
        ("layers.py", "from .formats import json"),
        ("layers.py", "def f():\n    from . import losses"),
        ("layers.py", "if TYPE_CHECKING:\n    from . import losses"),
        ("formats/json.py", "from ..scalars import dual"),
        ("formats/json.py", "from .. import Sequential"),
        ("formats/json.py", "from .. import cli"),
    ],
)
def test_upward_imports_are_seen(path, source):
    assert list(upward_imports(path, source))


@pytest.mark.parametrize(
    "path, source",
    [
        ("formats/json.py", "from . import safetensors"),
        ("formats/json.py", "from ..network import Sequential"),
        ("formats/json.py", "from .. import network, layers"),
        ("cli/train.py", "import scratchnet as sn"),
        ("lessons/and_gate.py", "from scratchnet import matrix"),
    ],
)
def test_downward_imports_are_not_refused(path, source):
    assert list(upward_imports(path, source)) == []


@pytest.mark.parametrize(
    "source",
    [
        "x = [*a]",
        "x = {**d}",
        "return_ = (1, *a)",
        "a[::2] = b",
        "del a[::2]",
        "zip(a, b, strict=True)",
        "f.__doc__",
        "def f(x: int): pass",
        "def f(*, x: int): pass",
        "def f(*x: int): pass",
        "def f() -> int: pass",
        "x: int = 3",
        "class A:\n    x: int",
        "@cache\ndef f(): pass",
        "@dataclass\nclass A: pass",
        "@cache()\ndef f(): pass",
    ]
    + ["(x := 3)", "def f(a, /): pass"] * (sys.version_info >= (3, 8))
    + ["match x:\n    case 1: pass"] * (sys.version_info >= (3, 10)),
)
def test_a_foreign_dialect_is_seen(source):
    assert dialect("layers.py", source)


def test_the_dialect_is_not_refused():
    source = """
x: "int" = 3
a, *b = f(*c, **d)
a[1:2] = b[::2]
f"{x:.3f} {y!r}"
zip(a, b)

class A:
    @property
    def y(self, x: "int" = 3) -> "int":
        return x

    @y.setter
    def y(self, x): ...
"""
    assert dialect("layers.py", source) == []


@pytest.mark.parametrize(
    "source", ["x ** 2", "2 ** x", "2.0 ** 52", "x **= 2", "f(1 - x ** 2)", "10 ** -n"]
)
def test_powers_are_seen(source):
    assert list(powers("layers.py", source))


def test_whole_powers_of_whole_numbers_are_not_refused():
    assert list(powers("layers.py", "x / 2 ** 52; f(**options)")) == []


@pytest.mark.parametrize(
    "source", ["0.1 * x", "x = -0.3", "1e-7", "def f(x=0.01): pass", "def f(*, x=0.01): pass"]
)
def test_inexact_literals_are_seen(source):
    assert list(inexact_literals("losses.py", source))


def test_exact_literals_are_not_refused():
    assert (
        list(inexact_literals("losses.py", "def f(x=1 / 100):\n    return 0.5 * x + 3 - 1.0")) == []
    )


def test_lines_of_code_are_counted():
    source = '''"""A docstring
of two lines."""

import math  # counted

# a comment


def f(
    x,
):
    """Another."""

    y = """
text"""
    return y  # the seventh line
'''
    assert lines_of_code(source) == 7
