"""sn.unroll: the function gives what ``predict`` gives; its text is all there is to it, and no text of others in it."""

import ast
import math
import random
import tokenize
from fractions import Fraction
from io import StringIO

import pytest
from hypothesis import given, settings
from random_networks import HIDDEN, Bell, Scale, Share, bits, recipes

import scratchnet as sn
from scratchnet import functions, matrix

POINTS = [[0.5, -1.25, 2.0], [0.0, 1.0, -0.0], [-30.0, 40.0, 1e-9]]
EACH_HIDDEN = pytest.mark.parametrize(
    "hidden", range(len(HIDDEN)), ids=[repr(make()) for make in HIDDEN]
)
BOTH = pytest.mark.parametrize("constants", [True, False])


def values(net):
    return [p.value for p in net.parameters()]


def unrolled(net, constants):
    """The function of x alone."""
    function = sn.unroll(net, constants)
    return function if constants else lambda x: function(x, values(net))


def network(*layers, **options):
    return sn.Sequential(list(layers), **dict({"seed": 3}, **options))


def assert_close(found, expected):
    limit = 1e-12 * max(map(abs, expected))
    assert len(found) == len(expected)
    assert all(abs(a - b) <= limit for a, b in zip(found, expected)), (found, expected)


def assert_as_predicted(net, points, constants):
    predict = unrolled(net, constants)
    for x in points:
        found, (expected,) = predict(list(x)), net.predict([x])
        assert type(found) is list and all(type(v) is float for v in found)
        if sn.kernel() == "portable":
            assert bits(found) == bits(expected)
        else:
            assert_close(found, expected)


# ---- the same numbers --------------------------------------------------------------------------------------------


@settings(max_examples=150)
@given(recipes())
def test_any_network_in_the_portable_kernel(made):
    former = sn.set_kernel("portable")
    try:
        net = made.network()
        net.adapt(made.X)
        for constants in (True, False):
            assert_as_predicted(net, made.X, constants)
    finally:
        sn.set_kernel(former)


@settings(max_examples=80)
@given(recipes(gentle=True))
def test_any_network_in_the_fast_kernel(made):
    net = made.network()
    net.adapt(made.X)
    for constants in (True, False):
        assert_as_predicted(net, made.X, constants)


@EACH_HIDDEN
@BOTH
def test_every_activation(hidden, constants, each_kernel):
    """Far from 0, too: there the library's functions raise, and ours do not."""
    net = network(sn.Dense(3, 4), HIDDEN[hidden](), sn.Dense(4, 2))
    assert_as_predicted(net, POINTS, constants)
    alone = network(sn.Dense(1, 3, weights=[[1, -1, 0.5]]), HIDDEN[hidden]())
    for z in (0.0, 1e-300, -1e-300, 0.75, 18.5, 40.0, 709.0, 800.0, 1e5):
        for x in (z, -z):
            (expected,) = alone.predict([[x]])
            found = unrolled(alone, constants)([x])
            assert (
                bits(found) == bits(expected)
                if each_kernel == "portable"
                else found == pytest.approx(expected, 1e-15)
            )


@BOTH
def test_numbers_beyond_all_bounds(constants, each_kernel):
    """What overflows is infinite, as in ``predict``, and what has no value is NaN; nothing is raised."""

    class Roots(sn.Activation):
        def function(self, z):
            return (
                functions.sqrt(z)
                + functions.log(z)
                + functions.exp(z)
                + functions.expm1(z)
                + functions.log1p(z)
            )

    net = network(sn.Dense(1, 1, weights=[[2.0]]), Roots())
    for x in (-1e300, -0.5, -0.25, 0.0, 1e-320, 400.0, 1e300):
        found, (expected,) = unrolled(net, constants)([x]), net.predict([[x]])
        assert found == pytest.approx(expected, 1e-14, nan_ok=True)
        if each_kernel == "portable":
            assert bits(found) == bits(expected)
    overflowing = network(sn.Dense(1, 1, weights=[[1e300]]), sn.ReLU())
    assert unrolled(overflowing, constants)([1e300]) == [math.inf] and unrolled(
        overflowing, constants
    )([-1e300]) == [0.0]


