"""Activations as ONNX's operators, and back.

    Wire        a number type: what is computed with it becomes operators
    written     an activation as operators
    recognised  operators as an activation

ONNX has an operator for most activations, but onnxruntime computes LeakyRelu, Elu, Selu, Softplus and Erf in 32 bits
only. What has no operator is not described here a second time: the activation's own function is run on a wire, and
what it does to it is the graph; and what is read is compared with that.

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

CLOSE = (
    1e-6  # how far a constant in a file may be from ours, relatively: most have been 32-bit floats
)


class Wire:
    """A number that is computed when the graph runs: the operator, and what it works on: wires, numbers, tensors.

    As a number type it has what the rules of the activations need, in operators that onnxruntime has for 64 bits.
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
        self.outputs: "Sequence[str]" = ()  # of a node that was read: their names
        self.depth: int = 1 + max([wire.depth for wire in inputs if isinstance(wire, Wire)] or [-1])

    def __repr__(self) -> str:
        return (
            "{}({})".format(self.operator, ", ".join([repr(i) for i in self.inputs]))
            if self.operator
            else self.name
        )

    def of(self, operator: str, *inputs: "Any") -> "Wire":
        return type(self)(operator, [float(i) if isinstance(i, REAL) else i for i in inputs])

    def attribute(self, name: str, default: "Any") -> "Any":
        """An attribute of the operator, which must be of the default's type."""
        value = self.attributes.get(name, default)
        parts = value if isinstance(value, list) else []
        if type(value) is not type(default) or not all(
            [type(part) is type(default[0]) for part in parts]
        ):
            raise self.refusal(f"has an attribute {name} of a type that does not belong there")
        return value

    def refusal(self, why: str) -> "ValueError":
        """What is wrong with it, in a sentence that names it."""
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
        """x·2^k, k this wire."""
        result: "Wire" = self.of("Pow", 2, self) * x
        return result

    def expm1(self) -> "Wire":
        """e^x - 1 = 2t/(1 - t) with t = tanh(x/2), which loses nothing near 0, for an x of at most 0."""
        t = (self / 2).tanh()
        return 2 * t / (1 - t)

    def log1p(self) -> "Wire":
        """log u with u = 1 + x, and to it what the rounding of u took away, for an x of at least 0."""
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
    """A number that is not known: in a form, where an activation's argument stands."""

    def __init__(self, name: str) -> None:
        self.name = name


class Wire32(Wire):
    """A wire of 32 bits, for which onnxruntime has the error function."""

    def erf(self) -> "Any":
        return self.of("Erf", self)


# ---- writing -----------------------------------------------------------------------------------------------------

# What has an operator of its own; GELU has one from version 20 on only, and is written as its parts.
_OPERATORS = {
    "Identity": "Identity",
    "ReLU": "Relu",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh",
    "Softmax": "Softmax",
}
_IN_32_BITS = dict(_OPERATORS, LeakyReLU="LeakyRelu", ELU="Elu", SELU="Selu", Softplus="Softplus")


def written(layer: "Any", z: "Wire") -> "Wire":
    """The activation of the wire ``z``."""
    kind = type(layer).__name__
    operators = _IN_32_BITS if isinstance(z, Wire32) else _OPERATORS
    if kind in operators:
        attributes: "Dict[str, Any]" = {"axis": -1} if kind == "Softmax" else {}
        if layer.numbers:  # LeakyReLU's slope and ELU's alpha
            attributes = {"alpha": float(getattr(layer, layer.numbers[0]))}
        return type(z)(operators[kind], [z], attributes)
    return layer.function(z)  # type: ignore[no-any-return]


# ---- reading -----------------------------------------------------------------------------------------------------

# What an operator is, by its attributes; ONNX's defaults are 32-bit floats.
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
# What else must hold of it: a test, and the words for the operator of which it does not.
_HOLDS: "Dict[str, Any]" = {
    "Selu": (lambda wire: _is_selu(wire), "has an alpha or gamma other than SELU's own"),
    "Softmax": (
        lambda wire: wire.attribute("axis", -1) in (-1, 1),
        "has an axis other than 1 or -1, a sample's own",
    ),
    "Swish": (
        lambda wire: wire.attribute("alpha", 1.0) == 1,
        "has an alpha other than 1, which SiLU has",
    ),
}


def recognised(wire: "Wire") -> "Found":
    """The activation that ``wire`` is the output of: its type, its arguments and its input; None if it is none.

    An activation's operator with attributes or inputs that make another function of it is a ValueError.
    """
    if wire.operator in _READ:
        holds, otherwise = _HOLDS.get(wire.operator, (None, ""))
        if holds and not holds(wire):
            raise wire.refusal(otherwise)
        if len(wire.inputs) != 1 or not isinstance(wire.inputs[0], Wire):
            raise wire.refusal("needs one input, which depends on the graph's")
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
    """Type, arguments, and the operators that they are: as we write them, and as others do; made once."""
    if not _known:
        for kind in ("LeakyReLU", "ELU", "SELU", "Softplus", "SiLU", "Threshold"):
            layer = ACTIVATIONS[kind]()
            for name in layer.arguments:
                setattr(layer, name, Hole(name))
            _known.append((kind, {}, written(layer, Wire(name="z"))))
        for z in (Wire(name="z"), Wire32(name="z")):
            for approximate in ("none", "tanh"):
                gelu = ACTIVATIONS["GELU"](approximate)
                _known.append(("GELU", {"approximate": approximate}, written(gelu, z)))
        _known.extend(
            [("GELU", {"approximate": name}, form) for name, form in _others_gelu(Wire32(name="z"))]
        )
        z = Wire(name="z")
        # PyTorch's, which beyond 20 is off by at most log(1 + e^-20), 2e-9.
        _known.append(("Softplus", {}, (z > 20).where(z, z.of("Softplus", z))))
    return _known


def _others_gelu(z: "Wire") -> "Iterator[Tuple[str, Wire]]":
    """z·Φ(z) as PyTorch and TensorFlow spell it."""
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
    """Whether ``found`` has the ``form``; what its names stand for is then ``bound`` to them: one wire, and numbers.

    The operands of a sum or product may come in any order. ``seen`` are pairs that match: forms share their parts.
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
    """The operands, of a sum or product the deeper one last, after it a constant."""
    if wire.operator not in ("Add", "Mul"):
        return wire.inputs
    return sorted(wire.inputs, key=lambda i: i.depth if isinstance(i, Wire) else 1 << 60)


def scalar(value: "Any") -> "Optional[float]":
    """The number that a tensor of one number holds; None of anything else."""
    if isinstance(value, Tensor):
        return (
            float(value.values()[0]) if value.kind in (FLOAT, DOUBLE) and value.count == 1 else None
        )
    return value if isinstance(value, float) else None
