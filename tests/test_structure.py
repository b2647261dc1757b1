"""The architecture, checked: the floors of the house, the core's dialect, its size, what importing it costs.

Every checker takes the text of a file, so that each can also be shown text that it must refuse.
"""

import ast
import importlib
import inspect
import io
import os
import re
import subprocess
import sys
import tokenize
from decimal import Decimal

import pytest

import scratchnet
from scratchnet import core
from scratchnet.core import training, types

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# From the ground up: a file imports only from floors before its own. The core's files are floors by themselves.
CORE = ["core/" + name for name in core.FILES]
ABOVE = (
    "deep texts formats scalars codegen engines interop datasets metrics plots explanation selection "
    "estimators tabular selftest lessons cli __main__"
).split()
FLOORS = CORE + ["core"] + ABOVE

# These, too, are written in the core's dialect, though they are not in its folder.
FORMATS = "__init__ files json safetensors strict_json".split()
DEEP = ["deep/" + name + ".py" for name in "__init__ activations normalization".split()]
DIALECT_ABOVE = ["__init__.py"] + DEEP + ["formats/" + name + ".py" for name in FORMATS]

# The folders of codegen/ that print a record, each in its language, and what knows all of them.
LANGUAGES = "c python".split()
ALL_LANGUAGES = ["codegen/targets.py", "codegen/boards/"]

# The formulas: no `**`, which interpreters round differently, and no number that is not exactly what it says.
RULES = [
    "core/" + name + ".py" for name in "functions activations layers losses optimizers".split()
]
EXACT = RULES + DEEP + ["core/initializers.py"]

# Instead of a size of the whole: every file of the core can be read at a sitting.
MOST_STATEMENTS = 1800
MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_RULES = 800  # of activations, layers, losses and optimizers together
TOP_LEVEL = "scratchnet tests setup.cfg tox.ini README.md pyproject.toml LICENSE MANIFEST.in .gitignore .ci .github".split()


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
CORE_FILES = ["core/__init__.py"] + [name + ".py" for name in CORE]
DIALECT_FILES = CORE_FILES + DIALECT_ABOVE


def floor_of(path):
    """The floor of a file: a file of the core is one, and so is each other file or folder."""
    name = path.replace(".py", "")
    return name if name in CORE else name.split("/")[0]


def literal(node):
    """Return the value of a literal, or None. (Python 3.6 and 3.12 name its node differently.)"""
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        return None


# ---- imports -----------------------------------------------------------------------------------------------------


def imports(path, source):
    """Yield (line, module, name, fallible, only for types) of each import in ``source``.

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
        allowed = "math" if path.startswith("core/") else "math struct json time sys"
        if path == "formats/files.py":  # the one file that writes files
            allowed += " os errno"
        if module not in allowed.split() and not (fallible and module in GUARDED):
            yield "{}:{}: imports {}".format(path, line, module)


GUARDED = "gc operator sys warnings".split()  # which some interpreters do not have


def upward_imports(path, source):
    """Imports of the same floor or of one above; the package itself is the roof, open only to lessons and cli.

    The core imports nothing from outside its folder, and every import in it is relative, so that it runs under any name.
    """
    own = floor_of(path)
    in_core = path.startswith("core/")
    for line, module, name, _, typing_only in imports(path, source):
        parts = module.split(".")
        if parts[0] != "scratchnet":
            continue
        if in_core and typing_only and parts[1:2] == ["core"]:
            continue  # names for annotations
        if parts[1:2] == ["core"]:
            target = "core/" + (parts[2] if len(parts) > 2 else name or "")
            target = target if target in CORE else "core"
        elif len(parts) > 1:
            target = parts[1]
        else:
            target = name if name in FLOORS else "the roof"
        if target == "the roof":
            allowed = own in ("lessons", "cli", "__main__")
        else:
            same_folder = target == own and "/" in path and not in_core
            allowed = same_folder or target in FLOORS[: FLOORS.index(own)]
        if not allowed:
            yield "{}:{}: {} imports {}, which does not stand below it".format(
                path, line, own, target
            )


def imports_of_languages(path, source):
    """Imports of one language's folder in codegen/ from another one, or from what serves all of them."""
    own = path.split("/")[1]
    for line, module, name, _, _ in imports(path, source):
        parts = module.split(".") + [name or ""]
        if parts[:2] == ["scratchnet", "codegen"] and parts[2] in LANGUAGES and parts[2] != own:
            yield "{}:{}: imports {}".format(path, line, module)


