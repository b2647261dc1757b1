"""Worksheets and the checking of numbers computed by hand; ``by_hand`` computes them in plain floats."""

import math
import random
import re
import time
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explanation import mazur

import scratchnet as sn
from scratchnet.explanation.explanation import UnknownName
from scratchnet.explanation.mistakes import MISTAKES, Mistake, Working, check, checking
from scratchnet.explanation.recording import explain
from scratchnet.explanation.text import number
from scratchnet.explanation.worksheet import decimals_of, read, sections, value_of, worksheet
from scratchnet.scalars import Traced

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


# ---- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_each_number_has_one_blank_in_order(name):
    why = SHEETS[name]()
    text = worksheet(why)
    blanks = re.findall(r"^(.*) = ____$", text, re.M)
    assert blanks == listed(why) and len(set(blanks)) == len(blanks)
    assert [entry[0] for entry in read(text)] == [
        n for n in listed(why, made=False) if n not in blanks
    ]
    known = set()
    for line in text.splitlines():  # A formula contains only numbers of lines before it.
        names = re.findall(NAMES, line)
        assert (
            not line.startswith("# ")
            or " = " not in line
            or "layer" in line
            or known >= set(names[1:])
        ), line
        known.update(names[:1])


def evaluated(formula, values):
    """Evaluate a formula of a worksheet in Python."""
    formula = re.sub(NAMES, lambda m: repr(values[m.group()]), formula)
    formula = re.sub(r"\|([^|]*)\|", r"abs(\1)", formula).replace(", else", " else")
    for sign, python in (("·", "*"), ("−", "-"), ("≥", ">="), ("^", "**")):
        formula = formula.replace(sign, python)
    return eval(formula, {"e": math.e, "ln": math.log, "tanh": math.tanh})


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_each_formula_gives_its_number(name):
    why = SHEETS[name]()
    values = {n: why[n].value for n in listed(why, made=False)}
    formulas = re.findall(r"^# (.*?) = (.*)$", worksheet(why), re.M)
    formulas = [(n, formula) for n, formula in formulas if n in values]
    assert len(formulas) == len(listed(why))
    for n, formula in formulas:
        assert evaluated(formula, values) == pytest.approx(values[n], rel=1e-12), n


def test_the_worksheet_of_the_article():
    text = worksheet(and_gate(), header="# scratchnet explain --step=1\nby hand")
    assert text.startswith(
        "# scratchnet explain --step=1\n# by hand\n# step 1: replace each ____ with a number"
    )
    assert "\n# 2.a[0][0] = 1 if 1.a[0][0] ≥ threshold, else 0\n" in text.replace(
        "2.threshold", "threshold"
    )
    assert (
        "\n# 0.weights[0][0].new = 0.weights[0][0] − learning_rate · 0.weights[0][0].gradient\n"
        in text
    )
    assert "x[0][0].gradient" not in text and "loss.new" not in text


def test_numbers_that_a_shortcut_leaves_out_have_no_blank():
    text = worksheet(xor())
    assert (
        "3.derivative" not in text
        and "3.a[0][0].gradient" not in text
        and "1.derivative[0][0] = ____" in text
    )


def test_decimals_of_given_numbers():
    why = xor()
    assert "0.weights[0][0] = {:.2f}\n".format(why["0.weights[0][0]"].value) in worksheet(
        why, decimals=2
    )


def test_only_the_forward_pass():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.ReLU()])
    why = explain(net, [[-1.0]])
    assert re.findall("(.*) = ____", worksheet(why)) == ["0.z[0][0]", "1.a[0][0]"]
    assert check(why, read(filled(why, 2))).passed


