"""ONNX: a network as a graph of operators, run by onnxruntime, browsers, phones, C++ and C#.

    dumps  loads     a model to the bytes of a file, and back

``dumps`` writes a graph of the operators of version 13, which all of these programs know. Dense
becomes Gemm, and Normalization becomes Sub and Div. An activation becomes its operator, or several
operators if onnxruntime lacks one (see onnx_operators.py). Dropout does nothing in prediction and
is left out. The input is X, the output Y, both samples × numbers. The numbers are 64-bit floats:
reading returns exactly what was written, and a runtime's predictions equal ours to 1e-12. For
runtimes that lack 64-bit floats, ``dumps`` can write 32-bit floats. The file also holds what the
graph cannot express (Dropout, penalties, frozen parameters, the network's metadata) as JSON text,
under the key "scratchnet" of ``metadata_props``.

``loads`` reads the graph. If the JSON text describes exactly the graph in the file, it is used,
too, with the weights of the graph. If another program changed more than weights, only the graph is
used. Graphs of other programs are read if they are a chain of layers, as written by scikit-learn's
converter, PyTorch and Keras. Their class labels become ``metadata["labels"]``. For two classes,
scikit-learn writes the columns 1 - p and p; only p remains. An input of more than two dimensions is
read if the graph flattens it first; the network then takes flat samples. The network computes in 64
bits, whatever the file says. Any other graph, and numbers in another file, are refused.

>>> data = dumps(
...     {"0.weights": [[0.5], [2.0]], "0.bias": [1.0]},
...     {
...         "version": 1,
...         "frozen": [],
...         "metadata": {},
...         "layers": [
...             {"type": "Dense", "inputs": 2, "outputs": 1, "l1": 0, "l2": 0},
...             {"type": "Tanh"},
...         ],
...     },
... )
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
_PARAMETERS = {"Dense": ("weights", "bias"), "Normalization": ("mean", "spread")}  # without False


# ---- writing ---------------------------------------------------------------------------------


def dumps(tensors: "Dict[str, Numbers]", about: "Dict[str, Any]", dtype: str = "float64") -> bytes:
    """Return the file of the network that models.py describes as ``tensors`` and ``about``.

    Its numbers have the type ``dtype``.
    """
    require("dtype", dtype, (lambda v: v in DTYPES, "'float64' or 'float32'"))
    graph = _Writer(tensors, DTYPES[dtype]).graph(about["layers"])
    inside = _parameters(about["layers"])
    text = strict_json.dumps(
        dict(about, numbers={n: tensors[n] for n in tensors if n not in inside}), "metadata"
    )
    return onnx_graph.dumps(graph, OPSET, {KEY: text})


def _parameters(layers: "List[Any]") -> "List[str]":
    """Return the names of the tensors that the graph holds."""
    return [
        f"{i}.{role}"
        for i, layer in enumerate(layers)
        for role in _PARAMETERS.get(layer["type"], ())
        if layer.get(role) is not False
    ]


class _Writer:
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

    def graph(self, layers: "List[Any]") -> "Graph":
        wire = Wire(name="X") if self.kind == DOUBLE else Wire32(name="X")
        widths = []
        for self.layer, description in enumerate(layers):
            arguments = {name: description[name] for name in description if name != "type"}
            if description["type"] == "Dense":
                widths += [arguments["inputs"], arguments["outputs"]]
                roles = ["weights"] if arguments.get("bias") is False else ["weights", "bias"]
                wire = wire.of("Gemm", wire, *[self.parameter(role) for role in roles])
            elif description["type"] == "Normalization":
                widths.append(self.width())
                wire = wire.of("Sub", wire, self.parameter("mean"))
                wire = wire.of("Div", wire, self.parameter("spread"))
            elif description["type"] in ACTIVATIONS:
                wire = written(self.activation(description["type"], arguments), wire)
            elif description["type"] != "Dropout":
                raise ValueError(
                    f"layer {self.layer}: ONNX has no operator for {description['type']}; "
                    "save the network as .safetensors, .json or .npz"
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
            return packed(self.kind, dims, numbers)
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

    def placed(self, wire: "Wire") -> "Wire":
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


# ---- reading ---------------------------------------------------------------------------------


def loads(data: bytes) -> "Described":
    """Return the network in the file ``data``, as models.py describes it.

    A ValueError says what cannot be read.
    """
    if not data:
        raise ValueError("ONNX: the file is empty")
    graph, opset, properties = onnx_graph.loads(data)
    if opset < OPSET:
        raise ValueError(
            f"ONNX: the file has the operators of version {opset}, but version {OPSET} is the "
            f"oldest that can be read; export it with opset_version={OPSET} or more, or convert it "
            "with onnx.version_converter"
        )
    return _described(graph, properties.get(KEY)) or described(graph)


def _described(graph: "Graph", text: "Optional[str]") -> "Optional[Described]":
    """Return the network that our JSON text describes, or None if the graph is different."""
    if text is None:
        return None
    try:
        about = strict_json.loads(text.encode(), "ONNX: metadata_props")
        tensors = {name: _numbers(graph.tensors[name]) for name in _parameters(about["layers"])}
        tensors.update(about.pop("numbers"))
        same = (
            _Writer(tensors, graph.inputs[0].kind, len(graph.nodes)).graph(about["layers"]) == graph
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None  # Another program changed the text.
    return (tensors, about) if same else None


def _numbers(tensor: "Tensor") -> "Numbers":
    return nested(tensor.dims, tensor.values())