def absolute_imports(path, source):
    """Imports that name the package."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        if any(name.split(".")[0] == "scratchnet" for name in names):
            yield "{}:{}: imports scratchnet by its name".format(path, node.lineno)


# ---- the dialect -------------------------------------------------------------------------------------------------

NEWER = {"NamedExpr": "a walrus", "Match": "match", "TryStar": "except*", "TypeAlias": "type"}


def dialect(path, source):
    """Return what Python 3.6, MicroPython or CircuitPython would not run, or not in the same way."""
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
        elif kind == "AnnAssign" and not is_harmless(node.annotation):
            refuse(node, "an annotation that is evaluated")
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
            annotations = [argument.annotation for argument in arguments]
            annotations.append(getattr(node, "returns", None))
            if not all(is_harmless(annotation) for annotation in annotations if annotation):
                refuse(node, "an annotation that is evaluated")
    return found


def is_harmless(annotation):
    """Whether an annotation is a name or a text: nothing is subscripted when the code runs."""
    is_none = (
        type(annotation).__name__ in ("Constant", "NameConstant") and literal(annotation) is None
    )
    return is_none or isinstance(annotation, ast.Name) or isinstance(literal(annotation), str)


def needless_quotes(path, source):
    """Annotations in quotes, although the name exists when the code runs: all but forward references."""
    tree = ast.parse(source)
    forward = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            forward.add(node.name)
        elif isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            for part in node.body:
                forward.update(alias.name for alias in getattr(part, "names", []))
    for node in ast.walk(tree):
        for annotation in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            text = literal(annotation) if annotation is not None else None
            if isinstance(text, str) and text not in forward:
                yield "{}:{}: {!r} is in quotes".format(path, annotation.lineno, text)


def type_comments(path, source):
    """Comments that only type checkers read."""
    for number, line in enumerate(source.splitlines(), 1):
        if "# type:" in line:
            yield "{}:{}: {}".format(path, number, line.strip())


def powers(path, source):
    """Yield each `**`, except of two integers, which is exact."""
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


def statements(source):
    """How many statements there are; docstrings are none."""
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    return len(
        [
            node
            for node in nodes
            if not (isinstance(node, ast.Expr) and isinstance(literal(node.value), str))
        ]
    )


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
    assert sorted({floor_of(path) for path in FILES} - set(FLOORS) - {"__init__"}) == []
    assert sorted(path for path in FILES if path.startswith("core/")) == sorted(CORE_FILES)


def unlisted(folder):
    """The files and folders in a folder of the package that its docstring does not name."""
    text = ast.get_docstring(ast.parse(read(folder + "/__init__.py")))
    names = [path[len(folder) + 1 :] for path in FILES if path.startswith(folder + "/")]
    names = {name.replace(".py", "").split("/")[0] for name in names} - {"__init__"}
    return sorted(name for name in names if not re.search(r"\b{}\b".format(name), text))


def test_every_folder_lists_its_files():
    """A docstring is the table of contents of its folder."""
    folders = {path.rpartition("/")[0] for path in FILES} - {""}
    assert len(folders) > 20 and unlisted("core") == []
    assert {folder: unlisted(folder) for folder in folders if unlisted(folder)} == {}


HEADING = re.compile(r"# ---- (.*?) -*$", re.MULTILINE)


def empty_sections(source):
    """The headings in a file that nothing follows, up to the next heading or the end."""
    parts = HEADING.split(source)
    return [name for name, text in zip(parts[1::2], parts[2::2]) if not text.strip()]


def test_every_heading_has_a_section():
    found = {path: empty_sections(read(path)) for path in FILES}
    assert {path: names for path, names in found.items() if names} == {}
    assert empty_sections("# ---- a ----\n\n# ---- b ----\nx = 1\n# ---- c ----\n") == ["a", "c"]


def test_the_dialect_imports_only_what_every_python_has():
    check(foreign_imports, DIALECT_FILES)


def test_no_floor_imports_one_above():
    check(
        upward_imports, [path for path in FILES if path not in ("__init__.py", "core/__init__.py")]
    )


def test_no_language_imports_another():
    check(
        imports_of_languages,
        [
            path
            for path in FILES
            if path.startswith("codegen/") and not path.startswith(tuple(ALL_LANGUAGES))
        ],
    )


def test_the_core_does_not_know_the_name_of_the_package():
    check(absolute_imports, CORE_FILES)


def test_the_core_keeps_to_its_dialect():
    check(dialect, DIALECT_FILES)


def test_the_core_quotes_only_forward_references():
    check(needless_quotes, CORE_FILES)
    check(type_comments, CORE_FILES)


def test_the_rules_raise_nothing_to_a_power():
    check(powers, RULES + DEEP)


def test_the_rules_contain_only_exact_numbers():
    check(inexact_literals, EXACT)


def test_the_core_can_be_read():
    sizes = {path: lines_of_code(read(path)) for path in CORE_FILES}
    counts = {path: statements(read(path)) for path in CORE_FILES}
    report = "\n".join(
        "{:5} {:5} {}".format(sizes[path], counts[path], path) for path in CORE_FILES
    )
    print(report)
    assert sum(counts.values()) <= MOST_STATEMENTS, report
    assert max(sizes.values()) <= MOST_LINES_OF_A_FILE, report
    assert sum(sizes[path] for path in RULES[1:]) <= MOST_LINES_OF_RULES, report


def test_the_names_of_the_core_are_offered():
    for name in core.__all__:
        value = getattr(core, name)
        assert value.__module__ == "scratchnet.core." + core.HOMES[name]
        assert getattr(scratchnet, name) is value
    with pytest.raises(AttributeError, match="has no attribute 'Dence'"):
        core.Dence  # noqa: B018


def test_annotations_exist_when_the_code_runs():
    """Each name of types.py is a class of its own, so that ``help()`` shows it; type checkers see the same names."""
    aliases = set(re.findall(r"^(\w+) = ", read("core/types.pyi"), re.MULTILINE))
    assert len(aliases) > 20 and aliases | {"Any", "NoReturn"} == set(types.NAMES)
    classes = [getattr(types, name) for name in types.NAMES]
    assert [kind.__name__ for kind in classes] == list(types.NAMES) and len(set(classes)) == len(
        classes
    )
    assert "Matrix" in str(inspect.signature(scratchnet.Dense.forward))
    assert scratchnet.Dense.forward.__annotations__ == {"X": types.Matrix, "return": types.Matrix}


def test_names_from_above_the_core_are_imported_when_they_are_used():
    lazy = "MLPClassifier MLPRegressor Checkpoint train_test_split metrics plots datasets selection".split()
    assert set(lazy) <= set(dir(scratchnet))
    for name in lazy:
        assert getattr(scratchnet, name).__name__.split(".")[-1] == name
    with pytest.raises(AttributeError, match="^module 'scratchnet' has no attribute 'metric'$"):
        scratchnet.metric  # noqa: B018
    modules = {path.split("/")[0].replace(".py", "") for path in FILES} - {"__init__", "__main__"}
    assert {name for name in scratchnet._HOMES if not scratchnet._HOMES[name]} | {"core"} == modules
    for module in ("functions", "initializers", "matrix", "random"):
        assert importlib.import_module("scratchnet." + module) is getattr(core, module)


def loaded_by(program):
    """The modules that a new interpreter loads for this program."""
    program = "import sys; before = set(sys.modules); {}; print(' '.join(sorted(set(sys.modules) - before)))".format(
        program
    )
    # -S and -E: a site's own .pth files and variables import much of the library before we do.
    return subprocess.check_output(
        [sys.executable, "-S", "-E", "-c", program], cwd=ROOT, universal_newlines=True
    ).split()


def options_of(function):
    """The parameters of a function with their defaults, all but the first ones and the last ``**unknown``."""
    parameters = inspect.signature(function).parameters
    names = list(parameters)
    return {
        name: parameters[name].default for name in names[names.index("loss") :] if name != "unknown"
    }


def test_fit_and_epochs_have_the_same_options():
    options = options_of(scratchnet.Sequential.fit)
    assert options == options_of(scratchnet.epochs)
    assert options == {k: v for k, v in options_of(training.prepare).items() if k != "observed"}
    assert list(options) == training.OPTIONS.split(", ") + ["unroll"]
    unknown = inspect.signature(scratchnet.Sequential.fit).parameters["unknown"]
    assert unknown.kind == unknown.VAR_KEYWORD and unknown.annotation is types.NoReturn


def test_importing_the_package_costs_little():
    """Only a part of the core is loaded, and none of the standard library's heavy modules."""
    loaded = loaded_by("import scratchnet")
    assert "scratchnet.core.functions" in loaded and "scratchnet.core.network" not in loaded
    heavy = "typing dataclasses enum abc functools copy random decimal fractions argparse re json inspect".split()
    above = ["scratchnet." + name for name in ABOVE]
    assert [name for name in loaded if name in heavy or name.startswith(tuple(above))] == []


