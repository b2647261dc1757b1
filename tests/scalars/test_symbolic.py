"""scalars/symbolic.py, numbers that are not known yet; codegen/python/printer.py, which prints what will make them.

What is computed here without any of the package's code for it: a record, number by number, on floats (``worked_out``);
and a tree of operations, by Python's own operators.
"""

import math
import operator
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_networks import BETWEEN, ENDINGS, HIDDEN, OPTIMIZERS, targets

import scratchnet as sn
from scratchnet.codegen.program import DEEPEST, LONGEST, reachable
from scratchnet.codegen.python.printer import Code, execute, imports
from scratchnet.core import elementary, functions
from scratchnet.core.layers import LAYERS
from scratchnet.core.losses import LOSSES
from scratchnet.scalars import Symbolic
from scratchnet.scalars.symbolic import ABSENT, Undecided

INF, NAN = math.inf, math.nan
ARITHMETIC = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
COMPARISONS = {
    "less": operator.lt,
    "less or equal": operator.le,
    "greater": operator.gt,
    "greater or equal": operator.ge,
    "equal": operator.eq,
    "unequal": operator.ne,
}
TURNED = {
    "less": "greater",
    "less or equal": "greater or equal",
    "greater": "less",
    "greater or equal": "less or equal",
}
UNARY = ["exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos"]


def bits(x):
    return struct.pack(">d", x).hex()


def same(a, b):
    return bits(a) == bits(b) or a != a and b != b


def unknown(name="x", **more):
    return Symbolic(name=name, **more)


# ---- operations --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", sorted(ARITHMETIC))
@pytest.mark.parametrize(
    "a, b", [(1.5, -2.0), (0.1, 0.2), (-0.0, 3.0), (1e300, 1e-300), (INF, 2.0), (NAN, 1.0)]
)
def test_arithmetic_of_constants_is_done_at_once(operation, a, b):
    for left, right in ((Symbolic(a), Symbolic(b)), (Symbolic(a), b), (a, Symbolic(b))):
        made = ARITHMETIC[operation](left, right)
        assert (
            type(made) is Symbolic
            and made.is_constant
            and (made.operation, made.operands) == ("", ())
        )
        assert same(made.value, ARITHMETIC[operation](a, b))


@pytest.mark.parametrize("operation", sorted(ARITHMETIC))
def test_arithmetic_of_unknowns_is_recorded(operation):
    x, y = unknown("x"), unknown("y")
    made = ARITHMETIC[operation](x, y)
    assert type(made) is Symbolic and not made.is_constant
    assert made.operation == operation and made.operands[0] is x and made.operands[1] is y
    for left, right in ((x, 0.75), (0.75, x), (x, Symbolic(0.75)), (Symbolic(0.75), x)):
        made = ARITHMETIC[operation](left, right)
        assert made.operation == operation
        assert [operand.value for operand in made.operands] == [
            None if v is x else 0.75 for v in (left, right)
        ]
        assert sum(operand is x for operand in made.operands) == 1


@pytest.mark.parametrize("operation", sorted(COMPARISONS))
def test_comparisons(operation):
    compare = COMPARISONS[operation]
    for a, b in ((1.5, -2.0), (-2.0, 1.5), (0.5, 0.5), (0.0, -0.0), (NAN, 1.0)):
        for left, right in ((Symbolic(a), Symbolic(b)), (Symbolic(a), b), (a, Symbolic(b))):
            assert compare(left, right) is compare(a, b)
    x, y = unknown("x"), unknown("y")
    made = compare(x, y)
    assert type(made) is Symbolic and made.operation == operation
    assert made.operands[0] is x and made.operands[1] is y
    assert compare(x, 0.5).operation == operation and compare(x, 0.5).operands[1].value == 0.5
    turned = compare(0.5, x)  # Python turns it round: x > 0.5
    assert turned.operation == TURNED.get(operation, operation)
    assert turned.operands[0] is x and turned.operands[1].value == 0.5


@pytest.mark.parametrize("name", UNARY)
def test_elementary_functions(name, each_kernel):
    x = unknown()
    made = getattr(functions, name)(x)
    assert (made.operation, made.operands, made.value) == (name, (x,), None)
    for value in (0.7, 0.0, -0.0, 2.5, 800.0, -800.0):
        assert same(
            getattr(functions, name)(Symbolic(value)).value, getattr(functions, name)(value)
        )


