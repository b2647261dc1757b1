"""The shards of a batch: their samples, and the sum of their gradients."""

from array import array

from ...core.checks import COUNT, require
from ...core.examples import Weights
from ...core.losses import weighted_count
from .packing import pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Sequence, Tuple

    from ...core.types import Batch, Matrix, Number, RowOrNone


def shards_of(executor: "Any") -> int:
    """Return into how many shards each batch is divided."""
    if hasattr(executor, "shards"):
        return require("executor.shards", executor.shards, COUNT)  # type: ignore[no-any-return]
    workers: "Any" = getattr(executor, "_max_workers", None)
    return workers if COUNT[0](workers) else 2


def cut(
    batch: "Batch", shards: int, number: "Any"
) -> "Iterator[Tuple[Any, Any, RowOrNone, Number]]":
    """Yield the samples, targets, weights and share of each shard of a batch.

    The shards are not empty, and their sizes differ by at most one sample.

    >>> from scratchnet.engines.workers.packing import unpack
    >>> batch = [[0.5], [1.5], [2.5], [3.5]], [[0.0]] * 4, None
    >>> for X, Y, weights, share in cut(batch, 3, float):
    ...     print(unpack(X), share)
    [[0.5]] 0.25
    [[1.5]] 0.25
    [[2.5], [3.5]] 0.5
    """
    X, Y, weights = batch
    n = len(X)
    mean = weighted_count(X, weights) / n
    for part in parts_of(n, shards):
        share = number(part.stop - part.start) / n
        own = None if weights is None else Weights(weights[part], mean)
        yield pack(X[part]), pack(Y[part]), own, share


def parts_of(n: int, shards: int) -> "List[slice]":
    """Return the places of the samples of each shard of a batch of n samples."""
    shards = min(shards, n)
    return [slice(k * n // shards, (k + 1) * n // shards) for k in range(shards)]


def add_up(sums: "Matrix", parts: "Sequence[Any]") -> "Matrix":
    """Add packed rows to the sums, element by element; an empty list of sums stands for zeros.

    >>> add_up([[1.0, 2.0], [3.0]], pack([[10.0, 20.0], [30.0]]))
    [[11.0, 22.0], [33.0]]
    """
    if not sums:
        return unpack(parts)
    rows = [array("d", part) if isinstance(part, bytes) else part for part in parts]
    return [[u + v for u, v in zip(*pair)] for pair in zip(sums, rows)]