# ---- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, entry",
    [
        ("0.z[0][0] = 0.5", ("0.z[0][0]", "0.5")),
        ("loss: 0.5", ("loss", "0.5")),
        ("  loss=0.5\t# so I think = 3", ("loss", "0.5")),
        ("loss = −0.5", ("loss", "-0.5")),
        ("loss = +.5", ("loss", "+.5")),
        ("loss = 5.", ("loss", "5.")),
        ("loss = 0,5", ("loss", "0.5")),
        ("loss = −0,375", ("loss", "-0.375")),
        ("loss = 1,23456", ("loss", "1.23456")),
        ("loss = 1/20", ("loss", "1/20")),
        ("loss = -3 / 40", ("loss", "-3 / 40")),
        ("loss = 1.5e-05", ("loss", "1.5e-05")),
        ("loss = 2E3", ("loss", "2E3")),
        ("loss = __0.5__", ("loss", "0.5")),
        ("\ufeffloss = 0.5", ("loss", "0.5")),
    ],
)
def test_lines(line, entry):
    assert read(line) == [entry + (1,)]
    value_of(entry[1])


@pytest.mark.parametrize(
    "line", ["", "   ", "# loss = 1", "loss = ____", "loss: _", "loss =", "loss = ___  # later"]
)
def test_skipped_lines(line):
    assert read("x = 1\r\n" + line + "\r\ny = 2") == [("x", "1", 1), ("y", "2", 3)]


@pytest.mark.parametrize(
    "line",
    [
        "loss", "0.5", "= 0.5", "loss = half", "loss = 0.5 0.6", "loss = 0.1 + 0.2", "loss = 1/0", "loss = 1/2/3",
        "loss = nan", "loss = inf", "loss = 1e999", "loss = 0e999999999", "loss = 1e99999999999999999999", "loss = 1_0",
        "loss = 0x10", "loss = ٣", "loss = 1,234", "loss = 12,345", "loss = 1,2,3", "loss = 1.234,5", "loss = 1 = 1",
        "loss = --1", "loss = " + "1" * 5000 + "/3", "loss = " + "9" * 400, "a" * 1000,
    ],
)  # fmt: skip
def test_refused_lines(line):
    with pytest.raises(ValueError) as error:
        read("x = 1\n\n" + line)
    assert (
        str(error.value).startswith("line 3: ")
        and "\n" not in str(error.value)
        and len(str(error.value)) < 5200
    )


def test_an_ambiguous_comma_is_refused():
    with pytest.raises(ValueError, match="line 1: 1,234 is ambiguous; write 1.234 or 1234"):
        read("loss = 1,234")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        for _, found, _ in read(text):
            value_of(found)
    except ValueError as error:
        assert str(error).startswith("line ")


@pytest.mark.parametrize(
    "text, half, decimals",
    [("1", 0.5, 0), ("-0.250", 0.0005, 3), ("2e3", 500, -3), ("0.0", 0.05, 1)],
)
def test_half_a_unit_of_the_last_digit(text, half, decimals):
    assert value_of(text) == (float(text), pytest.approx(half)) and decimals_of(text) == decimals


# ---- right numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("decimals", [3, 4, 6, 10])
@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_worksheet_with_the_right_numbers(name, decimals):
    why = SHEETS[name]()
    findings = check(why, read(filled(why, decimals)))
    assert findings.passed and findings.wrong is None and findings.missing == []
    assert findings.right == made(why)
    assert (
        findings.text()
        == str(findings)
        == "right: {0} numbers; missing: 0 numbers of the worksheet\nscore: {0} of {0}".format(
            len(listed(why))
        )
    )


def test_an_empty_worksheet():
    why = mazur()
    findings = check(why, read(worksheet(why)))
    assert findings.passed and findings.right == [] and findings.missing == listed(why)


def test_a_number_is_right_if_its_digits_are():
    why = mazur()  # loss = 0.298371109
    for text in ("0.3", "0.298", "0.2984", "0.298371109", "2.984e-1"):
        assert one(why, "loss", text).passed, text
    for text in ("0.4", "0.297", "0.2983", "0.298371108", "1", "-0.3", "1/3"):
        wrong = one(why, "loss", text).wrong
        assert (
            wrong.name == "loss" and wrong.given == text and wrong.number.value == why["loss"].value
        )
        assert wrong.right == number(
            why["loss"].value, max(4, 4 if "/" in text else decimals_of(text))
        )
    coarse = one(why, "loss", "0").wrong  # right to no decimals, but too coarse
    assert coarse.mistake == "it has too few digits to be checked"
    assert one(why, "x[0][0]", "0").wrong is not None
    assert one(and_gate(), "0.weights[0][0].new", "3/8").passed
    assert not one(and_gate(), "0.weights[0][0].new", "4/8").passed
    for text in ("0.92", "0.93"):  # 0.925 can be rounded to either.
        assert one(and_gate(), "0.bias[0].new", text).passed
    # With as many decimals as the entry, this would be 0.0.
    assert one(mazur(), "0.weights[0][0].gradient", "0.1").wrong.right == "0.0004386"