def test_signs():
    x = unknown()
    assert ((-x).operation, (-x).operands) == ("negate", (x,)) and (
        abs(x).operation,
        abs(x).operands,
    ) == ("abs", (x,))
    assert (-Symbolic(2)).value == -2.0 and abs(Symbolic(-2)).value == 2.0
    assert bits((-Symbolic(0)).value) == bits(-0.0)
    opposite = -x
    assert (-opposite).operands[0].operation == "negate"


def test_a_choice_is_one_operation():
    x, a = unknown("x"), unknown("a")
    condition = x > 0
    made = functions.where(condition, a, 2)
    assert made.operation == "where" and made.operands[0] is condition and made.operands[1] is a
    assert made.operands[2].value == 2.0


def test_a_choice_that_is_known_is_made():
    a, b = unknown("a"), unknown("b")
    assert (
        functions.where(Symbolic(1) > 0, a, b) is a and functions.where(Symbolic(0) > 0, a, b) is b
    )


def test_a_dot_is_one_operation():
    u, v = [unknown("a"), 3.0, unknown("b")], [5.0, unknown("c"), unknown("d")]
    made = functions.dot(u, v)
    assert made.operation == "dot" and len(made.operands) == 6
    assert [x.name or x.value for x in made.operands] == ["a", 5.0, 3.0, "c", "b", "d"]
    assert functions.dot([2.0, 1.0], v[1:]).operation == "dot"


def test_a_total_is_one_operation():
    values = [unknown("a"), 5.0, unknown("b")]
    made = functions.total(values)
    assert made.operation == "total" and [x.name or x.value for x in made.operands] == [
        "a",
        5.0,
        "b",
    ]


def test_sums_of_one():
    x, y = unknown("x"), unknown("y")
    product = functions.dot([x], [y])
    assert product.operation == "multiply" and product.operands[0] is x and product.operands[1] is y
    assert functions.dot([x], [1]) is x and functions.total([x]) is x


def test_whole_numbers_and_pi():
    x = unknown()
    assert (
        functions.whole(3, x).value == 3.0
        and functions.whole(7535707714759921, x).value == 7535707714759921.0
    )
    assert functions.pi(x).value == math.pi
    assert functions.power(x, 1) is x
    assert functions.power(x, 3).operation == "multiply" and functions.power(x, 0) == 1
    n = Symbolic(name="n")
    assert (functions.power(x, n).operation, functions.power(x, n).operands) == ("power", (x, n))


def test_what_it_is():
    x = unknown("x", sample=3, kind="unit")
    assert (x.name, x.sample, x.kind, x.value, x.operation, x.operands) == (
        "x",
        3,
        "unit",
        None,
        "",
        (),
    )
    assert (x.is_constant, x.is_one, x.is_absent) == (False, True, False)
    assert (
        unknown().is_one,
        Symbolic(1).is_one,
        Symbolic(0.5).is_one,
        Symbolic(1).is_constant,
    ) == (
        False,
        True,
        False,
        True,
    )
    for value in (3, True, 2.5):
        assert type(Symbolic(value).value) is float and Symbolic(value).value == value
    assert [repr(v) for v in (Symbolic(0.5), unknown("w"), unknown() + 1)] == [
        "Symbolic(0.5)", "Symbolic('w')", "Symbolic('add')"
    ]  # fmt: skip
    with pytest.raises(TypeError):
        hash(x)  # no table can tell it from others, for == asks a question that has no answer yet
    with pytest.raises(AttributeError):
        x.something = 1


def test_operands_come_before_what_is_made_of_them():
    x, y = unknown("x"), unknown("y")
    made = functions.sigmoid(x * y + functions.dot([x, y], [y, x])) + functions.largest_of(
        [x, y, x * y]
    )
    for node in reachable([made]):
        assert all(operand.serial < node.serial for operand in node.operands)


# ---- what is folded, and what is not -----------------------------------------------------------------------------


def test_what_changes_no_bit_is_folded():
    x = unknown()
    assert x * 1 is x and 1 * x is x and x / 1 is x and x - 0 is x and x - 0.0 is x
    assert x * True is x and x * Symbolic(1.0) is x


