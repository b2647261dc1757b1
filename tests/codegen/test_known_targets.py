"""Targets that are known to be 0 or 1: fewer operations, the same numbers to rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.codegen.known_targets import KnownTargets
from scratchnet.codegen.program import reachable
from scratchnet.codegen.python import step
from scratchnet.codegen.python.printer import IS_PYPY
from scratchnet.core.functions import exp, log1p, positive_part, sigmoid
from scratchnet.scalars import Symbolic
from scratchnet.scalars.operations import OPERATIONS


def loss_of(z, y):
    return positive_part(z) - y * z + log1p(exp(-abs(z)))


def value(output, z):
    values = {}
    for node in reachable([output]):
        operands = [values[id(v)] for v in node.operands]
        known = z if node.name else node.value
        values[id(node)] = OPERATIONS[node.operation].function(*operands) if operands else known
    return values[id(output)]


def operations(outputs):
    return [node.operation for node in reachable(outputs) if node.operation]


@given(st.floats(-700, 700), st.sampled_from([0, 1]))
def test_the_loss_and_the_error_are_those_of_the_rules(z, y):
    symbol = Symbolic(name="z")
    known = y * symbol if y else Symbolic(0, kind="absent")
    loss = positive_part(symbol) - known + log1p(exp(-abs(symbol)))
    outputs = KnownTargets([]).again([loss, sigmoid(symbol) - y])
    assert "where" not in operations(outputs) and "abs" not in operations(outputs)
    assert value(outputs[0], z) == pytest.approx(loss_of(z, y), rel=1e-14, abs=0)
    # a - 1 of the rule has the error of a, which is near 1.
    assert value(outputs[1], z) == pytest.approx(sigmoid(z) - y, rel=1e-14, abs=2e-16)


@pytest.mark.parametrize(
    "loss",
    [
        lambda z, y: loss_of(z, y),
        lambda z, y: positive_part(z) - z + log1p(exp(-abs(y))),
        lambda z, y: positive_part(y) - z + log1p(exp(-abs(z))),
        lambda z, y: positive_part(z) - y + log1p(exp(-abs(z))),
        lambda z, y: positive_part(z) - 0.5 * z + log1p(exp(-abs(z))),
        lambda z, y: positive_part(z) - z + log1p(exp(abs(z))),
    ],
)
def test_other_numbers_keep_their_choices(loss):
    z, y = Symbolic(name="z"), Symbolic(name="y")
    assert "where" in operations(KnownTargets([]).again([loss(z, y)]))


def test_a_logit_with_two_targets_is_computed_for_one_of_them():
    z = Symbolic(name="z")
    losses = [positive_part(z) + log1p(exp(-abs(z))), loss_of(z, 1)]
    outputs = KnownTargets([]).again([*losses, sigmoid(z)])
    for number in (-3.0, 0.0, 0.5):
        given = [loss_of(number, 0), loss_of(number, 1), sigmoid(number)]
        assert [value(v, number) for v in outputs] == pytest.approx(given, rel=1e-14)


def network(scale, activation):
    layers = [sn.Dense(2, 3), activation, sn.Dense(3, 2), sn.Sigmoid()]
    net = sn.Sequential(layers, seed=5)
    for p in net.parameters():
        p.rows = [[scale * v for v in row] for row in p.rows]
    return net


X = [[0.0, 1.0], [0.5, -1.0], [1.0, 0.0], [-2.0, 0.25]]
Y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]
ENDS = [[0.0, 1.0], [1.0, 0.25], [0.75, 1.0], [0.0, 0.0]]


@pytest.mark.parametrize("optimizer", [sn.SGD(0.1), sn.SGD(0.1, momentum=0.5), sn.Adam(0.01)])
@pytest.mark.parametrize("activation", [sn.Tanh, sn.ReLU])
@pytest.mark.parametrize("targets", [Y, ENDS])
@pytest.mark.parametrize("weights", [None, [1.0, 0.0, 2.0, 1.0]])
def test_steps_are_those_of_the_rules(optimizer, activation, targets, weights):
    found = []
    for engine in ("lists", "steps"):
        net = network(1.0, activation())
        history = net.fit(
            X,
            targets,
            loss="binary_cross_entropy",
            optimizer=optimizer,
            epochs=50,
            sample_weight=weights,
            engine=engine,
        )
        assert history.engine == engine
        numbers = [v for p in net.parameters() for row in p.rows for v in row]
        found.append(history.loss + numbers)
    assert found[1] == pytest.approx(found[0], rel=1e-11, abs=1e-13)


def test_no_choice_remains_where_all_targets_are_known():
    net = network(1.0, sn.Tanh())
    made = step.of_samples(net, sn.BinaryCrossEntropy(), sn.SGD(0.1), (X, Y, None), True)
    assert ("if " in made.source) == IS_PYPY  # PyPy keeps the bits of the rules.


def test_a_power_that_overflows_is_computed_by_the_rules():
    found = []
    for engine in ("lists", "steps"):
        net = network(100.0, sn.Identity())
        history = net.fit(X, Y, "binary_cross_entropy", sn.SGD(0.1), epochs=60, engine=engine)
        found.append(history.loss + [v for p in net.parameters() for row in p.rows for v in row])
    assert found[0][0] > 710 > found[0][59]
    assert found[1] == pytest.approx(found[0], rel=1e-9, abs=1e-9)


def test_steps_run_together_again_after_some_have_failed(monkeypatch):
    from scratchnet.engines.generated import Steps

    sizes = []
    attempt = Steps.attempt

    def failing(self, batches):
        sizes.append(len(batches))
        return None if len(sizes) <= 2 else attempt(self, batches)

    monkeypatch.setattr(Steps, "attempt", failing)
    net = network(1.0, sn.Tanh())
    history = net.fit(X, Y, "binary_cross_entropy", sn.SGD(0.1), epochs=1000, engine="steps")
    assert len(history.loss) == 1000
    # All fail together, and so does the first alone, which the engine "lists" makes.
    assert sizes == [1000, 1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 488]
