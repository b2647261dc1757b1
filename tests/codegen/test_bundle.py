"""The core in one file: the bits of the package on every Python; the minified text: the same statements."""

import ast
import importlib
import inspect
import pickle
import re
import sys

import pytest
from test_interpreters import OTHERS, interpreter, run

from scratchnet import core, selftest
from scratchnet.codegen import bundle
from scratchnet.codegen.minified import minified
from scratchnet.selftest import cases, golden

READABLE, MINIFIED = bundle.one_file("1.0"), bundle.one_file("1.0", minify=True)

TRAINING = """
import {} as nn
import struct
nn.set_kernel("portable")
net = nn.Sequential([nn.Dense(2, 4), nn.Tanh(), nn.Dense(4, 1), nn.Sigmoid()], seed=7)
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
history = net.fit(X, Y, "binary_cross_entropy", nn.Adam(1 / 20), epochs=300, batch_size=3)
print(len(history), [round(y) for y, in net.predict(X)])
print([struct.pack(">d", y) for y, in net.predict(X)], struct.pack(">d", history.loss[-1]))
"""


def arithmetic(name):
    """The selftest's arithmetic on the core in the one file of that name."""

    def assignments(match):
        module = 'getattr(core, "{}", core)'
        file, names = match.group(1), match.group(2).split(", ")
        if file:
            return "\n".join([f"{n} = {module.format(file)}.{n}" for n in names])
        return "\n".join([f"{n} = {module.format(n)}" for n in names])

    source = "".join([inspect.getsource(module) for module in (cases, golden, selftest)])
    source = re.sub(r"(?m)^from \.(cases|golden) import .*", "", source)
    source, count = re.subn(r"(?m)^from \.\.core\.?(\w*) import (.*)", assignments, source)
    assert count == 7 and "\nfrom ." not in source
    return f"import {name} as core\n{source}\nprint(check_arithmetic())\n"


@pytest.fixture(scope="module", params=[READABLE, MINIFIED], ids=["readable", "minified"])
def device(request, tmp_path_factory):
    """A folder with the file under another name, and two programs that use it."""
    folder = tmp_path_factory.mktemp("device")
    (folder / "braincell.py").write_bytes(request.param.encode("utf-8"))
    (folder / "training.py").write_text(TRAINING.format("braincell"))
    (folder / "arithmetic.py").write_text(arithmetic("braincell"))
    return folder


@pytest.fixture(scope="module")
def expected():
    lines = run(sys.executable, "-c", TRAINING.format("scratchnet"))
    assert lines[0] == "300 [0, 1, 1, 0]"
    return lines


@pytest.mark.parametrize("name", [sys.executable] + OTHERS, ids=["this Python"] + OTHERS)
def test_the_same_bits(name, device, expected):
    executable = interpreter(name)
    assert run(executable, str(device / "training.py")) == expected
    assert run(executable, str(device / "arithmetic.py")) == ["[]"]


@pytest.fixture
def braincell(device, monkeypatch):
    """The module."""
    monkeypatch.syspath_prepend(str(device))
    monkeypatch.delitem(sys.modules, "braincell", raising=False)
    module = importlib.import_module("braincell")
    yield module
    del sys.modules["braincell"]


def test_it_has_the_public_names(braincell):
    assert set(core.__all__) < set(braincell.__all__)
    for name in core.__all__:
        assert getattr(braincell, name).__name__ == name
    for name in set(braincell.__all__) - set(core.__all__):
        names = vars(getattr(braincell, name))
        module = getattr(core, name)
        own = [n for n, value in vars(module).items() if inspect.isroutine(value) and n[0] != "_"]
        own = [n for n in own if getattr(module, n).__module__ == module.__name__]
        assert set(own) <= set(names), name


def test_user_defined_layers(braincell):
    class Doubled(braincell.Layer):
        def forward(self, X):
            self.X = X
            return braincell.matrix.scale(braincell.matrix.apply(braincell.functions.tanh, X), 2)

    net = braincell.Sequential([Doubled()])
    two = 2 * braincell.functions.tanh(1.0)
    assert net.predict([[0, 1]]) == [[0.0, two]]


def test_networks_pickle(braincell):
    dense = braincell.Dense(2, 3, initializer=braincell.initializers.he_normal)
    net = braincell.Sequential([dense, braincell.Dropout(0.5), braincell.Softmax()], seed=1)
    copied = pickle.loads(pickle.dumps((net, braincell.Generator(3), braincell.Adam())))
    assert copied[0].predict([[1, 2]]) == net.predict([[1, 2]])
    assert copied[1].random() == braincell.Generator(3).random()


