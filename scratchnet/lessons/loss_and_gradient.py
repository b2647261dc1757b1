"""Lesson 4: why the gradient of binary cross-entropy with sigmoid is ŷ - y.

A neuron turns its weighted sum z into a probability ŷ (in the code: y_hat), and the loss L says how
wrong this is for the target y, which is 0 or 1:

    ŷ = 1/(1 + e^-z)        L = -(y·log ŷ + (1 - y)·log(1 - ŷ))

Training needs dL/dz: how much L changes when z changes a little. By the chain rule it is a product,
dL/dz = dL/dŷ · dŷ/dz, with

    dL/dŷ = -y/ŷ + (1 - y)/(1 - ŷ) = (ŷ - y)/(ŷ·(1 - ŷ))        because (log ŷ)' = 1/ŷ
    dŷ/dz = e^-z/(1 + e^-z)² = ŷ·(1 - ŷ)                        because 1 - ŷ = e^-z/(1 + e^-z)

In the product ŷ·(1 - ŷ) cancels, and the shortcut remains:

    dL/dz = ŷ - y

A small difference checks both: move z by ±h and divide the change of L by 2h.

>>> round(shortcut(0.5, 1), 6), round(chain_rule(0.5, 1), 6), round(difference(0.5, 1), 6)
(-0.377541, -0.377541, -0.377541)

Where ŷ rounds to 1, the chain rule divides by 0, and the shortcut is still right:

>>> shortcut(40.0, 0)
1.0
>>> chain_rule(40.0, 0)
Traceback (most recent call last):
    ...
ZeroDivisionError: ...
"""

from math import exp, log

H = 1e-5  # the distance for the small difference
SAMPLES = [(-2.0, 0), (-2.0, 1), (0.0, 1), (0.5, 0), (0.5, 1), (3.0, 0), (3.0, 1)]  # z and y


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


def loss(z: float, y: int) -> float:
    """Return L, which is small if ŷ is near y and grows without limit on the way to 1 - y."""
    y_hat = sigmoid(z)
    return -(y * log(y_hat) + (1 - y) * log(1 - y_hat))


def chain_rule(z: float, y: int) -> float:
    """Return dL/dz as the product of two derivatives."""
    y_hat = sigmoid(z)
    dL_dy_hat = -y / y_hat + (1 - y) / (1 - y_hat)
    dy_hat_dz = y_hat * (1 - y_hat)
    return dL_dy_hat * dy_hat_dz


def shortcut(z: float, y: int) -> float:
    """Return dL/dz as the difference that remains of the product."""
    return sigmoid(z) - y


def difference(z: float, y: int) -> float:
    """Return dL/dz approximately, from two values of the loss alone."""
    return (loss(z + H, y) - loss(z - H, y)) / (2 * H)


def main() -> None:
    print("   z  y      y_hat       loss   chain rule  y_hat - y   difference")
    for z, y in SAMPLES:
        gradients = "{:+.8f}  {:+.8f}  {:+.8f}".format(
            chain_rule(z, y), shortcut(z, y), difference(z, y)
        )
        print("{:>4}  {}  {:.7f}  {:.7f}  {}".format(z, y, sigmoid(z), loss(z, y), gradients))
    print("Where the gradient is negative, z should grow; where positive, shrink.")


if __name__ == "__main__":
    main()