FOLDED_NEVER = {
    "x + 0": lambda x: x + 0,  # -0.0 + 0.0 is 0.0
    "0 + x": lambda x: 0 + x,
    "x - -0.0": lambda x: x - (-0.0),
    "0 - x": lambda x: 0 - x,
    "x * 0": lambda x: x * 0,  # infinity, NaN, and the sign of zero
    "x * -1": lambda x: x * -1,
    "1 / x": lambda x: 1 / x,
    "0 / x": lambda x: 0 / x,
    "x / x": lambda x: x / x,
    "x - x": lambda x: x - x,
    "x / 2": lambda x: x / 2,
    "x + x": lambda x: x + x,
    "(x + 1) - 1": lambda x: x + 1 - 1,
    "x / 0": lambda x: x / 0,
}


@pytest.mark.parametrize("what", sorted(FOLDED_NEVER))
def test_what_might_change_a_bit_is_not_folded(what):
    x = unknown()
    made = FOLDED_NEVER[what](x)
    assert made is not x and not made.is_constant and made.operation


def test_constants_are_not_gathered():
    """(x + 0.1) + 0.2 is not x + 0.3."""
    x = unknown()
    made = x + 0.1 + 0.2
    assert made.operands[1].value == 0.2 and made.operands[0].operands[1].value == 0.1


def test_a_division_of_constants_by_zero_waits():
    """It is no error of the one who spells it out: lists, too, raise it when they come to it."""
    made = Symbolic(1) / 0
    assert made.operation == "divide" and not made.is_constant
    with pytest.raises(ZeroDivisionError):
        run([made], {})


def test_a_weight_of_one():
    """``unit``: known to be 1, though it has a name."""
    w, x = unknown("w", kind="unit"), unknown("x")
    assert w * x is x and x * w is x
    assert (w + x).operation == "add" and (x / w).operation == "divide"
    assert functions.dot([x, 2.0], [w, w]).operation == "dot"


def test_a_zero_in_the_data_drops_out():
    """``absent``: of every sum; and what is multiplied by it, too."""
    x, y = unknown("x"), unknown("y")
    for zero in (ABSENT, Symbolic(0, kind="absent")):
        assert zero.is_absent and zero.value == 0 and zero.is_constant
        assert zero * x is zero and x * zero is zero and zero / x is zero
        assert zero + x is x and x + zero is x and x - zero is x
        assert (zero - x).operation == "subtract"
        assert functions.total([zero, x, zero, y]).operands == (x, y)
        assert functions.total([zero, x, zero]) is x
        assert functions.dot([zero, x, y, 3.0], [x, y, zero, y]).operation == "dot"
        assert [
            v.name or v.value for v in functions.dot([zero, x, y, 3.0], [x, y, zero, y]).operands
        ] == [
            "x",
            "y",
            3.0,
            "y",
        ]
        assert functions.dot([zero, x], [y, y]).operation == "multiply"
        assert functions.dot([zero, x], [y, 1]) is x
        assert (
            functions.dot([zero, x], [y, zero]).is_absent
            and functions.total([zero, zero]).is_absent
        )
        assert (
            functions.exp(zero).value == 1.0 and (zero + 0.5).value == 0.5 and (zero > 0) is False
        )


# ---- Undecided ---------------------------------------------------------------------------------------------------

UNDECIDED = {
    "bool": bool,
    "if": lambda x: 1 if x > 0 else 0,
    "not": lambda x: not x,
    "and": lambda x: x > 0 and x < 1,
    "between": lambda x: 0 < x < 1,
    "max": lambda x: max(x, 0),
    "min": lambda x: min([x, 1, x]),
    "sorted": lambda x: sorted([x, 2]),
    "in": lambda x: x in [1, 2],
    "all": lambda x: all([x == 1]),
    "while": lambda x: functions.power(2, x),
}
REFUSED = {
    "int": int,
    "float": float,
    "round": round,
    "complex": complex,
    "math": math.exp,
    "index": lambda x: [1, 2][x],
    "range": range,
    "power": lambda x: x**2,
    "modulo": lambda x: x % 2,
    "floor": lambda x: x // 2,
    "iteration": list,
    "length": len,
    "format": lambda x: "{:.3f}".format(x),
}


@pytest.mark.parametrize("what", sorted(UNDECIDED))
def test_an_unknown_number_is_neither_true_nor_false(what):
    with pytest.raises(
        Undecided,
        match="^a symbolic number is neither true nor false; choose with functions.where$",
    ):
        UNDECIDED[what](unknown())
    assert issubclass(Undecided, TypeError)


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_only_a_known_number_can_do(what):
    with pytest.raises(TypeError):
        REFUSED[what](unknown())


