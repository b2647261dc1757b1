"""The losses: each term with its derivative directly under it.

A loss is the sum of its terms, one per output of each sample, divided by n:

    loss                         term                               n                    pairs with
    mean_squared_error           (a - y)²                           samples · outputs
    half_squared_error           ½(a - y)²                          samples              Identity
    mean_absolute_error          |a - y|                            samples · outputs
    huber                        quadratic near 0, linear beyond    samples · outputs
    binary_cross_entropy         -(y·log a + (1 - y)·log(1 - a))    samples · outputs    Sigmoid
    categorical_cross_entropy    -y·log a                           samples              Softmax
    hinge                        max(0, 1 - y·a), y is -1 or 1      samples · outputs
    perceptron                   (a - y)·(z - t), threshold t       samples · outputs    Threshold

Books differ in n. Every loss takes ``reduction``, with PyTorch's names:

    "mean"         the mean of all terms                            samples · outputs
    "batchmean"    the sum over the outputs, averaged over the      samples
                   samples (Nielsen, Ng)
    "sum"          the sum of all terms                             1

With sample weights, each term is multiplied by the weight of its sample. In n, the sum of the
weights replaces the number of samples; in a batch of a training run, it is the number of samples
times the mean weight of all samples. A sum is not divided.

    a     one output                        A     the output,  samples × outputs
    y     its target                        Y     the targets, samples × outputs
    z     its logit                         Z     the input of the paired activation, as A
    dA    the gradient of the loss at A     dZ    the gradient of the loss at Z

A loss and the activation that it pairs with are computed together. The value is computed from z,
so that it is accurate for large z, too. The chain rule through both simplifies to the same gradient
for all four pairs:

    dZ = (A - Y)/n

>>> BinaryCrossEntropy().value([[0.5]], [[1.0]])
0.693147180559945...
>>> A, Y = [[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]]
>>> [MeanSquaredError(how).value(A, Y) for how in ("mean", "batchmean", "sum")]
[7.5, 15.0, 30.0]
"""

from . import matrix
from .activations import Identity, Sigmoid, Softmax, Threshold
from .checks import (
    ABOVE_0,
    accept_row,
    cast,
    is_sequence,
    is_zero,
    look_up,
    one_of,
    require,
    shown,
)
from .functions import (
    exp,
    largest_of,
    log,
    log1p,
    maximum,
    positive_part,
    sign,
    total,
    where,
    whole,
)
from .layer import Configured
from .layers import LAYERS
from .types import Any, Family, Layers, Matrix, Names, Number, NumberType, Row, RowOrNone


