"""Training on several cores or machines: every batch is shared out to the workers of an executor.

    Parallel     the engine that ``fit(executor=...)`` asks for
    gradients    what a worker computes: the loss and the gradients of one shard
    LentKernel   the kernel of this process, lent to a task

The executor is the caller's own: anything with ``submit(f, *args)`` whose result has ``result()``, such as
``concurrent.futures.ProcessPoolExecutor``, Dask's ``Client.get_executor()`` or ``mpi4py.futures.MPIPoolExecutor``. It
is never shut down. It gets as many shards of every batch as its attribute ``shards`` says, which anybody may set, else
as it has workers (``_max_workers``), else 2. The gradients are summed in the order of the shards, so that one number of
shards gives the same bits, whoever computes them when; another number gives the same but for rounding (and but for
Dropout's masks, which are drawn shard by shard):

>>> import scratchnet as sn
>>> from fractions import Fraction
>>> from types import SimpleNamespace
>>> class Here:                                                         # the least that an executor is
...     shards = 3
...     def submit(self, f, *args):
...         value = f(*args)
...         return SimpleNamespace(result=lambda: value)
>>> for executor in (None, Here()):
...     net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1)]])])
...     history = net.fit([[1], [2], [3], [4]], [3, 5, 7, 9], "half_squared_error", sn.SGD(1), 2, executor=executor)
...     print(net.parameters()[0].value, net.parameters()[1].value)
[[Fraction(-251, 4)]] [Fraction(-43, 2)]
[[Fraction(-251, 4)]] [Fraction(-43, 2)]

A task brings the parameters and the samples of its shard as bytes, so that each sample travels once an epoch; all
else of the network, and the loss, is a pickle, which a worker reads once. What a layer of one's own notes for later
batches, in the worker it stays. A loss is a mean over samples: that of a batch is the weighted mean of its shards'.
"""

import math
import pickle
import sys
from array import array
from io import BytesIO
from threading import Lock
from warnings import warn

from ..core.checks import COUNT, require
from ..core.examples import Examples
from ..core.functions import kernel, set_kernel, total
from ..core.layers import Dropout
from ..core.optimizers import SGD
from ..core.random import Generator
from ..core.training import Engine
from . import rules
from .choice import obstacle_to_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.types import Batch, Matrix, Number, Row, RowOrNone

EXECUTOR = (
    lambda v: callable(getattr(v, "submit", None)) and not isinstance(v, type),
    "an object with submit(f, *args), such as a ProcessPoolExecutor",
)


class Parallel(Engine):
    """Computes the gradients of a batch shard by shard, each of them a task of the executor; updates as ever.

    ``engine``     the lists of lists that it does the same as
    ``size``       of the batches
    ``executor``   anything with ``submit``
    ``name``       of the engine the workers use: "lists", "rows", or "auto"
    """

    def __init__(self, engine: "Engine", size: int, executor: "Any", name: str = "auto") -> None:
        self.executor = require("executor", executor, EXECUTOR)
        self.shards = shards_of(executor)
        examples = compact(engine.examples)
        Engine.__init__(self, engine.net, engine.loss, engine.optimizer, examples, engine.generator)
        obstacle = obstacle_to_code(engine)
        if name == "steps":
            obstacle = "makes whole steps, which cannot be shared out to an executor"
        if obstacle and name not in ("auto", "lists"):
            raise ValueError(f"engine={name!r} {obstacle}; use engine='lists'")
        self.spelled = name != "lists" and not obstacle
        self.name = "rows" if self.spelled else "lists"
        self.submitted = 0
        skeleton(self.net, self.loss)  # what cannot travel is refused before the first epoch
        if self.spelled:
            self.optimizer = rules.spelled(engine).optimizer
        doubt = doubts(self.net, size, executor, self.shards)
        if doubt:
            warn(f"executor: {doubt}", stacklevel=5)  # where fit was called

    def backpropagate(self, batch: "Batch") -> "Number":
        generator = self.generator
        parameters = self.net.parameters()
        ahead = Generator()
        ahead.state = generator.state
        settings = (
            skeleton(self.net, self.loss),
            self.spelled,
            kernel(),
        )  # which may have been changed by hand
        same = settings + ([(packed(p.rows), p.frozen) for p in parameters],)
        tasks = (
            same + shard + (ahead.bits(),) for shard in cut(batch, self.shards, self.net.number)
        )
        values, slopes, drawn = zip(*self.results(tasks))
        if any(
            drawn
        ):  # else it stays, as it does without an executor: the order of the samples is drawn from it, too
            generator.state = ahead.state
        for p, parts in zip([p for p in parameters if not p.frozen], zip(*slopes)):
            slope, width = summed(parts), len(p.rows[0])
            p.gradient = (
                slope if p.flat else [slope[k : k + width] for k in range(0, len(slope), width)]
            )
        return total(list(values))

    def results(self, tasks: "Iterator[Any]") -> "List[Any]":
        """What ``gradients`` gives for every task, in their order."""
        futures: "List[Any]" = []
        try:
            for task in tasks:
                self.submitted += 1  # while this one travels, the next is packed
                futures.append(self.executor.submit(gradients, self.submitted, *task))
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                if hasattr(future, "cancel"):
                    future.cancel()
            raise


