"""network.py: layers put together; what fit does is in test_training.py."""

import copy
import inspect
import pickle
import struct
from fractions import Fraction

import pytest

import scratchnet as sn
from scratchnet import initializers
from scratchnet.core import training
from scratchnet.core.layers import LAYERS
from scratchnet.core.losses import LOSSES

X = [[1.0, -2.0], [0.5, 3.0], [-1.0, 1.0]]
Y = [[1.0], [0.0], [2.0]]


def network(seed=1):
    return sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=seed)


def values(net):
    return [p.value for p in net.parameters()]


# ---- putting together --------------------------------------------------------------------------------------------


def test_widths_and_names():
    net = network()
    assert (net.inputs, net.outputs) == (2, 1)
    assert [p.name for p in net.parameters()] == ["0.weights", "0.bias", "2.weights", "2.bias"]
    assert [p.shape for p in net.parameters()] == [(2, 3), (3,), (3, 1), (1,)]
    assert (
        repr(net) == "Sequential([Dense(inputs=2, outputs=3), Tanh(), Dense(inputs=3, outputs=1)])"
    )


def test_layers_of_any_width_take_that_of_their_neighbours():
    net = sn.Sequential([sn.Normalization(), sn.Tanh(), sn.Dense(4, 2), sn.Softmax()])
    assert (net.inputs, net.outputs) == (4, 2)
    assert net.parameters()[0].shape == (4,)
    assert sn.Sequential([sn.Tanh()]).outputs is None


class RowSum(sn.Layer):
    """Takes any width and gives one output."""

    outputs = 1

    def forward(self, X):
        self.X = X
        return [[sum(row)] for row in X]

    def backward(self, dA):
        return [[d] * len(row) for row, (d,) in zip(self.X, dA)]


def test_a_layer_that_takes_any_width_leaves_the_number_of_inputs_open():
    net = sn.Sequential([RowSum(), sn.Dense(1, 1, weights=[[2]])])
    assert net.predict([[1, 2, 3]]) == [[12.0]]
    assert net.predict([[1, 2]]) == [[6.0]]


@pytest.mark.parametrize(
    "layers, error, message",
    [
        ([], ValueError, "a network has at least one layer"),
        (
            sn.Dense(2, 1),
            ValueError,
            r"layers is Dense\(inputs=2, outputs=1\); give a list of layers, \[...\]",
        ),
        ([sn.Tanh], TypeError, r"layer 0 is <class .*Tanh'>; give a layer, such as Tanh\(\)"),
        ([sn.Tanh(), 3], TypeError, "layer 1 is 3; give a layer"),
        ([sn.Tanh(), None], TypeError, "layer 1 is None; give a layer"),
        (
            [sn.Dense(2, 3), sn.Dense(4, 1)],
            ValueError,
            "layer 1, .*inputs=4.*, takes 4 inputs, but gets 3$",
        ),
        (
            [sn.Dense(2, 3), sn.Tanh(), sn.Dropout(), sn.Dense(4, 1)],
            ValueError,
            "layer 3, .* but gets 3$",
        ),
    ],
)
def test_layers_that_do_not_fit(layers, error, message):
    with pytest.raises(error, match="^" + message):
        sn.Sequential(layers)


def test_a_layer_appears_only_once():
    layer = sn.Tanh()
    with pytest.raises(
        ValueError,
        match=r"^layer 2, Tanh\(\), is in the network twice; make one object for each place$",
    ):
        sn.Sequential([layer, sn.Dense(2, 2), layer])


# ---- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "weights, bias, number",
    [
        (None, None, float),
        ([[1], [2]], [3], float),
        ([[0.5], [2]], [3], float),
        ([[Fraction(1, 3)], [2]], None, Fraction),
        ([[1], [2]], [Fraction(1, 3)], Fraction),
        ([[1], [Fraction(1, 3)]], None, Fraction),
    ],
)
def test_the_type_of_number_is_that_of_the_given_parameters(weights, bias, number):
    net = sn.Sequential([sn.Dense(2, 1, weights=weights, bias=bias)])
    assert net.number is number
    assert {type(v) for p in net.parameters() for row in p.rows for v in row} == {number}
    assert type(net.predict([[1, 2]])[0][0]) is number


@pytest.mark.parametrize("number", [int, bool, str, "float", 0.5])
def test_a_type_of_number_has_halves(number):
    with pytest.raises(
        ValueError, match="^number is .*; give a type that has halves, such as Fraction$"
    ):
        network().copy(number)


