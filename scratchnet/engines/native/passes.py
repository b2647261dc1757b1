"""Several epochs by one call, if nothing can observe the network between them."""

from itertools import repeat

from ...core.history import Epoch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

    from ...core.training import Training
    from .engine import Native


class Passes:
    """A training run of the engine "native".

    ``plan``    its Training, whose loop makes the epochs that cannot be made together
    ``alone``   whether all further epochs are made one by one
    """

    def __init__(self, plan: "Training") -> None:
        self.plan = plan
        self.alone = plan.validation is not None or plan.patience is not None

    def __getattr__(self, name: str) -> "Any":
        return getattr(self.plan, name)

    def run(self) -> "Iterator[Epoch]":
        """Train to the end. Yield the last Epoch of those made together."""
        one_by_one = self.plan.run()
        while not self.plan.is_over():
            together = None if self.alone else self.several()
            yield together or next(one_by_one)
        yield from one_by_one  # It restores the best parameters.

    def several(self) -> "Any":
        """Make several epochs and return the last one, or None if they must be made one by one."""
        plan, history = self.plan, self.plan.history
        engine: "Native" = plan.engine  # type: ignore[assignment]
        count = min(engine.passes_at_once(plan.batch_size), plan.epochs - len(history))
        if count < 1:
            return None
        made = engine.passes(count, plan.batch_size, plan.shuffle)
        if made is None:
            self.alone = True
            return None
        losses, rates = made
        if rates.count(rates[0]) == len(rates):
            history.add(losses, None, rates[0], None)
        else:
            numbers = range(len(history) + 1, len(history) + len(losses) + 1)
            rows = zip(numbers, [[loss] for loss in losses], repeat(None), rates, repeat(None))
            history.rows.extend(list(rows))  # in one operation, for Ctrl-C
        history.engine = engine.name
        return Epoch(len(history), losses[-1], None, rates[-1], None)
