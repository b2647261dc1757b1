"""scalars/traced.py, a number that remembers how it was made; explanation/text.py, which prints what it remembers."""

import math
import operator
import pickle
import re
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import functions
from scratchnet.core.layers import LAYERS
from scratchnet.core.losses import LOSSES
from scratchnet.explanation.digits import derivation, substitute
from scratchnet.explanation.text import formula, number
from scratchnet.scalars import Traced

INFIX = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "less": operator.lt,
    "less or equal": operator.le,
    "greater": operator.gt,
    "greater or equal": operator.ge,
    "equal": operator.eq,
    "unequal": operator.ne,
}


# ---- the record --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", sorted(INFIX))
@pytest.mark.parametrize("a, b", [(1.5, -2.0), (-2.0, 1.5), (0.5, 0.5)])
def test_operators(operation, a, b):
    for left, right in ((Traced(a), Traced(b)), (Traced(a), b), (a, Traced(b))):
        made = INFIX[operation](left, right)
        assert type(made) is Traced and made.value == INFIX[operation](a, b)
        values = [operand.value for operand in made.operands]
        if type(left) is Traced:
            assert (made.operation, values) == (operation, [a, b])
        else:  # Python turns a < b round where only b is traced: b > a
            assert sorted(values) == sorted([a, b]) and INFIX[made.operation](*values) == made.value


def test_operands_are_remembered_as_themselves():
    w, x = Traced(0.5, name="w"), Traced(3.0, name="x")
    z = w * x + 1
    product, one = z.operands
    assert product.operands[0] is w and product.operands[1] is x
    assert (one.value, one.operation, one.operands, one.name) == (1, "", (), "")


@pytest.mark.parametrize("name", ["exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos"])
def test_elementary_functions(name):
    x = Traced(0.7)
    made = getattr(functions, name)(x)
    assert (made.value, made.operation, made.operands) == (
        getattr(functions, name)(0.7),
        name,
        (x,),
    )


def test_signs():
    x = Traced(-0.7)
    assert ((-x).value, (-x).operation, (-x).operands) == (0.7, "negate", (x,))
    assert (abs(x).value, abs(x).operation, abs(x).operands) == (0.7, "abs", (x,))


def test_a_choice_remembers_both_arms_and_the_condition():
    a, b = Traced(2.0), Traced(3.0)
    for condition, chosen in ((a < b, a), (a > b, b)):
        made = functions.where(condition, a, b)
        assert made.value == chosen.value
        assert made.operation == "where" and made.operands == (condition, a, b)


def test_a_dot_is_one_operation():
    u, v = [Traced(2.0), 3.0], [5.0, Traced(7.0)]
    made = functions.dot(u, v)
    assert made.value == 31.0 and made.operation == "dot"
    assert [operand.value for operand in made.operands] == [2.0, 5.0, 3.0, 7.0]
    assert made.operands[0] is u[0] and made.operands[3] is v[1]


def test_a_total_is_one_operation():
    values = [Traced(2.0), 5.0, Traced(7.0)]
    made = functions.total(values)
    assert made.value == 14.0 and made.operation == "total"
    assert [operand.value for operand in made.operands] == [2.0, 5.0, 7.0]
    assert made.operands[0] is values[0] and made.operands[2] is values[2]


def test_sums_have_the_value_of_the_active_kernel():
    values = [1e16, 1.0, -1e16]
    traced = [Traced(value) for value in values]
    former = functions.set_kernel("portable")
    try:
        assert functions.dot(traced, [1.0, 1.0, 1.0]).value == functions.total(traced).value == 0.0
    finally:
        functions.set_kernel(former)
    assert functions.dot(traced, [1.0, 1.0, 1.0]).value == functions.dot(values, [1.0, 1.0, 1.0])
    assert functions.total(traced).value == functions.total(values)


