"""Training on several cores or machines: each batch is divided among the workers of an executor.

    Parallel     the engine of ``fit(executor=...)``
    gradients    what a worker computes: the loss and the gradients of one shard

The caller provides the executor: an object with ``submit(f, *args)``, which returns an object with
``result()``. Examples are ``concurrent.futures.ProcessPoolExecutor``, Dask's
``Client.get_executor()`` and ``mpi4py.futures.MPIPoolExecutor``. The executor is never shut down.
Each batch is divided into as many shards as the attribute ``shards`` of the executor says, which
the caller may set; otherwise into as many as it has workers (``_max_workers``), otherwise into 2.
The gradients are summed in the order of the shards. The same number of shards therefore gives the
same bits, on any worker and in any order of computation. A different number gives the same result
except for rounding (and except for the masks of Dropout, which are drawn per shard):

>>> import scratchnet as sn
>>> from fractions import Fraction
>>> from types import SimpleNamespace
>>> class Here:  # a minimal executor
...     shards = 3
...     def submit(self, f, *args):
...         value = f(*args)
...         return SimpleNamespace(result=lambda: value)
>>> for executor in (None, Here()):
...     net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1)]])])
...     X, Y = [[1], [2], [3], [4]], [3, 5, 7, 9]
...     history = net.fit(X, Y, "half_squared_error", sn.SGD(1), 2, executor=executor)
...     print(net.parameters()[0].value, net.parameters()[1].value)
[[Fraction(-251, 4)]] [Fraction(-43, 2)]
[[Fraction(-251, 4)]] [Fraction(-43, 2)]

A task carries the parameters and the samples of its shard as bytes, so each sample is sent once per
epoch. The rest of the network and the loss are a pickle, which a worker reads once. What a
user-defined layer stores for later batches stays in the worker. A loss is a mean over samples, and
the loss of a batch is the weighted mean of the losses of its shards.
"""

import math
import pickle
import sys
from array import array
from io import BytesIO
from warnings import warn

from ..core.checks import COUNT, require
from ..core.examples import Examples, Weights
from ..core.functions import kernel, total
from ..core.layers import Dropout
from ..core.losses import weighted_count
from ..core.optimizers import SGD
from ..core.random import Generator
from ..core.training import Engine
from . import rules
from .choice import obstacle_to_code
from .executors import EXECUTOR, LentKernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.types import Batch, Matrix, Number, Row, RowOrNone


class Parallel(Engine):
    """An engine that computes the gradients of each shard of a batch in a task of the executor.

    ``engine``     the engine "lists", whose results it reproduces
    ``size``       the batch size
    ``executor``   an object with ``submit``
    ``name``       the engine that the workers use: "lists", "rows" or "auto"; or "native", which
                   asks this one to repeat a step that it cannot make
    """

    def __init__(self, engine: "Engine", size: int, executor: "Any", name: str = "auto") -> None:
        self.executor = require("executor", executor, EXECUTOR)
        self.shards = shards_of(executor)
        examples = compact(engine.examples)
        Engine.__init__(self, engine.net, engine.loss, engine.optimizer, examples, engine.generator)
        obstacle = obstacle_to_code(engine)
        if name in ("lanes", "steps"):
            obstacle = "makes whole steps, which cannot be divided among workers"
        if obstacle and name not in ("auto", "lists"):
            raise ValueError(f"engine={name!r} {obstacle}; use engine='lists'")
        self.by_rows = name not in ("lists", "native") and not obstacle
        self.name = "rows" if self.by_rows else "lists"
        self.submitted = 0
        skeleton(self.net, self.loss)  # refuses what cannot be pickled, before the first epoch
        if self.by_rows:
            self.optimizer = rules.by_rows(engine).optimizer
        doubt = doubts(self.net, size, executor, self.shards)
        if doubt and name != "native":
            warn(f"executor: {doubt}", stacklevel=5)  # the line that called `fit`

    def backpropagate(self, batch: "Batch") -> "Number":
        generator = self.generator
        parameters = self.net.parameters()
        seeds = Generator()
        seeds.state = generator.state
        # The caller may have changed the network or the kernel since the last batch.
        settings = (skeleton(self.net, self.loss), self.by_rows, kernel())
        common = settings + ([(packed(p.rows), p.frozen) for p in parameters],)
        tasks = (
            common + shard + (seeds.bits(),) for shard in cut(batch, self.shards, self.net.number)
        )
        losses, gradients_of_shards, drawn = zip(*self.results(tasks))
        # Without draws the state stays as it is without an executor, because the order of the
        # samples is drawn from it, too.
        if any(drawn):
            generator.state = seeds.state
        trainable = [p for p in parameters if not p.frozen]
        for p, parts in zip(trainable, zip(*gradients_of_shards)):
            gradient, width = summed(parts), len(p.rows[0])
            if not p.flat:
                gradient = [gradient[k : k + width] for k in range(0, len(gradient), width)]
            p.gradient = gradient
        return total(list(losses))

    def results(self, tasks: "Iterator[Any]", function: "Any" = None) -> "List[Any]":
        """Return the result of the function for each task, in the order of the tasks.

        ``function``   called with a new number and the task; ``gradients`` if None
        """
        futures: "List[Any]" = []
        try:
            for task in tasks:  # The next task is packed while this one is sent.
                self.submitted += 1
                futures.append(self.executor.submit(function or gradients, self.submitted, *task))
            return [future.result() for future in futures]
        except BaseException:
            for future in futures:
                if hasattr(future, "cancel"):
                    future.cancel()
            raise


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

    >>> batch = [[0.5], [1.5], [2.5], [3.5]], [[0.0]] * 4, None
    >>> for X, Y, weights, share in cut(batch, 3, float):
    ...     print(unpacked(X), share)
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
        yield packed(X[part]), packed(Y[part]), own, share


