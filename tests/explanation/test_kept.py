"""What a forward pass keeps has a forward name; no number is made of a later one, or of itself."""

import pytest
from layers_of_users import Attention, BatchNorm, LayerNorm, Residual, Stack

import scratchnet as sn
from scratchnet import functions
from scratchnet.explanation.mistakes import check
from scratchnet.explanation.worksheet import read, worksheet

X = [[0.1, 0.5], [2.0, -1.0], [-0.5, 0.25]]
LAYERS = {
    "layer norm": lambda: LayerNorm(2),
    "batch norm": lambda: BatchNorm(2),
    "attention": lambda: Attention(),
    "residual": lambda: Residual(2, 3),
    "stack": lambda: Stack(2, 2),
    "identity": lambda: sn.Identity(),
    "dropout": lambda: sn.Dropout(0.5),
    "softmax": lambda: sn.Softmax(),
}


def network(layer):
    return sn.Sequential([layer, sn.Dense(2, 1)], seed=3)


def explained(layer, **options):
    return sn.explain(network(layer), X, [1, 0, 1], "mean_squared_error", sn.SGD(0.1), **options)


@pytest.mark.parametrize("name", sorted(LAYERS))
@pytest.mark.parametrize("options", [{}, {"batch_size": 2, "shuffle": True, "step": 3}])
def test_each_number_is_made_of_earlier_ones(name, options):
    why = explained(LAYERS[name](), **options)
    names = why.names()
    assert len(names) == len(set(names))
    known = set()
    for number_name in why.step.names():
        if number_name == "loss.new":  # made of the next forward pass, which is not listed
            continue
        shown = why[number_name]
        assert shown.name == number_name
        made_of = {operand.name for operand in shown.operands if operand.name}
        assert number_name not in made_of and made_of <= known, number_name
        known.add(number_name)


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_user_defined_layers_are_right(name):
    """The test's own layers: their gradients are exact."""
    assert sn.check_gradients(network(LAYERS[name]()), X, [1, 0, 1], "mean_squared_error").passed


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_the_worksheet_asks_for_a_number_before_it_uses_it(name):
    answered = set()
    why = explained(LAYERS[name]())
    known = sorted(why.names(), key=len, reverse=True)
    for line in worksheet(why).splitlines():
        own, _, formula = line.lstrip("# ").partition(" = ")
        if own not in known:
            continue
        if line.startswith("# "):
            for other in known:
                if other in formula:
                    assert other in answered, line
                    formula = formula.replace(other, "")
        else:
            answered.add(own)


def forward_names(layer):
    why = explained(layer)
    return [name for name in why.step.of_forward if name.startswith("0.")], why


def test_rows_that_a_layer_keeps():
    names, why = forward_names(LayerNorm(2))
    assert {"0.N[2][1]", "0.S[0]", "0.S[2]"} <= set(names)
    assert why["0.a[1][0]"].formula == "2 · 0.N[1][0]"
    assert why["0.N[1][0]"].formula == "0.inner[1][1] / 0.S[1]"
    sections = dict(why.sections())
    assert "0.N[1][0]" in sections["forward: layer 0, LayerNorm(inputs=2)"]


def test_numbers_of_the_whole_batch():
    names, why = forward_names(BatchNorm(2))
    assert {"0.mean[0]", "0.mean[1]", "0.largest"} <= set(names) and "0.mean[2]" not in names
    assert why["0.mean[1]"].formula == "(x[0][1] + x[1][1] + x[2][1]) / 3"
    assert why["0.a[2][1]"].formula == "x[2][1] − 0.mean[1]"


def test_a_batch_as_large_as_the_number_of_features():
    why = explained(BatchNorm(2), batch_size=2, step=2)  # the third sample alone
    assert why.samples == [2] and "0.mean[0]" in why and "0.a[2][0]" in why
    why = explained(BatchNorm(2), batch_size=2, shuffle=True, step=3)
    assert len(why.samples) == 2 and {"0.mean[0]", "0.mean[1]"} <= set(why.names())


