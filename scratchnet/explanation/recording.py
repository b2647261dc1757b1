"""sn.explain: where each number of a training step comes from.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-1]]), sn.Tanh()])
>>> why = explain(net, [[3, 1]], [1], loss="half_squared_error", optimizer=sn.SGD(0.1))
>>> print(why["0.weights[0][0].gradient"])
0.weights[0][0].gradient = -1.2691
  = x[0][0] · 0.z[0][0].gradient
  = 3·(-0.42302)
  by the chain rule
  = x[0][0] · ((1.a[0][0] − y[0][0]) · 1.derivative[0][0])
  = 3·((0.4621 − 1)·0.78645)
  scratchnet/core/layers.py:...: self.weights.gradient = matrix.dot(matrix.transpose(self.X), dZ)
from
  x[0][0] = 3, given
  0.z[0][0].gradient = 1.a[0][0].gradient · 1.derivative[0][0] = -0.5379·0.7864 = -0.423
>>> why["0.weights[0][0].gradient"].value
-1.26905022...

The names are listed in step.py.
"""

from ..core.checks import COUNT, refuse_unknown, require
from ..core.losses import loss_for
from .explanation import Explanation
from .replay import Moment, replay

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn, Optional

    from ..core.network import Sequential

OPTIONS = (
    "loss, optimizer, epochs, batch_size, shuffle, seed, validation_data, validation_split, "
    "patience, sample_weight, class_weight, step, steps"
)


def explain(
    net: "Sequential",
    X: "Any",
    Y: "Any" = None,
    loss: "Any" = None,
    optimizer: "Any" = "adam",
    epochs: "Optional[int]" = None,
    batch_size: "Optional[int]" = None,
    shuffle: bool = False,
    seed: int = 0,
    validation_data: "Any" = None,
    validation_split: float = 0,
    patience: "Optional[int]" = None,
    sample_weight: "Any" = None,
    class_weight: "Any" = None,
    step: int = 1,
    steps: int = 1,
    **unknown: "NoReturn",
) -> "Explanation":
    """Explain where each number of one training step comes from: forward, loss, backward, update.

    ``X``, ``Y``   as for ``fit``; without ``Y``, only the forward pass is explained
    ``epochs``     as for ``fit``; by default, as many as the step needs
    ``shuffle``    whether to shuffle the samples as ``fit`` does; by default they keep their order
    ``step``       the training step to explain, counted from 1; the steps before it are repeated
                   with engine="lists"
    ``steps``      how many steps to record from that one on, for ``at(k)`` and for the page; fewer
                   if the training ends before

    The other arguments are those of ``fit``, in the same order. The network is not changed.

    The method ``names`` of the result lists the names of all numbers. A name gives one of them:

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(1, 1, weights=[[2]])])
    >>> print(sn.explain(net, [[3]])["0.z[0][0]"])
    0.z[0][0] = 6
      = x[0][0] · 0.weights[0][0] + 0.bias[0]
      = 3·2 + 0
      the rule: Each output is a weighted sum of all inputs, plus a bias: Z = X·W + b.
      scratchnet/core/layers.py:...: return matrix.add_row(...)
    from
      x[0][0] = 3, given
      0.weights[0][0] = 2, given
      0.bias[0] = 0, given
    """
    refuse_unknown("explain", unknown, OPTIONS)
    if Y is None:
        return _forward_pass(
            net,
            X,
            loss=loss is not None,
            epochs=epochs is not None,
            batch_size=batch_size is not None,
            shuffle=shuffle,
            seed=seed != 0,
            validation_data=validation_data is not None,
            validation_split=validation_split != 0,
            patience=patience is not None,
            sample_weight=sample_weight is not None,
            class_weight=class_weight is not None,
            step=step != 1,
            steps=steps != 1,
        )
    if loss is None:
        raise ValueError("targets Y need a loss, for example loss='mean_squared_error'")
    if epochs is not None:
        require("epochs", epochs, COUNT)
    moments = replay(
        net,
        X,
        Y,
        loss,
        optimizer,
        require("step", step, COUNT),
        require("steps", steps, COUNT),
        epochs,
        batch_size=batch_size,
        shuffle=shuffle,
        seed=seed,
        validation_data=validation_data,
        validation_split=validation_split,
        patience=patience,
        sample_weight=sample_weight,
        class_weight=class_weight,
    )
    return Explanation(moments, loss_for(net, loss))


def _forward_pass(net: "Sequential", X: "Any", **given: bool) -> "Explanation":
    """Return the explanation of the forward pass; ``given`` are options that need targets."""
    for name in given:
        if given[name]:
            raise ValueError(f"{name} needs targets: without Y only the forward pass is explained")
    rows = net.accept(X)
    X = [rows[i] for i in range(len(rows))]
    return Explanation([Moment(1, net, X, [], None, list(range(len(X))), None, None)], None)
