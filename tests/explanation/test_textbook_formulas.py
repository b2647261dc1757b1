"""The book's formula in a docstring agrees with what the rule computes."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.core.activations import ACTIVATIONS
from scratchnet.explanation.docstrings import lines_of
from scratchnet.texts import written_for

# What the first line says after the formula.
REMARKS = r"(, between| in each row|, a smooth|, also called|, where|: the neuron| \([A-Z]| \(Rosenblatt).*"
CONSTANTS = {"alpha": 1.6732632423543772, "scale": 1.0507009873554805}


def book(rule):
    """The formula in the first line of a docstring, as Python."""
    text = re.sub(REMARKS, "", lines_of(rule)[0]).partition(" = ")[2]
    text = re.sub(r"(.*) where (.*), else (.*)", r"(\1) if (\2) else (\3)", text)
    return python(text)


def python(text):
    text = text.replace("·", "*").replace("−", "-").replace("≥", ">=").replace("^", "**")
    text = re.sub(r"\b(tanh|ln) (\w)", r"\1(\2)", text)
    return re.sub(r"Φ\(z\)", "0.5*(1 + erf(z/2**0.5))", text)


def value(formula, **names):
    known = {"e": math.e, "ln": math.log, "max": max, "tanh": math.tanh, "erf": math.erf}
    known["sigmoid"] = lambda z: 1 / (1 + math.e**-z)
    return eval(formula, dict(known, **names))


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"Softmax"}))
@given(z=st.floats(-20, 20))
def test_each_activation_is_what_the_book_writes(name, z):
    layer = ACTIVATIONS[name]()
    settings = {n: getattr(layer, n) for n in layer.numbers} or CONSTANTS
    assert value(book(ACTIVATIONS[name]), z=z, **settings) == pytest.approx(
        layer.function(z), rel=1e-9, abs=1e-9
    )


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=4))
def test_softmax_is_what_the_book_writes(z):
    formula = re.sub(REMARKS, "", lines_of(sn.Softmax)[0])
    assert formula == "a_k = e^z_k / Σ_j e^z_j"
    total = sum([math.e**z_j for z_j in z])
    expected = [math.e**z_k / total for z_k in z]
    assert sn.Softmax().probabilities(z) == pytest.approx(expected, rel=1e-12)


@given(st.floats(-20, 20), st.sampled_from([0.0, 0.25, 1.0]))
def test_binary_cross_entropy_is_what_the_book_writes(z, y):
    text = lines_of(sn.BinaryCrossEntropy)[0].partition(", averaged")[0]
    assert text == "−(y·ln a + (1 − y)·ln(1 − a))"
    a = 1 / (1 + math.e**-z)
    expected = value(python(text), a=a, y=y)
    loss = sn.BinaryCrossEntropy()
    assert loss.term_from_logit(z, y) == pytest.approx(expected, rel=1e-6, abs=1e-12)
    assert loss.term(a, y) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=4))
def test_categorical_cross_entropy_is_what_the_book_writes(z):
    assert lines_of(sn.CategoricalCrossEntropy)[0].startswith("−Σ y·ln a over the classes")
    a = sn.Softmax().probabilities(z)
    y = [1.0] + [0.0] * (len(z) - 1)
    terms = sn.CategoricalCrossEntropy().terms_from_logits(z, a, y)
    assert sum(terms) == pytest.approx(-math.log(a[0]), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize(
    "rule", [sn.Sigmoid, sn.Softmax, sn.Softplus, sn.BinaryCrossEntropy, sn.CategoricalCrossEntropy]
)
def test_a_form_other_than_the_books_has_a_reason(rule):
    (reason,) = lines_of(rule)[1:]
    assert reason.startswith("Computed ") and reason.endswith(".")


def test_the_book_stands_beside_the_computed_form():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.Sigmoid()])
    why = sn.explain(net, [[2]], [1], "binary_cross_entropy", optimizer=sn.SGD(0.1))
    text = str(why)
    assert "\n  a = 1/(1 + e^−z), between 0 and 1\n  Computed from e^−|z|, so that " in text
    assert "\n  −(y·ln a + (1 − y)·ln(1 − a)), averaged" in text
    assert "  the rule: a = 1/(1 + e^−z), between 0 and 1\n" in str(why["1.a[0][0]"])
    assert "  the rule: −(y·ln a" in str(why["loss"])
    assert "the rule" not in str(why["0.weights[0][0].new"])


@pytest.mark.parametrize("y", [0, 1])
def test_the_loss_by_the_formula_of_the_book_with_its_numbers(y):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.Sigmoid()])
    why = sn.explain(net, [[2]], [y], "binary_cross_entropy", optimizer=sn.SGD(0.1))
    lines = str(why["loss"]).split("\n")
    place = lines.index("  = −(y[0][0] · ln(1.a[0][0]) + (1 − y[0][0]) · ln(1 − 1.a[0][0]))")
    assert lines[place - 1].startswith("  the rule: −(y·ln a")
    assert lines[place + 1] == f"  = −({y}·ln(0.73106) + (1 − {y})·ln(1 − 0.73106))"
    assert lines[place + 2].startswith("  Computed")


def test_the_card_of_a_number_in_a_notebook():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.Sigmoid()])
    why = sn.explain(net, [[2]], [1], "binary_cross_entropy", optimizer=sn.SGD(0.1))
    loss, output = why["loss"]._repr_html_(), why["1.a[0][0]"]._repr_html_()
    assert "by the rule</td>" in loss and "−(1·ln(0.73106) + (1 − 1)·ln(1 − 0.73106))" in loss
    assert "a = 1/(1 + e^−z), between 0 and 1" in output and "by the rule" not in output


def test_a_loss_without_such_a_formula():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), sn.Sigmoid()])
    why = sn.explain(net, [[2]], [1], "mean_squared_error", optimizer=sn.SGD(0.1))
    assert why.step.books == {} and str(why["loss"]).count("\n  = ") == 2


def test_a_rule_without_a_docstring_has_no_line():
    class Own(sn.Identity):
        def function(self, z):
            return 2 * z

    assert lines_of(Own) == []


@pytest.mark.parametrize("name", sorted(ACTIVATIONS) + ["Dense", "Normalization", "Dropout"])
def test_the_books_formula_can_be_written_in_ascii(name):
    text = " ".join(lines_of(getattr(sn, name)))
    assert "?" not in written_for(text, "ascii")
