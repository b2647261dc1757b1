"""Activations as ONNX operators, and back.

    write      an activation as operators
    recognize  operators as an activation

ONNX has an operator for most activations, but onnxruntime computes LeakyRelu, Elu, Selu, Softplus
and Erf in 32 bits only. The formulas of activations without a usable operator are not repeated
here. Instead, the activation's own function is run on a wire, which records the graph. A graph that
is read is compared with these records.

>>> from scratchnet.core.activations import Threshold
>>> write(Threshold(0.5), Wire(name="X"))
Where(GreaterOrEqual(X, 0.5), 1.0, 0.0)
>>> x = Wire(name="X")
>>> recognize(Wire("Mul", [Wire("Sigmoid", [x]), x]))
('SiLU', {}, X)
"""

from ...core import elementary
from ...core.activations import ACTIVATIONS
from ...deep import LAYERS as DEEP
from .graph import FLOAT
from .wires import Hole, Wire, Wire32, scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

    Found = Optional[Tuple[str, Dict[str, Any], "Wire"]]

# The largest relative difference between a constant in a file and ours. Most constants in files
# were 32-bit floats.
CLOSE = 1e-6


# ---- writing ---------------------------------------------------------------------------------

# Activations with their own operator. GELU has one only from version 20 on; its parts are written.
_OPERATORS = {
    "Identity": "Identity",
    "ReLU": "Relu",
    "Sigmoid": "Sigmoid",
    "Tanh": "Tanh",
    "Softmax": "Softmax",
    "LogSoftmax": "LogSoftmax",
}
_IN_32_BITS = dict(_OPERATORS, LeakyReLU="LeakyRelu", ELU="Elu", SELU="Selu", Softplus="Softplus")
_IN_32_BITS.update(CELU="Celu", HardSigmoid="HardSigmoid", Softsign="Softsign")
_IN_32_BITS.update(ThresholdedReLU="ThresholdedRelu")


def write(layer: "Any", z: "Wire") -> "Wire":
    """Return the activation of the wire ``z`` as a wire."""
    kind = type(layer).__name__
    if kind == "Clip":
        limits = ["" if limit is None else limit for limit in (layer.low, layer.high)]
        return z.of("Clip", z, *(limits[:1] if limits[1] == "" else limits))
    operators = _IN_32_BITS if isinstance(z, Wire32) else _OPERATORS
    if kind in operators:
        attributes: "Dict[str, Any]" = {"axis": -1} if kind.endswith("Softmax") else {}
        for name in layer.numbers:  # LeakyReLU calls its alpha a slope
            attributes["alpha" if name == "slope" else name] = float(getattr(layer, name))
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
    "Mish": lambda wire: ("Mish", {}),
    "Exp": lambda wire: ("Exp", {}),
    "Softsign": lambda wire: ("Softsign", {}),
    "ThresholdedRelu": lambda wire: ("ThresholdedReLU", {"alpha": wire.attribute("alpha", 1.0)}),
    "HardSwish": lambda wire: ("HardSwish", {}),
    "Celu": lambda wire: ("CELU", {"alpha": wire.attribute("alpha", 1.0)}),
    "HardSigmoid": lambda wire: (
        "HardSigmoid",
        {
            "alpha": wire.attribute("alpha", 13421773 / (1 << 26)),
            "beta": wire.attribute("beta", 0.5),
        },
    ),
}
# A condition on the operator, and the error text if it does not hold.
_HOLDS: "Dict[str, Any]" = {
    "Selu": (lambda wire: _is_selu(wire), "has an alpha or gamma other than SELU's own"),
    "Celu": (
        lambda wire: wire.attribute("alpha", 1.0) > 0,
        "has an alpha that is not above 0",
    ),
}


