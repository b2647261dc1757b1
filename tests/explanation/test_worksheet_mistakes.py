"""The mistakes that a worksheet has in it; ``by_hand`` computes them in plain floats."""

import math
import random
import time
from fractions import Fraction as F

import pytest
import sheets
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explanation import mazur

import scratchnet as sn
from scratchnet.explanation.mistakes import MISTAKES, Mistake, Working, check, checking
from scratchnet.explanation.recording import explain
from scratchnet.explanation.worksheet import read, worksheet
from scratchnet.scalars import Traced

# ---- the common mistakes -------------------------------------------------------------------------


def test_the_mistake_on_mazurs_page():
    wrong = sheets.one(mazur(), "loss.new", "0.291027924").wrong
    assert (wrong.name, wrong.given, wrong.right) == ("loss.new", "0.291027924", "0.291027774")
    assert wrong.mistake == sheets.SAYS["updated"]
    assert sheets.one(mazur(), "loss.new", "0.291027774").passed
    cut_off = "the digits after the last one are cut off instead of rounded"
    assert sheets.one(mazur(), "loss.new", "0.291027773").wrong.mistake == cut_off
    assert sheets.one(mazur(), "loss.new", "0.291027772").wrong.mistake is None


# The first number that each mistake changes, if all numbers are written down.
FIRST = {
    "updated": "1.a[0][0].gradient",
    "no derivative": "2.z[0][0].gradient",
    "z for a": "3.derivative[0][0]",
    "at a": "3.derivative[0][0]",
    "half": "loss",
    "outputs": "loss",
    "target first": "3.a[0][0].gradient",
    "added": "0.weights[0][0].new",
    "exponent": "1.a[0][0]",
    "transposed": "0.z[0][0]",
    "bias": "0.z[0][0]",
    "rate": "0.weights[0][0].new",
    "thresholded": "3.a[0][0].gradient",
}


@pytest.mark.parametrize("decimals", [5, 8])
@pytest.mark.parametrize("wrong", sorted(FIRST))
def test_each_mistake_in_the_first_number_that_it_changes(wrong, decimals):
    why = mazur()
    numbers = sheets.by_hand(wrong, lambda value: round(value, decimals))
    findings = check(why, read(sheets.filled(why, decimals, numbers)))
    assert (findings.wrong.name, findings.wrong.mistake) == (FIRST[wrong], sheets.SAYS[wrong])
    before = sheets.made(why)[: sheets.made(why).index(FIRST[wrong])]
    assert findings.right[: len(before)] == before
    for part in (
        findings.wrong.right,
        sheets.SENTENCE[wrong],
        why[FIRST[wrong]].formula,
        " of the worksheet",
    ):
        assert part in findings.text()


LATER = {
    "updated": [
        "0.z[0][1].gradient",
        "0.weights[1][0].gradient",
        "0.weights[0][1].new",
        "loss.new",
    ],
    "no derivative": [
        "2.weights[0][1].gradient",
        "1.a[0][0].gradient",
        "0.weights[0][0].gradient",
        "loss.new",
    ],
    "z for a": ["2.weights[0][1].gradient", "0.weights[0][0].new", "loss.new"],
    "at a": ["2.weights[0][1].gradient", "0.weights[0][0].new", "loss.new"],
    "half": ["2.z[0][0].gradient", "0.weights[0][0].gradient", "loss.new"],
    "target first": ["2.z[0][0].gradient", "0.weights[0][0].gradient", "loss.new"],
    "exponent": ["2.z[0][0]", "3.a[0][1]", "loss"],
    "transposed": ["1.a[0][1]", "2.z[0][0]", "loss"],
    "bias": ["1.a[0][1]", "2.z[0][0]", "loss"],
    "rate": ["loss.new"],
    "thresholded": ["2.z[0][0].gradient", "0.weights[0][0].gradient"],
}


@pytest.mark.parametrize("wrong", sorted(LATER))
def test_each_mistake_in_a_later_number(wrong):
    why, numbers = mazur(), sheets.by_hand(wrong)
    for name in LATER[wrong]:
        assert sheets.mistake(why, name, numbers[name], 12) == sheets.SAYS[wrong], name