def test_nested_lists_of_any_depth():
    names, why = forward_names(Attention())
    assert {"0.P[0][0][0]", "0.P[2][1][1]"} <= set(names)
    assert why["0.a[0][1]"].formula == "0.P[0][1][0] · x[0][0] + 0.P[0][1][1] · x[0][1]"
    assert not [name for name in names if "backward" in name]


def test_numbers_after_the_step_have_these_names_too():
    why = sn.explain(
        sn.Sequential([sn.Dense(2, 2), LayerNorm(2)], seed=3), X, [[1, 0]] * 3, "huber", sn.SGD(1)
    )
    assert "1.N[0][1].new" in why and "1.S[2].new" in why and "1.S[3].new" not in why
    assert why["1.a[0][1].new"].formula == "2 · 1.N[0][1].new"


def test_a_mask_exists_in_training_only():
    why = explained(sn.Dropout(0.5))
    assert why["0.a[0][0]"].formula == "x[0][0] · 0.mask[0][0] / (1 − 0.rate)"
    assert "0.mask[0][0].new" not in why and why["0.a[0][0].new"].formula == "x[0][0]"


def test_an_attribute_named_like_an_output():
    class Own(sn.Layer):
        def forward(self, X):
            self.a = [[x * x for x in row] for row in X]
            return [[2 * v for v in row] for row in self.a]

        def backward(self, dA):
            return [[4 * d for d in row] for row in dA]

    why = explained(Own())
    assert why["0.a[0][1]"].formula == "2 · 0.self.a[0][1]"
    assert why["0.self.a[0][1]"].formula == "x[0][1] · x[0][1]"


# ---- numbers that are passed on ------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["mean_squared_error", "half_squared_error", "huber"])
def test_identity_keeps_a_name_on_each_side(loss):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]], bias=[0.25]), sn.Identity()])
    why = sn.explain(net, [[2]], [1], loss, optimizer=sn.SGD(0.1))
    assert why["1.a[0][0]"].derivation() == "0.z[0][0] = 1.25"
    delta = why["0.z[0][0].gradient"]
    assert "0.z[0][0].gradient" not in delta.formula
    if loss == "mean_squared_error":
        assert delta.derivation() == "1.a[0][0].gradient · 1.derivative[0][0] = 0.5·1 = 0.5"
    assert why["1.a[0][0].gradient"].value == pytest.approx(delta.value)
    assert "1.derivative[0][0] = ____" in worksheet(why) or loss == "half_squared_error"


def test_a_layer_that_returns_a_number_twice():
    class Twice(sn.Layer):
        inputs, outputs = 1, 2

        def forward(self, X):
            return [[x, x] for (x,) in X]

        def backward(self, dA):
            return [[d + e] for d, e in dA]

    net = sn.Sequential([Twice(), sn.Dense(2, 1, weights=[[3], [5]])])
    why = sn.explain(net, [[2]], [1], "half_squared_error", optimizer=sn.SGD(0.1))
    assert why["0.a[0][1]"].name == "0.a[0][1]" and why["0.a[0][1]"].formula == "x[0][0]"
    assert [why["0.a[0][{}].gradient".format(j)].value for j in (0, 1)] == [45, 75]
    assert why["x[0][0].gradient"].value == 120


# ---- layers within layers ------------------------------------------------------------------------


