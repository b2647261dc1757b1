"""What people who know other libraries write, Dense with fewer or more parts, and options that are never ignored."""

import io
import warnings
from contextlib import redirect_stdout
from fractions import Fraction

import pytest

import scratchnet as sn

X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


def network(**options):
    return sn.Sequential(
        [sn.Dense(2, 3, activation="tanh", **options), sn.Dense(3, 1, activation="Sigmoid")], seed=7
    )


# ---- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, meant",
    [
        ("mse", "MeanSquaredError"),
        ("MSE", "MeanSquaredError"),
        ("MeanSquaredError", "MeanSquaredError"),
        ("mae", "MeanAbsoluteError"),
        ("bce", "BinaryCrossEntropy"),
        ("BCELoss", "BinaryCrossEntropy"),
        ("binary_crossentropy", "BinaryCrossEntropy"),
        ("cross_entropy", "BinaryCrossEntropy"),
        ("log_loss", "BinaryCrossEntropy"),
        ("Huber", "Huber"),
    ],
)
def test_names_of_losses(given, meant):
    net = network()
    net.fit(X, Y, given, "Adam", epochs=1)
    assert type(net.loss).__name__ == meant


@pytest.mark.parametrize(
    "given", ["cross_entropy", "categorical_crossentropy", "sparse_categorical_crossentropy"]
)
def test_names_of_losses_of_classes(given):
    net = sn.Sequential([sn.Dense(2, 2), sn.Softmax()])
    net.fit(X, Y, given, epochs=1)
    assert type(net.loss) is sn.CategoricalCrossEntropy


@pytest.mark.parametrize(
    "given, nearest",
    [
        ("mean_sqared_error", "; did you mean 'mean_squared_error'?"),
        ("cross_entropy", "; did you mean binary_cross_entropy .after Sigmoid. or"),
        ("squared_error", "; did you mean mean_squared_error or half_squared_error?"),
        ("something else", "squared_error, perceptron$"),
    ],
)
def test_a_name_with_several_meanings_or_none_is_refused_with_the_nearest(given, nearest):
    net = sn.Sequential([sn.Dense(2, 1)])
    message = "^loss '{}' is unknown; give one of: binary.*{}".format(given, nearest)
    with pytest.raises(ValueError, match=message):
        net.fit(X, Y, given)


# ---- a network ---------------------------------------------------------------------------------------------------


def test_a_network_is_called_and_indexed():
    net = network()
    assert net(X) == net.forward(X) == net.predict(X)
    assert net[0] is net.layers[0] and net[-1] is net.layers[-1] and list(net) == net.layers
    net.backward([[1]] * 4)


def test_dense_with_an_activation_is_two_layers():
    net = network()
    layers = [sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()]
    plain = sn.Sequential(layers, seed=7)
    assert repr(net) == repr(plain) and net.predict(X) == plain.predict(X)
    assert repr(sn.Sequential(net.layers[:1])) == "Sequential([Dense(inputs=2, outputs=3)])"


def test_a_dense_with_an_activation_can_be_in_two_networks():
    dense = sn.Dense(2, 2, activation=sn.ReLU())
    nets = [sn.Sequential([dense], seed=3), sn.Sequential([dense, sn.Dense(2, 1)])]
    assert [repr(net.layers[1]) for net in nets] == ["ReLU()", "ReLU()"]
    assert nets[0].layers[0].weights is nets[1].layers[0].weights is dense.weights
    with pytest.raises(ValueError, match="^activation 'rely' is unknown.*did you mean 'ReLU'"):
        sn.Dense(2, 2, activation="rely")


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize("batch_size", [None, 1, 3])
def test_dense_without_a_bias(engine, batch_size):
    """It trains as one whose bias is frozen at 0."""
    plan = dict(loss="bce", optimizer="adam", epochs=9, batch_size=batch_size, engine=engine)
    net, frozen = network(bias=False), network()
    frozen.freeze("0.bias")
    histories = [net.fit(X, Y, **plan), frozen.fit(X, Y, **plan)]
    assert histories[0].loss == pytest.approx(histories[1].loss, rel=1e-12)
    assert [p.name for p in net.parameters()] == ["0.weights", "2.weights", "2.bias"]
    assert repr(net[0]) == "Dense(inputs=2, outputs=3, bias=False)" == repr(net.copy()[0])
    expected = [pytest.approx(row, rel=1e-12) for row in frozen.predict(X)]
    assert net.predict(X) == expected
    assert sn.check_gradients(net, X, Y, "bce").passed


