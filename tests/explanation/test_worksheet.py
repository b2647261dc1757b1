"""Worksheets: written with blanks, read, and right numbers accepted."""

import random
import re

import pytest
import sheets
from hypothesis import given, settings
from hypothesis import strategies as st
from test_explanation import mazur

import scratchnet as sn
from scratchnet.explanation.explanation import UnknownName
from scratchnet.explanation.mistakes import Mistake, Working, check
from scratchnet.explanation.recording import explain
from scratchnet.explanation.text import number
from scratchnet.explanation.worksheet import decimals_of, read, value_of, worksheet

# ---- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(sheets.SHEETS))
def test_each_number_has_one_blank_in_order(name):
    why = sheets.SHEETS[name]()
    text = worksheet(why)
    blanks = re.findall(r"^(.*) = ____$", text, re.M)
    assert blanks == sheets.listed(why) and len(set(blanks)) == len(blanks)
    assert [entry[0] for entry in read(text)] == [
        n for n in sheets.listed(why, made=False) if n not in blanks
    ]
    known = set()
    for line in text.splitlines():  # A formula contains only numbers of lines before it.
        names = re.findall(sheets.NAMES, line)
        assert (
            not line.startswith("# ")
            or " = " not in line
            or "layer" in line
            or known >= set(names[1:])
        ), line
        known.update(names[:1])


@pytest.mark.parametrize("name", sorted(sheets.SHEETS))
def test_each_formula_gives_its_number(name):
    why = sheets.SHEETS[name]()
    values = {n: why[n].value for n in sheets.listed(why, made=False)}
    formulas = re.findall(r"^# (.*?) = (.*)$", worksheet(why), re.M)
    formulas = [(n, formula) for n, formula in formulas if n in values]
    assert len(formulas) == len(sheets.listed(why))
    for n, formula in formulas:
        assert sheets.evaluated(formula, values) == pytest.approx(values[n], rel=1e-12), n


def test_the_worksheet_of_the_article():
    text = worksheet(sheets.and_gate(), header="# scratchnet explain --step=1\nby hand")
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
    text = worksheet(sheets.xor())
    assert (
        "3.derivative" not in text
        and "3.a[0][0].gradient" not in text
        and "1.derivative[0][0] = ____" in text
    )


def test_decimals_of_given_numbers():
    why = sheets.xor()
    assert "0.weights[0][0] = {:.2f}\n".format(why["0.weights[0][0]"].value) in worksheet(
        why, decimals=2
    )


def test_only_the_forward_pass():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.ReLU()])
    why = explain(net, [[-1.0]])
    assert re.findall("(.*) = ____", worksheet(why)) == ["0.z[0][0]", "1.a[0][0]"]
    assert check(why, read(sheets.filled(why, 2))).passed


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
@pytest.mark.parametrize("name", sorted(sheets.SHEETS))
def test_a_worksheet_with_the_right_numbers(name, decimals):
    why = sheets.SHEETS[name]()
    findings = check(why, read(sheets.filled(why, decimals)))
    assert findings.passed and findings.wrong is None and findings.missing == []
    assert findings.right == sheets.made(why)
    assert (
        findings.text()
        == str(findings)
        == "right: {0} numbers; missing: 0 numbers of the worksheet\nscore: {0} of {0}".format(
            len(sheets.listed(why))
        )
    )


def test_an_empty_worksheet():
    why = mazur()
    findings = check(why, read(worksheet(why)))
    assert findings.passed and findings.right == [] and findings.missing == sheets.listed(why)


