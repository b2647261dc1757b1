"""Layers one after the other, as they are found in a graph.

    Chain      the last layer, and the chain before it
    joined     what several chains add to each output, as one chain, if all after a common layer of
               theirs is affine: Dense and Normalization

A layer is a dict: its type and its arguments, as models.py describes it, and its parameters. Chains
share their beginnings; none of them ever changes.

>>> start = Chain(None, {}, 2)
>>> twice = start.divided([0.5, 0.5])
>>> both = Limits(100).joined(start, [(start, [0, 1], 1.0), (twice, [0, 1], 1.0)], 2)
>>> both.layer["weights"]
[[3.0, 0.0], [0.0, 3.0]]
"""

from ...core import matrix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    Layer = Dict[str, Any]
    Part = Tuple["Chain", Sequence[int], float]  # a chain, where its outputs go, and a factor

AFFINE = ("Dense", "Normalization")
ROWWISE = (
    "Softmax",
    "LogSoftmax",
    "LayerNormalization",
    "RMSNormalization",
    "RowNormalization",
    "Dense",
)  # each output from all inputs
MOST_PRODUCTS = 1 << 26  # multiplications to join branches


class Chain:
    """The chain ``before``, and the ``layer`` after it, with ``width`` outputs (None: unknown)."""

    def __init__(self, before: "Optional[Chain]", layer: "Layer", width: "Optional[int]") -> None:
        self.before = before
        self.layer = layer
        self.width = width

    def then(self, kind: str, **arguments: "Any") -> "Chain":
        """Return the chain with a layer of this type, which keeps the width, at its end."""
        return Chain(self, dict(arguments, type=kind), self.width)

    def layers(self) -> "List[Layer]":
        result = []
        chain = self
        while chain.before is not None:
            result.append(chain.layer)
            chain = chain.before
        return result[::-1]

    # ---- affine layers -----------------------------------------------------------------------

    def dense(self, weights: "List[List[float]]", bias: "Any" = None) -> "Chain":
        """Return Z = X·W + b of the chain. A choice of inputs before it becomes part of W."""
        chosen = self.layer.get("chosen")
        if self.before is not None and chosen and len(set(chosen)) == len(chosen):
            rows = {k: row for k, row in zip(chosen, weights)}
            zeros = [0.0] * len(weights[0])
            weights = [rows.get(k, zeros) for k in range(len(self.layer["weights"]))]
            return self.before.dense(weights, bias)
        layer = {"type": "Dense", "weights": weights, "bias": bias}
        return Chain(self, layer, len(weights[0]))

    def shifted(self, terms: "List[float]") -> "Chain":
        """Return the chain plus these numbers. They may belong to the layer at its end."""
        kind = self.layer.get("type")
        if kind == "Dense" and self.layer["bias"] is None and "chosen" not in self.layer:
            return Chain(self.before, dict(self.layer, bias=terms), self.width)
        if kind == "Normalization" and self.layer["mean"] is None:
            spread = self.layer["spread"]
            if set(spread) <= {1.0, -1.0}:
                mean = [-b * s for b, s in zip(terms, spread)]
                return Chain(self.before, dict(self.layer, mean=mean), self.width)
        if kind == "LayerNormalization" and self.layer["bias"] is None:
            return Chain(self.before, dict(self.layer, bias=terms), self.width)
        return self.then("Normalization", mean=[-b for b in terms], spread=None)

    def divided(self, spread: "List[float]") -> "Chain":
        """Return the chain divided by these numbers, which are not 0."""
        if self.layer.get("type") == "Normalization" and self.layer["spread"] is None:
            return Chain(self.before, dict(self.layer, spread=spread), self.width)
        return self.then("Normalization", mean=None, spread=spread)


class TooLarge(ValueError):
    """The network, or the work of reading it, is too large for the file."""