def test_a_reversed_sign():
    why = mazur()
    sign = "this is the result if the sign is reversed"
    assert (
        sheets.mistake(why, "2.z[0][0].gradient", -why["2.z[0][0].gradient"].value)
        == sheets.SAYS["target first"]
    )
    assert sheets.mistake(why, "0.z[0][0]", -why["0.z[0][0]"].value) == sign


def test_the_number_of_the_transposed_place():
    why = mazur()
    for name in ("0.weights[{}][{}].gradient", "2.weights[{}][{}].new"):
        assert (
            sheets.mistake(why, name.format(0, 1), why[name.format(1, 0)].value)
            == sheets.SAYS["transposed"]
        )


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_rounded_too_early(decimals):
    why = mazur()
    rounded = sheets.by_hand(r=lambda value: round(value, decimals))
    z = [rounded["2.z[0][{}]".format(j)] for j in (0, 1)]
    loss = sum(
        (round(sheets.sigmoid(z[j]), decimals) - y) ** 2 / 2 for j, y in ((0, 0.01), (1, 0.99))
    )
    told = sheets.mistake(why, "loss", loss, 8)
    plural = "" if decimals == 1 else "s"
    assert (
        "intermediate results are rounded to {} decimal{}, too few to give".format(decimals, plural)
        in told
    )
    a = [
        ("3.a[0][{}]".format(j), sheets.digits(rounded["3.a[0][{}]".format(j)], decimals), 1)
        for j in (0, 1)
    ]
    # If the rounded outputs are entries, the loss computed from them is right.
    assert check(why, a + [("loss", "{:.8f}".format(loss), 1)]).passed


def test_rounded_to_as_many_decimals_as_another_entry():
    why = mazur()
    rounded = sheets.by_hand(r=lambda value: round(value, 5))
    loss = sum((rounded["3.a[0][{}]".format(j)] - y) ** 2 / 2 for j, y in ((0, 0.01), (1, 0.99)))
    text = "{:.9f}".format(loss)
    assert "5 decimals" not in str(sheets.one(why, "loss", text).wrong.mistake)
    entries = [("loss", text, 1), ("2.weights[0][0].gradient", "0.08217", 2)]
    assert (
        "rounded to 5 decimals, too few to give this number to 9"
        in check(why, entries).wrong.mistake
    )


# ---- mistakes in other networks ------------------------------------------------------------------


COUNT = "this is the result if the division by the number of terms is left out"


def test_the_division_by_the_number_of_samples():
    why = sheets.and_gate()
    assert sheets.one(why, "0.weights[0][0].gradient", "1.00").wrong.mistake == COUNT
    assert sheets.one(why, "0.bias[0].gradient", "3.0").wrong.mistake == COUNT
    assert sheets.one(why, "loss", "3.6").wrong.mistake == COUNT
    assert sheets.one(why, "0.weights[1][0].new", "0.10").wrong.mistake == COUNT
    why = sheets.xor()
    again = "this is the result if it is divided by the number of samples once too often"
    for name in ("loss", "2.z[1][0].gradient", "2.weights[0][0].gradient", "0.bias[1].gradient"):
        assert sheets.mistake(why, name, 4 * why[name].value) == COUNT
        assert sheets.mistake(why, name, why[name].value / 4) == again
    why = sheets.xor(loss="mean_squared_error")
    assert sheets.mistake(why, "3.a[0][0].gradient", 4 * why["3.a[0][0].gradient"].value) == COUNT


def test_weighted_samples_are_averaged_over_their_weights():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]], bias=[0.25])])
    why = explain(
        net,
        [[1.0], [3.0]],
        [0.25, 0.5],
        "mean_squared_error",
        sn.SGD(0.1),
        sample_weight=[0.5, 2.5],
    )
    assert sheets.mistake(why, "loss", 3 * why["loss"].value) == COUNT
    assert (
        sheets.mistake(why, "0.weights[0][0].gradient", 3 * why["0.weights[0][0].gradient"].value)
        == COUNT
    )