@BOTH
def test_dropout_and_normalization_and_threshold(constants, each_kernel):
    net = network(
        sn.Normalization(), sn.Dense(3, 2), sn.Dropout(0.5), sn.Softmax(), sn.Threshold(0.5)
    )
    net.adapt(POINTS)
    assert_as_predicted(net, POINTS, constants)
    assert sum(unrolled(net, constants)(POINTS[0])) == 1


def test_other_weights_may_be_passed(each_kernel):
    net, other = [network(sn.Dense(3, 2), sn.Tanh(), Scale(2), seed=seed) for seed in (1, 2)]
    other.parameters()[2].value = [7, 8]
    predict, both = sn.unroll(net, constants=False), [values(net), values(other)]
    for given_values, one in zip(both, (net, other)):
        assert_close(predict(POINTS[0], given_values), one.predict(POINTS[:1])[0])
    assert predict(POINTS[0], both[0]) != predict(POINTS[0], both[1])
    assert predict(POINTS[0], [tuple(map(tuple, values(net)[0]))] + both[0][1:]) == predict(
        POINTS[0], both[0]
    )


def test_weights_that_are_learnt_later_are_not_in_it(portable):
    net = network(sn.Dense(3, 2))
    predict, passing, (before,) = (
        sn.unroll(net),
        sn.unroll(net, constants=False),
        net.predict(POINTS[:1]),
    )
    net.fit(POINTS, [[1, 2]] * 3, "huber", epochs=3)
    assert (
        predict(POINTS[0])
        == before
        != net.predict(POINTS[:1])[0]
        == passing(POINTS[0], values(net))
    )


def test_it_keeps_the_kernel_that_it_was_made_in():
    net, found = network(sn.Dense(3, 9), sn.GELU(), sn.Dense(9, 9), sn.Tanh(), sn.Softmax()), {}
    for name in ("portable", "fast"):
        former = sn.set_kernel(name)
        found[name] = sn.unroll(net), bits(sn.unroll(net)(POINTS[0]))
        sn.set_kernel(former)
    for predict, expected in found.values():
        assert bits(predict(POINTS[0])) == expected


@pytest.mark.parametrize("x", [[1, 2, 3], (0.5, 1, 2), [True, False, True]])
def test_any_real_numbers_will_do(x, portable):
    net = network(sn.Dense(3, 2), sn.SELU())
    assert sn.unroll(net)(x) == net.predict([list(x)])[0]


def test_the_network_is_as_it_was():
    net = network(sn.Normalization(), sn.Dense(3, 2), sn.Dropout(0.25), Scale(2))
    net.adapt(POINTS)
    before = repr([[p.name, p.rows, p.frozen] for p in net.parameters()])
    sn.unroll(net)
    sn.unroll(net, constants=False)
    assert repr([[p.name, p.rows, p.frozen] for p in net.parameters()]) == before
    assert "Symbolic" not in repr([vars(layer) for layer in net.layers])


# ---- large ones --------------------------------------------------------------------------------------------------

LARGE = {
    "64-32-10": lambda: [sn.Dense(64, 32), sn.ReLU(), sn.Dense(32, 10), sn.Softmax()],
    "200 inputs": lambda: [sn.Dense(200, 3), sn.Sigmoid(), sn.Dense(3, 1)],
    "30 deep": lambda: [layer for _ in range(30) for layer in (sn.Dense(2, 2), sn.GELU("tanh"))],
    "30 deep and narrow": lambda: [
        layer for _ in range(30) for layer in (sn.Dense(1, 1), sn.SiLU())
    ],
    "120 deep": lambda: (
        [sn.Dense(1, 2)] + [Share() for _ in range(60)] + [Bell() for _ in range(60)]
    ),
    "100 shares": lambda: [sn.Dense(2, 100), sn.Softmax()],
    "150 outputs": lambda: [sn.Dense(1, 150), sn.ELU()],
    "wide within": lambda: [sn.Dense(1, 130), sn.Tanh(), sn.Dense(130, 1)],
}


@pytest.mark.parametrize("what", sorted(LARGE))
def test_large_networks(what, each_kernel):
    net = network(*LARGE[what]())
    generator = sn.Generator(5)
    assert_as_predicted(
        net, [[generator.normal() for _ in range(net.inputs)] for _ in range(2)], True
    )
    if what != "64-32-10":
        assert_as_predicted(net, [[generator.normal() for _ in range(net.inputs)]], False)


