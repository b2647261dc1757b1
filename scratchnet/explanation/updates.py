"""The new weights of a step, and what the optimizer then remembers about them."""

from ..core.functions import number_of
from ..scalars import Traced
from .naming import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator, Tuple

    from ..core.layer import Parameter
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from .naming import NamedNumbers


class Updates:
    """The names of the new weights and memories; ``compute`` computes the number of a name.

    There are none before ``prepare``.
    """

    def __init__(self, numbers: "NamedNumbers") -> None:
        self.numbers = numbers
        self.places: "Dict[str, Tuple[Parameter, int, int]]" = {}

    def prepare(self, net: "Sequential", optimizer: "Optimizer") -> None:
        """Name the hyperparameters of the optimizer, and its memories before the step.

        The parameters of ``net`` have the gradients of the step.
        """
        numbers = self.numbers
        self.optimizer: "Optimizer" = optimizer.with_numbers(Traced, exactly=True)
        self.optimizer.t = optimizer.t
        numbers.name_hyperparameters("", self.optimizer)
        self.optimizer.begin(Traced)
        if not self.optimizer.rate.name:
            numbers.named("rate", self.optimizer.rate)
        trainable = [parameter for parameter in net.parameters() if not parameter.frozen]
        self.factor = self.optimizer.clip_factor(trainable)
        if self.factor is not None:
            numbers.named("clipping", self.factor)
        names = getattr(self.optimizer, "memory_names", ())
        self.memories = [
            names[n] if n < len(names) else f"memory[{n}]" for n in range(self.optimizer.memory)
        ]
        for parameter in trainable:
            for name, i, j in places(parameter):
                states = optimizer.states.get(parameter.name)
                zero = number_of(parameter.rows[i][j].value)(0)
                for n, memory in enumerate(self.memories):
                    value = zero if states is None else states[i][j][n]
                    numbers.named(f"{name}.{memory}", Traced(value))
                    self.places[f"{name}.{memory}.new"] = parameter, i, j
                self.places[f"{name}.new"] = parameter, i, j

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def __iter__(self) -> "Iterator[str]":
        return iter(self.places)

    def __len__(self) -> int:
        return len(self.places)

    def compute(self, name: str) -> None:
        """Compute the new value of a weight and of what the optimizer remembers about it."""
        parameter, i, j = self.places[name]
        w, gradient = parameter.rows[i][j], parameter.gradient_rows[i][j]
        state = tuple([self.numbers.numbers[f"{w.name}.{memory}"] for memory in self.memories])
        new, new_state = self.optimizer.update(w, gradient, state, self.factor)
        for memory, number in zip(self.memories, new_state):
            self.numbers.name_result(f"{w.name}.{memory}.new", number, self.optimizer.rule)
        self.numbers.name_result(f"{w.name}.new", new, self.optimizer.rule)
