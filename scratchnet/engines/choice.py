"""The choice of the engine that computes a training run.

The choice depends on the interpreter, the shapes, the batch size and the kind of the data. It never
depends on timing, so that a resumed run has the same bits.
"""

import math

from ..codegen.own import is_own
from ..codegen.program import reachable
from ..codegen.python.printer import IS_PYPY
from ..core.checks import require
from ..core.network import Sequential
from ..scalars import Symbolic
from .generated import TIME_OF_UNIT, Steps, obstacle_to_code, units_in, widths_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    from ..core.training import Engine

# "auto" chooses engine="steps" for a network of at most this many parameters. The limit "samples"
# counts the parameters once per sample; "few" holds for batches of fewer than FEW samples, "step"
# for larger ones. Beyond these, the time saved in about ten thousand samples does not pay for
# generating the code, which takes 0.1 ms per parameter, and 0.15 ms with Adam. In networks
# with user-defined classes, whose code is generated again for each training run, a parameter counts
# "foreign" times. PyPy does not compile long functions, and it compiles a path for each outcome of
# the choices of a sample, as in ReLU and the largest of a softmax. Up to 5 "choices", steps takes
# 0.3 to 0.9 times as long as rows, with 6 it takes 1.3, with 10 more than 4 times as long.
#
# The time of steps depends on the parameters, the time of rows also on the units and the batch
# size. With 17 parameters per unit, steps takes 0.87, 0.90, 0.97 and 1.04 of the time of rows in
# batches of 4, 8, 16 and 32; with 25 parameters per unit, it takes 0.93, 1.03, 1.14 and 1.26. Rows
# is chosen if a unit has more parameters on average than "wide" plus "batch" divided by the batch
# size. At this limit, steps takes 0.9 of the time of rows, but its code takes five times as long to
# generate. Steps makes up for that after about ten thousand samples. Measured with Python 3.13 as
# the ratio of fit(engine="rows") to fit(engine="steps"), in turn, for networks with one hidden
# layer, as wide as the inputs and outputs, with SGD and Adam. The limits without math.sumprod were
# measured with Python 3.8.
FEW = 8
MOST: "Dict[str, float]" = {"samples": 150, "few": 1500, "step": 1000, "foreign": 4}
MOST.update({"wide": 20, "batch": 8, "choices": math.inf})
if IS_PYPY:
    MOST.update({"few": 150, "step": 150, "wide": 1000, "choices": 5})
elif hasattr(math, "sumprod"):
    MOST.update({"wide": 11, "batch": 40})
TIME_OF_STEPS = 32  # nanoseconds per sample for each parameter, at least
# The limits if the caller asks for engine="steps". Beyond these, generating the code takes minutes.
MOST_AT_ALL: "Dict[str, float]" = {"samples": 1000, "few": 5000, "step": 5000, "foreign": 1}
MOST_AT_ALL.update({"wide": 5000, "batch": 0, "choices": math.inf})


def chosen(lists: "Engine", size: int, name: str, executor: "Any" = None) -> "Engine":
    """Return the engine with this name for batches of this size; "auto" is the fastest possible.

    If the engine cannot be used, raise a ValueError that says why. ``executor`` is for "native".
    """
    obstacle = obstacle_to_code(lists)
    if name == "auto":
        return lists if obstacle else fastest(lists, size)
    if obstacle:
        raise ValueError(f"engine={name!r} {obstacle}; use engine='lists'")
    try:
        if name == "native":
            return native(lists, size, executor)
        if name == "lanes":
            return lanes(lists, size)
        if name == "rows":
            return rows(lists, size)
        return steps(lists, size, *choice(lists, size, MOST_AT_ALL))
    except Exception as error:  # User-defined rules may raise anything.
        raise ValueError(f"engine={name!r} cannot be used here: {error}") from error


def engine_of_unroll(unroll: "Any") -> str:
    """Return the engine that the deprecated option ``unroll`` asks for."""
    from .progress import warn

    limit = (lambda v: v == "auto" or isinstance(v, bool), "'auto', True or False")
    require("unroll", unroll, limit)
    name = {True: "steps", False: "lists", "auto": "auto"}[unroll]
    warn(f"unroll={unroll!r} is deprecated; write engine={name!r}", DeprecationWarning)
    return name