@pytest.mark.parametrize("what", sorted(LARGE))
def test_no_expression_is_too_deep(what, portable):
    """Parsers before CPython 3.9 take about 90 parentheses within each other, and compilers recurse."""
    source = sn.unroll(network(*LARGE[what]())).source
    deepest = depth = 0
    for character in source:
        depth += (character in "([") - (character in ")]")
        deepest = max(deepest, depth)
    assert deepest <= 30


# ---- its text ----------------------------------------------------------------------------------------------------


def executed(source, name="predict"):
    """What the text alone defines."""
    names = {}
    exec(compile(source, "the text", "exec"), names)
    return names[name]


@EACH_HIDDEN
@BOTH
def test_the_text_is_what_is_run(hidden, constants, each_kernel):
    net = network(sn.Dense(3, 4), HIDDEN[hidden](), sn.Dense(4, 2))
    predict = sn.unroll(net, constants)
    again = executed(predict.source)
    for x in POINTS:
        given_values = [] if constants else [values(net)]
        assert bits(again(x, *given_values)) == bits(predict(x, *given_values))
    assert (
        again.__code__.co_code == predict.__code__.co_code
        and again.__code__.co_consts == predict.__code__.co_consts
    )


def test_the_same_network_has_the_same_text(each_kernel):
    texts = {sn.unroll(network(sn.Dense(3, 4), sn.GELU(), sn.Softmax())).source for _ in range(3)}
    assert len(texts) == 1


def test_a_comment_for_each_layer():
    layers = [
        sn.Normalization(),
        sn.Dense(3, 2, l2=0.5),
        sn.Dropout(0.25),
        sn.LeakyReLU(0.125),
        sn.Identity(),
        Scale(2),
    ]
    net = network(*layers)
    net.adapt(POINTS)
    for constants in (True, False):
        lines = sn.unroll(net, constants).source.splitlines()
        comments = [line.strip() for line in lines if line.strip().startswith("# layer ")]
        assert comments == ["# layer {}: {!r}".format(k, layer) for k, layer in enumerate(layers)]


def test_numbers_are_named_as_the_network_names_them():
    source = sn.unroll(
        network(sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 1), seed=1), constants=False
    ).source
    given_values = (
        "((weights0_0_0, weights0_0_1), (weights0_1_0, weights0_1_1)), (bias0_0, bias0_1), "
    )
    assert (
        "    " + given_values + "((weights2_0_0,), (weights2_1_0,)), (bias2_0,) = parameters\n"
        in source
    )
    assert "    z0_1 = x0 * weights0_0_1 + x1 * weights0_1_1 + bias0_1  # neuron 1\n" in source
    assert "    a1_1 = tanh(z0_1)  # neuron 1\n" in source and "    return [z2_0]\n" in source


def test_nothing_is_imported_that_is_not_called(each_kernel):
    home = "scratchnet.core.elementary" if each_kernel == "portable" else "math"
    assert "import" not in sn.unroll(network(sn.Dense(2, 2), sn.ReLU())).source
    assert sn.unroll(network(sn.Dense(2, 2), sn.Tanh())).source.startswith(
        "from {} import tanh\n".format(home)
    )
    assert sn.unroll(network(sn.Dense(2, 2), sn.Sigmoid())).source.startswith(
        "from {} import exp\n".format(home)
    )


def names_and_calls(source):
    """Every name in the text, except numbered ones, and what it calls."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}
    kinds = {type(node).__name__ for node in ast.walk(tree)}
    return {name for name in names if not name[-1].isdigit()}, calls, kinds


PLAIN = {
    "Module", "FunctionDef", "ImportFrom", "alias", "arguments", "arg", "Assign", "Return", "Name", "Load", "Store",
    "Tuple", "List", "Call", "BinOp", "UnaryOp", "USub", "Add", "Sub", "Mult", "Div", "IfExp", "Compare", "Lt", "LtE",
    "Gt", "GtE", "Eq", "NotEq", "Num", "Constant",
}  # fmt: skip


@settings(max_examples=40)
@given(recipes())
def test_it_is_plain_arithmetic(made):
    net = made.network()
    net.adapt(made.X)
    for constants in (True, False):
        names, calls, kinds = names_and_calls(sn.unroll(net, constants).source)
        assert names <= {"x", "parameters", "abs"} | set(functions.ELEMENTARY)
        assert calls <= {"abs"} | set(functions.ELEMENTARY) and kinds <= PLAIN


# ---- no text of others is in it ----------------------------------------------------------------------------------

HOSTILE = [
    "x'); import os #",
    '"""',
    "'''\n",
    "x\n    raise SystemExit('run') #",
    "\\\n    raise SystemExit('run')",
    "x\x0c    raise SystemExit('run')",
    "x\x0b\x1c\x1d\x1e\x85\u2028\u2029    raise SystemExit('run')",
    "ﬁ\u202e\u2066",
    "# -*- coding: utf-7 -*-",
    "x\r    raise SystemExit('run') #",
    "x\r\n    raise SystemExit('run') #",
    "x\x00",
    "\ud800",
]
EACH_HOSTILE = pytest.mark.parametrize("text", HOSTILE, ids=repr)


