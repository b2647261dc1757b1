"""codegen/loops.py: the loops in a record, computed here element by element; and the text of a header without a compiler."""

import pytest
from random_networks import BUILT_IN_LAYERS, Scale

import scratchnet as sn
from scratchnet.codegen.loop_parts import Fill, Fold, Spread
from scratchnet.codegen.loops import Loops, roll
from scratchnet.codegen.program import record_rows
from scratchnet.core import elementary
from scratchnet.core.functions import ELEMENTARY
from scratchnet.scalars import Single, Symbolic, SymbolicSingle
from scratchnet.scalars.operations import OPERATIONS, PRIMITIVES
from scratchnet.scalars.single import kernel, kernel_of


def value_of(node, names):
    """A number of a record, given the values of its named inputs."""
    if node.name:
        return names(node.name)
    if not node.operation:
        return node.value
    operands = [value_of(operand, names) for operand in node.operands]
    return {**OPERATIONS, **PRIMITIVES}[node.operation].function(*operands)


class Run:
    """The statements of Loops, executed."""

    def __init__(self, loops, inputs):
        self.arrays = {table.name: self.shaped(table) for table in loops.tables}
        self.arrays["x"] = inputs
        self.scalars = {}
        self.statements(loops.statements)

    def shaped(self, table):
        if len(table.shape) == 1:
            return table.values
        width = table.shape[1]
        return [table.values[k : k + width] for k in range(0, len(table.values), width)]

    def name(self, text):
        return eval(text, dict(self.scalars), self.arrays)

    def value(self, node):
        return value_of(node, self.name)

    def statements(self, parts):
        for part in parts:
            if isinstance(part, Spread):
                known = part.names

                def lookup(node, known=known):
                    if id(node) in known:
                        return self.name(known[id(node)])
                    if not node.operation:
                        return node.value
                    operands = [lookup(operand) for operand in node.operands]
                    return OPERATIONS[node.operation].function(*operands)

                self.arrays[part.name] = [lookup(v) for v in part.values]
            elif isinstance(part, Fold):
                self.scalars[part.name] = self.value(part.first)
                self.loop(part, self.scalars.__setitem__, [part.name])
            elif isinstance(part, Fill):
                array = self.arrays.setdefault(part.name, [None] * part.index.count)
                self.loop(part, lambda k, v, array=array: array.__setitem__(k, v), None)
            else:
                self.scalars[part.name] = self.value(part.value)

    def loop(self, part, store, key):
        for k in range(part.index.count):
            if part.index.name != "0":
                self.scalars[part.index.name] = k
            self.statements(part.body)
            store(key[0] if key else k, self.value(part.value))


def loops_of(net):
    x = [Symbolic(name="x{}".format(k)) for k in range(net.inputs)]
    return roll(record_rows(net, net.copy(Symbolic), x), "x", "out", "table")


@pytest.mark.parametrize("number", range(len(BUILT_IN_LAYERS)))
def test_the_loops_compute_what_the_network_predicts(number, portable):
    make = BUILT_IN_LAYERS[number]
    net = sn.Sequential([sn.Dense(5, 7), make(), Scale(7), sn.Dense(7, 6), make()], seed=number)
    loops = loops_of(net)
    assert not any([isinstance(part, Spread) for part in loops.statements])
    for row in ([0.5, -1.0, 2.0, -0.25, 1.5], [-0.0, 0.0, -3.0, 4.0, 0.125]):
        assert Run(loops, row).arrays["out"] == net.predict([row])[0]


def test_what_is_folded_is_written_like_its_neighbours(portable):
    """A constant feature has the spread 1, which the record leaves out."""
    net = sn.Sequential([sn.Normalization(), sn.Dense(6, 5)], seed=1)
    net.adapt([[1.0, 0.0, 0.0, 5.0, k, 2.0 * k] for k in range(4)])
    loops = loops_of(net)
    assert [type(part) for part in loops.statements] == [Fill, Fill]
    row = [1.5, 0.0, 2.0, 5.0, 1.0, 3.0]
    assert Run(loops, row).arrays["out"] == net.predict([row])[0]


def test_what_is_not_alike_is_written_out():
    x = [Symbolic(name="x") for _ in range(5)]
    outputs = [x[0] + x[1], x[2] * x[3], x[4] - 2]
    loops = Loops("x", x, outputs)
    loops.store(outputs, "out")
    assert [type(part) for part in loops.statements] == [Spread]
    assert Run(loops, [1.0, 2.0, 3.0, 4.0, 5.0]).arrays["out"] == [3.0, 12.0, 3.0]


# ---- symbolic numbers that the portable functions run on -----------------------------------------


@pytest.mark.parametrize("name", ELEMENTARY)
@pytest.mark.parametrize("x", [0.25, 1.5, -0.75, 3.0, 40.0])
def test_the_record_of_a_portable_function(name, x):
    record = vars(elementary)[name](Symbolic(name="x"))
    assert repr(value_of(record, lambda _: x)) == repr(getattr(elementary, name)(x))


@pytest.mark.parametrize("name", ELEMENTARY)
def test_constants_of_24_digits_are_folded_as_those_of_single(name):
    for x in (0.1, 1.75, 2.5):
        expected = kernel()[name](Single(x)).value
        assert getattr(SymbolicSingle(x), name)().value == expected
        assert kernel_of(SymbolicSingle)[name](SymbolicSingle(x)).value == expected


def test_the_parts_of_a_number():
    mantissa, exponent = elementary.frexp(Symbolic(name="x"))
    again = elementary.ldexp(mantissa, exponent)
    assert (mantissa.operation, exponent.operation, again.operation) == (
        "mantissa",
        "exponent",
        "ldexp",
    )
    assert [part.value for part in elementary.frexp(Symbolic(10))] == [0.625, 4.0]
    assert elementary.ldexp(Symbolic(0.625), Symbolic(4)).value == 10


class Halving(sn.Activation):
    def function(self, z):
        return elementary.ldexp(z, elementary.frexp(z)[1])


def test_python_has_no_words_for_them():
    net = sn.Sequential([sn.Dense(1, 1), Halving()])
    with pytest.raises(ValueError, match="the operation '.*' cannot be written in Python"):
        sn.unroll(net)
    assert "net_ldexp(" in sn.export(net, None)