def test_the_factor_2_of_the_derivative_of_a_square():
    why = sheets.xor(loss="mean_squared_error")
    said = "this is the result if the factor 2 in the derivative of the square is left out"
    assert sheets.mistake(why, "3.a[0][0].gradient", why["3.a[0][0].gradient"].value / 2) == said
    assert (
        sheets.mistake(why, "0.weights[1][1].gradient", why["0.weights[1][1].gradient"].value / 2)
        == said
    )


def test_the_logarithm_to_base_10():
    said = "this is the result if the logarithm to base 10 is used instead of the natural logarithm"
    why = sheets.xor()
    a = [why["3.a[{}][0]".format(i)].value for i in range(4)]
    loss = -(math.log10(1 - a[0]) + math.log10(a[1]) + math.log10(a[2]) + math.log10(1 - a[3])) / 4
    assert sheets.one(why, "loss", sheets.digits(loss, 4)).wrong.mistake == said
    net = sn.Sequential([sn.Dense(2, 3), sn.Softmax()], seed=3)
    why = explain(net, [[1.0, -2.0]], [2], "categorical_cross_entropy", sn.SGD(0.1))
    assert sheets.mistake(why, "loss", -math.log10(why["1.a[0][2]"].value)) == said


def test_the_derivative_with_cross_entropy():
    why = sheets.xor()
    a, y = why["3.a[1][0]"].value, 1
    said = "the derivative of the activation is applied twice: the gradient of this loss at z contains it already"
    assert sheets.mistake(why, "2.z[1][0].gradient", (a - y) * a * (1 - a) / 4).endswith(said)
    assert (
        sheets.mistake(why, "2.z[1][0].gradient", (a - y) / (a * (1 - a)) / 4)
        == sheets.SAYS["no derivative"]
    )
    z = why["2.z[1][0]"].value
    assert (
        sheets.mistake(why, "2.z[1][0].gradient", (a - y) / (a * (1 - a)) * z * (1 - z) / 4)
        == sheets.SAYS["z for a"]
    )


def test_the_sigmoid_and_the_threshold():
    why = sheets.and_gate()
    s = [why["1.a[{}][0]".format(i)].value for i in range(4)]
    said = "this is the result if the number before the threshold is used instead of the output of the threshold"
    assert sheets.mistake(why, "0.z[2][0].gradient", s[2] / 4, 4) == said
    assert sheets.mistake(why, "0.weights[0][0].gradient", (s[2] + s[3] - 1) / 4, 4) == said
    why = sheets.xor()
    a = why["3.a[1][0]"].value
    assert (
        sheets.mistake(why, "2.z[1][0].gradient", (float(a >= 0.5) - 1) / 4)
        == sheets.SAYS["thresholded"]
    )


def test_the_half_of_the_huber_loss():
    why = sheets.xor(loss="huber")
    errors = [why["3.a[{}][0]".format(i)].value - y for i, y in enumerate([0, 1, 1, 0])]
    assert why["loss"].value == pytest.approx(sum(d * d / 2 for d in errors) / 4)
    assert sheets.mistake(why, "loss", sum(d * d for d in errors) / 4) == sheets.SAYS["half"]


class Swish(sn.Layer):
    """A user-defined activation with a parameter, so that its output is called z."""

    def __init__(self):
        self.steepness = sn.Parameter("steepness", (1,), [2])

    def parameters(self):
        return [self.steepness]

    def forward(self, X):
        self.X = X
        self.A = [[self.steepness.value[0] * x for x in row] for row in X]
        return self.A

    def derivative(self, z, a):
        return self.steepness.value[0] + 0 * (z + a)

    def backward(self, dA):
        self.steepness.gradient = [
            sum(d * x for row_d, row in zip(dA, self.X) for d, x in zip(row_d, row))
        ]  # noqa: B905
        return [
            [d * self.derivative(x, a) for d, x, a in zip(*rows)]
            for rows in zip(dA, self.X, self.A)
        ]  # noqa: B905


def test_a_user_defined_layer():
    net = sn.Sequential([sn.Dense(2, 2), Swish(), sn.Dense(2, 1), sn.Sigmoid()], seed=3)
    why = explain(net, sheets.GATE, [0, 1, 1, 0], "mean_squared_error", sn.SGD(0.5))
    assert check(why, read(sheets.filled(why, 5))).passed
    for name in ("0.weights[1][0].gradient", "1.derivative[2][0]", "1.steepness[0].new"):
        assert sheets.one(why, name, "0.54321").wrong.mistake is None