def shards_of(executor: "Any") -> int:
    """How many shards the executor gets of every batch."""
    if hasattr(executor, "shards"):
        return require("executor.shards", executor.shards, COUNT)  # type: ignore[no-any-return]
    workers: "Any" = getattr(executor, "_max_workers", None)
    return workers if COUNT[0](workers) else 2


def cut(
    batch: "Batch", shards: int, number: "Any"
) -> "Iterator[Tuple[Any, Any, RowOrNone, Number]]":
    """The batch in shards, equal to a sample and never empty: samples, targets, weights, and the share of the whole.

    >>> for X, Y, weights, share in cut(([[0.5], [1.5], [2.5], [3.5]], [[0.0]] * 4, None), 3, float):
    ...     print(unpacked(X), share)
    [[0.5]] 0.25
    [[1.5]] 0.25
    [[2.5], [3.5]] 0.5
    """
    X, Y, weights = batch
    n = len(X)
    shards = min(shards, n)
    for k in range(shards):
        part = slice(k * n // shards, (k + 1) * n // shards)
        if weights is None:
            yield packed(X[part]), packed(Y[part]), None, number(part.stop - part.start) / n
        else:
            yield (
                packed(X[part]),
                packed(Y[part]),
                weights[part],
                total(weights[part]) / total(weights),
            )


def summed(parts: "Sequence[Any]") -> "Row":
    """The sum of packed rows, element by element, the first with the second, and so on.

    >>> summed(packed([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]))
    [111.0, 222.0]
    """
    rows = [array("d", part) if isinstance(part, bytes) else part for part in parts]
    sums = rows[0]
    for row in rows[1:]:
        sums = [u + v for u, v in zip(sums, row)]
    return list(sums)


# ---- whether it is worth while -----------------------------------------------------------------------------------

# Nanoseconds, measured with a ProcessPoolExecutor(2), of networks of 900 to 160,000 weights in batches of 4 to 256:
# what a sample costs for each weight; what travelling costs for each weight, for each weight and shard, for each number
# of a sample, and for each shard. PyPy computes faster, but what goes between its processes is slower. ``PACE``: how
# many times as long the kernels take for a sample.
_CPYTHON = sys.implementation.name == "cpython"
_FAST = 25 if hasattr(math, "sumprod") else 50
SAMPLE, WEIGHT, COPY, DATUM, SHARD = (
    (_FAST, 300, 160, 15, 250000) if _CPYTHON else (5, 300, 400, 100, 1500000)
)
PACE = {"dist": 0.5, "portable": 4.0} if _CPYTHON else {}


def doubts(net: "Any", size: int, executor: "Any", shards: int) -> str:
    """Why batches of that size are no faster with the executor, where they are not."""
    if "Thread" in type(executor).__name__ and getattr(sys, "_is_gil_enabled", lambda: True)():
        return "in this Python threads only take turns; a ProcessPoolExecutor uses several cores"
    if shards == 1:
        return "a single shard is no faster than no executor; let it have more workers, or set executor.shards"
    if net.number is not float:  # where a multiplication takes long, travelling is nothing
        return ""
    weights = sum([p.count for p in net.parameters()])
    saved = (
        weights * SAMPLE * PACE.get(kernel(), 1.0) * (shards - 1) / shards
        - (net.inputs or 0) * DATUM
    )
    travel = weights * (WEIGHT + COPY * shards) + SHARD * shards
    if size * saved >= travel:
        return ""
    wanted = f"take batches of {int(travel / saved) + 1} or more, or" if saved > 0 else "better"
    return f"batches of {size} are so small that it costs more time than it saves; {wanted} leave it out"


# ---- what travels ------------------------------------------------------------------------------------------------


def compact(examples: "Examples") -> "Examples":
    """The examples, lists of rows packed once for all epochs; of other sequences, a row is packed when it is read."""
    X, Y = [packed(rows) if isinstance(rows, list) else rows for rows in (examples.X, examples.Y)]
    return Examples(X, Y, examples.weights, examples.used)


def packed(rows: "Matrix") -> "List[Any]":
    """Each row of floats as 8 bytes a number, in this machine's order; any other row as it is."""
    return [array("d", row).tobytes() if type(row[0]) is float else row for row in rows]


def unpacked(rows: "Sequence[Any]") -> "Matrix":
    """The rows again.

    >>> unpacked(packed([[1.0, 2.0], [3.0, 4.0]]))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return [array("d", row).tolist() if isinstance(row, bytes) else row for row in rows]


class _Pickler(pickle.Pickler):
    """Leaves some objects out, by their ids."""

    left_out: "Any" = ()

    def persistent_id(self, obj: "Any") -> "Any":
        return "left out" if id(obj) in self.left_out else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: "Any") -> "Any":
        return None


def skeleton(net: "Any", loss: "Loss") -> bytes:
    """The network but for its numbers, and the loss, as a pickle."""
    bulk = [net.metadata] + [layer.mask for layer in net.layers if isinstance(layer, Dropout)]
    for p in net.parameters():
        bulk += [p.rows, p.gradient]
    file = BytesIO()
    pickler = _Pickler(file)
    pickler.left_out = {id(thing) for thing in bulk if thing is not None}
    try:
        pickler.dump((net, loss))
    except Exception as error:  # whatever a part of somebody's own raises
        raise TypeError(
            f"executor: {_culprit(net, loss)} cannot be pickled to travel: {error}"
        ) from error
    return file.getvalue()


def _culprit(net: "Any", loss: "Loss") -> str:
    parts = [(f"layer {i}, {layer!r},", layer) for i, layer in enumerate(net.layers)] + [
        (repr(loss), loss)
    ]
    for name, part in parts:
        try:
            pickle.dumps(part)
        except Exception:
            return name
    return "the network"


# ---- in the worker -----------------------------------------------------------------------------------------------


def gradients(
    number: int,
    skeleton: bytes,
    spelled: bool,
    kernel: str,
    parameters: "Any",
    X: "Any",
    Y: "Any",
    weights: "RowOrNone",
    share: "Number",
    seed: int,
) -> "Tuple[Number, List[Any], bool]":
    """The loss of a shard and the gradients of what learns, all times ``share``; and whether random numbers were drawn.

    ``number`` is the call's own, because Dask makes one of calls that are alike.
    """
    with LentKernel(kernel):
        idle = _idle((skeleton, spelled, kernel))
        try:
            engine = idle.pop()
        except IndexError:
            engine = _engine(skeleton, spelled)
        for p, (rows, frozen) in zip(engine.net.parameters(), parameters):
            p.rows, p.frozen = unpacked(rows), frozen
        generator = Generator(seed)
        engine.generator = generator
        value = engine.backpropagate((unpacked(X), unpacked(Y), weights))
        slopes = [_slopes(p, share) for p in engine.net.parameters() if not p.frozen]
        idle.append(engine)
        return value * share, slopes, generator.state != seed


def _slopes(p: "Parameter", share: "Number") -> "Any":
    """The shard's share of the gradient, as a single row."""
    require(
        f"{p.name}.gradient",
        p.gradient,
        (p.fits, "what backward has to set, in the parameter's shape"),
    )
    return packed([[g * share for row in p.gradient_rows for g in row]])[0]


def _engine(skeleton: bytes, spelled: bool) -> "Engine":
    """An engine for the gradients of that network; it never updates."""
    try:
        net, loss = _Unpickler(BytesIO(skeleton)).load()
    except (AttributeError, ImportError) as error:
        wanted = "define what is your own in a module that the workers can import"
        raise TypeError(
            f"executor: a worker cannot make the network again ({error}); {wanted}"
        ) from error
    no_examples: "Any" = None
    engine = Engine(net, loss, SGD(), no_examples, Generator())
    return rules.spelled(engine) if spelled else engine


MOST = 8  # skeletons whose engines a worker keeps
_engines: "Dict[Any, List[Engine]]" = {}


def _idle(key: "Any") -> "List[Engine]":
    """The engines of that skeleton that no thread is using."""
    if key not in _engines and len(_engines) >= MOST:
        _engines.clear()
    return _engines.setdefault(key, [])


class LentKernel:
    """The kernel of this process, lent to a task, or to several that its threads run at once."""

    lock = Lock()
    borrowers = 0
    former = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        with LentKernel.lock:
            former = set_kernel(self.name)
            if not LentKernel.borrowers:
                LentKernel.former = former
            LentKernel.borrowers += 1

    def __exit__(self, *error: "Any") -> None:
        with LentKernel.lock:
            LentKernel.borrowers -= 1
            if not LentKernel.borrowers:
                set_kernel(LentKernel.former)