def recognize(wire: "Wire") -> "Found":
    """Return the type, the arguments and the input of the activation whose output is ``wire``.

    Return None if there is no such activation. An activation's operator whose attributes or inputs
    make it another function raises a ValueError.
    """
    if wire.index:
        return None
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
        kinds += [(kind, {}) for kind in ("HardSigmoid", "HardSwish", "CELU", "Mish", "Softsign")]
        kinds += [("ThresholdedReLU", {})]
        kinds += [("Threshold", {"bipolar": True}), ("Threshold", {"strict": True})]
        kinds += [("Threshold", {"bipolar": True, "strict": True})]
        for kind, options in kinds:
            layer = dict(ACTIVATIONS, **DEEP)[kind](**options)
            for name in layer.numbers:
                setattr(layer, name, Hole(name))
            _known.append((kind, options, write(layer, Wire(name="z"))))
        for z in (Wire(name="z"), Wire32(name="z")):
            for approximate in ("none", "tanh"):
                gelu = ACTIVATIONS["GELU"](approximate)
                _known.append(("GELU", {"approximate": approximate}, write(gelu, z)))
        _known.extend(
            [("GELU", {"approximate": name}, form) for name, form in _others_gelu(Wire32(name="z"))]
        )
        z = Wire(name="z")
        # PyTorch's spelling, whose error above 20 is at most log(1 + e^-20), 2e-9.
        _known.append(("Softplus", {}, (z > 20).where(z, z.of("Softplus", z))))
        _known.extend(_others(z))
    return _known


def _others(z: "Wire") -> "Iterator[Tuple[str, Dict[str, Any], Wire]]":
    """Yield further spellings, of PyTorch and Keras."""
    yield "Mish", {}, z * z.of("Softplus", z).tanh()
    for minus in (-z, -1 * z):
        above = 1 + minus.exp()
        yield "Sigmoid", {}, 1 / above
        yield "Sigmoid", {}, z.of("Reciprocal", above)
    above = z > 0
    masks = [type(z)("Cast", [part], {"to": FLOAT}) for part in (above, z.of("Not", above))]
    unit = z.of("Elu", z)  # TensorFlow's choice between two arrays
    yield "ELU", {}, masks[0] * unit + Hole("alpha") * unit * masks[1]
    yield "ThresholdedReLU", {}, z.of("LessOrEqual", z, Hole("alpha")).where(0, z)
    for attributes in ({"alpha": 1 / 6, "beta": 0.5}, {"alpha": 1 / 6}):  # 0.5 is the default
        yield "HardSwish", {}, z * type(z)("HardSigmoid", [z], attributes)
    of_attributes = type(z)("Clip", [z + 3], {"min": 0.0, "max": 6.0})  # before version 11
    for relu6 in (z.of("Clip", z + 3, 0, 6), of_attributes, z.of("Min", z.of("Relu", z + 3), 6)):
        for form in (z * relu6 / 6, z * (relu6 / 6), z * (relu6 * (1 / 6))):
            yield "HardSwish", {}, form


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
    twices = [(approximate, 1 + value) for approximate, value in distributions]
    twices.append(("none", z.of("Erfc", -z * elementary.sqrt(0.5))))
    for approximate, twice in twices:
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
            return value is not None and bound.setdefault(form.name, value) == value
        return value is not None and _close(value, form)
    if not isinstance(found, Wire):
        return False
    if form.name == "z":
        return bound.setdefault("z", found) is found
    same = form.operator == found.operator and len(form.inputs) == len(found.inputs)
    if not same or found.index or not _same_attributes(form.attributes, found.attributes):
        return False
    for a, b in zip(_sort_operands(form), _sort_operands(found)):
        if not _match(a, b, bound, seen):
            return False
    seen.add((id(form), id(found)))
    return True


def _same_attributes(form: "Dict[str, Any]", found: "Dict[str, Any]") -> bool:
    """Return whether all attributes are the same, floats nearly."""
    if sorted(form) != sorted(found):
        return False
    return all(
        [
            _close(found[name], value) if isinstance(value, float) else found[name] == value
            for name, value in form.items()
            if type(found[name]) is type(value)
        ]
    ) and all([type(found[name]) is type(value) for name, value in form.items()])


def _sort_operands(wire: "Wire") -> "Sequence[Any]":
    """Return the operands; those of a sum or product by increasing depth, then the constants."""
    if wire.operator not in ("Add", "Mul"):
        return wire.inputs
    return sorted(wire.inputs, key=lambda i: i.depth if isinstance(i, Wire) else 1 << 60)