@pytest.mark.parametrize("what", ["bool", "not", "if"])
def test_a_known_number_does_not_tell_either(what):
    """So that a rule that branches is found for all numbers, except if it compares two that are known."""
    if what == "if":
        assert UNDECIDED[what](Symbolic(2)) == 1
    else:
        with pytest.raises(Undecided):
            UNDECIDED[what](Symbolic(2))


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_every_layer_and_loss_is_among_those_tried():
    kinds = {type(make()) for make in HIDDEN} | {
        type(layer) for make in BETWEEN for layer in make(1)
    }
    ends = {
        layer if isinstance(layer, type) else type(layer())
        for _, ending in ENDINGS
        for layer in ending
    }
    assert set(LAYERS.values()) - {sn.Dense} <= kinds | ends
    assert set(LOSSES.values()) <= {type(loss) for loss, _ in ENDINGS}
    assert {sn.SGD, sn.Adagrad, sn.RMSprop, sn.Adam, sn.AdamW} <= {
        type(optimizer) for optimizer in OPTIMIZERS
    }


TOGETHER = [
    (k % len(HIDDEN), k % len(ENDINGS), k % len(OPTIMIZERS)) for k in range(3 * len(OPTIMIZERS))
]


@pytest.mark.parametrize("hidden, ending, optimizer", TOGETHER)
def test_no_rule_decides_by_a_number(hidden, ending, optimizer, portable):
    """Forward, loss, backward, update: on symbols, and then with numbers in their place, as on floats."""
    loss, end = ENDINGS[ending]
    layers = [sn.Dense(2, 2, l1=0.25, l2=0.125), HIDDEN[hidden](), sn.Dense(2, 2)] + [
        layer() for layer in end
    ]
    net = sn.Sequential(layers, seed=2)
    generator = sn.Generator(5)
    X = [[generator.normal() for _ in range(2)] for _ in range(2)]
    Y = targets(loss, 2, 2, generator, "normal", False)
    optimizer = OPTIMIZERS[optimizer]
    if callable(optimizer.learning_rate):
        optimizer = sn.AdamW(0.1, clip_norm=0.5)
    found = {}
    for number in (float, Symbolic):
        twin = net.copy(number)
        rows = [[[number(v) for v in row] for row in M] for M in (X, Y)]
        value = twin.backpropagate(rows[0], rows[1], loss.with_numbers(number, exactly=True))
        stepper = optimizer.with_numbers(number, exactly=True)
        stepper.step(twin.parameters())
        found[number] = [value] + [
            v for p in twin.parameters() for row in p.gradient_rows + p.rows for v in row
        ]
    assert [
        bits(worked_out(v)) if isinstance(v, Symbolic) else bits(v) for v in found[Symbolic]
    ] == [bits(v) for v in found[float]]


# ---- from the record to the text ---------------------------------------------------------------------------------


def worked_out(node, given=None):
    """The number of a record, one operation after the other, in the portable kernel."""
    known = {}
    for part in reachable([node]):
        operands = [known[id(operand)] for operand in part.operands]
        if not part.operation:
            known[id(part)] = part.value if part.is_constant else given[part.name]
        elif part.operation == "dot":
            known[id(part)] = elementary.dot(operands[::2], operands[1::2])
        elif part.operation == "total":
            known[id(part)] = elementary.total(operands)
        elif part.operation == "where":
            known[id(part)] = operands[1] if operands[0] else operands[2]
        elif part.operation in UNARY:
            known[id(part)] = getattr(elementary, part.operation)(*operands)
        else:
            known[id(part)] = dict(ARITHMETIC, negate=operator.neg, abs=abs, **COMPARISONS)[
                part.operation
            ](*operands)
    return known[id(node)]


def text_of(outputs):
    """A function of the names' values, in alphabetical order, that gives the outputs' values, as text."""
    code = Code(outputs)
    names = sorted({node.name for node in code.numbers if node.name})
    lines = code.statements() + [
        "return [{}]".format(", ".join([code.text(output) for output in code.outputs]))
    ]
    head = imports(code, guarded=True)
    given = ["({},) = given".format(", ".join(names))] if names else []
    return "\n".join(head + ["def run(given):"] + ["    " + line for line in given + lines]) + "\n"


