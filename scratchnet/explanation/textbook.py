"""The formulas of a step as books write them.

lines_for      the formula of the rule that computes a number
formula_for    the formula of one number, with the names of its inputs
"""

import re

from .docstrings import lines_of
from .names import Name
from .text import LONGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from .step import Step


def lines_for(step: "Step", name: str) -> "List[str]":
    """Return the lines of ``lines_of`` for the output of a layer or a loss, [] for others."""
    parts = Name.parse(name)
    if parts.array == "loss" and step.criterion is not None and not parts.suffix:
        return lines_of(type(step.criterion))
    if parts.layer is None or parts.suffix or parts.kind not in ("z", "a"):
        return []
    return lines_of(type(step.net.layers[parts.layer]))


# What a formula consists of, except hyperparameters; a remark after it begins with other words.
_TOKEN = r"(?:z_[jk]|z|e|ln|tanh|max|where|else|Σ_j|\d+(?:\.\d+)?)(?!\w)|[-·+−/^()|<>≥≤=, ]"


def formula_for(step: "Step", name: str) -> "Optional[Tuple[str, List[str]]]":
    """Return the formula of an output of a layer with names, and these names.

    Return None if the layer computes the formula as it is, or has none.
    """
    parts = Name.parse(name)
    if parts.layer is None or parts.kind != "a" or parts.suffix or len(parts.indices) != 2:
        return None
    layer = step.net.layers[parts.layer]
    text = _formula_of(layer)
    if text is None:
        return None
    z = [place.name for place in step.outputs[parts.layer][step.samples.index(parts.indices[0])]]
    text = re.sub(r"Σ_j (\S+)", lambda match: _sum(match.group(1), z), text)
    known = {hyper: f"{parts.layer}.{hyper}" for hyper in layer.numbers}
    known.update(z=z[parts.indices[1]], z_k=z[parts.indices[1]])
    words = re.compile(r"(?<![\w.])(?:" + "|".join(map(re.escape, known)) + r")(?![\w.\[])")
    text = words.sub(lambda match: known[match.group()], text.replace(" where ", " if "))
    return re.sub(r" ?([·/]) ?", r" \1 ", text), z


def _formula_of(layer: "Any") -> "Optional[str]":
    """Return the book's formula, without a remark, of a layer that computes it in another form."""
    lines = lines_of(type(layer))
    if len(lines) < 2 or not re.match("a(_k)? = ", lines[0]):
        return None
    token = "|".join([rf"{re.escape(hyper)}(?!\w)" for hyper in layer.numbers] + [_TOKEN])
    formula = re.match(f"(?:{token})*", lines[0].partition(" = ")[2])
    text = formula.group().rstrip(" ,(").replace("-", "−") if formula else ""
    is_whole = text.count("(") == text.count(")") and re.search(r"[\w)|]\Z", text)
    return text if is_whole else None


def _sum(term: str, z: "List[str]") -> str:
    """Return a sum over all z_j; of a long one, the first three terms and the last."""
    terms = [term.replace("z_j", name) for name in z]
    if len(terms) > LONGEST:
        terms[3:-1] = [f"… {len(terms) - 4} more …"]
    return "({})".format(" + ".join(terms))