def test_a_number_is_right_if_its_digits_are():
    why = mazur()  # loss = 0.298371109
    for text in ("0.3", "0.298", "0.2984", "0.298371109", "2.984e-1"):
        assert sheets.one(why, "loss", text).passed, text
    for text in ("0.4", "0.297", "0.2983", "0.298371108", "1", "-0.3", "1/3"):
        wrong = sheets.one(why, "loss", text).wrong
        assert (
            wrong.name == "loss" and wrong.given == text and wrong.number.value == why["loss"].value
        )
        assert wrong.right == number(
            why["loss"].value, max(4, 4 if "/" in text else decimals_of(text))
        )
    coarse = sheets.one(why, "loss", "0").wrong  # right to no decimals, but too coarse
    assert coarse.mistake == "it has too few digits to be checked"
    assert sheets.one(why, "x[0][0]", "0").wrong is not None
    assert sheets.one(sheets.and_gate(), "0.weights[0][0].new", "3/8").passed
    assert not sheets.one(sheets.and_gate(), "0.weights[0][0].new", "4/8").passed
    for text in ("0.92", "0.93"):  # 0.925 can be rounded to either.
        assert sheets.one(sheets.and_gate(), "0.bias[0].new", text).passed
    # With as many decimals as the entry, this would be 0.0.
    assert sheets.one(mazur(), "0.weights[0][0].gradient", "0.1").wrong.right == "0.0004386"


def test_a_whole_number_may_be_near_enough():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[0.001, 0.5]]), sn.Tanh()])
    why = explain(net, [[1]], [[1, 0]], loss="half_squared_error", optimizer=sn.SGD(0.1))
    assert number(why["1.derivative[0][0]"].value) == "1"  # 0.999999
    assert sheets.one(why, "1.derivative[0][0]", "1").passed
    for decimals in (1, 2, 4):  # the answer key, in which such a number has no decimals
        assert check(why, read(worksheet(why, decimals, answers=True))).passed
    assert not sheets.one(why, "1.derivative[0][1]", "1").passed  # 0.7864


def test_zero_may_be_near_enough():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[6, 3]]), sn.Tanh()])
    why = explain(net, [[1]], [[0, 0]], loss="half_squared_error", optimizer=sn.SGD(0.1))
    assert number(why["1.derivative[0][0]"].value) == "2.458e-05"
    assert sheets.one(why, "1.derivative[0][0]", "0").passed
    assert not sheets.one(why, "1.derivative[0][1]", "0").passed  # 0.009866


