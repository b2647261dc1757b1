"""Networks as programs of integers: what they compute, what is proven of them, what is refused; and MicroPython's module."""

import os
import re
import sys

import pytest
from hypothesis import given, settings
from integer_networks import (
    Residual,
    Steps,
    adapted,
    between,
    extremes,
    networks,
    programs,
    rows_for,
)
from random_networks import Scale, Share, recipes
from test_interpreters import interpreter, run

import scratchnet as sn
from scratchnet import functions, tabular
from scratchnet.cli import main
from scratchnet.codegen.integers.arithmetic import BITS, LARGEST_SUM
from scratchnet.codegen.integers.order import keeps_order
from scratchnet.codegen.integers.quantizer import MOST_ROWS, quantize
from scratchnet.datasets import samples
from scratchnet.scalars import Symbolic
from scratchnet.selection import train_test_split

# The largest error of an output, relative to the range of the outputs.
TOLERANCE = {8: 0.05, 16: 0.002}


@pytest.fixture(scope="module")
def all_programs():
    return list(programs())


def relative_error(program):
    values = [v for row in program.comparison.expected for v in row]
    return program.comparison.error / (max(values) - min(values))


def check_proofs(program):
    """No sum and no product is beyond 30 bits, whatever the inputs are."""
    half = 1 << program.bits - 1
    for stage in program.stages:
        for j, weights in enumerate(stage.weights):
            assert max(map(abs, weights)) < half
            most = abs(stage.bias[j]) + sum(map(abs, weights)) * half
            assert most + (1 << stage.before[j] >> 1) <= LARGEST_SUM
            assert 0 <= stage.before[j] <= 16 and 0 <= stage.factor[j] < 1 << 15
            assert stage.factor[j] * 32767 + (1 << stage.after[j] >> 1) <= LARGEST_SUM
        for table in stage.tables:
            assert len(table) == (256 if program.bits == 8 else 257)
            assert -half <= min(table) and max(table) < half


# ---- what they compute -------------------------------------------------------------------------------------------


def test_the_outputs_are_close_to_those_of_the_network(all_programs):
    for net, rows, kind, program in all_programs:
        check_proofs(program)
        if not any([isinstance(layer, Steps) for layer in net.layers]):
            assert relative_error(program) < TOLERANCE[program.bits], (net.layers, kind)
        assert program.comparison.found == [program.predict(row) for row in rows]


