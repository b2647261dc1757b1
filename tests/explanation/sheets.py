"""Worksheets for tests, and a step computed in plain floats."""

import math
import random
import re

from hypothesis import strategies as st
from test_explanation import mazur

import scratchnet as sn
from scratchnet.explanation.mistakes import Mistake, Working, check
from scratchnet.explanation.recording import explain
from scratchnet.explanation.worksheet import sections, worksheet

GATE = [[0, 0], [0, 1], [1, 0], [1, 1]]


def and_gate():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    return explain(net, GATE, [0, 0, 0, 1], loss="perceptron", optimizer=sn.SGD(0.1))


def xor(loss="binary_cross_entropy", **options):
    net = sn.Sequential(
        [sn.Dense(2, 4, **options), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7
    )
    return explain(net, GATE, [0, 1, 1, 0], loss=loss, optimizer=sn.SGD(0.1))


NAMES = r"[\w.]*\w(?:\[\d+\])+(?:\.\w+)*|\d\.[a-z]\w*|learning_rate"
SHEETS = {"mazur": mazur, "and": and_gate, "xor": xor}


def listed(why, made=True):
    return [
        name for _, names in sections(why) for name in names if not made or why[name].node.operation
    ]


def digits(value, decimals):
    return "{:.{}f}".format(value, decimals)


def made(why):
    """The names of the numbers with blanks, in the order of computation."""
    return [name for name in why.step.names() if name in set(listed(why))]


def filled(why, decimals, values=None):
    """The worksheet with a number in place of each blank."""
    lines = worksheet(why).splitlines()
    for k, line in enumerate(lines):
        name = line.split(" = ")[0]
        if line.endswith("= ____"):
            lines[k] = "{} = {}".format(
                name, digits(why[name].value if values is None else values[name], decimals)
            )
    return "\n".join(lines)


def checked(why, **numbers):
    return check(why, [(name, text, 1) for name, text in numbers.items()])


def one(why, name, text):
    return check(why, [(name, text, 1)])


def mistake(why, name, value, figures=9):
    """The mistake reported for a number with so many digits; None also if the number is right."""
    text = "{:.{}e}".format(value, figures - 1)
    wrong = one(why, name, text).wrong
    return wrong and wrong.mistake


def evaluated(formula, values):
    """Evaluate a formula of a worksheet in Python."""
    formula = re.sub(NAMES, lambda m: repr(values[m.group()]), formula)
    formula = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula).replace(", else", " else")
    for sign, python in (("·", "*"), ("−", "-"), ("≥", ">="), ("^", "**")):
        formula = formula.replace(sign, python)
    return eval(formula, {"e": math.e, "ln": math.log, "tanh": math.tanh})


LAYERS = [sn.Sigmoid, sn.Tanh, sn.ReLU, sn.Softplus, sn.SiLU, sn.GELU, sn.ELU, sn.Identity]
LOSSES = {"mean_squared_error": None, "half_squared_error": sn.Identity, "huber": None, "mean_absolute_error": None,
          "binary_cross_entropy": sn.Sigmoid, "categorical_cross_entropy": sn.Softmax}  # fmt: skip
OPTIMIZERS = [
    sn.SGD(0.1),
    sn.SGD(0.1, 0.5),
    sn.Adam(),
    sn.RMSprop(),
    sn.SGD(0.5, weight_decay=0.1, clip_norm=0.1),
]


