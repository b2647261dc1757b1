"""Which training run it is: what must be the same when a run continues from a checkpoint."""

import re
from array import array
from zlib import crc32

from ..core.functions import kernel
from .packed import pack_rows
from .saved_state import DAMAGED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Tuple

    from ..core.examples import Examples
    from ..core.training import Engine, Training

# What each checksum in the identity of a training run stands for.
CHECKSUMS = {
    "data": "samples, targets or weights",
    "validation": "validation data",
    "parameters": "initial parameters",
    "seed": "random numbers (a different seed)",
}


def of(training: "Training", engine: "Engine") -> "Dict[str, Any]":
    """Return the identity of a training run that has not started and computes with ``engine``."""
    net, validation = engine.net, training.validation
    return {
        "layers": [_named(layer) for layer in net.layers],
        "frozen": [p.name for p in net.parameters() if p.frozen],
        "loss": _named(engine.loss),
        "optimizer": _named(engine.optimizer),
        "batch_size": training.batch_size,
        "shuffle": training.shuffle,
        "patience": training.patience,
        "kernel": kernel(),
        "shards": getattr(engine, "shards", None),
        "data": _checksum(_rows(training.examples)),
        "parameters": _checksum([array("d", row) for p in net.parameters() for row in p.rows]),
        "validation": None if validation is None else _checksum(_rows(validation)),
        "seed": f"{engine.generator.state:016x}",
    }


def check(former: "Dict[str, Any]", now: "Dict[str, Any]") -> None:
    """Raise a ValueError if two identities differ."""
    if set(former) != set(now):
        raise ValueError(DAMAGED)
    for name, value in now.items():
        if former[name] != value and name in CHECKSUMS:
            raise ValueError(f"it belongs to a training run with different {CHECKSUMS[name]}")
        if former[name] != value:
            then, today = _difference(former[name], value)
            raise ValueError(f"it belongs to a training run with {name} {then}, not {today}")


def _named(part: "Any") -> str:
    """Return the repr of a part without memory addresses, which change from process to process."""
    return re.sub(" at 0x[0-9A-Fa-f]+", "", repr(part))


def _difference(former: "Any", value: "Any") -> "Tuple[Any, Any]":
    """Return two different values, or the first elements that differ if both are lists."""
    if not isinstance(former, list) or not isinstance(value, list):
        return former, value
    return [(a, b) for a, b in zip(former + ["nothing"], value + ["nothing"]) if a != b][0]


def _rows(examples: "Examples") -> "Iterator[Any]":
    """Yield the numbers of each sample, its target and its weight, packed."""
    Y: "Any" = getattr(examples.Y, "rows", None)
    if not getattr(Y, "is_checked", False):
        Y = examples.Y
    for i, row in zip(examples.used, pack_rows(examples.X, examples.used)):
        yield row
        yield array("d", Y[i])
        if examples.weights is not None:
            yield array("d", [examples.weights[i]])


def _checksum(parts: "Any") -> str:
    """Return the checksum of packed numbers in order."""
    value = 0
    for part in parts:
        value = crc32(part, value)
    return f"{value:08x}"
