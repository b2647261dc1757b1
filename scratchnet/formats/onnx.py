"""ONNX: a network as a graph of operators, which other programs run: onnxruntime, browsers, phones, C++ and C#.

    dumps  loads     the file's bytes, and back

**Written** is a graph of the operators of version 13, which all of them know: Dense as Gemm, Normalization as Sub and
Div, every activation by its operator or spelled out where onnxruntime lacks one (see onnx_operators.py). Dropout, which
does nothing in prediction, is left out. The input is X, the output Y, both samples × numbers. The numbers are 64-bit
floats, so that what comes back is what went, and a runtime's predictions equal ours to 1e-12; or 32-bit floats for
runtimes that have no other. Beside the graph, under the key "scratchnet" of ``metadata_props``, stands as JSON
what the graph cannot say: Dropout, penalties, what is frozen, the network's metadata.

**Read** is the graph. Where the JSON text describes the very graph that is in the file, it is used, too, with the
weights of the graph; where another program changed more than weights, the graph alone counts.
Of others, networks that are a chain of layers are read, as scikit-learn's converter, PyTorch and Keras write them: the
class labels come as ``metadata["labels"]``; of the two columns 1 - p and p that scikit-learn gives for two classes, p
remains. An input of more than two dimensions that is flattened at once comes flat. The numbers are computed in 64
bits, whatever the file says. Any other graph, and numbers that lie in another file, are refused.

>>> data = dumps({"0.weights": [[0.5], [2.0]], "0.bias": [1.0]}, {"version": 1, "frozen": [], "metadata": {},
...     "layers": [{"type": "Dense", "inputs": 2, "outputs": 1, "l1": 0, "l2": 0}, {"type": "Tanh"}]})
>>> tensors, about = loads(data)
>>> tensors
{'0.weights': [[0.5], [2.0]], '0.bias': [1.0]}
>>> [layer["type"] for layer in about["layers"]]
['Dense', 'Tanh']
"""

from ..core.activations import ACTIVATIONS
from ..core.checks import require
from . import onnx_graph, strict_json
from .onnx_graph import DOUBLE, FLOAT, Graph, Node, Tensor, Value, packed
from .onnx_operators import Wire, Wire32, written
from .onnx_reader import described
from .safetensors import flatten, nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .onnx_reader import Described
    from .safetensors import Tensor as Numbers

OPSET = 13  # the version of the operators that is written, and the oldest that is read
DTYPES = {"float64": DOUBLE, "float32": FLOAT}
KEY = "scratchnet"
_PARAMETERS = {"Dense": ("weights", "bias"), "Normalization": ("mean", "spread")}


# ---- writing -----------------------------------------------------------------------------------------------------


def dumps(tensors: "Dict[str, Numbers]", about: "Dict[str, Any]", dtype: str = "float64") -> bytes:
    """The file of the network that models.py describes as ``tensors`` and ``about``; its numbers of type ``dtype``."""
    require("dtype", dtype, (lambda v: v in DTYPES, "'float64' or 'float32'"))
    graph = _Writer(tensors, DTYPES[dtype]).graph(about["layers"])
    inside = _parameters(about["layers"])
    text = strict_json.dumps(
        dict(about, numbers={n: tensors[n] for n in tensors if n not in inside}), "metadata"
    )
    return onnx_graph.dumps(graph, OPSET, {KEY: text})


def _parameters(layers: "List[Any]") -> "List[str]":
    """The names of the tensors that a graph has."""
    return [
        f"{i}.{role}"
        for i, layer in enumerate(layers)
        for role in _PARAMETERS.get(layer["type"], ())
    ]


