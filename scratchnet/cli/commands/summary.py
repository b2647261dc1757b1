"""`python -m scratchnet summary`: show the contents of a model."""

from ...core.checks import COUNT, require
from ...engines.saved_state import state_in
from ...formats import files, models
from ...tabular.model import ENCODERS, has_encoder, model_of
from ...tabular.recipe import Recipe
from ...texts import plural, shorten
from .. import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

LONGEST = 60  # the width of the name of a user-defined entry
DESCRIPTION = """\
Show a model: its layers, how it encodes each column of a table, and its
training. With --verify, check everything in the file instead, also in a
checkpoint, and print one line.
"""
EXAMPLES = """\
examples:
  scratchnet summary iris.safetensors
  scratchnet summary model.onnx --json
  scratchnet summary iris.checkpoint.safetensors --verify
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("model", metavar="MODEL", help="the model: " + models.ENDINGS)
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--json", action="store_true", help="print the summary as JSON")
    group.add_argument("--verify", action="store_true", help="say whether the file is sound")


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the summary. Return the exit status."""
    if options.verify:
        write(f"{options.model} is sound: {verify(options.model)}")
        return 0
    net = models.load(options.model)
    if options.json:
        _, about = models.describe(net)
        about["parameters"] = sum([p.count for p in net.parameters()])
        write(terminal.json_text(about, 2))
        return 0
    write(str(net.summary()))
    for block in blocks_of(net.metadata):
        write("\n" + block)
    return 0


def verify(path: str) -> str:
    """Return what the file holds; a ValueError says what is wrong with it."""
    net = models.load(path)
    found = [f"a network of {plural(sum([p.count for p in net.parameters()]), 'parameter')}"]
    try:
        if has_encoder(net):
            model_of(net, path)
            found.append("the encoding of its data")
            for name, read in (("recipe", Recipe.from_dict), ("history", course)):
                if name in net.metadata:
                    read(net.metadata[name])
                    found.append(f"its {name}")
        tensors, about = models.codec_of(path).loads(files.read(path))
        if models.TRAINING in about:
            epochs = len(state_in(tensors, about).epochs)
            found.append(f"the state of its training after {plural(epochs, 'epoch')}")
    except (KeyError, TypeError, ValueError) as error:
        what = str(error) if isinstance(error, ValueError) else f"{name} is invalid"
        raise ValueError(what if what.startswith(path) else f"{path}: {what}") from None
    return ", ".join(found)


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
    known_too = {"kernel", "usual", "validation", "frequencies", "rows"}
    others = sorted(set(metadata) - set(known) - known_too)
    if others:
        blocks.append("metadata: " + ", ".join([shorten(name, LONGEST) for name in others]))
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