def code_of(source):
    """The text without its comments."""
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return [token.string for token in tokens if token.type not in (tokenize.COMMENT, tokenize.NL)]


@EACH_HOSTILE
@BOTH
def test_a_hostile_repr(text, constants, portable):
    class Harmless(sn.Tanh):
        pass

    class Hostile(sn.Tanh):
        def __repr__(self):
            return text

    made = [network(sn.Dense(3, 2), kind(), sn.Dense(2, 1)) for kind in (Harmless, Hostile)]
    sources = [sn.unroll(net, constants).source for net in made]
    assert code_of(sources[0]) == code_of(sources[1])
    assert_as_predicted(made[1], POINTS, constants)


@pytest.mark.parametrize(
    "text",
    [
        "x'); import os #",
        "x\n    raise SystemExit('run') #",
        "class",
        '"""',
        "x\r    raise SystemExit('run') #",
    ],
    ids=repr,
)
@BOTH
def test_a_hostile_class_name(text, constants, portable):
    net = network(sn.Dense(3, 2), type(text, (sn.Tanh,), {})(), sn.Dense(2, 1))
    source = sn.unroll(net, constants).source
    assert code_of(source) == code_of(
        sn.unroll(network(sn.Dense(3, 2), sn.Tanh(), sn.Dense(2, 1)), constants).source
    )
    assert_as_predicted(net, POINTS, constants)


class Named(sn.Layer):
    """An argument that may be a text."""

    arguments = ("name",)

    def __init__(self, name):
        self.name = name

    def forward(self, X):
        return X


@pytest.mark.parametrize(
    "text", ["x'); import os #", "\n", "\r", "\x00", "\ud800\n", "'\"\\"], ids=repr
)
def test_a_hostile_argument(text, portable):
    net = network(sn.Dense(3, 2), Named(text), sn.Tanh())
    assert code_of(sn.unroll(net).source) == code_of(
        sn.unroll(network(sn.Dense(3, 2), Named(""), sn.Tanh())).source
    )
    assert_as_predicted(net, POINTS, True)


def of_role(role, base=Scale):
    return type("Scale", (base,), {"role": role})


class Mixing(Scale):
    """Every output needs all of the parameter."""

    def forward(self, X):
        s = self.s.value
        return [[s[0] * x + s[-1] * x for x in row] for row in X]


ROLES = [
    "s",
    "x",
    "a",
    "t",
    "exp",
    "predict",
    "parameters",
    "class",
    "γ",
    "s 1",
    "",
    "x'); import os #",
    "s\n",
    "s\r",
    "0",
]


@BOTH
@pytest.mark.parametrize("role", ROLES + ["z"])
def test_whatever_a_parameter_is_called(role, constants, portable):
    net, usual = [network(of_role(name, Mixing)(3), sn.Tanh()) for name in (role, "p")]
    assert_as_predicted(net, POINTS, constants)
    assert len(sn.unroll(net, constants).source.splitlines()) == len(
        sn.unroll(usual, constants).source.splitlines()
    )


@pytest.mark.parametrize("first, second", [("w1", "v"), ("w1", "w")])
def test_whatever_two_parameters_are_called(first, second, portable):
    """The layers 1 and 11."""
    between = [sn.Tanh() for _ in range(9)]
    net = network(sn.Dense(2, 2), of_role(first)(2), *(between + [of_role(second)(2)]))
    net.parameters()[-1].value = [3, 4]
    assert [p.name for p in net.parameters()[2:]] == ["1." + first, "11." + second]
    assert_as_predicted(net, [[1.0, 2.0]], False)


