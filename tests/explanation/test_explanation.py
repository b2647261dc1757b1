"""sn.explain: each number has the bits of the training run, and its formula computes its value."""

import importlib
import inspect
import io
import locale
import os
import pickle
import re
import time
import zipfile
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_layer import Scale

import scratchnet as sn
from scratchnet.core.layers import LAYERS
from scratchnet.core.losses import LOSSES
from scratchnet.core.optimizers import OPTIMIZERS
from scratchnet.core.schedules import CosineDecay, ExponentialDecay, StepDecay, WarmUp
from scratchnet.explanation import mistakes
from scratchnet.explanation.explanation import UnknownName
from scratchnet.explanation.text import parts
from scratchnet.scalars import Traced

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
X = [[0.5, -1.0], [2.0, 0.25], [-0.75, 1.5]]
ENDS = {
    "binary_cross_entropy": sn.Sigmoid,
    "categorical_cross_entropy": sn.Softmax,
    "perceptron": sn.Threshold,
}
TARGETS = {"hinge": [[1, -1]] * 3, "categorical_cross_entropy": [[0.25, 0.75], [1, 0], [0, 1]]}


def network(loss="mean_squared_error", hidden=None, **options):
    layers = [sn.Dense(2, 3, **options), hidden or sn.Tanh(), sn.Dense(3, 2)]
    return sn.Sequential(layers + ([ENDS[loss]()] if loss in ENDS else []), seed=5)


def targets(loss):
    return TARGETS.get(loss, [[0, 1], [1, 1], [1, 0]])


def mazur(**options):
    """Matt Mazur, "A step by step backpropagation example" (2015), where the biases are frozen."""
    layers = [
        sn.Dense(2, 2, weights=[[0.15, 0.25], [0.20, 0.30]], bias=[0.35, 0.35]),
        sn.Sigmoid(),
        sn.Dense(2, 2, weights=[[0.40, 0.50], [0.45, 0.55]], bias=[0.60, 0.60]),
        sn.Sigmoid(),
    ]
    net = sn.Sequential(layers)
    net.freeze("0.bias", "2.bias")
    arguments = dict({"loss": "half_squared_error", "optimizer": sn.SGD(0.5)}, **options)
    return sn.explain(net, [[0.05, 0.10]], [[0.01, 0.99]], **arguments)


def flat(value):
    return (
        [v for item in value for v in flat(item)] if isinstance(value, (list, tuple)) else [value]
    )


# ---- the numbers have the bits of the training run -----------------------------------------------


def assert_equals_training(why, net, X, Y, loss, optimizer, **options):
    """Loss and gradients have the bits of backpropagation, new parameters those of a training step."""
    value, gradients = net.gradients(X, Y, loss, options.get("sample_weight"))
    assert repr(why["loss"].value) == repr(value)
    for parameter, gradient in zip(net.parameters(), gradients):
        found = [
            why[name].value
            for name in why.names()
            if re.match(parameter.name + r"[\[\]\d]+\.gradient$", name)
        ]
        assert repr(found) == repr(flat(gradient))
    trained = net.copy()
    trained.fit(X, Y, loss, optimizer, epochs=1, shuffle=False, engine="lists", **options)
    for parameter, before in zip(trained.parameters(), net.parameters()):
        if not parameter.frozen:
            found = [
                why[name].value
                for name in why.names()
                if re.match(parameter.name + r"[\[\]\d]+\.new$", name)
            ]
            assert repr(found) == repr(flat(parameter.value)) and found != flat(before.value)


@pytest.mark.parametrize("loss", sorted(LOSSES))
def test_every_loss(each_kernel, loss):
    net, Y = network(loss, l1=0.01, l2=0.1), targets(loss)
    options = {"sample_weight": [1, 2, 0.5]}
    why = sn.explain(net, X, Y, loss=loss, optimizer=sn.SGD(0.1), **options)
    assert_equals_training(why, net, X, Y, loss, sn.SGD(0.1), **options)


