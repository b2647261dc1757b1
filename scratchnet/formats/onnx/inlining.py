"""The nodes of a graph in an order in which they can be computed, with functions inlined.

    inline       replaces each node that stands for a function of the file by the function's nodes
    sort_nodes   sorts nodes so that each comes after those that compute its inputs

Names within a function get the name of the node that stands for it.
"""

from ...core.checks import shown
from .graph import Node, Reference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from .graph import Graph

MOST_NODES = 1 << 17  # nodes after inlining; a short file may nest functions many times
DEEPEST = 32  # functions within functions


def inline(graph: "Graph", opset: int) -> "List[Node]":
    """Return the nodes of the graph without nodes that stand for functions of the file."""
    result: "List[Node]" = []
    todo: "List[Tuple[Node, int]]" = [(node, 0) for node in reversed(graph.nodes)]
    count = 0
    while todo:
        node, depth = todo.pop()
        function = graph.functions.get(node.operator)
        if function is None:
            result.append(node)
            continue
        count += len(function.nodes)
        if depth == DEEPEST or count > MOST_NODES:
            raise ValueError(
                f"ONNX: the function {shown(node.operator)} is nested too deeply; "
                "inline the functions with onnx.inliner.inline_local_functions"
            )
        if function.opset not in (0, opset):
            raise ValueError(
                f"ONNX: the function {shown(node.operator)} has the operators of version "
                f"{function.opset}, but the graph those of version {opset}; "
                "convert the model with onnx.version_converter"
            )
        todo += [(inner, depth + 1) for inner in reversed(_body(node, function, count))]
    return result


def _body(node: "Node", function: "Any", k: int) -> "List[Node]":
    """Return the nodes of the function, with the names of the graph and the values of the node."""
    names: "Dict[str, str]" = {"": ""}
    for inner, outer in zip(function.inputs, node.inputs + [""] * len(function.inputs)):
        names[inner] = outer
    for inner, outer in zip(function.outputs, node.outputs):
        names[inner] = outer or inner
    given = dict(function.defaults, **node.attributes)

    def name(inner: str) -> str:
        return names.setdefault(inner, f"{node.name or node.operator}/{k}/{inner}")

    body = []
    for part in function.nodes:
        attributes = {
            key: given.get(value.name) if isinstance(value, Reference) else value
            for key, value in part.attributes.items()
            if not isinstance(value, Reference) or value.name in given
        }
        inputs, outputs = [name(n) for n in part.inputs], [name(n) for n in part.outputs]
        body.append(Node(part.operator, inputs, outputs, attributes, part.name or node.name))
    return body


def sort_nodes(nodes: "List[Node]", known: "Any") -> "List[Node]":
    """Return the nodes, each after those that compute its inputs.

    ``known`` holds the names of what need not be computed. An input that nothing computes, and a
    node that needs its own output, raise a ValueError.
    """
    makers = {name: node for node in nodes for name in node.outputs if name}
    result: "List[Node]" = []
    state: "Dict[int, int]" = {}  # by node: 1 its inputs are being computed, 2 done
    for first in nodes:
        stack = [first]
        while stack:
            node = stack[-1]
            if state.get(id(node)) == 2:
                stack.pop()
                continue
            needs = [makers.get(name) for name in node.inputs if name and name not in known]
            waiting = [n for n in needs if n is not None and state.get(id(n)) != 2]
            if None in needs or any([state.get(id(n)) == 1 for n in waiting]):
                raise _order_error(node, makers, known, None in needs)
            if waiting:
                state[id(node)] = 1
                stack += waiting[::-1]
                continue
            state[id(node)] = 2
            result.append(stack.pop())
    return result


def _order_error(node: "Node", makers: "Any", known: "Any", missing: bool) -> "ValueError":
    name = shown(node.name or (node.outputs or [""])[0])
    if not missing:
        return ValueError(f"ONNX: the node {name} needs its own output")
    needed = [n for n in node.inputs if n and n not in known and n not in makers]
    return ValueError(f"ONNX: the node {name} takes {shown(needed[0])}, which no node computes")