def test_a_loss_over_many_samples_is_not_deeper_than_one_over_few():
    """Python's stack is a few hundred calls deep."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.Tanh()]).copy(Traced)
    value, _ = net.gradients([[i / 2000] for i in range(2000)], [0] * 2000, "mean_squared_error")
    assert derivation(value).count("tanh(") == 2 * 4 and " + … 1996 more … + " in derivation(value)
    assert pickle.loads(pickle.dumps(value)).value == value.value


def test_it_stands_in_for_a_float_but_never_becomes_one_unseen():
    x = Traced(2.5)
    assert x.value == 2.5 and repr(x) == "Traced(2.5)"
    with pytest.raises(TypeError):
        math.sin(x)  # would forget how it was made
    assert ((x + 1) ** 2).value == 12.25 and derivation((x + 1) ** 2) == "(2.5 + 1)^2 = 12.25"
    assert bool(x > 2) is True and bool(x > 3) is False
    assert len({x, Traced(2.5)}) == 2  # two numbers, though they are equal
    again = pickle.loads(pickle.dumps(x + 1))
    assert (again.value, again.operation, again.operands[0].value) == (3.5, "add", 2.5)


# ---- whole networks ----------------------------------------------------------------------------------------------


X, TARGETS = (
    [[1.0, -2.0], [0.5, 3.0]],
    {"hinge": [[1, -1]] * 2, "categorical_cross_entropy": [[0.25, 0.75], [1, 0]]},
)
ENDS = {
    "binary_cross_entropy": sn.Sigmoid,
    "categorical_cross_entropy": sn.Softmax,
    "perceptron": sn.Threshold,
}


def flat(value):
    return [v for item in value for v in flat(item)] if isinstance(value, list) else [value]


def plain(value):
    """The floats of traced numbers, bit by bit."""
    return repr([getattr(v, "value", v) for v in flat(value)])


FUNCTIONS = dict(
    INFIX, negate=operator.neg, abs=abs, where=lambda condition, a, b: a if condition else b
)
for _name in ("exp", "expm1", "log", "log1p", "tanh", "erf", "sqrt", "cos"):
    FUNCTIONS[_name] = getattr(functions, _name)


def computed_again(node, known):
    """The value, from nothing but the record."""
    if id(node) not in known:
        values = [computed_again(operand, known) for operand in node.operands]
        if not node.operation:
            value = node.value
        elif node.operation == "total":
            value = functions.total(values)
        elif node.operation == "dot":
            value = functions.dot(values[::2], values[1::2])
        elif node.operation == "max":
            value = max(values)
        else:
            value = FUNCTIONS[node.operation](*values)
        known[id(node)] = value
    return known[id(node)]


@pytest.mark.parametrize("kernel", ["fast", "portable"])
@pytest.mark.parametrize("name", sorted(LAYERS))
def test_every_layer_gives_the_same_numbers_and_records_them_all(name, kernel):
    layer = LAYERS[name](*((2, 2) if name == "Dense" else ()))
    loss = "perceptron" if name == "Threshold" else "half_squared_error"
    net = sn.Sequential([sn.Dense(2, 2, l1=0.1, l2=0.3), layer], seed=3)
    net.adapt(X)
    former = functions.set_kernel(kernel)
    try:
        traced = net.copy(Traced)
        assert plain(traced.predict(X)) == plain(net.predict(X))
        value, gradients = traced.gradients(X, [[0, 1], [1, 0]], loss)
        assert plain([value] + gradients) == plain(list(net.gradients(X, [[0, 1], [1, 0]], loss)))
        known = {}
        for node in flat([value] + gradients):
            assert isinstance(node, Traced)
            assert repr(computed_again(node, known)) == repr(node.value)
        assert len(known) > 20
    finally:
        functions.set_kernel(former)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_loss_gives_the_same_numbers(loss):
    net = sn.Sequential([sn.Dense(2, 2), ENDS.get(loss, sn.Tanh)()], seed=3)
    Y = TARGETS.get(loss, [[0, 1], [1, 0]])
    traced = net.copy(Traced)
    assert plain(list(traced.gradients(X, Y, loss))) == plain(list(net.gradients(X, Y, loss)))


OPTIMIZERS = [sn.SGD(0.1, 0.9, True, 0.01, 0.5), sn.Adagrad(), sn.RMSprop(), sn.Adam(), sn.AdamW()]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_traced_numbers_is_training_floats(optimizer):
    net = sn.Sequential([sn.Normalization(), sn.Dense(2, 2), sn.Dropout(0.4), sn.Softmax()], seed=3)
    traced = net.copy(Traced)
    for twin in (net, traced):
        options = dict(optimizer=optimizer, epochs=2, batch_size=1, engine="lists")
        twin.fit(X, [0, 1], "categorical_cross_entropy", **options)
    assert plain([p.value for p in traced.parameters()]) == plain(
        [p.value for p in net.parameters()]
    )


# ---- the record as text ------------------------------------------------------------------------------------------


A, B, C, D = [Traced(value, name=name) for value, name in zip((2.0, -3.0, 0.5, 4.0), "abcd")]


@pytest.mark.parametrize(
    "node, names, numbers",
    [
        (A + B, "a + b", "2 + (-3)"),
        (B + A, "b + a", "-3 + 2"),
        (A - (B + C), "a − (b + c)", "2 − (-3 + 0.5)"),
        (A - B - C, "a − b − c", "2 − (-3) − 0.5"),
        (A * (B + C), "a·(b + c)", "2·(-3 + 0.5)"),
        ((A + B) * C, "(a + b)·c", "(2 + (-3))·0.5"),
        (A * B + C, "a·b + c", "2·(-3) + 0.5"),
        (A / (C * D), "a/(c·d)", "2/(0.5·4)"),
        (A / C / D, "a/c/d", "2/0.5/4"),
        (A / (C / D), "a/(c/d)", "2/(0.5/4)"),
        (A * (C / D), "a·(c/d)", "2·(0.5/4)"),
        (-A, "−a", "−2"),
        (-B, "−b", "−(-3)"),
        (-(A + B), "−(a + b)", "−(2 + (-3))"),
        (-(A * C), "−(a·c)", "−(2·0.5)"),
        (A - (-C), "a − (−c)", "2 − (−0.5)"),
        (Traced.__neg__(-C), "−(−c)", "−(−0.5)"),
        (C.exp(), "e^c", "e^0.5"),
        ((-C).exp(), "e^−c", "e^−0.5"),
        ((A * C).exp(), "e^(a·c)", "e^(2·0.5)"),
        (C.exp().exp(), "e^e^c", "e^e^0.5"),
        (1 / (1 + (-C).exp()), "1/(1 + e^−c)", "1/(1 + e^−0.5)"),
        (A / C.exp(), "a/e^c", "2/e^0.5"),
        (C.log1p() * A, "ln(1 + c)·a", "ln(1 + 0.5)·2"),
        ((A + C).tanh(), "tanh(a + c)", "tanh(2 + 0.5)"),
        (abs(A - D), "|a − d|", "|2 − 4|"),
        (Traced.dot([A, C], [D, B]), "a·d + c·b", "2·4 + 0.5·(-3)"),
        (Traced.dot([A, C], [D, B]) * A, "(a·d + c·b)·a", "(2·4 + 0.5·(-3))·2"),
        (
            Traced.dot([A + C, C], [D, A - B]),
            "(a + c)·d + c·(a − b)",
            "(2 + 0.5)·4 + 0.5·(2 − (-3))",
        ),
        (functions.total([A, B, C]), "a + b + c", "2 + (-3) + 0.5"),
        (functions.total([A, B * C, B - C]), "a + b·c + (b − c)", "2 + (-3)·0.5 + (-3 − 0.5)"),
        (functions.total([B, C]) * D, "(b + c)·d", "(-3 + 0.5)·4"),
        (A - Traced.dot([C], [D]), "a − c·d", "2 − 0.5·4"),
        (A * Traced.dot([C], [D]), "a·(c·d)", "2·(0.5·4)"),
        (A / 1 * 1, "a", "2"),
        (functions.power(B, 2) / C, "b^2/c", "(-3)^2/0.5"),
        (Traced.dot([A] * 13, [B] * 13), "a·b + a·b + a·b + … 9 more … + a·b", None),
        ((A >= C).where(1, 0), "1, since a ≥ c", "1, since 2 ≥ 0.5"),
        ((A < C).where(1, 0), "0, since a ≥ c", "0, since 2 ≥ 0.5"),
        ((A - A).where(A, C), "c, since not a − a", "0.5, since not 2 − 2"),
        ((A > C).where(D, B) * D, "(d, since a > c)·d", "(4, since 2 > 0.5)·4"),
        ((A > C).where(A, C) * D, "max(a, c)·d", "max(2, 0.5)·4"),
        (A == C, "a = c", "2 = 0.5"),
        (A != C, "a ≠ c", "2 ≠ 0.5"),
        (A <= C + D, "a ≤ c + d", "2 ≤ 0.5 + 4"),
        (A, "a", "2"),
        (Traced(-1.5), "-1.5", "-1.5"),
    ],
)
def test_by_hand(node, names, numbers):
    assert formula(node).replace(" · ", "·").replace(" / ", "/") == names
    assert numbers in (None, substitute(node))


@pytest.mark.parametrize(
    "node, text",
    [
        (A * C, "2·0.5 = 1"),
        (A / Traced(3.0), "2/3 = 0.6667"),
        (Traced(1e-5) * A, "1e-05·2 = 2e-05"),
        ((A >= C).where(1, 0), "1, since 2 ≥ 0.5"),
    ],
)
def test_a_derivation_ends_with_its_result(node, text):
    assert derivation(node) == text


def test_a_named_number_is_where_a_derivation_ends():
    z = A * C + D
    assert substitute(z * A) == "(2·0.5 + 4)·2"
    z.name = "z"
    assert (formula(z * A), substitute(z * A)) == ("z · a", "5·2")
    assert formula(z) == "a · c + d"  # but its own is told


@pytest.mark.parametrize(
    "value, text",
    [
        (0.80218, "0.8022"),
        (0.00012345, "0.0001234"),
        (-0.5, "-0.5"),
        (100.0, "100"),
        (1000000.0, "1000000"),
        (-0.0, "0"),
        (-0.00000001, "-1e-08"),
        (0.99999, "1"),
        (float("inf"), "inf"),
        (True, "1"),
        (Fraction(1, 3), "1/3"),
    ],
)
def test_numbers(value, text):
    assert number(value) == text


def test_exact_numbers_are_printed_as_exactly():
    half, three = Traced(Fraction(1, 2)), Traced(3)
    assert derivation(three / half) == "3/(1/2) = 6"
    assert derivation(three * half - half) in ("3·(1/2) − 1/2 = 1", "3·1/2 − 1/2 = 1")
    assert derivation(half / three) in ("1/2/3 = 1/6", "(1/2)/3 = 1/6")


# Expressions of fractions, so that a text that is evaluated must give exactly the value back. The stand-ins for
# functions are chosen so that another argument gives another value.


def stand_in(x):
    return 2 * x * x * x + 5


class E:
    """What stands for e: e^x is stand_in(x)."""

    def __pow__(self, x):
        return stand_in(x)


def unary(operation):
    return lambda a: Traced(stand_in(a.value), operation, (a,))


LEAVES = st.integers(-9, 9)
TREES = st.recursive(
    LEAVES,
    lambda trees: st.one_of(
        st.tuples(st.sampled_from(["add", "subtract", "multiply", "divide"]), trees, trees),
        st.tuples(st.sampled_from(["negate", "exp", "tanh"]), trees),
        st.tuples(st.just("dot"), trees, trees, trees, trees),
        st.tuples(st.just("total"), trees, trees, trees),
    ),
    max_leaves=12,
)


def grown(tree, leaves):
    """The traced number of a tree of operations; its leaves get names."""
    if isinstance(tree, int):
        leaves.append(Traced(Fraction(tree), name="x{}".format(len(leaves))))
        return leaves[-1]
    operands = [grown(part, leaves) for part in tree[1:]]
    if tree[0] in INFIX:
        return INFIX[tree[0]](*operands)
    if tree[0] == "negate":
        return -operands[0]
    if tree[0] == "dot":
        return functions.dot(operands[:2], operands[2:])
    if tree[0] == "total":
        return functions.total(operands)
    return unary(tree[0])(*operands)


def evaluated(text, names):
    text = text.replace("·", "*").replace("−", "-").replace("^", "**")
    return eval(text, dict(names, e=E(), tanh=stand_in, F=Fraction))


@given(TREES)
def test_the_text_means_what_was_computed(tree):
    leaves = []
    try:
        node = grown(tree, leaves)
    except ZeroDivisionError:
        assume(False)
    assert evaluated(formula(node), {leaf.name: leaf.value for leaf in leaves}) == node.value
    assert evaluated(re.sub(r"\b\d+", r"F(\g<0>)", substitute(node)), {}) == node.value


@settings(max_examples=50)
@given(TREES)
def test_no_two_signs_stand_side_by_side(tree):
    try:
        node = grown(tree, [])
    except ZeroDivisionError:
        assume(False)
    assert not re.search(r"[-−+·/] ?[-−]", substitute(node))


def test_a_gradient_of_a_network_in_words():
    """1/(1 + e^−z), where it matters most: from the inputs to the slope of one weight."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid()]).copy(
        Traced
    )
    _, gradients = net.gradients([[1, 0]], [0], "binary_cross_entropy")
    text = derivation(gradients[0][0][0])
    left, result = text.rsplit(" = ", 1)
    assert result == number(1 / (1 + math.exp(-1.4)))
    assert "0.4" in left and "e^−" in left