def run(outputs, given):
    """The outputs' values, for the values of the names that they are made of."""
    names = sorted({node.name for node in reachable(outputs) if node.name})
    return execute(text_of(outputs))["run"]([given[name] for name in names])


NUMBERS = st.one_of(
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 2.0, 0.1, -0.1, 1e308, -1e308, 5e-324, INF, -INF, NAN]),
    st.floats(-10, 10),
    st.floats(),
)
LEAVES = st.one_of(
    st.tuples(st.just("constant"), NUMBERS), st.tuples(st.just("name"), st.sampled_from("abcd"))
)


def branches(trees):
    pairs = st.lists(st.tuples(trees, trees), min_size=1, max_size=5)
    return st.one_of(
        st.tuples(st.sampled_from(["add", "subtract", "multiply"]), trees, trees),
        st.tuples(
            st.sampled_from(["negate", "abs", "shared", "exp", "tanh", "log1p", "sqrt"]), trees
        ),
        st.tuples(
            st.just("where"), st.sampled_from(sorted(COMPARISONS)), trees, trees, trees, trees
        ),
        st.tuples(st.just("total"), st.lists(trees, min_size=1, max_size=5)),
        st.tuples(st.just("dot"), pairs),
    )


TREES = st.recursive(LEAVES, branches, max_leaves=25)


def grown(tree, names):
    """The tree computed by the package's functions, on numbers of any kind: ``names`` are those of its leaves."""
    kind, parts = tree[0], tree[1:]
    if kind == "constant":
        return parts[0]
    if kind == "name":
        return names[parts[0]]
    if kind == "total":
        return functions.total([grown(part, names) for part in parts[0]])
    if kind == "dot":
        return functions.dot(*zip(*[(grown(a, names), grown(b, names)) for a, b in parts[0]]))
    if kind == "where":
        a, b, c, d = [grown(part, names) for part in parts[1:]]
        return functions.where(COMPARISONS[parts[0]](a, b), c, d)
    values = [grown(part, names) for part in parts]
    if kind == "shared":  # one number that is used again
        return values[0] * values[0] - values[0]
    if kind in ARITHMETIC:
        return ARITHMETIC[kind](*values)
    return {"negate": operator.neg, "abs": abs}.get(kind, getattr(functions, kind, None))(*values)


