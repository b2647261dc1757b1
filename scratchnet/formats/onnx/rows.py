"""What a value of the graph is for the samples of a batch.

    Rows     numbers that a chain of layers computes for each sample
    Sizes    whole numbers that depend only on the number of samples, such as a shape
    Reading  what all operators of a graph need to know

>>> reading = Reading(13, 100)
>>> rows = Rows(Chain(None, {}, 6), [SAMPLES, 2, 3])
>>> rows.dims, rows.width
(['samples', 2, 3], 6)
>>> reading.chosen_rows(rows, [SAMPLES, 3, 2], [0, 3, 1, 4, 2, 5]).chain.layer["type"]
'Dense'
"""

from ...core.checks import shown
from .chain import Chain, Limits, common
from .graph import FLOATS, INT32, INT64, Tensor
from .layout import SAMPLES, count, spread

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Sequence, Tuple

    from .wires import Wire

    # The wires that a value needs first, and the function that computes it from theirs.
    Plan = Tuple[List[Any], Callable[["Reading", Wire, List[Any]], Any]]


class Unknown(Exception):
    """The input's number of features is needed; ``width`` is what a constant says it is.

    ``by_product`` says that no other number is possible, because it is a dimension of a matrix.
    """

    def __init__(self, width: int, by_product: bool = False) -> None:
        Exception.__init__(self, width)
        self.width = width
        self.by_product = by_product


class Rows:
    """The outputs of a chain, row by row in an array of these dimensions.

    One dimension is SAMPLES, or none if the graph computes one sample. A length that is not known
    is None.
    """

    def __init__(self, chain: "Chain", dims: "List[Any]") -> None:
        self.chain = chain
        self.dims = dims

    @property
    def width(self) -> "Any":
        """The number of features, or None if it is unknown."""
        return count(self.dims)


class Shaped(Rows):
    """Rows that no chain computes; only their dimensions are known.

    Some graphs use only the shape of such a value. Reading its numbers raises the error that says
    why there are none.
    """

    def __init__(self, error: "ValueError", dims: "List[Any]") -> None:
        self.error = error
        self.dims = dims

    @property
    def chain(self) -> "Chain":  # type: ignore[override]
        raise self.error


class Sizes:
    """Whole numbers, among them SAMPLES: a list, or a single one."""

    def __init__(self, values: "List[Any]", single: bool = False) -> None:
        self.values = values
        self.single = single