class Loss(Configured):
    """A mean of terms, one per output. A user-defined loss defines ``term`` and ``derivative``.

    If its constructor has arguments, each is kept in the attribute of its name, and the class lists
    them in ``arguments``, and also in ``numbers`` if they enter the arithmetic, as in Huber. A
    subclass of another loss pairs with the same activation. Its ``term`` is then not used, unless
    it sets ``pairs_with = None``.

    ``reduction``   "mean", "batchmean" or "sum" (see above); None means the usual one of the loss

    >>> class MeanQuarticError(Loss):
    ...     def term(self, a, y):
    ...         return (a - y) * (a - y) * (a - y) * (a - y)
    ...     def derivative(self, a, y):
    ...         return 4 * (a - y) * (a - y) * (a - y)
    >>> MeanQuarticError().value([[3.0, 1.0]], [[1.0, 1.0]])
    8.0
    """

    pairs_with: Any = None  # the activation that is computed together with the loss
    ends_in: Any = ()  # if the loss needs probabilities, the activations that may end the network
    mean_over_outputs = True  # whether n is samples · outputs, or samples only
    reduction: Any = None
    arguments: Names = ("reduction",)
    zero_by_default = ("reduction",)

    def __init__(self, reduction: Any = None) -> None:
        self.reduction = self.require(
            "reduction", reduction, one_of(None, "mean", "batchmean", "sum")
        )

    def term(self, a: Number, y: Number) -> Number:
        """Return the term of one output a with the target y."""
        raise NotImplementedError(f"{type(self).__name__} has no term")

    def derivative(self, a: Number, y: Number) -> Number:
        """Return the derivative of ``term`` with respect to a."""
        raise NotImplementedError(f"{type(self).__name__} has no derivative")

    def value(self, A: Matrix, Y: Matrix, weights: RowOrNone = None) -> Number:
        """Return the loss, given the output A."""
        return self.mean(matrix.pairwise("loss", A, Y, self.term), weights)

    def gradient(self, A: Matrix, Y: Matrix, weights: RowOrNone = None) -> Matrix:
        """Return dA, the gradient of the loss at the output A."""
        return self.share(matrix.pairwise("loss", A, Y, self.derivative), weights)

    # ---- together with the paired activation -------------------------------------------------

    def terms_from_logits(self, z: Row, a: Row, y: Row) -> Row:
        """Return the terms of one sample, given its rows z and a = activation(z)."""
        return [self.term(a_k, y_k) for a_k, y_k in zip(a, y)]

    def derivative_in_logit(self, a: Number, y: Number) -> Number:
        """Return the derivative of the term with respect to z, which is a - y for all four pairs.

        By the chain rule it is derivative(a, y) · da/dz:

            half squared error, identity     (a - y) · 1
            binary cross-entropy, sigmoid    (a - y)/(a·(1 - a)) · a·(1 - a)

        With softmax every a_j depends on z_k. For categorical cross-entropy the sum over j is
        Σ_j -y_j/a_j · a_j·((1 if j = k else 0) - a_k) = a_k·Σ_j y_j - y_k, and Σ_j y_j is 1.
        The perceptron loss (a - y)·(z - t) is differentiated with a held constant.
        """
        return a - y

    def logits(self, Z: Matrix, layers: Layers) -> Matrix:
        """Return what ``value_from_logits`` takes, given the input Z of the paired layers."""
        return Z

    def value_from_logits(
        self, Z: Matrix, A: Matrix, Y: Matrix, weights: RowOrNone = None
    ) -> Number:
        """Return the loss, given the input Z and the output A of the paired activation."""
        return self.mean([self.terms_from_logits(z, a, y) for z, a, y in zip(Z, A, Y)], weights)

    def gradient_in_logits(self, A: Matrix, Y: Matrix, weights: RowOrNone = None) -> Matrix:
        """Return dZ = (A - Y)/n, the gradient of the loss at the input of the paired activation."""
        return self.share(matrix.pairwise("loss", A, Y, self.derivative_in_logit), weights)

    # ---- the mean or sum ---------------------------------------------------------------------

    def mean(self, terms: Matrix, weights: RowOrNone) -> Number:
        """Return the (weighted) sum of the terms, divided by n."""
        terms = _weighted(terms, weights)
        return total([total(row) for row in terms]) / self.count(terms, weights)

    def share(self, derivatives: Matrix, weights: RowOrNone) -> Matrix:
        """Return the derivatives of the mean: those of the terms, (weighted and) divided by n."""
        derivatives = _weighted(derivatives, weights)  # samples × outputs
        return matrix.divide(derivatives, self.count(derivatives, weights))

    def count(self, A: Matrix, weights: RowOrNone = None) -> Number:
        """Return n, by which the sum of the terms is divided."""
        if self.reduction == "sum":
            return 1
        usual = "mean" if self.mean_over_outputs else "batchmean"
        n = weighted_count(A, weights)
        return n * len(A[0]) if (self.reduction or usual) == "mean" else n

    def of_batches(self, losses: Row, sizes: Row) -> Number:
        """Return the loss of all samples, given the loss and the size of each batch of them."""
        if len(losses) == 1 or self.reduction == "sum":
            return total(losses)
        return total([loss * n for loss, n in zip(losses, sizes)]) / total(sizes)

    # ---- the network and the targets ---------------------------------------------------------

    def value_of(
        self, layers: Layers, Z: Matrix, A: Matrix, Y: Matrix, weights: RowOrNone = None
    ) -> Number:
        """Return the loss, given the input Z of the paired layers and the output A of the last."""
        paired = self.paired_layers(layers)
        if paired:
            return self.value_from_logits(self.logits(Z, layers[-paired:]), A, Y, weights)
        return self.value(A, Y, weights)

    def paired_layers(self, layers: Layers) -> int:
        """Return how many layers at the end of the network are computed together with the loss.

        Raise a ValueError if the loss cannot be used with the last layers.
        """
        last = layers[-1]
        name = type(self).__name__
        if isinstance(last, Threshold):
            raise ValueError(
                f"{name}: a network that ends in Threshold "
                "can only be trained with loss='perceptron'"
            )
        if self.ends_in and type(last) in LAYERS.values() and not isinstance(last, self.ends_in):
            raise ValueError(
                f"{name}: {last} gives no probabilities; "
                f"end the network in {self.pairs_with.__name__}()"
            )
        return 1 if type(last) is self.pairs_with else 0

    def target(self, y: Any, outputs: int, number: NumberType, i: int) -> Row:
        """Return target ``i`` as a row of ``outputs`` numbers.

        For a single output the target can be a number instead of a row.
        """
        if _is_single(y):
            if outputs > 1:
                raise TypeError(
                    f"Y: row {i} is {shown(y)}, but the network has {outputs} outputs; "
                    f"give a row of {outputs} numbers "
                    "(class numbers go with categorical_cross_entropy)"
                )
            y = [y]
        row = accept_row(y, number, "Y", i, outputs, "the network has {} outputs")
        error = self.error_in(row)
        if error:
            raise ValueError(f"{type(self).__name__}: row {i} of Y is {shown(row)}; {error}")
        return row

    def error_in(self, y: Row) -> str:
        """Return what is wrong with a row of targets, or an empty string."""
        return ""