class Limits:
    """How many numbers a network may have, and how many multiplications its reading may take.

    ``most``   numbers; those of intermediate chains count, too
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self.products = 0

    def grow(self, size: int) -> None:
        """Count numbers that will be made. This comes before they take up memory."""
        self.size += size
        if self.size > self.most:
            raise TooLarge(
                f"ONNX: the network has {self.size} numbers or more; at most {self.most} are read"
            )

    def work(self, products: int) -> None:
        self.products += products
        if self.products > MOST_PRODUCTS:
            raise TooLarge("ONNX: the branches of the graph are too large to join")

    # ---- a choice of outputs -----------------------------------------------------------------

    def chosen(self, chain: "Chain", places: "List[int]") -> "Chain":
        """Return the chain with only these of its outputs, in this order.

        They are chosen among the columns of the last Dense if only activations of single numbers
        follow it. Otherwise a Dense of zeros and ones chooses them.
        """
        if places == list(range(chain.width or 0)):
            return chain
        after: "List[Layer]" = []
        start = chain
        while start.before is not None and start.layer["type"] not in ROWWISE:
            after.append(start.layer)
            start = start.before
        if start.layer.get("type") != "Dense" or "chosen" in start.layer:
            self.grow((chain.width or 0) * len(places))
            rows = [[1.0 if k == i else 0.0 for k in places] for i in range(chain.width or 0)]
            layer = {"type": "Dense", "weights": rows, "bias": None, "chosen": places}
            return Chain(chain, layer, len(places))
        self.grow((len(start.layer["weights"]) + 1 + 2 * len(after)) * len(places))
        layer = {"type": "Dense", "bias": _places(start.layer["bias"], places)}
        layer["weights"] = [_places(row, places) for row in start.layer["weights"]]
        result = Chain(start.before, layer, len(places))
        for old in reversed(after):
            layer = {
                name: _places(value, places) if isinstance(value, list) else value
                for name, value in old.items()
            }
            result = Chain(result, layer, len(places))
        return result

    # ---- branches ----------------------------------------------------------------------------

    def joined(self, start: "Chain", parts: "Sequence[Part]", width: int) -> "Chain":
        """Return the chain of ``width`` outputs to which each part adds its own at its places."""
        inputs = start.width or 0
        self.grow((inputs + 1) * width)
        weights = matrix.zeros(inputs, width)
        bias = [0.0] * width
        for chain, places, factor in parts:
            rows, terms = self.affine(start, chain)
            for row, total in zip(rows + [terms], weights + [bias]):
                for k, value in zip(places, row):
                    total[k] += factor * value
        if weights == matrix.identity(inputs) and not any(bias):
            return start
        return start.dense(weights, bias if any(bias) else None)

    def affine(self, start: "Chain", end: "Chain") -> "Tuple[List[List[float]], List[float]]":
        """Return W and b of the layers from ``start`` to ``end``."""
        layers: "List[Layer]" = []
        chain = end
        while chain is not start and chain.before is not None:
            layers.append(chain.layer)
            chain = chain.before
        inputs = start.width or 0
        self.grow(inputs * inputs)
        rows = matrix.identity(inputs)
        terms = [0.0] * inputs
        for layer in reversed(layers):
            if layer["type"] == "Dense":
                outputs = len(layer["weights"][0])
                self.grow((inputs + 1) * outputs)
                self.work((inputs + 1) * len(layer["weights"]) * outputs)
                product = matrix.dot(rows + [terms], layer["weights"])
                rows, terms = product[:-1], product[-1]
                bias = layer["bias"] or [0.0] * outputs
                terms = [c + b for c, b in zip(terms, bias)]
            else:
                mean = layer["mean"] or [0.0] * len(terms)
                spread = layer["spread"] or [1.0] * len(terms)
                self.grow((inputs + 1) * len(terms))
                rows = [[w / s for w, s in zip(row, spread)] for row in rows]
                terms = [(c - m) / s for c, m, s in zip(terms, mean, spread)]
        return rows, terms


def _places(values: "Any", places: "List[int]") -> "Any":
    """Return the values at these places. None, and a number that all features share, stay."""
    if values is None or len(values) == 1 and set(places) != {0}:
        return values
    return [values[k] for k in places]


def common(chains: "Sequence[Chain]") -> "Optional[Chain]":
    """Return the last chain with which all begin, and after which all their layers are affine.

    All are followed back step by step, because their beginning may be long. The first chain to
    which all have come is the last that they share.
    """
    places: "List[Optional[Chain]]" = list(chains)
    arrived: "Dict[int, int]" = {}  # by chain: how many have come to it
    while any(places):
        for k, chain in enumerate(places):
            if chain is None:
                continue
            arrived[id(chain)] = arrived.get(id(chain), 0) + 1
            if arrived[id(chain)] == len(chains):
                return chain
            places[k] = chain.before if chain.layer.get("type") in AFFINE else None
    return None
