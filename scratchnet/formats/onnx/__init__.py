"""ONNX: a network as a graph of operators, run by onnxruntime, browsers, phones, C++ and C#.

    dumps  loads     a model to the bytes of a file, and back

Both:

    proto.py             a file as a graph, and back
    tensors.py           the numbers in a file, or in a file next to it
    graph.py             the parts of a graph
    activations.py       activations as operators, and back

Writing:

    writer.py            the layers of a network as nodes

Reading:

    reader.py            a network from the graph of another program
    inlining.py          the nodes in an order in which they can be computed
    folding.py           values that do not depend on the input
    network_inputs.py    what the inputs of the graph are for a sample
    outputs.py           which value is the output of the network
    wires.py             numbers that are computed when the graph runs
    rows.py              what a value is for the samples of a batch
    layout.py            where the elements of an array are after it is rearranged
    chain.py             layers one after the other
    linear.py            operators that are layers with weights
    affine.py            operators that add and multiply
    choices.py           operators that choose and join features
    shapes.py            operators that change the shape, or nothing
    rowwise.py           activations of several numbers
    normalizations.py    layers that normalize each row
    spelled_out.py       normalizations and Softmax in several operators
    classical.py         operators of scikit-learn's converter
    description.py       the layers as models.py describes them

``dumps`` writes a graph of the operators of version 13, which all of these programs know. Dense
becomes Gemm, and Normalization becomes Sub and Div. An activation becomes its operator, or several
operators if onnxruntime lacks one (see activations.py). Dropout does nothing in prediction and
is left out. The input is X, the output Y, both samples × numbers. The numbers are 64-bit floats:
reading returns exactly what was written, and a runtime's predictions equal ours to 1e-12. For
runtimes that lack 64-bit floats, ``dumps`` can write 32-bit floats. The file also holds what the
graph cannot express (Dropout, penalties, frozen parameters, the network's metadata) as JSON text,
under the key "scratchnet" of ``metadata_props``.

``loads`` reads the graph. If the JSON text describes exactly the graph in the file, it is used,
too, with the weights of the graph. If another program changed more than weights, only the graph is
used. Graphs of other programs are read if they are a chain of layers, as written by scikit-learn's
converter, PyTorch and Keras, with the operators of version 7 to the newest:

- Branches are read if they are affine (x + W·x, a choice of columns); they are joined to one Dense.
- Numbers may be in another file (``model.onnx.data``), if it is in the folder of the model.
- The network takes samples × features, whatever the shape of the input: a sample of more
  dimensions is flattened, and an input of one dimension is one sample. The same holds for the
  output. A layer that treats several rows of a sample alike becomes one Dense over all rows.
- The features of several inputs follow each other, in the order of the graph. If each input is
  one column, as of a model fitted to a data frame, ``metadata["columns"]`` has their names.
- Inputs may be whole numbers if a Cast or an operator of scikit-learn makes floats of them first.
- If the graph has several outputs, ``output`` chooses one; it may be any value of the graph. A
  class found by ArgMax stands for the scores before it, if ArgMax compares those of one sample.
- Class labels become ``metadata["labels"]``. For two classes, scikit-learn writes the columns 1 - p
  and p; only p remains.
- The network computes in 64 bits, also if the numbers of the file have 16 or 32. A Cast to FLOAT16
  or FLOAT of what depends on the input rounds nothing, so predictions may differ from those of a
  runtime by about 1e-3 for 16 bits. A Cast to whole numbers is refused.

Any other graph is refused.

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

from ...core.checks import require
from .. import strict_json
from ..safetensors import nest
from . import proto
from .graph import DOUBLE, FLOAT, Graph, Tensor
from .reader import describe
from .writer import Writer, parameters_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from ..safetensors import Tensor as Numbers
    from .description import Described

OPSET = 13  # the version of the operators that is written
OLDEST, NEWEST = 7, 28  # the oldest that is read, and the newest when this was written
DTYPES = {"float64": DOUBLE, "float32": FLOAT}
KEY = "scratchnet"


def dumps(tensors: "Dict[str, Numbers]", about: "Dict[str, Any]", dtype: str = "float64") -> bytes:
    """Return the file of the network that models.py describes as ``tensors`` and ``about``.

    Its numbers have the type ``dtype``.
    """
    require("dtype", dtype, (lambda v: v in DTYPES, "'float64' or 'float32'"))
    graph = Writer(tensors, DTYPES[dtype]).graph(about["layers"])
    inside = parameters_of(about["layers"])
    text = strict_json.dumps(
        dict(about, numbers={n: tensors[n] for n in tensors if n not in inside}), "metadata"
    )
    return proto.dumps(graph, OPSET, {KEY: text})


def loads(
    data: bytes,
    output: "Optional[str]" = None,
    read_file: "Optional[Callable[[str], bytes]]" = None,
) -> "Described":
    """Return the network in the file ``data``, as models.py describes it.

    ``output``      the name of the output that the network computes, if the graph has several
    ``read_file``   returns the bytes of the file with this name in the folder of the model

    A ValueError says what cannot be read.
    """
    if not data:
        raise ValueError("ONNX: the file is empty")
    graph, opset, properties = proto.loads(data, read_file)
    opset = opset or NEWEST  # The file has only operators of other domains.
    if opset < OLDEST:
        raise ValueError(
            f"ONNX: the file has the operators of version {opset}, but version {OLDEST} is the "
            "oldest that can be read; convert it with onnx.version_converter"
        )
    ours = None if output else _describe_ours(graph, properties.get(KEY))
    return ours or describe(graph, opset, output)


def _describe_ours(graph: "Graph", text: "Optional[str]") -> "Optional[Described]":
    """Return the network that our JSON text describes, or None if the graph is different."""
    if text is None:
        return None
    try:
        about = strict_json.loads(text.encode(), "ONNX: metadata_props")
        tensors = {name: _numbers(graph.tensors[name]) for name in parameters_of(about["layers"])}
        tensors.update(about.pop("numbers"))
        writer = Writer(tensors, graph.inputs[0].kind, len(graph.nodes))
        same = writer.graph(about["layers"]) == graph
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None  # Another program changed the text.
    return (tensors, about) if same else None


def _numbers(tensor: "Tensor") -> "Numbers":
    return nest(tensor.dims, tensor.values())