def test_parameters_of_layers_within_layers_have_nested_names(tmp_path):
    net = network(Residual(2, 3))
    names = [parameter.name for parameter in net.parameters()]
    assert names[:4] == ["0.up.weights", "0.up.bias", "0.down.weights", "0.down.bias"]
    assert [p.name for p in network(Stack(2, 2)).parameters()][:2] == [
        "0.blocks[0].weights",
        "0.blocks[0].bias",
    ]
    net.freeze("0.up.bias")
    before = [parameter.value for parameter in net.parameters()]
    net.fit(X, [1, 0, 1], "mean_squared_error", sn.SGD(0.1), epochs=3)
    changed = [p.value != value for p, value in zip(net.parameters(), before)]
    assert changed == [True, False, True, True, True, True]
    why = sn.explain(net, X, [1, 0, 1], "mean_squared_error", sn.SGD(0.1))
    assert why["0.act.Z[0][2]"].formula == (
        "x[0][0] · 0.up.weights[0][2] + x[0][1] · 0.up.weights[1][2] + 0.up.bias[2]"
    )
    assert why["0.up.weights[1][2].new"].value != why["0.up.weights[1][2]"].value


def test_names_that_are_different_stay_as_they_are():
    class Named(Residual):
        def parameters(self):
            for layer, name in ((self.up, "first"), (self.down, "second")):
                for parameter in layer.parameters():
                    if not parameter.role.startswith(name):
                        parameter.role = name + "_" + parameter.role
            return Residual.parameters(self)

    assert network(Named(2, 3)).parameters()[0].name == "0.first_weights"


# ---- formulas of any length ----------------------------------------------------------------------


class Long(sn.Activation):
    """A rule of many operations, some with a condition."""

    def function(self, z):
        out = z
        for k in range(300):
            out = out * 1.001 + sn.functions.where(z > k / 100, z / (k + 1), 0)
        return out

    def derivative(self, z, a):
        d = z
        for _ in range(300):
            d = d * 0.999 + 0.001
        return d


def test_a_formula_of_any_length_is_printed():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), Long()])
    why = sn.explain(net, [[2]], [1], "mean_squared_error", sn.SGD(0.1))
    for name in why.names():
        assert len(why[name].derivation()) < 3000
        assert ", since 1" not in why[name].formula and ", since 1)" not in why[name].substituted
    assert why["1.inner[0][0]"].value and "1.backward[0][0]" in why


# ---- the backward pass ---------------------------------------------------------------------------


def test_numbers_of_the_backward_pass_are_called_backward():
    names = explained(LayerNorm(2)).names()
    found = [name for name in names if name.startswith("0.backward[")]
    assert found and not [name for name in names if "slope" in name]
    assert names.index(found[0]) > names.index("loss")


def test_their_former_name_is_still_read():
    why = explained(LayerNorm(2))
    former = [n.replace("backward", "slope") for n in why.names() if "backward" in n]
    assert former and why[former[0]].name == former[0].replace("slope", "backward")
    sheet = "".join(["{} = {!r}\n".format(name, why[name].value) for name in former])
    findings = check(why, read(sheet))
    assert len(findings.right) == len(former) and not findings.wrongs
    assert "0.slope[9][9]" not in why and "0.slope[0][0].new" not in why


class Mish(sn.Activation):
    """a = z·tanh(softplus z)"""

    def function(self, z):
        return z * functions.tanh(functions.softplus(z))

    def derivative(self, z, a):
        t = functions.tanh(functions.softplus(z))
        return t + z * (1 - t * t) * functions.sigmoid(z)


@pytest.mark.parametrize(
    "layer, formula",
    [
        (sn.SiLU(), "1.backward[0][0] + 0.z[0][0] · 1.backward[0][0] · (1 − 1.backward[0][0])"),
        (Mish(), "1.backward[0][0] + 0.z[0][0] · (1 − 1.backward[0][0] · 1.backward[0][0]) · "),
        (sn.Softplus(), "1 / (1 + e^−|0.z[0][0]|), since 0.z[0][0] ≥ 0"),  # nothing long twice
    ],
)
def test_what_a_derivative_uses_repeatedly_has_a_name(layer, formula):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]], bias=[0.1]), layer])
    why = sn.explain(net, [[1]], [1], "mean_squared_error", sn.SGD(0.1))
    assert why["1.derivative[0][0]"].formula.startswith(formula)