@pytest.mark.parametrize(
    "name", sorted(set(LAYERS) - {"Dense", "Dropout", "Normalization", "Threshold"})
)
def test_every_activation(each_kernel, name):
    net = network(hidden=LAYERS[name]())
    why = sn.explain(net, X, targets("huber"), loss="huber", optimizer=sn.SGD(0.1))
    assert_equals_training(why, net, X, targets("huber"), "huber", sn.SGD(0.1))
    assert repr(
        [why["1.a[{}][{}]".format(i, j)].value for i in range(3) for j in range(3)]
    ) == repr(flat(net.propagate(X, net.layers[:2])))


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_optimizer_at_its_first_and_a_later_step(each_kernel, name):
    options = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    optimizer = OPTIMIZERS[name](
        sn.ExponentialDecay(0.1, 0.5), weight_decay=0.01, clip_norm=0.3, **options
    )
    net, Y = network(), targets("huber")
    for step in (1, 3):
        why = sn.explain(net, X, Y, "huber", optimizer=optimizer, step=step)
        trained = net.copy()
        trained.fit(X, Y, "huber", optimizer, epochs=step, shuffle=False, engine="lists")
        found = [
            why[n].value for n in why.names() if re.match(r"\d\.(weights|bias)[\[\]\d]+\.new$", n)
        ]
        assert repr(found) == repr(flat([p.value for p in trained.parameters()]))


def test_the_loss_after_the_step():
    net, Y = network(), targets("huber")
    why = sn.explain(net, X, Y, "huber", optimizer=sn.Adam(0.1))
    net.fit(X, Y, "huber", sn.Adam(0.1), epochs=1, shuffle=False, engine="lists")
    assert why["loss.new"].value == net.evaluate(X, Y, "huber")
    assert why["2.z[1][1].new"].value == net.predict(X)[1][1]
    assert "2.z[1][1].new" in why and "0.z[9][9].new" not in why


def test_a_step_of_a_training_run_in_shuffled_batches_with_dropout():
    """The same seed gives the same batch, the same masks and the same floats."""
    layers = [sn.Normalization(), sn.Dense(2, 4), sn.Dropout(0.5), sn.Tanh(), sn.Dense(4, 1)]
    net = sn.Sequential(layers, seed=2)
    X, Y = [[i / 3, i * i % 5] for i in range(7)], [i % 3 for i in range(7)]
    options = {"optimizer": sn.Adam(0.1), "batch_size": 3, "seed": 4, "shuffle": True}
    why = sn.explain(net, X, Y, "mean_squared_error", step=8, steps=2, **options)
    assert why.numbers == [8, 9]
    third_epoch = (
        sn.explain(net, X, Y, "mean_squared_error", step=7, **options).samples + why.samples
    )
    assert sorted(third_epoch + why.at(9).samples) == list(range(7)) and third_epoch != list(
        range(6)
    )
    for i in why.samples:
        assert [why["x[{}][{}]".format(i, j)].value for j in range(2)] == X[i]
        assert why["y[{}][0]".format(i)].value == Y[i]
    trained = net.copy()
    history = trained.fit(X, Y, "mean_squared_error", epochs=3, engine="lists", **options)
    losses = [sn.explain(net, X, Y, "mean_squared_error", step=s, **options) for s in (7, 8, 9)]
    mean = sum([w["loss"].value * len(w.samples) for w in losses]) / 7
    assert mean == pytest.approx(history.loss[2], rel=1e-14)
    last = why.at(9)
    found = [
        last[n].value for n in last.names() if re.match(r"\d\.(weights|bias)[\[\]\d]+\.new$", n)
    ]
    assert repr(found) == repr(flat([p.value for p in trained.parameters() if not p.frozen]))


def test_the_network_is_not_changed():
    net = network()
    before = repr([p.value for p in net.parameters()])
    sn.explain(net, X, targets("huber"), "huber", step=5)["loss.new"]
    assert repr([p.value for p in net.parameters()]) == before


