"""The mistakes that depend on the network or on the digits of a number."""

from ...scalars import Traced
from ...texts import plural
from ..names import Name
from ..worksheet import decimals_of
from .properties import is_backpropagated, is_derivative, is_gradient, is_loss, is_mean
from .working import Mistake, Working

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence, Set, Tuple

    from ..step import Step
    from ..worksheet import Entry
    from .working import Edit

MOST_TERMS = 8  # outputs of a layer whose error may be left out


def on_the_way_back(step: "Step") -> "List[Mistake]":
    """Return the mistakes of one layer or of one output."""
    found = []
    for k, layer in enumerate(step.net.layers):
        if hasattr(layer, "derivative"):
            sentence = f"the derivative of layer {k} is left out"
            found.append(Mistake(sentence, _without_derivative(k)))
    widest = max([len(row) for rows in step.outputs for row in rows])
    for n in range(min(widest, MOST_TERMS)):
        sentence = f"only the error of output {n} is propagated back"
        found.append(Mistake(sentence, operation=_of_terms({n})))
        sentence = f"the error of output {n} is left out on the way back"
        found.append(Mistake(sentence, operation=_of_terms(set(range(widest)) - {n})))
    return found


def _without_derivative(layer: int) -> "Edit":
    return lambda w, node, owner: (
        Traced(1.0) if is_derivative(node) and Name.parse(node.name).layer == layer else node
    )


def _of_terms(places: "Set[int]") -> "Edit":
    """Return the edit that keeps only the terms at these places of a sum over the outputs."""

    def edit(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
        if node.operation != "dot" or not is_backpropagated(owner) or len(node.operands) < 4:
            return node
        pairs = list(zip(node.operands[::2], node.operands[1::2]))
        kept = [part for i, pair in enumerate(pairs) if i in places for part in pair]
        return Traced(None, "dot", tuple(kept)) if kept else node

    return edit


def of_means(step: "Step") -> "List[Mistake]":
    """Return the mistakes of a mean over samples and outputs that divides by one number only."""
    counts = _counts(step)
    return [
        Mistake(
            f"the division by the number of {things} is left out", operation=_divided_once(count)
        )
        for count, things in (counts if len(counts) > 1 else [])
    ]


def _counts(step: "Step") -> "List[Tuple[int, str]]":
    """Return the numbers of samples and of outputs that are more than 1."""
    counts = [(len(step.samples), "samples"), (len(step.outputs[-1][0]), "outputs")]
    return [(count, things) for count, things in counts if count > 1]


def _divided_once(count: int) -> "Edit":
    return lambda w, node, owner: (
        node * count if is_mean(node, owner) and node.operands[1].value > count else node
    )


def at_last(step: "Step") -> "List[Mistake]":
    """Return the mistakes that change the final result only."""
    found = [Mistake("the sign is reversed", None, _negative)]
    for count, things in _counts(step):
        sentence = f"it is divided by the number of {things} once too often"
        found.append(Mistake(sentence, None, _averaged_again(count)))
    return found


def _negative(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    return -node if node is working.target else node


def _averaged_again(count: int) -> "Edit":
    return lambda w, node, owner: (
        node / count if node is w.target and (is_loss(node) or is_gradient(node)) else node
    )


def roundings(digits: str, entries: "Sequence[Entry]") -> "List[Mistake]":
    """Return the mistakes of rounding intermediate results to fewer decimals than this number has.

    These are 1, 2 or 3 decimals, and as many as another entry has.
    """
    found = []
    given = 0 if "/" in digits else decimals_of(digits)
    used = {decimals_of(entry[1]) for entry in entries if "/" not in entry[1]}
    for decimals in sorted({1, 2, 3} | used):
        if 0 <= decimals < given:
            sentence = (
                f"intermediate results are rounded to {plural(decimals, 'decimal')}, "
                f"too few to give this number to {given}"
            )
            found.append(Mistake(sentence, _rounded(decimals)))
    return found


def _rounded(decimals: int) -> "Edit":
    return lambda w, node, owner: (
        Traced(None, "round", (node, Traced(decimals))) if node.operation else node
    )