def test_prediction_loads_no_training():
    """A network of the core predicts without losses, optimizers and the loop; only ``fit`` loads them."""
    imports = "sys.path.insert(0, 'scratchnet'); from core.network import Sequential; from core.layers import Dense"
    predict = imports + "; net = Sequential([Dense(2, 1)]); net.predict([[1, 2]])"
    training = {
        "core." + name for name in "losses optimizers schedules examples history training".split()
    }
    assert training & set(loaded_by(predict)) == set()
    loaded = set(loaded_by(predict + "; net.fit([[1, 2]], [3], 'huber', epochs=1)"))
    assert training - loaded == {"core.schedules"}
    names = "sys.path.insert(0, 'scratchnet'); from core import Dense, Sequential"
    assert training & set(loaded_by(names)) == set()


def test_the_installation_is_complete():
    """Beside the modules, the wheel must hold py.typed and the data files."""

    def listing(package):
        for folder, _, names in os.walk(package):
            for name in names:
                if "__pycache__" not in folder and not name.endswith(".pyc"):
                    yield os.path.relpath(os.path.join(folder, name), package)

    assert "py.typed" in listing(os.path.dirname(scratchnet.__file__))
    assert sorted(listing(os.path.dirname(scratchnet.__file__))) == sorted(
        listing(os.path.join(ROOT, "scratchnet"))
    )


