"""Wires: numbers that are computed when a graph runs.

    Wire    a number type whose arithmetic is recorded as operators
    Wire32  the same in 32 bits
    Hole    an unknown number in a form of an activation
    scalar  the number in a constant

>>> x = Wire(name="X")
>>> 1 - x.sigmoid() * x
Sub(1.0, Mul(Sigmoid(X), X))
"""

from ...core import elementary
from ...core.checks import shown
from ...core.elementary import REAL
from .graph import FLOATS, Tensor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional, Sequence


class Wire:
    """A number that is computed when the graph runs: an operator and its inputs.

    The inputs are wires, numbers and tensors. As a number type, a wire has the operations that the
    rules of the activations need. It uses only operators that onnxruntime has for 64 bits.
    """

    def __init__(
        self,
        operator: str = "",
        inputs: "Sequence[Any]" = (),
        attributes: "Any" = None,
        name: str = "",
    ) -> None:
        self.operator = operator
        self.inputs = inputs
        self.attributes: "Dict[str, Any]" = attributes or {}
        self.name = name
        self.outputs: "Sequence[str]" = ()  # the names of the outputs of a node that was read
        self.index = 0  # which of these outputs it is
        self.is_float = False  # whether a wire of a graph that was read has floats
        self.depth: int = 1 + max([wire.depth for wire in inputs if isinstance(wire, Wire)] or [-1])

    def __repr__(self) -> str:
        return (
            "{}({})".format(self.operator, ", ".join([repr(i) for i in self.inputs]))
            if self.operator
            else self.name
        )

    def of(self, operator: str, *inputs: "Any") -> "Wire":
        """Return the result of an operator as a wire of the same type."""
        return type(self)(operator, [float(i) if isinstance(i, REAL) else i for i in inputs])

    def attribute(self, name: str, default: "Any") -> "Any":
        """Return an attribute of the operator. It must have the type of the default."""
        value = self.attributes.get(name, default)
        parts = value if isinstance(value, list) else []
        if type(value) is not type(default) or not all(
            [type(part) is type(default[0]) for part in parts]
        ):
            raise self.refusal(f"has an attribute {name} of the wrong type")
        return value

    def refusal(self, why: str) -> "ValueError":
        """Return an error that names the operator and its node."""
        output = ", output {},".format(self.index) if self.index else ""
        name = self.operator[:60]
        name = name if name.isprintable() else shown(name)
        return ValueError(
            "ONNX: the operator {}{} (node {}) {}".format(name, output, shown(self.name), why)
        )

    def whole(self, n: int) -> float:
        return float(n)

    def where(self, a: "Any", b: "Any") -> "Wire":
        return self.of("Where", self, a, b)

    def exp(self) -> "Wire":
        return self.of("Exp", self)

    def tanh(self) -> "Wire":
        return self.of("Tanh", self)

    def sigmoid(self) -> "Wire":
        return self.of("Sigmoid", self)

    def erf(self) -> "Any":
        return elementary.erf(self)

    def ldexp(self, x: "Any") -> "Wire":
        """Return x·2^k, where k is this wire."""
        result: "Wire" = self.of("Pow", 2, self) * x
        return result

    def expm1(self) -> "Wire":
        """Return e^x - 1 = 2t/(1 - t) with t = tanh(x/2), for x ≤ 0.

        This form is accurate near 0.
        """
        t = (self / 2).tanh()
        return 2 * t / (1 - t)

    def log1p(self) -> "Wire":
        """Return log u with u = 1 + x, corrected for the rounding of u, for x ≥ 0."""
        u = 1 + self
        return u.of("Log", u) + (self - (u - 1)) / u

    def sqrt(self) -> "Wire":
        return self.of("Sqrt", self)

    def __neg__(self) -> "Wire":
        return self.of("Neg", self)

    def __abs__(self) -> "Wire":
        return self.of("Abs", self)

    def __add__(self, other: "Any") -> "Wire":
        return self.of("Add", self, other)

    def __radd__(self, other: "Any") -> "Wire":
        return self.of("Add", other, self)

    def __sub__(self, other: "Any") -> "Wire":
        return self.of("Sub", self, other)

    def __rsub__(self, other: "Any") -> "Wire":
        return self.of("Sub", other, self)

    def __mul__(self, other: "Any") -> "Wire":
        return self.of("Mul", self, other)

    def __rmul__(self, other: "Any") -> "Wire":
        return self.of("Mul", other, self)

    def __truediv__(self, other: "Any") -> "Wire":
        return self.of("Div", self, other)

    def __rtruediv__(self, other: "Any") -> "Wire":
        return self.of("Div", other, self)

    def __gt__(self, other: "Any") -> "Any":
        return self.of("Greater", self, other)

    def __ge__(self, other: "Any") -> "Any":
        return self.of("GreaterOrEqual", self, other)

    def __lt__(self, other: "Any") -> "Any":
        return self.of("Less", self, other)

    def __eq__(self, other: "Any") -> "Any":
        return self.of("Equal", self, other)

    __hash__ = object.__hash__


class Hole:
    """An unknown number in a form, in the place of an activation's argument."""

    def __init__(self, name: str) -> None:
        self.name = name


class Wire32(Wire):
    """A wire of 32 bits, for which onnxruntime has the operator Erf."""

    def erf(self) -> "Any":
        return self.of("Erf", self)


def scalar(value: "Any") -> "Optional[float]":
    """Return the number in a tensor of one float, a float unchanged, and None otherwise.

    A tensor of two or more dimensions may add dimensions to the result; it counts as none.
    """
    if isinstance(value, Tensor):
        return (
            float(value.values()[0])
            if value.kind in FLOATS and value.count == 1 and len(value.dims) < 2
            else None
        )
    return value if isinstance(value, float) else None
