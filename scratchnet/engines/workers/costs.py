"""Whether an executor saves time."""

import math
import sys

from ...core.functions import kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


# Nanoseconds, measured with a ProcessPoolExecutor(2), networks of 900 to 160,000 weights and
# batches of 4 to 256: SAMPLE is the time to compute one sample, per weight. The others are the
# times to send data: per weight, per weight and shard, per number of a sample, and per shard. PyPy
# computes faster, but sends data between processes more slowly. PACE is the time that a kernel
# takes for a sample, relative to the kernel "fast".
_CPYTHON = sys.implementation.name == "cpython"
_FAST = 25 if hasattr(math, "sumprod") else 50
SAMPLE, WEIGHT, COPY, DATUM, SHARD = (
    (_FAST, 300, 160, 15, 250000) if _CPYTHON else (5, 300, 400, 100, 1500000)
)
PACE = {"dist": 0.5, "portable": 4.0} if _CPYTHON else {}


def doubts(net: "Any", size: int, executor: "Any", shards: int) -> str:
    """Return why batches of this size are no faster with the executor, or an empty string."""
    if "Thread" in type(executor).__name__ and getattr(sys, "_is_gil_enabled", lambda: True)():
        return (
            "the threads of this Python run one at a time; "
            "use a ProcessPoolExecutor to use several cores"
        )
    if shards == 1:
        return (
            "a single shard is no faster than no executor; "
            "use more workers, or set executor.shards to 2 or more"
        )
    if net.number is not float:  # Arithmetic is so slow that the time to send data is negligible.
        return ""
    weights = sum([p.count for p in net.parameters()])
    saved = (
        weights * SAMPLE * PACE.get(kernel(), 1.0) * (shards - 1) / shards
        - (net.inputs or 0) * DATUM
    )
    spent = weights * (WEIGHT + COPY * shards) + SHARD * shards
    if size * saved >= spent:
        return ""
    advice = "omit it"
    if saved > 0:
        advice = f"use batches of {int(spent / saved) + 1} or more, or omit it"
    return f"it costs more time than it saves with batches of {size}; {advice}"
