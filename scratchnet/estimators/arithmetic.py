"""Where scikit-learn's arithmetic differs from the core's.

Momentum, AdamOfRate   its optimizers, which remember from one training run to the next
SummedCrossEntropy     its loss of binary classes and of labels
SquaredError           its loss of a regressor
"""

from ..codegen import own
from ..core.functions import sqrt
from ..core.losses import BinaryCrossEntropy, HalfSquaredError
from ..core.optimizers import SGD, Adam, Optimizer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..core.types import Matrix, Number, RowOrNone


class PersistentOptimizer(Optimizer):
    """An optimizer that keeps its memory after training, so that ``partial_fit`` continues from it.

    ``twin`` is the copy that trains.
    """

    twin: "Any" = None

    def with_numbers(self, number: "Any", exactly: bool = False) -> "Any":
        twin = Optimizer.with_numbers(self, number, exactly)
        if number is float:  # not a symbolic number, which only generates code
            twin.states, twin.t = dict(self.states), self.t
            self.twin = twin
        return twin

    def keep_memory(self) -> None:
        """Take over the memory of the twin at the end of training."""
        self.states, self.t, self.twin = self.twin.states, self.twin.t, None


class Momentum(PersistentOptimizer, SGD):
    """SGD whose rate may change after an epoch; the velocity of the weights, rate·v, then stays."""

    def change_rate(self, rate: float) -> None:
        ratio = self.learning_rate.value / rate
        self.learning_rate.value = rate
        for name, rows in self.twin.states.items():
            self.twin.states[name] = [
                [tuple([ratio * v for v in state]) for state in row] for row in rows
            ]


class Rate:
    """A learning rate that the estimator changes."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __call__(self, t: int) -> float:
        return self.value

    def __repr__(self) -> str:
        return "Rate()"


class AdamOfRate(PersistentOptimizer, Adam):
    """Adam with the bias corrections of m and v in the rate.

    The end of section 2 of the paper describes this form. It adds ε to √v, not to √v̂.
    """

    def begin(self, number: "Any") -> None:
        Adam.begin(self, number)
        self.rate = self.rate * sqrt(self.bias_correction2) / self.bias_correction1
        self.bias_correction1 = self.bias_correction2 = 1


class SummedCrossEntropy(BinaryCrossEntropy):
    """Binary cross-entropy, summed over the labels of a sample."""

    mean_over_outputs = False


class SquaredError(HalfSquaredError):
    """Half the squared error. The gradient sums over the outputs; the value is their mean."""

    def mean(self, terms: "Matrix", weights: "RowOrNone") -> "Number":
        return HalfSquaredError.mean(self, terms, weights) / len(terms[0])


# The arguments of these classes define them completely, so that code generated for one training run
# serves the next.
own.OWN.update((Momentum, AdamOfRate, SummedCrossEntropy, SquaredError))
