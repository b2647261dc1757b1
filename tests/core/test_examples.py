"""Published worked examples, each with its source, through the public API.

``printed("0.75136507")`` stands for a number as a source prints it, which may be wrong by half a unit of its last digit.
"""

from decimal import Decimal
from fractions import Fraction as F

import pytest

import scratchnet as sn
from scratchnet.core.functions import maximum, power
from scratchnet.scalars import Dual

GATE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def printed(text, units=0.5):
    """Return the number that a source prints as ``text``, to so many units of the last digit; for several numbers a row."""
    if " " in text:
        return [printed(word, units) for word in text.split()]
    return pytest.approx(float(text), rel=0, abs=units * 10.0 ** Decimal(text).as_tuple().exponent)


def values(net):
    return [parameter.value for parameter in net.parameters()]


def one_weight(start):
    """Return a weight with the loss w²/2, whose derivative is the weight itself."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[start]], bias=[0])])
    net.freeze("0.bias")
    return net


def step(net, optimizer, epochs=1):
    """Return the weight after so many steps on the loss w²/2."""
    net.fit([[1]], [0], "half_squared_error", optimizer=optimizer, epochs=epochs)
    return values(net)[0][0][0]


# ---- whole networks ----------------------------------------------------------------------------------------------


def mazur():
    net = sn.Sequential(
        [
            sn.Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35]),
            sn.Sigmoid(),
            sn.Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60]),
            sn.Sigmoid(),
        ]
    )
    net.freeze("0.bias", "2.bias")
    return net, [[0.05, 0.10]], [[0.01, 0.99]]


def test_mazur():
    """Matt Mazur, "A Step by Step Backpropagation Example" (2015), mattmazur.com."""
    net, X, Y = mazur()
    assert net.predict(X) == [printed("0.75136507 0.772928465")]
    value, (dW1, _, dW2, _) = net.gradients(X, Y, "half_squared_error")
    assert value == printed("0.298371109")
    assert dW2[0][0] == printed("0.082167041") and dW1[0][0] == printed("0.000438568")
    net.fit(X, Y, "half_squared_error", optimizer=sn.SGD(0.5), epochs=1)
    W1, b1, W2, b2 = values(net)
    assert W1 == [printed("0.149780716 0.24975114"), printed("0.19956143 0.29950229")]
    assert W2 == [printed("0.35891648 0.511301270"), printed("0.408666186 0.561370121")]
    assert (b1, b2) == ([0.35, 0.35], [0.60, 0.60])


def test_mazur_ten_thousand_times():
    """Ibid.: "after repeating this process 10,000 times, for example, the error plummets to 0.0000351085"."""
    net, X, Y = mazur()
    history = net.fit(X, Y, "half_squared_error", optimizer=sn.SGD(0.5), epochs=10000)
    assert history.loss[-1] == printed("0.0000351085")


def test_zhou():
    """Victor Zhou, "Machine Learning for Beginners: An Introduction to Neural Networks" (2019), victorzhou.com."""
    neuron = sn.Sequential([sn.Dense(2, 1, weights=[[0], [1]], bias=[4]), sn.Sigmoid()])
    assert neuron.predict([[2, 3]]) == [[printed("0.9990889488055994", units=2)]]

    hidden, output = sn.Dense(2, 2, weights=[[0, 0], [1, 1]]), sn.Dense(2, 1, weights=[[0], [1]])
    net = sn.Sequential([hidden, sn.Sigmoid(), output, sn.Sigmoid()])
    assert net.predict([[2, 3]]) == [[printed("0.7216325609518421", units=2)]]

    hidden, output = sn.Dense(2, 2, weights=[[1, 1], [1, 1]]), sn.Dense(2, 1, weights=[[1], [1]])
    net = sn.Sequential([hidden, sn.Sigmoid(), output, sn.Sigmoid()])
    assert net.predict([[-2, -1]]) == [[printed("0.524")]]
    _, gradients = net.gradients([[-2, -1]], [1], "mean_squared_error")
    assert gradients[0][0][0] == printed(
        "0.0214", units=1
    )  # the product of numbers already rounded


def test_karpathy_neuron():
    """Andrej Karpathy, "The spelled-out intro to neural networks and backpropagation" (2022), the neuron with tanh."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[-3], [1]], bias=[6.8813735870195432]), sn.Tanh()])
    assert net.forward([[2, 0]]) == [[printed("0.7071")]]
    assert net.backward([[1]]) == [printed("-1.5000 0.5000")]
    weights, bias = net.parameters()
    assert [w for (w,) in weights.gradient] == printed("1.0000 0.0000")
    assert bias.gradient == [printed("0.5000")]