def test_a_whole_number_may_be_near_enough():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[0.001, 0.5]]), sn.Tanh()])
    why = explain(net, [[1]], [[1, 0]], loss="half_squared_error", optimizer=sn.SGD(0.1))
    assert number(why["1.derivative[0][0]"].value) == "1"  # 0.999999
    assert one(why, "1.derivative[0][0]", "1").passed
    for decimals in (1, 2, 4):  # the answer key, in which such a number has no decimals
        assert check(why, read(worksheet(why, decimals, answers=True))).passed
    assert not one(why, "1.derivative[0][1]", "1").passed  # 0.7864


def test_zero_may_be_near_enough():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[6, 3]]), sn.Tanh()])
    why = explain(net, [[1]], [[0, 0]], loss="half_squared_error", optimizer=sn.SGD(0.1))
    assert number(why["1.derivative[0][0]"].value) == "2.458e-05"
    assert one(why, "1.derivative[0][0]", "0").passed
    assert not one(why, "1.derivative[0][1]", "0").passed  # 0.009866


def test_other_names_of_a_number():
    why = mazur()
    findings = checked(
        why, **{"1.z[0][0]": "0.3775", "3.z[0][0].gradient": "0.1385", "loss": "0.2984"}
    )
    assert findings.right == ["1.z[0][0]", "loss", "3.z[0][0].gradient"]
    assert "0.z[0][0]" not in findings.missing and "2.z[0][0].gradient" not in findings.missing


def test_an_unknown_name_raises_the_error_of_a_look_up():
    why = mazur()
    for name in ("0.weight[0][0]", "x[7][7]", "nonsense", ""):
        with pytest.raises(UnknownName) as asked:
            why[name]
        with pytest.raises(UnknownName) as error:
            one(why, name, "1")
        assert str(error.value) == str(asked.value)


def test_entries_are_checked_in_the_order_of_the_step():
    why = mazur()
    entries = [
        ("loss.new", "9", 1),
        ("3.a[0][0].new", "9", 2),
        ("0.weights[0][0].new", "9", 3),
        ("loss", "9", 4),
    ]
    while entries:
        wrong = check(why, entries).wrong
        assert (wrong.name, wrong.line) == entries.pop()[::2]


def test_a_changed_given_number_is_wrong():
    wrong = one(mazur(), "x[0][0]", "0.5").wrong
    assert (wrong.name, wrong.right, wrong.mistake) == ("x[0][0]", "0.05", None)
    assert "given" in wrong.text()


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


@settings(max_examples=25)
@given(steps(), st.integers(2, 12))
def test_right_numbers_are_always_accepted(why, decimals):
    names = [name for name in listed(why)] + ["loss.new"]
    findings = check(why, [(name, digits(float(why[name].value), decimals), 1) for name in names])
    assert findings.passed, findings.text()
    for name in names[::7]:
        assert one(why, name, digits(float(why[name].value), decimals)).passed


@settings(max_examples=25)
@given(steps())
def test_the_record_without_a_mistake_gives_its_own_numbers(why):
    why["loss.new"]
    working = Working(why.step, lambda node: None, Mistake("none"))
    for name in list(why.step.numbers):
        node = why[name].node
        assert working.value(node) == pytest.approx(float(node.value), rel=1e-12, abs=1e-15), name


# ---- a step computed by hand ---------------------------------------------------------------------


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