# ---- what cannot be unrolled -------------------------------------------------------------------------------------


class Branching(sn.Activation):
    def function(self, z):
        return z if z > 0 else 0


class Largest(sn.Activation):
    def function(self, z):
        return max(z, 0)


class WithMath(sn.Activation):
    def function(self, z):
        return math.exp(z)


class Squaring(sn.Activation):
    def function(self, z):
        return z**2


class Reading(sn.Activation):
    def function(self, z):
        return z + z.is_integer()


class One(sn.Activation):
    def function(self, z):
        return 1


@pytest.mark.parametrize("kind", [Branching, Largest, WithMath, Squaring, Reading])
def test_a_layer_that_decides_by_a_number(kind):
    with pytest.raises(ValueError, match=r"^{}\(\) cannot be written out: ".format(kind.__name__)):
        sn.unroll(network(sn.Dense(2, 1), kind()))


class Counting(sn.Activation):
    calls = 0

    def forward(self, X):
        self.calls += 1
        return [[z * self.calls for z in row] for row in X]


def test_a_layer_that_keeps_something_from_call_to_call():
    with pytest.raises(
        ValueError, match=r"^Counting\(\) cannot be written out: Counting stores something"
    ):
        sn.unroll(network(sn.Dense(2, 1), Counting()))


class Noisy(sn.Activation):
    def forward(self, X):
        return [[z + random.random() for z in row] for row in X]


def test_a_layer_that_draws_numbers_of_its_own():
    with pytest.raises(
        ValueError, match="not the same twice; draw random numbers from self.generator"
    ):
        sn.unroll(network(sn.Dense(2, 1), Noisy()))


class Catching(sn.Activation):
    def function(self, z):
        try:
            return math.exp(z)
        except Exception:
            return 0.0


def test_a_layer_that_catches_the_refusal():
    with pytest.raises(
        ValueError,
        match=r"^Catching\(\) cannot be written out: it catches the error of symbolic numbers",
    ):
        sn.unroll(network(sn.Dense(2, 1), Catching()))


@BOTH
def test_a_layer_whose_output_is_a_constant(constants, portable):
    net = network(sn.Dense(2, 2), One())
    assert unrolled(net, constants)([1.0, 2.0]) == net.predict([[1, 2]])[0] == [1, 1]


def test_weights_that_are_all_zero(portable):
    net = network(sn.Dense(2, 2, weights=[[0, 0], [0, -0.0]], bias=[-0.0, 1]), sn.Tanh())
    assert_as_predicted(net, [[1.0, 2.0], [-1.0, -0.0]], True)
    assert_as_predicted(net, [[1.0, 2.0], [-1.0, -0.0]], False)


REFUSED = {
    "net": (lambda: sn.unroll([[1]]), r"^net is \[\[1\]\]; give a network$"),
    "width": (lambda: sn.unroll(network(sn.Tanh())), "^unroll: no layer says how many inputs"),
    "numbers": (
        lambda: sn.unroll(network(sn.Dense(1, 1)).copy(Fraction)),
        "^unroll: the network computes with Fraction; use net.copy.float",
    ),
    "adapted": (
        lambda: sn.unroll(network(sn.Normalization(), sn.Dense(1, 1))),
        "^Normalization has seen no data yet",
    ),
    "adapted, passed": (
        lambda: sn.unroll(network(sn.Normalization(), sn.Dense(1, 1)), constants=False),
        "^Normaliz",
    ),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_refused(what):
    attempt, message = REFUSED[what]
    with pytest.raises((TypeError, ValueError), match=message):
        attempt()


def test_the_matrix_is_never_asked_for(portable):
    """Nothing of the package runs when the function does, except the functions of the portable kernel."""
    net = network(sn.Dense(3, 2), sn.GELU(), sn.Softmax())
    predict, (expected,) = sn.unroll(net), net.predict(POINTS[:1])
    former = matrix.dot, functions.dot, functions.exp
    matrix.dot = functions.dot = functions.exp = None
    try:
        assert bits(predict(POINTS[0])) == bits(expected)
    finally:
        matrix.dot, functions.dot, functions.exp = former