def test_cs231n_neuron():
    """Stanford CS231n, notes "Backpropagation, Intuitions": the sigmoid example, green and red numbers."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [-3]], bias=[-3]), sn.Sigmoid()])
    assert net.forward([[-1, -2]]) == [[printed("0.73")]]
    assert net.backward([[1]]) == [printed("0.39 -0.59")]
    weights, bias = net.parameters()
    assert [w for (w,) in weights.gradient] + bias.gradient == printed("-0.20 -0.39 0.20")


def test_cs231n_softmax():
    """Stanford CS231n, notes "Linear Classification": SVM and softmax of one image of four pixels."""
    weights = [[0.01, 0.7, 0.0], [-0.05, 0.2, -0.45], [0.1, 0.05, -0.2], [0.05, 0.16, 0.03]]
    scores = sn.Dense(4, 3, weights=weights, bias=[0.0, 0.2, -0.3])
    net, x = sn.Sequential([scores, sn.Softmax()]), [[-15, 22, -44, 56]]
    assert scores.forward(x) == [printed("-2.85 0.86 0.28")]
    assert net.predict(x) == [printed("0.016 0.631 0.353", units=1)]  # the figure rounds on the way
    assert net.evaluate(x, [2], "categorical_cross_entropy") == printed("1.04")


# ---- gates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [float, F])
def test_goodfellow_xor(number):
    """Goodfellow, Bengio & Courville, "Deep Learning" (2016), section 6.1: exactly, at each layer."""
    hidden, output = (
        sn.Dense(2, 2, weights=[[1, 1], [1, 1]], bias=[0, -1]),
        sn.Dense(2, 1, weights=[[1], [-2]]),
    )
    relu = sn.ReLU()
    net = sn.Sequential([hidden, relu, output], number=number)
    assert net.forward(GATE) == [[0], [1], [1], [0]]
    assert relu.Z == [[0, -1], [1, 0], [1, 0], [2, 1]]
    assert relu.A == [[0, 0], [1, 0], [1, 0], [2, 1]]
    assert net.evaluate(GATE, [0, 1, 1, 0], "mean_squared_error") == 0
    assert type(net.predict(GATE)[0][0]) is number


@pytest.mark.parametrize("number", [float, F])
def test_goodfellow_linear_xor(number):
    """Ibid., section 6.1: of all linear models w = 0 and b = ½ is the best, and puts out ½ everywhere."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[0], [0]], bias=[number(1) / 2])], number=number)
    assert net.predict(GATE) == [[number(1) / 2]] * 4
    assert net.gradients(GATE, [0, 1, 1, 0], "mean_squared_error") == (
        number(1) / 4,
        [[[0], [0]], [0]],
    )


def test_grus_xor():
    """Joel Grus, "Data Science from Scratch" (2015), chapter 18: an AND, an OR, and "second but not first"."""
    hidden = sn.Dense(2, 2, weights=[[20, 20], [20, 20]], bias=[-30, -10])
    net = sn.Sequential(
        [hidden, sn.Sigmoid(), sn.Dense(2, 1, weights=[[-60], [60]], bias=[-30]), sn.Sigmoid()]
    )
    none, first, second, both = [output for (output,) in net.predict(GATE)]
    assert none == printed(
        "9.38314668300676e-14", units=20
    )  # 1e-14 relative, for it comes from e^-29.997
    assert both == printed("9.383146683006828e-14", units=200)
    assert [first, second] == [printed("0.9999999999999059", units=2)] * 2


