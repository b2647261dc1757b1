"""The choice of the engine that computes a training run.

The choice depends on the interpreter, the shapes, the batch size and the kind of the data. It never
depends on timing, so that a resumed run has the same bits.
"""

import math

from ..codegen.own import is_own, is_patched
from ..core.network import Sequential
from .generated import Steps
from .products import COMPILED
from .rows import Rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Tuple

    from ..core.training import Engine

# The largest networks, in numbers of parameters, for which "auto" chooses engine="steps". The limit
# "samples" counts the parameters once per sample; "few" holds for batches of fewer than FEW
# samples, "step" for larger ones. Measured with `python3 -m bench --only scaling` in tests/: beyond
# these sizes "rows" is faster, or the time saved in some ten thousand samples does not pay for
# generating the code. In networks with user-defined classes, whose code is generated again for each
# training run, a parameter counts "foreign" times. PyPy does not compile long functions.
FEW = 8
MOST: "Dict[str, int]" = {"samples": 150, "few": 1500, "step": 600, "foreign": 4}
if COMPILED:
    MOST.update(few=150, step=150)
elif hasattr(math, "sumprod"):
    MOST.update(step=300)
# The limits if the caller asks for engine="steps". Beyond these, generating the code takes minutes.
MOST_AT_ALL = {"samples": 1000, "few": 5000, "step": 5000, "foreign": 1}


def chosen(lists: "Engine", size: int, name: str) -> "Engine":
    """Return the engine with this name for batches of this size; "auto" is the fastest possible.

    If the engine cannot be used, raise a ValueError that says why.
    """
    obstacle = obstacle_to_code(lists)
    if name == "auto":
        return lists if obstacle else fastest(lists, size)
    if obstacle:
        raise ValueError(f"engine={name!r} {obstacle}; use engine='lists'")
    try:
        if name == "native":
            return native(lists, size)
        return Rows(lists, size) if name == "rows" else steps(lists, size, MOST_AT_ALL)
    except Exception as error:  # User-defined rules may raise anything.
        raise ValueError(f"engine={name!r} cannot be used here: {error}") from error


def obstacle_to_code(lists: "Engine") -> str:
    """Return why no engine can generate code for this training run, or an empty string."""
    net = lists.net
    if net.number is not float:
        return f"computes with floats, but this network computes with {net.number.__name__}"
    for part in [net, lists.loss, lists.optimizer] + net.layers:
        if is_patched(part):
            kind = type(part).__name__
            return f"runs the rules of classes, but a method of this {kind} was replaced"
    return ""


def fastest(lists: "Engine", size: int) -> "Engine":
    """Return the fastest engine that can compute this training run."""
    try:
        return steps(lists, size, MOST)
    except Exception:  # The network is too large, or a user-defined rule raises an error.
        pass
    try:
        return Rows(lists, size)
    except Exception:
        return lists


def native(lists: "Engine", size: int) -> "Engine":
    """Return the engine Native, which is imported only where it is asked for."""
    from .native.engine import Native

    if type(lists.net) is not Sequential:
        raise ValueError(f"{type(lists.net).__name__} is a user-defined network")
    return Native(lists, size)


def steps(lists: "Engine", size: int, most: "Dict[str, int]") -> "Engine":
    """Return the engine Steps, or raise an error that says why it cannot be used."""
    kind, reason = choice(lists, size, most)
    if kind == "rows":
        raise ValueError(f"use 'rows': {reason}")
    if type(lists.net) is not Sequential:
        raise ValueError(f"{type(lists.net).__name__} is a user-defined network")
    return Steps(lists, size, kind == "samples")


def choice(lists: "Engine", size: int, most: "Dict[str, int]") -> "Tuple[str, str]":
    """Return "samples", "step" or "rows", and the reason."""
    count = sum([p.count for p in lists.net.parameters()])
    if not all([is_own(part) for part in lists.net.layers + [lists.loss, lists.optimizer]]):
        count *= most["foreign"]
    X, Y = lists.examples.X, lists.examples.Y
    in_memory = isinstance(X, list) and isinstance(Y, list)  # not read row by row
    if in_memory and size == len(lists.examples) and size * count <= most["samples"]:
        reason = f"because {size} samples times {count} numbers is at most {most['samples']}"
        return "samples", f"all {size} samples of every step are written out, {reason}"
    limit = most["few" if size < FEW else "step"]
    if count <= limit:
        return "step", f"one sample is written out, because {count} numbers are at most {limit}"
    return "rows", f"rules are written out for rows, because {count} numbers are more than {limit}"