def test_files_of_tests_have_different_names():
    """Pytest imports them by these names, whatever their folders."""
    folders = os.walk(os.path.join(ROOT, "tests"))
    names = [name for _, _, files in folders for name in files if re.match(r"test_.*\.py$", name)]
    assert len(names) > 100
    assert sorted(set(names)) == sorted(names)


def test_the_top_level_is_short():
    try:
        listing = subprocess.check_output(
            ["git", "ls-files"], cwd=ROOT, stderr=subprocess.PIPE
        ).decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a clone")
    assert sorted({path.split("/")[0] for path in listing.splitlines()} - set(TOP_LEVEL)) == []


# ---- the checkers themselves -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["core/layers.py", "formats/json.py"])
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
def test_foreign_imports_are_seen(path, source):
    assert list(foreign_imports(path, source))


def test_the_core_imports_less():
    for name in ("sys", "struct", "json", "time"):
        assert list(foreign_imports("core/layers.py", "import " + name))
        assert list(foreign_imports("formats/json.py", "import " + name)) == []


def test_allowed_imports_are_not_refused():
    source = """
import math
from . import matrix
from .functions import exp
try:
    from operator import mul
except ImportError:
    mul = None
try:
    import sys
except (ImportError, AttributeError):
    sys = None
if TYPE_CHECKING:
    from typing import Any
    from .network import Sequential
"""
    assert list(foreign_imports("core/layers.py", source)) == []
    assert list(upward_imports("core/layers.py", source)) == []


@pytest.mark.parametrize(
    "path, source",
    [
        ("core/layers.py", "from . import network"),
        ("core/layers.py", "from .losses import Hinge"),
        ("core/layers.py", "from scratchnet.core.losses import Hinge"),
        ("core/layers.py", "import scratchnet.core.losses"),
        ("core/layers.py", "import scratchnet"),
        ("core/layers.py", "from . import Sequential"),
        ("core/layers.py", "from . import layers"),
        ("core/layers.py", "from .. import Sequential"),
        ("core/layers.py", "from ..formats import json"),
        ("core/layers.py", "def f():\n    from . import losses"),
        ("core/layers.py", "if TYPE_CHECKING:\n    from ..formats import json"),
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
        ("core/network.py", "def f():\n    from .training import prepare"),
        ("formats/json.py", "from . import safetensors"),
        ("formats/json.py", "from ..core.network import Sequential"),
        ("formats/json.py", "from ..core import network, layers"),
        ("cli/commands/train.py", "import scratchnet as sn"),
        ("lessons/and_gate.py", "from scratchnet import matrix"),
    ],
)
def test_downward_imports_are_not_refused(path, source):
    assert list(upward_imports(path, source)) == []


