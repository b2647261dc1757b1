"""The common mistakes, each a sentence and an edit of the record."""

from ...core import functions
from ...scalars import Traced
from ..names import Name
from .properties import (
    ends_of,
    is_backpropagated,
    is_derivative,
    is_doubled,
    is_e_to_minus,
    is_error,
    is_gradient,
    is_half,
    is_logarithm,
    is_loss,
    is_mean,
    is_new,
    is_of_square,
    is_output,
    is_rate,
    is_step,
    is_threshold,
    kind,
    operations_of,
    twin,
)
from .working import Mistake, Working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

    from .working import Edit


def _updated(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the new weight in all gradients except its own, which the new weight depends on."""
    new = f"{node.name}.new"
    applies = is_gradient(owner) and owner.name != f"{node.name}.gradient"
    return working.step.number(new) if applies and new in working.step.updates else node


def _long_way(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a δ by the chain rule, without the shortcut."""
    return working.step.chains.get(node.name, node) if node is owner else node


def _derivative_again(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a δ multiplied once more by the derivative of the activation."""
    chain = _long_way(working, node, owner)
    derivatives = [
        factor for factor in chain.operands if chain is not node and is_derivative(factor)
    ]
    return node * derivatives[0] if derivatives else node


def _taken_at_output(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a in place of z in a derivative; an a in the formula is computed again, from a."""
    if not is_derivative(owner):
        return node
    z, a = ends_of(working, owner)
    if node is a:
        return Traced(a.value, a.operation, a.operands)
    return a if node is z else node


def _no_half(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the squared error without ½ and, if the loss has this ½, its derivative without it."""
    if is_gradient(owner) and is_error(node):
        has_half = any([is_half(part) for part in operations_of(working.step.numbers["loss"])])
        return 2 * node if has_half else node
    return node.operands[0] if is_loss(owner) and is_half(node) else node


def _threshold(error: "Traced") -> "Traced":
    output, target = error.operands
    return error if is_threshold(output) else (output >= 0.5).where(1.0, 0.0) - target


def _data_for_input(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the feature x in place of the hidden output in the gradient of a weight."""
    if not (is_output(node) and is_gradient(owner) and kind(owner) == "weights"):
        return node
    x = str(Name(None, "x", Name.parse(node.name).indices))
    return working.step.numbers.get(x, node)


def _weight_for_input(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the weight in place of what it is multiplied with, in its gradient."""
    if not (is_gradient(owner) and kind(owner) == "weights") or is_gradient(node):
        return node
    return working.step.numbers.get(str(Name.parse(owner.name).with_suffix("")), node)


# The mistakes in derivatives: the shortcut and the chain rule are searched for each.
_OF_DERIVATIVES: "List[Tuple[str, Edit]]" = [
    (
        "the derivative of the activation is left out",
        lambda w, node, owner: Traced(1.0) if is_derivative(node) else node,
    ),
    (
        "the derivative is computed with z in place of the output a",
        lambda w, node, owner: (
            ends_of(w, owner)[0] if is_derivative(owner) and node is ends_of(w, owner)[1] else node
        ),
    ),
    ("the derivative is taken at the output a instead of at z", _taken_at_output),
]

# The most likely first: if two mistakes give the same number, the first one is reported.
MISTAKES = [
    Mistake("the gradients are computed with weights that are already updated", _updated),
    *[
        Mistake(sentence, edit, operation)
        for sentence, edit in _OF_DERIVATIVES
        for operation in (None, _long_way)
    ],
    Mistake(
        "the derivative of the activation is applied twice: "
        "the gradient of this loss at z contains it already",
        operation=_derivative_again,
    ),
    Mistake(
        "the weight is left out on the way back",
        lambda w, node, owner: (
            Traced(1.0) if kind(node) == "weights" and is_backpropagated(owner) else node
        ),
    ),
    Mistake("the input x is used instead of the output of the hidden layer", _data_for_input),
    Mistake("the weight is used instead of the number it is multiplied with", _weight_for_input),
    Mistake(
        "the division by the number of terms is left out",
        operation=lambda w, node, owner: node.operands[0] if is_mean(node, owner) else node,
    ),
    Mistake("the factor ½ of the squared error is left out", operation=_no_half),
    Mistake(
        "the factor 2 in the derivative of the square is left out",
        operation=lambda w, node, owner: (
            node.operands[1] if is_gradient(owner) and is_doubled(node) else node
        ),
    ),
    Mistake(
        "the target minus the output is used instead of the output minus the target",
        operation=lambda w, node, owner: -node if is_gradient(owner) and is_error(node) else node,
    ),
    Mistake(
        "the step is added instead of subtracted",
        operation=lambda w, node, owner: (
            node.operands[0] + node.operands[1] if is_step(w, node) else node
        ),
    ),
    Mistake(
        "the minus sign in the exponent is left out",
        operation=lambda w, node, owner: (
            node.operands[0].operands[0].exp() if is_e_to_minus(node) else node
        ),
    ),
    Mistake(
        "the weights are transposed: row and column are exchanged",
        lambda w, node, owner: (
            twin(w, node) if is_of_square(w, node) and not is_new(w, owner) else node
        ),
    ),
    Mistake(
        "the weights are transposed: row and column are exchanged",
        operation=lambda w, node, owner: (
            twin(w, node) if node is w.target and kind(node) == "weights" else node
        ),
    ),
    Mistake(
        "the bias is left out",
        lambda w, node, owner: Traced(0.0) if kind(node) == "bias" and kind(owner) == "z" else node,
    ),
    Mistake(
        "the learning rate is left out",
        lambda w, node, owner: Traced(1.0) if is_rate(node) and is_new(w, owner) else node,
    ),
    Mistake(
        "the learning rate is applied twice",
        lambda w, node, owner: node * node if is_rate(node) and is_new(w, owner) else node,
    ),
    Mistake(  # log(1 + e^z) - y·z counts as one logarithm.
        "the logarithm to base 10 is used instead of the natural logarithm",
        operation=lambda w, node, owner: (
            node / functions.log(10.0) if is_logarithm(w, node, owner) else node
        ),
    ),
    Mistake(
        "the number before the threshold is used instead of the output of the threshold",
        lambda w, node, owner: (
            ends_of(w, node)[0] if is_gradient(owner) and is_threshold(node) else node
        ),
    ),
    Mistake(
        "the output is replaced by 0 or 1 before it is compared with the target",
        operation=lambda w, node, owner: (
            _threshold(node) if is_gradient(owner) and is_error(node) else node
        ),
    ),
]