class _Writer:
    """A graph that is being written."""

    def __init__(
        self, tensors: "Dict[str, Numbers]", kind: int, most: float = float("inf")
    ) -> None:
        self.given = tensors
        self.most = most  # nodes: a file that is read cannot ask for more than it has
        self.kind = kind
        self.nodes: "List[Node]" = []
        self.tensors: "Dict[str, Tensor]" = {}
        self.layer = 0

    def graph(self, layers: "List[Any]") -> "Graph":
        wire = Wire(name="X") if self.kind == DOUBLE else Wire32(name="X")
        widths = []
        for self.layer, description in enumerate(layers):
            arguments = {name: description[name] for name in description if name != "type"}
            if description["type"] == "Dense":
                widths += [arguments["inputs"], arguments["outputs"]]
                wire = wire.of("Gemm", wire, self.parameter("weights"), self.parameter("bias"))
            elif description["type"] == "Normalization":
                widths.append(self.width())
                wire = wire.of("Sub", wire, self.parameter("mean"))
                wire = wire.of("Div", wire, self.parameter("spread"))
            elif description["type"] in ACTIVATIONS:
                wire = written(self.activation(description["type"], arguments), wire)
            elif description["type"] != "Dropout":
                raise ValueError(
                    f"layer {self.layer}: ONNX has no operator for {description['type']}"
                )
            wire = self.placed(wire)
            if len(self.nodes) > self.most:
                raise ValueError("more nodes than the graph has")
        if not self.nodes:
            wire = self.placed(wire.of("Identity", wire))
        self.nodes[-1].name, self.nodes[-1].outputs = "Y", ["Y"]
        ends = [[n] for n in (widths[0], widths[-1])] if widths else [["features"]] * 2
        values = [Value(name, self.kind, ["samples"] + end) for name, end in zip("XY", ends)]
        graph = Graph(values[:1], values[1:])
        graph.nodes, graph.tensors = self.nodes, self.tensors
        return graph

    def activation(self, kind: str, arguments: "Dict[str, Any]") -> "Any":
        layer = ACTIVATIONS[kind]()
        for name in layer.numbers:
            arguments.setdefault(name, self.given.get(f"{self.layer}.{name}"))
        return type(layer)(**arguments)

    def width(self) -> int:
        mean = self.given.get(f"{self.layer}.mean")
        if not isinstance(mean, list):
            raise ValueError(
                f"layer {self.layer}: Normalization has seen no data yet: fit the network, or call adapt"
            )
        return len(mean)

    def parameter(self, role: str) -> str:
        """The name of a tensor that is now in the graph."""
        name = f"{self.layer}.{role}"
        self.tensors[name] = self.tensor(name, *flatten(name, self.given[name]))
        if role == "spread" and 0 in self.tensors[name].values():
            raise ValueError(
                f"{name} has a number that is 0 in 32 bits; save it with dtype='float64'"
            )
        return name

    def tensor(self, name: str, dims: "List[int]", numbers: "List[float]") -> "Tensor":
        try:
            return packed(self.kind, dims, numbers)
        except OverflowError:
            raise ValueError(
                f"{name} has a number too large for 32 bits; save it with dtype='float64'"
            ) from None

    def single(self, value: "Any") -> "Any":
        """An attribute: a whole number, or a float, which has 32 bits there."""
        return (
            self.tensor(f"layer {self.layer}", [], [value]).values()[0]
            if isinstance(value, float)
            else value
        )

    def placed(self, wire: "Wire") -> "Wire":
        """The wire by the name that it has now that its nodes, and those it needs, are in the graph."""
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


# ---- reading -----------------------------------------------------------------------------------------------------


def loads(data: bytes) -> "Described":
    """The network in the file ``data``, as models.py describes it; a ValueError says what cannot be read in it."""
    if not data:
        raise ValueError("ONNX: the file is empty")
    graph, opset, properties = onnx_graph.loads(data)
    if opset < OPSET:
        how = f"export it with opset_version={OPSET} or more, or convert it with onnx.version_converter"
        raise ValueError(
            f"ONNX: its operators are those of version {opset}; {OPSET} and later are read: {how}"
        )
    return _described(graph, properties.get(KEY)) or described(graph)


def _described(graph: "Graph", text: "Optional[str]") -> "Optional[Described]":
    """What we wrote beside the graph, if it still describes it."""
    if text is None:
        return None
    try:
        about = strict_json.loads(text.encode(), "ONNX: metadata_props")
        tensors = {name: _numbers(graph.tensors[name]) for name in _parameters(about["layers"])}
        tensors.update(about.pop("numbers"))
        same = (
            _Writer(tensors, graph.inputs[0].kind, len(graph.nodes)).graph(about["layers"]) == graph
        )
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ):  # it is not as we wrote it
        return None
    return (tensors, about) if same else None


def _numbers(tensor: "Tensor") -> "Numbers":
    return nested(tensor.dims, tensor.values())