def _is_single(y: Any) -> bool:
    return not is_sequence(y) or getattr(y, "ndim", 1) == 0


def weighted_count(rows: Matrix, weights: Any) -> Number:
    """Return the number of samples or, with weights, what replaces it: their sum or ``total``."""
    if weights is None:
        return len(rows)
    return weights.total if hasattr(weights, "total") else total(weights)


def _weighted(rows: Matrix, weights: RowOrNone) -> Matrix:
    return rows if weights is None else [[v * w for v in row] for row, w in zip(rows, weights)]


class MeanSquaredError(Loss):
    """(a - y)², averaged over all outputs of all samples"""

    def term(self, a: Number, y: Number) -> Number:
        return (a - y) * (a - y)

    def derivative(self, a: Number, y: Number) -> Number:
        return 2 * (a - y)


class HalfSquaredError(Loss):
    """½(a - y)², summed over the outputs and averaged over the samples, as in textbooks"""

    pairs_with = Identity
    mean_over_outputs = False

    def term(self, a: Number, y: Number) -> Number:
        return (a - y) * (a - y) / 2

    def derivative(self, a: Number, y: Number) -> Number:
        return a - y


class MeanAbsoluteError(Loss):
    """|a - y|, averaged over all outputs of all samples; the derivative at a = y is taken as 0"""

    def term(self, a: Number, y: Number) -> Number:
        return abs(a - y)

    def derivative(self, a: Number, y: Number) -> Number:
        return sign(a - y)


class Huber(Loss):
    """½(a - y)² where |a - y| ≤ delta, else delta·(|a - y| - ½·delta) (Huber 1964)"""

    arguments = ("delta", "reduction")
    numbers = ("delta",)

    def __init__(self, delta: Number = 1, reduction: Any = None) -> None:
        Loss.__init__(self, reduction)
        self.delta = self.require("delta", delta, ABOVE_0)

    def term(self, a: Number, y: Number) -> Number:
        d = abs(a - y)
        return where(d <= self.delta, d * d / 2, self.delta * (d - self.delta / 2))

    def derivative(self, a: Number, y: Number) -> Number:
        d = a - y
        return where(d > self.delta, self.delta, where(d < -self.delta, -self.delta, d))


