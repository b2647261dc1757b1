"""sn.export(to="python"): modules without this package, against what the network itself predicts."""

import keyword
import os
import random
import re
import struct
import sys

import pytest
from hypothesis import given, settings
from random_networks import recipes
from test_c import HOSTILE, Named, large_networks, rows_for, small_networks
from test_interpreters import run

import scratchnet as sn
from scratchnet import tabular
from scratchnet.cli import main
from scratchnet.codegen import loops, names
from scratchnet.formats import npy, npy_archive

DATA = os.path.join(os.path.dirname(sn.__file__), "datasets")
NETWORKS = list(small_networks()) + list(large_networks())
EACH_NETWORK = pytest.mark.parametrize("number", range(len(NETWORKS)))


def module_of(text):
    """The names that a module defines; it imports nothing but math."""
    imported = re.findall(r"(?m)^(?:from|import) (\w+)", text)
    assert set(imported) <= {"math"}
    module = {"__name__": "net"}
    exec(compile(text, "net.py", "exec"), module)
    return module


def exported(net, **options):
    return module_of(sn.export(net, None, to="python", **options))


def bits(values):
    return [None if v != v else struct.pack("d", v) for v in values]


@pytest.fixture
def loops_alone(monkeypatch):
    monkeypatch.setattr(loops, "MOST_WRITTEN_OUT", 0)


# ---- the network -------------------------------------------------------------------------------------------------


@EACH_NETWORK
def test_the_bits_of_the_portable_kernel(number, portable):
    net = NETWORKS[number]
    outputs = exported(net, self_contained=True)["outputs"]
    for row in rows_for(net):
        assert bits(outputs(row)) == bits(net.predict([row])[0]), row


@pytest.mark.parametrize("number", range(len(list(small_networks()))))
def test_the_same_bits_as_loops(number, portable, loops_alone):
    net = NETWORKS[number]
    outputs = exported(net, self_contained=True)["outputs"]
    for row in rows_for(net):
        assert bits(outputs(row)) == bits(net.predict([row])[0]), row


@EACH_NETWORK
def test_the_functions_of_the_library(number, portable):
    """They agree to rounding and raise nothing."""
    net = NETWORKS[number]
    if any([isinstance(layer, sn.Threshold) for layer in net.layers]):
        return
    outputs = exported(net)["outputs"]
    for row in rows_for(net)[:12]:
        expected = net.predict([row])[0]
        largest = max(map(abs, expected))
        for a, b in zip(outputs(row), expected):
            assert abs(a - b) <= 2.0**-43 * largest or a == b or (a != a and b != b)


@settings(max_examples=20)
@given(recipes())
def test_random_networks(made):
    net = made.network()
    net.adapt(made.X)
    former = sn.set_kernel("portable")
    try:
        expected = net.predict(made.X)
    finally:
        sn.set_kernel(former)
    most = loops.MOST_WRITTEN_OUT
    try:
        for loops.MOST_WRITTEN_OUT in (most, 0):
            outputs = exported(net, self_contained=True)["outputs"]
            for row, y in zip(made.X, expected):
                assert bits(outputs(row)) == bits(y)
    finally:
        loops.MOST_WRITTEN_OUT = most


def test_functions_that_raise_in_the_library():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]]), Library()])
    predict = exported(net)["predict"]
    for x in (1000.0, -1000.0, 0.0, -1.0, 0.5):
        expected = net.predict([[x]])[0]
        assert predict([x]) == pytest.approx(expected, rel=1e-12), x


class Library(sn.Activation):
    """Functions outside their domains, made finite."""

    def function(self, z):
        f = sn.functions
        values = [f.exp(z), f.expm1(z), f.log(z), f.log1p(z), f.sqrt(z)]
        finite = [f.where(v - v == 0, v, f.where(v > 0, 2, f.where(v < 0, 3, 4))) for v in values]
        return f.dot(finite, [1, 2, 4, 8, 16])


# ---- the test in the file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [False, True])
def test_a_file_tests_itself(own, tmp_path):
    path = str(tmp_path / "brain.py")
    for net in (NETWORKS[0], NETWORKS[-1]):
        sn.export(net, path, to="python", self_contained=own)
        assert run(sys.executable, path) == ["all right: 8 vectors"]


def test_a_flipped_weight_is_caught():
    for net in (next(small_networks()), next(large_networks())):
        text = sn.export(net, None, to="python")
        head, tail = text.split("def selftest")
        places = [m.span() for m in re.finditer(r"(?<![\w.])\d+\.\d{4,}(e-?\d+)?", head)]
        assert len(places) > 20
        for start, end in random.Random(7).sample(places, 6):
            changed = module_of(head[:start] + "1.5" + head[end:] + "def selftest" + tail)
            with pytest.raises(ValueError, match=r"^net: vector \d: output \d is .*, but must be"):
                changed["selftest"]()


# ---- rows of tables ----------------------------------------------------------------------------------------------

