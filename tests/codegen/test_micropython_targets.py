"""Modules for MicroPython: what a board computes, the heap that they need; and modules on every Python of this machine."""

import builtins
import math
import random
import re
import struct
import subprocess
import sys
import types

import pytest
from test_interpreters import OTHERS, interpreter, run
from test_python_targets import (
    COLUMNS,
    EACH_NETWORK,
    EACH_TARGET,
    MORE,
    NETWORKS,
    bits,
    people,
    rows_for,
)
from test_readme import IRIS, README
from test_single import Short

import scratchnet as sn
from scratchnet import tabular
from scratchnet.cli import main
from scratchnet.codegen import loops, targets
from scratchnet.codegen.boards.micropython import memory
from scratchnet.codegen.python import heap
from scratchnet.codegen.rows import Rows
from scratchnet.scalars import Single

# ---- a board with other floats -----------------------------------------------------------------------------------


class Numbers:
    """The modules math and array, and what ``float`` is, where floats have the digits of this type."""

    def __init__(self, number):
        self.number = number
        library = "exp tanh sqrt cos log floor".split()
        functions = {name: self.rounding(getattr(math, name)) for name in library}
        functions.update(frexp=self.frexp, ldexp=self.ldexp, floor=lambda x: math.floor(float(x)))
        self.modules = {
            "math": types.SimpleNamespace(**functions),
            "array": types.SimpleNamespace(array=self.array),
            "struct": types.SimpleNamespace(unpack=self.unpack),
        }

    def rounding(self, function):
        return lambda x: self.number(function(float(x)))

    def frexp(self, x):
        m, k = math.frexp(float(x))
        return self.number(m), k

    def ldexp(self, x, k):
        return self.number(math.ldexp(float(x), k))

    def unpack(self, form, data):
        values = struct.unpack(form, data)
        return tuple([self.number(v) if isinstance(v, float) else v for v in values])

    def array(self, letter, data):
        if not isinstance(data, bytes):
            return [self.number(v) for v in data]
        values = struct.unpack("<{}{}".format(len(data) // struct.calcsize(letter), letter), data)
        return [self.number(v) for v in values]

    def load(self, text):
        def imported(name, *_):
            return self.modules[name]

        names = dict(vars(builtins), float=self.number, __import__=imported)
        module = {"__name__": "net", "__builtins__": names}
        exec(compile(text, "net.py", "exec"), module)
        return module


def test_the_stand_in_for_a_board():
    module = Numbers(Single).load("from array import array\nx = array('f', b'\\x00\\x00\\x00?')[0]")
    assert type(module["x"]) is Single and module["x"] == 0.5


@EACH_NETWORK
def test_the_bits_of_a_board_with_32_bits(number, portable):
    net = NETWORKS[number]
    module = Numbers(Single).load(sn.export(net, None, to="micropython", self_contained=True))
    rows = [[Single(x) for x in row] for row in rows_for(net, 4)]
    for row, y in zip(rows, net.copy(Single).predict(rows)):
        assert bits(map(float, module["outputs"](row))) == bits(map(float, y)), row
    assert module["selftest"]() is None


@pytest.mark.parametrize("number", range(0, 9, 2))
def test_the_same_bits_as_loops(number, portable, monkeypatch):
    monkeypatch.setattr(loops, "MOST_WRITTEN_OUT", 0)
    test_the_bits_of_a_board_with_32_bits(number, None)


@EACH_NETWORK
def test_floats_of_30_bits(number):
    """The vectors agree to the tolerance that the file states, with its own functions and the library's."""
    net = NETWORKS[number]
    for own in (True, False):
        text = sn.export(net, None, to="micropython", self_contained=own)
        try:
            Numbers(Short).load(text)["selftest"]()
        except ValueError:
            assert any([isinstance(layer, sn.Threshold) for layer in net.layers])


@EACH_TARGET
def test_the_rows_of_a_table(target, task, tmp_path, portable):
    path = str(tmp_path / "people.json")
    rows = people(path, target, task)[:20] + MORE
    model = tabular.load(path)
    text = sn.export(model.net, None, to="micropython", self_contained=True)
    module = Numbers(Single).load(text)
    X = [[Single(x) for x in row] for row in model.encoder.inputs_of(model.read(rows))]
    for row, y, raw in zip(rows, model.predict(rows), model.net.copy(Single).predict(X)):
        values = [row[name] for name in COLUMNS]
        assert bits(map(float, module["outputs"](module["encode"](*values)))) == bits(
            map(float, raw)
        )
        assert module["predict"](*values) == (raw[0] if task == "regression" else y)
    assert module["selftest"]() is None


@pytest.mark.parametrize("number", [Single, Short])
@pytest.mark.parametrize("kind", ["int8", "int16"])
def test_the_rows_of_a_table_in_integers(kind, number, tmp_path, capsys):
    """Boards with fewer bits leave out the rows that are between two integers for them."""
    path = str(tmp_path / "people.json")
    rows = people(path)
    model = tabular.load(path)
    X = model.encoder.inputs_of(model.read(rows))
    module = Numbers(number).load(sn.export(model.net, None, "micropython", kind, calibrate=X))
    module["selftest"]()
    (tested,) = re.findall("all right: (.*) vectors", capsys.readouterr().out)
    assert tested == "12" if number is Single else 4 < int(tested) <= 12


ROWS_OF_BYTES = re.compile(r'_row\(\s*((?:b"[^"]*"\s*)+)\)')


@pytest.mark.parametrize("widths", [(3, 4, 2), (12, 24, 5)])
def test_a_weight_with_another_sign_is_caught(widths):
    layers = [[sn.Dense(a, b), sn.Tanh()] for a, b in zip(widths, widths[1:])]
    net = sn.Sequential(sum(layers, []), seed=1)
    for parameter in net.parameters()[1::2]:
        parameter.value = [0.25 + k / 64 for k in range(parameter.count)]
    head, tail = sn.export(net, None, to="micropython").split("def selftest")
    source = random.Random(7)
    for match in ROWS_OF_BYTES.finditer(head):
        data = bytearray(eval("({})".format(match.group(1))))
        data[4 * source.randrange(len(data) // 4) + 3] ^= 0x80
        changed = "{}_row({!r}){}".format(head[: match.start()], bytes(data), head[match.end() :])
        with pytest.raises(ValueError, match=r"^net: vector \d: output \d is .*, but must be"):
            Numbers(Single).load(changed + "def selftest" + tail)["selftest"]()


def test_a_module_for_64_bits_refuses_fewer():
    text = sn.export(NETWORKS[0], None, to="micropython", type="double")
    with pytest.raises(ValueError, match="^net needs floats of 64 bits; export it with the type"):
        Numbers(Single).load(text)


# ---- every Python of this machine --------------------------------------------------------------------------------

PRINTING = """\
import struct
import {0}
for row in {1!r}:
    print([struct.pack("d", v) for v in {0}.outputs(row)])
{0}.selftest()
"""


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """A folder with modules and a program for each, and the lines that each program prints."""
    folder = tmp_path_factory.mktemp("programs")
    former = sn.set_kernel("portable")
    expected = []
    try:
        for to in ("python", "micropython"):
            for k in (0, 5, 9, 12):
                net, name = NETWORKS[k], "{}{}".format(to, k)
                path = str(folder / (name + ".py"))
                sn.export(net, path, to, "double", self_contained=True)
                rows = rows_for(net, 6)
                (folder / ("main_" + name + ".py")).write_text(PRINTING.format(name, rows))
                lines = [str([struct.pack("d", v) for v in y]) for y in net.predict(rows)]
                expected.append(("main_" + name + ".py", lines + ["all right: 8 vectors"]))
    finally:
        sn.set_kernel(former)
    for own in (False, True):
        name = "single{}.py".format(int(own))
        sn.export(NETWORKS[9], str(folder / name), "micropython", self_contained=own)
        expected.append((name, ["all right: 8 vectors"]))
    path = str(folder / "people.json")
    model_rows = people(path)
    model = tabular.load(path)
    sn.export(model.net, str(folder / "people.py"), "micropython", "double")
    values = [[row[name] for name in COLUMNS] for row in model_rows + MORE[:3]]
    program = "import people\nfor row in {!r}:\n    print(ascii(people.predict(*row)))\n"
    program = program.replace("ascii", "repr") + "people.selftest()\n"
    (folder / "main_people.py").write_text(ascii_of(program.format(values)))
    answers = [repr(y) for y in model.predict(model_rows + MORE[:3])]
    expected.append(("main_people.py", answers + ["all right: 16 vectors"]))
    return folder, expected


def ascii_of(program):
    return "".join([c if c < "\x7f" else ascii(c)[1:-1] for c in program])


@pytest.mark.parametrize("name", [sys.executable] + OTHERS, ids=["this Python"] + OTHERS)
def test_every_python_computes_the_same(name, programs):
    executable = interpreter(name)
    folder, expected = programs
    for program, lines in expected:
        assert run(executable, str(folder / program)) == lines, program


EXPORTING = """\
import hashlib
import scratchnet as sn
small = sn.Sequential([sn.Normalization(), sn.Dense(2, 3), sn.GELU("tanh"), sn.Dense(3, 2), sn.Softmax()], seed=1)
small.adapt([[1, 2], [3, 5], [4, 7]])
large = sn.Sequential([sn.Dense(20, 9), sn.SELU(), sn.Dense(9, 3), sn.GELU(), sn.Softplus()], seed=2)
table = sn.load({!r})
for net, own in ((small, True), (large, False), (table, False)):
    for to, type in (("python", "double"), ("micropython", "float"), ("json", "double"), ("json", "float")):
        text = sn.export(net, None, to=to, type=type, self_contained=own)
        print(to, type, hashlib.sha256(text.encode("ascii")).hexdigest())
"""


def test_every_python_writes_the_same_bytes(tmp_path):
    path = str(tmp_path / "people.json")
    people(path)
    program = EXPORTING.format(path)
    expected = run(sys.executable, "-c", program)
    assert len(set(expected)) == 12 and run(sys.executable, "-c", program) == expected
    for name in OTHERS:
        try:
            kind = run(name, "-c", "import sys; print(sys.implementation.name)")
        except (OSError, RuntimeError):
            continue
        if kind != ["micropython"]:
            assert run(name, "-c", program) == expected, name


# ---- the heap ----------------------------------------------------------------------------------------------------

USING = "import net; net.predict([0.5] * net.INPUTS); net.selftest()"


def least_heap(micropython, folder, using=USING):
    """The smallest heap, to 3 %, in which the module is imported, predicts and tests itself."""
    low, high = 4096, 1 << 22
    while high - low > high // 32:
        middle = (low + high) // 2
        command = [micropython, "-X", "heapsize={}".format(middle), "-c", using]
        done = subprocess.run(
            command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        low, high = (middle, high) if done.returncode else (low, middle)
    return high


@pytest.mark.parametrize(
    "widths, own, is_tuple",
    [
        ((2, 4, 1), True, True),
        ((2, 4, 1), False, True),
        ((10, 20, 3), False, True),
        ((64, 32, 10), False, True),
        ((64, 32, 10), False, False),
    ],
)
def test_the_estimate_of_the_heap(widths, own, is_tuple, tmp_path, monkeypatch):
    """A module runs in the heap that it is said to need, and not in much less; here a word has 64 bits."""
    micropython = interpreter("micropython")
    layers = [[sn.Dense(a, b), sn.Tanh()] for a, b in zip(widths, widths[1:])]
    net = sn.Sequential(sum(layers, []), seed=1)
    estimates = {}

    def needed(characters, numbers, word, is_tuple):
        estimates[is_tuple] = function(characters, numbers, word, is_tuple)
        return estimates[is_tuple]

    function = heap.needed
    monkeypatch.setattr(heap, "needed", needed)
    path = str(tmp_path / "net.py")
    options = dict(to="micropython", type="double", self_contained=own)
    sn.export(net, path, **options)
    text = sn.export(net, path, heap=estimates[is_tuple], **options)
    assert ("tuple(array" in text) == is_tuple
    least = least_heap(micropython, str(tmp_path))
    assert least <= estimates[is_tuple] <= 1.5 * least, least


@pytest.mark.parametrize("kind, viper", [("int8", False), ("int8", True), ("int16", False)])
@pytest.mark.parametrize("widths", [(2, 4, 1), (64, 32, 10)])
def test_the_estimate_of_the_heap_of_integers(widths, kind, viper, tmp_path):
    micropython = interpreter("micropython")
    layers = [[sn.Dense(a, b), sn.Tanh()] for a, b in zip(widths, widths[1:])]
    net = sn.Sequential(sum(layers, []), seed=1)
    request = targets.request_for(
        net, Rows(), "", to="micropython", type=kind, name="net", calibrate=rows_for(net, 9), viper=viper
    )  # fmt: skip
    text = targets.source(request)
    (tmp_path / "net.py").write_text(text)
    estimate = memory(request, text, word=8)
    using = USING.replace("[0.5]", "[1]")
    least = least_heap(micropython, str(tmp_path), using)
    assert least <= estimate <= 1.8 * least, least


def test_tuples_are_the_default_where_they_fit():
    small, large = (sn.Sequential([sn.Dense(n, 10)], seed=1) for n in (20, 500))
    assert "tuple(array" in sn.export(small, None, "micropython")
    assert "tuple(array" not in sn.export(large, None, "micropython")
    assert "tuple(array" in sn.export(large, None, "micropython", heap=1 << 20)


@pytest.mark.parametrize("to, heap, message", [
    ("c", 1000, "^heap is for the target 'micropython' with 'float' or 'double'; leave it out"),
    ("micropython", 0, "^heap is 0; give"),
    ("micropython", 1000, "^the module needs about \\d+ bytes of heap, but there are 1000; use a smaller network$"),
])  # fmt: skip
def test_heaps_that_are_refused(to, heap, message):
    with pytest.raises(ValueError, match=message):
        sn.export(NETWORKS[0], None, to, heap=heap)


def test_the_example_of_the_readme(tmp_path, monkeypatch):
    """The command and main.py as they stand there; the model is the one trained above them."""
    with open(README, encoding="utf-8") as file:
        section = file.read().split("## Embed a network")[1].split("\n## ")[0]
    (exporting,) = re.findall(
        r"^    python3 -m scratchnet (export .* --to micropython .*)$", section, re.MULTILINE
    )
    (program,) = re.findall(r"```py\n(.*?)```", section, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    assert main(["train", IRIS, "--target", "species", "-o", "iris.safetensors"]) == 0
    assert main(exporting.split()) == 0
    (tmp_path / "main.py").write_text(program)
    (promised,) = re.findall("# (.*)", program)
    assert run(interpreter("micropython"), "main.py") == [promised]
