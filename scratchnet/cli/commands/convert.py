"""`python -m scratchnet convert`: write a model in another format."""

from ...formats import models
from ...tabular.imported import describe
from ...texts import plural
from .. import terminal
from ..data import add_loading, load_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Write a model in another format; the endings of the files give the formats:
.safetensors, .json, .npz or .onnx. The model may come from another program: an
.onnx file, or weights alone, such as a state dict of PyTorch in a .safetensors
file, or the arrays W1, b1, W2, b2 in an .npz file. Weights alone need the
activation after each layer.
"""
EXAMPLES = """\
examples:
  scratchnet convert model.onnx model.json
  scratchnet convert iris.safetensors iris.onnx --dtype float32
  scratchnet convert iris.onnx iris.json --table iris.csv --target species
  scratchnet convert policy.onnx policy.json --output-name action
  scratchnet convert weights.safetensors net.json --activations relu,identity
  scratchnet convert agent.safetensors actor.onnx --prefix actor \\
      --activations tanh,tanh,identity
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="IN", help="the model: " + models.ENDINGS)
    parser.add_argument("output", metavar="OUT", help="the file to write, with such an ending")
    parser.add_argument(
        "--dtype",
        choices=("float64", "float32"),
        default="float64",
        help="the numbers of an .onnx file: float32 for programs that compute with 32 bits",
    )
    group = parser.add_argument_group(
        "a table, whose columns predict, evaluate and explain then find by name"
    )
    group.add_argument(
        "--table",
        metavar="DATA",
        help="a table with the names of the inputs: one numeric column each, in the same order",
    )
    group.add_argument(
        "--target",
        metavar="COLUMN",
        help="the column that the network predicts (default: the last); outputs are classes in "
        "sorted order, and logits get a Softmax or Sigmoid",
    )
    add_loading(parser)


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file, and print what is in it. Return the exit status."""
    models.codec_of(options.output)
    terminal.check_output(options.output, [options.model, options.table])
    net = load_network(options)
    if options.table is not None:
        net = describe(net, options.table, options.target)
    elif options.target is not None:
        raise ValueError("--target needs --table, which has the column; give both")
    models.save(net, options.output, options.dtype)
    count = plural(sum([p.count for p in net.parameters()]), "parameter")
    write(f"{options.output}: {plural(len(net.layers), 'layer')}, {count}")
    return 0