def test_the_first_line_names_the_version():
    assert READABLE.splitlines()[0] == MINIFIED.splitlines()[0]
    assert "scratchnet 1.0," in READABLE.splitlines()[0]


# ---- one namespace -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sources, message",
    [
        ({"a": "x = 1\n", "b": "x = 2\n"}, "the name 'x' would be a.x and b.x"),
        ({"a": "def f(): pass\n", "b": "class f: pass\n"}, "the name 'f' would be a.f and b.f"),
        ({"a": "if 1:\n    for sum in []: pass\n"}, "the name 'sum' would be builtins.sum and"),
        ({"a": "Namespace = 1\n"}, "the name 'Namespace' would be"),
        (
            {"a": "x = 1\n", "b": "from . import a\n", "c": "from .a import x\nx = 2\n"},
            "the name 'x' would be c.x and a.x",
        ),
    ],
)
def test_a_name_with_two_meanings_is_refused(sources, message):
    with pytest.raises(ValueError) as error:
        bundle.SharedNamespace(sources).text()
    assert str(error.value).startswith(message) and "rename one" in str(error.value)


def test_modules_as_objects_do_not_share_their_names():
    sources = {
        "a": "_n = 1\n\n\ndef x():\n    global _n\n    _n += 1\n    return _n\n",
        "b": "from . import a\nfrom .a import x as y\n\nx = [i for i in (a.x(), y())]\n",
        "c": "def later():\n    from .d import z\n\n    return z\n",
        "d": "from .a import x as y\n\nz = y()\n",
        "e": "from . import a as b_\nfrom .d import z as w\n",
    }
    namespace = {}
    exec(bundle.SharedNamespace(sources).text(), namespace)
    assert namespace["x"] == [2, 3]
    assert namespace["later"]() == namespace["w"] == 4
    assert namespace["b_"] is namespace["a"]
    assert sorted(vars(namespace["a"])) == ["x"]


# ---- the minified text -------------------------------------------------------------------------------------------


class WithoutAnnotations(ast.NodeTransformer):
    """Leaves out annotations and texts that are statements, as the minifier should."""

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        node.body = node.body or [ast.Pass()]
        return node

    def visit_ClassDef(self, node):
        self.generic_visit(node)
        node.body = node.body or [ast.Pass()]
        return node

    def visit_AnnAssign(self, node):
        self.generic_visit(node)
        return node.value and ast.Assign(targets=[node.target], value=node.value)

    def visit_Expr(self, node):
        try:
            return None if isinstance(ast.literal_eval(node.value), str) else node
        except ValueError:
            return node


def statements(source):
    """The statements as text, without what the minifier leaves out."""
    return re.sub(
        r", type_comment=None", "", ast.dump(WithoutAnnotations().visit(ast.parse(source)))
    )


def without_types(source):
    return re.sub(r"(?s)# ---- types.py ----.*?# ----", "# ----", source)


def test_the_minified_core_has_the_same_statements():
    assert statements(without_types(READABLE)) == statements(MINIFIED)
    assert len(MINIFIED) < len(READABLE) / 2


@pytest.mark.parametrize(
    "source, text",
    [
        ('"""A module."""\n\nx: int = 3  # three\n', "x=3\n"),
        ("class A:\n    # nothing\n    x: int\n", "class A:pass\n"),
        ('def f():\n    """Do nothing."""\n\n\ny = 1\n', "def f():pass\ny=1\n"),
        (
            "def f(a: A, *b: B, c: C[1, 2] = {1: 2}, d=lambda x: x, **e: E) -> F[1]:\n    return a\n",
            "def f(a,*b,c={1:2},d=lambda x:x,**e):\n return a\n",
        ),
        ("self.x: A = self.y[1:2]\n", "self.x=self.y[1:2]\n"),
        ("f = lambda x: x\n", "f=lambda x:x\n"),
        ("a = b[1:2]\n", "a=b[1:2]\n"),
        ("x = '' 'a' f'{y!r:>{ 3 }} # {{}}' if not -1 else \"b\"\n", None),
        ("x = f'''a\n  {y + 'é'}''' + f'{f\"{1}\"}é' or 'é' in z\n", None),
        ("x = (\n    1\n    # one\n    + 2\n)\n", "x=(1+2)\n"),
        (
            "if x:\n    if y:\n        pass\n    else:\n        z\n",
            "if x:\n if y:\n  pass\n else:\n  z\n",
        ),
    ],
)
def test_minified(source, text):
    found = minified(source)
    assert statements(found) == statements(source)
    assert text is None or found == text


def test_text_over_several_lines_keeps_its_spaces():
    assert (
        minified("def f():\n    return '''a\n        b'''\n")
        == "def f():\n return'''a\n        b'''\n"
    )
