"""settings.py: what an optimizer computes once per step, for many steps, to the bits of ``begin``."""

import pytest

import scratchnet as sn
from scratchnet.codegen.python import settings
from scratchnet.codegen.python.printer import execute
from scratchnet.core.functions import by_squaring
from scratchnet.core.training import Engine
from scratchnet.engines.generated import STEPS_AT_ONCE
from scratchnet.estimators.arithmetic import AdamOfRate

NAMES = ["rate", "bias_correction1", "bias_correction2"]
STARTS = [0, 1, 30, 1023, 4095, settings.MOST_POWERS - 9, 10**9]


OPTIMIZERS = [
    sn.Adam(0.1),
    sn.Adam(beta1=0.5, beta2=0.1),
    sn.AdamW(beta2=0.9999),
    AdamOfRate(0.1),  # its rate is not the learning rate
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("start", STARTS)
def test_settings_have_the_bits_of_begin(optimizer, start):
    function = execute(settings.source_of(optimizer, NAMES))["settings"]
    steps = range(start, start + 20)
    expected = []
    for t in steps:
        optimizer.t = t
        optimizer.begin(float)
        expected.append(tuple([getattr(optimizer, name) for name in NAMES]))
    assert function(steps, optimizer.learning_rate) == expected


def test_powers_of_many_bases():
    bases = [k / 20 for k in range(2 * settings.MOST_BASES)]
    for n in (3, 200):
        assert [settings.power(x, n) for x in bases] == [by_squaring(x, n) for x in bases]


def trained(engine, optimizer, observed=False, **options):
    X, Y = [[0.0, 1.0], [1.0, 0.5], [0.5, 0.25]], [[1.0], [0.0], [0.5]]
    net = sn.Sequential([sn.Dense(2, 2), sn.Tanh(), sn.Dense(2, 1)], seed=5)
    options.update(loss="mse", optimizer=optimizer, engine=engine, shuffle=False)
    if observed:
        list(sn.epochs(net, X, Y, **options))
    else:
        assert net.fit(X, Y, **options).engine == engine
    return [v for p in net.parameters() for row in p.rows for v in row]


@pytest.mark.parametrize("batch_size", [2, 3])
@pytest.mark.parametrize("epochs", [1, 3, STEPS_AT_ONCE + 2])
@pytest.mark.parametrize("optimizer", [sn.Adam(0.01), AdamOfRate(0.01)])
def test_epochs_together_have_the_bits_of_single_epochs(epochs, batch_size, optimizer):
    options = dict(epochs=epochs, batch_size=batch_size)
    together = trained("steps", optimizer, **options)
    assert together == trained("steps", optimizer, observed=True, **options)


@pytest.mark.parametrize("betas", [{"beta1": 0}, {"beta2": 0}, {}])
def test_betas_of_0(betas, monkeypatch):
    by_lists = trained("lists", sn.Adam(0.01, **betas), epochs=9, batch_size=2)
    monkeypatch.setattr(Engine, "epoch", None)  # the engine "lists" must not run instead
    by_steps = trained("steps", sn.Adam(0.01, **betas), epochs=9, batch_size=2)
    assert by_steps == pytest.approx(by_lists, rel=1e-12)