def test_by_hand_is_right_without_a_mistake():
    why, numbers = mazur(), by_hand()
    assert set(numbers) >= set(listed(why))
    for name in numbers:
        assert numbers[name] == pytest.approx(why[name].value, rel=1e-12), name
    assert digits(numbers["loss.new"], 9) == "0.291027774"
    assert digits(by_hand("updated")["loss.new"], 9) == "0.291027924"


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_numbers_computed_from_rounded_numbers_are_right(decimals):
    why = mazur()
    numbers = by_hand(r=lambda value: round(value, decimals))
    assert check(why, read(filled(why, decimals, numbers))).passed
    # With more digits, the error of the rounding becomes visible.
    more = decimals + 4
    entries = [(name, digits(numbers[name], more), 1) for name in listed(why)]
    assert not check(why, entries).passed or decimals > 6


@pytest.mark.parametrize("seed", range(5))
def test_numbers_computed_from_rounded_and_from_exact_numbers_are_right(seed):
    why, choice = xor(), random.Random(seed)
    exact = {name: why[name].value for name in listed(why, made=False)}
    formulas = dict(re.findall(r"^# (\S+) = (.*)$", worksheet(why), re.M))
    numbers = {}
    for name in exact:  # Each is computed by its formula, from rounded or exact numbers.
        used = {n: choice.choice([exact[n], numbers.get(n, exact[n])]) for n in exact}
        numbers[name] = (
            round(evaluated(formulas[name], used), 3) if name in formulas else round(exact[name], 4)
        )
    findings = check(why, read(filled(why, 3, numbers)))
    assert findings.passed, findings.text()


# ---- the common mistakes -------------------------------------------------------------------------

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


