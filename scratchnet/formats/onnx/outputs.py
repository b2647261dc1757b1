"""Which value of a graph is the output of the network.

    output_of    the wire of the requested output, or of the only one
    scores_of    the same wire without what follows the network
    check_class  whether what follows chooses among the scores of one sample

An output that only returns an input of the graph, or a constant, does not count.
"""

from ...core.checks import shown
from .graph import FLOATS, INT32, INT64, SEQUENCE, Tensor
from .rows import axis_of, features_of
from .wires import Wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional

    from .graph import Graph, Value
    from .rows import Rows

PASSING = ("Identity", "Cast", "ai.onnx.ml.ZipMap")  # after the network's output
SHAPING = ("Flatten", "Reshape", "Squeeze", "Unsqueeze")  # after the class of each sample


def output_of(graph: "Graph", values: "Dict[str, Any]", name: "Optional[str]") -> "Wire":
    """Return the output with this name, or the only one that may be a network's."""
    if name is None:
        name = _only_output(graph, values)
    elif name not in values or not name:
        raise ValueError(
            f"ONNX: the graph has no output {shown(name)}; it has {_names(graph.outputs)}"
        )
    wire = values.get(name)
    return wire if isinstance(wire, Wire) else Wire(name=name)


def _only_output(graph: "Graph", values: "Dict[str, Any]") -> str:
    kinds = FLOATS + (SEQUENCE, 0)
    found = [value for value in graph.outputs if value.kind in kinds]
    found = [value for value in found if not isinstance(values.get(value.name), Tensor)]
    computed = [value for value in found if _is_computed(values.get(value.name))]
    if len(found) > 1 and computed:  # Some policies return their state unchanged.
        found = computed
    if not found:  # A classifier may return the class alone.
        found = [value for value in graph.outputs if _is_class(values.get(value.name))]
    if len(found) == 1:
        return found[0].name
    if not found:
        raise ValueError(
            "ONNX: a network needs one output of floats (FLOAT or DOUBLE) that depends on its "
            "input; this graph has none; take an inner value, such as the scores, by its name, "
            "output=..."
        )
    raise ValueError(
        "ONNX: a network has one output; this graph has {}; choose one by its name, output={} (or "
        "--output-name at the shell)".format(_names(found), shown(found[0].name))
    )


def _names(values: "List[Value]") -> str:
    return ", ".join([shown(value.name) for value in values[:4]]) + (
        ", ..." if len(values) > 4 else ""
    )


def _is_computed(wire: "Any") -> bool:
    """Return whether a value is more than an input of the graph."""
    while isinstance(wire, Wire) and wire.operator in PASSING and wire.inputs:
        wire = wire.inputs[0]
    return isinstance(wire, Wire) and wire.operator != ""


def _is_class(wire: "Any") -> bool:
    return _class_of(wire) is not None


def _class_of(wire: "Any") -> "Optional[Wire]":
    """Return the ArgMax if a value is the place of the highest score, perhaps in another shape."""
    while isinstance(wire, Wire) and wire.operator in SHAPING + PASSING and wire.inputs:
        if wire.operator == "Cast" and wire.attributes.get("to") not in FLOATS + (INT32, INT64):
            return None
        wire = wire.inputs[0]
    return wire if isinstance(wire, Wire) and wire.operator == "ArgMax" else None


def scores_of(wire: "Wire") -> "Wire":
    """Return the wire without what follows the network.

    Of the class with the highest score, these are the scores. A regressor of scikit-learn ends in a
    Reshape, which by mistake makes a single column of several outputs.
    """
    chosen = _class_of(wire)
    if chosen is not None and chosen.inputs and isinstance(chosen.inputs[0], Wire):
        if chosen.attribute("select_last_index", 0):
            raise chosen.refusal("selects the last of equal scores; only the first is supported")
        return chosen.inputs[0]
    while wire.inputs and isinstance(wire.inputs[0], Wire):
        ends = wire.operator == "Reshape" and len(wire.inputs) == 2
        if ends and not (isinstance(wire.inputs[1], Tensor) and _is_column(wire.inputs[1])):
            break
        if not ends and not (wire.operator in PASSING and _passes(wire)):
            break
        wire = wire.inputs[0]
    return wire


def check_class(wire: "Wire", rows: "Rows") -> None:
    """Check that an ArgMax after the scores, if there is one, compares those of one sample."""
    while wire.operator != "ArgMax":
        if not wire.inputs or not isinstance(wire.inputs[0], Wire):
            return
        wire = wire.inputs[0]
    axis = axis_of(wire, wire.attribute("axis", 0), rows.dims)
    features_of(wire, rows, axis)
    if axis != len(rows.dims) - 1:
        raise wire.refusal("has an axis that is not the last one, the axis of the scores")


def _is_column(shape: "Tensor") -> bool:
    return shape.count == 2 and shape.values() == [-1, 1]


def _passes(wire: "Wire") -> bool:
    """Return whether a wire is its input."""
    return wire.operator != "Cast" or wire.attributes.get("to") in FLOATS
