"""`python -m scratchnet summary`: what is in a model."""

import json

from ..core.checks import COUNT, require
from ..formats import models
from ..texts import shortened
from .data import ENCODERS
from .recipe import Recipe
from .terminal import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

LONGEST = 60  # columns of the name of an entry that is not ours
DESCRIPTION = "Show what is in a model: its layers, what it makes of each column of a table, and how it was trained."
EXAMPLES = """\
examples:
  scratchnet summary iris.safetensors
  scratchnet summary model.onnx --json
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: "Any", write: "Callable[..., None]") -> int:
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
    known: "Dict[str, Any]" = {name: kind.from_dict for name, kind in ENCODERS.items()}
    known.update(recipe=lambda given: Recipe(**given), history=course)
    for name, read in known.items():
        if name in metadata:
            try:
                blocks.append(str(read(metadata[name])))
            except (KeyError, TypeError, ValueError):
                blocks.append(f"{name}: not one that `scratchnet train` wrote")
    if "recipe" in metadata and "history" not in metadata:
        blocks.append("broken off before the first epoch was done")
    others = sorted(set(metadata) - set(known) - {"kernel", "usual"})
    if others:
        blocks.append("metadata: " + ", ".join([shortened(name, LONGEST) for name in others]))
    return blocks


def course(history: "Any") -> str:
    """How long the training was, and how good at best."""
    best, losses = history["best_epoch"], history["validation_loss"]
    done = plural(len(history["loss"]), "epoch")
    if best is None:
        return f"{done}, broken off"
    require("best_epoch", best, (lambda v: COUNT[0](v) and v <= len(losses), "one of the epochs"))
    return f"{done}; the best was epoch {best}, validation loss {losses[best - 1]:.4g}"
