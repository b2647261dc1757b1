"""A training that diverges: the error says where, and the parameters are the last finite ones."""

import pytest
from small_trainings import (
    INF,
    NAN,
    Presser,
    Scripted,
    bits,
    fit,
    network,
    one_weight,
    one_weight_and_bias,
    pressing_optimizer,
)

import scratchnet as sn


def test_divergence_names_the_epoch_and_the_rate_and_keeps_the_last_finite_parameters():
    net, states = one_weight_and_bias(), []
    optimizer = pressing_optimizer(Presser(0), states, net)
    optimizer.learning_rate = 1e60
    with pytest.raises(sn.Diverged) as raised:
        fit(net, [[1]], [0], optimizer=optimizer, epochs=50)
    history = raised.value.history
    assert len(history) >= 2 and not history.interrupted and history.loss[-1] < INF
    assert "epoch {}: ".format(len(history) + 1) in str(raised.value)
    assert " at the learning rate 1e+60;" in str(raised.value)
    assert "\n" not in str(raised.value)
    finite = [state for state in states if "inf" not in state and "nan" not in state]
    assert bits(net) == finite[-1]
    assert isinstance(raised.value, ValueError)


@pytest.mark.parametrize("rate", [0.25, sn.WarmUp(2, 0.5), lambda t: 0.25])
def test_a_first_loss_that_is_not_finite(rate):
    net = one_weight_and_bias()
    before = bits(net)
    with pytest.raises(
        sn.Diverged, match="^epoch 1: the loss became inf at the learning rate 0.25; "
    ) as raised:
        fit(net, [[1e200]], [0], optimizer=sn.SGD(rate))
    assert bits(net) == before
    assert len(raised.value.history) == 0 and raised.value.history.best_epoch is None


@pytest.mark.parametrize("value", [INF, -INF, NAN])
def test_a_parameter_that_is_not_finite(value):
    class Breaking(sn.SGD):
        def rule(self, w, g, state):
            return (value if self.t == 3 else w - self.rate * g), state

    net, three_steps = network(), network()
    with pytest.raises(
        sn.Diverged, match=r"^epoch 2: 0.weights is no longer finite at the learning rate 0.1;"
    ):
        fit(net, optimizer=Breaking(0.1), batch_size=3, epochs=5, seed=3, engine="lists")
    fit(three_steps, batch_size=3, epochs=1, seed=3, engine="lists")
    assert bits(net) == bits(three_steps)


def test_after_a_divergence_nothing_claims_to_be_the_best():
    """``best_epoch`` says whose parameters the network has; after a divergence it has the last finite ones."""

    class Breaking(Scripted):
        script = 1.0, 2.0, INF

    net = one_weight()
    with pytest.raises(sn.Diverged) as raised:
        fit(net, [[1]], [0], optimizer=Breaking(), patience=5)
    assert net.parameters()[0].value == [[2.0]]
    assert raised.value.history.best_epoch is None
