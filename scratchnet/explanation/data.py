"""An explanation as data: what the page shows and what ``to_json`` writes.

    title       what it is
    layers      of each: name, its parameters (name, shape), width, symbol ("z" or "a": it gives k.z, or k.a)
    inputs      the number of features
    steps       the numbers of the recorded steps of the training
    samples     of each step, the samples of its batch
    numbers     of each: name (empty for a constant that changes), values (one a step, null where there is none),
                formulas, chains (by the chain rule; often none), source (its place in sources; null if given)
    aliases     other names: {"1.z[0][0]": "0.z[0][0]"}
    sources     [file, line, text]
    boundary    for two inputs: what the network says over the plane, before each step

A formula is a list of parts: a text; [number, parentheses], the number's place in ``numbers`` and whether it needs
parentheses where it is negative (1), a fraction (2), either (3); or {"if": number, "then": formula, "else": formula,
"since": formula, "unless": formula}, of which the condition's value chooses. Of several formulas (chains), ``which``
(``which_chain``) says which one a step has.

Beyond FOLD neurons, features or samples only the first are told, and of the others the values that formulas speak of.
"""

import base64
import re

from .text import PRODUCT, SIGN, Choice, Reference, number, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from .explanation import Explanation
    from .text import Part

VERSION = 1
ARMS = (
    "then",
    "else",
    "since",
    "unless",
)  # of a choice: both formulas, and why the one, or the other
FOLD = 16
GRID = 32  # points of the plane, each way
MARGIN = 0.25  # of the data's extent, around it


def described(why: "Explanation") -> "Dict[str, Any]":
    """All recorded steps of an explanation, as JSON-able data."""
    steps = [why.at(k) for k in why.numbers]
    table = _Table(len(steps))
    for k, step in enumerate(steps):
        table.read(k, step)
    net = why.net
    return {
        "format": "scratchnet explanation",
        "version": VERSION,
        "title": repr(net),
        "loss": None if why.loss is None else repr(why.loss),
        "optimizer": None if why.optimizer is None else repr(why.optimizer),
        "inputs": len(why.data[0][0]),
        "layers": [
            _layer(k, step_layer)
            for k, step_layer in enumerate(zip(net.layers, steps[0].step.outputs[1:]))
        ],
        "steps": why.numbers,
        "samples": [step.samples for step in steps],
        "numbers": table.numbers(),
        "aliases": steps[0].step.aliases,
        "sources": table.sources,
        "boundary": _boundary(steps) if len(why.data[0][0]) == 2 else None,
    }


def _layer(k: int, layer_and_output: "Tuple[Any, Any]") -> "Dict[str, Any]":
    layer, output = layer_and_output
    parameters = [{"name": p.name, "shape": list(p.shape)} for p in layer.parameters()]
    symbol = "z" if parameters else "a"
    return {
        "name": repr(layer),
        "parameters": parameters,
        "width": len(output[0]),
        "symbol": symbol,
    }