def test_exact_numbers_are_explained_exactly():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[Fraction("0.4")], [Fraction("0.2")]], bias=[1]), sn.Threshold(0)]
    )
    gate = [[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]
    why = sn.explain(net, *gate, loss="perceptron", optimizer=sn.SGD(Fraction("0.1")), step=1000)
    assert [why[n].value for n in ("0.weights[0][0].new", "0.bias[0].new")] == [
        Fraction(1, 20),
        Fraction(-3, 40),
    ]
    assert why.at(1000)["0.z[1][0]"].substituted == "1·(1/20) + 0·(1/20) + (-3/40)"
    net = mazur().net.copy(Decimal)
    why = sn.explain(
        net,
        [[Decimal("0.05"), Decimal("0.1")]],
        [[0, 1]],
        "huber",
        optimizer=sn.SGD(Decimal("0.5")),
    )
    assert type(why["loss"].value) is Decimal


# ---- the formulas --------------------------------------------------------------------------------


def evaluated(formula, names):
    """Evaluate a formula with names in Python."""
    expression = (
        re.sub(r"\|([^|]*)\|", r"abs(\1)", formula)
        .replace(" · ", "*")
        .replace("−", "-")
        .replace("^", "**")
    )
    for name in sorted(names, key=len, reverse=True):
        expression = expression.replace(name, "({!r})".format(names[name]))
    return eval(
        expression,
        {"e": 2.718281828459045, "tanh": __import__("math").tanh, "sqrt": lambda v: v**0.5},
    )


def test_the_formula_of_each_number_gives_its_value():
    net, Y = network(hidden=sn.Tanh()), targets("mean_squared_error")
    why = sn.explain(net, X, Y, "mean_squared_error", optimizer=sn.Adam(0.1, weight_decay=0.01))
    checked = 0
    for name in why.names():
        number = why[name]
        if number.source is not None and "since" not in number.formula:
            names = {operand.name: operand.value for operand in number.operands if operand.name}
            assert evaluated(number.formula, names) == pytest.approx(
                number.value, rel=1e-12, abs=1e-300
            ), name
            if number.chain:
                within = {n: why[n].value for n in why.names()}
                assert evaluated(number.chain, within) == pytest.approx(number.value, rel=1e-12), (
                    name
                )
            checked += 1
    assert checked > 100


def test_mazurs_numbers():
    why = mazur()
    assert (
        round(why["0.z[0][0]"].value, 4) == 0.3775
        and round(why["1.a[0][0]"].value, 9) == 0.593269992
    )
    assert why["1.z[0][0]"].value == why["0.z[0][0]"].value  # the input of the sigmoid
    assert [round(why["3.a[0][{}]".format(k)].value, 8) for k in range(2)] == [
        0.75136507,
        0.77292847,
    ]
    assert round(why["loss"].value, 9) == 0.298371109
    gradient = why["2.weights[0][0].gradient"]
    assert round(gradient.value, 9) == 0.082167041
    assert gradient.formula == "1.a[0][0] · 2.z[0][0].gradient"
    assert gradient.chain == "1.a[0][0] · ((3.a[0][0] − y[0][0]) · 3.derivative[0][0])"
    assert gradient.chain_substituted == "0.5933·((0.7514 − 0.01)·0.1868)"
    assert round(why["2.weights[0][0].new"].value, 8) == 0.35891648
    assert round(why["0.weights[0][0].new"].value, 9) == 0.149780716
    assert round(why["loss.new"].value, 9) == 0.291027774
    assert "0.bias[0].new" not in why  # frozen


def test_a_number_as_text():
    text = str(mazur()["2.weights[0][0].gradient"]).split("\n")
    assert text[:4] == [
        "2.weights[0][0].gradient = 0.0822",
        "  = 1.a[0][0] · 2.z[0][0].gradient",
        "  = 0.5933·0.1385",
        "  by the chain rule",
    ]
    sigmoid = "1 / (1 + e^−|0.z[0][0]|), since 0.z[0][0] ≥ 0 = 1/(1 + e^−|0.3775|) = 0.5933, since 0.3775 ≥ 0"
    assert "  1.a[0][0] = " + sigmoid in text
    deeper = mazur()["2.weights[0][0].gradient"].text(depth=9, decimals=8)
    assert "      x[0][1] = 0.1, given" in deeper.split("\n")
    assert deeper.count("x[0][0] = 0.05, given") == 1  # printed once


def test_where_a_number_was_computed():
    path, line, text = mazur()["2.weights[0][0].gradient"].source
    with io.open(os.path.join(ROOT, path), encoding="utf-8") as file:
        assert file.read().split("\n")[line - 1].strip() == text
    assert (path, text) == (
        "scratchnet/core/layers.py",
        "self.weights.gradient = matrix.dot(matrix.transpose(self.X), dZ)",
    )
    assert mazur()["x[0][0]"].source is None
    sources = {mazur()[name].source[0] for name in mazur().names() if mazur()[name].source}
    assert sources == {
        "scratchnet/core/" + name + ".py"
        for name in ("layers", "activations", "losses", "optimizers")
    }


class Quartic(sn.Loss):
    def term(self, a, y):
        return (a - y) ** 4

    def derivative(self, a, y):
        return 4 * (a - y) ** 3


def test_user_defined_layers_and_losses():
    net = sn.Sequential([Scale(2), sn.Dense(2, 1)], seed=1)
    why = sn.explain(net, X, [0, 1, 1], Quartic(), optimizer=sn.SGD(0.1))
    assert_equals_training(why, net, X, [0, 1, 1], Quartic(), sn.SGD(0.1))
    assert why["0.z[1][0]"].formula == "0.s[0] · x[1][0]"
    path, _, line = why["0.z[1][0]"].source
    assert path == inspect.getsourcefile(Scale) and "for s, x in zip" in line
    assert why["1.z[0][0].gradient"].formula == "4 · (1.z[0][0] − y[0][0])^3 / 3"
    assert why["0.s[1].gradient"].value == pytest.approx(
        net.gradients(X, [0, 1, 1], Quartic())[1][0][1]
    )


def test_the_chain_rule_behind_a_shortcut():
    loss = "categorical_cross_entropy"
    why = sn.explain(network(loss), X, TARGETS[loss], loss)
    delta = why["2.z[0][1].gradient"]
    assert delta.formula == "(3.a[0][1] − y[0][1]) / 3"
    assert "y[0][1] / " in delta.chain and delta.chain.startswith("3.a[0][1] · (")
    assert why["3.z[0][1].gradient"].value == delta.value
    chained = why.step.chains["2.z[0][1].gradient"]
    assert chained.value == pytest.approx(delta.value, rel=1e-12)
    assert (
        why["0.weights[0][0].gradient"].chain is None
        or len(why["0.weights[0][0].gradient"].chain) <= 240
    )
    saturated = sn.Sequential([sn.Dense(1, 1, weights=[[100]]), sn.Sigmoid()])
    delta = sn.explain(saturated, [[20]], [0], "binary_cross_entropy")["0.z[0][0].gradient"]
    # The derivative is rounded to 0, so the chain rule would give 0.
    assert delta.value == 1 and delta.chain is None


def test_dropout_is_explained():
    net = sn.Sequential([sn.Dense(2, 3), sn.Dropout(0.5), sn.Dense(3, 1)], seed=1)
    why = sn.explain(net, X, [0, 1, 1], "mean_squared_error")
    formulas = [why["1.a[{}][{}]".format(i, j)].formula for i in range(3) for j in range(3)]
    assert formulas == [
        why.at(1)["1.a[{}][{}]".format(i, j)].formula for i in range(3) for j in range(3)
    ]
    assert formulas[0] == "0.z[0][0] · 1.mask[0][0] / (1 − 1.rate)"
    masks = [why["1.mask[{}][{}]".format(i, j)].formula for i in range(3) for j in range(3)]
    assert any(re.match(r"1, since 1\.rate ≤ 0\.\d+$", f) for f in masks)
    assert any(re.match(r"0, since 1\.rate > 0\.\d+$", f) for f in masks)


def test_a_number_that_softmax_uses_repeatedly_has_a_name():
    net = sn.Sequential([sn.Dense(2, 20), sn.Softmax()], seed=1)
    why = sn.explain(net, [[1, 2]], [3], "categorical_cross_entropy", optimizer="sgd")
    assert why["1.a[0][2]"].formula == "1.inner[0][3] / 1.inner[0][21]"
    assert why["1.inner[0][3]"].formula == "e^(0.z[0][2] − 1.inner[0][0])"
    assert (
        why["1.inner[0][0]"].formula
        == "max(0.z[0][0], 0.z[0][1], 0.z[0][2], … 16 more …, 0.z[0][19])"
    )
    assert why["loss"].formula.startswith(
        "y[0][0] · (loss.inner[1] + loss.inner[0] − 0.z[0][0]) + "
    )
    assert len(why["1.inner[0][0]"].operands) == 20  # all of them
    assert why["loss.new"].formula.startswith(
        "y[0][0] · (loss.inner[1].new + loss.inner[0].new − 0.z[0][0].new) + "
    )
    why = sn.explain(net, [[1, 2]], [[0.05] * 20], "mean_squared_error", optimizer="sgd")
    assert (
        why["0.z[0][3].gradient"].formula == "1.a[0][3] · (1.a[0][3].gradient − 1.backward[0][0])"
    )
    backward = [names for title, names in why.sections() if title == "backward: layer 1, Softmax()"]
    assert "1.backward[0][0]" in backward[0]


def test_a_long_formula_contains_values_in_place_of_formulas():
    class Doubling(sn.Activation):
        def function(self, z):
            for _ in range(40):
                z = z * z + z
            return z

        def derivative(self, z, a):
            return z

    why = sn.explain(sn.Sequential([sn.Dense(1, 1, weights=[[1e-9]]), Doubling()]), [[1]])
    assert len(why["1.a[0][0]"].formula) < 20000 and len(str(why)) < 100000


# ---- names ---------------------------------------------------------------------------------------


def test_every_listed_name_can_be_looked_up():
    why = mazur()
    names = why.names()
    assert len(names) == len(set(names)) > 60
    for name in names:
        assert name in why and why[name].value == why[name].value
        assert why[name].name == name or name.startswith(("1.z", "3.z", "loss[0]"))
    assert {
        "x[0][1]",
        "0.weights[1][0]",
        "1.z[0][0]",
        "loss",
        "0.z[0][0].gradient",
        "learning_rate",
    } <= set(names)


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("0.weight[1][0]", "no number is called '0.weight[1][0]'; did you mean '0.weights[1][0]'?"),
        ("los", "no number is called 'los'; did you mean 'loss'?"),
        ("2.weights[0][0].grad", "did you mean '2.weights[0][0].gradient'?"),
        (
            "0.weights[7][0]",
            "no number is called '0.weights[7][0]'; the names go from 0.weights[0][0] to 0.weights[1][1]",
        ),
        ("", "no number is called ''; did you mean"),
    ],
)
def test_an_unknown_name_gets_the_nearest_name(name, sentence):
    for error in (KeyError, ValueError, UnknownName):
        with pytest.raises(error) as raised:
            mazur()[name]
        assert sentence in str(raised.value) and "\n" not in str(raised.value)
    assert name not in mazur()


