"""`python -m scratchnet summary`: what is in a model."""

import json

from ..formats import models
from .data import ENCODERS
from .recipe import Recipe
from .terminal import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

DESCRIPTION = "Show what is in a model: its layers, what it makes of each column of a table, and how it was trained."
EXAMPLES = """\
examples:
  scratchnet summary iris.safetensors
  scratchnet summary model.onnx --json
"""


def configure(parser: "Any") -> "None":
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: "Any", write: "Callable[..., None]") -> "int":
    """Show; the exit status."""
    net = models.load(options.model)
    if options.json:
        _, about = models.described(net)
        about["parameters"] = sum([p.count for p in net.parameters()])
        write(json.dumps(about, indent=2, ensure_ascii=False))
        return 0
    write(str(net.summary()))
    for block in told(net.metadata):
        write("\n" + block)
    return 0


def told(metadata: "Any") -> "List[str]":
    """What the model knows of itself, as far as `scratchnet train` wrote it."""
    blocks = []
    for name, kind in ENCODERS.items():
        if name in metadata:
            blocks.append(str(kind.from_dict(metadata[name])))
    try:
        if "recipe" in metadata:
            blocks.append(str(Recipe(**metadata["recipe"])))
        if "history" in metadata:
            blocks.append(course(metadata["history"]))
    except (KeyError, TypeError, ValueError):
        blocks.append("its recipe and history are not those that `scratchnet train` writes")
    others = sorted(set(metadata) - {"recipe", "history", "kernel", "usual"} - set(ENCODERS))
    if others:
        blocks.append("metadata: " + ", ".join(others))
    return blocks


def course(history: "Any") -> "str":
    """How long the training was, and how good at best."""
    best = history["best_epoch"]
    done = plural(len(history["loss"]), "epoch")
    if best is None:
        return f"{done}, broken off"
    return f"{done}; the best was epoch {best}, validation loss {history['validation_loss'][best - 1]:.4g}"