@settings(max_examples=max(5, settings.default.max_examples // 3))
@given(recipes())
def test_random_networks(made):
    net = made.network()
    net.adapt(made.X)
    rows = rows_for(net.inputs)
    for bits in (8, 16):
        try:
            program = quantize(net, rows, bits)
        except ValueError as error:
            assert re.match(
                r"(Share|Softmax)\(\) cannot be computed with integers: it needs a quotient of ",
                str(error),
            )
            continue
        check_proofs(program)
        names = {"TEST": program}
        exec(sn.export(net, None, "micropython", "int{}".format(bits), calibrate=rows), names)
        for row in extremes(program, 5) + [program.quantize(row) for row in rows[:5]]:
            assert names["predict"](row) == program.run(row)


def test_the_errors_of_integers_that_were_worked_out_by_hand():
    """One input from 0 to 255, so that an integer is the input - 128; 2·x + 1 is from 1 to 511."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[2]], bias=[1])])
    program = quantize(net, [[0], [255]], 8)
    assert program.quantize([-3]) == [-128] and program.quantize([1e9]) == [127]
    assert [program.quantize([x]) for x in (0, 0.4, 0.6, 254.6)] == [[-128], [-128], [-127], [127]]
    assert [program.run([q]) for q in (-128, 0, 127)] == [[-128], [0], [127]]
    assert [program.predict([x])[0] for x in (0, 128, 255)] == [1.0, 257.0, 511.0]
    assert program.comparison.error == 0 and program.comparison.decisions is None


def test_the_digits():
    """64-32-10: at most 2 of 540 decisions change, and with 16 bits at most 1."""
    data = samples.digits()
    X = [[v / 16 for v in row] for row in data.X]
    Xa, Xb, ya, yb = train_test_split(X, data.Y, test_size=0.3, stratify=data.Y, seed=1)
    net = sn.Sequential([sn.Dense(64, 32), sn.ReLU(), sn.Dense(32, 10), sn.Softmax()], seed=7)
    net.fit(Xa, ya, "categorical_cross_entropy", sn.Adam(0.005), epochs=10, batch_size=32)
    decisions = [row.index(max(row)) for row in net.predict(Xb)]
    for bits, most in ((8, 2), (16, 1)):
        program = quantize(net, Xa[:300], bits)
        found = [program.run(program.quantize(row)) for row in Xb]
        assert len(found) == 540
        assert len([1 for q, k in zip(found, decisions) if q.index(max(q)) != k]) <= most
        assert [len(stage.tables) for stage in program.stages] == [0, 0]


# ---- how it is done ----------------------------------------------------------------------------------------------


def shape(*layers, **options):
    """The units of each stage, and how many tables they have."""
    rows = options.get("rows", rows_for(4))
    program = quantize(adapted(list(layers), rows), rows, options.get("bits", 8))
    return [(len(stage.bias), len(stage.tables)) for stage in program.stages]


def test_what_scales_costs_nothing():
    assert shape(sn.Normalization(), sn.Dense(4, 3)) == [(3, 0)]
    assert shape(
        sn.Dense(4, 3), sn.Dropout(0.5), Scale(3), sn.ReLU(), Scale(3), sn.Dense(3, 2)
    ) == [(3, 0), (2, 0)]
    assert shape(sn.Dense(4, 3), sn.Tanh(), Scale(3), sn.Dense(3, 2)) == [(3, 1), (2, 0)]


def test_matrices_are_not_multiplied_out():
    assert shape(sn.Dense(4, 2), sn.Dense(2, 8)) == [(2, 0), (8, 0)]
    assert shape(sn.Dense(4, 2), Scale(2), sn.Dense(2, 8)) == [(2, 0), (8, 0)]


def test_tables():
    """One if all units have the same function, one per unit otherwise, none for a limit."""
    assert shape(sn.Normalization(), sn.Dense(4, 3), sn.GELU()) == [(3, 1)]
    assert shape(sn.Normalization(), sn.Dense(4, 3), sn.GELU(), Scale(3)) == [(3, 3)]
    assert shape(sn.Dense(4, 3), sn.ReLU(), sn.Dense(3, 3), sn.Identity()) == [(3, 0), (3, 0)]
    assert shape(sn.Dense(4, 3), sn.Tanh(), sn.Sigmoid()) == [(3, 1)]


def test_a_layer_that_contains_layers():
    assert shape(sn.Dense(4, 5), sn.SELU(), Residual(5), sn.Dense(5, 2)) == [
        (5, 1),
        (6, 0),
        (5, 0),
        (2, 0),
    ]


@pytest.mark.parametrize("bits", [8, 16])
def test_a_jump_is_where_it_was(bits):
    """Around 0 and 1, at most one step of the input's grid away."""
    rows = [[k / 100 - 5] for k in range(1001)]
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]]), Steps()])
    program = quantize(net, rows, bits)
    step = program.inputs[0].step
    for row in rows:
        if min(abs(row[0]), abs(row[0] - 1)) > 2 * step + 0.011 * (bits == 16):
            assert abs(program.predict(row)[0] - net.predict([row])[0][0]) < 0.02


