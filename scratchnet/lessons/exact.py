"""Lesson 8: how far floats drift from the exact result: the training of lesson 1 in fractions.

Fractions are exact, and the arithmetic of AND is rational if the step function directly follows the
weighted sum: z ≥ 0 says the same as s ≥ 0.5. The floats round 0.4, 0.2 and 0.1 at the start, and
every result after that.

>>> rows = list(drift())
>>> rows[-1][1]
(Fraction(1, 20), Fraction(1, 20), Fraction(-3, 40))
>>> max([max(row[3]) for row in rows]) < 1e-15
True
"""

from fractions import Fraction

from ..core.activations import Threshold
from ..core.layers import Dense
from ..core.matrix import transpose
from ..core.network import Sequential
from ..core.optimizers import SGD
from ..core.training import epochs
from .and_gate import ITERATIONS, A, B, W, X, Y

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, List, Tuple


def parameters(number: "Any") -> "Iterator[Tuple[Any, Any, Any]]":
    """Yield W₁, W₂ and b after each iteration, computed with that type of number."""
    weights = [[number(str(w)) for w in row] for row in W]
    net = Sequential([Dense(2, 1, weights=weights, bias=[number(str(B))]), Threshold(0)])
    optimizer = SGD(number(str(A)))
    for _ in epochs(
        net, transpose(X), transpose(Y), "perceptron", optimizer, ITERATIONS, shuffle=False
    ):
        (w1,), (w2,) = net.parameters()[0].value
        yield w1, w2, net.parameters()[1].value[0]


def drift() -> "Iterator[Tuple[int, Any, Any, List[float]]]":
    """Yield for each iteration: its number, the exact parameters, the floats, and their errors."""
    for i, (exact, floats) in enumerate(zip(parameters(Fraction), parameters(float)), 1):
        yield i, exact, floats, [float(abs(Fraction(f) - e)) for f, e in zip(floats, exact)]


def main() -> None:
    print(
        "iteration  exact W1, W2, b         floats"
        "                                                       off by"
    )
    before = None
    for i, exact, floats, off in drift():
        if exact != before:
            fractions = ", ".join([str(e) for e in exact])
            print(
                "{:>9}  {:<22}  {:<59}  {:.1e}".format(
                    i, fractions, ", ".join([repr(f) for f in floats]), max(off)
                )
            )
        before = exact
    print("After {} iterations the floats are off by {:.1e} at most.".format(ITERATIONS, max(off)))


if __name__ == "__main__":
    main()