def test_other_names_of_a_number():
    why = mazur()
    findings = sheets.checked(
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
            sheets.one(why, name, "1")
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
    wrong = sheets.one(mazur(), "x[0][0]", "0.5").wrong
    assert (wrong.name, wrong.right, wrong.mistake) == ("x[0][0]", "0.05", None)
    assert "given" in wrong.text()


@settings(max_examples=25)
@given(sheets.steps(), st.integers(2, 12))
def test_right_numbers_are_always_accepted(why, decimals):
    names = [name for name in sheets.listed(why)] + ["loss.new"]
    findings = check(
        why, [(name, sheets.digits(float(why[name].value), decimals), 1) for name in names]
    )
    assert findings.passed, findings.text()
    for name in names[::7]:
        assert sheets.one(why, name, sheets.digits(float(why[name].value), decimals)).passed


@settings(max_examples=25)
@given(sheets.steps())
def test_the_record_without_a_mistake_gives_its_own_numbers(why):
    why["loss.new"]
    working = Working(why.step, lambda node: None, Mistake("none"))
    for name in list(why.step.numbers):
        node = why[name].node
        assert working.value(node) == pytest.approx(float(node.value), rel=1e-12, abs=1e-15), name


# ---- a step computed by hand ---------------------------------------------------------------------


def test_by_hand_is_right_without_a_mistake():
    why, numbers = mazur(), sheets.by_hand()
    assert set(numbers) >= set(sheets.listed(why))
    for name in numbers:
        assert numbers[name] == pytest.approx(why[name].value, rel=1e-12), name
    assert sheets.digits(numbers["loss.new"], 9) == "0.291027774"
    assert sheets.digits(sheets.by_hand("updated")["loss.new"], 9) == "0.291027924"


@pytest.mark.parametrize("decimals", [2, 3, 4, 6])
def test_numbers_computed_from_rounded_numbers_are_right(decimals):
    why = mazur()
    numbers = sheets.by_hand(r=lambda value: round(value, decimals))
    assert check(why, read(sheets.filled(why, decimals, numbers))).passed
    # With more digits, the error of the rounding becomes visible.
    more = decimals + 4
    entries = [(name, sheets.digits(numbers[name], more), 1) for name in sheets.listed(why)]
    assert not check(why, entries).passed or decimals > 6


@pytest.mark.parametrize("seed", range(5))
def test_numbers_computed_from_rounded_and_from_exact_numbers_are_right(seed):
    why, choice = sheets.xor(), random.Random(seed)
    exact = {name: why[name].value for name in sheets.listed(why, made=False)}
    formulas = dict(re.findall(r"^# (\S+) = (.*)$", worksheet(why), re.M))
    numbers = {}
    for name in exact:  # Each is computed by its formula, from rounded or exact numbers.
        used = {n: choice.choice([exact[n], numbers.get(n, exact[n])]) for n in exact}
        numbers[name] = (
            round(sheets.evaluated(formulas[name], used), 3)
            if name in formulas
            else round(exact[name], 4)
        )
    findings = check(why, read(sheets.filled(why, 3, numbers)))
    assert findings.passed, findings.text()


# ---- follow-through marks ------------------------------------------------------------------------


def test_what_follows_from_a_wrong_number_counts():
    """z is wrong; the outputs computed from it are right with it, and so are those beside it."""
    z = 0.3775 - 0.35  # the bias is left out
    a = sheets.sigmoid(z)
    sheet = [
        ("0.z[0][0]", "{:.4f}".format(z), 1),
        ("1.a[0][0]", "{:.4f}".format(a), 2),
        ("0.z[0][1]", "0.3925", 3),
        ("2.z[0][0]", "{:.4f}".format(0.4 * a + 0.45 * sheets.sigmoid(0.3925) + 0.6), 4),
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
        0.5 * a + 0.55 * sheets.sigmoid(0.3925) + 0.6
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


@pytest.mark.parametrize(
    "used", [None, 4, 6]
)  # all digits of the calculator, or those written down
@pytest.mark.parametrize("name", ["0.z[0][1]", "3.a[1][0]", "2.z[0][0].gradient", "0.bias[0].new"])
def test_what_follows_from_a_wrong_number_is_right(name, used):
    why = sheets.two_outputs()
    text = sheets.digits(why[name].value * 1.7 + 0.2, 4)
    findings = check(why, sheets.carried_on(why, name, text, 4, used))
    assert [wrong.name for wrong in findings.wrongs] == [name], findings.text()
    assert findings.missing == [] and findings.score[0] == findings.score[1] - 1


# ---- means over samples and outputs --------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mean_squared_error", "binary_cross_entropy"])
@pytest.mark.parametrize("name", ["2.z[0][1].gradient", "2.weights[1][0].gradient", "loss"])
def test_a_mean_that_divides_by_one_number_only(loss, name):
    why = sheets.two_outputs(loss)
    value = why[name].value
    said = "this is the result if the division by the number of {} is left out"
    assert sheets.mistake(why, name, 4 * value) == said.format("terms")
    # Two samples and two outputs: the first of the two is named.
    assert sheets.mistake(why, name, 2 * value) == said.format("samples")


def test_a_mean_over_three_samples_and_two_outputs():
    net = sn.Sequential([sn.Dense(1, 2, weights=[[0.5, -1]]), sn.Identity()])
    why = explain(net, [[1], [2], [4]], [[1, 0], [0, 3], [2, 2]], "mean_squared_error", "sgd")
    said = "this is the result if the division by the number of {} is left out"
    for factor, things in ((6, "terms"), (3, "samples"), (2, "outputs")):
        gradient = why["0.z[1][1].gradient"].value * factor
        assert sheets.mistake(why, "0.z[1][1].gradient", gradient) == said.format(things)


def test_a_sum_that_is_zero_without_the_weights():
    """The errors of a softmax sum to 0."""
    layers = [sn.Dense(1, 2, weights=[[0.5, 1]]), sn.ReLU()]
    layers += [sn.Dense(2, 3, weights=[[0.3, 0.6, -0.4], [0.2, -0.7, 0.1]]), sn.Softmax()]
    why = explain(sn.Sequential(layers), [[1]], [2], "categorical_cross_entropy", "sgd")
    wrong = sheets.one(why, "1.a[0][0].gradient", "0.0000").wrong
    assert wrong.mistake == "this is the result if the weight is left out on the way back"
