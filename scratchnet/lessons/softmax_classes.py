"""Lesson 5: softmax and categorical cross-entropy on three classes, one step by hand.

With two classes, one output is enough. With three, there is one output per class, and softmax turns
the three weighted sums into probabilities: each positive, all together 1.

    x    one sample, 2 inputs          z    the weighted sums, one per class
    W    the weights, 2 × 3            ŷ    the probabilities, one per class (y_hat)
    b    the biases, one per class     y    the target: 1 for the right class, 0 for the others

    forward     z_k = x₁·W_1k + x₂·W_2k + b_k        ŷ_k = e^z_k / (e^z₁ + e^z₂ + e^z₃)
    loss        L = -(y₁·log ŷ₁ + y₂·log ŷ₂ + y₃·log ŷ₃), which is -log ŷ of the right class
    backward    dz_k = ŷ_k - y_k        dW_ik = x_i·dz_k        db_k = dz_k
    update      W - rate·dW             b - rate·db

dz has the form of lesson 4, for the same reason. For the right class r, L = -log ŷ_r is the log of
the sum of all e^z_j, minus z_r. Its derivative at z_k is e^z_k divided by the sum, which is ŷ_k,
minus 1 if k = r, which is y_k.

>>> [round(p, 4) for p in softmax([1.0, 2.0, 3.0])]
[0.09, 0.2447, 0.6652]
>>> step = one_step()
>>> [round(d, 4) for d in step["dz"]]
[0.358, -0.8922, 0.5341]
>>> step["loss"] > step["loss after"]
True
"""

from math import exp, log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

CLASSES = (0, 1, 2)
X = [1.0, 2.0]
Y = [0, 1, 0]  # class 1 is the right one
W = [[0.2, -0.3, 0.4], [0.1, -0.2, 0.3]]
B = [0.3, 0.2, 0.1]
RATE = 0.1


def softmax(z: "List[float]") -> "List[float]":
    # The exponential makes every number positive.
    e = [exp(z_k) for z_k in z]
    # Divided by their sum, the numbers sum to 1. (core/activations.py subtracts the largest z
    # first, so that exp() cannot overflow. It cancels in the quotient.)
    return [e_k / sum(e) for e_k in e]


def cross_entropy(y_hat: "List[float]", y: "List[int]") -> float:
    return -sum([y[k] * log(y_hat[k]) for k in CLASSES])


def forward(W: "List[List[float]]", b: "List[float]") -> "Dict[str, Any]":
    """Return z and ŷ for the sample, and the loss."""
    z = [X[0] * W[0][k] + X[1] * W[1][k] + b[k] for k in CLASSES]
    y_hat = softmax(z)
    return {"z": z, "y_hat": y_hat, "loss": cross_entropy(y_hat, Y)}


def one_step() -> "Dict[str, Any]":
    """Return all numbers of one step, by the names above."""
    step = forward(W, B)
    # Backward: the gradient at z, then at the weights and biases.
    step["dz"] = [step["y_hat"][k] - Y[k] for k in CLASSES]
    step["dW"] = [[X[i] * step["dz"][k] for k in CLASSES] for i in (0, 1)]
    step["db"] = step["dz"]
    # Update: each weight and bias moves against its gradient.
    step["W"] = [[W[i][k] - RATE * step["dW"][i][k] for k in CLASSES] for i in (0, 1)]
    step["b"] = [B[k] - RATE * step["db"][k] for k in CLASSES]
    # Forward once more, to see what the step has changed.
    after = forward(step["W"], step["b"])
    step["y_hat after"] = after["y_hat"]
    step["loss after"] = after["loss"]
    return step


def show(name: str, row: "List[float]") -> None:
    print("{:<13}".format(name) + "".join(["{:>10.6f}".format(value) for value in row]))


def main() -> None:
    step = one_step()
    print("{:<13}".format("class") + "".join(["{:>10}".format(k) for k in CLASSES]))
    show("y", [float(y) for y in Y])
    show("z", step["z"])
    show("y_hat", step["y_hat"])
    show("dz = db", step["dz"])
    for i in (0, 1):
        show("dW[{}]".format(i), step["dW"][i])
    for i in (0, 1):
        show("new W[{}]".format(i), step["W"][i])
    show("new b", step["b"])
    show("new y_hat", step["y_hat after"])
    print("loss {:.6f}, after the step {:.6f}".format(step["loss"], step["loss after"]))


if __name__ == "__main__":
    main()