class BinaryCrossEntropy(Loss):
    """-(y·ln a + (1 - y)·ln(1 - a)), averaged over all outputs; y is 0, 1 or a probability

    Computed with Sigmoid from z as ln(1 + e^z) - y·z, which is accurate for every z: ln(1 - a)
    would lose all digits where a is rounded to 1.
    """

    pairs_with = Sigmoid
    ends_in = (Sigmoid, Softmax, Identity)

    def term(self, a: Number, y: Number) -> Number:
        return -(times_log(y, a) + times_log(1 - y, 1 - a))

    def derivative(self, a: Number, y: Number) -> Number:
        """(a - y)/(a·(1 - a)), computed as (1 - y)/(1 - a) - y/a, also finite at a = y = 0 or 1"""
        return ratio(1 - y, 1 - a) - ratio(y, a)

    def terms_from_logits(self, z: Row, a: Row, y: Row) -> Row:
        return [self.term_from_logit(z_k, y_k) for z_k, y_k in zip(z, y)]

    def term_from_logit(self, z: Number, y: Number) -> Number:
        """Return ``term`` for a = sigmoid(z), which is log(1 + e^z) - y·z.

        log(1 + e^z) is max(z, 0) + log(1 + e^-|z|). For large z the two large parts, z and y·z, are
        subtracted first, so that no digits are lost.
        """
        return positive_part(z) - y * z + log1p(exp(-abs(z)))

    def error_in(self, y: Row) -> str:
        good = [v >= 0 and v <= 1 for v in y]
        return "" if all(good) else "a target is 0, 1 or a probability in between"


class CategoricalCrossEntropy(Loss):
    """-Σ y·ln a over the classes, averaged over the samples

    Computed with Softmax from z as Σ y·(ln Σ e^z - z), which is accurate for every z: ln a would be
    infinite where a is rounded to 0.

    The targets y of a sample are 1 for its class and 0 for the others, or probabilities.
    """

    pairs_with = Softmax
    ends_in = (Softmax, Identity)
    mean_over_outputs = False

    def term(self, a: Number, y: Number) -> Number:
        return -times_log(y, a)

    def derivative(self, a: Number, y: Number) -> Number:
        return -ratio(y, a)

    def terms_from_logits(self, z: Row, a: Row, y: Row) -> Row:
        """Return the terms for a = softmax(z), which are y_k·(log Σ_j e^z_j - z_k).

        The largest z is subtracted from all exponents, so that exp() cannot overflow.
        """
        largest = largest_of(z)
        log_of_sum = log(total([exp(z_k - largest) for z_k in z]))
        return [y_k * (log_of_sum + (largest - z_k)) for z_k, y_k in zip(z, y)]

    def target(self, y: Any, outputs: int, number: NumberType, i: int) -> Row:
        if outputs == 1:
            raise ValueError(
                f"{type(self).__name__} needs one output per class; "
                "for a single output use binary_cross_entropy"
            )
        if _is_single(y) or len(y) == 1:
            y = one_hot(y if _is_single(y) else y[0], outputs, i)
        return Loss.target(self, y, outputs, number, i)

    def error_in(self, y: Row) -> str:
        return (
            "a target is a class number, or class probabilities that sum to 1"
            if min(y) < 0 or abs(total(y) - 1) * 1000000 > 1
            else ""
        )


class Hinge(Loss):
    """max(0, 1 - y·a), averaged over all outputs; the targets are -1 and 1"""

    def term(self, a: Number, y: Number) -> Number:
        return maximum(1 - y * a, whole(0, a))

    def derivative(self, a: Number, y: Number) -> Number:
        return where(1 - y * a > 0, -y, whole(0, a))

    def error_in(self, y: Row) -> str:
        return "" if all([v == 1 or v == -1 for v in y]) else "a target is -1 or 1"


