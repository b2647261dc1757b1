"""`python -m scratchnet unroll`: a saved network as straight-line Python."""

from .. import set_kernel, unroll
from ..datasets.encoding import listed
from ..formats import models
from ..texts import printable
from .data import encoder_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ..core.network import Sequential

DESCRIPTION = """\
Print a saved network as straight-line Python: a function predict(x) of one sample, a list of numbers, that gives the
list of outputs, every multiplication and addition spelled out. In the fast kernel it needs nothing but Python's math
(long rows of products are added by math.sumprod where this Python has it); in the portable one it gives the same bits
on every Python, and needs scratchnet beside it.
"""
EXAMPLES = """\
examples:
  scratchnet unroll model.json > predict.py
  scratchnet unroll model.safetensors --arguments      the weights come with each call
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="a saved network, .safetensors or .json")
    parser.add_argument(
        "--arguments", action="store_true", help="the weights are arguments, not constants"
    )
    parser.add_argument(
        "--kernel",
        choices=("fast", "portable"),
        default="fast",
        help="how it computes (default fast)",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the source; the exit status."""
    former = set_kernel(options.kernel)
    try:
        net = models.load(options.model)
        for line in about(net, options.model):
            write("# " + printable(line))
        write(unroll(net, constants=not options.arguments).source.rstrip("\n"))
    except ValueError as error:
        where = "" if str(error).startswith(options.model) else f"{options.model}: "
        raise ValueError(f"{where}{error}") from None
    finally:
        set_kernel(former)
    return 0


def about(net: "Sequential", path: str) -> "List[str]":
    """Which input is which column, and what the outputs mean, if a table's model tells."""
    if "table" not in net.metadata:
        return []
    try:
        encoder = encoder_of(net, path)
    except ValueError:  # what reads a table with it will say so
        return []
    classes = encoder.classes and encoder.classes[-encoder.outputs :]  # of two classes, the second
    outputs = (
        f"of each class its share: {listed(classes)}"
        if classes
        else f"the prediction: {encoder.target.name}"
    )
    return [f"x{j}: {name}" for j, name in enumerate(encoder.features)] + [outputs]