class _Table:
    """Every number of all steps, its values and its formulas."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.places: "Dict[Any, int]" = {}
        self.rows: "List[Dict[str, Any]]" = []
        self.constants: "set[int]" = (
            set()
        )  # the places of numbers without a name, as long as they do not change
        self.sources: "List[List[Any]]" = []

    def read(self, k: int, why: "Explanation") -> None:
        """Step k: its numbers."""
        listed = list(why.step.names())
        for name in listed + self.after(why, listed):
            if _told(name):
                told = why[name]
                row = self.rows[self.place(k, name, told.value)]
                if told.source is not None:
                    row["source"] = self.source(list(told.source))
                    self.add(row, "formulas", k, parts(told.node))
                    if told.chain_parts:
                        self.add(row, "chains", k, told.chain_parts)

    @staticmethod
    def after(why: "Explanation", listed: "List[str]") -> "List[str]":
        """What the loss after the step is made of."""
        if "loss.new" not in why:
            return []
        why.step.number("loss.new")
        known = set(listed)
        return [name for name in why.step.numbers if name not in known]

    def place(self, k: int, key: "Any", value: "Any") -> int:
        """The number's row, made where there is none yet; its value in step k."""
        value = _plain(value)
        if key not in self.places:
            self.places[key] = len(self.rows)
            row: "Dict[str, Any]" = {
                "name": key if isinstance(key, str) else "",
                "values": [None] * self.steps,
            }
            self.rows.append(dict(row, source=None, formulas={}, chains={}))
            if not isinstance(key, str):
                self.constants.add(self.places[key])
        place = self.places[key]
        if place in self.constants and any(
            [v not in (None, value) for v in self.rows[place]["values"]]
        ):
            self.constants.remove(place)
        self.rows[place]["values"][k] = value
        return place

    def source(self, source: "List[Any]") -> int:
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source)

    def add(self, row: "Dict[str, Any]", kind: str, k: int, formula: "List[Part]") -> None:
        """The row's formula in step k, kept once, with the steps that have it."""
        found = self.formula(k, (row["name"], kind), formula)
        row[kind].setdefault(repr(found), (found, []))[1].append(k)

    def formula(self, k: int, key: "Any", formula: "List[Part]") -> "List[Any]":
        found: "List[Any]" = []
        for n, part in enumerate(formula):
            within = (key, n)
            if isinstance(part, Reference):
                parentheses = int(part.tightness > SIGN or part.behind) + 2 * int(
                    part.tightness > PRODUCT
                )
                found.append(
                    [self.place(k, part.node.name or within, part.node.value), parentheses]
                )
            elif isinstance(part, Choice):
                arms: "Dict[str, Any]" = {"if": self.place(k, within, part.condition.value)}
                self.constants.discard(arms["if"])
                for name, arm in zip(ARMS, (part.chosen, part.other) + part.reasons):
                    arms[name] = self.formula(k, (within, name), arm)
                found.append(arms)
            else:
                found.append(part)
        return found

    def numbers(self) -> "List[Dict[str, Any]]":
        """The rows, with constants in the formulas as text, and what is the same for all steps said once."""
        kept = [place for place in range(len(self.rows)) if place not in self.constants]
        self.new_places = {place: new for new, place in enumerate(kept)}
        numbers = []
        for row in [self.rows[place] for place in kept]:
            told = {"name": row["name"], "values": row["values"], "source": row["source"]}
            for kind, which in (("formulas", "which"), ("chains", "which_chain")):
                found = list(row[kind].values())
                if found:
                    told[kind] = [self.merged(formula) for formula, _ in found]
                if len(found) > 1:
                    of_step = {k: n for n, (_, steps) in enumerate(found) for k in steps}
                    told[which] = [of_step.get(k) for k in range(self.steps)]
            numbers.append(told)
        return numbers

    def merged(self, formula: "List[Any]") -> "List[Any]":
        """A formula with its constants written out, neighbouring texts as one, and places as they are in the end."""
        found: "List[Any]" = []
        for part in formula:
            if isinstance(part, dict):
                arms = {name: self.merged(part[name]) for name in ARMS}
                part = dict(arms, **{"if": self.new_places[part["if"]]})
            elif isinstance(part, list) and part[0] in self.constants:
                value = [v for v in self.rows[part[0]]["values"] if v is not None][0]
                text = number(value)
                bracketed = text.startswith("-") and part[1] & 1 or "/" in text and part[1] & 2
                part = "({})".format(text) if bracketed else text
            elif isinstance(part, list):
                part = [self.new_places[part[0]], part[1]]
            if found and isinstance(part, str) and isinstance(found[-1], str):
                found[-1] += part
            else:
                found.append(part)
        return found


def _told(name: str) -> bool:
    """Whether all places in a name are among the first."""
    return all([int(place) < FOLD for place in re.findall(r"\[(\d+)\]", name)])


def _plain(value: "Any") -> "Any":
    """A value that JSON can hold: a finite float or a truth value as it is, any other as text."""
    if isinstance(value, bool) or isinstance(value, (int, float)) and value - value == 0:
        return value
    return str(value)


def _boundary(steps: "List[Explanation]") -> "Dict[str, Any]":
    """The network's answer on a grid over the data: an output as 0 to 255 over its range, or the number of a class."""
    points = [x for step in steps for x in step.data[0]]
    ranges = [_range([float(x[i]) for x in points]) for i in range(2)]
    axes = [[low + (high - low) * (n + 0.5) / GRID for n in range(GRID)] for low, high in ranges]
    number_type = steps[0].net.number
    grid = [[number_type(x), number_type(y)] for y in axes[1] for x in axes[0]]
    answers = [step.net.predict(grid) for step in steps]
    classes = len(answers[0][0])
    if classes > 1:
        frames = [[row.index(max(row)) for row in answer] for answer in answers]
        low, high = 0.0, float(classes - 1)
    else:
        values = [float(row[0]) for answer in answers for row in answer]
        low, high = min(values), max(values)
        scale = 255 / (high - low) if high > low else 0
        frames = [
            [int((float(row[0]) - low) * scale + 0.5) for row in answer] for answer in answers
        ]
    return {
        "ranges": ranges,
        "size": GRID,
        "classes": classes,
        "low": low,
        "high": high,
        "frames": [base64.b64encode(bytes(frame)).decode() for frame in frames],
    }


def _range(values: "List[float]") -> "List[float]":
    low, high = min(values), max(values)
    margin = MARGIN * (high - low) or 1.0
    return [low - margin, high + margin]