def fastest(lists: "Engine", size: int) -> "Engine":
    """Return the fastest engine that can compute this training run."""
    kind, reason = choice(lists, size, MOST)
    try:
        count = sum([p.count for p in lists.net.parameters()])
        time = count * TIME_OF_STEPS if kind == "step" else math.inf
        if kind != "samples" and may_have_grid(lists, time):
            return lanes(lists, size, time)
    except Exception:  # The samples are not on a grid, for example.
        pass
    try:
        if kind != "step" or not makes_many_choices(lists):
            engine: "Any" = steps(lists, size, kind, reason)
            if kind == "samples" or engine.source.count("if ") <= MOST["choices"]:
                return engine  # type: ignore[no-any-return]
    except Exception:  # The network is too large, or a user-defined rule raises an error.
        pass
    try:
        return rows(lists, size)
    except Exception:
        return lists


def makes_many_choices(lists: "Engine") -> bool:
    """Return whether the loss of one sample alone takes too many choices for steps.

    Recording it takes a tenth of the time in which all of steps is generated.
    """
    net, loss = lists.net, lists.loss
    limit = MOST["choices"]
    if limit == math.inf or not all([is_own(part) for part in net.layers + [loss]]):
        return False
    inputs, outputs = widths_of(lists)
    x = [Symbolic(name="x") for _ in range(inputs)]
    y = [Symbolic(name="y") for _ in range(outputs)]
    value: "Any" = net.copy(Symbolic).loss_of([x], [y], loss.with_numbers(Symbolic, exactly=True))
    return sum([node.operation == "where" for node in reachable([value])]) > limit


def may_have_grid(lists: "Engine", time: float) -> bool:
    """Return whether it is worth the time to import the engine Lanes.

    ``time``   the time that the other engine takes for a sample, in nanoseconds
    """
    examples = lists.examples
    if IS_PYPY or lists.optimizer.memory or not isinstance(examples.X, list):
        return False
    if units_in(lists.net.parameters()) * TIME_OF_UNIT > time:
        return False
    from .grid import step_of

    step_of(set(examples.X[examples.used[0]]))  # raises a ValueError without a grid
    return True


# ---- the engines, whose modules are imported only where they are needed --------------------------


def native(lists: "Engine", size: int, executor: "Any") -> "Engine":
    """Return the engine Native, or Shared with an executor."""
    if type(lists.net) is not Sequential:
        raise ValueError(f"{type(lists.net).__name__} is a user-defined network")
    if executor is None:
        from .native.engine import Native

        return Native(lists, size)
    from .native.shards import Shared

    return Shared(lists, size, executor)


def lanes(lists: "Engine", size: int, *time: float) -> "Engine":
    from .lanes import Lanes

    return Lanes(lists, size, *time)


def rows(lists: "Engine", size: int) -> "Engine":
    from .rows import Rows

    return Rows(lists, size)


def steps(lists: "Engine", size: int, kind: str, reason: str) -> "Engine":
    """Return the engine Steps, or raise an error that says why it cannot be used.

    ``kind``, ``reason``   the results of ``choice``
    """
    if kind == "rows":
        raise ValueError(f"use 'rows': {reason}")
    if type(lists.net) is not Sequential:
        raise ValueError(f"{type(lists.net).__name__} is a user-defined network")
    return Steps(lists, size, kind == "samples")


def choice(lists: "Engine", size: int, most: "Dict[str, float]") -> "Tuple[str, str]":
    """Return "samples", "step" or "rows", and the reason."""
    parameters = lists.net.parameters()
    count = total = sum([p.count for p in parameters])
    if not all([is_own(part) for part in lists.net.layers + [lists.loss, lists.optimizer]]):
        count *= int(most["foreign"])
    X, Y = lists.examples.X, lists.examples.Y
    in_memory = isinstance(X, list) and isinstance(Y, list)  # not read row by row
    if in_memory and size == len(lists.examples) and size * count <= most["samples"]:
        reason = f"because {size} samples times {count} numbers is at most {most['samples']}"
        return "samples", f"all {size} samples of every step are written out, {reason}"
    limit = most["few" if size < FEW else "step"]
    wide = most["wide"] + most["batch"] / size
    units = units_in(parameters)
    if count > limit:
        return "rows", f"the code is loops over rows, because {count} numbers are more than {limit}"
    if size > 1 and total > wide * units > 0:
        return "rows", f"the code is loops over rows, because a unit has more than {wide:g} numbers"
    return "step", f"one sample is written out, because {count} numbers are at most {limit}"