@settings(max_examples=400)
@given(TREES, st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_folded_or_printed_no_bit_changes(tree, values):
    """As Python computes it on floats, also for infinity, NaN, and zeros of both signs."""
    former = sn.set_kernel("portable")
    try:
        given_values = dict(zip("abcd", values))
        expected = grown(tree, given_values)
        made = grown(tree, {name: Symbolic(name=name) for name in "abcd"})
        made = made if isinstance(made, Symbolic) else Symbolic(made)
        assert same(worked_out(made, given_values), expected)
        assert same(run([made], given_values)[0], expected)
    finally:
        sn.set_kernel(former)


@settings(max_examples=100)
@given(st.lists(TREES, min_size=1, max_size=4), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_many_numbers_with_parts_in_common(trees, values):
    former = sn.set_kernel("portable")
    try:
        given_values, names = (
            dict(zip("abcd", values)),
            {name: Symbolic(name=name) for name in "abcd"},
        )
        expected = [grown(tree, given_values) for tree in trees]
        made = [grown(tree, names) for tree in trees + trees]
        found = run([v if isinstance(v, Symbolic) else Symbolic(v) for v in made], given_values)
        assert all(same(a, b) for a, b in zip(found, expected + expected))
    finally:
        sn.set_kernel(former)


def test_equal_numbers_are_computed_once():
    x, y = unknown("x"), unknown("y")
    source = text_of([functions.exp(x * y) + functions.exp(x * y), functions.exp(x * y), x * y])
    assert source.count("exp(") == 1 and source.count("*") == 1
    assert (
        text_of([x * y, y * x]).count("*") == 2
    )  # which are equal, but this is not for the printer to know


@pytest.mark.parametrize("value", [0.0, -0.0, 1.5, -1.5, 1e300, 5e-324, 0.1, -1e-7, INF, -INF, NAN])
def test_every_constant_is_printed_exactly(value):
    x = unknown()
    for made, expected in (
        (x * value, 2.0 * value),
        (value - x, value - 2.0),
        (-(x - value), -(2.0 - value)),
    ):
        assert same(run([made], {"x": 2.0})[0], expected)
    assert same(run([Symbolic(value)], {})[0], value)


def test_zeros_of_either_sign_are_two_constants():
    x = unknown()
    found = run([x * 0.0, x * -0.0, x + 0.0, x - -0.0], {"x": -1.0})
    assert [bits(v) for v in found] == [bits(v) for v in (-0.0, 0.0, -1.0, -1.0)]


PARENTHESES = {
    "a - (b - c)": lambda a, b, c: a - (b - c),
    "a - b - c": lambda a, b, c: a - b - c,
    "a - (b + c)": lambda a, b, c: a - (b + c),
    "a / (b * c)": lambda a, b, c: a / (b * c),
    "a / b * c": lambda a, b, c: a / b * c,
    "a * (b / c)": lambda a, b, c: a * (b / c),
    "-(a + b) * c": lambda a, b, c: -(a + b) * c,
    "-(-a)": lambda a, b, c: -operator.neg(a),
    "a - -b": lambda a, b, c: a - -b,
    "a * -b": lambda a, b, c: a * -b,
    "-a * b": lambda a, b, c: -a * b,
    "-(a * b)": lambda a, b, c: -(a * b),
    "(a + b) * (b - c)": lambda a, b, c: (a + b) * (b - c),
    "a - -2.0": lambda a, b, c: a - -2.0,
    "-2.0 * a": lambda a, b, c: -2.0 * a,
    "a where b < c, else c; * 2": lambda a, b, c: functions.where(b < c, a, c) * 2,
    "a where (b where a < b, else c) > c": lambda a, b, c: functions.where(
        functions.where(a < b, b, c) > c, a, b
    ),
    "(a where a > b, else b) where c < 0": lambda a, b, c: functions.where(
        c < 0, functions.where(a > b, a, b), c
    ),
    "where in where in where": lambda a, b, c: functions.where(
        a > 0, functions.where(b > 0, a, b), functions.where(c > 0, b, functions.where(b > a, c, a))
    ),
    "(a < b) * c": lambda a, b, c: (a < b) * c,
    "a - (b < c)": lambda a, b, c: a - (b < c),
    "(a > b) - (a < b)": lambda a, b, c: (a > b) - (a < b),
    "(a < b) == (b < c)": lambda a, b, c: functions.where((a < b) == (b < c), a, b),
    "abs(a - b)": lambda a, b, c: abs(a - b) - c,
    "total of differences": lambda a, b, c: functions.total([a - b, b - c, -c, -2.0 * a]) * c,
    "dot of differences": lambda a, b, c: (
        functions.dot([a - b, -c, 1, a], [b + c, a, b - c, 1]) / c
    ),
    "total in total": lambda a, b, c: functions.total(
        [a, functions.total([b, c]), functions.total([a, c])]
    ),
    "total less total": lambda a, b, c: functions.total([a, b]) - functions.total([b, c]),
}


@pytest.mark.parametrize("what", sorted(PARENTHESES))
def test_what_holds_less_tightly_gets_parentheses(what, portable):
    made = PARENTHESES[what](unknown("a"), unknown("b"), unknown("c"))
    for values in (
        (1.5, -2.25, 3.0),
        (0.1, 0.2, 0.3),
        (-7.0, 5.0, -0.5),
        (1e16, 1.0, -1e16),
        (2.0, 2.0, 2.0),
    ):
        expected = PARENTHESES[what](*values)
        assert same(run([made], dict(zip("abc", values)))[0], expected)


def test_sums_are_printed_from_left_to_right():
    values = [unknown("v{:03}".format(k)) for k in range(5 * LONGEST + 7)]
    generator = sn.Generator(2)
    given_values = {v.name: generator.normal() * 10 ** (k % 17) for k, v in enumerate(values)}
    numbers = [given_values[v.name] for v in values]
    made = [functions.total(values), functions.dot(values, values[::-1])]
    expected = [elementary.total(numbers), elementary.dot(numbers, numbers[::-1])]
    assert [bits(v) for v in run(made, given_values)] == [bits(v) for v in expected]


def test_nothing_becomes_too_deep():
    """However long the chain, no expression holds more than so many operations within each other."""
    x, made = unknown("x"), unknown("x")
    for k in range(500):
        made = abs(made - x / (k + 2)) if k % 2 else functions.where(made > x, made + 1, x)
    source = text_of([made])
    deepest = max(line.count("(") for line in source.splitlines())
    assert deepest <= 2 * DEEPEST
    expected = 0.75
    for k in range(500):
        expected = (
            abs(expected - 0.75 / (k + 2)) if k % 2 else (expected + 1 if expected > 0.75 else 0.75)
        )
    assert run([made], {"x": 0.75}) == [expected]


@pytest.mark.parametrize("name", UNARY)
def test_a_function_of_the_kernel_that_never_raises(name, each_kernel):
    made = [getattr(functions, name)(unknown())]
    for x in (0.5, -0.5, 0.0, -1.0, -2.0, 800.0, -800.0, 1e308, INF, -INF, NAN):
        if each_kernel == "fast" and name == "cos" and math.isinf(x):
            continue
        found, expected = run(made, {"x": x})[0], getattr(functions, name)(x)
        assert (
            same(found, expected)
            or each_kernel == "fast"
            and found == pytest.approx(expected, 1e-15)
        )


SAFE = {
    "sigmoid": functions.sigmoid,
    "softplus": functions.softplus,
    "elu": lambda x: sn.ELU().function(x),
    "selu": lambda x: sn.SELU().function(x),
    "bell": lambda x: functions.exp(-(x * x)),
    "root": lambda x: functions.sqrt(x * x),
    "softmax": lambda x: sn.Softmax().probabilities([x, x * 2, x - 1])[1],
    "cross entropy": lambda x: sn.CategoricalCrossEntropy().terms_from_logits(
        [x, 2 * x, x - 1], [], [1, 0, 0]
    )[0],
}


@pytest.mark.parametrize("what", sorted(SAFE))
def test_where_the_library_cannot_raise_it_is_asked_itself(what):
    assert sn.kernel() == "fast"
    source = text_of([SAFE[what](unknown())])
    assert "from math import" in source and "scratchnet" not in source
    for x in (0.0, 1.0, -1.0, 709.0, -745.0, 1e5, -1e5, 1e150, -1e150, 1e308, -1e308):
        found, expected = run([SAFE[what](unknown())], {"x": x})[0], SAFE[what](x)
        assert found == pytest.approx(expected, 1e-15) or same(found, expected)


UNSAFE = {
    "exp": functions.exp,
    "exp of a difference": lambda x: functions.exp(x - 1),
    "exp of the smallest": lambda x: functions.exp(functions.where(x > 1, x, 1.0)),
    "exp of what may be left out": lambda x: functions.exp(functions.where(x > 0, x, -x)),
    "exp of the largest less it": lambda x: functions.exp(functions.largest_of([x, 2 * x]) - x),
    "exp of another less": lambda x: functions.exp(2 * x - functions.largest_of([x, 3 * x])),
    "exp of minus a choice": lambda x: functions.exp(-functions.where(x >= 0, x, x)),
    "exp of minus a choice below": lambda x: functions.exp(
        -functions.where(x <= 0, x, functions.whole(0, x))
    ),
    "exp of minus another": lambda x: functions.exp(
        -functions.where(x >= 0, x - 1, functions.whole(0, x))
    ),
    "exp of minus beyond a bound": lambda x: functions.exp(
        -functions.where(x >= -800, x, functions.whole(0, x))
    ),
    "exp of a product": lambda x: functions.exp(-(x * (x + 1000))),
    "log": functions.log,
    "log of exp": lambda x: functions.log(functions.exp(-abs(x))),
    "log of a total": lambda x: functions.log(
        functions.total([functions.exp(x - 2 * x), functions.exp(x - x)])
    ),
    "log of some": lambda x: functions.log(
        functions.total([functions.exp(v - functions.largest_of([x, -x])) for v in [x]] * 2)
    ),
    "log1p": functions.log1p,
    "sqrt": functions.sqrt,
    "sqrt of a difference": lambda x: functions.sqrt(abs(x) - 1),
    "sqrt of minus": lambda x: functions.sqrt(-abs(x)),
}


@pytest.mark.parametrize("what", sorted(UNSAFE))
def test_where_the_library_may_raise_it_is_guarded(what):
    assert sn.kernel() == "fast"
    for x in (0.0, -0.0, 1.0, -1.0, 0.5, 799.0, -799.0, 1e5, -1e5, 1e300, -1e300):
        found, expected = run([UNSAFE[what](unknown())], {"x": x})[0], UNSAFE[what](x)
        assert found == pytest.approx(expected, 1e-15, nan_ok=True) or same(found, expected)
