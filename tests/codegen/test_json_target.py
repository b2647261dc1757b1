"""sn.export(to="json"): the file, run by an interpreter that knows nothing but the description of the format."""

import json
import math
import random
import struct

import pytest
from test_python_targets import (
    COLUMNS,
    EACH_NETWORK,
    EACH_TARGET,
    HARD_LABELS,
    MORE,
    NETWORKS,
    bits,
    people,
    rows_for,
)

import scratchnet as sn
from scratchnet import tabular
from scratchnet.codegen import loops
from scratchnet.scalars import Single

# ---- an interpreter ----------------------------------------------------------------------------------------------


def quotient(a, b):
    if b:
        return a / b
    return math.nan if not a or a != a else math.copysign(math.inf, a) * math.copysign(1, b)


class Interpreter:
    def __init__(self, text):
        self.file = json.loads(text)
        self.round = rounded if self.file["type"] == "float" else float

    def outputs(self, x):
        names = {"x": [self.round(v) for v in x], "inf": math.inf, "-inf": -math.inf}
        names = dict(names, nan=math.nan, **self.file["tables"])
        self.run(self.file["program"], names)
        return names["out"]

    def run(self, statements, names):
        for kind, *parts in statements:
            if kind == "array":
                names[parts[0]] = [0.0] * parts[1]
            elif kind == "return":
                return self.value(parts[0], names)
            elif kind == "for":
                for k in range(parts[1]):
                    names[parts[0]] = k
                    self.run(parts[2], names)
            elif isinstance(parts[0], str):
                names[parts[0]] = self.value(parts[1], names)
            else:
                _, array, index = parts[0]
                names[array][self.value(index, names)] = self.value(parts[1], names)

    def value(self, value, names):
        if isinstance(value, str):
            return names[value]
        if not isinstance(value, list):
            return value
        operation, *operands = value
        if operation == "where":
            condition, a, b = operands
            return self.value(a if self.value(condition, names) else b, names)
        if operation == "at":
            element = names[operands[0]]
            for index in operands[1:]:
                element = element[self.value(index, names)]
            return element
        values = [self.value(operand, names) for operand in operands]
        if operation in self.file["functions"]:
            constants = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
            return self.run(self.file["functions"][operation], dict(constants, x=values[0]))
        if operation in ("dot", "total"):
            if operation == "dot":
                values = [self.round(a * b) for a, b in zip(values[::2], values[1::2])]
            result = values[0]
            for v in values[1:]:
                result = self.round(result + v)
            return result
        result = OPERATIONS[operation](*values)
        return self.round(result) if isinstance(result, float) else result

    def encoded(self, row):
        rows = self.file["rows"]
        x = [0.0] * self.file["inputs"]
        for value, column in zip(row, rows["columns"]):
            k, is_text = column["input"], isinstance(value, str)
            text = value.strip() if is_text else value
            if value is None or value != value or is_text and text.lower() in rows["missing"]:
                k += column.get("missing", 0)
                if column.get("missing") != -1:
                    x[k] = column.get("median", 1.0)
            elif "median" in column:
                x[k] = float(value)
            else:
                text = text if is_text else "{:.17g}".format(value)
                labels = column["labels"]
                n = labels.index(text) if text in labels else column["other"]
                if n >= 0:
                    x[k + n] = 1.0
        return x

    def predict(self, row):
        out, rows = self.outputs(self.encoded(row)), self.file["rows"]
        if rows["classes"] is None:
            return rows["mean"] + rows["spread"] * out[0]
        return rows["classes"][out[0] > 0.5 if len(out) == 1 else out.index(max(out))]


def rounded(x):
    try:
        return struct.unpack("f", struct.pack("f", x))[0]
    except OverflowError:
        return math.copysign(math.inf, x)


def library(name):
    """A function of the library that never fails."""

    def function(x):
        try:
            return getattr(math, name)(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return -math.inf if (name, x) in (("log", 0), ("log1p", -1)) else math.nan

    return function


OPERATIONS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": quotient,
    "less": lambda a, b: a < b,
    "less or equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater or equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "unequal": lambda a, b: a != b,
    "negate": lambda a: -a,
    "abs": abs,
    "mantissa": lambda x: math.frexp(x)[0],
    "exponent": lambda x: float(math.frexp(x)[1]),
    "ldexp": lambda m, k: math.ldexp(m, int(k)),
}
OPERATIONS.update({name: library(name) for name in "exp expm1 log log1p tanh erf sqrt cos".split()})


# ---- the network -------------------------------------------------------------------------------------------------


@EACH_NETWORK
@pytest.mark.parametrize("kind", ["double", "float"])
def test_the_bits_of_the_portable_kernel(number, kind, portable):
    net = NETWORKS[number]
    program = Interpreter(sn.export(net, None, to="json", type=kind, self_contained=True))
    numbers = {"double": float, "float": Single}[kind]
    rows = rows_for(net, 4)
    expected = net.copy(numbers).predict([[numbers(x) for x in row] for row in rows])
    for row, y in zip(rows, expected):
        assert bits(program.outputs(row)) == bits(map(float, y)), row


@pytest.mark.parametrize("number", range(0, 9, 2))
def test_the_same_bits_as_loops(number, portable, monkeypatch):
    monkeypatch.setattr(loops, "MOST_WRITTEN_OUT", 0)
    test_the_bits_of_the_portable_kernel(number, "double", None)


def check_vectors(program):
    for vector in program.file["vectors"]:
        x = vector["x"] if "x" in vector else program.encoded(vector["row"])
        for k, (a, b) in enumerate(zip(program.outputs(x), vector["out"])):
            assert abs(a - b) <= program.file["tolerance"], (vector, k)


@pytest.mark.parametrize("number", range(0, 24, 3))
@pytest.mark.parametrize("own", [True, False])
def test_the_vectors(number, own):
    net = NETWORKS[number]
    program = Interpreter(sn.export(net, None, to="json", self_contained=own))
    assert (program.file["tolerance"] == 0) == own and len(program.file["vectors"]) == 8
    check_vectors(program)


def test_a_changed_weight_is_caught():
    file = json.loads(sn.export(NETWORKS[-2], None, to="json", self_contained=True))
    source = random.Random(7)
    for name in file["tables"]:
        changed = json.loads(json.dumps(file))
        table = changed["tables"][name]
        place = source.randrange(len(table))
        table[place] = -table[place] or 1.0
        with pytest.raises(AssertionError):
            check_vectors(Interpreter(json.dumps(changed)))


# ---- rows of tables ----------------------------------------------------------------------------------------------


@EACH_TARGET
def test_the_rows_of_a_table(target, task, tmp_path, portable):
    path = str(tmp_path / "people.json")
    rows = people(path, target, task)[:20] + MORE
    model = tabular.load(path)
    text = sn.export(model.net, str(tmp_path / "net.json"), "json", self_contained=True)
    text.encode("ascii")
    program = Interpreter(text)
    for row, y in zip(rows, model.predict(rows)):
        assert program.predict([row[name] for name in COLUMNS]) == y
    assert [column["name"] for column in program.file["rows"]["columns"]] == COLUMNS
    assert set(program.file["rows"]["columns"][0]["labels"]) == set(HARD_LABELS)
    assert len(program.file["vectors"]) == 16
    check_vectors(program)


def test_a_network_alone_has_no_rows():
    file = json.loads(sn.export(NETWORKS[0], None, to="json", name="a name: of any kind"))
    assert file["rows"] is None and file["name"] == "a name: of any kind"
    assert file["version"] == "scratchnet " + sn.__version__
