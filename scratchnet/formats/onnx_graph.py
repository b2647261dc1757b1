"""The parts of an ONNX file, and their fields in its messages.

    Graph     inputs, outputs, nodes and tensors
    Node      an operator with its inputs, outputs and attributes
    Tensor    numbers or texts that the graph holds
    packed    a tensor of given numbers
    dumps  loads   a graph to the bytes of a file, and back

Fields that are not needed to compute the graph (documentation, shapes of intermediate values) are
ignored. The numbers of the fields are in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

>>> graph = Graph([Value("X", DOUBLE, ["samples", 1])], [Value("Y", DOUBLE, ["samples", 1])])
>>> graph.nodes.append(Node("Tanh", ["X"], ["Y"]))
>>> again, opset, properties = loads(dumps(graph, 13, {"author": "me"}))
>>> again == graph, opset, properties
(True, 13, {'author': 'me'})
"""

import struct

from .protobuf import Fields, fields, message, real, varint
from .strict_json import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    Dims = Optional[List[Any]]

FLOAT, INT32, INT64, STRING, BOOL, DOUBLE = 1, 6, 7, 8, 9, 11  # types of tensors
SEQUENCE = -1  # the type of a value that is a list of tensors
IR_VERSION = 7  # the version of the messages that belongs to opset 13

# The types of tensors that are read: bytes per number, struct's code, and the field that holds the
# numbers if field 9 does not.
_NUMBERS = {
    FLOAT: (4, "f", 4),
    DOUBLE: (8, "d", 10),
    INT32: (4, "i", 5),
    INT64: (8, "q", 7),
    BOOL: (1, "?", 5),
}
_EXTERNAL = 1


