"""An independent NumPy reference: every layer, loss and optimizer, from the formulas.

This file was written from the mathematics alone, without a look at `scratchnet`, so that two texts that agree
agree for a reason.  Where a formula has several forms, the one here keeps its digits over the whole range of numbers,
saturated ones too: it loses none to a subtraction such as 1 - tanh(x)**2, or to log(1 + tiny).

Arrays are float64, samples x features; Z = X W + b.  Glossary:

    x, a     what goes into a layer, what comes out        y        the targets
    d        dLoss/da, coming back into a layer            p, g     a parameter and its gradient
    slope    the derivative of one number by another       t        the number of the step, from 1
"""

import copy
import math

import numpy as np

# ---------------------------------------------------------------------------------------------------------------------
# Activations of one number: (a, da/dx).  At a kink the slope is that of the negative side.


def sigmoid(x):
    """s(x) = 1 / (1 + e^-x).  Accurate on both sides: an e^-x too large for a float gives 1/inf = 0."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x))


def softplus(x):
    """log(1 + e^x) = log(e^0 + e^x)"""
    return np.logaddexp(0, x)


def phi(x):
    """The normal distribution function Phi(x) = erfc(-x / sqrt 2) / 2; erfc keeps the digits of the lower tail."""
    return np.vectorize(math.erfc, otypes=[float])(-x / math.sqrt(2)) / 2


def identity_(x):
    return x, np.ones_like(x)


def sigmoid_(x):  # s' = s(x) (1 - s(x)) = s(x) s(-x)
    return sigmoid(x), sigmoid(x) * sigmoid(-x)


def tanh_(x):  # tanh' = 1 / cosh^2 = 4 / (e^x + e^-x)^2 = 4 s(2x) s(-2x)
    return np.tanh(x), 4 * sigmoid(2 * x) * sigmoid(-2 * x)


def relu_(x):
    return np.where(x > 0, x, 0.0), np.where(x > 0, 1.0, 0.0)


def leaky_relu_(x, slope=0.01):
    return np.where(x > 0, x, slope * x), np.where(x > 0, 1.0, slope)


def elu_(x, alpha=1.0):  # Clevert et al. 2015: x > 0: x; else alpha (e^x - 1)
    negative = np.minimum(x, 0)
    return np.where(x > 0, x, alpha * np.expm1(negative)), np.where(
        x > 0, 1.0, alpha * np.exp(negative)
    )


# Klambauer et al. 2017, appendix: the alpha and lambda for which mean 0 and variance 1 are a fixed point.
_C1, _C2 = math.erfc(1 / math.sqrt(2)) * math.exp(0.5), math.erfc(math.sqrt(2)) * math.exp(2)
SELU_ALPHA = math.sqrt(2 / math.pi) / (1 - _C1)
SELU_LAMBDA = (1 - _C1) * math.sqrt(
    2 * math.pi / (2 * _C2 + math.pi * _C1**2 - 2 * (2 + math.pi) * _C1 + math.pi + 2)
)


def selu_(x):
    a, slope = elu_(x, SELU_ALPHA)
    return SELU_LAMBDA * a, SELU_LAMBDA * slope


def gelu_(x, approximate="none"):  # Hendrycks & Gimpel 2016
    if approximate == "none":  # x Phi(x);  slope Phi(x) + x phi(x), phi the normal density
        return x * phi(x), phi(x) + x * np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    assert approximate == "tanh", approximate
    # x/2 (1 + tanh u) = x s(v), v = 2u = 2 sqrt(2/pi) (x + 0.044715 x^3)
    v = 2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    dv = 2 * math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * x**2)
    return x * sigmoid(v), sigmoid(v) + x * sigmoid(v) * sigmoid(-v) * dv


def softplus_(x):
    return softplus(x), sigmoid(x)


def silu_(x):  # x s(x)
    return x * sigmoid(x), sigmoid(x) + x * sigmoid(x) * sigmoid(-x)


def threshold_(x, threshold=0.5, bipolar=False, strict=False):
    fires = x > threshold if strict else x >= threshold
    return np.where(fires, 1.0, -1.0 if bipolar else 0.0), np.zeros_like(x)


# ---------------------------------------------------------------------------------------------------------------------
# Layers: a, and the function that takes d = dLoss/da to dLoss/dx and the gradients of the layer's own parameters.


def elementwise(function):
    def layer(x, **options):
        a, slope = function(x, **options)
        return a, lambda d: (d * slope, [])

    return layer


def dense(
    x, W, b, l1=0.0, l2=0.0
):  # a_no = sum_i x_ni W_io + b_o; the penalties are added to the loss, below
    return x @ W + b, lambda d: (d @ W.T, [x.T @ d, d.sum(axis=0)])


def normalization(x, mean, spread):  # a = (x - mean) / spread
    a = (x - mean) / spread
    return a, lambda d: (d / spread, [-np.sum(d / spread, axis=0), -np.sum(d * a / spread, axis=0)])


def dropout(
    x, rate=0.5, mask=None
):  # Srivastava et al. 2014, inverted: the mean is kept while training
    scale = 1.0 if mask is None else np.asarray(mask, float) / (1 - rate)
    return x * scale, lambda d: (d * scale, [])


def softmax(x):
    """s_i = e^x_i / sum_j e^x_j, after subtracting the largest x, which changes nothing.

    ds_j/dx_i = s_j ([i = j] - s_i), so dLoss/dx_i = s_i (d_i - sum_j s_j d_j) = s_i sum_j s_j (d_i - d_j), for the s_j
    add to 1.  The last form is taken: differences before sums, so nothing cancels when one s_j is nearly 1.
    """
    e = np.exp(x - x.max(axis=1, keepdims=True))
    s = e / e.sum(axis=1, keepdims=True)
    return s, lambda d: (s * np.einsum("nj,nij->ni", s, d[:, :, None] - d[:, None, :]), [])


LAYERS = {
    "Dense": dense,
    "Normalization": normalization,
    "Dropout": dropout,
    "Softmax": softmax,
    "Identity": elementwise(identity_),
    "Sigmoid": elementwise(sigmoid_),
    "Tanh": elementwise(tanh_),
    "ReLU": elementwise(relu_),
    "LeakyReLU": elementwise(leaky_relu_),
    "ELU": elementwise(elu_),
    "SELU": elementwise(selu_),
    "GELU": elementwise(gelu_),
    "Softplus": elementwise(softplus_),
    "SiLU": elementwise(silu_),
    "Threshold": elementwise(threshold_),
}
OWN = {"Dense": ("weights", "bias"), "Normalization": ("mean", "spread")}


# ---------------------------------------------------------------------------------------------------------------------
# Losses: the terms (samples x outputs), and the slope of each by the a of its own place, or by all of its row's.


def squared(a, y):
    return (a - y) ** 2, 2 * (a - y)


def half_squared(a, y):
    return (a - y) ** 2 / 2, a - y


def absolute(a, y):
    return np.abs(a - y), np.sign(a - y)


def huber(
    a, y, delta=1.0
):  # Huber 1964: a parabola up to delta, then a straight line of slope delta
    e = np.abs(a - y)
    return np.where(e <= delta, e**2 / 2, delta * (e - delta / 2)), np.clip(a - y, -delta, delta)


def hinge(a, y):
    return np.maximum(0, 1 - y * a), np.where(1 - y * a > 0, -y, 0.0)


def binary(p, y):  # -(y log p + (1 - y) log(1 - p)), where 0 log 0 = 0
    yes, no = np.where(y == 0, 1.0, p), np.where(y == 1, 0.0, p)
    return -y * np.log(yes) - (1 - y) * np.log1p(-no), -y / yes + (1 - y) / (1 - no)


def categorical(p, y):  # -y log p, where 0 log 0 = 0
    p = np.where(y == 0, 1.0, p)
    return -y * np.log(p), -y / p


# The chain rule through these two losses and then sigmoid or softmax divides by an s that may underflow to 0.  So the
# two are composed on paper: log s(z) = -softplus(-z) and log(1 - s(z)) = -softplus(z) for the sigmoid, and
# log s(z)_i = z_i - log sum_j e^z_j for the softmax.  Each term is then differentiated by itself, which never subtracts
# 1 from a rounded s as the shortcut s - y does.


def binary_from_logits(z, y):  # y softplus(-z) + (1 - y) softplus(z); softplus' = s
    return y * softplus(-z) + (1 - y) * softplus(z), (1 - y) * sigmoid(z) - y * sigmoid(-z)


def categorical_from_logits(z, y):
    """Slope by z_i: sum_j y_j (s_i - [i = j]) = s_i sum_{j != i} y_j - y_i sum_{j != i} s_j (s - y if y adds to 1)."""
    z = z - z.max(axis=1, keepdims=True)
    s, _ = softmax(z)
    others = 1 - np.eye(z.shape[1])
    return -y * (z - np.logaddexp.reduce(z, axis=1, keepdims=True)), s * (y @ others) - y * (
        s @ others
    )


LOSSES = {
    "mean_squared_error": squared,
    "half_squared_error": half_squared,
    "mean_absolute_error": absolute,
    "huber": huber,
    "hinge": hinge,
    "binary_cross_entropy": binary,
    "categorical_cross_entropy": categorical,
}
FROM_LOGITS = {
    ("binary_cross_entropy", "Sigmoid"): binary_from_logits,
    ("categorical_cross_entropy", "Softmax"): categorical_from_logits,
}
SUMMED_OVER_OUTPUTS = (
    "half_squared_error",
    "categorical_cross_entropy",
)  # the others are means over the outputs


# ---------------------------------------------------------------------------------------------------------------------
# The network


class Reference:
    """Layers, given as (kind, options); and copies of their parameters, in that order: change or replace these."""

    def __init__(self, layers):
        self.layers, self.parameters = [], []
        for kind, options in layers:
            options = dict(options)
            self.parameters += [np.array(options.pop(name), float) for name in OWN.get(kind, ())]
            self.layers.append((kind, options))

    def run(self, X):
        """What went into each layer and, last, what came out; and each layer's way back."""
        values, ways_back, parameters = [np.asarray(X, float)], [], iter(self.parameters)
        for kind, options in self.layers:
            own = [next(parameters) for _ in OWN.get(kind, ())]
            a, back = LAYERS[kind](values[-1], *own, **options)
            values.append(a)
            ways_back.append(back)
        return values, ways_back

    def forward(self, X):
        return self.run(X)[0][-1]

    @staticmethod
    def backward(ways_back, d):
        """dLoss/dX and the gradients of the parameters, from d = dLoss/dA."""
        gradients = []
        for back in reversed(ways_back):
            d, own = back(d)
            gradients = own + gradients
        return d, gradients

    def loss(self, X, Y, loss, *args, **options):
        return self.gradients(X, Y, loss, *args, **options)[0]

    def gradients(
        self, X, Y, loss, sample_weight=None, huber_delta=1.0, reduction=None, mean_weight=None
    ):
        values, ways_back = self.run(X)
        A = values[-1]
        Y = np.asarray(Y, float).reshape(A.shape)
        kinds = tuple(kind for kind, _ in self.layers)

        merged = 0  # how many of the last layers are differentiated together with the loss
        if loss == "perceptron":  # Rosenblatt: (yhat - y) (z - t), with yhat = A held fixed
            assert kinds[-1] == "Threshold", kinds
            t = self.layers[-1][1].get("threshold", 0.5)
            merged = 1
            if kinds[-2:] == ("Sigmoid", "Threshold"):
                merged, t = 2, -np.log(1 / t - 1)
            terms, slope = (A - Y) * (values[-1 - merged] - t), A - Y
        elif (loss, kinds[-1]) in FROM_LOGITS:
            merged = 1
            terms, slope = FROM_LOGITS[loss, kinds[-1]](values[-2], Y)
        else:
            terms, slope = LOSSES[loss](A, Y, **({"delta": huber_delta} if loss == "huber" else {}))

        # sum_i w_i l_i / (n · mean weight); l_i is the sum or the mean of the terms of sample i
        w = np.ones(len(A)) if sample_weight is None else np.asarray(sample_weight, float)
        n = len(w) * (w.mean() if mean_weight is None else mean_weight)
        usual = "batchmean" if loss in SUMMED_OVER_OUTPUTS else "mean"
        n = {"mean": n * A.shape[1], "batchmean": n, "sum": 1}[reduction or usual]
        share = (w / n).reshape(-1, 1)
        value = float(np.sum(share * terms))
        _, gradients = self.backward(ways_back[: len(kinds) - merged], share * slope)

        i = 0
        for kind, options in self.layers:
            if kind == "Dense":  # l1 sum |W| + l2/2 sum W^2, of the weights only
                W, l1, l2 = self.parameters[i], options.get("l1", 0.0), options.get("l2", 0.0)
                value += float(l1 * np.abs(W).sum() + l2 / 2 * (W * W).sum())
                gradients[i] = gradients[i] + l1 * np.sign(W) + l2 * W
            i += len(OWN.get(kind, ()))
        return value, gradients