def test_the_mistake_on_mazurs_page():
    wrong = one(mazur(), "loss.new", "0.291027924").wrong
    assert (wrong.name, wrong.given, wrong.right) == ("loss.new", "0.291027924", "0.291027774")
    assert wrong.mistake == SAYS["updated"]
    assert one(mazur(), "loss.new", "0.291027774").passed
    cut_off = "the digits after the last one are cut off instead of rounded"
    assert one(mazur(), "loss.new", "0.291027773").wrong.mistake == cut_off
    assert one(mazur(), "loss.new", "0.291027772").wrong.mistake is None


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
    numbers = by_hand(wrong, lambda value: round(value, decimals))
    findings = check(why, read(filled(why, decimals, numbers)))
    assert (findings.wrong.name, findings.wrong.mistake) == (FIRST[wrong], SAYS[wrong])
    before = made(why)[: made(why).index(FIRST[wrong])]
    assert findings.right[: len(before)] == before
    for part in (
        findings.wrong.right,
        SENTENCE[wrong],
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
    why, numbers = mazur(), by_hand(wrong)
    for name in LATER[wrong]:
        assert mistake(why, name, numbers[name], 12) == SAYS[wrong], name


def test_a_reversed_sign():
    why = mazur()
    sign = "this is the result if the sign is reversed"
    assert (
        mistake(why, "2.z[0][0].gradient", -why["2.z[0][0].gradient"].value) == SAYS["target first"]
    )
    assert mistake(why, "0.z[0][0]", -why["0.z[0][0]"].value) == sign


def test_the_number_of_the_transposed_place():
    why = mazur()
    for name in ("0.weights[{}][{}].gradient", "2.weights[{}][{}].new"):
        assert mistake(why, name.format(0, 1), why[name.format(1, 0)].value) == SAYS["transposed"]


@pytest.mark.parametrize("decimals", [1, 2, 3])
def test_rounded_too_early(decimals):
    why = mazur()
    rounded = by_hand(r=lambda value: round(value, decimals))
    z = [rounded["2.z[0][{}]".format(j)] for j in (0, 1)]
    loss = sum((round(sigmoid(z[j]), decimals) - y) ** 2 / 2 for j, y in ((0, 0.01), (1, 0.99)))
    told = mistake(why, "loss", loss, 8)
    plural = "" if decimals == 1 else "s"
    assert (
        "intermediate results are rounded to {} decimal{}, too few to give".format(decimals, plural)
        in told
    )
    a = [
        ("3.a[0][{}]".format(j), digits(rounded["3.a[0][{}]".format(j)], decimals), 1)
        for j in (0, 1)
    ]
    # If the rounded outputs are entries, the loss computed from them is right.
    assert check(why, a + [("loss", "{:.8f}".format(loss), 1)]).passed


def test_rounded_to_as_many_decimals_as_another_entry():
    why = mazur()
    rounded = by_hand(r=lambda value: round(value, 5))
    loss = sum((rounded["3.a[0][{}]".format(j)] - y) ** 2 / 2 for j, y in ((0, 0.01), (1, 0.99)))
    text = "{:.9f}".format(loss)
    assert "5 decimals" not in str(one(why, "loss", text).wrong.mistake)
    entries = [("loss", text, 1), ("2.weights[0][0].gradient", "0.08217", 2)]
    assert (
        "rounded to 5 decimals, too few to give this number to 9"
        in check(why, entries).wrong.mistake
    )


# ---- mistakes in other networks ------------------------------------------------------------------

COUNT = "this is the result if the division by the number of terms is left out"


def test_the_division_by_the_number_of_samples():
    why = and_gate()
    assert one(why, "0.weights[0][0].gradient", "1.00").wrong.mistake == COUNT
    assert one(why, "0.bias[0].gradient", "3.0").wrong.mistake == COUNT
    assert one(why, "loss", "3.6").wrong.mistake == COUNT
    assert one(why, "0.weights[1][0].new", "0.10").wrong.mistake == COUNT
    why = xor()
    again = "this is the result if it is divided by the number of samples once too often"
    for name in ("loss", "2.z[1][0].gradient", "2.weights[0][0].gradient", "0.bias[1].gradient"):
        assert mistake(why, name, 4 * why[name].value) == COUNT
        assert mistake(why, name, why[name].value / 4) == again
    why = xor(loss="mean_squared_error")
    assert mistake(why, "3.a[0][0].gradient", 4 * why["3.a[0][0].gradient"].value) == COUNT


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
    assert mistake(why, "loss", 3 * why["loss"].value) == COUNT
    assert (
        mistake(why, "0.weights[0][0].gradient", 3 * why["0.weights[0][0].gradient"].value) == COUNT
    )


def test_the_factor_2_of_the_derivative_of_a_square():
    why = xor(loss="mean_squared_error")
    said = "this is the result if the factor 2 in the derivative of the square is left out"
    assert mistake(why, "3.a[0][0].gradient", why["3.a[0][0].gradient"].value / 2) == said
    assert (
        mistake(why, "0.weights[1][1].gradient", why["0.weights[1][1].gradient"].value / 2) == said
    )


def test_the_logarithm_to_base_10():
    said = "this is the result if the logarithm to base 10 is used instead of the natural logarithm"
    why = xor()
    a = [why["3.a[{}][0]".format(i)].value for i in range(4)]
    loss = -(math.log10(1 - a[0]) + math.log10(a[1]) + math.log10(a[2]) + math.log10(1 - a[3])) / 4
    assert one(why, "loss", digits(loss, 4)).wrong.mistake == said
    net = sn.Sequential([sn.Dense(2, 3), sn.Softmax()], seed=3)
    why = explain(net, [[1.0, -2.0]], [2], "categorical_cross_entropy", sn.SGD(0.1))
    assert mistake(why, "loss", -math.log10(why["1.a[0][2]"].value)) == said


def test_the_derivative_with_cross_entropy():
    why = xor()
    a, y = why["3.a[1][0]"].value, 1
    said = "the derivative of the activation is applied twice: the gradient of this loss at z contains it already"
    assert mistake(why, "2.z[1][0].gradient", (a - y) * a * (1 - a) / 4).endswith(said)
    assert mistake(why, "2.z[1][0].gradient", (a - y) / (a * (1 - a)) / 4) == SAYS["no derivative"]
    z = why["2.z[1][0]"].value
    assert (
        mistake(why, "2.z[1][0].gradient", (a - y) / (a * (1 - a)) * z * (1 - z) / 4)
        == SAYS["z for a"]
    )


def test_the_sigmoid_and_the_threshold():
    why = and_gate()
    s = [why["1.a[{}][0]".format(i)].value for i in range(4)]
    said = "this is the result if the number before the threshold is used instead of the output of the threshold"
    assert mistake(why, "0.z[2][0].gradient", s[2] / 4, 4) == said
    assert mistake(why, "0.weights[0][0].gradient", (s[2] + s[3] - 1) / 4, 4) == said
    why = xor()
    a = why["3.a[1][0]"].value
    assert mistake(why, "2.z[1][0].gradient", (float(a >= 0.5) - 1) / 4) == SAYS["thresholded"]


def test_the_half_of_the_huber_loss():
    why = xor(loss="huber")
    errors = [why["3.a[{}][0]".format(i)].value - y for i, y in enumerate([0, 1, 1, 0])]
    assert why["loss"].value == pytest.approx(sum(d * d / 2 for d in errors) / 4)
    assert mistake(why, "loss", sum(d * d for d in errors) / 4) == SAYS["half"]


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
    why = explain(net, GATE, [0, 1, 1, 0], "mean_squared_error", sn.SGD(0.5))
    assert check(why, read(filled(why, 5))).passed
    for name in ("0.weights[1][0].gradient", "1.derivative[2][0]", "1.steepness[0].new"):
        assert one(why, name, "0.54321").wrong.mistake is None


def test_tanh_with_z_for_a():
    why = xor()
    z = why["0.z[3][1]"].value
    assert mistake(why, "1.derivative[3][1]", 1 - z * z) == SAYS["z for a"]
    assert mistake(why, "1.derivative[3][1]", 1 - math.tanh(math.tanh(z)) ** 2) == SAYS["at a"]


def test_the_half_of_a_penalty_is_kept():
    """The mistake leaves out the ½ of the squared error, not that of the penalty."""
    why = mazur()
    net = why.net.copy()
    net.layers[0].l2 = 0.5
    why = explain(net, [[0.05, 0.10]], [[0.01, 0.99]], "half_squared_error", sn.SGD(0.5))
    w, slope = 0.15, why["0.weights[0][0].gradient"].value
    assert slope == pytest.approx(by_hand()["0.weights[0][0].gradient"] + 0.5 * w)
    assert mistake(why, "0.weights[0][0].gradient", slope * 2 - 0.5 * w) == SAYS["half"]
    penalty = 0.25 * (0.15**2 + 0.25**2 + 0.2**2 + 0.3**2)
    assert mistake(why, "loss", 2 * why["loss"].value - penalty) == SAYS["half"]
    assert mistake(why, "loss.new", 7.0) is None


def test_a_mistake_with_a_circular_result_is_skipped():
    """With clipping, each new weight depends on all gradients, and with this mistake on itself."""
    why = mazur(optimizer=sn.SGD(0.5, clip_norm=0.01))
    working = Working(why.step, lambda node: None, MISTAKES[0])
    assert working.value(why["0.weights[0][0].new"].node) is None
    assert one(why, "loss.new", "0.2990001").wrong.mistake is None


def test_a_deep_network():
    layers = [layer for _ in range(120) for layer in (sn.Dense(1, 1, weights=[[1.0]]), sn.Tanh())]
    why = explain(sn.Sequential(layers), [[0.5]], [1], "half_squared_error", sn.SGD(0.1))
    value = why["0.weights[0][0].gradient"].value
    assert one(why, "0.weights[0][0].gradient", "{:.6e}".format(value)).passed
    assert mistake(why, "0.weights[0][0].gradient", -value) == SAYS["target first"]


# ---- numbers that no mistake gives ---------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SHEETS))
def test_a_random_number_is_no_mistake(name):
    why, chance = SHEETS[name](), random.Random(1)
    for name in listed(why)[::3]:
        for _ in range(2):
            value = why[name].value * (1 + chance.uniform(0.1, 1)) + chance.uniform(0.1, 0.2)
            wrong = one(why, name, digits(value, 6)).wrong
            assert wrong.name == name and wrong.mistake is None, (name, value, wrong.mistake)
            assert why[name].formula in wrong.text()


@pytest.mark.parametrize("text", ["3", "0.00", "0.9", "5e-3"])
def test_one_digit_is_not_enough(text):
    wrong = one(and_gate(), "0.weights[0][0].gradient", text).wrong
    assert wrong is not None and wrong.mistake is None


def test_one_digit_is_enough_for_an_exact_result():
    wrong = one(and_gate(), "0.weights[0][0].gradient", "1").wrong
    assert wrong.mistake == "this is the result if the division by the number of terms is left out"
    assert (
        one(and_gate(), "0.z[2][0]", "0.4").wrong.mistake
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
    why = and_gate()  # 0.25
    assert one(why, "0.weights[0][0].gradient", "0.40").wrong.mistake is None
    assert one(why, "0.weights[0][0].gradient", "0.4005").wrong.mistake == "this is the result if 1"
    monkeypatch.setattr(checking, "MISTAKES", checking.MISTAKES[:2])
    assert one(why, "0.weights[0][0].gradient", "0.40").wrong.mistake == "this is the result if 0"


def test_a_network_of_fractions():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[F(2, 5)], [F(1, 5)]], bias=[1]), sn.Threshold()], number=F
    )
    why = explain(net, GATE, [0, 0, 0, 1], loss="perceptron", optimizer=sn.SGD(F(1, 10)))
    assert why["0.weights[0][0].new"].value == F(3, 8) and "0.weights[0][0] = 2/5\n" in worksheet(
        why
    )
    assert check(
        why, read(worksheet(why) + "\n0.weights[0][0].new = 3/8\n0.bias[0].new = 37/40")
    ).passed
    assert one(why, "0.weights[0][0].new", "17/40").wrong.mistake == SAYS["added"]