def test_a_name_must_be_a_string():
    with pytest.raises(ValueError, match="^the name is 3; give a string such as 'loss'$"):
        mazur()[3]
    assert 3 not in mazur()


# ---- the whole step ------------------------------------------------------------------------------


def test_the_inputs_of_an_update_are_listed_before_it():
    why = sn.explain(network(), X, [[0, 1]] * 3, "huber", optimizer=sn.Adam())
    names = why.names()
    memory, new = "0.weights[0][0].v.new", "0.weights[0][0].new"
    assert names.index(memory) < names.index(new) and memory in [n.name for n in why[new].operands]


def test_the_whole_step_as_text():
    text = str(mazur()).split("\n")
    titles = [line for line in text if line and not line.startswith(" ")]
    assert titles == [
        "step 1",
        "given",
        "forward: layer 0, Dense(inputs=2, outputs=2)",
        "forward: layer 1, Sigmoid()",
        "forward: layer 2, Dense(inputs=2, outputs=2)",
        "forward: layer 3, Sigmoid()",
        "loss",
        "backward: layer 3, Sigmoid()",
        "backward: layer 2, Dense(inputs=2, outputs=2)",
        "backward: layer 1, Sigmoid()",
        "backward: layer 0, Dense(inputs=2, outputs=2)",
        "backward: the data",
        "update",
    ]
    names = "0.z[0][0] = x[0][0] · 0.weights[0][0] + x[0][1] · 0.weights[1][0] + 0.bias[0]"
    assert "  " + names + " = 0.05·0.15 + 0.1·0.2 + 0.35 = 0.3775" in text
    assert repr(mazur()).startswith("Explanation of step 1: ")