HARD_LABELS = ['*/ "quoted"', "back\\slash", "two\nlines", "é\u20ac\U0001f600", "??/", "'"]


def people(path, target="verdict", task=None, count=60):
    """Train a model on a table with gaps, labels that are hard to write, and rare ones; return its rows."""
    source = random.Random(4)
    rows = []
    for k in range(count):
        label = HARD_LABELS[k % 6]
        rooms = None if k % 7 == 3 else source.randint(1, 9) + 0.5
        rows.append(
            {
                "city": None if k % 9 == 4 else label,
                "rooms": rooms,
                "floor no. *": source.randint(-2, 3) / 3 + 0.1,
                "zone": source.choice("ABC"),
                "class": source.choice([1, 2, 5]),
                "verdict": ["no", 'yes "so"'][len(label) > 6],
                "many": HARD_LABELS[(k + int(rooms or 0)) % 6],
                "price": 1000 + 3 * (rooms or 5) + len(label),
                "code": source.choice([3, 7, 9]),
            }
        )
    others = {"verdict", "many", "price", "code"} - {target}
    model = tabular.train(rows, target, task, ignore=others, categorical=["class"], epochs=3)
    model.save(path)
    return rows


# The gaps, a label that training has not seen, one with blanks around it, a text that means a gap.
MORE = [
    {"city": None, "rooms": None, "floor no. *": None, "zone": None, "class": None},
    {"city": "nowhere", "rooms": 2, "floor no. *": 1, "zone": " A ", "class": 5},
    {"city": "NA", "rooms": 1e6, "floor no. *": -0.5, "zone": "D", "class": 6.5},
    {"city": "?", "rooms": float("nan"), "floor no. *": 0.0, "zone": "a", "class": 1.0},
]
TARGETS = [
    ("verdict", None),
    ("many", None),
    ("price", "regression"),
    ("code", "classification"),
]
EACH_TARGET = pytest.mark.parametrize("target, task", TARGETS)
COLUMNS = ["city", "rooms", "floor no. *", "zone", "class"]


@EACH_TARGET
def test_the_rows_of_a_table(target, task, tmp_path, portable):
    """The same answers as the loaded model's, for all kinds of values and targets."""
    path = str(tmp_path / "people.json")
    rows = people(path, target, task) + MORE
    model = tabular.load(path)
    text = sn.export(model.net, None, to="python", self_contained=True)
    module = module_of(text)
    expected, outputs = model.predict(rows), model.outputs(rows)
    shares = model.probabilities(rows) if model.encoder.classes else [None] * len(rows)
    assert len(set(expected)) > 1
    for row, y, raw, p in zip(rows, expected, outputs, shares):
        values = [row[name] for name in COLUMNS]
        assert module["predict"](*values) == y
        assert type(module["predict"](*values)) is type(y)
        assert bits(module["outputs"](module["encode"](*values))) == bits(raw)
        if p is not None:
            assert module["probabilities"](*values) == p
    assert module["selftest"]() is None


def test_columns_have_names(tmp_path):
    path = str(tmp_path / "people.json")
    people(path)
    predict = exported(sn.load(path))["predict"]
    code = predict.__code__
    assert code.co_varnames[: code.co_argcount] == ("city", "rooms", "floor_no", "zone", "column_5")
    by_name = predict(zone="A", rooms=2, city="x", column_5=1, floor_no=None)
    assert by_name == predict("x", 2, None, "A", 1)


@pytest.mark.parametrize(
    "values, message",
    [
        (("x", "three", 1, "A", 1), "^rooms is 'three'; give a finite number or None$"),
        (("x", [3], 1, "A", 1), r"^rooms is \[3\]; give a finite number or None$"),
        (("x", float("inf"), 1, "A", 1), "^rooms is inf; give a finite number or None$"),
        ((["x"], 3, 1, "A", 1), r"^city is \['x'\]; give a text, a number or None$"),
        (("x", 3, 1, "A"), "missing 1 required positional argument"),
    ],
)
def test_rows_that_are_refused(values, message, tmp_path):
    path = str(tmp_path / "people.json")
    people(path)
    predict = exported(sn.load(path))["predict"]
    with pytest.raises((TypeError, ValueError), match=message) as error:
        predict(*values)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "x, message",
    [
        ([1, 2], "^there are 2 inputs; give 3$"),
        ([1, "2", 3], "^input 1 is '2'; give a finite number$"),
        ([1, 2, None], "^input 2 is None; give a finite number$"),
        ([float("nan"), 2, 3], "^input 0 is nan; give a finite number$"),
        ([10**400, 2, 3], "^input 0 is 1000*; give a finite number$"),
    ],
)
def test_inputs_that_are_refused(x, message):
    with pytest.raises(ValueError, match=message):
        exported(next(small_networks()))["predict"](x)