def test_a_column_that_does_not_change_may_change_later():
    """A flag that was never set is 0 or 1."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]])])
    program = quantize(net, [[-1, 0], [2, 0]], 16)
    assert abs(program.predict([0, 1])[0] - 1) < 1e-3


def test_many_rows_are_thinned_out():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]])])
    program = quantize(net, [[k] for k in range(5000)], 8)
    assert len(program.comparison.expected) == MOST_ROWS and program.inputs[0].low == 0.0


# ---- the order of the outputs ------------------------------------------------------------------------------------


def numbers(count=3):
    return [Symbolic(name="z{}".format(k)) for k in range(count)]


def softmax(z, sign=1, scales=(1, 1, 1)):
    e = [functions.exp(sign * s * (v - functions.largest_of(z))) for v, s in zip(z, scales)]
    return [v / functions.total(e) for v in e]


def test_layers_that_keep_the_order():
    z = numbers()
    total = functions.total([functions.exp(v) for v in z])
    assert keeps_order(z, softmax(z))
    assert keeps_order(z, [v - functions.log(total) for v in z])
    assert keeps_order(z, [functions.tanh(functions.exp(v) * total + total) / 2 for v in z])


def test_layers_that_may_not_keep_the_order_or_have_nothing_in_common():
    z = numbers()
    total = functions.total(z)
    assert not keeps_order(z, z)
    assert not keeps_order(z, [functions.tanh(v) * 2 for v in z])
    assert not keeps_order(z, softmax(z, sign=-1))
    assert not keeps_order(z, softmax(z, scales=(1, 2, 3)))
    assert not keeps_order(z, [total - v for v in z])
    assert not keeps_order(z, [v * total for v in z])
    assert not keeps_order(z, [v / total for v in z])
    assert not keeps_order(z, [v * v for v in z])
    assert not keeps_order(z, z[::-1])
    assert not keeps_order(z, z[:2])
    assert not keeps_order(z, [functions.log(v) for v in z])


class LogSoftmax(sn.Layer):
    def forward(self, X):
        return [
            [x - functions.log(functions.total([functions.exp(v) for v in row])) for x in row]
            for row in X
        ]


def test_a_last_layer_that_keeps_the_order_is_left_out():
    rows = rows_for(4)
    for last in ([sn.Softmax()], [LogSoftmax()], [sn.Softmax(), sn.Identity(), sn.Dropout(0.5)]):
        net = adapted([sn.Dense(4, 3)] + last, rows)
        program = quantize(net, rows, 8)
        assert program.left_out == net.layers[1:] and len(program.stages) == 1
        assert program.comparison.expected[0] == pytest.approx(
            net.propagate(rows[:1], net.layers[:1])[0]
        )
        assert "without {!r}".format(last[0]) in sn.export(net, None, type="int8", calibrate=rows)


# ---- what is refused ---------------------------------------------------------------------------------------------


class Inverse(sn.Activation):
    def function(self, z):
        return 1 / z


class Product(sn.Layer):
    def forward(self, X):
        return [[row[0] * row[1], row[1]] for row in X]


SMALL = sn.Sequential([sn.Dense(2, 2), sn.Tanh()], seed=1)
ROWS = [[0.0, 1.0], [1.0, -1.0]]
REFUSED = {
    "no rows": (dict(calibrate=None), r"^the type 'int8' needs typical rows of inputs; give calibrate=X"),
    "empty": (dict(calibrate=[]), "^calibrate is empty; give at least one row"),
    "width": (dict(calibrate=[[1.0]]), "^calibrate: row 0 has 1 column where the network takes 2"),
    "infinite": (dict(calibrate=[[1.0, float("inf")]]), "^calibrate: row 0, column 1 is inf; give a finite number"),
    "text": (dict(calibrate=[["a", 1]]), "^calibrate: row 0, column 0: 'a' is a str; give a number"),
    "doubles": (dict(type="double"), "^calibrate is for the types 'float', 'int8' and 'int16'; leave it out"),
    "viper in C": (dict(viper=True), "^viper is for the target 'micropython' with the type 'int8'; leave it out"),
    "viper, int16": (dict(to="micropython", type="int16", viper=True), "^viper is for"),
    "progmem": (dict(to="micropython", progmem=True), "^progmem is for the target 'c' with"),
    "progmem, double": (
        dict(type="double", calibrate=None, progmem=True),
        "^progmem is for the target 'c' with 'float', 'int8' or 'int16'; leave it out",
    ),
    "softmax": (
        dict(net=sn.Sequential([sn.Dense(2, 2), sn.Softmax(), sn.Dense(2, 2)], seed=1)),
        r"^Softmax\(\) cannot be computed with integers: it needs a quotient of numbers that depend on several "
        "inputs; give the type float$",
    ),
    "user-defined": (dict(net=sn.Sequential([sn.Dense(2, 2), Share()], seed=1)), r"^Share\(\) cannot be computed"),
    "product": (dict(net=sn.Sequential([sn.Dense(2, 2), Product()], seed=1)), r"^Product\(\) .* needs a product of"),
    "pole": (
        dict(net=sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]]), Inverse()], seed=1)),
        r"^Inverse\(\) cannot be computed with integers: it is not finite everywhere in the range",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_refused(what):
    options, message = REFUSED[what]
    given_options = dict(dict(net=SMALL, path=None, type="int8", calibrate=ROWS), **options)
    with pytest.raises((TypeError, ValueError), match=message):
        sn.export(**given_options)


# ---- MicroPython -------------------------------------------------------------------------------------------------

CALLS = """
import sys
sys.path.insert(0, {folder!r})
import {name} as net
for row in {rows!r}:
    print(net.predict(row))