def test_without_targets_the_forward_pass_is_explained():
    why = sn.explain(network(), X)
    assert why["2.z[0][1]"].value == network().predict(X)[0][1]
    assert "loss" not in why and "update" not in str(why) and str(why).count("forward") == 3
    with pytest.raises(
        ValueError, match="without targets Y there is no loss, no gradient and no update$"
    ):
        why["0.weights[0][0].gradient"]
    with pytest.raises(
        ValueError, match="^step needs targets: without Y only the forward pass is explained"
    ):
        sn.explain(network(), X, step=3)


def test_a_large_network_is_explained_number_by_number():
    """784-30-10 takes about a second; the limit is for slow interpreters and busy machines."""
    generator = sn.Generator(1)
    net = sn.Sequential([sn.Dense(784, 30), sn.Sigmoid(), sn.Dense(30, 10), sn.Softmax()])
    start = time.time()
    x = [generator.random() for _ in range(784)]
    why = sn.explain(net, [x], [3], "categorical_cross_entropy", optimizer="adam")
    text = str(why["0.weights[783][29].new"]) + str(why["0.z[0][29]"])
    assert time.time() - start < 20
    assert " + … 780 more … + " in text
    assert re.search(r"\n  and 71557 more, up to loss.new; look them up by name$", str(why))


