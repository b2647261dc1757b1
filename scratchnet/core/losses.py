"""The losses: each value, with its gradient right under it.

    mean_squared_error          Σ (a - y)² / n                             n = samples · outputs
    half_squared_error          Σ (a - y)²/2 / n                           n = samples          pairs with Identity
    mean_absolute_error         Σ |a - y| / n                              n = samples · outputs
    huber                       quadratic near 0, linear beyond            n = samples · outputs
    binary_cross_entropy        -Σ (y·log a + (1-y)·log(1-a)) / n          n = samples · outputs  pairs with Sigmoid
    categorical_cross_entropy   -Σ y·log a / n                             n = samples          pairs with Softmax
    hinge                       Σ max(0, 1 - y·a) / n,  y = -1 or 1        n = samples · outputs
    perceptron                  Σ (ŷ - y)·z / n,  ŷ the thresholded z      n = samples · outputs  pairs with Threshold

    a    one output                          A    the output,  samples × outputs
    y    its target                          Y    the targets, samples × outputs
    z    the paired activation's input       Z    samples × outputs
    n    the number of terms averaged        w    a sample's weight; with weights n = Σ w (· outputs)

A loss and the activation that it pairs with are taken together: the value is computed from z, so that it is
exact however large z is, and the chain rule through both shortens to the one slope that all four pairs share,

    δ = (ŷ - y)/n

>>> BinaryCrossEntropy().value([[0.5]], [[1.0]])
0.693147180559945...
"""

from . import matrix
from .activations import Identity, Sigmoid, Softmax, Threshold
from .functions import (
    cast,
    exp,
    largest_of,
    log,
    log1p,
    maximum,
    positive_part,
    shown,
    sign,
    total,
    where,
    whole,
)
from .layers import LAYERS
from .layer import ABOVE_0, Configured

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Dict, List, Logits, Matrix, Number, Row, Weights
    from .layer import Layer


class Loss(Configured):
    """A loss is one term per output and the term's slope; one of your own defines ``term`` and ``slope``.

    If its constructor has arguments, each is kept in the attribute of its name, and the class names them in
    ``arguments`` and, where they enter the arithmetic, in ``numbers`` (as Huber does). One that is made from another
    loss pairs as that one does, unless it says ``pairs_with = None``: of a pair, ``term`` and ``slope`` are not asked.

    >>> class MeanQuarticError(Loss):
    ...     def term(self, a, y):
    ...         return (a - y) * (a - y) * (a - y) * (a - y)
    ...     def slope(self, a, y):
    ...         return 4 * (a - y) * (a - y) * (a - y)
    >>> MeanQuarticError().value([[3.0, 1.0]], [[1.0, 1.0]])
    8.0
    """

    pairs_with: "Any" = None  # the activation that δ = (ŷ - y)/n steps over
    ends_in: "Any" = ()  # the activations one of which it needs, where it needs probabilities
    mean_over_outputs = True  # whether n counts every output, or every sample

    def term(self, a: "Number", y: "Number") -> "Number":
        """What one output contributes."""
        raise NotImplementedError(f"{type(self).__name__} has no term")

    def slope(self, a: "Number", y: "Number") -> "Number":
        """The derivative of ``term`` in a."""
        raise NotImplementedError(f"{type(self).__name__} has no slope")

    def paired_terms(self, z: "Row", a: "Row", y: "Row") -> "Row":
        """The terms of one sample computed from the paired activation's input z."""
        return [self.term(a_k, y_k) for a_k, y_k in zip(a, y)]

    def value(
        self, A: "Matrix", Y: "Matrix", Z: "Logits" = None, weights: "Weights" = None
    ) -> "Number":
        """The loss; Z, the paired activation's input, where there is one."""
        terms = (
            matrix.pairwise("loss", A, Y, self.term)
            if Z is None
            else list(map(self.paired_terms, Z, A, Y))
        )
        return total([total(row) for row in _weighted(terms, weights)]) / self.count(A, weights)

    def gradient(
        self, A: "Matrix", Y: "Matrix", Z: "Logits" = None, weights: "Weights" = None
    ) -> "Matrix":
        """The slope in A; or, where Z is given, δ, the slope in Z."""
        slopes = matrix.pairwise("loss", A, Y, self.slope) if Z is None else matrix.subtract(A, Y)
        return matrix.divide(_weighted(slopes, weights), self.count(A, weights))

    def count(self, A: "Matrix", weights: "Weights" = None) -> "Number":
        """n, the number of terms averaged."""
        samples = len(A) if weights is None else total(weights)
        return samples * len(A[0]) if self.mean_over_outputs else samples

    def steps_over(self, layers: "List[Layer]") -> int:
        """How many layers at the end of the network are taken together with the loss."""
        if isinstance(layers[-1], Threshold):
            raise ValueError(
                f"{type(self).__name__}: through Threshold nothing is learnt but with loss='perceptron'"
            )
        if (
            self.ends_in
            and type(layers[-1]) in LAYERS.values()
            and not isinstance(layers[-1], self.ends_in)
        ):
            end = self.pairs_with.__name__
            raise ValueError(
                f"{type(self).__name__}: {layers[-1]} gives no probabilities; end the network in {end}()"
            )
        return 1 if type(layers[-1]) is self.pairs_with else 0

    def target(self, y: "Any", outputs: int, number: "Any", i: int) -> "Row":
        """Target ``i`` as a row of ``outputs`` numbers; a single output's needs no row of its own."""
        if _is_single(y):
            if outputs > 1:
                wanted = f"give a row of {outputs} numbers (class numbers go with categorical_cross_entropy)"
                raise TypeError(
                    f"Y: row {i} is {shown(y)}, but the network has {outputs} outputs; {wanted}"
                )
            y = [y]
        row = matrix.accept_row(y, number, "Y", i, outputs, "the network has {} outputs")
        wrong = self.unfit(row)
        if wrong:
            raise ValueError(f"{type(self).__name__}: row {i} of Y is {shown(row)}; {wrong}")
        return row

    def unfit(self, y: "Row") -> str:
        """What is wrong with a row of targets; empty for nothing."""
        return ""