@st.composite
def steps(draw):
    """A training step of a random small network."""
    loss = draw(st.sampled_from(sorted(LOSSES)))
    end = LOSSES[loss] or draw(st.sampled_from(LAYERS))
    activation = draw(st.sampled_from(LAYERS))
    hidden, l2 = draw(st.integers(1, 3)), draw(st.sampled_from([0, 0.01]))
    layers = [sn.Dense(2, hidden, l2=l2), activation(), sn.Dense(hidden, 2), end()]
    net = sn.Sequential(layers, seed=draw(st.integers(0, 99)))
    numbers = random.Random(draw(st.integers(0, 99)))
    X = [
        [round(numbers.uniform(-2, 2), 1) for _ in range(2)] for _ in range(draw(st.integers(1, 3)))
    ]
    weights = draw(st.sampled_from([None, [0.5, 1.0, 2.0][: len(X)]]))
    options = {"step": draw(st.integers(1, 2)), "sample_weight": weights}
    return explain(net, X, [[1, 0] for _ in X], loss, draw(st.sampled_from(OPTIMIZERS)), **options)


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def by_hand(wrong="", r=lambda value: value):
    """Compute Mazur's step in plain floats, with a mistake and with each number rounded by ``r``."""
    x, y = [0.05, 0.10], [0.01, 0.99]
    W = {0: [[0.15, 0.25], [0.20, 0.30]], 2: [[0.40, 0.50], [0.45, 0.55]]}
    b = {0: 0.0 if wrong == "bias" else 0.35, 2: 0.0 if wrong == "bias" else 0.60}
    v = {}

    def weight(W, k, i, j):
        return W[k][j][i] if wrong == "transposed" else W[k][i][j]

    def forward(W, new=""):
        into = x
        for k in (0, 2):
            z = [r(sum(into[i] * weight(W, k, i, j) for i in (0, 1)) + b[k]) for j in (0, 1)]
            a = [r(sigmoid(-z[j] if wrong == "exponent" else z[j])) for j in (0, 1)]
            for j in (0, 1):
                v["{}.z[0][{}]{}".format(k, j, new)], v["{}.a[0][{}]{}".format(k + 1, j, new)] = (
                    z[j],
                    a[j],
                )
            into = a
        errors = [(into[j] - y[j]) ** 2 / (1 if wrong == "half" else 2) for j in (0, 1)]
        v["loss" + new] = r(sum(errors) / (2 if wrong == "outputs" else 1))

    def derivative(k, j):
        z, a = v["{}.z[0][{}]".format(k - 1, j)], v["{}.a[0][{}]".format(k, j)]
        a = {"z for a": z, "at a": sigmoid(a)}.get(wrong, a)
        v["{}.derivative[0][{}]".format(k, j)] = r(a * (1 - a))
        return 1 if wrong == "no derivative" else v["{}.derivative[0][{}]".format(k, j)]

    forward(W)
    W_new = {}
    gradients = []
    for j in (0, 1):
        a = v["3.a[0][{}]".format(j)]
        a = float(a >= 0.5) if wrong == "thresholded" else a
        d = (y[j] - a if wrong == "target first" else a - y[j]) * (2 if wrong == "half" else 1)
        gradients.append(r(d))
    for k in (3, 1):
        into = x if k == 1 else [v["1.a[0][0]"], v["1.a[0][1]"]]
        deltas = []
        for j in (0, 1):
            v["{}.a[0][{}].gradient".format(k, j)] = gradients[j]
            deltas.append(r(gradients[j] * derivative(k, j)))
            v["{}.z[0][{}].gradient".format(k - 1, j)] = deltas[j]
        W_new[k - 1] = [[0, 0], [0, 0]]
        for i in (0, 1):
            for j in (0, 1):
                name = "{}.weights[{}][{}]".format(k - 1, i, j)
                v[name + ".gradient"] = r(into[i] * deltas[j])
                moved = (1 if wrong == "rate" else 0.5) * v[name + ".gradient"]
                w = W[k - 1][i][j]
                W_new[k - 1][i][j] = v[name + ".new"] = r(
                    w + moved if wrong == "added" else w - moved
                )
        used = W_new if wrong == "updated" else W
        gradients = [r(sum(deltas[j] * weight(used, k - 1, i, j) for j in (0, 1))) for i in (0, 1)]
    if wrong == "transposed":
        return v
    forward(W_new, ".new")
    return v


SENTENCE = {
    "updated": "the gradients are computed with weights that are already updated",
    "no derivative": "the derivative of the activation is left out",
    "z for a": "the derivative is computed with z in place of the output a",
    "at a": "the derivative is taken at the output a instead of at z",
    "half": "the factor ½ of the squared error is left out",
    "outputs": "it is divided by the number of outputs once too often",
    "target first": "the target minus the output is used instead of the output minus the target",
    "added": "the step is added instead of subtracted",
    "exponent": "the minus sign in the exponent is left out",
    "transposed": "the weights are transposed: row and column are exchanged",
    "bias": "the bias is left out",
    "rate": "the learning rate is left out",
    "thresholded": "the output is replaced by 0 or 1 before it is compared with the target",
}
SAYS = {wrong: "this is the result if " + sentence for wrong, sentence in SENTENCE.items()}


def two_outputs(loss="mean_squared_error"):
    """Two samples and two outputs, so that a mean divides by 4."""
    layers = [sn.Dense(2, 2, weights=[[0.4, -0.3], [0.9, 0.2]], bias=[0.1, -0.5]), sn.Tanh()]
    layers += [sn.Dense(2, 2, weights=[[0.7, 0.6], [-0.8, 0.3]]), sn.Sigmoid()]
    return explain(sn.Sequential(layers), [[0.3, 0.8], [1.2, 0.5]], [[1, 0], [0, 1]], loss, "sgd")


def carried_on(why, name, text, decimals, used):
    """The entries of somebody who computes one number wrongly, and everything else from it.

    Each number is computed from those before it, which are ``used`` with so many decimals.
    """
    known, entries = {name: float(text)}, []
    for blank in made(why):
        if blank != name:
            value = Working(why.step, lambda n: known.get(n.name), Mistake("")).value(
                why[blank].node
            )
            text_of_it = digits(value, decimals)
            if used is not None:
                known[blank] = round(value, used)
        entries.append((blank, text if blank == name else text_of_it, 1))
    return entries
