"""Layers above the core, which occur in models of other libraries.

    activations.py      functions of one element: CELU, Clip, Exp, HardSigmoid, HardSwish, Mish,
                        Softsign, ThresholdedReLU; PReLU, which learns; LogSoftmax, a function of
                        a row
    normalization.py    functions of a row: LayerNormalization, RMSNormalization, RowNormalization

They are written like the layers of the core, each with its forward and its backward rule, and
everything works with them: engines, number types, explanations, gradient checks, generated code and
files. They are not in the core, because few networks need them.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 3), sn.deep.LayerNormalization(3), sn.deep.Mish()], seed=7)
>>> len(net.predict([[0.5, 1.0]])[0])
3
"""

from .activations import (
    CELU,
    Clip,
    Exp,
    HardSigmoid,
    HardSwish,
    LogSoftmax,
    Mish,
    PReLU,
    Softsign,
    ThresholdedReLU,
)
from .normalization import LayerNormalization, RMSNormalization, RowNormalization

LAYERS = {
    "CELU": CELU,
    "Clip": Clip,
    "Exp": Exp,
    "HardSigmoid": HardSigmoid,
    "HardSwish": HardSwish,
    "LayerNormalization": LayerNormalization,
    "LogSoftmax": LogSoftmax,
    "Mish": Mish,
    "PReLU": PReLU,
    "RMSNormalization": RMSNormalization,
    "RowNormalization": RowNormalization,
    "Softsign": Softsign,
    "ThresholdedReLU": ThresholdedReLU,
}

__all__ = list(LAYERS)