@settings(max_examples=15)
@given(steps(), st.integers(0, 10**6))
def test_a_right_number_is_never_a_mistake(why, place):
    names = listed(why)
    name = names[place % len(names)]
    findings = one(why, name, repr(float(why[name].value)))
    assert findings.passed and findings.right == [name]


def test_it_is_fast():
    why = xor()
    begin = time.time()
    entries = read(filled(why, 4))
    assert check(why, entries).passed
    assert one(why, "loss.new", "0.123456").wrong.mistake is None
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
    wrong = one(step(), name, digits).wrong
    assert wrong.mistake == "this is the result if " + sentence


@pytest.mark.parametrize("digits", ["0.5932", "0.59326", "0.59"])
def test_digits_that_are_cut_off(digits):
    findings = one(mazur(), "1.a[0][0]", digits)
    if digits == "0.59":  # here both are the same
        assert findings.passed
    else:
        cut_off = "the digits after the last one are cut off instead of rounded"
        assert findings.wrong.mistake == cut_off


# ---- follow-through marks ------------------------------------------------------------------------


def test_what_follows_from_a_wrong_number_counts():
    """z is wrong; the outputs computed from it are right with it, and so are those beside it."""
    z = 0.3775 - 0.35  # the bias is left out
    a = sigmoid(z)
    sheet = [
        ("0.z[0][0]", "{:.4f}".format(z), 1),
        ("1.a[0][0]", "{:.4f}".format(a), 2),
        ("0.z[0][1]", "0.3925", 3),
        ("2.z[0][0]", "{:.4f}".format(0.4 * a + 0.45 * sigmoid(0.3925) + 0.6), 4),
        ("2.z[0][1]", "7", 5),
    ]
    findings = check(mazur(), sheet)
    assert [wrong.name for wrong in findings.wrongs] == ["0.z[0][0]", "2.z[0][1]"]
    assert findings.wrong.mistake == "this is the result if the bias is left out"
    assert findings.right == ["0.z[0][1]"] and findings.followed == ["1.a[0][0]", "2.z[0][0]"]
    assert findings.score == (3, 5 + len(findings.missing)) and not findings.passed
    text = findings.text()
    assert "right with the wrong numbers carried on: 1.a[0][0], 2.z[0][0]\n" in text
    assert text.endswith("\nscore: 3 of {}".format(findings.score[1]))
    assert "line 1: " in text and "line 5: " in text
    assert findings.wrong.carried is None and findings.wrongs[1].carried == "{:.4f}".format(
        0.5 * a + 0.55 * sigmoid(0.3925) + 0.6
    )
    assert "with the wrong numbers before it, " in text


