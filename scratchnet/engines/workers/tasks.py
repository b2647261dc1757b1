"""What a worker computes: the loss and the gradients of one shard."""

from io import BytesIO

from ...core.checks import require
from ...core.optimizers import SGD
from ...core.random import Generator
from ...core.training import Engine
from .. import rules
from .executors import LentKernel
from .packing import Unpickler, pack, unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ...core.layer import Parameter
    from ...core.types import Number, RowOrNone


def gradients(
    number: int,
    skeleton: bytes,
    by_rows: bool,
    kernel: str,
    parameters: "Any",
    X: "Any",
    Y: "Any",
    weights: "RowOrNone",
    share: "Number",
    seed: int,
) -> "Tuple[Number, List[Any], bool]":
    """Return the loss and the gradients of a shard, and whether random numbers were drawn.

    The loss and the gradients of the parameters that are not frozen are multiplied by ``share``.
    ``number`` makes each call unique, because Dask merges calls with equal arguments.
    """
    with LentKernel(kernel):
        idle = _idle((skeleton, by_rows, kernel))
        try:
            engine = idle.pop()
        except IndexError:
            engine = _engine(skeleton, by_rows)
        for p, (rows, frozen) in zip(engine.net.parameters(), parameters):
            p.rows, p.frozen = unpack(rows), frozen
        generator = Generator(seed)
        engine.generator = generator
        if engine.loss.reduction == "sum":  # The results are multiplied by the share.
            weights = [w / share for w in weights or [1] * len(X)]
        loss = engine.backpropagate((unpack(X), unpack(Y), weights))
        found = [_gradient(p, share) for p in engine.net.parameters() if not p.frozen]
        idle.append(engine)
        return loss * share, found, generator.state != seed


def _gradient(p: "Parameter", share: "Number") -> "Any":
    """Return the gradient times the share of the shard, as a single packed row."""
    limit = (p.fits, "an array of the parameter's shape, which backward must set")
    require(f"{p.name}.gradient", p.gradient, limit)
    return pack([[g * share for row in p.gradient_rows for g in row]])[0]


def _engine(skeleton: bytes, by_rows: bool) -> "Engine":
    """Return an engine that computes the gradients of the network; it never updates."""
    try:
        net, loss = Unpickler(BytesIO(skeleton)).load()
    except (AttributeError, ImportError) as error:
        raise TypeError(
            f"executor: a worker cannot unpickle the network ({error}); "
            "define user-defined classes in a module that the workers can import"
        ) from error
    no_examples: "Any" = None
    engine = Engine(net, loss, SGD(), no_examples, Generator())
    return rules.by_rows(engine) if by_rows else engine


MOST = 8  # how many skeletons a worker keeps engines for
_engines: "Dict[Any, List[Engine]]" = {}


def _idle(key: "Any") -> "List[Engine]":
    """Return the list of engines for a skeleton that no thread is using."""
    if key not in _engines and len(_engines) >= MOST:
        _engines.clear()
    return _engines.setdefault(key, [])