class Perceptron(Loss):
    """(a - y)·(z - t), averaged over all outputs: Rosenblatt's rule (1958)

    The network ends in Threshold, or in Sigmoid and Threshold; z is the input of these last layers,
    and the output changes at z = t. The output a is one of two values, such as 0 and 1, and is held
    constant, so that the derivative with respect to z is a - y. The loss is 0 without mistakes.
    """

    pairs_with = Threshold
    levels: Any = (0, 1)  # the two outputs of the network

    def logits(self, Z: Matrix, layers: Any) -> Matrix:
        """Return z - t, where sigmoid(t) is the threshold if a sigmoid precedes it."""
        t: Number = layers[-1].threshold
        if len(layers) > 1:
            value: Number = getattr(t, "value", t)  # The number types of scalars/ keep it there.
            t = 0 if 2 * value == 1 else log(t / (1 - t))  # Fractions have no log.
        return Z if is_zero(t) else matrix.subtract(Z, t)

    def terms_from_logits(self, z: Row, a: Row, y: Row) -> Row:
        return [(a_k - y_k) * z_k for z_k, a_k, y_k in zip(z, a, y)]

    def paired_layers(self, layers: Any) -> int:
        if not isinstance(layers[-1], Threshold):
            raise ValueError(
                "Perceptron: the network must end in Threshold, or in Sigmoid and Threshold"
            )
        self.levels = layers[-1].levels
        if len(layers) == 1 or not isinstance(layers[-2], Sigmoid):
            return 1
        self.require(
            "threshold after Sigmoid",
            getattr(layers[-1].threshold, "value", layers[-1].threshold),
            (lambda v: 0 < v < 1, "a number between 0 and 1"),
        )
        return 2

    def error_in(self, y: Row) -> str:
        good = [v in self.levels for v in y]
        return "" if all(good) else "a target is {} or {}".format(*self.levels)


def times_log(y: Number, a: Number) -> Number:
    """Return y·log a, or 0 where y is 0, even if a is 0, too."""
    return y * log(where(y > 0, a, whole(1, a)))


def ratio(y: Number, a: Number) -> Number:
    """Return y/a, the derivative of y·log a, or y where a is 0.

    Where a is 0 and y is not, the loss is infinite, so that training stops and uses no gradient.
    """
    return y / where(a == 0, whole(1, a), a)


def one_hot(label: Any, classes: int, i: int) -> Row:
    """Return a row with 1 for the class with the number ``label``, and 0 for the others.

    ``i`` is the row of Y, for error messages.

    >>> one_hot(2, 3, 0)
    [0, 0, 1]
    """
    place = cast(label, float, f"Y: row {i}")
    if not 0 <= place < classes or int(place) != place:
        raise ValueError(
            f"Y: row {i} is {label!r}; "
            f"with {classes} outputs a class is a number from 0 to {classes - 1}"
        )
    return [1 if k == place else 0 for k in range(classes)]


LOSSES: Family = {
    "mean_squared_error": MeanSquaredError,
    "half_squared_error": HalfSquaredError,
    "mean_absolute_error": MeanAbsoluteError,
    "huber": Huber,
    "binary_cross_entropy": BinaryCrossEntropy,
    "categorical_cross_entropy": CategoricalCrossEntropy,
    "hinge": Hinge,
    "perceptron": Perceptron,
}


def loss_for(net: Any, loss: Any) -> Loss:
    """Return the loss that is given as a name or an object, in the number type of the network.

    Raise a ValueError if the loss cannot be used with the network.
    """
    require("net", net, (lambda v: hasattr(v, "backpropagate"), "a network"))
    found: Loss = look_up("loss", loss, LOSSES, Loss, net.layers[-1]).with_numbers(net.number)
    found.paired_layers(net.layers)
    return found
