"""Is the gradient right? Backpropagation beside two other ways to the same numbers.

    backpropagation       the network's own backward rules
    the exact derivative  forward mode: the loss computed on dual numbers, one number of one parameter at a time
    central difference    (loss(w + h) - loss(w - h)) / 2h, with h = 6·10⁻⁶·max(1, |w|): near the cube root of the
                          rounding unit, where truncation and rounding are of one size

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()], seed=7)
>>> check = check_gradients(net, [[0, 1], [1, 1]], [1, 0], loss="binary_cross_entropy")
>>> check.passed
True
>>> check.parameters[0].name, check.parameters[0].worst < 1e-12
('0.weights', True)
"""

from ..core import matrix
from ..core.examples import examples_for
from ..core.losses import Perceptron, loss_for
from ..scalars import Dual

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.types import Batch, Matrix, Number

EXACT = 1e-9  # what backpropagation may differ by from the exact derivative: rounding, in a deep network too
NUMERICAL = 1e-4  # ... and from the central difference
H = 6e-6


class Comparison:
    """One parameter's gradient, three ways, as rows of numbers.

    ``worst``             the largest error of backpropagation against the exact derivative,
    ``worst_difference``  and against the central difference, relative to the largest slope of one sample's loss: at a
                          minimum the slopes of the samples cancel, and what is left of them is rounding alone
    """

    def __init__(
        self,
        parameter: "Parameter",
        backpropagated: "Matrix",
        exact: "Matrix",
        difference: "Matrix",
        scale: float,
    ) -> None:
        self.name = parameter.name
        self.flat = parameter.flat
        self.backpropagated = backpropagated
        self.exact = exact
        self.difference = difference
        self.worst = _worst(backpropagated, exact) / scale
        self.worst_difference = _worst(backpropagated, difference) / scale

    @property
    def worst_number(self) -> "Tuple[str, float, float, float]":
        """Name, backpropagation, exact derivative and difference where the first two differ most."""
        errors = matrix.subtract(self.backpropagated, self.exact)
        _, i, j = max(
            [(abs(error), i, j) for i, row in enumerate(errors) for j, error in enumerate(row)]
        )
        name = f"{self.name}[{j}]" if self.flat else f"{self.name}[{i}][{j}]"
        return name, self.backpropagated[i][j], self.exact[i][j], self.difference[i][j]

    @property
    def passed(self) -> bool:
        return self.worst <= EXACT and self.worst_difference <= NUMERICAL


class GradientCheck:
    """The comparisons, in the order of ``net.parameters()``; it prints as a table."""

    def __init__(self, parameters: "List[Comparison]") -> None:
        self.parameters = parameters

    @property
    def passed(self) -> bool:
        return all([comparison.passed for comparison in self.parameters])

    def __repr__(self) -> str:
        """Of each parameter the number whose gradient is furthest from the exact one, and the largest errors of all."""
        rows = [("worst number", "backpropagation", "exact", "error", "difference", "error", "")]
        for c in self.parameters:
            name, b, e, d = c.worst_number
            verdict = (
                "right"
                if c.passed
                else "WRONG"
                if c.worst > EXACT
                else "right, but the loss has a kink nearby"
            )
            values = [f"{v:.10g}" for v in (b, e, d)]
            errors = [f"{error:.1e}" for error in (c.worst, c.worst_difference)]
            rows.append((name, values[0], values[1], errors[0], values[2], errors[1], verdict))
        widths = [max([len(row[k]) for row in rows]) for k in range(7)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0])]
                + [row[k].rjust(widths[k]) for k in range(1, 6)]
                + [row[6]]
            ).rstrip()
            for row in rows
        ]
        wrong = [c.name for c in self.parameters if c.worst > EXACT]
        verdict = "wrong: " + ", ".join(wrong) if wrong else "not all gradients could be confirmed"
        return "\n".join(lines + ["all gradients are right" if self.passed else verdict])


def check_gradients(
    net: "Sequential", X: "Any", Y: "Any", loss: "Any", sample_weight: "Any" = None
) -> "GradientCheck":
    """Compare the network's gradients for these samples with exact derivatives and with central differences.

    Works for any layer and loss, one's own too. Of the perceptron loss ŷ is held fixed, as its rule has it. The loss
    is computed three times for every number of every parameter, so take a small network, or a few samples.
    """
    criterion = loss_for(net, loss)
    examples = examples_for(net, X, Y, criterion, sample_weight)
    scale = max(
        [
            _largest(_backpropagated(net, examples.batch([i]), criterion))
            for i in range(len(examples))
        ]
    )
    batch = examples.batch(list(range(len(examples))))
    backpropagated = _backpropagated(net, batch, criterion)
    exact = _exact(net, batch, criterion)
    difference = _difference(net, batch, criterion)
    scale = max(scale, _largest(exact), 1e-300)
    columns = zip(net.parameters(), backpropagated, exact, difference)
    return GradientCheck([Comparison(parameter, b, e, d, scale) for parameter, b, e, d in columns])


def _backpropagated(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """The derivatives by the network's own rules."""
    net.backpropagate(batch[0], batch[1], loss, batch[2])
    return [parameter.gradient_rows for parameter in net.parameters()]


def _largest(gradients: "List[Matrix]") -> float:
    largest: float = max([abs(d) for rows in gradients for row in rows for d in row] + [0.0])
    return largest


def _exact(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """The derivatives by dual numbers."""
    twin = net.copy(Dual)
    duals = [[[Dual(v) for v in row] for row in rows] for rows in batch[:2]]
    weights = None if batch[2] is None else [Dual(w) for w in batch[2]]
    criterion = loss.with_numbers(Dual)

    def slope(parameter: "Parameter", i: int, k: int) -> "Number":
        number = parameter.rows[i][k]
        number.derivative = 1.0
        value = _loss(twin, duals[0], duals[1], criterion, weights)
        number.derivative = 0
        return float(value.derivative)

    return [_of_each(parameter, slope) for parameter in twin.parameters()]


def _difference(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """The derivatives by central differences."""
    twin = net.copy()
    held = twin.propagate(batch[0], twin.layers) if isinstance(loss, Perceptron) else None

    def slope(parameter: "Parameter", i: int, k: int) -> "Number":
        w = parameter.rows[i][k]
        h = H * max(1.0, abs(w))
        values = []
        for moved in (w + h, w - h):
            parameter.rows[i][k] = moved
            values.append(_loss(twin, batch[0], batch[1], loss, batch[2], held))
        parameter.rows[i][k] = w
        return (values[0] - values[1]) / ((w + h) - (w - h))

    return [_of_each(parameter, slope) for parameter in twin.parameters()]


def _of_each(parameter: "Parameter", slope: "Callable[..., Any]") -> "Matrix":
    return [
        [slope(parameter, i, k) for k in range(len(row))] for i, row in enumerate(parameter.rows)
    ]


def _loss(
    net: "Sequential", X: "Matrix", Y: "Matrix", loss: "Loss", weights: "Any", held: "Any" = None
) -> "Number":
    """The loss of a training step; ``held`` takes the place of the network's output, where that is held fixed."""
    paired = loss.paired_layers(net.layers)
    Z, A = net.logits_and_output(X, paired)
    if held is not None:
        A = held
    if paired:
        return net.with_penalties(loss.value_from_logits(Z, A, Y, weights))
    return net.with_penalties(loss.value(A, Y, weights))


def _worst(A: "Matrix", B: "Matrix") -> float:
    worst: float = max([abs(a - b) for row_a, row_b in zip(A, B) for a, b in zip(row_a, row_b)])
    return worst
