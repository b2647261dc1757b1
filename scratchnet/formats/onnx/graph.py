"""The parts of an ONNX graph.

    Graph     inputs, outputs, nodes and tensors
    Value     an input or output: its name, type and dimensions
    Node      an operator with its inputs, outputs and attributes
    Function  nodes that stand for an operator of the file's own
    Tensor    numbers or texts that the graph holds
    pack      a tensor of given numbers

>>> pack(FLOAT16, [2], [0.5, 1.0]).values()
[0.5, 1.0]
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

    Dims = Optional[List[Any]]

# Types of tensors.
FLOAT, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, BFLOAT16 = 1, 6, 7, 8, 9, 10, 11, 16
FLOATS = (FLOAT, DOUBLE, FLOAT16, BFLOAT16)
SEQUENCE = -1  # the type of a value that is a list of tensors

# The types of tensors that are read: bytes per number, struct's code, and the field that holds the
# numbers if field 9 does not.
NUMBERS = {
    FLOAT: (4, "f", 4),
    DOUBLE: (8, "d", 10),
    INT32: (4, "i", 5),
    INT64: (8, "q", 7),
    BOOL: (1, "?", 5),
    FLOAT16: (2, "e", 5),
    BFLOAT16: (2, "H", 5),  # the upper halves of FLOATs
}


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
        return len(self.content or "") // (NUMBERS[self.kind][0] if self.kind in NUMBERS else 1)

    def values(self) -> "List[Any]":
        """Return the numbers or texts, row by row."""
        if self.kind not in NUMBERS:
            return list(self.content or [])
        values = struct.unpack("<{}{}".format(self.count, NUMBERS[self.kind][1]), self.content)
        if self.kind == BFLOAT16:
            halves = struct.pack("<{}I".format(self.count), *[value << 16 for value in values])
            values = struct.unpack("<{}f".format(self.count), halves)
        return list(values)


def pack(kind: int, dims: "Sequence[int]", numbers: "Sequence[Any]") -> "Tensor":
    """Return the tensor of these numbers.

    A number that is too large for the type raises an OverflowError.
    """
    return Tensor(kind, dims, struct.pack("<{}{}".format(len(numbers), NUMBERS[kind][1]), *numbers))


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


class Reference(_Part):
    """The value of an attribute within a function: the attribute ``name`` of the function."""

    def __init__(self, name: str) -> None:
        self.name = name


class Function(_Part):
    """Nodes that stand for an operator which the file defines itself.

    ``defaults``   the values of attributes that a node need not give
    ``opset``      the version of the operators in it, or 0 if it has none of ONNX's own
    """

    def __init__(
        self,
        inputs: "List[str]",
        outputs: "List[str]",
        nodes: "List[Node]",
        defaults: "Dict[str, Any]",
        opset: int,
    ) -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.nodes = nodes
        self.defaults = defaults
        self.opset = opset


class Graph(_Part):
    """Inputs, outputs, nodes and tensors."""

    def __init__(self, inputs: "List[Value]", outputs: "List[Value]") -> None:
        self.inputs = inputs
        self.outputs = outputs
        self.nodes: "List[Node]" = []
        self.tensors: "Dict[str, Tensor]" = {}
        self.functions: "Dict[str, Function]" = {}
