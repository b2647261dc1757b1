"""layer.py: configuration, parameters, and user-defined layers, activations, losses and optimizers."""

import copy
import pickle
from fractions import Fraction

import pytest

import scratchnet as sn
from scratchnet.core import matrix
from scratchnet.core.functions import where

NAN, INF = float("nan"), float("inf")


# ---- what a user may write, by the docstrings --------------------------------------------------------------------


class Scale(sn.Layer):
    """a = s·x, one s per feature."""

    arguments = ("inputs",)

    def __init__(self, inputs):
        self.inputs = self.outputs = inputs
        self.s = sn.Parameter("s", (inputs,), [1] * inputs)

    def parameters(self):
        return [self.s]

    def forward(self, X):
        self.X = X
        return [[s * x for s, x in zip(self.s.value, row)] for row in X]

    def backward(self, dA):
        self.s.gradient = matrix.sum_columns(matrix.multiply(dA, self.X))
        return [[s * d for s, d in zip(self.s.value, row)] for row in dA]


class Shift(sn.Layer):
    """a = x + s; the parameter is created with the width of the first input."""

    s = None

    def parameters(self):
        return [] if self.s is None else [self.s]

    def build(self, inputs, generator):
        if self.s is None:
            self.s = sn.Parameter("s", (inputs,), [generator.random() for _ in range(inputs)])

    def forward(self, X):
        return matrix.add_row(X, self.s.value)

    def backward(self, dA):
        self.s.gradient = matrix.sum_columns(dA)
        return dA


class Square(sn.Activation):
    arguments = numbers = ("factor",)

    def __init__(self, factor=1):
        self.factor = factor

    def function(self, z):
        return self.factor * z * z

    def derivative(self, z, a):
        return 2 * self.factor * z


class QuarticError(sn.Loss):
    def term(self, a, y):
        return (a - y) * (a - y) * (a - y) * (a - y)

    def derivative(self, a, y):
        return 4 * (a - y) * (a - y) * (a - y)


class SignDescent(sn.Optimizer):
    def rule(self, w, g, state):
        return w - self.rate * where(g > 0, 1, where(g < 0, -1, 0)), state


X = [[1.0, -2.0], [0.5, 3.0], [-1.0, 1.0]]
Y = [[1.0], [0.0], [2.0]]


def user_defined_network():
    return sn.Sequential([Scale(2), sn.Dense(2, 3), Shift(), Square(0.3), sn.Dense(3, 1)], seed=4)


def test_a_user_defined_layer_and_activation_have_the_right_gradients():
    net = user_defined_network()
    value, gradients = net.gradients(X, Y, QuarticError())
    h = 1e-6
    for parameter, gradient in zip(net.parameters(), gradients):
        for row, derivatives in zip(
            parameter.rows, [gradient] if len(parameter.shape) == 1 else gradient
        ):
            for k, w in enumerate(row):
                row[k] = w + h
                above = net.evaluate(X, Y, QuarticError())
                row[k] = w - h
                below = net.evaluate(X, Y, QuarticError())
                row[k] = w
                assert (above - below) / (2 * h) == pytest.approx(
                    derivatives[k], rel=1e-6, abs=1e-7
                )
    assert value == net.evaluate(X, Y, QuarticError())


@pytest.mark.parametrize("loss", [QuarticError, QuarticError()])
@pytest.mark.parametrize(
    "optimizer", [SignDescent, SignDescent(0.01), SignDescent(lambda t: 0.01 / (t + 1))]
)
def test_they_train(loss, optimizer):
    net = user_defined_network()
    before = net.evaluate(X, Y, loss)
    history = net.fit(X, Y, loss=loss, optimizer=optimizer, epochs=20)
    assert history.loss[0] == pytest.approx(before)
    assert net.evaluate(X, Y, loss) < before


def test_they_compute_with_exact_numbers():
    net = user_defined_network().copy(Fraction)
    value, gradients = net.gradients(X_EXACT, Y_EXACT, QuarticError())
    assert type(value) is Fraction and type(gradients[0][0]) is Fraction
    assert float(value) == pytest.approx(
        user_defined_network().evaluate(X, Y, QuarticError()), rel=1e-12
    )


X_EXACT = [[Fraction(x) for x in row] for row in X]
Y_EXACT = [[Fraction(y) for y in row] for row in Y]


