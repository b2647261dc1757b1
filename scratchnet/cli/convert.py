"""`python -m scratchnet convert`: write a model in another format."""

from ..formats import models
from ..tabular.imported import describe
from ..texts import plural
from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional

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
  scratchnet convert policy.onnx policy.json --take action
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
    parser.add_argument(
        "--take",
        metavar="NAME",
        help="the output of an .onnx file that the network computes, if it has several",
    )
    group = parser.add_argument_group("a table, so that predict, evaluate and explain take OUT")
    group.add_argument(
        "--table",
        metavar="DATA",
        help="a table with the names of the inputs, one column of numbers for each, in their order",
    )
    group.add_argument(
        "--target",
        metavar="COLUMN",
        help="the column that the network predicts (default: the last); outputs are classes in "
        "sorted order",
    )
    group = parser.add_argument_group("weights alone")
    group.add_argument(
        "--activations",
        metavar="NAMES",
        help="the activation after each layer, such as relu,relu,identity",
    )
    group.add_argument(
        "--order",
        metavar="NAMES",
        help="the layers, first to last, such as encoder,decoder, where their names do not tell it",
    )
    group.add_argument(
        "--prefix",
        default="",
        help="the beginning of the names that count, such as actor",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file, and print what is in it. Return the exit status."""
    models.codec_of(options.output)
    terminal.check_output(options.output, [options.model, options.table])
    activations, order = names_in(options.activations), names_in(options.order)
    net = models.load(
        options.model,
        activations=activations,
        order=order,
        prefix=options.prefix,
        output=options.take,
    )
    if options.table is not None:
        describe(net, options.table, options.target)
    elif options.target is not None:
        raise ValueError("--target needs --table, which has the column; give both")
    models.save(net, options.output, options.dtype)
    count = plural(sum([p.count for p in net.parameters()]), "parameter")
    write(f"{options.output}: {plural(len(net.layers), 'layer')}, {count}")
    return 0


def names_in(text: "Optional[str]") -> "Optional[List[str]]":
    """Return the names in a list separated by commas."""
    return None if text is None else [name.strip() for name in text.split(",")]