class _Part:
    """An object that equals another one of its class with the same attributes."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    __hash__ = None  # type: ignore[assignment]


class Value(_Part):
    """An input or output of a graph: its name, type and dimensions.

    A dimension is a length, a name, or None if unknown.
    """

    def __init__(self, name: str, kind: int, dims: "Dims") -> None:
        self.name = name
        self.kind = kind
        self.dims = dims


class Tensor(_Part):
    """Numbers or texts.

    ``content`` holds numbers as little-endian bytes and texts as a list. It is None for a type that
    is not read.
    """

    def __init__(self, kind: int, dims: "Sequence[int]", content: "Any") -> None:
        self.kind = kind
        self.dims = list(dims)
        self.content = content

    @property
    def count(self) -> int:
        """The number of numbers or texts."""
        return len(self.content or "") // (_NUMBERS[self.kind][0] if self.kind in _NUMBERS else 1)

    def values(self) -> "List[Any]":
        """Return the numbers or texts, row by row."""
        if self.kind not in _NUMBERS:
            return list(self.content or [])
        return list(struct.unpack("<{}{}".format(self.count, _NUMBERS[self.kind][1]), self.content))


def packed(kind: int, dims: "Sequence[int]", numbers: "Sequence[Any]") -> "Tensor":
    """Return the tensor of these numbers.

    A number that is too large for the type raises an OverflowError.
    """
    return Tensor(
        kind, dims, struct.pack("<{}{}".format(len(numbers), _NUMBERS[kind][1]), *numbers)
    )


class Node(_Part):
    """An operator with its inputs, outputs and attributes.

    ``operator`` begins with the name of its domain ("ai.onnx.ml.Scaler"), except for ONNX's own
    operators ("Gemm").
    """

    def __init__(
        self,
        operator: str,
        inputs: "List[str]",
        outputs: "List[str]",
        attributes: "Optional[Dict[str, Any]]" = None,
        name: str = "",
    ) -> None:
        self.operator = operator
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes or {}
        self.name = name


class Graph(_Part):
    """Inputs, outputs, nodes and tensors."""

    def __init__(self, inputs: "List[Value]", outputs: "List[Value]") -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.nodes: "List[Node]" = []
        self.tensors: "Dict[str, Tensor]" = {}


# ---- writing ---------------------------------------------------------------------------------


def dumps(graph: "Graph", opset: int, properties: "Dict[str, str]") -> bytes:
    """Return the file that holds the graph and the ``properties``.

    All operators must be ONNX's own.
    """
    nodes = [message(1, _node(node)) for node in graph.nodes]
    tensors = [message(5, _tensor(name, graph.tensors[name])) for name in graph.tensors]
    inputs = [message(11, _value(value)) for value in graph.inputs]
    outputs = [message(12, _value(value)) for value in graph.outputs]
    content = b"".join(nodes + [_text(2, "scratchnet")] + tensors + inputs + outputs)
    model = [varint(1, IR_VERSION), _text(2, "scratchnet"), message(7, content)]
    model.append(message(8, _text(1, "") + varint(2, opset)))
    model += [message(14, _text(1, key) + _text(2, properties[key])) for key in sorted(properties)]
    return b"".join(model)


def _text(number: int, text: str) -> bytes:
    return message(number, text.encode())


def _node(node: "Node") -> bytes:
    parts = [_text(1, name) for name in node.inputs] + [_text(2, name) for name in node.outputs]
    parts += [_text(3, node.name), _text(4, node.operator)]
    parts += [
        message(5, _attribute(name, node.attributes[name])) for name in sorted(node.attributes)
    ]
    return b"".join(parts)


def _attribute(name: str, value: "Any") -> bytes:
    if isinstance(value, float):
        return _text(1, name) + real(2, value) + varint(20, 1)
    return _text(1, name) + varint(3, value) + varint(20, 2)


def _tensor(name: str, tensor: "Tensor") -> bytes:
    dims = b"".join([varint(1, length) for length in tensor.dims])
    return dims + varint(2, tensor.kind) + _text(8, name) + message(9, tensor.content)


def _value(value: "Value") -> bytes:
    dims = [
        message(1, varint(1, d) if isinstance(d, int) else _text(2, d)) for d in value.dims or []
    ]
    tensor = varint(1, value.kind) + message(2, b"".join(dims))
    return _text(1, value.name) + message(2, message(1, tensor))


# ---- reading ---------------------------------------------------------------------------------


def loads(data: bytes) -> "Tuple[Graph, int, Dict[str, str]]":
    """Return the graph in the file ``data``, the version of its operators, and its properties."""
    model = fields(data, "ONNX")
    if not model.message(7):
        raise ValueError("ONNX: the file holds no graph")
    sets = [fields(content, "ONNX: opset_import") for content in model.messages(8)]
    versions = [found.whole(2) for found in sets if found.text(1) in ("", "ai.onnx")]
    properties = [fields(content, "ONNX: metadata_props") for content in model.messages(14)]
    graph = _read_graph(fields(model.message(7), "ONNX: graph"))
    return graph, max(versions or [1]), {found.text(1): found.text(2) for found in properties}


def _read_graph(found: "Fields") -> "Graph":
    if found.messages(15):
        raise ValueError(
            "ONNX: the graph has a sparse tensor, which is not supported; make it dense"
        )
    inputs = [_read_value(content) for content in found.messages(11)]
    graph = Graph(inputs, [_read_value(content) for content in found.messages(12)])
    for content in found.messages(5):
        tensor = fields(content, "ONNX: tensor")
        graph.tensors[tensor.text(8)] = _read_tensor(tensor, shown(tensor.text(8)))
    graph.nodes = [_read_node(content) for content in found.messages(1)]
    # Older files list the tensors among the inputs, too.
    graph.inputs = [value for value in inputs if value.name not in graph.tensors]
    return graph


def _read_value(content: bytes) -> "Value":
    value = fields(content, "ONNX: value")
    kind = fields(value.message(2), "ONNX: type")
    tensor = fields(kind.message(1), "ONNX: type")
    dims: "Dims" = None
    if tensor.messages(2):
        found = [
            fields(dim, "ONNX: dimension")
            for dim in fields(tensor.message(2), "ONNX: shape").messages(1)
        ]
        dims = [dim.whole(1) or dim.text(2) or None for dim in found]
    return Value(value.text(1), SEQUENCE if kind.messages(4) else tensor.whole(1), dims)


def _read_node(content: bytes) -> "Node":
    node = fields(content, "ONNX: node")
    domain, operator = node.text(7), node.text(4)
    if domain not in ("", "ai.onnx"):
        operator = domain + "." + operator
    name, outputs = node.text(3), node.texts(2)
    attributes = {}
    for part in node.messages(5):
        attribute = fields(part, "ONNX: attribute")
        owner = "of the node {}".format(shown(name or (outputs or [""])[0]))
        attributes[attribute.text(1)] = _read_attribute(attribute, owner)
    return Node(operator, node.texts(1), outputs, attributes, name)


def _read_attribute(attribute: "Fields", owner: str) -> "Any":
    """Return the value of the attribute, or None for a kind (such as a graph) that is not read."""
    kind = attribute.whole(20)
    if kind == 1:
        return attribute.real(2)
    if kind == 2:
        return attribute.whole(3)
    if kind == 3:
        return attribute.text(4)
    if kind == 4:
        return _read_tensor(fields(attribute.message(5), "ONNX: tensor"), owner)
    if kind == 6:
        data = attribute.packed(7, 5)
        return list(struct.unpack("<{}f".format(len(data) // 4), data))
    return attribute.wholes(8) if kind == 7 else attribute.texts(9) if kind == 8 else None


def _read_tensor(tensor: "Fields", owner: str) -> "Tensor":
    if tensor.whole(14) == _EXTERNAL or tensor.messages(13):
        raise ValueError(
            "ONNX: the tensor {} is in another file, which is not read; save all in one file with "
            "torch.onnx.export(..., external_data=False) or "
            "onnx.save(onnx.load(path), path)".format(owner)
        )
    kind, dims = tensor.whole(2), tensor.wholes(1)
    if any([length < 0 for length in dims]):
        raise ValueError("ONNX: the tensor {} has a negative length".format(owner))
    content: "Any" = None
    if kind == STRING:
        content = tensor.texts(6)
    elif kind in _NUMBERS:
        content = tensor.message(9) or _unpacked(tensor, kind, owner)
    result = Tensor(kind, dims, content)
    if content is not None and not _fits(result):
        error = "ONNX: the tensor {} of shape {} holds {} bytes or texts"
        raise ValueError(error.format(owner, str(dims)[:60], len(content)))
    return result


def _fits(tensor: "Tensor") -> bool:
    """Return whether the content has exactly the size that the dimensions require."""
    needed = _NUMBERS[tensor.kind][0] if tensor.kind in _NUMBERS else 1
    for length in [0] if 0 in tensor.dims else tensor.dims:
        needed *= length
        # Checked for each length, because the product of many large ones has a million digits.
        if needed > len(tensor.content):
            return False
    return needed == len(tensor.content)


def _unpacked(tensor: "Fields", kind: int, owner: str) -> bytes:
    """Return the numbers of a tensor that holds them one by one and not as bytes."""
    _, code, number = _NUMBERS[kind]
    if kind in (FLOAT, DOUBLE):
        return tensor.packed(number, 5 if kind == FLOAT else 1)
    values = tensor.wholes(number)
    try:
        return struct.pack("<{}{}".format(len(values), code), *values)
    except struct.error:
        raise ValueError(
            "ONNX: the tensor {} has a number out of the range of its type".format(owner)
        ) from None