@pytest.mark.parametrize(
    "path, source",
    [
        ("codegen/c/unit.py", "from ..python.printer import Code"),
        ("codegen/python/module.py", "from ..c import unit"),
        ("codegen/record/vectors.py", "from ..python import lanes"),
        ("codegen/statements.py", "from .c.printer import CPrinter"),
        ("codegen/statements.py", "from . import c"),
    ],
)
def test_imports_of_another_language_are_seen(path, source):
    assert list(imports_of_languages(path, source))
    assert list(imports_of_languages("codegen/c/unit.py", "from .printer import CPrinter")) == []


@pytest.mark.parametrize(
    "source", ["import scratchnet", "import scratchnet.core", "from scratchnet.core import layers"]
)
def test_imports_by_the_name_of_the_package_are_seen(source):
    assert list(absolute_imports("core/layers.py", source))
    assert list(absolute_imports("core/layers.py", "from .layers import Dense\nimport math")) == []


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
        "def f(x: List[int]): pass",
        "def f(*, x: List[int]): pass",
        "def f(*x: List[int]): pass",
        "def f() -> List[int]: pass",
        "x: List[int] = 3",
        "class A:\n    x: types.Matrix",
        "@cache\ndef f(): pass",
        "@dataclass\nclass A: pass",
        "@cache()\ndef f(): pass",
    ]
    + ["(x := 3)", "def f(a, /): pass"] * (sys.version_info >= (3, 8))
    + ["match x:\n    case 1: pass"] * (sys.version_info >= (3, 10)),
)
def test_a_foreign_dialect_is_seen(source):
    assert dialect("core/layers.py", source)


@pytest.mark.parametrize(
    "source", ['def f(x: "int"): pass', 'def f() -> "Matrix": pass', 'x: "Any" = 3']
)
def test_needless_quotes_are_seen(source):
    assert list(needless_quotes("core/layers.py", source))


def test_quotes_around_forward_references_are_not_refused():
    source = """
if TYPE_CHECKING:
    from .losses import Loss

class A:
    def f(self, other: "A", loss: "Loss") -> None: ...
"""
    assert list(needless_quotes("core/layers.py", source)) == []


def test_type_comments_are_seen():
    assert list(type_comments("core/layers.py", "x = []  # type: List[int]"))
    assert list(type_comments("core/layers.py", "x = []  # a type")) == []


def test_the_dialect_is_not_refused():
    source = """
x: int = 3
y: "Later" = 3
a, *b = f(*c, **d)
a[1:2] = b[::2]
f"{x:.3f} {y!r}"
zip(a, b)

class A:
    @property
    def y(self, x: int = 3, z: Matrix = None) -> None:
        return x

    @y.setter
    def y(self, x): ...
"""
    assert dialect("core/layers.py", source) == []


@pytest.mark.parametrize(
    "source", ["x ** 2", "2 ** x", "2.0 ** 52", "x **= 2", "f(1 - x ** 2)", "10 ** -n"]
)
def test_powers_are_seen(source):
    assert list(powers("core/layers.py", source))


def test_whole_powers_of_whole_numbers_are_not_refused():
    assert list(powers("layers.py", "x / 2 ** 52; f(**options)")) == []


@pytest.mark.parametrize(
    "source", ["0.1 * x", "x = -0.3", "1e-7", "def f(x=0.01): pass", "def f(*, x=0.01): pass"]
)
def test_inexact_literals_are_seen(source):
    assert list(inexact_literals("core/losses.py", source))


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


def test_statements_are_counted():
    source = '''"""A docstring."""
import math

def f(x):
    """Another."""
    if x: return math.exp(x)
    y = """text"""; return y
'''
    assert statements(source) == 6