def test_floats_beside_exact_parameters_are_refused():
    with pytest.raises(
        TypeError, match="^0.bias: 0.5 is a float, but this network computes with Fraction"
    ):
        sn.Sequential([sn.Dense(2, 1, weights=[[Fraction(1, 3)], [2]], bias=[0.5])])
    net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1, 3)]])])
    with pytest.raises(
        TypeError,
        match="^X: row 0, column 0: 0.5 is a float, but this network computes with Fraction",
    ):
        net.predict([[0.5]])
    with pytest.raises(TypeError, match="^Y: row 0, column 0: 0.5 is a float"):
        net.evaluate([[1]], [0.5], "mean_squared_error")
    with pytest.raises(TypeError, match="^LeakyReLU: slope: 0.01 is a float"):
        sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1)]]), sn.LeakyReLU(0.01)])


@pytest.mark.parametrize("zero", [0, 0.0, Fraction(0)])
@pytest.mark.parametrize("layer", [sn.LeakyReLU, sn.Dropout, sn.Threshold])
def test_no_zero_makes_exact_numbers_inexact(layer, zero):
    """A float 0.0 is exact, and so are products, sums and differences with it."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(-1, 3)]]), layer(zero)])
    assert type(net.predict([[1]])[0][0]) is Fraction
    if layer is not sn.Threshold:
        net.fit(
            [[1]],
            [1],
            "mean_squared_error",
            optimizer=sn.SGD(zero, momentum=zero, weight_decay=zero),
            epochs=2,
        )
        assert repr(net.parameters()[0].value) == "[[Fraction(-1, 3)]]"


def test_a_network_computes_with_the_given_type_of_number():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[3]])], number=Fraction)
    assert net.predict([[2]]) == [[Fraction(6)]] and type(net.predict([[2]])[0][0]) is Fraction


# ---- forward and backward ----------------------------------------------------------------------------------------


def test_forward_and_backward():
    net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]], bias=[5]), sn.ReLU()])
    assert net.forward([[1, 1], [-9, 1]]) == [[12.0], [0.0]]
    assert net.backward([[2], [2]]) == [[6.0, 8.0], [0.0, 0.0]]
    assert [p.gradient for p in net.parameters()] == [[[2.0], [2.0]], [2.0]]


def test_gradients_are_parallel_to_the_parameters():
    net = network()
    value, gradients = net.gradients(X, Y, loss="mean_squared_error")
    assert value == net.evaluate(X, Y, loss="mean_squared_error")
    assert gradients == [p.gradient for p in net.parameters()]
    delta = sn.MeanSquaredError().gradient(net.forward(X), Y)
    net.backward(delta)
    assert gradients == [p.gradient for p in net.parameters()]


def test_backward_needs_a_forward():
    net = network()
    net.forward(X)
    for fresh in (network(), net.copy(), pickle.loads(pickle.dumps(net))):
        with pytest.raises(
            ValueError, match=r"^backward: forward has not run yet; call net.forward\(X\) first$"
        ):
            fresh.backward([[1]] * 3)


def test_backward_needs_a_gradient_at_each_output():
    net = sn.Sequential([sn.Dense(2, 2), sn.Softmax()])
    net.forward(X)
    with pytest.raises(ValueError, match="^backward: dA is 3×1, but the last output is 3×2$"):
        net.backward([[1]] * 3)


@pytest.mark.parametrize(
    "dA", [[[1, 2]], [[1], [2]], [[1]] * 4, [1, 2, 3], [], None, [[float("nan")]] * 3]
)
def test_a_gradient_that_does_not_fit_is_refused(dA):
    net = network()
    net.forward(X)
    with pytest.raises((TypeError, ValueError)):
        net.backward(dA)


def test_many_samples_are_predicted_like_few():
    net = network()
    many = [[i / 100, 1 - i / 50] for i in range(2500)]
    predicted = net.predict(many)
    assert len(predicted) == 2500
    for row, x in zip(predicted, many):
        assert row == pytest.approx(net.predict([x])[0], rel=1e-14, abs=1e-15)
    targets = [[x[0]] for x in many]
    alone = [net.evaluate([x], [y], "mean_squared_error") for x, y in zip(many, targets)]
    assert net.evaluate(many, targets, "mean_squared_error") == pytest.approx(sum(alone) / 2500)


def test_parameters_can_be_set_by_hand():
    net = network()
    for weights, bias in zip(net.parameters()[::2], net.parameters()[1::2]):
        weights.value = [[0] * weights.shape[1]] * weights.shape[0]
        bias.value = [7] * bias.count
    assert net.predict(X) == [[7.0]] * 3
    net.parameters()[3].value[0] = 8.0  # in place, too
    assert net.predict(X) == [[8.0]] * 3


def test_freezing_by_name():
    net = network()
    net.freeze("0.bias", "2.weights")
    assert [p.name for p in net.parameters() if p.frozen] == ["0.bias", "2.weights"]
    with pytest.raises(
        ValueError, match="^parameter '1.bias' is unknown; give one of: 0.bias, 0.weights, 2.bias"
    ):
        net.freeze("1.bias")


# ---- summary -----------------------------------------------------------------------------------------------------


def test_the_summary():
    net = sn.Sequential([sn.Normalization(), sn.Dense(4, 3), sn.LeakyReLU(0.1), sn.Dense(3, 2)])
    net.adapt([[1, 2, 3, 4], [2, 3, 4, 6]])
    net.freeze("3.bias")
    lines = [" ".join(line.split()) for line in net.summary().splitlines()]
    assert lines == [
        "layer outputs parameters",
        "0 Normalization() 4 8",
        "1 Dense(inputs=4, outputs=3) 3 15",
        "2 LeakyReLU(slope=0.1) 3 0",
        "3 Dense(inputs=3, outputs=2) 2 8",
        "31 parameters, 10 of them frozen; numbers: float",
    ]
    assert repr(net.summary()) == net.summary()  # at a prompt, too, it is a table
    assert "0 Tanh() any 0" in " ".join(sn.Sequential([sn.Tanh()]).summary().split())


# ---- copies ------------------------------------------------------------------------------------------------------


def full():
    """Every kind of state: parameters, hyperparameters, frozen flags, an adapted Normalization, metadata."""
    net = sn.Sequential(
        [
            sn.Normalization(),
            sn.Dense(2, 4, l1=0.1, l2=0.3),
            sn.Dropout(0.3),
            sn.ELU(0.7),
            sn.Dense(4, 1),
        ],
        seed=3,
    )
    net.adapt(X)
    net.freeze("1.bias")
    net.metadata = {"labels": ["no", "yes"]}
    return net


DUPLICATES = {
    "copy": lambda net: net.copy(),
    "pickle": lambda net: pickle.loads(pickle.dumps(net)),
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", sorted(DUPLICATES))
@pytest.mark.parametrize("trained", [False, True])
def test_a_copy_is_the_same_network(way, trained):
    net = full()
    if trained:
        net.fit(X, Y, "mean_squared_error", epochs=2)
    twin = DUPLICATES[way](net)
    assert repr(twin) == repr(net)
    assert repr(values(twin)) == repr(values(net))
    for p, q in zip(twin.parameters(), net.parameters()):
        assert (p.name, p.shape, p.frozen) == (q.name, q.shape, q.frozen)
    assert (twin.number, twin.inputs, twin.outputs, twin.metadata) == (float, 2, 1, net.metadata)
    assert twin.predict(X) == net.predict(X)
    assert twin.gradients(X, Y, "mean_squared_error") == net.gradients(X, Y, "mean_squared_error")


@pytest.mark.parametrize("way", sorted(DUPLICATES))
def test_a_copy_learns_separately(way):
    net = full()
    before = repr((values(net), [p.frozen for p in net.parameters()], net.metadata, net))
    twin = DUPLICATES[way](net)
    twin.fit(X, Y, "mean_squared_error", epochs=2)
    twin.adapt([[9, 9], [7, 8]])
    for p in twin.parameters():
        p.rows[0][0] = 99.0  # in place
        p.frozen = not p.frozen
    twin.layers[3].alpha = 5.0
    twin.metadata["labels"].append("perhaps")
    assert repr((values(net), [p.frozen for p in net.parameters()], net.metadata, net)) == before


def test_an_exact_copy_has_exactly_the_same_numbers():
    net = full()
    exact = net.copy(Fraction)
    assert exact.number is Fraction
    assert [type(p.rows[0][0]) for p in exact.parameters()] == [Fraction] * 6
    assert values(exact) == values(net)  # a Fraction equals a float where it is that very number
    assert (exact.layers[2].rate, exact.layers[1].l2) == (Fraction(0.3), Fraction(0.3))
    assert repr(values(exact.copy(float))) == repr(values(net))


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"Threshold"}))
def test_no_sample_is_pickled(name):
    secret = 0.12345678901234567
    layer = sn.Dense(2, 2) if name == "Dense" else LAYERS[name]()
    net = sn.Sequential([layer, sn.Dense(2, 1)])
    if name == "Normalization":
        net.adapt(X)
    net.forward([[secret, 1]] * 50)
    net.backward([[1]] * 50)
    assert struct.pack(">d", secret) not in pickle.dumps(net) + pickle.dumps(net.layers[0])
    assert len(pickle.dumps(net)) < 3000


@pytest.mark.parametrize("name", sorted(initializers.INITIALIZERS))
def test_networks_pickle_with_every_initializer(name):
    net = sn.Sequential([sn.Dense(2, 3, initializer=name)])
    assert pickle.loads(pickle.dumps(net)).predict(X) == net.predict(X)


@pytest.mark.parametrize("make", [initializers.constant, initializers.uniform, initializers.normal])
def test_networks_pickle_with_initializers_that_have_arguments(make):
    net = sn.Sequential([sn.Dense(2, 3, initializer=make(0.5))])
    assert pickle.loads(pickle.dumps(net)).predict(X) == net.predict(X)


@pytest.mark.parametrize("name", sorted(set(LAYERS) - {"Dense"}))
def test_networks_of_every_layer_pickle_after_training(name):
    layer = LAYERS[name]()
    loss = "perceptron" if name == "Threshold" else "mean_squared_error"
    net = sn.Sequential([sn.Dense(2, 2), layer], seed=1)
    net.fit(X, [[0, 1]] * 3, loss, epochs=2)
    assert pickle.loads(pickle.dumps(net)).predict(X) == net.predict(X)


@pytest.mark.parametrize("name", sorted(LOSSES))
def test_losses_pickle(name):
    assert type(pickle.loads(pickle.dumps(LOSSES[name]()))) is LOSSES[name]


# ---- layers in two networks --------------------------------------------------------------------------------------


def test_two_networks_may_share_a_layer():
    """The networks share the parameters; each has its own names for them."""
    net = sn.Sequential([sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 2)], seed=1)
    alone = net.copy()
    head = sn.Sequential(net.layers[2:])
    assert [p.name for p in head.parameters()] == ["0.weights", "0.bias"]
    targets = [[0, 1]] * 3
    for trained in (net, alone):
        trained.fit(X, targets, "mean_squared_error", epochs=5)
    assert values(net) == values(alone)
    assert head.predict([[1, 2]]) == sn.Sequential(alone.layers[2:]).predict([[1, 2]])
    assert [p.name for p in net.parameters()] == ["0.weights", "0.bias", "2.weights", "2.bias"]


def test_a_parameter_of_two_layers_is_refused():
    first, second = sn.Dense(2, 2), sn.Dense(2, 2)
    second.weights = first.weights
    shared = r"^layer 1, Dense\(.*\), shares its parameter 'weights' with another layer; each layer"
    with pytest.raises(ValueError, match=shared):
        sn.Sequential([first, second])


# ---- what a class does not say of itself -------------------------------------------------------------------------


class Times(sn.Layer):
    def __init__(self, factor=1):
        self.factor = factor


class Offset(sn.Loss):
    def __init__(self, *, offset=1):
        self.offset = offset


def test_an_argument_that_a_copy_would_lose_is_refused():
    with pytest.raises(
        TypeError,
        match=r'^Times: __init__ takes factor, which .* must name: arguments = \("factor",\)$',
    ):
        sn.Sequential([Times(3)])
    with pytest.raises(
        TypeError,
        match=r'^Offset: __init__ takes offset, which .* must name: arguments = \("offset",\)$',
    ):
        network().evaluate(X, Y, Offset(offset=3))


class Int64:
    """An integer like NumPy's."""

    def __init__(self, value):
        self.value = value

    def item(self):
        return self.value


def test_the_whole_numbers_of_other_libraries():
    net = sn.Sequential([sn.Dense(Int64(2), Int64(3)), sn.Dense(3, 1)], seed=Int64(7))
    assert (net.inputs, type(net.inputs)) == (2, int)
    options = {"epochs": Int64(2), "batch_size": Int64(2), "patience": Int64(5), "seed": Int64(3)}
    assert len(net.fit(X, Y, "mean_squared_error", **options)) == 2


def test_fit_takes_what_epochs_takes():
    ours, theirs = inspect.signature(sn.Sequential.fit), inspect.signature(sn.epochs)
    assert list(ours.parameters.values())[1:] == list(theirs.parameters.values())[1:]
    options = list(theirs.parameters)
    assert options[-1] == "unknown"  # which is refused
    assert all(f"``{name}``" in sn.epochs.__doc__ for name in options[1:-1])
    # What an error message lists; "unroll" is deprecated.
    assert training.OPTIONS.split(", ") == options[3:-2]
    assert "help(scratchnet.epochs)" in sn.Sequential.fit.__doc__


def test_data_in_place_of_the_network_are_refused():
    with pytest.raises(ValueError, match="^net is .*; give a network$"):
        sn.epochs(X, Y, network(), "mean_squared_error")
