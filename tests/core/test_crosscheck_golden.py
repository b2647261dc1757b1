"""The article's program, the elementary functions and the selftest's golden numbers against NumPy."""

import pytest
from crosscheck import ELEMENTARY, PAIRS, SMOOTH, Arrays, Draws, activations_of, agree, reference

import scratchnet as sn
from scratchnet import functions, initializers
from scratchnet.lessons import and_gate
from scratchnet.selftest import cases, golden

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.usefixtures("both_kernels")


# ---- the article -------------------------------------------------------------------------------------------------


def test_the_article():
    """The lesson, at each of the 1000 iterations."""
    steps = list(zip(and_gate.train(), reference.article()))
    assert len(steps) == 1000
    for ours, (W, b, z, s, y_pred, dW, db) in steps:
        agree(ours["z"], z)
        agree(ours["s"], s)
        assert ours["y_pred"] == y_pred.tolist()
        assert ours["error"] == (y_pred - and_gate.Y).tolist()
        assert (ours["dW"], ours["db"]) == (dW.tolist(), db)
        agree(ours["W"], W)
        agree(ours["b"], b)


def test_the_article_as_a_network():
    """The same neuron as layers, one sample per row, at each of the 1000 iterations."""
    steps = reference.article()

    class Followed(sn.SGD):
        def step(self, parameters):
            W, b, z, s, y_pred, dW, db = next(steps)
            weights, bias = parameters
            _, sigmoid, threshold = net.layers
            agree(np.transpose(sigmoid.Z), z)
            agree(np.transpose(sigmoid.A), s)
            assert np.transpose(threshold.A).tolist() == y_pred.tolist()
            assert (weights.gradient, bias.gradient) == (dW.tolist(), [db])
            super().step(parameters)
            agree(weights.value, W)
            agree(bias.value, [b])

    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    X, Y = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]
    net.fit(
        X, Y, loss="perceptron", optimizer=Followed(0.1), epochs=1000, shuffle=False, engine="lists"
    )
    assert next(steps, None) is None


# ---- the elementary functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name, theirs, points", ELEMENTARY)
def test_elementary_functions(name, theirs, points):
    """Each number, to 10 units in the last place."""
    points = points[points > -1] if name == "log1p" else points
    np.testing.assert_allclose(
        [getattr(functions, name)(x) for x in points.tolist()], theirs(points), rtol=2.2e-15
    )


# ---- the golden numbers of the selftest --------------------------------------------------------------------------


def _answers():
    """Return what the reference gives for each case of the selftest."""
    numbers = {}
    for name, function, _ in ELEMENTARY[:8]:
        numbers[name] = function(
            np.array(cases.POSITIVE if name in ("log", "log1p", "sqrt") else cases.POINTS)
        )
    draws = Draws(7)
    numbers["random"] = [draws.uniform(), draws.uniform(-1, 1), draws.normal()] + draws.permutation(
        5
    )
    for name in initializers.INITIALIZERS:
        numbers[name] = Draws(7).initial(name, 2, 3)
    numbers.update(_answers_of_layers())
    numbers.update(_answers_of_losses())
    gradients = [[[1, -1 / 3, 4]], [[-1 / 7, 2, 0]], [[1 / 9, 1 / 9, -1]]]
    for optimizer in cases.optimizers_in_cases():
        kind, options = type(optimizer).__name__, optimizer.config()
        numbers[repr(optimizer)] = list(Arrays.descend(kind, options, [[1, -2, 1 / 2]], gradients))
    decay = ("ExponentialDecay", 0.5, 0.9)
    for schedule in [
        ("StepDecay", 0.5, 2, 0.1),
        decay,
        ("CosineDecay", 0.5, 5),
        ("WarmUp", 3, decay),
    ]:
        numbers[schedule[0]] = Arrays.rates(schedule, 6)
    numbers["training"] = _answers_of_training()
    return numbers


def _answers_of_layers():
    Z, dA = np.array(cases.Z), np.array(cases.GRADIENTS)
    weights = np.array([[1 / 2, -1 / 3], [2, 1 / 7], [-1, 0], [1 / 5, 3]])
    draws = Draws(7)
    mask = [[draws.uniform() >= 0.25 for _ in row] for row in Z]
    layers = {kind: (kind, {}) for kind in SMOOTH}
    layers["GELU, tanh"] = ("GELU", {"approximate": "tanh"})
    layers["Dropout"] = ("Dropout", {"rate": 0.25, "mask": mask})
    layers["Normalization"] = ("Normalization", {"mean": Z.mean(axis=0), "spread": Z.std(axis=0)})
    layers["Dense"] = ("Dense", {"weights": weights, "bias": [1, -1 / 3]})
    numbers = {}
    for name, layer in layers.items():
        A = Arrays([layer]).forward(Z)
        dZ, gradients = Arrays([layer]).backward(Z, dA[:, : A.shape[1]])
        numbers[name] = [A, dZ] + gradients
    numbers["Dense"][2] = numbers["Dense"][2] + np.sign(weights) / 100 + weights / 10  # penalties
    numbers["Threshold"] = (Z >= 0).astype(float)
    return numbers


def _answers_of_losses():
    Z, shares, numbers = np.array(cases.Z), np.array(cases.SHARES), {}
    for loss in reference.LOSSES:
        Y = np.array([[1, -1, -1, 1], [-1, 1, 1, -1]] if loss == "hinge" else [[0, 1, 0, 0]] * 2)
        A = shares if "entropy" in loss else Z
        numbers[loss] = _with_and_without_weights("Identity", A, Y, loss)
    for loss, kinds, *_ in PAIRS:
        Y = [[0, 1, 0, 0], [1, 0, 0, 0]]
        numbers[loss + ", paired"] = _with_and_without_weights(kinds[-1], Z, Y, loss)
    return numbers


def _with_and_without_weights(activation, Z, Y, loss):
    """Return value and gradient of a loss, without weights and with them."""
    net = Arrays(activations_of(activation))
    answers = [net.loss(Z, Y, loss, weights)[:2] for weights in (None, [1 / 3, 2])]
    return sum(map(list, answers), [])


def _answers_of_training():
    X, Y = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]]), np.array([[0, 1, 1, 0, 1]]).T
    start, draws, batches = Draws(7), Draws(Draws(3).bits()), []
    net = reference.Reference(
        [
            ("Normalization", {"mean": X.mean(axis=0), "spread": X.std(axis=0)}),
            ("Dense", {"weights": start.initial("glorot_uniform", 2, 3), "bias": [0, 0, 0]}),
            ("Tanh", {}),
            ("Dense", {"weights": start.initial("glorot_uniform", 3, 1), "bias": [0]}),
            ("Sigmoid", {}),
        ]
    )
    optimizer, losses = reference.Adam(0.1), []
    for _ in range(5):
        order = draws.permutation(5)
        batches = [order[:2], order[2:4], order[4:]]
        values = []
        for batch in batches:
            value, gradients = net.gradients(X[batch], Y[batch], "binary_cross_entropy")
            optimizer.step(net.parameters[2:], gradients[2:])
            values.append(value)
        losses.append(np.average(values, weights=[2, 2, 1]))
    return losses + net.parameters + [net.forward([[1, 2]])]


def _flat_numbers(answers):
    return np.concatenate(
        [_flat_numbers(a) if isinstance(a, list) else np.ravel(a) for a in answers]
    )


def test_golden_numbers():
    answers = _answers()
    assert set(answers) == set(golden.GOLDEN) == {name for name, _ in cases.all_cases()}
    for name, numbers in answers.items():
        agree(golden.from_bits(golden.GOLDEN[name]), _flat_numbers(numbers))
