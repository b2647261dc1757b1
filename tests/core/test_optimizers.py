"""optimizers.py: each rule by its published formula, written here on plain floats; clipping, decay, schedules."""

import math

import pytest

import scratchnet as sn
from scratchnet.core import optimizers

GRADIENTS = [[1.0, -0.5], [0.25, 2.0], [-3.0, 0.0], [0.5, 0.5]]
START = [1.0, -2.0]
NAN, INF = float("nan"), float("inf")


def parameter(value=START, name="w", frozen=False):
    return sn.Parameter(name, (len(value),), list(value), frozen)


def trajectory(optimizer, gradients=GRADIENTS, start=START):
    """Return the values after each step."""
    w = parameter(start)
    values = []
    for gradient in gradients:
        w.gradient = gradient
        optimizer.step([w])
        values.append(w.value)
    return values


def expected(rule, start=START, **memory):
    """Return the same by a rule w, g, t, m -> w for one weight with the memory m."""
    columns = []
    for k, w in enumerate(start):
        m, column = dict(memory), []
        for t, gradient in enumerate(GRADIENTS, 1):
            w = rule(w, gradient[k], t, m)
            column.append(w)
        columns.append(column)
    return [pytest.approx(list(row), rel=1e-12) for row in zip(*columns)]


# ---- the rules, as PyTorch documents them ------------------------------------------------------------------------


def sgd(w, g, t, m):
    return w - 0.1 * g


def momentum(w, g, t, m):
    m["v"] = 0.9 * m["v"] + g
    return w - 0.1 * m["v"]


def nesterov(w, g, t, m):
    m["v"] = 0.9 * m["v"] + g
    return w - 0.1 * (g + 0.9 * m["v"])


def adagrad(w, g, t, m):
    m["v"] += g * g
    return w - 0.1 * g / (math.sqrt(m["v"]) + 1e-10)


def rmsprop(w, g, t, m):
    m["v"] = 0.99 * m["v"] + 0.01 * g * g
    return w - 0.1 * g / (math.sqrt(m["v"]) + 1e-8)


def adam(w, g, t, m):
    m["m"] = 0.9 * m["m"] + 0.1 * g
    m["v"] = 0.999 * m["v"] + 0.001 * g * g
    return w - 0.1 * (m["m"] / (1 - 0.9**t)) / (math.sqrt(m["v"] / (1 - 0.999**t)) + 1e-8)


def decayed(rule):
    return lambda w, g, t, m: rule(w, g + 0.3 * w, t, m)


def adamw(w, g, t, m):
    return adam(w - 0.1 * 0.01 * w, g, t, m)


@pytest.mark.parametrize(
    "optimizer, rule",
    [
        (sn.SGD(0.1), sgd),
        (sn.SGD(0.1, momentum=0.9), momentum),
        (sn.SGD(0.1, momentum=0.9, nesterov=True), nesterov),
        (sn.Adagrad(0.1), adagrad),
        (sn.RMSprop(0.1), rmsprop),
        (sn.Adam(0.1), adam),
        (sn.AdamW(0.1), adamw),
        (sn.AdamW(0.1, weight_decay=0), adam),
        (sn.SGD(0.1, weight_decay=0.3), decayed(sgd)),
        (sn.SGD(0.1, momentum=0.9, weight_decay=0.3), decayed(momentum)),
        (sn.Adagrad(0.1, weight_decay=0.3), decayed(adagrad)),
        (sn.RMSprop(0.1, weight_decay=0.3), decayed(rmsprop)),
        (sn.Adam(0.1, weight_decay=0.3), decayed(adam)),
    ],
)
def test_each_rule(optimizer, rule):
    assert trajectory(optimizer) == expected(rule, m=0.0, v=0.0)


