"""sn.unroll: the prediction of a network as straight-line Python, with every operation written out.

>>> import scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Tanh()])
>>> print(unroll(net).source)
from math import tanh
<BLANKLINE>
<BLANKLINE>
def predict(x):
    x0, x1 = x
    # layer 0: Dense(inputs=2, outputs=1)
    z0_0 = x0 * 0.4 + x1 * 0.2 + 1.0  # neuron 0
    # layer 1: Tanh()
    a1_0 = tanh(z0_0)  # neuron 0
    return [a1_0]
<BLANKLINE>
"""

from ...core.checks import require
from ...scalars import Symbolic
from ...scalars.symbolic import Undecided
from ..own import generate
from ..program import record_rows
from .mostly_zeros import gathered_products
from .printer import (
    Code,
    execute,
    function,
    hottest_first,
    listed,
    named,
    pattern,
    printable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Protocol, Sequence, Tuple

    from ...core.layer import Parameter
    from ...core.network import Sequential
    from ...core.types import Row

    class Unrolled(Protocol):
        """A function that predicts one sample, with its source."""

        source: str

        def __call__(self, x: "Sequence[float]", values: "Any" = ...) -> "List[float]": ...


def unroll(net: "Sequential", constants: bool = True) -> "Unrolled":
    """Return the prediction for one sample as straight-line Python.

    The result is a function, and its ``.source`` is the text.

    ``constants``   True: the weights are constants in the code; False: each call passes them as the
                    second argument, ``[p.value for p in net.parameters()]``

    The code holds for the layers as they are now and the active kernel. In the portable kernel the
    function gives the same bits as ``predict``; in the fast kernel it agrees to rounding, and
    ``math.sumprod`` adds long rows of products if this Python has it. It checks nothing: the sample
    must be a list of ``net.inputs`` finite numbers. A user-defined layer that branches on a number,
    other than with ``functions.where``, raises a ValueError.

    >>> import scratchnet as sn
    >>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [2]], bias=[1])])
    >>> sn.unroll(net)([1, 3])
    [7.5]
    """
    require("net", net, (lambda v: hasattr(v, "propagate"), "a network"))
    if net.number is not float:
        raise TypeError(
            f"unroll: the network computes with {net.number.__name__}; use net.copy(float)"
        )
    if net.inputs is None:
        raise ValueError(
            "unroll: no layer says how many inputs the network takes; add a Dense layer"
        )
    try:
        source = generate(lambda: source_of(net, constants), net.layers)
    except Undecided as error:
        raise ValueError(f"the network cannot be written out: {error}") from None
    predict: "Unrolled" = execute(source)["predict"]
    predict.source = source
    return predict


def source_of(net: "Sequential", constants: bool) -> str:
    """Return the source of ``predict``."""
    code, packed, lines, outputs = sample_statements(net, constants)
    signature = "predict(x)" if constants else "predict(x, parameters)"
    return function(code, signature, [*packed, *lines, f"return {outputs}"], guarded=True)


def of_many(net: "Sequential") -> str:
    """Return the source of ``predict(X, parameters) -> outputs, total``; see predicted.py.

    ``parameters`` are the values of all parameters.
    """
    twin = net.copy(Symbolic)
    packed = packed_parameters(twin)
    x = [Symbolic(name=f"x{j}") for j in range(net.inputs or 0)]
    code = Code(record_rows(net, twin, x)[-1])
    body = [*code.statements(), f"total += {' + '.join([v.name for v in x])}"]
    body.append(f"A.append([{', '.join(map(code.text, code.outputs))}])")
    lines = [f"{listed(packed)} = parameters", "A = []", "total = 0.0"]
    lines += [f"for {listed([v.name for v in x])} in X:", *[f"    {line}" for line in body]]
    return function(code, "predict(X, parameters)", hottest_first([*lines, "return A, total"]))


def sample_statements(
    net: "Sequential", constants: bool
) -> "Tuple[Code, List[str], List[str], str]":
    """Return the code, the lines that name the parameters, those for a sample, and its outputs."""
    twin = net.copy(Symbolic)
    packed = [] if constants else packed_parameters(twin)
    x = [Symbolic(name=f"x{j}") for j in range(net.inputs or 0)]
    outputs = record_rows(net, twin, x)
    code = Code([v for row in outputs for v in row])
    lines = gathered_products(code, x, outputs[-1]) if constants else []
    lines = lines or [f"{listed([v.name for v in x])} = x"]
    waiting = list(code.numbers)
    as_rows = {code.row_of(node) for node in code.numbers}
    code.rows[tuple([id(code.same[id(v)]) for v in x])] = "x"
    for k, layer in enumerate(twin.layers):
        lines.append(f"# layer {k}: {printable(repr(net.layers[k]))}")
        letter = "z" if layer.parameters() else "a"
        layer_lines, waiting = layer_statements(code, waiting, outputs[k + 1], f"{letter}{k}_")
        lines += layer_lines
        row = [code.same[id(v)] for v in outputs[k + 1]]
        if tuple(map(id, row)) in as_rows:
            code.rows[tuple(map(id, row))] = f"{letter}{k}"
            lines.append("{}{} = [{}]".format(letter, k, ", ".join([code.text(v) for v in row])))
    shown = ", ".join([code.text(code.same[id(v)]) for v in outputs[-1]])
    unpacked = [f"{listed(packed)} = parameters"] if packed else []
    return code, unpacked, lines, f"[{shown}]"


def layer_statements(
    code: "Code", waiting: "List[Symbolic]", outputs: "Row", prefix: str
) -> "Tuple[List[str], List[Symbolic]]":
    """Return the statements that assign each output of a layer, and the numbers that remain."""
    lines: "List[str]" = []
    places = {id(code.same[id(v)]): j for j, v in reversed(list(enumerate(outputs)))}
    last = max([code.same[id(v)].serial for v in outputs])
    for n, node in enumerate(waiting):
        if node.serial > last:
            return lines, waiting[n:]
        if node.operation and id(node) not in code.names:
            if id(node) in places:
                first = len(lines)
                code.assign(node, f"{prefix}{places[id(node)]}", lines)
                lines[first] += f"  # neuron {places[id(node)]}"
            elif code.needs_variable(node):
                code.assign(node, code.new_name(), lines)
    return lines, []


def packed_parameters(twin: "Sequential") -> "List[str]":
    """Replace the numbers of all parameters by inputs, and return what unpacks their values."""
    return [value_pattern(p, named(p, n)) for n, p in enumerate(twin.parameters())]


def value_pattern(parameter: "Parameter", names: "List[List[str]]") -> str:
    """Return the target that unpacks the ``value`` of a parameter."""
    return pattern(names[0]) if parameter.flat else pattern([pattern(row) for row in names])