def parts_of(n: int, shards: int) -> "List[slice]":
    """Return the places of the samples of each shard of a batch of n samples."""
    shards = min(shards, n)
    return [slice(k * n // shards, (k + 1) * n // shards) for k in range(shards)]


def summed(parts: "Sequence[Any]") -> "Row":
    """Return the sum of packed rows, element by element, added in their order.

    >>> summed(packed([[1.0, 2.0], [10.0, 20.0], [100.0, 200.0]]))
    [111.0, 222.0]
    """
    rows = [array("d", part) if isinstance(part, bytes) else part for part in parts]
    sums = rows[0]
    for row in rows[1:]:
        sums = [u + v for u, v in zip(sums, row)]
    return list(sums)


# ---- whether an executor saves time --------------------------------------------------------------

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


# ---- what is sent to the workers -----------------------------------------------------------------


def compact(examples: "Examples") -> "Examples":
    """Return the examples with lists of rows packed, once for all epochs.

    The rows of other sequences are packed when they are read.
    """
    X, Y = [packed(rows) if isinstance(rows, list) else rows for rows in (examples.X, examples.Y)]
    return Examples(X, Y, examples.weights, examples.used)


def packed(rows: "Matrix") -> "List[Any]":
    """Return each row of floats as bytes, 8 per number in native order; other rows unchanged."""
    return [array("d", row).tobytes() if type(row[0]) is float else row for row in rows]


def unpacked(rows: "Sequence[Any]") -> "Matrix":
    """Return the rows that ``packed`` was given.

    >>> unpacked(packed([[1.0, 2.0], [3.0, 4.0]]))
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return [array("d", row).tolist() if isinstance(row, bytes) else row for row in rows]


class _Pickler(pickle.Pickler):
    """A pickler that leaves out the objects with some ids."""

    left_out: "Any" = ()

    def persistent_id(self, obj: "Any") -> "Any":
        return "left out" if id(obj) in self.left_out else None


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: "Any") -> "Any":
        return None


def skeleton(net: "Any", loss: "Loss") -> bytes:
    """Return the network without its numbers, and the loss, as a pickle."""
    bulk = [net.metadata] + [layer.mask for layer in net.layers if isinstance(layer, Dropout)]
    for p in net.parameters():
        bulk += [p.rows, p.gradient]
    file = BytesIO()
    pickler = _Pickler(file)
    pickler.left_out = {id(part) for part in bulk if part is not None}
    try:
        pickler.dump((net, loss))
    except Exception as error:  # User-defined parts may raise anything.
        raise TypeError(
            f"executor: {_culprit(net, loss)} cannot be pickled for the workers: {error}"
        ) from error
    return file.getvalue()


def _culprit(net: "Any", loss: "Loss") -> str:
    """Return a description of the first part that cannot be pickled."""
    parts = [(f"layer {i}, {layer!r},", layer) for i, layer in enumerate(net.layers)]
    for name, part in parts + [(repr(loss), loss)]:
        try:
            pickle.dumps(part)
        except Exception:
            return name
    return "the network"


# ---- in the worker -------------------------------------------------------------------------------


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
            p.rows, p.frozen = unpacked(rows), frozen
        generator = Generator(seed)
        engine.generator = generator
        if engine.loss.reduction == "sum":  # The results are multiplied by the share.
            weights = [w / share for w in weights or [1] * len(X)]
        loss = engine.backpropagate((unpacked(X), unpacked(Y), weights))
        found = [_gradient(p, share) for p in engine.net.parameters() if not p.frozen]
        idle.append(engine)
        return loss * share, found, generator.state != seed


def _gradient(p: "Parameter", share: "Number") -> "Any":
    """Return the gradient times the share of the shard, as a single packed row."""
    limit = (p.fits, "an array of the parameter's shape, which backward must set")
    require(f"{p.name}.gradient", p.gradient, limit)
    return packed([[g * share for row in p.gradient_rows for g in row]])[0]


def _engine(skeleton: bytes, by_rows: bool) -> "Engine":
    """Return an engine that computes the gradients of the network; it never updates."""
    try:
        net, loss = _Unpickler(BytesIO(skeleton)).load()
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