# ---------------------------------------------------------------------------------------------------------------------
# Optimizers, as torch.optim documents them


def at(rate, step):
    return rate(step) if callable(rate) else rate


class Optimizer:
    """`state` is a plain dict: "step", the number of steps taken, and for each name in `memory` a list of arrays."""

    memory = ()

    def __init__(self, learning_rate, weight_decay=0.0, clip_norm=None):
        self.learning_rate, self.weight_decay, self.clip_norm = (
            learning_rate,
            weight_decay,
            clip_norm,
        )
        self.state = {"step": 0}

    def get_state(self):
        return copy.deepcopy(self.state)

    def set_state(self, state):
        self.state = copy.deepcopy(state)

    def step(self, parameters, gradients):
        assert [p.shape for p in parameters] == [g.shape for g in gradients]
        rate = at(self.learning_rate, self.state["step"])
        self.state["step"] += 1
        for name in self.memory:
            self.state.setdefault(name, [np.zeros_like(p) for p in parameters])
        if (
            self.clip_norm is not None
        ):  # torch.nn.utils.clip_grad_norm_, over all parameters together
            norm = math.sqrt(sum(np.sum(g * g) for g in gradients))
            gradients = [g * min(1.0, self.clip_norm / (norm + 1e-6)) for g in gradients]
        for i, (p, g) in enumerate(zip(parameters, gradients)):
            g = self.decay(p, g, rate)
            p -= rate * self.direction(i, g)

    def decay(self, p, g, rate):  # the gradient of weight_decay/2 |p|^2
        return g + self.weight_decay * p

    def remember(self, name, i, value):
        self.state[name][i] = value
        return value