def test_the_right_number_after_a_wrong_one_is_right():
    sheet = [("0.z[0][0]", "0.5", 1), ("1.a[0][0]", "0.5933", 2)]
    findings = check(mazur(), sheet)
    assert findings.right == ["1.a[0][0]"] and findings.followed == []


def test_a_second_mistake_is_named_with_the_first_one_carried_on():
    why = mazur()
    sheet = [
        ("0.z[0][0]", "0.5", 1),
        ("1.a[0][0]", "0.6225", 2),
        ("1.derivative[0][0]", "0.6225", 3),
    ]
    findings = check(why, sheet)
    assert [wrong.name for wrong in findings.wrongs] == ["0.z[0][0]", "1.derivative[0][0]"]
    assert findings.followed == ["1.a[0][0]"]


def test_a_wrong_number_does_not_make_any_other_right():
    """Its large error is not taken for the error of rounding."""
    sheet = [("0.z[0][0]", "90", 1), ("1.a[0][0]", "0.75", 2)]
    assert [wrong.name for wrong in check(mazur(), sheet).wrongs] == ["0.z[0][0]", "1.a[0][0]"]


def test_an_answer_key_is_right():
    why = mazur()
    key = worksheet(why, decimals=6, answers=True)
    assert "____" not in key
    findings = check(why, read(key))
    assert findings.passed and findings.missing == []