def test_tanh_with_z_for_a():
    why = sheets.xor()
    z = why["0.z[3][1]"].value
    assert sheets.mistake(why, "1.derivative[3][1]", 1 - z * z) == sheets.SAYS["z for a"]
    assert (
        sheets.mistake(why, "1.derivative[3][1]", 1 - math.tanh(math.tanh(z)) ** 2)
        == sheets.SAYS["at a"]
    )


def test_the_half_of_a_penalty_is_kept():
    """The mistake leaves out the ½ of the squared error, not that of the penalty."""
    why = mazur()
    net = why.net.copy()
    net.layers[0].l2 = 0.5
    why = explain(net, [[0.05, 0.10]], [[0.01, 0.99]], "half_squared_error", sn.SGD(0.5))
    w, slope = 0.15, why["0.weights[0][0].gradient"].value
    assert slope == pytest.approx(sheets.by_hand()["0.weights[0][0].gradient"] + 0.5 * w)
    assert (
        sheets.mistake(why, "0.weights[0][0].gradient", slope * 2 - 0.5 * w) == sheets.SAYS["half"]
    )
    penalty = 0.25 * (0.15**2 + 0.25**2 + 0.2**2 + 0.3**2)
    assert sheets.mistake(why, "loss", 2 * why["loss"].value - penalty) == sheets.SAYS["half"]
    assert sheets.mistake(why, "loss.new", 7.0) is None


def test_a_mistake_with_a_circular_result_is_skipped():
    """With clipping, each new weight depends on all gradients, and with this mistake on itself."""
    why = mazur(optimizer=sn.SGD(0.5, clip_norm=0.01))
    working = Working(why.step, lambda node: None, MISTAKES[0])
    assert working.value(why["0.weights[0][0].new"].node) is None
    assert sheets.one(why, "loss.new", "0.2990001").wrong.mistake is None


def test_a_deep_network():
    layers = [layer for _ in range(120) for layer in (sn.Dense(1, 1, weights=[[1.0]]), sn.Tanh())]
    why = explain(sn.Sequential(layers), [[0.5]], [1], "half_squared_error", sn.SGD(0.1))
    value = why["0.weights[0][0].gradient"].value
    assert sheets.one(why, "0.weights[0][0].gradient", "{:.6e}".format(value)).passed
    assert sheets.mistake(why, "0.weights[0][0].gradient", -value) == sheets.SAYS["target first"]


# ---- numbers that no mistake gives ---------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(sheets.SHEETS))
def test_a_random_number_is_no_mistake(name):
    why, chance = sheets.SHEETS[name](), random.Random(1)
    for name in sheets.listed(why)[::3]:
        for _ in range(2):
            value = why[name].value * (1 + chance.uniform(0.1, 1)) + chance.uniform(0.1, 0.2)
            wrong = sheets.one(why, name, sheets.digits(value, 6)).wrong
            assert wrong.name == name and wrong.mistake is None, (name, value, wrong.mistake)
            assert why[name].formula in wrong.text()


@pytest.mark.parametrize("text", ["3", "0.00", "0.9", "5e-3"])
def test_one_digit_is_not_enough(text):
    wrong = sheets.one(sheets.and_gate(), "0.weights[0][0].gradient", text).wrong
    assert wrong is not None and wrong.mistake is None


def test_one_digit_is_enough_for_an_exact_result():
    wrong = sheets.one(sheets.and_gate(), "0.weights[0][0].gradient", "1").wrong
    assert wrong.mistake == "this is the result if the division by the number of terms is left out"
    assert (
        sheets.one(sheets.and_gate(), "0.z[2][0]", "0.4").wrong.mistake
        == "this is the result if the bias is left out"
    )