class SGD(Optimizer):
    """v = momentum v + g;  p -= rate v, or with Nesterov's look ahead p -= rate (g + momentum v)"""

    memory = ("velocity",)

    def __init__(self, learning_rate=0.001, momentum=0.0, nesterov=False, **common):
        super().__init__(learning_rate, **common)
        self.momentum, self.nesterov = momentum, nesterov

    def direction(self, i, g):
        v = self.remember("velocity", i, self.momentum * self.state["velocity"][i] + g)
        return g + self.momentum * v if self.nesterov else v


class Adagrad(Optimizer):
    """Duchi et al. 2011: G = G + g^2;  p -= rate g / (sqrt G + epsilon)"""

    memory = ("sum",)

    def __init__(self, learning_rate=0.01, epsilon=1e-10, **common):
        super().__init__(learning_rate, **common)
        self.epsilon = epsilon

    def direction(self, i, g):
        G = self.remember("sum", i, self.state["sum"][i] + g**2)
        return g / (np.sqrt(G) + self.epsilon)


class RMSprop(Optimizer):
    """Hinton, lecture 6: v = alpha v + (1 - alpha) g^2;  p -= rate g / (sqrt v + epsilon)"""

    memory = ("square",)

    def __init__(self, learning_rate=0.01, alpha=0.99, epsilon=1e-8, **common):
        super().__init__(learning_rate, **common)
        self.alpha, self.epsilon = alpha, epsilon

    def direction(self, i, g):
        v = self.remember(
            "square", i, self.alpha * self.state["square"][i] + (1 - self.alpha) * g**2
        )
        return g / (np.sqrt(v) + self.epsilon)