def test_dense_with_a_bias_by_its_name():
    with_bias, plain = network(bias=True), network()
    assert repr(with_bias) == repr(plain) and with_bias.predict(X) == plain.predict(X)


@pytest.mark.parametrize("ending", ["json", "safetensors", "npz", "onnx"])
def test_files(ending, tmp_path):
    path = str(tmp_path / ("model." + ending))
    net = network(bias=False)
    net.fit(X, Y, sn.Huber(0.25, reduction="sum"), epochs=2)
    net.save(path)
    loaded = sn.load_model(path)
    assert repr(loaded) == repr(net) and loaded.predict(X) == net.predict(X)
    assert repr(loaded.loss) == "Huber(delta=0.25, reduction='sum')"
    assert loaded.evaluate(X, Y) == net.evaluate(X, Y)


def test_thresholds_in_files(tmp_path):
    for ending in ("json", "onnx"):
        for options in ({}, {"bipolar": True}, {"strict": True}, {"bipolar": True, "strict": True}):
            net = sn.Sequential([sn.Dense(1, 1, weights=[[1]]), sn.Threshold(0.5, **options)])
            path = str(tmp_path / ("model." + ending))
            net.save(path)
            assert repr(sn.load(path)) == repr(net)
            assert sn.load(path).predict([[0], [0.5], [1]]) == net.predict([[0], [0.5], [1]])


# ---- evaluate ----------------------------------------------------------------------------------------------------


def test_evaluate_remembers_the_loss():
    net = network()
    with pytest.raises(TypeError, match="^loss: None is a NoneType; give a name or loss object$"):
        net.evaluate(X, Y)
    net.fit(X, Y, "bce", epochs=2)
    assert net.evaluate(X, Y) == net.evaluate(X, Y, "bce") == net.copy().evaluate(X, Y)


def test_a_user_defined_loss_is_remembered_but_not_saved(tmp_path):
    class Quartic(sn.Loss):
        def term(self, a, y):
            return (a - y) * (a - y) * (a - y) * (a - y)

        def derivative(self, a, y):
            return 4 * (a - y) * (a - y) * (a - y)

    net = network()
    net.fit(X, Y, Quartic(), epochs=1)
    assert net.evaluate(X, Y) == net.evaluate(X, Y, Quartic())
    net.save(str(tmp_path / "model.json"))
    assert sn.load(str(tmp_path / "model.json")).loss is None


def test_metrics():
    step = [sn.Dense(1, 1, weights=[[1]], bias=[-0.5]), sn.Threshold()]
    found = sn.Sequential(step).evaluate(
        [[0], [1], [1], [0]], [0, 1, 0, 0], "perceptron", metrics=["accuracy", "precision"]
    )
    assert found == {"loss": 0.125, "accuracy": 0.75, "precision": (1 + 1 / 2) / 2}
    classes = sn.Sequential([sn.Dense(2, 2, weights=[[1, 0], [0, 1]]), sn.Softmax()])
    found = classes.evaluate([[2, 0], [0, 2]], [0, 0], "cross_entropy", metrics=["accuracy"])
    assert found["accuracy"] == 0.5
    numbers = sn.Sequential([sn.Dense(1, 1, weights=[[1]])])
    found = numbers.evaluate([[1], [2]], [1, 4], "mse", metrics=["mean_absolute_error", "r2"])
    assert found == {"loss": 2.0, "mean_absolute_error": 1.0, "r2": pytest.approx(1 - 4 / 4.5)}
    with pytest.raises(ValueError, match="^metric 'acuracy' is unknown.*did you mean 'accuracy'"):
        numbers.evaluate([[1]], [1], "mse", metrics=["acuracy"])
    with pytest.raises(ValueError, match="^metric 'accuracy' needs classes; the network ends in D"):
        numbers.evaluate([[1]], [1], "mse", metrics=["accuracy"])


# ---- the history, and verbose ------------------------------------------------------------------------------------


