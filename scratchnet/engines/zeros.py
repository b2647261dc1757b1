"""Whether samples are mostly zeros, so that generated code reads only their non-zero entries.

``codegen/python/gather.py`` says what the code then does. The choice depends on the shapes and on
the data. It is made once per training run, and never depends on timing.
"""

import math

from ..codegen.python.gather import ONES, VALUES
from ..codegen.python.printer import IS_PYPY
from ..core.functions import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Matrix
    from .standardized import Ready

# Code that reads only the non-zero entries is faster if these are at most the fraction
# MOST - PER_UNIT / units of the data, because it also takes time for each input and each sample.
# Measured with `python3 -m bench.zeros` in tests. Without math.sumprod, whole products take longer.
# For single samples only half of the units count. An optimizer with memory then takes most of the
# time, and computes columns a little faster than rows.
MOST = 0.4 if hasattr(math, "sumprod") else 0.5
PER_UNIT = 2
FEWEST_INPUTS = 16
SAMPLES = 100  # how many samples are counted


def gather_of(lists: "Ready", size: int) -> str:
    """Return which entries of the samples this training run should read; see gather.py."""
    X, used = lists.examples.X, lists.examples.used
    if IS_PYPY or not isinstance(X, list):  # Reading all samples one by one may take long.
        return ""
    if size == 1 and lists.optimizer.memory:
        return ""
    step = (len(used) + SAMPLES - 1) // SAMPLES
    matrices = [p for p in lists.net.parameters() if not p.flat and p.rows]
    if not pays_off([X[i] for i in used[::step]], matrices, size):
        return ""
    others = (tuple(filter(None, X[i])) for i in used)
    return ONES if all(row.count(1.0) == len(row) for row in others) else VALUES


def pays_off(X: "Matrix", matrices: "List[Any]", size: int) -> bool:
    """Return whether reading only the non-zero entries of such samples saves time.

    ``matrices``   the parameters that are matrices, that of the first layer first
    ``size``       the samples of a batch
    """
    inputs = len(X[0])
    if kernel() != "fast" or inputs < FEWEST_INPUTS or not matrices:
        return False  # Without its zeros, a sum that is 0 may have another sign.
    units = len(matrices[0].rows[0]) / (2 if size == 1 else 1)
    others = sum([inputs - row.count(0.0) for row in X])
    return others <= (MOST - PER_UNIT / units) * inputs * len(X)