class Adam(Optimizer):
    """Kingma & Ba 2015: m = beta1 m + (1 - beta1) g, v = beta2 v + (1 - beta2) g^2;
    p -= rate m^ / (sqrt v^ + epsilon), with m^ = m / (1 - beta1^t), v^ = v / (1 - beta2^t)"""

    memory = ("m", "v")

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, **common):
        super().__init__(learning_rate, **common)
        self.beta1, self.beta2, self.epsilon = beta1, beta2, epsilon

    def direction(self, i, g):
        t = self.state["step"]
        m = self.remember("m", i, self.beta1 * self.state["m"][i] + (1 - self.beta1) * g)
        v = self.remember("v", i, self.beta2 * self.state["v"][i] + (1 - self.beta2) * g**2)
        return m / (1 - self.beta1**t) / (np.sqrt(v / (1 - self.beta2**t)) + self.epsilon)


class AdamW(Adam):
    """Loshchilov & Hutter 2019: first p -= rate weight_decay p, outside the moments; then Adam's step"""

    def __init__(
        self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=0.01, **common
    ):
        super().__init__(learning_rate, beta1, beta2, epsilon, weight_decay=weight_decay, **common)

    def decay(self, p, g, rate):
        p -= rate * self.weight_decay * p
        return g


# ---------------------------------------------------------------------------------------------------------------------
# Learning-rate schedules: each returns a function of the step, from 0