def _is_single(y: "Any") -> bool:
    return not matrix.is_sequence(y) or getattr(y, "ndim", 1) == 0


def _weighted(rows: "Matrix", weights: "Weights") -> "Matrix":
    return rows if weights is None else [[v * w for v in row] for row, w in zip(rows, weights)]


class MeanSquaredError(Loss):
    """The mean of (a - y)² over every output of every sample."""

    def term(self, a: "Number", y: "Number") -> "Number":
        return (a - y) * (a - y)

    def slope(self, a: "Number", y: "Number") -> "Number":
        return 2 * (a - y)


class HalfSquaredError(Loss):
    """½·Σ(a - y)² over a sample's outputs, averaged over the samples: the textbooks' squared error."""

    pairs_with = Identity
    mean_over_outputs = False

    def term(self, a: "Number", y: "Number") -> "Number":
        return (a - y) * (a - y) / 2

    def slope(self, a: "Number", y: "Number") -> "Number":
        return a - y


class MeanAbsoluteError(Loss):
    """The mean of |a - y| over every output of every sample; its slope at a = y is taken as 0."""

    def term(self, a: "Number", y: "Number") -> "Number":
        return abs(a - y)

    def slope(self, a: "Number", y: "Number") -> "Number":
        return sign(a - y)


class Huber(Loss):
    """(a - y)²/2 where |a - y| ≤ delta, delta·(|a - y| - delta/2) beyond (Huber 1964)."""

    arguments = numbers = ("delta",)

    def __init__(self, delta: "Number" = 1) -> None:
        self.delta = self.require("delta", delta, ABOVE_0)

    def term(self, a: "Number", y: "Number") -> "Number":
        d = abs(a - y)
        return where(d <= self.delta, d * d / 2, self.delta * (d - self.delta / 2))

    def slope(self, a: "Number", y: "Number") -> "Number":
        d = a - y
        return where(d > self.delta, self.delta, where(d < -self.delta, -self.delta, d))


class BinaryCrossEntropy(Loss):
    """-(y·log a + (1-y)·log(1-a)), averaged over every output; y is 0, 1, or a probability between."""

    pairs_with = Sigmoid
    ends_in = (Sigmoid, Softmax, Identity)

    def term(self, a: "Number", y: "Number") -> "Number":
        return -(_times_log(y, a) + _times_log(1 - y, 1 - a))

    def slope(self, a: "Number", y: "Number") -> "Number":
        return _over(1 - y, 1 - a) - _over(y, a)

    def paired_terms(self, z: "Row", a: "Row", y: "Row") -> "Row":
        """log(1 + e^z) - y·z, with the large parts of both taken together."""
        return [positive_part(z_k) - y_k * z_k + log1p(exp(-abs(z_k))) for z_k, y_k in zip(z, y)]

    def unfit(self, y: "Row") -> str:
        return (
            ""
            if all([v >= 0 and v <= 1 for v in y])
            else "a target is 0, 1, or a probability between"
        )


