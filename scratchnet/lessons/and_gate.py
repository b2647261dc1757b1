"""Lesson 1: a neuron learns AND, line by line as in the article.

The article, "Artificial Neural Network: From Scratch in Python", keeps one feature per row and one
sample per column, and so does this lesson:

    x    the inputs,  2 × 4         W    the weights, 2 × 1
    y    the targets, 1 × 4         b    the bias, one number
    z    the weighted sums, 1 × 4   a    the learning rate
    s    their sigmoids, 1 × 4      m    the number of samples
    y_pred    1 where s ≥ 0.5, else 0

The gradient uses this thresholded output and not s: it is the perceptron rule.

>>> steps = list(train())
>>> round(steps[-1]["W"][0][0], 12), round(steps[-1]["W"][1][0], 12), round(steps[-1]["b"], 12)
(0.05, 0.05, -0.075)
>>> predict(steps[-1]["W"], steps[-1]["b"])
[[0, 0, 0, 1]]
"""

from ..core.functions import exp, where
from ..core.matrix import add, apply, divide, dot, scale, subtract, sum_rows, transpose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator

    from ..core.types import Matrix, Number

X = [[0, 1, 0, 1], [0, 0, 1, 1]]
Y = [[0, 0, 0, 1]]
W = [[0.4], [0.2]]
B = 1
A = 0.1
ITERATIONS = 1000


def sigmoid(z: "Number") -> "Number":
    """s = 1/(1 + e^−z)"""
    return 1 / (1 + exp(-z))


def threshold(s: "Number") -> "Number":
    """y_pred = (s ≥ 0.5)"""
    return where(s >= 0.5, 1, 0)


def forward(W: "Matrix", b: "Number", x: "Matrix") -> "Dict[str, Matrix]":
    """z = Wᵀ·x + b;  s = 1/(1 + e^−z);  y_pred = (s ≥ 0.5)"""
    z = add(dot(transpose(W), x), b)
    s = apply(sigmoid, z)
    y_pred = apply(threshold, s)
    return {"z": z, "s": s, "y_pred": y_pred}


def backward(x: "Matrix", y: "Matrix", y_pred: "Matrix") -> "Dict[str, Any]":
    """error = y_pred − y;  dW = x·errorᵀ/m;  db = Σ error/m"""
    m = len(x[0])
    error = subtract(y_pred, y)
    dW = divide(dot(x, transpose(error)), m)
    db = sum_rows(error)[0] / m
    return {"error": error, "dW": dW, "db": db}


def update(W: "Matrix", b: "Number", dW: "Matrix", db: "Number", a: "Number") -> "Dict[str, Any]":
    """W = W − a·dW;  b = b − a·db"""
    return {"W": subtract(W, scale(dW, a)), "b": b - a * db}


def iterate(W: "Matrix", b: "Number", x: "Matrix", y: "Matrix", a: "Number") -> "Dict[str, Any]":
    """Return all that one iteration computes, by the names above; W and b are the new ones."""
    step: "Dict[str, Any]" = dict(forward(W, b, x))
    step.update(backward(x, y, step["y_pred"]))
    step.update(update(W, b, step["dW"], step["db"], a))
    return step


def train(iterations: int = ITERATIONS) -> "Iterator[Dict[str, Any]]":
    """Yield the iterations, one after the other."""
    step: "Dict[str, Any]" = {"W": W, "b": B}
    for _ in range(iterations):
        step = iterate(step["W"], step["b"], X, Y, A)
        yield step


def predict(W: "Matrix", b: "Number", x: "Matrix" = X) -> "Matrix":
    """Return the thresholded outputs, one per sample."""
    return forward(W, b, x)["y_pred"]


def main() -> None:
    step = list(train())[-1]
    print("W =", step["W"])
    print("b =", step["b"])
    print("predictions", predict(step["W"], step["b"])[0], "targets", Y[0])


if __name__ == "__main__":
    main()
