"""sn.check_gradients: backpropagation compared with two other ways to compute gradients.

    backpropagation      the backward rules of the network
    exact derivative     forward mode: the loss on dual numbers, for one number of one parameter at
                         a time
    central difference   (loss(w + h) - loss(w - h)) / 2h, where h = 6·10⁻⁶·max(1, |w|) is near the
                         cube root of the rounding unit; truncation and rounding errors are about
                         equal there

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
from .names import element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.types import Batch, Matrix, Number

EXACT = 1e-9  # the largest error against the exact derivative: rounding, even in a deep network
NUMERICAL = 1e-4  # the largest error against the central difference
H = 6, 10**6  # 6·10⁻⁶


class Comparison:
    """The gradient of one parameter, computed in three ways, as rows of numbers.

    ``worst``              the largest error of backpropagation against the exact derivative
    ``worst_difference``   the largest error against the central difference

    Both errors are relative to the largest gradient of the loss of one sample. At a minimum, the
    gradients of the samples cancel, and only their rounding errors remain.
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
        """The name and the three gradients of the number with the largest error."""
        errors = matrix.subtract(self.backpropagated, self.exact)
        _, i, j = max(
            [(abs(error), i, j) for i, row in enumerate(errors) for j, error in enumerate(row)]
        )
        name = element(self.name, self.flat, i, j)
        return name, self.backpropagated[i][j], self.exact[i][j], self.difference[i][j]

    @property
    def passed(self) -> bool:
        return self.worst <= EXACT and self.worst_difference <= NUMERICAL


class GradientCheck:
    """The comparisons in the order of ``net.parameters()``, which print as a table."""

    def __init__(self, parameters: "List[Comparison]") -> None:
        self.parameters = parameters

    @property
    def passed(self) -> bool:
        return all([comparison.passed for comparison in self.parameters])

    def __repr__(self) -> str:
        """Return a table with the worst number and the largest errors of each parameter."""
        rows = [("worst number", "backpropagation", "exact", "error", "difference", "error", "")]
        for c in self.parameters:
            name, b, e, d = c.worst_number
            verdict = "right"
            if not c.passed:
                verdict = "WRONG" if c.worst > EXACT else "right, but the loss has a kink nearby"
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
    """Compare backpropagation with exact derivatives and with central differences.

    The result prints as a table, and its ``passed`` says whether all gradients are right. For each
    parameter, the table shows the number whose gradient is furthest from the exact derivative.

    This works for any layer and loss, including user-defined ones. For the perceptron loss, ŷ is
    held fixed, as its rule does. The loss is computed three times for each number of each
    parameter, so use a small network or a few samples.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]]), sn.Sigmoid()])
    >>> check_gradients(net, [[0, 1]], [1], loss="binary_cross_entropy").passed
    True
    """
    criterion = loss_for(net, loss)
    examples = examples_for(net, X, Y, criterion, sample_weight)
    scale = max(
        [
            _largest(_backpropagate(net, examples.batch([i]), criterion))
            for i in range(len(examples))
        ]
    )
    batch = examples.batch(list(range(len(examples))))
    backpropagated = _backpropagate(net, batch, criterion)
    exact = _exact(net, batch, criterion)
    difference = _difference(net, batch, criterion)
    scale = max(scale, _largest(exact), 1e-300)
    columns = zip(net.parameters(), backpropagated, exact, difference)
    return GradientCheck([Comparison(parameter, b, e, d, scale) for parameter, b, e, d in columns])


def _backpropagate(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """Return the gradients by the backward rules of the network."""
    net.backpropagate(batch[0], batch[1], loss, batch[2])
    return [matrix.apply(float, parameter.gradient_rows) for parameter in net.parameters()]


def _largest(gradients: "List[Matrix]") -> float:
    largest: float = max([abs(d) for rows in gradients for row in rows for d in row] + [0.0])
    return largest


def _exact(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """Return the gradients by dual numbers."""
    twin = net.copy(Dual)
    duals = [[[Dual(v) for v in row] for row in rows] for rows in batch[:2]]
    weights = None if batch[2] is None else [Dual(w) for w in batch[2]]
    criterion = loss.with_numbers(Dual, exactly=True)

    def derivative(parameter: "Parameter", i: int, k: int) -> "Number":
        number = parameter.rows[i][k]
        number.derivative = 1
        value = _loss(twin, duals[0], duals[1], criterion, weights)
        number.derivative = 0
        return float(value.derivative)

    return [_of_each(parameter, derivative) for parameter in twin.parameters()]


def _difference(net: "Sequential", batch: "Batch", loss: "Loss") -> "List[Matrix]":
    """Return the gradients by central differences."""
    twin = net.copy()
    output = twin.propagate(batch[0], twin.layers) if isinstance(loss, Perceptron) else None

    kind = net.number

    def difference(parameter: "Parameter", i: int, k: int) -> "Number":
        w = parameter.rows[i][k]
        h = kind(H[0]) / H[1] * max(1, abs(w))
        losses = []
        for shifted in (w + h, w - h):
            parameter.rows[i][k] = shifted
            losses.append(_loss(twin, batch[0], batch[1], loss, batch[2], output))
        parameter.rows[i][k] = w
        return float((losses[0] - losses[1]) / ((w + h) - (w - h)))

    return [_of_each(parameter, difference) for parameter in twin.parameters()]


def _of_each(parameter: "Parameter", derivative: "Callable[..., Any]") -> "Matrix":
    """Return the derivative at each number of a parameter."""
    return [
        [derivative(parameter, i, k) for k in range(len(row))]
        for i, row in enumerate(parameter.rows)
    ]


def _loss(
    net: "Sequential",
    X: "Matrix",
    Y: "Matrix",
    loss: "Loss",
    weights: "Any",
    output: "Any" = None,
) -> "Number":
    """Return the loss of a training step; if given, ``output`` replaces the network's output."""
    Z, A = net.logits_and_output(X, loss.paired_layers(net.layers))
    A = A if output is None else output
    return net.with_penalties(loss.value_of(net.layers, Z, A, Y, weights))


def _worst(A: "Matrix", B: "Matrix") -> float:
    worst: float = max([abs(a - b) for row_a, row_b in zip(A, B) for a, b in zip(row_a, row_b)])
    return worst