def test_nielsen_nand():
    """Michael Nielsen, "Neural Networks and Deep Learning" (2015), chapter 1: weights -2, -2 and a bias of 3."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[-2], [-2]], bias=[3]), sn.Threshold(0)])
    assert net.predict(GATE) == [[1], [1], [1], [0]]


def test_nielsen_slow_neuron():
    """Ibid., chapter 3: a neuron that is badly wrong learns slowly. Learning rate 0.15, the graphs end at 300."""
    learnt = {}
    for start, weight, bias in (("0.82", 0.6, 0.9), ("0.98", 2, 2)):
        net = sn.Sequential([sn.Dense(1, 1, weights=[[weight]], bias=[bias]), sn.Sigmoid()])
        assert net.predict([[1]]) == [[printed(start)]]
        learnt[start] = []
        for _ in range(2):
            net.fit([[1]], [0], "half_squared_error", optimizer=sn.SGD(0.15), epochs=150)
            learnt[start].append(net.predict([[1]])[0][0])
    assert learnt["0.82"][1] == printed("0.09")
    assert (
        learnt["0.98"][0] > 0.9
    )  # "for the first 150 or so learning epochs [they] don't change much"


def test_cornell_perceptron():
    """Cornell CS 472, "perceptron-example.txt" (2000): OR, step by step; the third input is always -1, for the bias."""
    net = sn.Sequential([sn.Dense(3, 1, weights=[[0], [0], [0]], bias=[0]), sn.Threshold(0)])
    net.freeze("0.bias")
    X, Y = [x + [-1] for x in GATE], [0, 1, 1, 1]
    epoch_one = [[0, 0, 0.5], [0, 0.5, 0], [0, 0.5, 0], [0, 0.5, 0]]
    epoch_two = [[0, 0.5, 0.5], [0, 0.5, 0.5]]
    for x, y, weights in zip(X + X, Y + Y, epoch_one + epoch_two):
        net.fit([x], [y], "perceptron", optimizer=sn.SGD(0.5), epochs=1)
        assert [w for (w,) in net.parameters()[0].value] == weights
    net.fit(X, Y, "perceptron", optimizer=sn.SGD(0.5), epochs=4, batch_size=1, shuffle=False)
    assert net.predict(X) == [[0], [1], [1], [1]]


# ---- functions ---------------------------------------------------------------------------------------------------


def micrograd_readme(a, b):
    c = a + b
    d = a * b + power(b, 3)
    c = c + c + 1
    c = c + 1 + c - a
    d = d + d * 2 + maximum(b + a, 0)
    d = d + 3 * d + maximum(b - a, 0)
    e = c - d
    f = power(e, 2)
    return f / 2 + 10 / f


def test_micrograd_readme():
    """Karpathy's micrograd, README.md: g and its slopes in a = -4 and b = 2; in fractions."""
    along_a = micrograd_readme(Dual(F(-4), F(1)), Dual(F(2)))
    along_b = micrograd_readme(Dual(F(-4)), Dual(F(2), F(1)))
    found = [along_a.value, along_a.derivative, along_b.derivative]
    assert [float(v) for v in found] == printed("24.7041 138.8338 645.5773")
    assert all(type(v) is F for v in found)


def test_micrograd_sanity_check():
    """Karpathy's micrograd, test/test_engine.py: y = -20 and its slope 46, as PyTorch finds too."""
    x = Dual(-4, 1)
    z = 2 * x + 2 + x
    q = maximum(z, 0) + z * x
    y = maximum(z * z, 0) + q + q * x
    assert (y.value, y.derivative) == (-20, 46)


# The documentation of tf.keras.activations, keras.activations and keras.layers.Softmax; computed with 32-bit floats.
TENSORFLOW = [
    (
        sn.Sigmoid(),
        "-20 -1 0 1 20",
        "2.0611537e-09 2.6894143e-01 5.0000000e-01 7.3105860e-01 1.0000000e+00",
    ),
    (
        sn.Softplus(),
        "-20 -1 0 1 20",
        "2.0611537e-09 3.1326166e-01 6.9314718e-01 1.3132616e+00 2.0000000e+01",
    ),
    (
        sn.SiLU(),
        "-20 -1 0 1 20",
        "-4.1223075e-08 -2.6894143e-01 0.0000000e+00 7.3105860e-01 2.0000000e+01",
    ),
    (sn.Tanh(), "-3 -1 0 1 3", "-0.9950547 -0.7615942 0. 0.7615942 0.9950547"),
    (sn.ReLU(), "-10 -5 0 5 10", "0. 0. 0. 5. 10."),
    (sn.LeakyReLU(0.5), "-10 -5 0 5 10", "-5. -2.5 0. 5. 10."),
    (sn.Softmax(), "1 2 1", "0.21194157 0.5761169 0.21194157"),
]


