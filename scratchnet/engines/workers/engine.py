"""The engine of ``fit(executor=...)``."""

from ...core.checks import require
from ...core.functions import kernel, total
from ...core.random import Generator
from ...core.training import Engine
from .. import rules
from ..generated import obstacle_to_code
from ..progress import warn
from .costs import doubts
from .executors import EXECUTOR
from .packing import compact, pack, skeleton
from .shards import add_up, cut, shards_of
from .tasks import gradients

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List

    from ...core.types import Batch, Matrix, Number


class Parallel(rules.Rules):
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
            self.update_rows = rules.by_rows(engine).update_rows
        doubt = doubts(self.net, size, executor, self.shards)
        if doubt and name != "native":
            warn(f"executor: {doubt}")

    def backpropagate(self, batch: "Batch") -> "Number":
        generator = self.generator
        parameters = self.net.parameters()
        seeds = Generator()
        seeds.state = generator.state
        # The caller may have changed the network or the kernel since the last batch.
        settings = (skeleton(self.net, self.loss), self.by_rows, kernel())
        common = settings + ([(pack(p.rows), p.frozen) for p in parameters],)
        tasks = (
            common + shard + (seeds.bits(),) for shard in cut(batch, self.shards, self.net.number)
        )
        losses: "List[Number]" = []
        draws = False
        sums: "Matrix" = []  # one row for each parameter that is not frozen
        for loss, parts, drawn in self.results(tasks):
            losses.append(loss)
            draws = draws or drawn
            sums = add_up(sums, parts)  # while workers compute the other shards
        # Without draws the state stays as it is without an executor, because the order of the
        # samples is drawn from it, too.
        if draws:
            generator.state = seeds.state
        for p, gradient in zip([p for p in parameters if not p.frozen], sums):
            width = len(p.rows[0])
            rows = [gradient[k : k + width] for k in range(0, len(gradient), width)]
            p.gradient = gradient if p.flat else rows
        return total(losses)

    def results(self, tasks: "Iterator[Any]", function: "Any" = None) -> "Iterator[Any]":
        """Yield the result of the function for each task, in the order of the tasks.

        ``function``   called with a new number and the task; ``gradients`` if None
        """
        futures: "List[Any]" = []
        try:
            for task in tasks:  # The next task is packed while this one is sent.
                self.submitted += 1
                futures.append(self.executor.submit(function or gradients, self.submitted, *task))
            for future in futures:
                yield future.result()
        except BaseException:
            for future in futures:
                if hasattr(future, "cancel"):
                    future.cancel()
            raise