def test_views_of_a_history():
    history = network().fit(X, Y, "bce", epochs=3, validation_data=(X, Y))
    assert history["loss"] == history.loss == history.history["loss"]
    assert history["val_loss"] == history.validation_loss and len(history["learning_rate"]) == 3
    assert [epoch.number for epoch in history] == [1, 2, 3] and history[-1].loss == history.loss[-1]
    assert "val_loss" not in network().fit(X, Y, "bce", epochs=1).history
    with pytest.raises(KeyError):
        history["accuracy"]


@pytest.mark.parametrize("options", [{}, {"validation_data": (X, Y)}, {"engine": "lists"}])
def test_verbose_shows_a_line(options):
    stream = io.StringIO()
    with redirect_stdout(stream):
        history = network().fit(X, Y, "bce", epochs=3, verbose=1, **options)
    expected = "epoch 3/3  loss {:.4g}".format(history.loss[-1])
    if "validation_data" in options:
        expected += "  validation loss {:.4g}".format(history.validation_loss[-1])
    assert stream.getvalue() == expected + "\n"


def test_verbose_updates_its_line_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    with redirect_stdout(Terminal()) as stream:
        for _ in sn.epochs(network(), X, Y, "bce", epochs=2, verbose=1):
            pass
    assert stream.getvalue().startswith("\repoch 1/2  loss ") and stream.getvalue().endswith("\n")


# ---- nothing is ignored in silence -------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["lists", "rows", "steps"])
@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize(
    "name, value", [("learning_rate", 0.25), ("momentum", 0), ("momentum", 0.5)]
)
def test_a_change_of_the_optimizer_acts_from_the_next_epoch_on(name, value, batch_size, engine):
    plan = dict(batch_size=batch_size, shuffle=False, engine=engine)
    start = {"learning_rate": 0.5, "momentum": 0 if value == 0.5 else 0.75}
    optimizer, net = sn.SGD(**start), network()
    losses = []
    for epoch in sn.epochs(net, X, Y, "bce", optimizer, epochs=4, **plan):
        losses.append(epoch.loss)
        if epoch.number == 2:
            setattr(optimizer, name, value)
    expected, twin = by_hand(start, dict(start, **{name: value}), batch_size)
    assert losses == pytest.approx(expected, rel=1e-10)
    assert net.predict(X) == [pytest.approx(row, rel=1e-10) for row in twin.predict(X)]


def by_hand(before, after, batch_size):
    """Return the losses of two epochs with each setting, and the network, from the textbook's rule."""
    net, losses = network(), []
    velocity = [[[0.0] * len(row) for row in p.rows] for p in net.parameters()]
    for settings in (before, before, after, after):
        mean = 0
        for start in range(0, 4, batch_size):
            part = slice(start, start + batch_size)
            loss, _ = net.gradients(X[part], Y[part], "bce")
            mean += loss * batch_size / 4
            for p, speeds in zip(net.parameters(), velocity):
                rows = []
                for i, (row, gradients) in enumerate(zip(p.rows, p.gradient_rows)):
                    speeds[i] = [settings["momentum"] * v + g for v, g in zip(speeds[i], gradients)]
                    rows.append([w - settings["learning_rate"] * v for w, v in zip(row, speeds[i])])
                p.rows = rows
            if not settings["momentum"]:
                velocity = [[[0.0] * len(row) for row in p.rows] for p in net.parameters()]
        losses.append(mean)
    return losses, net


def test_a_change_that_is_wrong_is_refused():
    optimizer = sn.SGD(Fraction(1, 2))
    net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1)]])])
    epochs = sn.epochs(net, [[1]], [[2]], "mse", optimizer, epochs=3)
    next(epochs)
    optimizer.learning_rate = 0.25
    with pytest.raises(TypeError, match="^SGD: learning_rate: 0.25 is a float, but this network"):
        next(epochs)


def test_a_softmax_of_one_output_warns():
    net = sn.Sequential([sn.Dense(2, 1), sn.Softmax()])
    with pytest.warns(UserWarning, match="^Softmax of a single output is always 1; end the") as w:
        net.fit(X, Y, "mse", epochs=1)
    assert w[0].filename == __file__


def test_a_shuffle_without_effect_warns():
    with pytest.warns(
        UserWarning, match="^shuffle has no effect, because one batch holds all"
    ) as w:
        network().fit(X, Y, "bce", shuffle=True, epochs=1)
    assert w[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        network().fit(X, Y, "bce", shuffle=True, batch_size=2, epochs=1)
        network().fit(X, Y, "bce", epochs=1)
