"""The layers of a network as the nodes of an ONNX graph.

Writer             a graph under construction
parameters_of      the names of the tensors that the graph holds
"""

from ...core.activations import ACTIVATIONS
from ...deep import LAYERS as DEEP
from ..safetensors import flatten
from .activations import write
from .graph import DOUBLE, Graph, Node, Tensor, Value, pack
from .wires import Wire, Wire32

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List

    from ..safetensors import Tensor as Numbers

ELEMENTWISE = dict(DEEP, **ACTIVATIONS)
# Parameters by the type of the layer; those that are False are left out.
PARAMETERS = {
    "Dense": ("weights", "bias"),
    "LayerNormalization": ("scale", "bias"),
    "Normalization": ("mean", "spread"),
    "PReLU": ("slope",),
    "RMSNormalization": ("scale",),
}


def parameters_of(layers: "List[Any]") -> "List[str]":
    """Return the names of the tensors that the graph holds."""
    return [
        f"{i}.{role}"
        for i, layer in enumerate(layers)
        for role in PARAMETERS.get(layer["type"], ())
        if layer.get(role) is not False
    ]


def mean_of(x: "Wire") -> "Wire":
    """Return the mean of each row."""
    return type(x)("ReduceMean", [x], {"axes": [-1], "keepdims": 1})


class Writer:
    """A graph under construction."""

    def __init__(
        self, tensors: "Dict[str, Numbers]", kind: int, most: float = float("inf")
    ) -> None:
        self.given = tensors
        self.most = most  # nodes; when a file is read, at most as many as its graph has
        self.kind = kind
        self.nodes: "List[Node]" = []
        self.tensors: "Dict[str, Tensor]" = {}
        self.layer = 0
        self.widths: "List[int]" = []  # the numbers of inputs and outputs, as far as layers say

    def graph(self, layers: "List[Any]") -> "Graph":
        wire = Wire(name="X") if self.kind == DOUBLE else Wire32(name="X")
        for self.layer, description in enumerate(layers):
            wire = self.add(self.layer_after(wire, description))
            if len(self.nodes) > self.most:
                raise ValueError("more nodes than the graph has")
        if not self.nodes:
            wire = self.add(wire.of("Identity", wire))
        self.nodes[-1].name, self.nodes[-1].outputs = "Y", ["Y"]
        ends: "List[Any]" = self.widths or ["features"]
        values = [
            Value("X", self.kind, ["samples", ends[0]]),
            Value("Y", self.kind, ["samples", ends[-1]]),
        ]
        graph = Graph(values[:1], values[1:])
        graph.nodes, graph.tensors = self.nodes, self.tensors
        return graph

    def layer_after(self, wire: "Wire", description: "Dict[str, Any]") -> "Wire":
        """Return the output of a layer whose input is the wire."""
        kind = description["type"]
        arguments = {name: description[name] for name in description if name != "type"}
        if kind == "Dense":
            self.widths += [arguments["inputs"], arguments["outputs"]]
            roles = ["weights"] if arguments.get("bias") is False else ["weights", "bias"]
            return wire.of("Gemm", wire, *[self.parameter(role) for role in roles])
        if kind == "Normalization":
            self.widths.append(self.width())
            centered = wire.of("Sub", wire, self.parameter("mean"))
            return wire.of("Div", centered, self.parameter("spread"))
        if kind == "PReLU":
            return self.prelu(wire, self.parameter("slope"))
        if kind == "RowNormalization":
            return self.row_normalization(wire, arguments["norm"])
        if kind in ("LayerNormalization", "RMSNormalization"):
            self.widths.append(arguments["inputs"])
            return self.layer_normalization(wire, kind, arguments)
        if kind in ELEMENTWISE:
            return write(self.activation(kind, arguments), wire)
        if kind == "Dropout":
            return wire
        raise ValueError(
            f"layer {self.layer}: ONNX has no operator for {kind}; "
            "save the network as .safetensors, .json or .npz"
        )

    def activation(self, kind: str, arguments: "Dict[str, Any]") -> "Any":
        layer = ELEMENTWISE[kind]()
        for name in layer.numbers:
            arguments.setdefault(name, self.given.get(f"{self.layer}.{name}"))
        return type(layer)(**arguments)

    def prelu(self, z: "Wire", slope: str) -> "Wire":
        if isinstance(z, Wire32):
            return z.of("PRelu", z, slope)
        return (z > 0).where(z, z.of("Mul", z, slope))  # type: ignore[no-any-return]

    def row_normalization(self, x: "Wire", norm: str) -> "Wire":
        length = type(x)("Reduce" + norm.upper(), [x], {"axes": [-1], "keepdims": 1})
        return x / (length > 0).where(length, 1.0)  # type: ignore[no-any-return]

    def layer_normalization(self, x: "Wire", kind: str, arguments: "Dict[str, Any]") -> "Wire":
        """Return the layer as operators of version 13."""
        epsilon: "Any" = arguments.get("epsilon", self.given.get(f"{self.layer}.epsilon"))
        centered = x - mean_of(x) if kind == "LayerNormalization" else x
        root: "Wire" = (mean_of(centered * centered) + float(epsilon)).sqrt()
        result: "Wire" = centered / root
        for role in PARAMETERS[kind]:
            if arguments.get(role) is not False:
                operator = "Mul" if role == "scale" else "Add"
                result = result.of(operator, result, self.parameter(role))
        return result

    def width(self) -> int:
        mean = self.given.get(f"{self.layer}.mean")
        if not isinstance(mean, list):
            raise ValueError(
                f"layer {self.layer}: Normalization has seen no data yet; "
                "fit the network, or call adapt"
            )
        return len(mean)

    def parameter(self, role: str) -> str:
        """Add the parameter to the graph, and return its tensor's name."""
        name = f"{self.layer}.{role}"
        self.tensors[name] = self.tensor(name, *flatten(name, self.given[name]))
        if role == "spread" and 0 in self.tensors[name].values():
            raise ValueError(
                f"{name} has a number that is 0 in 32 bits; save the network with dtype='float64'"
            )
        return name

    def tensor(self, name: str, dims: "List[int]", numbers: "List[float]") -> "Tensor":
        try:
            return pack(self.kind, dims, numbers)
        except OverflowError:
            raise ValueError(
                f"{name} has a number too large for 32 bits; save the network with dtype='float64'"
            ) from None

    def single(self, value: "Any") -> "Any":
        """Return the value of an attribute: a whole number, or a float, which ONNX rounds."""
        return (
            self.tensor(f"layer {self.layer}", [], [value]).values()[0]
            if isinstance(value, float)
            else value
        )

    def add(self, wire: "Wire") -> "Wire":
        """Add the nodes that compute the wire to the graph, and return the wire by its name."""
        names: "Dict[int, str]" = {}

        def name(value: "Any") -> str:
            if isinstance(value, str):
                return value
            if isinstance(value, float):
                text = repr(value)
                self.tensors[text] = self.tensor(f"layer {self.layer}", [], [value])
                return text
            if not value.operator:
                return str(value.name)
            if id(value) not in names:
                inputs = [name(part) for part in value.inputs]
                output = names[id(value)] = "{}.{}.{}".format(
                    self.layer, value.operator, len(self.nodes)
                )
                attributes = {key: self.single(value.attributes[key]) for key in value.attributes}
                self.nodes.append(Node(value.operator, inputs, [output], attributes, output))
            return names[id(value)]

        return type(wire)(name=name(wire))