@pytest.mark.parametrize(
    "layer, points, expected", TENSORFLOW, ids=[repr(row[0]) for row in TENSORFLOW]
)
def test_tensorflow_activations(layer, points, expected):
    outputs = sn.Sequential([layer]).predict([[float(z) for z in points.split()]])[0]
    assert outputs == [pytest.approx(float(a), rel=2.0**-22, abs=0) for a in expected.split()]


def test_tensorflow_gelu():
    """TensorFlow's documentation of tf.nn.gelu; 32-bit floats lose digits in 1 + erf(z/√2) and 1 + tanh(u)."""
    exact = [-0.00404951, -0.15865529, 0.0, 0.8413447, 2.9959507]
    approximate = [-0.00363752, -0.15880796, 0.0, 0.841192, 2.9963627]
    for layer, expected in ((sn.GELU(), exact), (sn.GELU("tanh"), approximate)):
        outputs = sn.Sequential([layer]).predict([[-3, -1, 0, 1, 3]])[0]
        assert outputs == pytest.approx(expected, rel=2.0**-22, abs=2.0**-22)


def test_wikipedia_softmax():
    """Wikipedia, "Softmax function", section "Numerical algorithms / Example"."""
    outputs = sn.Sequential([sn.Softmax()]).predict([[1, 2, 3, 4, 1, 2, 3]])[0]
    assert outputs == printed(
        "0.02364054 0.06426166 0.1746813 0.474833 0.02364054 0.06426166 0.1746813"
    )


def test_tensorflow_normalization():
    """Keras' documentation of layers.Normalization, and scikit-learn's of preprocessing.StandardScaler."""
    net = sn.Sequential([sn.Normalization()])
    net.adapt([[1], [2], [3], [4], [5]])
    assert [z for (z,) in net.predict([[1], [2]])] == printed("-1.4142135 -0.70710677", units=2)
    assert net.predict([[3]]) == [[0]]
    net = sn.Sequential([sn.Normalization()])
    net.adapt([[0, 7, 4], [2, 9, 6], [0, 7, 4], [2, 9, 6]])
    assert net.predict([[0, 7, 4]]) == [[-1, -1, -1]]
    net = sn.Sequential([sn.Normalization()])
    net.adapt([[0, 0], [0, 0], [1, 1], [1, 1]])
    assert net.parameters()[0].value == [0.5, 0.5]
    assert net.predict([[0, 0], [1, 1], [2, 2]]) == [[-1, -1], [1, 1], [3, 3]]


# ---- losses ------------------------------------------------------------------------------------------------------


def loss(name, targets, outputs):
    """Return the loss of given outputs: those of a network of Identity."""
    return sn.Sequential([sn.Identity()]).evaluate(outputs, targets, name)


KERAS_TARGETS, KERAS_OUTPUTS = [[0, 1], [0, 0]], [[0.6, 0.4], [0.4, 0.6]]


def test_keras_losses():
    """Keras' documentation of keras.losses, the numbers that its docstrings print."""
    assert loss("mean_squared_error", [[1.0, 0.0, 1.0]], [[0.9, 0.1, 0.8]]) == printed("0.02")
    assert loss("mean_absolute_error", [[1.0, 0.3, 1.0]], [[1.9, 0.3, 1.8]]) == printed("0.5666667")
    assert loss("huber", KERAS_TARGETS, KERAS_OUTPUTS) == printed("0.155")
    assert loss("hinge", [[-1, 1], [-1, -1]], KERAS_OUTPUTS) == printed("1.3")
    assert loss("hinge", [[-1, 1, 1]], [[0.6, -0.7, -0.5]]) == printed("1.6")