def test_digits_that_fit_many_mistakes_are_not_explained(monkeypatch):
    edits = [
        lambda w, node, owner, k=k: node * k if node is w.target else node
        for k in (1.601, 1.602, 1.603)
    ]
    monkeypatch.setattr(
        checking, "MISTAKES", [Mistake(str(k), None, edit) for k, edit in enumerate(edits)]
    )
    why = sheets.and_gate()  # 0.25
    assert sheets.one(why, "0.weights[0][0].gradient", "0.40").wrong.mistake is None
    assert (
        sheets.one(why, "0.weights[0][0].gradient", "0.4005").wrong.mistake
        == "this is the result if 1"
    )
    monkeypatch.setattr(checking, "MISTAKES", checking.MISTAKES[:2])
    assert (
        sheets.one(why, "0.weights[0][0].gradient", "0.40").wrong.mistake
        == "this is the result if 0"
    )


def test_a_network_of_fractions():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[F(2, 5)], [F(1, 5)]], bias=[1]), sn.Threshold()], number=F
    )
    why = explain(net, sheets.GATE, [0, 0, 0, 1], loss="perceptron", optimizer=sn.SGD(F(1, 10)))
    assert why["0.weights[0][0].new"].value == F(3, 8) and "0.weights[0][0] = 2/5\n" in worksheet(
        why
    )
    assert check(
        why, read(worksheet(why) + "\n0.weights[0][0].new = 3/8\n0.bias[0].new = 37/40")
    ).passed
    assert sheets.one(why, "0.weights[0][0].new", "17/40").wrong.mistake == sheets.SAYS["added"]


@settings(max_examples=15)
@given(sheets.steps(), st.integers(0, 10**6))
def test_a_right_number_is_never_a_mistake(why, place):
    names = sheets.listed(why)
    name = names[place % len(names)]
    findings = sheets.one(why, name, repr(float(why[name].value)))
    assert findings.passed and findings.right == [name]


def test_it_is_fast():
    why = sheets.xor()
    begin = time.time()
    entries = read(sheets.filled(why, 4))
    assert check(why, entries).passed
    assert sheets.one(why, "loss.new", "0.123456").wrong.mistake is None
    assert time.time() - begin < 5


def test_mistakes_do_not_change_the_record():
    why = mazur()
    before = {
        name: (id(node), node.value, node.operation) for name, node in why.step.numbers.items()
    }
    for usual in MISTAKES:
        Working(why.step, lambda node: None, usual).value(why["loss.new"].node)
    for name in before:
        node = why.step.numbers[name]
        assert type(node) is Traced and before[name] == (id(node), node.value, node.operation)


# ---- mistakes of real askers ---------------------------------------------------------------------


def one_neuron_each():
    layers = [sn.Dense(1, 1, weights=[[0.3]]), sn.Sigmoid(), sn.Dense(1, 1, weights=[[-0.4]])]
    net = sn.Sequential(layers + [sn.Sigmoid()])
    return explain(net, [[2]], [1], "mean_squared_error", sn.SGD(0.1))


@pytest.mark.parametrize(
    "step, name, digits, sentence",
    [
        (mazur, "0.z[0][0].gradient", "0.01337", "only the error of output 0 is propagated back"),
        (mazur, "0.z[0][0].gradient", "-0.00460", "the error of output 0 is left out on the way back"),
        (mazur, "0.z[0][0].gradient", "0.02423", "the weight is left out on the way back"),
        (mazur, "2.weights[0][0].gradient", "0.006925", "the input x is used instead of the output of the hidden layer"),
        (mazur, "2.weights[0][0].new", "0.3795", "the learning rate is applied twice"),
        (one_neuron_each, "2.weights[0][0].gradient", "0.1110", "the weight is used instead of the number it is multiplied with"),
        (one_neuron_each, "0.z[0][0].gradient", "0.1033", "the derivative of layer 3 is left out"),
    ],
)  # fmt: skip
def test_mistakes_of_real_askers(step, name, digits, sentence):
    wrong = sheets.one(step(), name, digits).wrong
    assert wrong.mistake == "this is the result if " + sentence


@pytest.mark.parametrize("digits", ["0.5932", "0.59326", "0.59"])
def test_digits_that_are_cut_off(digits):
    findings = sheets.one(mazur(), "1.a[0][0]", digits)
    if digits == "0.59":  # here both are the same
        assert findings.passed
    else:
        cut_off = "the digits after the last one are cut off instead of rounded"
        assert findings.wrong.mistake == cut_off
