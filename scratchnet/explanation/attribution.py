"""What each input contributes to an output of a network: integrated gradients.

Sundararajan, Taly & Yan, "Axiomatic attribution for deep networks" (2017). The contribution of
input i is (x_i - b_i) times the mean gradient of the output at x_i, on the straight line from a
baseline b to x. The contributions sum to the output at x minus the output at the baseline. The
gradient at x alone would be near 0 wherever the output is saturated.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [-1]]), sn.Sigmoid()])
>>> parts = contributions(net, [1.0, 0.5], [0.0, 0.0])
>>> [round(part, 4) for part in parts]
[0.4234, -0.1059]
>>> round(sum(parts), 4), round(net.predict([[1, 0.5]])[0][0] - 0.5, 4)
(0.3176, 0.3176)
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..core.network import Sequential
    from ..core.types import Row

POINTS = 256  # on the line; the mean is taken in the middle of as many equal parts


def contributions(net: "Sequential", x: "Row", baseline: "Row", output: int = 0) -> "Row":
    """Return the contribution of each input to an output, against the baseline.

    Raise a ValueError if the network passes no gradient back.
    """
    twin = net.copy()  # because the backward pass sets the gradients of the parameters
    shares = [(2 * n + 1) / (2 * POINTS) for n in range(POINTS)]
    A = twin.forward([[b + share * (v - b) for v, b in zip(x, baseline)] for share in shares])
    gradients = twin.backward([[float(k == output) for k in range(len(row))] for row in A])
    return [
        (v - b) * sum([row[i] for row in gradients]) / POINTS
        for i, (v, b) in enumerate(zip(x, baseline))
    ]
