"""scratchnet against NumPy: random networks and data through both, which agree to 1e-12.

That is 1e-12 of the largest number of the array compared. Over the steps of a training both start each step from the
same parameters and the same memory of the optimizer. Everything runs once on each kernel.
"""

import math

import pytest
from crosscheck import (
    RNG,
    SMOOTH,
    TARGETS,
    Arrays,
    Lists,
    TappedReference,
    activations_of,
    agree,
    agree_all,
    flattened,
    loss_of,
    reference,
    reference_optimizer,
    schedule_of,
)
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.core import schedules

np = pytest.importorskip("numpy")
pytestmark = pytest.mark.usefixtures("both_kernels")


# ---- random networks through both --------------------------------------------------------------------------------


KINDS = [(kind, {}) for kind in SMOOTH] + [
    ("LeakyReLU", {"slope": 0.25}),
    ("ELU", {"alpha": 0.5}),
    ("GELU", {"approximate": "tanh"}),
]
ENDINGS = {  # what the network may end in, after the last Dense
    "binary_cross_entropy": [activations_of("Sigmoid"), activations_of("Sigmoid", "Identity")],
    "categorical_cross_entropy": [activations_of("Softmax"), activations_of("Softmax", "Identity")],
    "perceptron": [
        activations_of("Threshold"),
        activations_of("Sigmoid", "Threshold"),
        [("Threshold", {"threshold": 0.25})],
        [("Sigmoid", {}), ("Threshold", {"threshold": 0.75, "strict": True})],
        [("Threshold", {"threshold": 1, "bipolar": True, "strict": True})],
    ],
}
ANY_ENDING = [[]] + [[kind] for kind in KINDS]


class Problem:
    """A network, samples, targets, a loss, and the samples' weights."""

    def __init__(self, layers, X, Y, loss, options, weights):
        self.layers, self.X, self.Y, self.loss, self.options, self.weights = (
            layers,
            X,
            Y,
            loss,
            options,
            weights,
        )

    def __repr__(self):
        return repr(vars(self))

    def answers(self, implementation):
        """Return the output, the loss, its gradient in X, and the gradients of the parameters."""
        net = implementation(self.layers)
        return [net.forward(self.X)] + flattened(
            net.loss(self.X, self.Y, self.loss, self.weights, **self.options)
        )

    def is_determined(self):
        """Return whether the data determine the answers: not if a sum cancels, or next to a kink or threshold."""
        answers = self.answers(Arrays)
        if (self.loss, self.layers[-1][0]) in reference.FROM_LOGITS and np.abs(
            answers[0] - self.Y
        ).max() < 0.004:
            return False  # the pairs' slope is yhat - y, which is as exact as yhat is: to a digit of 1, not of itself
        return hardly_differ(answers, self.answers(Shaken))


def hardly_differ(answers, shaken):
    """Return whether changes of 1e-14 in the data changed the answers by less than 3e-12."""
    return all((np.abs(a - b) <= 3e-12 * np.abs(a).max()).all() for a, b in zip(answers, shaken))


class Shake:
    """Changes every number in its last digits, except an exact 0."""

    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def __call__(self, array):
        return array * (1 + 1e-14 * self.rng.normal(size=np.shape(array)))


class Shaken(Arrays):
    """The reference with all data, and every gradient on the way back, changed in the last digits."""

    def __init__(self, layers):
        self.net = ShakenReference(layers)
        self.net.parameters = [self.net.shake(array) for array in self.net.parameters]


class ShakenReference(TappedReference):
    def __init__(self, layers):
        super().__init__(layers)
        self.shake = Shake()

    def run(self, X):
        values, ways_back = super().run(self.shake(X))
        return values, [self.shaken(kind, back) for (kind, _), back in zip(self.layers, ways_back)]

    def shaken(self, kind, back):
        def shaken_back(d):
            d = self.shake(d)
            slope, own = back(d)
            # a (1 - a) and 1 - a a, the textbooks' slopes, are likewise exact to a digit of 1.
            return slope if kind in reference.OWN else slope + (self.shake(d) - d), own

        return shaken_back


