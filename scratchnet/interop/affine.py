"""Operations of other libraries on samples of any width.

    Affine              (x - shift)/spread, the same for every feature
    Columns             a check of the number of features
    shift_and_spread    the numbers of the Affine that x + c is, for example
    size_affine_layers  the parts of a model with a Normalization in the place of each Affine

Neither of the two layers is ever part of a network.
"""

from ..core.layer import Layer
from ..core.layers import Normalization
from ..formats import exchange

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from ..formats.exchange import Part


class Affine(Layer):
    """z = (x - shift)/spread with the same numbers for every feature, however many there are."""

    arguments = numbers = ("shift", "spread")

    def __init__(self, shift: float = 0.0, spread: float = 1.0) -> None:
        self.shift, self.spread = shift, spread


class Columns(Layer):
    """Checks that a sample has this number of features."""

    arguments = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count


def shift_and_spread(name: str, turned: bool, c: float, where: str) -> "Tuple[float, float]":
    """Return the numbers of the Affine that computes x + c, x - c, x·c or x/c.

    ``name`` is add, sub, rsub, mul or div; ``turned`` means c + x, c - x, c·x or c/x.
    """
    if name == "add":
        return -c, 1.0
    if name in ("sub", "rsub"):
        return c, -1.0 if turned != (name == "rsub") else 1.0
    if (name == "mul" and c == 0) or (turned and name in ("truediv", "div")):
        raise ValueError(f"{where} is not supported: a constant divided by x, or x·0")
    return 0.0, 1 / c if name == "mul" else c


def size_affine_layers(found: "List[Part]") -> "List[Part]":
    """Return the parts with a Normalization for each Affine, as wide as the layers around it."""
    width: "Optional[int]" = None
    sized: "List[Part]" = []
    for k, (where, module, layer) in enumerate(found):
        count = _first_inputs(found[k + 1 :]) if width is None else width
        if type(layer) is Columns:
            if count not in (None, layer.count):
                raise ValueError(
                    f"{where} gives samples {layer.count} features, but there are {count}; "
                    "a sample is a row here"
                )
            continue
        if type(layer) is Affine:
            if count is None:
                raise ValueError(
                    f"{where} cannot be converted: the number of features is unknown before "
                    "and after it; add a Linear"
                )
            shift, spread = [layer.shift] * count, [layer.spread] * count
            layer = exchange.normalization(shift, spread, where)
        width = _outputs(layer) or width
        sized.append((where, module, layer))
    return sized


def _first_inputs(after: "List[Part]") -> "Optional[int]":
    """Return the inputs of the next layer that has a fixed number of them, or None."""
    known = [_inputs(layer) for _, _, layer in after if _inputs(layer) is not None]
    return known[0] if known else None


def _inputs(layer: "Any") -> "Optional[int]":
    return layer.mean.count if type(layer) is Normalization else layer.inputs


def _outputs(layer: "Any") -> "Optional[int]":
    return layer.mean.count if type(layer) is Normalization else layer.outputs