DUPLICATES = [lambda net: net.copy(), lambda net: pickle.loads(pickle.dumps(net)), copy.deepcopy]


@pytest.mark.parametrize("duplicate", DUPLICATES, ids=["copy", "pickle", "deepcopy"])
def test_copies_of_them_predict_the_same_and_learn_separately(duplicate):
    net = user_defined_network()
    net.fit(X, Y, loss="mean_squared_error", epochs=3)
    expected = net.predict(X)
    twin = duplicate(net)
    assert twin.predict(X) == expected
    twin.fit(X, Y, loss="mean_squared_error", epochs=3)
    assert twin.predict(X) != expected
    assert net.predict(X) == expected


def test_parameters_are_named_by_place_and_role():
    assert [p.name for p in user_defined_network().parameters()] == [
        "0.s", "1.weights", "1.bias", "2.s", "4.weights", "4.bias",
    ]  # fmt: skip


@pytest.mark.parametrize("gradient", [None, [1.0], [1.0] * 3, [[1.0, 1.0]], 1.0])
def test_a_layer_that_sets_no_gradient_or_one_of_another_shape_is_named(gradient):
    class Forgetful(Scale):
        def backward(self, dA):
            self.s.gradient = gradient
            return dA

    net = sn.Sequential([Forgetful(2), sn.Dense(2, 1)])
    with pytest.raises((TypeError, ValueError), match="0.s"):
        net.fit(X, Y, loss="mean_squared_error", epochs=1)
    assert net.parameters()[0].value == [1.0, 1.0]


def test_two_parameters_of_a_layer_need_two_names():
    class Twice(Scale):
        def parameters(self):
            return [self.s, sn.Parameter("s", (1,), [0])]

    # Otherwise one would be saved in place of the other.
    with pytest.raises(ValueError, match="^layer 0, .*, has two parameters named 's'; "):
        sn.Sequential([Twice(2)])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: sn.Layer().forward([[1.0]]), "Layer has no forward"),
        (lambda: sn.Layer().backward([[1.0]]), "Layer has no backward"),
        (lambda: sn.Activation().forward([[1.0]]), "Activation has no function"),
        (lambda: sn.Activation().derivative(1.0, 1.0), "Activation has no derivative"),
        (lambda: sn.Loss().value([[1.0]], [[1.0]]), "Loss has no term"),
        (lambda: sn.Loss().gradient([[1.0]], [[1.0]]), "Loss has no derivative"),
        (lambda: sn.Optimizer().rule(1.0, 1.0, ()), "Optimizer has no rule"),
    ],
)
def test_a_missing_method_is_named(call, message):
    with pytest.raises(NotImplementedError, match="^" + message + "$"):
        call()


# ---- configuration -----------------------------------------------------------------------------------------------


CONFIGURED = [
    sn.Dense(2, 3, l1=0.1, l2=0.3),
    sn.Dropout(0.0),
    sn.Dropout(0.3),
    sn.Normalization(),
    sn.LeakyReLU(0),
    sn.LeakyReLU(0.3),
    sn.ELU(0.7),
    sn.GELU("tanh"),
    sn.Softmax(),
    sn.Threshold(),
    sn.Threshold(0.5),
    sn.Huber(0.3),
    sn.Hinge(),
    sn.SGD(0),
    sn.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01, clip_norm=1.0),
    sn.Adagrad(epsilon=1e-7),
    sn.RMSprop(alpha=0),
    sn.Adam(0.1, beta1=0, beta2=0),
    sn.AdamW(),
    sn.AdamW(weight_decay=0),
    sn.StepDecay(0.1, 30),
    sn.ExponentialDecay(0.1, 0.99),
    sn.CosineDecay(0.1, 50),
    sn.CosineDecay(0.1, 50, minimum=0.01),
    sn.WarmUp(4, sn.CosineDecay(0.1, 50)),
    sn.SGD(sn.WarmUp(4, 0.1)),
]


@pytest.mark.parametrize("configured", CONFIGURED, ids=repr)
def test_the_repr_creates_an_equal_object(configured):
    again = eval(repr(configured), {name: getattr(sn, name) for name in sn.__all__})
    assert type(again) is type(configured)
    assert repr(again.config()) == repr(configured.config())