@st.composite
def problems(draw, sizes=60):
    """1 to 4 Dense layers of any widths, any layers between them, and data of any size.

    Weights are as large as what arrives is small, as they would be after an initializer and some training; a network
    that is not, saturates, and is compared in test_activations_over_their_range.
    """
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    whole = draw(
        st.booleans()
    )  # halves and wholes are often 0, and sums of them often exactly at a kink

    def numbers(*shape):
        array = rng.normal(size=shape)
        return np.round(2 * array) / 2 if whole else array

    loss = draw(st.sampled_from(sorted(reference.LOSSES) + ["perceptron"]))
    samples = draw(st.integers(1, 6))
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=5))
    X = numbers(samples, widths[0]) * 2.0 ** draw(st.integers(-sizes, sizes))
    layers = []
    if draw(st.booleans()):
        spread = X.std(axis=0)
        layers.append(
            ("Normalization", {"mean": X.mean(axis=0), "spread": np.where(spread > 0, spread, 1)})
        )
    for k in range(len(widths) - 1):
        if k:
            layers.append(draw(st.sampled_from(KINDS)))
            if draw(st.booleans()):
                layers.append(("Dropout", {"rate": draw(st.sampled_from([0, 0.25, 0.9]))}))
        size = _size(reference.Reference(layers).forward(X)) * 2.0 ** round(
            math.log2(widths[k]) / 2
        )
        options = {
            "weights": numbers(widths[k], widths[k + 1]) / size,
            "bias": numbers(widths[k + 1]),
        }
        penalties = {
            "l1": draw(st.sampled_from([0, 0.01])) * size,
            "l2": draw(st.sampled_from([0, 0.1])) * size**2,
        }
        layers.append(("Dense", dict(options, **penalties)))
    layers = layers + draw(st.sampled_from(ENDINGS.get(loss, ANY_ENDING)))
    A = reference.Reference(layers).forward(X)
    if loss == "categorical_cross_entropy":
        assume(A.shape[1] > 1)
        Y = np.eye(A.shape[1])[rng.integers(A.shape[1], size=samples)]
        if draw(st.booleans()):
            Y = (Y + 1) / (A.shape[1] + 1)
    elif loss == "hinge":
        Y = rng.choice([-1, 1], A.shape)
    elif loss == "perceptron":
        Y = rng.choice([-1 if layers[-1][1].get("bipolar") else 0, 1], A.shape)
    elif loss == "binary_cross_entropy" and draw(st.booleans()):
        Y = rng.choice([0, 1], A.shape)
    elif loss == "binary_cross_entropy":
        Y = rng.uniform(size=A.shape)
    else:
        Y = numbers(*A.shape) * _size(A)
    options = {"delta": draw(st.sampled_from([0.5, 1, 3]))} if loss == "huber" else {}
    options["reduction"] = draw(st.sampled_from([None, None, "mean", "batchmean", "sum"]))
    weights = draw(st.sampled_from([None, rng.integers(0, 4, samples), rng.uniform(size=samples)]))
    assume(weights is None or weights.any())
    return Problem(layers, X, Y, loss, options, weights)


def _size(array):
    """Return the power of two next to the typical size of the array's numbers."""
    square = np.mean(array**2)
    return 2.0 ** round(math.log2(square) / 2) if square else 1.0


@given(problems())
def test_networks(problem):
    assume(problem.is_determined())
    agree_all(problem.answers(Lists), problem.answers(Arrays))


@pytest.mark.parametrize("size", [1e-8, 1e-2, 1, 5, 40, 1e4])
@pytest.mark.parametrize("kind, options", KINDS)
def test_activations_over_their_range(kind, options, size):
    """Where they saturate too: in one array, for a slope such as 1 - a a is exact to a digit of 1, not of itself."""
    Z = size * np.concatenate([np.linspace(-1, 1, 101), RNG.normal(size=99)]).reshape(40, 5)
    Z[0] /= size  # one row that does not
    slopes = np.cos(np.arange(200)).reshape(40, 5)
    ours, theirs = Lists([(kind, options)]), Arrays([(kind, options)])
    agree(ours.forward(Z), theirs.forward(Z))
    agree(ours.backward(Z, slopes)[0], theirs.backward(Z, slopes)[0])


@pytest.mark.parametrize("size", [1e-8, 1, 40, 1e4])
@pytest.mark.parametrize("loss, kind", sorted(reference.FROM_LOGITS))
def test_cross_entropies_of_any_logits(loss, kind, size):
    Z, Y = size * RNG.normal(size=(40, 4)), np.tile(TARGETS[loss], (8, 1))
    agree_all(
        flattened(Lists(activations_of(kind)).loss(Z, Y, loss)),
        flattened(Arrays(activations_of(kind)).loss(Z, Y, loss)),
    )


# ---- training, step by step --------------------------------------------------------------------------------------


SCHEDULED = [
    ("StepDecay", 0.1, 3, 0.5),
    ("ExponentialDecay", 0.1, 0.9),
    ("WarmUp", 4, ("CosineDecay", 0.1, 6, 0.01)),
]
COMMON = {
    "learning_rate": [0.01, 0.1] + SCHEDULED,
    "weight_decay": [0, 0.1],
    "clip_norm": [None, 0.01, 1],
}
MOMENTS = {"beta1": [0.9, 0.5, 0], "beta2": [0.999, 0.5], "epsilon": [1e-8, 0.1]}
OPTIONS = {
    "SGD": {"momentum": [0, 0.5, 0.9], "nesterov": [False, True]},
    "Adagrad": {"epsilon": [1e-10, 0.1]},
    "RMSprop": {"alpha": [0.99, 0.5, 0], "epsilon": [1e-8, 0.1]},
    "Adam": MOMENTS,
    "AdamW": MOMENTS,
}