def test_keras_cross_entropies():
    """Ibid.: BinaryCrossentropy(from_logits=True) and CategoricalCrossentropy, one sample and together."""
    net = sn.Sequential([sn.Sigmoid()])
    logits, targets = [[-18.6, 0.51], [2.94, -12.8]], [[0, 1], [0, 0]]
    assert net.evaluate(logits, targets, "binary_cross_entropy") == printed("0.8654", units=1)
    assert net.evaluate(logits[:1], targets[:1], "binary_cross_entropy") == printed("0.235")
    assert net.evaluate(logits[1:], targets[1:], "binary_cross_entropy") == printed("1.496")
    targets, outputs = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
    assert loss("categorical_cross_entropy", targets, outputs) == printed("1.177")
    assert loss("categorical_cross_entropy", [1, 2], outputs) == printed("1.177")
    assert loss("categorical_cross_entropy", targets[:1], outputs[:1]) == printed("0.0513")
    assert loss("categorical_cross_entropy", targets[1:], outputs[1:]) == printed("2.303")


def test_scikit_learn_losses():
    """scikit-learn's documentation of sklearn.metrics."""
    targets, outputs = [[3], [-0.5], [2], [7]], [[2.5], [0.0], [2], [8]]
    assert loss("mean_squared_error", targets, outputs) == 0.375
    assert loss("mean_absolute_error", targets, outputs) == 0.5
    targets, outputs = [[0.5, 1], [-1, 1], [7, -6]], [[0, 2], [-1, 2], [8, -5]]
    assert loss("mean_squared_error", targets, outputs) == printed("0.708", units=1)  # 0.708...
    assert loss("mean_absolute_error", targets, outputs) == 0.75
    shares = [[0.1, 0.9], [0.9, 0.1], [0.8, 0.2], [0.35, 0.65]]
    assert loss("categorical_cross_entropy", [1, 0, 0, 1], shares) == printed("0.21616")
    assert loss("binary_cross_entropy", [1, 0, 0, 1], [[spam] for _, spam in shares]) == printed(
        "0.21616"
    )
    assert loss("hinge", [-1, 1, 1], [[-2.18], [2.36], [0.09]]) == printed("0.30")


# ---- optimizers and schedules ------------------------------------------------------------------------------------


def test_tensorflow_sgd():
    """TensorFlow's documentation of keras.optimizers.SGD: 1.0 goes to 0.9; with momentum by 0.1, then by 0.18."""
    assert step(one_weight(1), sn.SGD(0.1)) == printed("0.9", units=1e-9)
    momentum = sn.SGD(0.1, momentum=0.9)
    first, second = step(one_weight(1), momentum), step(one_weight(1), momentum, epochs=2)
    assert [1 - first, first - second] == [printed("0.1", units=1e-9), printed("0.18", units=1e-9)]


def test_tensorflow_rmsprop():
    """TensorFlow's documentation of keras.optimizers.RMSprop: 10.0 goes to 9.683772."""
    assert step(one_weight(10), sn.RMSprop(0.1, alpha=0.9, epsilon=1e-7)) == printed("9.683772")


def test_tensorflow_adam():
    """TensorFlow's documentation of keras.optimizers.Adam: 10.0 goes to 9.9, by -learning_rate·sign(grad)."""
    assert step(one_weight(10), sn.Adam(0.1)) == printed("9.9", units=1e-7)


@pytest.mark.parametrize("scale", [1e-4, 1.0, -1e6])
def test_kingma_and_ba(scale):
    """Kingma & Ba, "Adam" (2015), section 2.1: steps do not depend on the gradient's scale; the first is the rate's."""
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0]], bias=[0])])
    net.fit([[1]], [scale], "half_squared_error", optimizer=sn.Adam(0.001, epsilon=1e-16), epochs=1)
    (weight,), bias = values(net)[0][0], values(net)[1][0]
    assert weight == bias == pytest.approx(0.001 if scale > 0 else -0.001, rel=1e-9)


def test_pytorch_step_lr():
    """PyTorch's documentation of optim.lr_scheduler.StepLR, step_size=30 and gamma=0.1 from 0.05 on."""
    schedule = sn.StepDecay(0.05, every=30, factor=0.1)
    assert [schedule(t) for t in (0, 29)] == [0.05, 0.05]
    assert [schedule(t) for t in (30, 59)] == [pytest.approx(0.005, rel=1e-12)] * 2
    assert [schedule(t) for t in (60, 89)] == [pytest.approx(0.0005, rel=1e-12)] * 2