def test_the_documented_defaults():
    defaults = {name: kind().config() for name, kind in optimizers.OPTIMIZERS.items()}
    common = {"weight_decay": 0, "clip_norm": None}
    adams = {"learning_rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    assert defaults == {
        "sgd": dict(common, learning_rate=0.001, momentum=0, nesterov=False),
        "adagrad": dict(common, learning_rate=0.01, epsilon=1e-10),
        "rmsprop": dict(common, learning_rate=0.01, alpha=0.99, epsilon=1e-8),
        "adam": dict(common, **adams),
        "adamw": dict(common, weight_decay=0.01, **adams),
    }


# ---- clipping ----------------------------------------------------------------------------------------------------


def test_clipping_scales_the_gradients_of_all_parameters_together():
    u, v = parameter([0.0], "u"), parameter([0.0, 0.0], "v")
    u.gradient, v.gradient = [3.0], [0.0, 4.0]
    sn.SGD(1.0, clip_norm=2.5).step([u, v])
    assert u.value == pytest.approx([-1.5], rel=1e-6) and v.value == pytest.approx(
        [0.0, -2.0], rel=1e-6
    )


def test_a_short_gradient_is_not_clipped_and_frozen_parameters_do_not_count():
    u, v = parameter([0.0], "u"), parameter([0.0], "v", frozen=True)
    u.gradient, v.gradient = [3.0], [1000.0]
    sn.SGD(1.0, clip_norm=3.5).step([u, v])
    assert (u.value, v.value) == ([-3.0], [0.0])


def test_clipping_does_not_divide_by_a_gradient_of_zero():
    assert trajectory(sn.SGD(1.0, clip_norm=0.1), [[0.0, 0.0]]) == [START]


# ---- steps -------------------------------------------------------------------------------------------------------


def test_frozen_parameters_stay():
    frozen = parameter(frozen=True)
    frozen.gradient = [1.0, 1.0]
    optimizer = sn.Adam(0.1)
    optimizer.step([frozen])
    assert frozen.value == START


def test_parameters_are_changed_all_or_none():
    """An error in the last row of the last parameter changes no parameter and no memory."""

    class Failing(sn.SGD):
        def rule(self, w, g, state):
            if g > 1e3:
                raise RuntimeError
            return sn.SGD.rule(self, w, g, state)

    u, v = parameter(name="u"), parameter(name="v")
    u.gradient, v.gradient = [1.0, 1.0], [1.0, 1e4]
    optimizer = Failing(0.1, momentum=0.9)
    with pytest.raises(RuntimeError):
        optimizer.step([u, v])
    assert (u.value, v.value, optimizer.t, optimizer.states) == (START, START, 0, {})


def test_a_step_makes_new_rows():
    """References to the old rows, such as the best parameters so far, stay valid."""
    w = parameter()
    kept = w.rows
    w.gradient = [1.0, 1.0]
    sn.SGD(0.1).step([w])
    assert kept == [START] and w.rows != kept


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: sn.SGD(-0.1), "SGD: learning_rate is -0.1; .* 0 or more, or a function of t"),
        (lambda: sn.SGD(NAN), "SGD: learning_rate is nan"),
        (lambda: sn.Adam(weight_decay=-1), "Adam: weight_decay is -1; .* 0 or more"),
        (lambda: sn.Adam(clip_norm=0), "Adam: clip_norm is 0; .* 0"),
        (lambda: sn.SGD(0.1, momentum=1), "SGD: momentum is 1; .*0.* 1"),
        (lambda: sn.SGD(0.1, momentum=-0.1), "SGD: momentum is -0.1"),
        (lambda: sn.SGD(0.1, nesterov=True), "SGD: nesterov is True; .*momentum above 0"),
        (lambda: sn.Adagrad(epsilon=0), "Adagrad: epsilon is 0; .* 0"),
        (lambda: sn.RMSprop(alpha=1), "RMSprop: alpha is 1; .*0.* 1"),
        (lambda: sn.RMSprop(epsilon=-1), "RMSprop: epsilon is -1"),
        (lambda: sn.Adam(beta1=1.5), "Adam: beta1 is 1.5"),
        (lambda: sn.Adam(beta2=-0.5), "Adam: beta2 is -0.5"),
        (lambda: sn.AdamW(epsilon=0), "AdamW: epsilon is 0"),
    ],
)
def test_arguments_that_are_refused(make, message):
    with pytest.raises(ValueError, match="^" + message):
        make()