def step_decay(rate, every, factor):  # torch StepLR
    return lambda step: rate * factor ** (step // every)


def exponential_decay(rate, factor):  # torch ExponentialLR
    return lambda step: rate * factor**step


def cosine_decay(rate, steps, minimum=0):  # Loshchilov & Hutter 2017, equation 5, one period
    return lambda step: (
        minimum + (rate - minimum) / 2 * (1 + math.cos(math.pi * min(step, steps) / steps))
    )


def warm_up(steps, after):
    return lambda step: (
        (step + 1) / steps * at(after, 0) if step < steps else at(after, step - steps)
    )


# ---------------------------------------------------------------------------------------------------------------------
# How weights start, and the article


def initializer_bounds(name, inputs, outputs):
    """The range of a uniform initializer, the mean and deviation of a normal one.

    Variance 2 / (inputs + outputs): Glorot & Bengio 2010, equations 12 and 16; 2 / inputs: He et al. 2015, equation 10;
    1 / inputs: LeCun et al. 1998, section 4.6.  A uniform distribution on [-c, c] has the variance c^2 / 3.
    """
    family, shape = name.split("_")
    deviation = math.sqrt(
        {"glorot": 2 / (inputs + outputs), "he": 2 / inputs, "lecun": 1 / inputs}[family]
    )
    limit = math.sqrt(3) * deviation
    return {
        "uniform": {"low": -limit, "high": limit},
        "normal": {"mean": 0.0, "deviation": deviation},
    }[shape]


def article(iterations=1000):
    """The article's own program, one sample per column: z = W^T x + b.  Yields after each iteration."""
    x = np.array([[0, 1, 0, 1], [0, 0, 1, 1]])
    y = np.array([[0, 0, 0, 1]])
    W = np.array([[0.4], [0.2]])
    b = 1
    a = 0.1
    m = 4
    for _ in range(iterations):
        z = np.dot(W.T, x) + b
        s = 1 / (1 + np.exp(-z))
        y_pred = (s >= 0.5).astype(float)
        dW = np.dot(x, (y_pred - y).T) / m
        db = np.sum(y_pred - y) / m
        W = W - a * dW
        b = b - a * db
        yield W.copy(), b, z, s, y_pred, dW, db
