"""An ONNX file as a graph, and back: the fields of its messages.

    dumps  loads   a graph to the bytes of a file, and back

Fields that are not needed to compute the graph (documentation, shapes of intermediate values) are
ignored. The numbers of the fields are in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.

>>> from scratchnet.formats.onnx.graph import DOUBLE, Value
>>> graph = Graph([Value("X", DOUBLE, ["samples", 1])], [Value("Y", DOUBLE, ["samples", 1])])
>>> graph.nodes.append(Node("Tanh", ["X"], ["Y"]))
>>> again, opset, properties = loads(dumps(graph, 13, {"author": "me"}))
>>> again == graph, opset, properties
(True, 13, {'author': 'me'})
"""

import struct

from ...core.checks import shown
from ..protobuf import Fields, fields, message, real, varint
from .graph import SEQUENCE, Function, Graph, Node, Reference, Tensor, Value
from .tensors import Tensors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Tuple

    from .graph import Dims
    from .tensors import ReadFile

IR_VERSION = 7  # the version of the messages that belongs to opset 13
# The kinds of attributes, and the field that holds the value; graphs and others are not read.
_FLOAT, _INT, _STRING, _TENSOR, _FLOATS, _INTS, _STRINGS = 1, 2, 3, 4, 6, 7, 8
_FIELDS = {_FLOAT: 2, _INT: 3, _STRING: 4, _TENSOR: 5, _FLOATS: 7, _INTS: 8, _STRINGS: 9}

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
        return _text(1, name) + real(_FIELDS[_FLOAT], value) + varint(20, _FLOAT)
    if isinstance(value, list):
        return (
            _text(1, name)
            + b"".join([varint(_FIELDS[_INTS], v) for v in value])
            + varint(20, _INTS)
        )
    return _text(1, name) + varint(_FIELDS[_INT], value) + varint(20, _INT)


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


def loads(data: bytes, read_file: "ReadFile" = None) -> "Tuple[Graph, int, Dict[str, str]]":
    """Return the graph in the file ``data``, the version of its operators, and its properties.

    The version is 0 if the file does not say it. ``read_file`` reads the files with numbers.
    """
    model = fields(data, "ONNX")
    if not model.message(7):
        raise ValueError("ONNX: the file holds no graph")
    properties = [fields(content, "ONNX: metadata_props") for content in model.messages(14)]
    tensors = Tensors(read_file)
    graph = _read_graph(fields(model.message(7), "ONNX: graph"), tensors)
    for content in model.messages(25):
        function = fields(content, "ONNX: function")
        name = _full_name(function.text(10), function.text(1), function.text(13))
        graph.functions[name] = _read_function(function, tensors)
    return graph, _version(model, 8), {found.text(1): found.text(2) for found in properties}


def _version(message: "Fields", number: int) -> int:
    """Return the version of ONNX's own operators, or 0."""
    sets = [fields(content, "ONNX: opset_import") for content in message.messages(number)]
    return max([found.whole(2) for found in sets if found.text(1) in ("", "ai.onnx")] or [0])


def _full_name(domain: str, operator: str, overload: str) -> str:
    name = operator if domain in ("", "ai.onnx") else domain + "." + operator
    return name + ":" + overload if overload else name


def _read_graph(found: "Fields", tensors: "Tensors") -> "Graph":
    if found.messages(15):
        raise ValueError(
            "ONNX: the graph has a sparse tensor, which is not supported; make it dense"
        )
    inputs = [_read_value(content) for content in found.messages(11)]
    graph = Graph(inputs, [_read_value(content) for content in found.messages(12)])
    for content in found.messages(5):
        tensor = fields(content, "ONNX: tensor")
        graph.tensors[tensor.text(8)] = tensors.read(tensor, shown(tensor.text(8)))
    graph.nodes = [_read_node(content, tensors) for content in found.messages(1)]
    # Older files list the tensors among the inputs, too.
    graph.inputs = [value for value in inputs if value.name not in graph.tensors]
    return graph


def _read_function(function: "Fields", tensors: "Tensors") -> "Function":
    defaults = {}
    for content in function.messages(11):
        attribute = fields(content, "ONNX: attribute")
        owner = "of the function {}".format(shown(function.text(1)))
        defaults[attribute.text(1)] = _read_attribute(attribute, owner, tensors)
    nodes = [_read_node(content, tensors) for content in function.messages(7)]
    return Function(function.texts(4), function.texts(5), nodes, defaults, _version(function, 9))


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
        # Some programs write a length of -1 for one that is not fixed.
        dims = [max(dim.whole(1), 0) or dim.text(2) or None for dim in found]
    return Value(value.text(1), SEQUENCE if kind.messages(4) else tensor.whole(1), dims)


def _read_node(content: bytes, tensors: "Tensors") -> "Node":
    node = fields(content, "ONNX: node")
    operator = _full_name(node.text(7), node.text(4), node.text(8))
    name, outputs = node.text(3), node.texts(2)
    attributes = {}
    for part in node.messages(5):
        attribute = fields(part, "ONNX: attribute")
        owner = "of the node {}".format(shown(name or (outputs or [""])[0]))
        attributes[attribute.text(1)] = _read_attribute(attribute, owner, tensors)
    return Node(operator, node.texts(1), outputs, attributes, name)


def _read_attribute(attribute: "Fields", owner: str, tensors: "Tensors") -> "Any":
    """Return the value of the attribute, or None for a kind (such as a graph) that is not read."""
    if attribute.text(21):
        return Reference(attribute.text(21))
    kind = attribute.whole(20)
    if kind == 0:  # Some files do not say the kind.
        kind = ([k for k, number in _FIELDS.items() if number in attribute.found] or [0])[0]
    number = _FIELDS.get(kind, 0)
    if kind == _TENSOR:
        return tensors.read(fields(attribute.message(number), "ONNX: tensor"), owner)
    if kind == _FLOATS:
        data = attribute.packed(number, 5)
        return list(struct.unpack("<{}f".format(len(data) // 4), data))
    readers: "Dict[int, Any]" = {
        _FLOAT: attribute.real,
        _INT: attribute.whole,
        _STRING: attribute.text,
        _INTS: attribute.wholes,
        _STRINGS: attribute.texts,
    }
    return readers[kind](number) if kind in readers else None