"""


def test_micropython_computes_the_same_integers(all_programs, tmp_path):
    executable = interpreter("micropython")
    for n, (net, rows, kind, program) in enumerate(all_programs):
        given_rows = extremes(program, 6)
        expected = [str(program.run(row)) for row in given_rows]
        for viper in (False, True)[: 1 + (kind == "int8")]:
            name = "net{}{}".format(n, "v" * viper)
            path = str(tmp_path / (name + ".py"))
            text = sn.export(net, path, "micropython", kind, calibrate=rows, viper=viper)
            assert text.startswith("# {}: ".format(name)) and text.encode("ascii")
            calls = CALLS.format(folder=str(tmp_path), name=name, rows=given_rows)
            assert run(executable, "-c", calls) == expected
            assert run(executable, path) == ["all right: 4 vectors"]


@pytest.mark.parametrize("kind", sorted(BITS))
def test_a_module_runs_on_any_python_and_quantizes(kind):
    for net, rows in networks():
        names = {"__name__": "net"}
        exec(sn.export(net, None, "micropython", kind, calibrate=rows), names)
        program = quantize(net, rows, BITS[kind])
        names["selftest"]()
        for row in between(program) + rows[:5]:
            assert names["quantize"](row) == program.quantize(row)
            expected = program.predict(row)
            found = [
                names["OUTPUT_OFFSET"] + names["OUTPUT_SCALE"] * v
                for v in names["predict"](program.quantize(row))
            ]
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("kind", sorted(BITS))
def test_rows_between_two_integers(kind, tmp_path):
    """Whole numbers of a table may lie in the middle: all Pythons find the same integers for them."""
    path = str(tmp_path / "net.py")
    rows = [
        {"a": k % 16 - 7, "b": k % 11 / 10, "y": "no yes".split()[k % 3 > 0]} for k in range(99)
    ]
    model = tabular.train(rows, "y", epochs=2)
    given_rows = model.encoder.inputs_of(model.read(rows))
    sn.export(model.net, path, "micropython", kind, calibrate=given_rows)
    assert run(sys.executable, path) == ["all right: 12 vectors"]
    assert run(interpreter("micropython"), path) == ["all right: 12 vectors"]


@pytest.mark.parametrize("kind", sorted(BITS))
def test_a_flipped_weight_is_caught(kind):
    """In each constant of the module, but the low bits of shifts and tables that no vector meets."""
    rows = rows_for(5)
    net = adapted([sn.Normalization(), sn.Dense(5, 4), sn.ReLU(), sn.Dense(4, 3)], rows)
    text = sn.export(net, None, "micropython", kind, calibrate=rows)
    start = text.index("W0 = (")
    literals = list(re.finditer(r'b"((?:[^"\\]|\\.)+)"', text[start : text.index("\n)", start)]))
    assert len(literals) == 4
    for literal in literals:
        data = bytearray(eval(literal.group()))
        data[-1] ^= 0x40
        changed = "".join(["\\x{:02x}".format(c) for c in data])
        changed = text[: start + literal.start(1)] + changed + text[start + literal.end(1) :]
        names = {"__name__": "net"}
        exec(changed, names)
        with pytest.raises(ValueError, match="^net: vector . gives "):
            names["selftest"]()


# ---- the command line --------------------------------------------------------------------------------------------


def test_the_command_says_what_the_integers_change(tmp_path, capsys):
    table = os.path.join(os.path.dirname(sn.__file__), "datasets", "iris.csv")
    model, path = str(tmp_path / "iris.json"), str(tmp_path / "iris.h")
    assert (
        main(
            [
                "train",
                table,
                "--target",
                "species",
                "--activation",
                "tanh",
                "--hidden",
                "8",
                "-o",
                model,
            ]
        )
        == 0
    )
    capsys.readouterr()
    command = ["export", model, "--to", "c", "--type", "int8", "--calibrate", table, "-o", path]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert re.match(
        r"int8: calibrated on 150 rows: \d of 150 decisions changed, the largest error of an output",
        lines[0],
    )
    assert lines[1] == "int8: without Softmax(), which does not change the order of the outputs"
    assert re.match(r"int8: accuracy 0\.9\d\d \(float\), 0\.9\d\d \(int8\)$", lines[2])
    assert re.match(r"int8: \d+ bytes of constants, more than the \d+ of floats; ", lines[3])
    assert len(lines) == 4
    with open(path) as file:
        assert lines[0][len("int8: ") :] in file.read()


def test_a_plain_network_is_calibrated_with_a_table_of_numbers(tmp_path, capsys):
    model, table = str(tmp_path / "net.json"), tmp_path / "rows.csv"
    sn.save(
        sn.Sequential(
            [sn.Dense(2, 40), sn.Tanh(), sn.Dense(40, 40), sn.Tanh(), sn.Dense(40, 1)], seed=1
        ),
        model,
    )
    table.write_text("a,b\n1,2\n3,4\n5,-6\n")
    command = [
        "export",
        model,
        "--to",
        "micropython",
        "--type",
        "int8",
        "--viper",
        "-o",
        str(tmp_path / "n.py"),
    ]
    assert main(command + ["--calibrate", str(table)]) == 0
    output = capsys.readouterr().out
    assert (
        output.count("\n") == 1
        and "calibrated on 3 rows: the largest error of an output is " in output
    )
    for text, message in (("a\n1\n2\n", "row 0 has 1 column where the network takes 2"), ("a,b\n1,x\n2,y\n", "column 'b' holds texts"),
                          ("a,b\n1,\n2,3\n", "row 0, column 1 is nan")):  # fmt: skip
        table.write_text(text)
        assert main(command + ["--calibrate", str(table)]) == 2
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1


def test_a_model_that_predicts_a_quantity(tmp_path, capsys):
    table, model, header = (str(tmp_path / name) for name in ("t.csv", "t.json", "t.h"))
    with open(table, "w") as file:
        file.write(
            "x,y\n" + "".join(["{},{}\n".format(k / 7, 3.5 * k + 100.25) for k in range(60)])
        )
    assert main(["train", table, "--target", "y", "--epochs", "30", "-o", model, "-q"]) == 0
    capsys.readouterr()
    assert (
        main(["export", model, "--to", "c", "--type", "int16", "--calibrate", table, "-o", header])
        == 0
    )
    lines = capsys.readouterr().out.splitlines()
    assert "decisions" not in lines[0] and re.match(
        r"int16: mean absolute error [\d.e-]+ \(float\), [\d.e-]+ \(int16\)$", lines[1]
    )