def test_a_table_with_many_columns(tmp_path):
    names = ["c{}".format(k) for k in range(300)]
    source = random.Random(2)
    rows = [dict({n: source.random() for n in names}, y=k % 2) for k in range(12)]
    model = tabular.train(rows, "y", epochs=1)
    module = exported(model.net)
    for row, y in zip(rows, model.predict(rows)):
        assert module["predict"](*[row[n] for n in names]) == y
    with pytest.raises(ValueError, match="^there are 2 values; give 300$"):
        module["predict"](1, 2)


def test_arrays(tmp_path, portable):
    """A row is the list of the inputs; classes have their labels."""
    source = random.Random(3)
    X = [[source.random() for _ in range(4)] for _ in range(30)]
    path = str(tmp_path / "data.npz")
    with open(path, "wb") as file:
        arrays = {"X": npy.array_of(X), "y": npy.array_of([3 if x[0] > 0.5 else 8 for x in X])}
        file.write(npy_archive.dumps(arrays))
    model = tabular.train(tabular.read(path, "y"), epochs=2)
    module = exported(model.net, self_contained=True)
    assert module["CLASSES"] == (3, 8)
    data = tabular.read(path, "y")
    assert [module["predict"](x) for x in X] == model.predict(data)
    assert [module["probabilities"](x) for x in X] == model.probabilities(data)


# ---- texts from data ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE + ["coding: unicode_escape", "\\x41", '"""'], ids=repr)
def test_a_text_from_data_stays_a_text(text, tmp_path):
    rows = [{text: k % 5, "b": "u" + text if k % 3 else "v", "y": text + str(k % 2)} for k in range(20)]  # fmt: skip
    model = tabular.train(rows, "y", epochs=1)
    net = sn.Sequential(model.net.layers + [Named(text)])
    net.metadata = model.net.metadata
    path = str(tmp_path / "net.py")
    for to in ("python", "micropython"):
        code = sn.export(net, path, to=to)
        first = code.splitlines()
        assert first[0].startswith("# net: a neural network") and first[1].startswith("# It tests")
        assert all([" " <= c <= "~" or c == "\n" for c in code])
        assert "    ({}, 0, None, ".format(ascii(text)) in code
        assert run(sys.executable, path) == ["all right: 16 vectors"]


def test_a_column_cannot_set_the_encoding(tmp_path):
    """Only a comment in the first two lines could, and these are not made of data."""
    name = "coding: unicode_escape"
    rows = [{name: k % 5, "y": "ab"[k % 2]} for k in range(20)]
    net = tabular.train(rows, "y", epochs=1).net
    text = sn.export(net, None, to="python")
    assert name in text and name not in "".join(text.splitlines()[:2])
    for encoding in ("utf-8", "latin-1", "ascii", "cp1252"):
        assert text.encode("ascii").decode(encoding) == text


@pytest.mark.parametrize("name", ["class", "math", "2nd", "my-net", "a b", "réseau", "", "print"])
def test_names_that_cannot_be_imported(name):
    for to in ("python", "micropython"):
        expected = r"; give another name, such as name='net' \(at the command line, --name net\)$"
        with pytest.raises(ValueError, match=expected):
            sn.export(NETWORKS[0], None, to=to, name=name)


def test_all_keywords_are_reserved():
    assert set(keyword.kwlist) <= names.PYTHON_KEYWORDS


# ---- the command line --------------------------------------------------------------------------------------------


def test_from_a_table_to_a_module(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    data = os.path.join(DATA, "iris.csv")
    command = "train {} --target species --epochs 20 -o iris.safetensors".format(data)
    assert main(command.split()) == 0
    assert main("export iris.safetensors --to python -o iris.py".split()) == 0
    model = tabular.load("iris.safetensors")
    program = "import iris\nprint(iris.predict(6.0, 2.7, 5.0, 1.6))\niris.selftest()\n"
    (tmp_path / "main.py").write_text(program)
    row = dict(zip(model.encoder.parts, (6.0, 2.7, 5.0, 1.6)))
    answer = model.predict([row])[0]
    assert run(sys.executable, "main.py") == [answer, "all right: 16 vectors"]


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("--to python --type float -o {0}/net.py", "type is 'float'; give 'double'"),
        ("--to python -o {0}/my-net.py", "'my-net' cannot be imported in Python"),
        ("--to micropython -o {0}/array.py", "'array' is reserved in Python"),
        ("--to micropython --heap 500 -o {0}/net.py", "bytes of heap, but there are 500"),
        ("--to python --heap 500 -o {0}/net.py", "heap is for the target 'micropython'"),
        ("--to micropython --heap much -o {0}/net.py", "--heap: 'much' is not a whole number"),
    ],
)
def test_a_wrong_command(arguments, message, tmp_path, capsys):
    model = str(tmp_path / "model.json")
    sn.save(NETWORKS[0], model)
    try:
        status = main(["export", model] + arguments.format(tmp_path).split())
    except SystemExit as stopped:
        status = stopped.code
    error = capsys.readouterr().err
    assert status == 2 and message in error and error.count("\n") == 1
    assert os.listdir(str(tmp_path)) == ["model.json"]