def _memory(optimizer, parameters):
    """Return the optimizer's memory of each parameter, one array per number that a weight has."""
    states = optimizer.states or {
        p.name: np.zeros(np.shape(p.rows) + (optimizer.memory,)) for p in parameters
    }
    arrays = [np.array(states[p.name]).reshape(np.shape(p.value) + (-1,)) for p in parameters]
    return [[array[..., k] for array in arrays] for k in range(optimizer.memory)]


def _stepped(kind, options, t, arrays, gradients, memory, shake=np.array):
    """Return the arrays and then the optimizer's memory after step t of the reference."""
    shadow = reference_optimizer(kind, options)
    shadow.state["step"] = t
    for name, remembered in zip(shadow.memory, memory):
        shadow.state[name] = [shake(array) for array in remembered]
    arrays = [shake(array) for array in arrays]
    shadow.step(arrays, [shake(gradient) for gradient in gradients])
    return arrays + [
        array for name, _ in zip(shadow.memory, memory) for array in shadow.state[name]
    ]


def _as_it_is(layers, net):
    """Return the layers with their current parameters and the masks of the last step."""
    for (kind, options), layer in zip(layers, net.layers[1:]):
        now = {p.role: p.value for p in layer.parameters()}
        if kind == "Dropout":
            now["mask"] = layer.mask
        yield kind, dict(options, **now)


@pytest.mark.parametrize("kind", sorted(OPTIONS))
@settings(max_examples=settings.default.max_examples // 2)
@given(data=st.data())
def test_training(kind, data):
    """Before each step of the optimizer the reference is given all that scratchnet has; then both take the step.

    The optimizers are given the same gradients: Adam's division by the gradient's own size would turn the last digit
    of one that nearly cancels into the first digit of a step.
    """
    problem = data.draw(problems(sizes=2))
    options = {
        name: data.draw(st.sampled_from(values))
        for name, values in dict(COMMON, **OPTIONS[kind]).items()
    }
    if not options.get("momentum", True):
        options["nesterov"] = False
    ours, losses = Lists(problem.layers), []
    weights = np.ones(len(problem.X)) if problem.weights is None else problem.weights
    kept = np.flatnonzero(weights)
    size = data.draw(st.integers(1, len(kept)))
    batches = [kept[start : start + size] for start in range(0, len(kept), size)]

    class Followed(getattr(sn, kind)):
        def step(self, parameters):
            batch = batches[self.t % len(batches)]
            layers = list(_as_it_is(problem.layers, ours.net))
            now = Problem(
                layers,
                problem.X[batch],
                problem.Y[batch],
                problem.loss,
                dict(problem.options, mean_weight=weights[kept].mean()),
                weights[batch],
            )
            assume(now.is_determined())
            value, _, *gradients = now.answers(Arrays)[1:]
            losses.append(value)
            learning = [p for p in parameters if not p.frozen]
            agree_all(
                [p.gradient for p in learning],
                [g for p, g in zip(parameters, gradients) if not p.frozen],
            )
            before = (
                [p.value for p in learning],
                [p.gradient for p in learning],
                _memory(self, learning),
            )
            theirs = _stepped(kind, options, self.t, *before)
            for seed in range(
                4
            ):  # one shake alone may hardly change the two numbers that cancel in w - step
                assume(hardly_differ(theirs, _stepped(kind, options, self.t, *before, Shake(seed))))
            super().step(parameters)
            agree_all([p.value for p in learning] + sum(_memory(self, learning), []), theirs)

    followed = Followed(
        **dict(options, learning_rate=schedule_of(options["learning_rate"], vars(schedules)))
    )
    loss = loss_of(problem.loss, **problem.options)
    plan = dict(
        optimizer=followed, epochs=3, batch_size=size, shuffle=False, sample_weight=problem.weights
    )
    history = ours.net.fit(problem.X, problem.Y, loss, **plan)
    losses = np.array(losses).reshape(3, len(batches))
    if problem.options["reduction"] == "sum":
        agree(history.loss, losses.sum(axis=1))
    else:
        agree(history.loss, np.average(losses, axis=1, weights=[len(batch) for batch in batches]))


def test_masks_leave_out_as_many_as_they_should():
    """Of 10,000 numbers the share left out is within 0.0388 of the rate: Hoeffding's bound, wrong once in 10^13."""
    layer = sn.Dropout(0.3)
    layer.generator = sn.Generator(7)
    A = np.array(layer.forward(np.ones((100, 100)).tolist()))
    assert abs((A == 0).mean() - 0.3) < 0.0388
    agree(A[A != 0], np.full((A != 0).sum(), 1 / 0.7))
    agree(layer.mask, A * 0.7)


@pytest.mark.parametrize("size", [1e-100, 1, 1e100])
def test_adapt(size):
    data = size * np.column_stack(
        [RNG.normal(size=50), 1000 + RNG.normal(size=50), np.full(50, 0.1)]
    )
    layer = sn.Normalization()
    layer.adapt(data.tolist())
    agree(layer.mean.value, data.mean(axis=0))
    agree(
        layer.spread.value[:2], data.std(axis=0)[:2], 1e-10
    )  # of the second column 1000 is taken off
    assert layer.spread.value[2] == 1
