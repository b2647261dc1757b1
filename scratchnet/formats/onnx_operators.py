"""Activations as ONNX operators, and back.

    Wire        a number type whose arithmetic is recorded as operators
    written     an activation as operators
    recognised  operators as an activation

ONNX has an operator for most activations, but onnxruntime computes LeakyRelu, Elu, Selu, Softplus
and Erf in 32 bits only. The formulas of activations without a usable operator are not repeated
here. Instead, the activation's own function is run on a wire, which records the graph. A graph that
is read is compared with these records.

>>> from scratchnet.core.activations import SiLU, Threshold
>>> written(Threshold(0.5), Wire(name="X"))
Where(GreaterOrEqual(X, 0.5), 1.0, 0.0)
>>> x = Wire(name="X")
>>> recognised(Wire("Mul", [Wire("Sigmoid", [x]), x]))
('SiLU', {}, X)
"""

from ..core import elementary
from ..core.activations import ACTIVATIONS
from ..core.elementary import REAL
from .onnx_graph import DOUBLE, FLOAT, Tensor
from .strict_json import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

    Found = Optional[Tuple[str, Dict[str, Any], "Wire"]]

# The largest relative difference between a constant in a file and ours. Most constants in files
# were 32-bit floats.
CLOSE = 1e-6


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
        return ValueError(
            "ONNX: the operator {} (node {}) {}".format(self.operator[:60], shown(self.name), why)
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


# ---- writing ---------------------------------------------------------------------------------

# Activations with their own operator. GELU has one only from version 20 on; its parts are written.
_OPERATORS = {
    "Identity": "Identity",
    "ReLU": "Relu",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh",
    "Softmax": "Softmax",
}
_IN_32_BITS = dict(_OPERATORS, LeakyReLU="LeakyRelu", ELU="Elu", SELU="Selu", Softplus="Softplus")


def written(layer: "Any", z: "Wire") -> "Wire":
    """Return the activation of the wire ``z`` as a wire."""
    kind = type(layer).__name__
    operators = _IN_32_BITS if isinstance(z, Wire32) else _OPERATORS
    if kind in operators:
        attributes: "Dict[str, Any]" = {"axis": -1} if kind == "Softmax" else {}
        if layer.numbers:  # LeakyReLU's slope and ELU's alpha
            attributes = {"alpha": float(getattr(layer, layer.numbers[0]))}
        return type(z)(operators[kind], [z], attributes)
    return layer.function(z)  # type: ignore[no-any-return]


# ---- reading ---------------------------------------------------------------------------------

# The activation and arguments of each operator. ONNX's defaults are 32-bit floats.
_READ: "Dict[str, Any]" = {
    "Relu": lambda wire: ("ReLU", {}),
    "Sigmoid": lambda wire: ("Sigmoid", {}),
    "Tanh": lambda wire: ("Tanh", {}),
    "Softplus": lambda wire: ("Softplus", {}),
    "LeakyRelu": lambda wire: (
        "LeakyReLU",
        {"slope": wire.attribute("alpha", 10737418 / (1 << 30))},
    ),
    "Elu": lambda wire: ("ELU", {"alpha": wire.attribute("alpha", 1.0)}),
    "Gelu": lambda wire: ("GELU", {"approximate": wire.attribute("approximate", "none")}),
    "Selu": lambda wire: ("SELU", {}),
    "Swish": lambda wire: ("SiLU", {}),
    "Softmax": lambda wire: ("Softmax", {}),
}
# A condition on the operator, and the error text if it does not hold.
_HOLDS: "Dict[str, Any]" = {
    "Selu": (lambda wire: _is_selu(wire), "has an alpha or gamma other than SELU's own"),
    "Softmax": (
        lambda wire: wire.attribute("axis", -1) in (-1, 1),
        "has an axis other than 1 or -1, the axis of the features",
    ),
    "Swish": (
        lambda wire: wire.attribute("alpha", 1.0) == 1,
        "has an alpha other than 1, the alpha of SiLU",
    ),
}


def recognised(wire: "Wire") -> "Found":
    """Return the type, the arguments and the input of the activation whose output is ``wire``.

    Return None if there is no such activation. An activation's operator whose attributes or inputs
    make it another function raises a ValueError.
    """
    if wire.operator in _READ:
        holds, otherwise = _HOLDS.get(wire.operator, (None, ""))
        if holds and not holds(wire):
            raise wire.refusal(otherwise)
        if len(wire.inputs) != 1 or not isinstance(wire.inputs[0], Wire):
            raise wire.refusal("needs one input, which must depend on the input of the graph")
        return _READ[wire.operator](wire) + (wire.inputs[0],)  # type: ignore[no-any-return]
    for kind, arguments, form in _forms():
        bound: "Dict[str, Any]" = {}
        if _match(form, wire, bound, set()):
            z = bound.pop("z")
            return kind, dict(arguments, **bound), z
    return None


def _is_selu(wire: "Wire") -> bool:
    alpha, scale = [f(1.0) for f in (ACTIVATIONS["SELU"]().alpha, ACTIVATIONS["SELU"]().scale)]
    return _close(wire.attribute("alpha", alpha), alpha) and _close(
        wire.attribute("gamma", scale), scale
    )


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= CLOSE * abs(b)


_known: "List[Tuple[str, Dict[str, Any], Wire]]" = []


def _forms() -> "List[Tuple[str, Dict[str, Any], Wire]]":
    """Return (type, arguments, operators) for each known spelling of an activation.

    The spellings are ours and those of other programs. They are made once.
    """
    if not _known:
        kinds: "List[Tuple[str, Dict[str, Any]]]" = [
            (kind, {}) for kind in ("LeakyReLU", "ELU", "SELU", "Softplus", "SiLU", "Threshold")
        ]
        kinds += [("Threshold", {"bipolar": True}), ("Threshold", {"strict": True})]
        kinds += [("Threshold", {"bipolar": True, "strict": True})]
        for kind, options in kinds:
            layer = ACTIVATIONS[kind](**options)
            for name in layer.numbers:
                setattr(layer, name, Hole(name))
            _known.append((kind, options, written(layer, Wire(name="z"))))
        for z in (Wire(name="z"), Wire32(name="z")):
            for approximate in ("none", "tanh"):
                gelu = ACTIVATIONS["GELU"](approximate)
                _known.append(("GELU", {"approximate": approximate}, written(gelu, z)))
        _known.extend(
            [("GELU", {"approximate": name}, form) for name, form in _others_gelu(Wire32(name="z"))]
        )
        z = Wire(name="z")
        # PyTorch's spelling, whose error above 20 is at most log(1 + e^-20), 2e-9.
        _known.append(("Softplus", {}, (z > 20).where(z, z.of("Softplus", z))))
    return _known


def _others_gelu(z: "Wire") -> "Iterator[Tuple[str, Wire]]":
    """Yield the spellings of z·Φ(z) in PyTorch and TensorFlow."""
    cubes = [z * z * z, z * (z * z), z.of("Pow", z, 3)]
    distributions = [
        ("none", u.erf()) for u in (z / elementary.sqrt(2.0), z * elementary.sqrt(0.5))
    ]
    distributions += [
        ("tanh", (elementary.sqrt(2 / elementary.PI) * (z + 0.044715 * cube)).tanh())
        for cube in cubes
    ]
    for approximate, value in distributions:
        twice = 1 + value
        for form in (0.5 * (z * twice), z * (0.5 * twice), 0.5 * z * twice):
            yield approximate, form


def _match(
    form: "Any", found: "Any", bound: "Dict[str, Any]", seen: "Set[Tuple[int, int]]"
) -> bool:
    """Return whether ``found`` has the ``form``, and store in ``bound`` what its names stand for.

    The name z stands for a wire, the other names for numbers. The operands of a sum or product may
    be in any order. ``seen`` holds pairs that match already, because forms share their parts.
    """
    if (id(form), id(found)) in seen:
        return True
    if not isinstance(form, Wire):
        value = scalar(found)
        if isinstance(form, Hole):
            bound[form.name] = value
            return value is not None
        return value is not None and _close(value, form)
    if not isinstance(found, Wire):
        return False
    if form.name == "z":
        return bound.setdefault("z", found) is found
    same = form.operator == found.operator and len(form.inputs) == len(found.inputs)
    if not same or form.attributes != found.attributes:
        return False
    for a, b in zip(_ordered(form), _ordered(found)):
        if not _match(a, b, bound, seen):
            return False
    seen.add((id(form), id(found)))
    return True


def _ordered(wire: "Wire") -> "Sequence[Any]":
    """Return the operands; those of a sum or product by increasing depth, then the constants."""
    if wire.operator not in ("Add", "Mul"):
        return wire.inputs
    return sorted(wire.inputs, key=lambda i: i.depth if isinstance(i, Wire) else 1 << 60)


def scalar(value: "Any") -> "Optional[float]":
    """Return the number in a tensor of one number, a float unchanged, and None otherwise."""
    if isinstance(value, Tensor):
        return (
            float(value.values()[0]) if value.kind in (FLOAT, DOUBLE) and value.count == 1 else None
        )
    return value if isinstance(value, float) else None
