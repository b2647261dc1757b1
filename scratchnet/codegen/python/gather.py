"""Products with samples that are mostly zeros: only the non-zero inputs are read.

    NONZERO = ([0.0, *filter(None, x_row)] for x_row in X)
    V0 = [[sumprod(nonzero, c) + b1 for b1, c in zip(P1, zip(Z0, *compress(W0, x_row)))]
          for x_row, nonzero in zip(X, NONZERO)]

A parameter by which the samples are multiplied is a list W0 of its rows: each input has a row, and
``compress(W0, x_row)`` are the rows of the non-zero inputs. In the same way, the gradient of such a
row is computed from the samples in which its input is non-zero. Z0 is a row of zeros, so that zip
also works if there are no other rows. A product with 0 is a 0, which changes no sum of finite
numbers except for its sign.
"""

from .printer import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Set, Tuple

    from ..record.vectors import Vectors

# What is gathered: non-zero numbers, or only ones, which need no multiplication.
VALUES = "values"
ONES = "ones"

# A gradient is written out if its input is non-zero in at most this many samples of the batch. Then
# 2, 4 and 8 products take 44, 65 and 126 ns; math.sumprod takes 113, 131 and 169. A sum of 8
# numbers takes 74 ns; sum() takes 141, or 99 before CPython 3.12.
MOST_WRITTEN = 8


def gathered(vectors: "Vectors") -> "Set[int]":
    """Return the indices of the parameters that only multiply the samples.

    What is infinite or NaN in the backward pass must reach a parameter, even if a sample has only
    zeros. So the layer must have a bias that learns, or the parameter must be frozen.
    """
    rows: "List[Tuple[int, str]]" = []
    for product in vectors.recording.products:
        if not product.transposed:
            rows.append((int(product.parameter[1:]), vectors.name_of(product.rows)))
    summed = {right for left, right in vectors.updates.values() if not left}
    for n, (left, right) in vectors.updates.items():
        if left:
            rows.append((n, left if right in summed else ""))
    return {n for n, _ in rows} - {n for n, name in rows if name != "x"}


def stays_without_gradient(new: "Any", names: "Dict[int, str]") -> bool:
    """Return whether the new value of a weight w is w if its gradient g is 0."""
    is_difference = new.operation == "subtract" and names.get(id(new.operands[0])) == "w"
    return is_difference and is_multiple_of_gradient(new.operands[1], names)


def is_multiple_of_gradient(node: "Any", names: "Dict[int, str]") -> bool:
    if node.operation == "multiply":
        return any([is_multiple_of_gradient(v, names) for v in node.operands])
    return names.get(id(node)) == "g"


class Case:
    """What to do for a row of a gradient whose input is non-zero in some number of samples.

    ``condition``   the statement that begins the case
    ``before``      the statements that name the numbers of the input
    ``text``        the expression of a number of the row
    ``rows``        the loop over the rows of the samples
    """

    def __init__(
        self, condition: str, before: "List[str]", text: str, rows: "List[Tuple[str, str]]"
    ) -> None:
        self.condition = condition
        self.before = before
        self.text = text
        self.rows = rows


def cases(gather: str, long: str) -> "List[Case]":
    """Return the cases of a row of a gradient; ``long`` is the expression for many samples."""
    found = []
    for count in range(1, MOST_WRITTEN + 1):
        left, right = [[f"{name}{k}" for k in range(count)] for name in "lr"]
        terms = right if gather == ONES else [f"{a} * {b}" for a, b in zip(left, right)]
        before = [] if gather == ONES else [f"{pattern(left)} = nonzero"]
        condition = f"{'el' * (count > 1)}if len(nonzero) == {count}:"
        rows = [("r0", "next(rows)") if count == 1 else (", ".join(right), "*rows")]
        found.append(Case(condition, before, f"({' + '.join(terms)})", rows))
    many = Case("elif nonzero:", [], long, [("r", "zip(*rows)")])
    return [*found, many]