class Reading(Limits):
    """The version of the operators, the limits, and the number of samples if it is fixed."""

    def __init__(self, opset: int, most: int) -> None:
        Limits.__init__(self, most)
        self.opset = opset
        self.samples: "Optional[int]" = None

    def chosen_rows(self, rows: "Rows", dims: "List[Any]", places: "List[int]") -> "Rows":
        """Return the rows with only the features at these places, in an array of ``dims``."""
        return Rows(self.chosen(rows.chain, places), dims)

    # ---- constants ---------------------------------------------------------------------------

    def aligned(
        self, wire: "Wire", rows: "Rows", dims: "Sequence[int]"
    ) -> "Tuple[Rows, List[Any]]":
        """Return the rows, and their dimensions after an operation with a constant of ``dims``.

        Lengths of 1 are repeated where the constant has more.
        """
        rank = max(len(rows.dims), len(dims))
        ours = [1] * (rank - len(rows.dims)) + rows.dims
        theirs = [1] * (rank - len(dims)) + list(dims)
        result: "List[Any]" = []
        for a, b in zip(ours, theirs):
            if a == SAMPLES and b != 1:
                raise wire.refusal(f"has a constant with {b} rows, one for each sample")
            if a is None and b != 1:
                raise Unknown(b)
            if a not in (1, b) and b != 1:
                raise wire.refusal(f"has a constant of length {b} for {a} inputs")
            result.append(b if a == 1 else a)
        if result != ours:
            if None in result:
                raise wire.refusal(
                    f"repeats an unknown number of features, by a constant of shape "
                    f"{str(list(dims))[:60]}; export the model with a fixed number of features"
                )
            self.grow(count(result))
            rows = self.chosen_rows(rows, result, spread(ours, result))
        return Rows(rows.chain, result), theirs

    def vector(self, wire: "Wire", rows: "Rows", tensor: "Tensor") -> "Tuple[Rows, List[float]]":
        """Return the rows, and a constant as one number per feature.

        If the number of features is unknown, a constant of one number stays one number.
        """
        check_numbers(wire, tensor)
        rows, dims = self.aligned(wire, rows, tensor.dims)
        self.grow(tensor.count if rows.width is None else rows.width)
        if rows.width is None:
            return rows, tensor.values()
        values = tensor.values()
        if len(values) == 1:
            return rows, values * rows.width
        return rows, [values[k] for k in spread(dims, rows.dims)]

    # ---- branches ----------------------------------------------------------------------------

    def sum(self, wire: "Wire", parts: "List[Tuple[Rows, float]]") -> "Rows":
        """Return the sum of the rows, each times its factor."""
        dims: "List[Any]" = []
        for rows, _ in parts:
            rank = max(len(dims), len(rows.dims))
            pairs = zip([1] * (rank - len(dims)) + dims, [1] * (rank - len(rows.dims)) + rows.dims)
            dims = [_common_length(wire, a, b) for a, b in pairs]
        if dims.count(SAMPLES) > 1:
            raise wire.refusal(
                "combines every sample of one branch with every sample of the other; give "
                "both branches the shape samples × features"
            )
        self.grow(count(dims))
        spreads = [
            (
                self.chosen(
                    rows.chain, spread([1] * (len(dims) - len(rows.dims)) + rows.dims, dims)
                ),
                f,
            )
            for rows, f in parts
        ]
        return self.joined_rows(wire, [(c, range(c.width or 0), f) for c, f in spreads], dims)

    def joined_rows(self, wire: "Wire", parts: "List[Any]", dims: "List[Any]") -> "Rows":
        start = common([chain for chain, _, _ in parts])
        if start is None:
            names = names_of(wire)
            advice = f"; one branch alone is output={shown(names[0])}" if names else ""
            error = wire.refusal(
                "joins branches with an activation in one of them, but a network is one chain of "
                "layers" + advice
            )
            return Shaped(error, dims)
        return Rows(self.joined(start, parts, count(dims)), dims)


def names_of(wire: "Wire") -> "List[str]":
    """Return the names of the values that are computed for an operator."""
    wires = [value for value in wire.inputs if hasattr(value, "outputs")]
    return [value.outputs[value.index] for value in wires if value.outputs]


def _common_length(wire: "Wire", a: "Any", b: "Any") -> "Any":
    if None in (a, b):
        raise wire.refusal("joins branches whose number of features is unknown")
    if a != b and 1 not in (a, b):
        raise wire.refusal(f"joins branches of the lengths {a} and {b}")
    return b if a == 1 else a


def check_numbers(wire: "Wire", tensor: "Tensor", kinds: "Sequence[int]" = FLOATS) -> None:
    if tensor.kind not in kinds:
        raise wire.refusal(
            f"has a constant of type {tensor.kind}; numbers must be FLOAT, DOUBLE, FLOAT16 or "
            "BFLOAT16"
        )
    if not tensor.count:
        raise wire.refusal(f"has a constant of shape {str(tensor.dims)[:60]}, without numbers")


def wholes(wire: "Wire", value: "Any", what: str) -> "List[int]":
    """Return the whole numbers in a constant."""
    if isinstance(value, list):
        return value
    if not isinstance(value, Tensor) or value.kind not in (INT64, INT32):
        raise wire.refusal(f"computes its {what} from the data; give it constant {what}")
    return value.values()


def axis_of(wire: "Wire", axis: int, dims: "Sequence[Any]") -> int:
    """Return an axis counted from the first."""
    if not -len(dims) <= axis < len(dims):
        raise wire.refusal(f"has the axis {axis} for {len(dims)} dimensions")
    return axis % len(dims)


def features_of(wire: "Wire", rows: "Rows", axis: int) -> int:
    """Return the axis, counted from the first, if it holds all features of a sample."""
    axis = axis_of(wire, axis, rows.dims)
    others = count(rows.dims[:axis] + rows.dims[axis + 1 :])
    if rows.dims[axis] == SAMPLES or others != 1:
        raise wire.refusal(
            "has an axis that is not the axis of the features"
            if rows.dims[axis] == SAMPLES or rows.dims[axis] == 1
            else "takes several rows per sample; a network has one row of numbers per sample"
        )
    return axis