# ---- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"step": 0}, "step is 0; give a whole number of 1 or more"),
        ({"steps": 1.5}, "steps is 1.5; give a whole number of 1 or more"),
        ({"loss": None}, "targets Y need a loss, for example loss='mean_squared_error'"),
        ({"loss": "nonsense"}, "loss 'nonsense' is unknown"),
        ({"optimizer": "nonsense"}, "optimizer 'nonsense' is unknown"),
        ({"batch_size": 0}, "batch_size is 0"),
    ],
)
def test_refused_arguments(options, sentence):
    with pytest.raises(ValueError, match="^" + re.escape(sentence)):
        sn.explain(network(), X, [[0, 1]] * 3, **dict({"loss": "huber"}, **options))


def test_a_step_that_was_not_recorded():
    why = sn.explain(network(), X, [[0, 1]] * 3, "huber", step=3, steps=2)
    with pytest.raises(
        ValueError,
        match=r"^step 2 is not recorded, only 3 to 4; record more with explain\(..., steps=...\)$",
    ):
        why.at(2)


def test_a_training_run_that_diverges_before_the_step():
    with pytest.raises(sn.Diverged):
        sn.explain(
            network(), X, [[0, 1]] * 3, "mean_squared_error", optimizer=sn.SGD(1e200), step=50
        )


# ---- random networks -----------------------------------------------------------------------------


@given(st.data())
def test_random_networks(data):
    widths = data.draw(st.lists(st.integers(1, 4), min_size=2, max_size=4))
    layers = []
    for n, m in zip(widths, widths[1:]):
        layers += [
            sn.Dense(n, m),
            data.draw(st.sampled_from([sn.Tanh, sn.ReLU, sn.Sigmoid, sn.GELU, sn.ELU]))(),
        ]
    net = sn.Sequential(layers, seed=data.draw(st.integers(0, 99)))
    numbers = st.integers(-8, 8).map(lambda n: n / 4)
    samples = data.draw(st.integers(1, 3))
    X = [[data.draw(numbers) for _ in range(widths[0])] for _ in range(samples)]
    Y = [[data.draw(numbers) for _ in range(widths[-1])] for _ in range(samples)]
    loss = data.draw(
        st.sampled_from(
            ["mean_squared_error", "half_squared_error", "mean_absolute_error", "huber"]
        )
    )
    why = sn.explain(net, X, Y, loss, optimizer=sn.Adam(0.1))
    value, gradients = net.gradients(X, Y, loss)
    assert repr(why["loss"].value) == repr(value)
    for name in why.names():
        number = why[name]
        assert number.formula and number.substituted and str(number)
        inner = [part.node for part in parts(number.node) if hasattr(part, "node")]
        assert all([isinstance(node, Traced) for node in inner])
    assert pickle.loads(pickle.dumps(why["loss"].node)).value == value