@pytest.mark.parametrize("configured", CONFIGURED, ids=repr)
def test_configured_objects_pickle(configured):
    again = pickle.loads(pickle.dumps(configured))
    assert type(again) is type(configured)
    assert repr(again.config()) == repr(configured.config())


def test_with_numbers_makes_a_fresh_object():
    optimizer = sn.SGD(1, momentum=Fraction(1, 2))
    parameter = sn.Parameter("w", (1,), [1.0])
    parameter.gradient = [1.0]
    optimizer.step([parameter])
    fresh = optimizer.with_numbers(Fraction)
    assert (fresh.learning_rate, fresh.momentum, fresh.clip_norm) == (1, Fraction(1, 2), None)
    assert type(fresh.learning_rate) is Fraction
    assert (fresh.t, fresh.states) == (0, {})
    assert optimizer.t == 1


def test_hyperparameters_never_make_exact_numbers_inexact():
    with pytest.raises(TypeError, match="^SGD: learning_rate: 0.1 is a float, but .* Fraction"):
        sn.SGD(0.1).with_numbers(Fraction)
    assert sn.SGD(0.1).with_numbers(Fraction, exactly=True).learning_rate == Fraction(0.1)


@pytest.mark.parametrize("value", [INF, NAN])
def test_hyperparameters_are_finite(value):
    with pytest.raises(
        ValueError, match="^Square: factor is {}; give a finite number".format(value)
    ):
        sn.Sequential([Square(value)])


# ---- parameters --------------------------------------------------------------------------------------------------


def test_a_matrix_and_a_flat_list():
    weights = sn.Parameter("weights", (2, 3), [[1, 2, 3], [4, 5, 6]])
    bias = sn.Parameter("bias", (3,), (7, 8, 9))
    assert (weights.rows, weights.count, weights.frozen) == ([[1, 2, 3], [4, 5, 6]], 6, False)
    assert (bias.value, bias.rows, bias.count) == ([7, 8, 9], [[7, 8, 9]], 3)
    bias.gradient = [0, 0, 1]
    assert bias.gradient_rows == [[0, 0, 1]]
    bias.rows = [[1, 1, 1]]
    assert bias.value == [1, 1, 1]
    assert repr(weights) == "Parameter('weights', 2×3)"


def test_a_parameter_without_a_value():
    parameter = sn.Parameter("mean", frozen=True)
    assert (parameter.value, parameter.count, parameter.frozen) == (None, 0, True)
    assert repr(parameter) == "Parameter('mean', not yet known)"
    parameter.value = [1, 2]
    assert parameter.shape == (2,)


def test_an_assigned_value_is_copied_and_converted():
    parameter = sn.Parameter("bias", (2,))
    parameter.convert(float)
    value = [1, 2]
    parameter.value = value
    value[0] = 9
    assert repr(parameter.value) == "[1.0, 2.0]"


@pytest.mark.parametrize(
    "shape, value, error, message",
    [
        ((2, 1), [[1], [2], [3]], ValueError, "w: 3×1 given, 2×1 needed"),
        ((2, 1), [[1, 2]], ValueError, "w: 1×2 given, 2×1 needed"),
        ((2, 2), [[1, 2], [3]], ValueError, "w: row 1 has 1 column where row 0 has 2"),
        ((2, 1), [[1], [NAN]], ValueError, "w: row 1, column 0 is nan"),
        ((2, 1), [[1], ["2"]], TypeError, "w: row 1, column 0: '2' is a str; give a number"),
        ((2, 1), [1, 2], TypeError, "w: row 0 is 1, not a row"),
        ((2, 1), None, TypeError, "w.*NoneType; give a list"),
        ((2,), [1], ValueError, "w: 1 given, 2 needed"),
        ((2,), [1, INF], ValueError, "w: number 1 is inf"),
        ((2,), [1, None], TypeError, "w: number 1: None is a NoneType; give a number"),
        ((2,), [[1, 2]], TypeError, r"w: .*\[1, 2\] is a list; give a number"),
        ((2,), [], ValueError, "w is empty"),
        ((2,), 5, TypeError, "w.*int; give a list"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_changes_nothing(shape, value, error, message):
    parameter = sn.Parameter(
        "w", shape, [[1], [2]] if shape == (2, 1) else [1, 2] if shape == (2,) else [[1, 2]] * 2
    )
    before = parameter.value
    with pytest.raises(error, match="^" + message):
        parameter.value = value
    assert parameter.value is before
