"""`python -m scratchnet unroll`: a saved network as straight-line Python."""

from .. import set_kernel, unroll
from ..formats import models

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

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


def configure(parser: "Any") -> "None":
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="a saved network, .safetensors or .json")
    parser.add_argument("--arguments", action="store_true", help="the weights are arguments, not constants")
    parser.add_argument("--kernel", choices=("fast", "portable"), default="fast", help="how it computes (default fast)")


def run(options: "Any", write: "Callable[..., None]") -> "int":
    """Print the source; the exit status."""
    former = set_kernel(options.kernel)
    try:
        write(unroll(models.load(options.model), constants=not options.arguments).source.rstrip("\n"))
    except ValueError as error:
        where = "" if str(error).startswith(options.model) else f"{options.model}: "
        raise ValueError(f"{where}{error}") from None
    finally:
        set_kernel(former)
    return 0
