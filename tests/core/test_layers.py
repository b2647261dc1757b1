"""layers.py and activations.py: each layer alone; whole networks are in test_network.py and test_crosscheck.py."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import Generator, matrix
from scratchnet.core.activations import ACTIVATIONS
from scratchnet.core.layers import LAYERS

X = [[1.0, -2.0], [0.5, 3.0], [-1.0, 1.0]]
EVERY_ACTIVATION = [ACTIVATIONS[name]() for name in sorted(ACTIVATIONS)]
EVERY_ACTIVATION += [sn.GELU("tanh"), sn.LeakyReLU(0.3), sn.ELU(2)]
ELEMENTWISE = [layer for layer in EVERY_ACTIVATION if isinstance(layer, sn.Activation)]


def one(layer, z):
    return layer.forward([[z]])[0][0]


def derivative(layer, z):
    layer.forward([[z]])
    return layer.backward([[1.0]])[0][0]


# ---- Dense -------------------------------------------------------------------------------------------------------


def test_dense_by_hand():
    layer = sn.Dense(2, 2, weights=[[1.0, 2.0], [3.0, 4.0]], bias=[10.0, 20.0])
    assert layer.forward([[1.0, 1.0], [0.0, 2.0]]) == [[14.0, 26.0], [16.0, 28.0]]
    assert layer.backward([[1.0, 0.0], [1.0, 1.0]]) == [[1.0, 3.0], [3.0, 7.0]]
    assert layer.weights.gradient == [[1.0, 0.0], [3.0, 2.0]]
    assert layer.bias.gradient == [2.0, 1.0]


@pytest.mark.parametrize(
    "l1, l2, penalty, gradient",
    [
        (0, 0, None, [0.0, 0.0, 0.0]),
        (0.5, 0, 2.5, [0.5, -0.5, 0.0]),
        (0, 0.5, 3.25, [1.0, -1.5, 0.0]),
        (0.5, 0.5, 5.75, [1.5, -2.0, 0.0]),
    ],
)
def test_penalties_on_the_weights_alone(l1, l2, penalty, gradient):
    """l1·Σ|w| + ½·l2·Σw², of which the derivative at 0 is taken as 0."""
    layer = sn.Dense(3, 1, weights=[[2.0], [-3.0], [0.0]], bias=[7.0], l1=l1, l2=l2)
    layer.forward([[0.0, 0.0, 0.0]])
    layer.backward([[1.0]])
    layer.add_penalty_gradient()
    assert layer.penalty() == penalty
    assert layer.weights.gradient == [[g] for g in gradient]
    assert layer.bias.gradient == [1.0]


@pytest.mark.parametrize("width", [0, -1, 1.0, "2", None, [2]])
def test_widths_are_whole_numbers(width):
    with pytest.raises(ValueError, match="^Dense: inputs is .*; give a whole number of 1 or more"):
        sn.Dense(width, 1)
    with pytest.raises(ValueError, match="^Dense: outputs is .*; give a whole number of 1 or more"):
        sn.Dense(1, width)


@pytest.mark.parametrize("name", ["l1", "l2"])
def test_penalties_are_not_negative(name):
    with pytest.raises(ValueError, match="^Dense: {} is -0.1; .* 0 or more".format(name)):
        sn.Dense(1, 1, **{name: -0.1})


def test_given_parameters_must_fit():
    with pytest.raises(ValueError, match="^weights: 1×2 given, 2×1 needed$"):
        sn.Dense(2, 1, weights=[[0.4, 0.2]])
    with pytest.raises(ValueError, match="^bias: 2 given, 1 needed$"):
        sn.Dense(2, 1, bias=[1, 2])


def test_weights_are_drawn_by_the_initializer_and_the_bias_is_zeros():
    def counting(inputs, outputs, generator):
        return [[10 * i + j for j in range(outputs)] for i in range(inputs)]

    net = sn.Sequential([sn.Dense(2, 3, initializer=counting)])
    assert net.parameters()[0].value == [[0.0, 1.0, 2.0], [10.0, 11.0, 12.0]]
    assert net.parameters()[1].value == [0.0, 0.0, 0.0]
    default = sn.Sequential([sn.Dense(2, 3)], seed=5).parameters()[0].value
    assert default == sn.initializers.glorot_uniform(2, 3, Generator(5))


def test_an_initializer_must_give_the_right_shape():
    with pytest.raises(ValueError, match="^0.weights: 1×1 given, 2×3 needed$"):
        sn.Sequential([sn.Dense(2, 3, initializer=lambda inputs, outputs, generator: [[0.5]])])


# ---- Dropout -----------------------------------------------------------------------------------------------------


def test_dropout_leaves_prediction_alone():
    layer = sn.Dropout(0.9)
    assert layer.forward(X) == X
    assert layer.backward(X) == X


def test_dropout_in_training():
    layer = sn.Dropout(0.25)
    layer.generator = Generator(3)
    ones = [[1.0] * 1000 for _ in range(10)]
    A = layer.forward(ones)
    values = [a for row in A for a in row]
    assert set(values) == {0.0, 1 / 0.75}
    assert abs(values.count(0.0) / 10000 - 0.25) < 0.02
    assert abs(sum(values) / 10000 - 1.0) < 0.025  # the expected value stays
    assert layer.backward(ones) == A  # what was dropped gets no gradient; the rest is divided alike
    assert layer.forward(ones) != A  # a new draw each time


def test_dropout_at_rate_0():
    layer = sn.Dropout(0)
    layer.generator = Generator(3)
    assert layer.forward(X) == X


@pytest.mark.parametrize("rate", [1, 1.0, -0.1, 2, float("nan")])
def test_dropout_rates(rate):
    with pytest.raises(ValueError, match="^Dropout: rate is .*; .*0.* 1"):
        sn.Dropout(rate)


# ---- Normalization -----------------------------------------------------------------------------------------------


def test_normalization_centres_and_spreads():
    layer = sn.Normalization()
    layer.adapt(X)
    Z = layer.forward(X)
    for column in zip(*Z):
        assert sum(column) == pytest.approx(0, abs=1e-15)
        assert sum(z * z for z in column) / 3 == pytest.approx(1)
    assert all(p.frozen for p in layer.parameters())


def test_a_feature_without_spread_is_only_centred():
    layer = sn.Normalization()
    layer.adapt([[0.1, 1.0]] * 10 + [[0.1, 2.0]])  # summed and divided, 0.1 is not 0.1 again
    assert layer.mean.value[0] == 0.1 and layer.spread.value[0] == 1.0
    assert [row[0] for row in layer.forward([[0.1, 0.0], [1.1, 0.0]])] == [0.0, 1.1 - 0.1]


def test_normalization_backward():
    layer = sn.Normalization()
    layer.adapt([[0.0], [4.0]])  # mean 2, spread 2
    layer.forward([[6.0], [0.0]])  # z = 2, -1
    assert layer.backward([[1.0], [10.0]]) == [[0.5], [5.0]]
    assert layer.mean.gradient == [-5.5]
    assert layer.spread.gradient == [-(0.5 * 2 + 5.0 * -1)]


def test_normalization_needs_data_first():
    with pytest.raises(
        ValueError, match="^Normalization has seen no data yet: fit the network, or call adapt"
    ):
        sn.Normalization().forward(X)


@pytest.mark.parametrize(
    "data", [[], [[1, 2], [3]], [[1, 2], [3, 4, 5]], [[1, float("nan")]], [1, 2], None]
)
def test_a_normalization_alone_checks_its_data(data):
    with pytest.raises((TypeError, ValueError)):
        sn.Normalization().adapt(data)


def test_normalization_has_a_width_once_it_is_known():
    layer = sn.Normalization()
    layer.adapt(X)
    with pytest.raises(ValueError, match="^0.mean has 2 numbers for 3 inputs$"):
        sn.Sequential([layer, sn.Dense(3, 1)])
    net = sn.Sequential([sn.Dense(2, 3), sn.Normalization()])
    assert net.parameters()[2].shape == (3,)


# ---- activations -------------------------------------------------------------------------------------------------


def phi(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


def phi_by_tanh(z):
    return (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))) / 2


FORMULAS = [
    (sn.Identity(), lambda z: z),
    (sn.Sigmoid(), lambda z: 1 / (1 + math.exp(-z))),
    (sn.Tanh(), math.tanh),
    (sn.ReLU(), lambda z: max(z, 0.0)),
    (sn.LeakyReLU(), lambda z: z if z > 0 else 0.01 * z),
    (sn.LeakyReLU(0.3), lambda z: z if z > 0 else 0.3 * z),
    (sn.ELU(), lambda z: z if z > 0 else math.exp(z) - 1),
    (sn.ELU(2), lambda z: z if z > 0 else 2 * (math.exp(z) - 1)),
    (
        sn.SELU(),
        lambda z: 1.0507009873554805 * (z if z > 0 else 1.6732632423543772 * (math.exp(z) - 1)),
    ),
    (sn.GELU(), lambda z: z * phi(z)),
    (sn.GELU("tanh"), lambda z: z * phi_by_tanh(z)),
    (sn.Softplus(), lambda z: math.log(1 + math.exp(z))),
    (sn.SiLU(), lambda z: z / (1 + math.exp(-z))),
    (sn.Threshold(), lambda z: float(z >= 0)),
    (sn.Threshold(0.5), lambda z: float(z >= 0.5)),
]


@pytest.mark.parametrize("layer, formula", FORMULAS, ids=[repr(layer) for layer, _ in FORMULAS])
@settings(max_examples=2 * settings.default.max_examples)
@given(z=st.floats(-20, 20))
def test_each_formula(layer, formula, z):
    assert one(layer, z) == pytest.approx(formula(z), rel=1e-12, abs=1e-15)


def test_every_activation_has_its_formula():
    assert {type(layer) for layer, _ in FORMULAS} | {sn.Softmax} == set(ACTIVATIONS.values())
    assert set(LAYERS.values()) == set(ACTIVATIONS.values()) | {
        sn.Dense,
        sn.Dropout,
        sn.Normalization,
    }


@pytest.mark.parametrize(
    "layer", [layer for layer in ELEMENTWISE if not isinstance(layer, sn.Threshold)], ids=repr
)
@settings(max_examples=2 * settings.default.max_examples)
@given(z=st.floats(-30, 30).filter(lambda z: abs(z) > 1e-3))  # most have a kink at 0
def test_each_derivative(layer, z):
    h = 1e-5
    assert derivative(layer, z) == pytest.approx(
        (one(layer, z + h) - one(layer, z - h)) / (2 * h), rel=1e-5, abs=1e-8
    )


@pytest.mark.parametrize("layer", ELEMENTWISE, ids=repr)
@pytest.mark.parametrize("z", [1000.0, -1000.0, 1e100, -1e100])
def test_large_numbers_do_not_overflow(layer, z):
    assert abs(one(layer, z)) <= 1.06 * abs(z)  # none grows faster than SELU
    if not isinstance(layer, sn.Threshold):
        assert -0.01 <= derivative(layer, z) <= 1.06


@pytest.mark.parametrize("approximate", ["TANH", None, "erf"])
def test_gelu_has_two_forms(approximate):
    with pytest.raises(ValueError, match="^GELU: approximate is .*; .*'none' or 'tanh'"):
        sn.GELU(approximate)


def test_nothing_passes_back_through_a_threshold():
    layer = sn.Threshold(0.5)
    assert layer.forward([[0.4999, 0.5, 0.6]]) == [[0.0, 1.0, 1.0]]
    with pytest.raises(ValueError, match="loss='perceptron'"):
        layer.backward([[1.0, 1.0, 1.0]])


ROWS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6)


@given(ROWS, st.floats(-1e6, 1e6))
def test_softmax_gives_probabilities(z, shift):
    a = sn.Softmax().forward([z])[0]
    assert sum(a) == pytest.approx(1) and min(a) >= 0.0
    assert a.index(max(a)) == z.index(max(z)) or max(a) == a[z.index(max(z))]
    assert sn.Softmax().forward([[v + shift for v in z]])[0] == pytest.approx(a, abs=1e-9)


def test_softmax_by_hand():
    layer = sn.Softmax()
    assert layer.forward([[math.log(1), math.log(3)], [1e4, -1e4]]) == [
        pytest.approx([0.25, 0.75]),
        [1.0, 0.0],
    ]
    # dz_k = a_k (da_k - Σ a_j da_j), the mean of (4, 8) being 7
    assert layer.backward([[4.0, 8.0], [1.0, 1.0]]) == [pytest.approx([-0.75, 0.75]), [0.0, 0.0]]


@pytest.mark.parametrize("layer", EVERY_ACTIVATION, ids=repr)
def test_activations_keep_the_shape_and_do_not_change_their_input(layer):
    before = [list(row) for row in X]
    assert matrix.shape(layer.forward(X)) == (3, 2)
    assert X == before


def test_a_normalization_takes_as_many_features_as_it_was_adapted_to():
    layer = sn.Normalization()
    layer.adapt([[1.0, 5.0], [3.0, 5.0]])
    for row in ([1.0], [1.0, 2.0, 3.0]):
        with pytest.raises(
            ValueError,
            match="^Normalization was adapted to 2 features, but X has {}$".format(len(row)),
        ):
            layer.forward([row])


# ---- layers made of layers ---------------------------------------------------------------------------------------


class Residual(sn.Layer):
    """a = x + down(up(x)), with its layers in an attribute and in a list."""

    def __init__(self):
        self.up, self.blocks = sn.Dense(2, 3), [sn.Tanh(), sn.Dense(3, 2)]

    def parameters(self):
        return self.up.parameters() + self.blocks[1].parameters()

    def forward(self, X):
        return [[x + a for x, a in zip(row, out)] for row, out in zip(X, self.inner(X))]

    def inner(self, X):
        for layer in [self.up] + self.blocks:
            X = layer.forward(X)
        return X


def test_parameters_of_inner_layers_are_named_by_the_attribute_that_holds_them():
    names = [p.name for p in sn.Sequential([Residual()]).parameters()]
    assert names == ["0.up.weights", "0.up.bias", "0.blocks[1].weights", "0.blocks[1].bias"]