def test_weights_in_a_batch():
    """The loss of a batch is divided by its number of samples times the mean weight of all."""
    net, options = network("huber"), {"sample_weight": [1, 2, 6]}
    plan = dict(options, batch_size=2, shuffle=False)
    why = sn.explain(net, X, targets("huber"), loss="huber", optimizer=sn.SGD(0.1), step=2, **plan)
    assert why["mean_weight"].value == 3
    trained = net.copy()
    history = trained.fit(X, targets("huber"), "huber", sn.SGD(0.1), 1, engine="lists", **plan)
    assert why["0.weights[0][0].new"].value == trained.parameters()[0].value[0][0]
    assert len(history) == 1 and "mean_weight" in why["loss"].formula


@pytest.mark.parametrize(
    "optimizer, names",
    [
        (sn.SGD(0.1, momentum=0.9), ["momentum"]),
        (sn.Adagrad(), ["G"]),
        (sn.RMSprop(), ["v"]),
        (sn.Adam(), ["m", "v"]),
        (sn.AdamW(), ["m", "v"]),
    ],
)
def test_what_an_optimizer_remembers_has_the_name_of_its_formula(optimizer, names):
    why = sn.explain(network(), X, targets("huber"), "huber", optimizer=optimizer, step=2)
    for name in names:
        before, after = why["0.weights[0][0]." + name], why["0.weights[0][0]." + name + ".new"]
        assert before.value != 0 and before.name in [number.name for number in after.operands]
    assert not any(["memory" in name for name in why.names()])


def test_memory_without_a_name():
    class RunningMean(sn.Optimizer):
        memory = 1

        def rule(self, w, g, state):
            mean = (state[0] + g) / 2
            return w - self.rate * mean, (mean,)

    why = sn.explain(network(), X, targets("huber"), "huber", optimizer=RunningMean(0.1))
    assert why["0.weights[0][0].memory[0].new"].value == why["0.weights[0][0].gradient"].value / 2


@pytest.mark.parametrize(
    "schedule, inputs",
    [
        (StepDecay(0.5, 1), ["learning_rate.rate", "learning_rate.factor"]),
        (ExponentialDecay(0.5, 0.25), ["learning_rate.rate", "learning_rate.factor"]),
        (CosineDecay(0.5, 9, 0.125), ["learning_rate.rate", "learning_rate.minimum"]),
        (WarmUp(9, 0.5), ["learning_rate.after"]),
    ],
)
def test_a_scheduled_rate_has_a_formula(schedule, inputs):
    why = sn.explain(network(), X, targets("huber"), "huber", optimizer=sn.SGD(schedule), step=3)
    assert why["rate"].value == schedule(2)
    assert set(inputs) <= {n.name for n in why["rate"].operands}
    assert all([name in why["rate"].formula for name in inputs])


def test_the_source_of_a_layer_in_an_archive(tmp_path, monkeypatch):
    archive = str(tmp_path / "layers.zip")
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr(
            "doubling_layer.py",
            "import scratchnet as sn\n\n\nclass Doubling(sn.Layer):\n"
            "    def forward(self, X):\n        return [[x + x for x in row] for row in X]\n",
        )
    monkeypatch.syspath_prepend(archive)
    layer = importlib.import_module("doubling_layer").Doubling()
    number = sn.explain(sn.Sequential([layer]), [[3, 4]])["0.a[0][1]"]
    path, line, text = number.source
    assert path.replace(os.sep, "/").endswith("layers.zip/doubling_layer.py")
    assert (line, text) == (6, "return [[x + x for x in row] for row in X]")


@pytest.mark.parametrize("system", ["cp1252", "cp437", "ascii", "latin-1", "utf-8"])
def test_it_can_be_printed_to_a_file_in_the_encoding_of_the_system(system, monkeypatch):
    monkeypatch.setattr(locale, "getpreferredencoding", lambda do_setlocale=True: system)
    why = mazur()
    name = "0.weights[1][0].gradient"
    findings = mistakes.check(why, [(name, "7", 1)])
    file = io.TextIOWrapper(io.BytesIO(), encoding=system)
    for shown in (why, why[name], findings):
        print(shown, file=file)
    file.flush()
    text = file.buffer.getvalue().decode(system)
    if system == "utf-8":
        assert why.text() in text and "·" in text and "−" in text
    else:
        assert "−" not in text and "0.weights[0][0] - learning_rate" in text