def test_an_infinite_rate_is_refused_before_it_trains():
    with pytest.raises(
        ValueError, match="^SGD: learning_rate is inf; give a finite number of 0 or more"
    ):
        sn.SGD(INF).with_numbers(float)


# ---- schedules ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schedule, rates",
    [
        (sn.StepDecay(0.5, every=2), [0.5, 0.5, 0.05, 0.05, 0.005]),
        (sn.StepDecay(0.5, every=3, factor=0.5), [0.5, 0.5, 0.5, 0.25, 0.25]),
        (sn.ExponentialDecay(0.5, 0.9), [0.5 * 0.9**t for t in range(5)]),
        (sn.CosineDecay(0.5, steps=3), [0.5, 0.375, 0.125, 0.0, 0.0]),
        (sn.CosineDecay(0.5, steps=2, minimum=0.1), [0.5, 0.3, 0.1, 0.1, 0.1]),
        (sn.WarmUp(2, 0.5), [0.25, 0.5, 0.5, 0.5, 0.5]),
        (sn.WarmUp(2, sn.ExponentialDecay(0.5, 0.5)), [0.25, 0.5, 0.5, 0.25, 0.125]),
        (sn.WarmUp(0, 0.5), [0.5] * 5),
        (sn.WarmUp(1, lambda t: 2.0 + t), [2.0, 2.0, 3.0, 4.0, 5.0]),
    ],
)
def test_schedules(schedule, rates):
    assert [schedule(t) for t in range(5)] == pytest.approx(rates, abs=1e-16)
    values = trajectory(sn.SGD(schedule), [[-1.0]] * 5, [0.0])
    assert [w for (w,) in values] == pytest.approx([sum(rates[: t + 1]) for t in range(5)])


@pytest.mark.parametrize("rate", ["fast", None, -0.1, float("nan"), float("inf")])
def test_the_rate_that_a_schedule_returns_is_checked(rate):
    with pytest.raises(
        ValueError, match="^learning_rate is .*; give a finite number of 0 or more$"
    ):
        trajectory(sn.SGD(lambda t: rate))


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: sn.StepDecay(0.1, every=0), "StepDecay: every is 0"),
        (lambda: sn.StepDecay(0.1, every=-1), "StepDecay: every is -1"),
        (lambda: sn.StepDecay(0.1, every=1.5), "StepDecay: every is 1.5"),
        (lambda: sn.CosineDecay(0.1, steps=0), "CosineDecay: steps is 0"),
        (lambda: sn.CosineDecay(0.1, steps=-1), "CosineDecay: steps is -1"),
        (lambda: sn.WarmUp(-1, 0.1), "WarmUp: steps is -1"),
        (
            lambda: sn.WarmUp(2, "x"),
            "WarmUp: after is 'x'; give a finite number of 0 or more, or a function of t",
        ),
        (lambda: sn.ExponentialDecay("a", 0.5), "ExponentialDecay: rate is 'a'"),
        (lambda: sn.ExponentialDecay(0.5, -1), "ExponentialDecay: factor is -1"),
        (lambda: sn.StepDecay(0.5, 2, None), "StepDecay: factor is None"),
        (lambda: sn.CosineDecay(0.5, 2, float("nan")), "CosineDecay: minimum is nan"),
    ],
)
def test_schedules_that_are_refused(make, message):
    """They are refused at construction, not in the middle of a training."""
    with pytest.raises(ValueError, match="^" + message):
        make()
