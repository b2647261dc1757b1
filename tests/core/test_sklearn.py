"""Whole training runs against scikit-learn's multi-layer perceptrons: a second oracle, written by others.

Both start from the same parameters and go through the samples in the same order, for 50 epochs, without ever being
brought together again; every epoch's loss and the parameters at the end agree to 1e-9, relative to the largest number
of the array. How the two say the same thing:

    scikit-learn                              scratchnet
    coefs_, intercepts_                       the weights and biases of the Dense layers
    logistic output, log_loss                 Sigmoid, binary_cross_entropy
    softmax output, log_loss                  Softmax, categorical_cross_entropy
    identity output, squared_error            half_squared_error; but of several outputs they report the mean and train
                                              on the sum, as half_squared_error does
    alpha/2 sum W^2 / (samples of a batch)    l2 = alpha / (samples of a batch)
    step along m^/(sqrt v^ + e/sqrt(1-b2^t))  m^/(sqrt v^ + e): one in the limit e -> 0, so e is tiny here
"""

import pytest

import scratchnet as sn

np = pytest.importorskip("numpy")
neural_network = pytest.importorskip("sklearn.neural_network")

EPOCHS = 50
TINY = 1e-30

OPTIMIZERS = {
    "sgd": (sn.SGD(0.2), dict(solver="sgd", learning_rate_init=0.2, momentum=0)),
    "momentum": (
        sn.SGD(0.05, momentum=0.8),
        dict(learning_rate_init=0.05, momentum=0.8, nesterovs_momentum=False),
    ),
    "nesterov": (
        sn.SGD(0.05, momentum=0.8, nesterov=True),
        dict(learning_rate_init=0.05, momentum=0.8),
    ),
    "adam": (
        sn.Adam(0.01, epsilon=TINY),
        dict(solver="adam", learning_rate_init=0.01, epsilon=TINY),
    ),
    "adam, other betas": (
        sn.Adam(0.01, beta1=0.7, beta2=0.9, epsilon=TINY),
        dict(solver="adam", learning_rate_init=0.01, beta_1=0.7, beta_2=0.9, epsilon=TINY),
    ),
}
HIDDEN = {"logistic": sn.Sigmoid, "tanh": sn.Tanh, "relu": sn.ReLU, "identity": sn.Identity}


def samples(task, rng):
    """X, and Y as both need it: flat, unless there are several outputs."""
    X = rng.normal(size=(12, 3))
    outputs = {"two outputs": 2, "multiclass": 3}.get(task, 1)
    scores = np.sin(X @ rng.normal(size=(3, outputs))) + 0.3 * rng.normal(size=(12, outputs))
    if task == "binary":
        return X, (scores[:, 0] > 0).astype(int)
    if task == "multiclass":
        return X, np.concatenate([[0, 1, 2], scores[3:].argmax(axis=1)])  # each class at least once
    return X, scores if outputs > 1 else scores[:, 0]


def oracle(task, activation, options, alpha, batch_size, X, Y, sample_weight=None):
    """Their perceptron, its first parameters, and its losses over EPOCHS epochs."""
    kind = (
        neural_network.MLPClassifier
        if task in ("binary", "multiclass")
        else neural_network.MLPRegressor
    )
    given = dict(
        solver="sgd",
        activation=activation,
        alpha=alpha,
        batch_size=batch_size,
        hidden_layer_sizes=(4, 3),
    )
    given.update(
        options,
        shuffle=False,
        max_iter=1,
        n_iter_no_change=10 * EPOCHS,
        random_state=5,
        warm_start=True,
    )
    theirs = kind(**given)
    weighted = {} if sample_weight is None else {"sample_weight": sample_weight}
    theirs.fit(
        X, Y, **weighted
    )  # an epoch that only draws the parameters: the run proper goes on from these
    start = [(W.copy(), b.copy()) for W, b in zip(theirs.coefs_, theirs.intercepts_)]
    theirs.set_params(max_iter=EPOCHS).fit(X, Y, **weighted)
    return theirs, start, theirs.loss_curve_[1:]


def same_network(task, activation, l2, start):
    layers = []
    for W, b in start:
        layers += [sn.Dense(*W.shape, weights=W, bias=b, l2=l2), HIDDEN[activation]()]
    layers[-1] = {"binary": sn.Sigmoid(), "multiclass": sn.Softmax()}.get(task, sn.Identity())
    return sn.Sequential(layers)


LOSSES = {"binary": "binary_cross_entropy", "multiclass": "categorical_cross_entropy"}


def agree(a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    assert a.shape == b.shape
    assert np.abs(a - b).max() <= 1e-9 * np.abs(b).max()


@pytest.mark.filterwarnings(
    "ignore:Stochastic Optimizer"
)  # which has not converged: nor is it meant to
@pytest.mark.parametrize(
    "alpha, batch_size", [(0.3, 12), (0.3, 4), (0, 5)]
)  # 5 leaves a batch of 2 at the end
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("task", ["binary", "multiclass", "one output", "two outputs"])
def test_trajectory(task, activation, optimizer, alpha, batch_size):
    ours, options = OPTIMIZERS[optimizer]
    if task == "two outputs":
        alpha = 0  # their reported loss mixes the mean over the outputs with the whole penalty
    X, Y = samples(task, np.random.default_rng(1))
    theirs, start, losses = oracle(task, activation, options, alpha, batch_size, X, Y)
    net = same_network(task, activation, alpha / batch_size, start)
    given = dict(optimizer=ours, epochs=EPOCHS, batch_size=batch_size, shuffle=False)
    history = net.fit(X, Y, LOSSES.get(task, "half_squared_error"), **given)
    assert len(losses) == EPOCHS
    assert (
        max(np.abs(W - V).max() for W, (V, _) in zip(theirs.coefs_, start)) > 0.01
    )  # something was learnt
    agree(np.array(history.loss) / (2 if task == "two outputs" else 1), losses)
    for parameter, array in zip(
        net.parameters(), sum([[W, b] for W, b in zip(theirs.coefs_, theirs.intercepts_)], [])
    ):
        agree(parameter.value, array)
    agree(net.predict(X), _outputs(theirs, task, X))


def _outputs(theirs, task, X):
    if task == "binary":
        return theirs.predict_proba(X)[:, 1:]
    return (
        theirs.predict_proba(X) if task == "multiclass" else theirs.predict(X).reshape(len(X), -1)
    )


@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
@pytest.mark.parametrize("task", ["binary", "multiclass", "one output"])
def test_sample_weights(task):
    X, Y = samples(task, np.random.default_rng(2))
    weights = np.random.default_rng(3).uniform(0.1, 3, len(X))
    try:
        theirs, start, losses = oracle(task, "tanh", OPTIMIZERS["sgd"][1], 0.3, 12, X, Y, weights)
    except TypeError:
        pytest.skip("sample weights came with scikit-learn 1.7")
    net = same_network(task, "tanh", 0.3 / weights.sum(), start)
    given = dict(optimizer=sn.SGD(0.2), epochs=EPOCHS, shuffle=False, sample_weight=weights)
    history = net.fit(X, Y, LOSSES.get(task, "half_squared_error"), **given)
    agree(history.loss, losses)
    agree(net.parameters()[0].value, theirs.coefs_[0])
