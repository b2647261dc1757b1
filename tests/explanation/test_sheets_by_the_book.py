"""A worksheet asks for the formulas of books, and a check accepts what follows from them."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import pytest
from formulas import evaluated
from hypothesis import given, settings
from sheets import carried_on, digits, listed, made, one, steps

import scratchnet as sn
from scratchnet.core.activations import ACTIVATIONS
from scratchnet.explanation.mistakes import check
from scratchnet.explanation.recording import explain
from scratchnet.explanation.worksheet import read, worksheet

CLASSES = [[0.2, 1.0], [1.5, -0.4]], [2, 0]


def classifier(**options):
    layers = [sn.Dense(2, 2, **options), sn.SiLU(), sn.Dense(2, 3), sn.Softmax()]
    loss = "categorical_cross_entropy"
    return explain(sn.Sequential(layers, seed=3), CLASSES[0], CLASSES[1], loss, sn.SGD(0.1))


def single(activation, loss, y, x=1.5, w=0.5):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[w]], bias=[0.1]), activation])
    return explain(net, [[x]], [y], loss, sn.SGD(0.1))


def questions(why):
    """The formula that the worksheet shows for each blank."""
    found = dict(re.findall(r"^# (\S+) = (.*)$", worksheet(why), re.M))
    return {name: found[name] for name in listed(why)}


def value(formula, values):
    """The value of a formula with both alternatives of a condition."""
    match = re.match(r"(.*) if (.*), else (.*)", formula)
    if match:
        chosen, condition, other = match.groups()
        left, sign, right = re.match(r"(.*) ([≥>≤<=]) (.*)", condition).groups()
        left, right = value(left, values), value(right, values)
        truth = {"≥": left >= right, ">": left > right, "≤": left <= right, "<": left < right}
        return value(chosen if truth[sign] else other, values)
    return evaluated(formula.replace("π", repr(math.pi)), values)


@settings(max_examples=12)
@given(steps())
def test_each_question_gives_its_number(why):
    known = {name: float(why[name].value) for name in listed(why, made=False)}
    for name, formula in questions(why).items():
        if not re.search(r" if .* if | more …", formula):  # not for this simple evaluation
            assert value(formula, known) == pytest.approx(known[name], rel=1e-6, abs=1e-9), name


def test_the_questions_of_a_classification():
    asked = questions(classifier())
    a, z = "3.a[0][{}]", "2.z[0][{}]"
    powers = ["e^" + z.format(k) for k in range(3)]
    assert asked[a.format(1)] == "{} / ({})".format(powers[1], " + ".join(powers))
    terms = [f"(y[0][{k}] · ln({a.format(k)}))" for k in range(3)]
    assert asked["loss[0]"] == "−" + " − ".join(terms)
    assert asked["loss"] == "(loss[0] + loss[1]) / 2"
    assert asked["1.backward[0][0]"] == "1 / (1 + e^−0.z[0][0])"
    assert not [name for name in asked if "inner" in name]
    assert "Computed" not in worksheet(classifier())


@pytest.mark.parametrize("y", [0, 1, 0.25])
def test_the_question_of_binary_cross_entropy(y):
    asked = questions(single(sn.Sigmoid(), "binary_cross_entropy", y))
    assert asked["1.a[0][0]"] == "1 / (1 + e^−0.z[0][0])"
    a, target = "1.a[0][0]", "y[0][0]"
    assert asked["loss"] == f"−({target} · ln({a}) + (1 − {target}) · ln(1 − {a}))"


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"Threshold", "Softmax"}))
@pytest.mark.parametrize("w", [0.5, -2.0])
def test_no_question_of_an_activation_has_the_form_against_overflow(name, w):
    why = single(ACTIVATIONS[name](), "mean_squared_error", 1, w=w)
    for question in questions(why).values():
        assert "|" not in question
    assert check(why, read(worksheet(why, answers=True))).score[0] == len(listed(why))


def test_a_loss_of_which_the_book_has_no_number_is_asked_as_it_is_computed():
    why = single(sn.Sigmoid(), "binary_cross_entropy", 0, x=500)  # ln(1 - 1)
    asked = questions(why)
    assert asked["loss"].endswith("ln(1 + e^−|0.z[0][0]|)") and "Computed with" in worksheet(why)
    assert one(why, "loss", "250.1").passed


def test_a_users_activation_by_its_docstring():
    class Swish(sn.Activation):
        """a = z/(1 + e^-beta·z) with a slope in the exponent

        Computed from a quotient.
        """

        arguments = numbers = ("beta",)

        def __init__(self, beta=2):
            self.beta = beta

        def function(self, z):
            return 1 / ((1 + sn.functions.exp(-self.beta * z)) / z)

        def derivative(self, z, a):
            return z

    asked = questions(single(Swish(), "mean_squared_error", 1))
    assert asked["1.a[0][0]"] == "0.z[0][0] / (1 + e^−1.beta · 0.z[0][0])"


@pytest.mark.parametrize(
    "line", ["a = f(z) of Smith", "a = (z + ", "a = 2·", "the square", "b = z"]
)
def test_a_docstring_that_is_no_formula(line):
    class Own(sn.Identity):
        def function(self, z):
            return sn.functions.where(z > 0, z, 1)

    Own.__doc__ = line + "\n\nComputed in another way."
    assert questions(single(Own(), "mean_squared_error", 1))["1.a[0][0]"] == (
        "0.z[0][0] if 0.z[0][0] > 0, else 1"
    )


@pytest.mark.parametrize("penalty", [0, 0.01])
def test_a_loss_that_follows_from_a_wrong_output(penalty):
    """The rule computes it from z, the book from a."""
    why = classifier(l2=penalty)
    entries = dict([(name, text) for name, text, _ in carried_on(why, "3.a[0][2]", "0.9", 4, None)])
    book = -math.log(0.9)
    entries["loss[0]"] = digits(book, 4)
    del entries["loss"]
    findings = check(why, [(name, entries[name], 1) for name in made(why) if name in entries])
    assert [wrong.name for wrong in findings.wrongs] == ["3.a[0][2]"], findings.text()
    assert "loss[0]" in findings.followed and findings.missing == ["loss"]
    wrong = one(why, "loss[0]", digits(book, 4)).wrong
    assert wrong is not None and wrong.mistake is None


def test_an_old_sheet_with_the_numbers_within_is_still_read():
    why = classifier()
    names = [name for name in why.names() if ".inner" in name]
    assert len(names) > 8
    findings = check(why, [(name, digits(why[name].value, 6), 1) for name in names])
    assert findings.right == names and findings.passed


# ---- other numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [Fraction, Decimal, sn.scalars.Single])
@pytest.mark.parametrize("activation", [sn.LeakyReLU, sn.Identity])
def test_sheets_with_other_numbers(number, activation):
    weights = [[number(1) / number(2), number(-1) / number(4)], [number(2), number(1)]]
    layers = [sn.Dense(2, 2, weights=weights), activation(), sn.Dense(2, 1)]
    layers[-1].weights.value = [[number(1)], [number(-1)]]
    net = sn.Sequential(layers)
    X, Y = [[number(1), number(3) / number(2)]], [number(1)]
    why = explain(net, X, Y, "mean_squared_error", sn.SGD(number(1) / number(10)))
    findings = check(why, read(worksheet(why, answers=True)))
    assert findings.passed and findings.missing == []
    assert findings.right == made(why)
    for text in (
        str(why),
        worksheet(why),
    ):  # Only arguments, as in slope=Single(0.01), have a type.
        assert not re.search(r"(?<!\w=)(Single|Decimal|Fraction)\(", text)
