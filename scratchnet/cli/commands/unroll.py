"""`python -m scratchnet unroll`: print a saved network as straight-line Python."""

from ... import __version__, set_kernel, unroll
from ...datasets.encoding.parts import join_first
from ...formats import models
from ...tabular.model import model_of
from ...texts import ascii_of, plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ...core.network import Sequential

DESCRIPTION = """\
Print a saved network as straight-line Python: a function predict(x) that takes
one sample, a list of numbers, and returns the list of outputs, with every
multiplication and addition written out. With the fast kernel it imports only
math. (Long rows of products use math.sumprod if this Python has it.) With the
portable kernel it gives the same bits on every Python, and imports scratchnet.
"""
EXAMPLES = """\
examples:
  scratchnet unroll model.json > predict.py
  scratchnet unroll model.safetensors --arguments    pass weights in each call
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="a saved network, .safetensors or .json")
    parser.add_argument(
        "--arguments", action="store_true", help="make the weights arguments, not constants"
    )
    parser.add_argument(
        "--kernel",
        choices=("fast", "portable"),
        default="fast",
        help="the kernel (default fast)",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the source. Return the exit status."""
    former = set_kernel(options.kernel)
    try:
        net = models.load(options.model)
        source = unroll(net, constants=not options.arguments).source.rstrip("\n")
    except ValueError as error:
        where = "" if str(error).startswith(options.model) else f"{options.model}: "
        raise ValueError(f"{where}{error}") from None
    finally:
        set_kernel(former)
    # Python looks for the encoding of a file in its first two lines. So they are fixed.
    write(f"# A neural network, written by scratchnet {__version__}: predict(x) returns a list")
    write(f"# of {plural(net.outputs or 0, 'number')} for x, {plural(net.inputs or 0, 'number')}.")
    for line in about(net, options.model):
        write("# " + ascii_of(line))
    write(source)
    return 0


def about(net: "Sequential", path: str) -> "List[str]":
    """Return lines that name the column of each input and the meaning of the outputs.

    There are none if the model is not from a table.
    """
    if "table" not in net.metadata:
        return []
    try:
        encoder = model_of(net, path).encoder
    except ValueError:  # commands that read a table report the error
        return []
    classes = (
        encoder.classes and encoder.classes[-encoder.outputs :]
    )  # a single output is for the second
    outputs = f"the prediction: {encoder.target.name}"
    if classes:
        outputs = f"the probability of each class: {join_first(classes)}"
    return [f"x{j}: {name}" for j, name in enumerate(encoder.features)] + [outputs]