# ---- wrong numbers carried on --------------------------------------------------------------------


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


@pytest.mark.parametrize(
    "used", [None, 4, 6]
)  # all digits of the calculator, or those written down
@pytest.mark.parametrize("name", ["0.z[0][1]", "3.a[1][0]", "2.z[0][0].gradient", "0.bias[0].new"])
def test_what_follows_from_a_wrong_number_is_right(name, used):
    why = two_outputs()
    text = digits(why[name].value * 1.7 + 0.2, 4)
    findings = check(why, carried_on(why, name, text, 4, used))
    assert [wrong.name for wrong in findings.wrongs] == [name], findings.text()
    assert findings.missing == [] and findings.score[0] == findings.score[1] - 1


# ---- means over samples and outputs --------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("name", ["2.z[0][1].gradient", "2.weights[1][0].gradient", "loss"])
def test_a_mean_that_divides_by_one_number_only(loss, name):
    why = two_outputs(loss)
    value = why[name].value
    said = "this is the result if the division by the number of {} is left out"
    assert mistake(why, name, 4 * value) == said.format("terms")
    # Two samples and two outputs: the first of the two is named.
    assert mistake(why, name, 2 * value) == said.format("samples")


def test_a_mean_over_three_samples_and_two_outputs():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[0.5, -1]]), sn.Identity()])
    why = explain(net, [[1], [2], [4]], [[1, 0], [0, 3], [2, 2]], "mean_squared_error", "sgd")
    said = "this is the result if the division by the number of {} is left out"
    for factor, things in ((6, "terms"), (3, "samples"), (2, "outputs")):
        gradient = why["0.z[1][1].gradient"].value * factor
        assert mistake(why, "0.z[1][1].gradient", gradient) == said.format(things)


def test_a_sum_that_is_zero_without_the_weights():
    """The errors of a softmax sum to 0."""
    layers = [sn.Dense(1, 2, weights=[[0.5, 1]]), sn.ReLU()]
    layers += [sn.Dense(2, 3, weights=[[0.3, 0.6, -0.4], [0.2, -0.7, 0.1]]), sn.Softmax()]
    why = explain(sn.Sequential(layers), [[1]], [2], "categorical_cross_entropy", "sgd")
    wrong = one(why, "1.a[0][0].gradient", "0.0000").wrong
    assert wrong.mistake == "this is the result if the weight is left out on the way back"
