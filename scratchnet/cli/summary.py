"""`python -m scratchnet summary`: show the contents of a model."""

import json

from ..core.checks import COUNT, require
from ..formats import models
from ..tabular.model import ENCODERS
from ..tabular.recipe import Recipe
from ..texts import plural, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

LONGEST = 60  # the width of the name of a user-defined entry
DESCRIPTION = """\
Show a model: its layers, how it encodes each column of a table, and its
training.
"""
EXAMPLES = """\
examples:
  scratchnet summary iris.safetensors
  scratchnet summary model.onnx --json
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the summary. Return the exit status."""
    net = models.load(options.model)
    if options.json:
        _, about = models.described(net)
        about["parameters"] = sum([p.count for p in net.parameters()])
        write(json.dumps(about, indent=2, ensure_ascii=False))
        return 0
    write(str(net.summary()))
    for block in blocks_of(net.metadata):
        write("\n" + block)
    return 0


def blocks_of(metadata: "Any") -> "List[str]":
    """Return a block of text for each entry that `scratchnet train` wrote."""
    blocks = []
    known: "Dict[str, Any]" = {name: kind.from_dict for name, kind in ENCODERS.items()}
    known.update(recipe=Recipe.from_dict, history=course)
    for name, read in known.items():
        if name in metadata:
            try:
                blocks.append(str(read(metadata[name])))
            except (KeyError, TypeError, ValueError):
                blocks.append(f"{name}: invalid; `scratchnet train` did not write it")
    if "recipe" in metadata and "history" not in metadata:
        blocks.append("the training was interrupted in its first epoch")
    others = sorted(set(metadata) - set(known) - {"kernel", "usual", "frequencies", "rows"})
    if others:
        blocks.append("metadata: " + ", ".join([shortened(name, LONGEST) for name in others]))
    return blocks


def course(history: "Any") -> str:
    """Return the number of epochs and the best one, in words."""
    best, losses = history["best_epoch"], history["validation_loss"]
    done = plural(len(history["loss"]), "epoch")
    if best is None:
        return f"{done}, interrupted"
    require(
        "best_epoch",
        best,
        (lambda v: COUNT[0](v) and v <= len(losses), "the number of one of the epochs"),
    )
    return f"{done}; the best was epoch {best}, validation loss {losses[best - 1]:.4g}"