class CategoricalCrossEntropy(Loss):
    """-Σ y·log a over the classes, averaged over the samples; y has a 1 at the class, or probabilities."""

    pairs_with = Softmax
    ends_in = (Softmax, Identity)
    mean_over_outputs = False

    def term(self, a: "Number", y: "Number") -> "Number":
        return -_times_log(y, a)

    def slope(self, a: "Number", y: "Number") -> "Number":
        return -_over(y, a)

    def paired_terms(self, z: "Row", a: "Row", y: "Row") -> "Row":
        """y_k·(log Σ e^z - z_k), the largest z taken out of the sum, so that nothing overflows or is lost beside it."""
        largest = largest_of(z)
        log_of_sum = log(total([exp(v - largest) for v in z]))
        return [y_k * (log_of_sum + (largest - z_k)) for z_k, y_k in zip(z, y)]

    def target(self, y: "Any", outputs: int, number: "Any", i: int) -> "Row":
        if outputs == 1:
            raise ValueError(
                f"{type(self).__name__} needs an output a class; for one output take binary_cross_entropy"
            )
        y = y[0] if not _is_single(y) and len(y) == 1 else y
        y = one_hot(y, outputs, i) if _is_single(y) else y
        return Loss.target(self, y, outputs, number, i)

    def unfit(self, y: "Row") -> str:
        if all([v >= 0 for v in y]) and abs(total(y) - 1) * 1000000 <= 1:
            return ""
        return "it holds the probabilities of the classes, which sum to 1 (or give the class's number alone)"


class Hinge(Loss):
    """max(0, 1 - y·a), averaged over every output; the targets are -1 and 1."""

    def term(self, a: "Number", y: "Number") -> "Number":
        return maximum(1 - y * a, whole(0, a))

    def slope(self, a: "Number", y: "Number") -> "Number":
        return where(1 - y * a > 0, -y, whole(0, a))

    def unfit(self, y: "Row") -> str:
        return "" if all([v == 1 or v == -1 for v in y]) else "a target is -1 or 1"


class Perceptron(Loss):
    """(ŷ - y)·z: Rosenblatt's rule (1958), for a network that ends in Threshold, or in Sigmoid and Threshold.

    ŷ is the thresholded output, held fixed, so that the slope in z, the input of these last layers, is ŷ - y.
    """

    pairs_with = Threshold

    def paired_terms(self, z: "Row", a: "Row", y: "Row") -> "Row":
        return [(a_k - y_k) * z_k for z_k, a_k, y_k in zip(z, a, y)]

    def steps_over(self, layers: "List[Layer]") -> int:
        if not isinstance(layers[-1], Threshold):
            raise ValueError(
                "Perceptron: the network has to end in Threshold, or in Sigmoid and Threshold"
            )
        return 2 if len(layers) > 1 and isinstance(layers[-2], Sigmoid) else 1

    def unfit(self, y: "Row") -> str:
        return "" if all([v == 0 or v == 1 for v in y]) else "a target is 0 or 1"


def _times_log(y: "Number", a: "Number") -> "Number":
    """y·log a, which is 0 where y is 0, whatever a."""
    return y * log(where(y > 0, a, whole(1, a)))


def _over(y: "Number", a: "Number") -> "Number":
    """y/a, the slope of y·log a; where a is 0, y: there the loss is infinite, if y is not 0, and stops the training."""
    return y / where(a == 0, whole(1, a), a)


def one_hot(label: "Any", classes: int, i: int) -> "Row":
    """A 1 at the place of the class with the number ``label``, else 0; ``i`` is the row for the error message.

    >>> one_hot(2, 3, 0)
    [0, 0, 1]
    """
    place = cast(label, float, f"Y: row {i}")
    if not 0 <= place < classes or int(place) != place:
        raise ValueError(
            f"Y: row {i} is {label!r}; with {classes} outputs a class is a number from 0 to {classes - 1}"
        )
    return [1 if k == place else 0 for k in range(classes)]


LOSSES: "Dict[str, Any]" = {
    "mean_squared_error": MeanSquaredError, "half_squared_error": HalfSquaredError, "huber": Huber, "hinge": Hinge,
    "mean_absolute_error": MeanAbsoluteError, "perceptron": Perceptron, "binary_cross_entropy": BinaryCrossEntropy,
    "categorical_cross_entropy": CategoricalCrossEntropy}  # fmt: skip
