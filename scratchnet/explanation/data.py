"""An explanation as data: what the page shows and what ``to_json`` writes.

    title       the network
    layers      for each layer: name, parameters (name, shape), width, symbol ("z" if its output is
                k.z, "a" if it is k.a), rule (lines: its formula in books; see docstrings.py), kept
                (what its forward pass keeps, as in "0.N")
    loss_rule   these lines for the loss
    inputs      the number of features
    names       their names, or null
    labels      the names of the outputs, or of the two classes of a single output, or null
    steps       the numbers of the recorded training steps
    samples     for each step, the samples of its batch
    numbers     for each number: name (empty for a constant that changes), values (one per step,
                null if the step has none), formulas, chains (by the chain rule; often none), source
                (an index into sources; null if the number is given)
    aliases     other names: {"1.z[0][0]": "0.z[0][0]"}
    sources     [file, line, text]
    boundary    for two inputs: the output of the network over the plane, before each step

A formula is a list of parts. A part is one of these:

    a text
    [number, parentheses]    an index into ``numbers``, and whether the number needs parentheses: if
                             it is negative (1), if it is a fraction (2), in both cases (3); if four
                             decimals are too few for a true line in some step, followed by a text
                             with a digit per step, from 4 to h (17): how many it needs
    {"if": number, "then": formula, "else": formula, "since": formula, "unless": formula}
                             two formulas and the reasons for them; the number after "if" selects

If a number has several formulas (chains), ``which`` (``which_chain``) holds their index for each
step.

Of more than FOLD neurons, features or samples of a batch, only the first FOLD are included,
together with the values of others that occur in formulas.
"""

import base64

from ..scalars.operations import PRODUCT, SIGN
from .digits import decimals_for
from .docstrings import lines_of
from .names import Name
from .number import Number
from .text import DECIMALS, OF_CONSTANTS, Choice, Reference, number, parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Set

    from ..core.losses import Loss
    from ..core.types import Matrix
    from ..scalars import Traced
    from .replay import Moment
    from .step import Step
    from .text import Part

VERSION = 1
ARMS = ("then", "else", "since", "unless")  # the two formulas of a choice, and the reason for each
DIGITS = "0123456789abcdefgh"
FOLD = 16
GRID = 32  # how many points of the plane are computed along each axis
MARGIN = 0.25  # the margin around the data, as a fraction of their range


def to_data(
    moments: "List[Moment]", loss: "Optional[Loss]", steps: "List[Step]"
) -> "Dict[str, Any]":
    """Return all recorded steps of an explanation as data that JSON can hold.

    ``steps[k]`` holds the numbers of the step that begins at ``moments[k]``.
    """
    table = _Table(len(steps))
    for k, step in enumerate(steps):
        table.read(k, step)
    first = moments[0]
    return {
        "format": "scratchnet explanation",
        "version": VERSION,
        "title": repr(first.net),
        "loss": None if loss is None else repr(loss),
        "loss_rule": [] if loss is None else lines_of(type(loss)),
        "optimizer": None if first.optimizer is None else repr(first.optimizer),
        "inputs": len(first.X[0]),
        "layers": [
            dict(_layer(layer, output), kept=_names_of_kept(steps[0], k))
            for k, (layer, output) in enumerate(zip(first.net.layers, steps[0].outputs[1:]))
        ],
        "steps": [moment.number for moment in moments],
        "samples": [moment.samples for moment in moments],
        "numbers": table.numbers(),
        "aliases": steps[0].aliases,
        "sources": table.sources,
        "boundary": _boundary(moments) if len(first.X[0]) == 2 else None,
    }


def _layer(layer: "Any", output: "Matrix") -> "Dict[str, Any]":
    parameters = [{"name": p.name, "shape": list(p.shape)} for p in layer.parameters()]
    symbol = "z" if parameters else "a"
    return {
        "name": repr(layer),
        "parameters": parameters,
        "width": len(output[0]),
        "symbol": symbol,
        "rule": lines_of(type(layer)),
    }


def _names_of_kept(step: "Step", k: int) -> "List[str]":
    """Return the names of the arrays that the forward pass of a layer keeps."""
    names = map(Name.parse, step.numbers)
    arrays = {
        name.array: None
        for name in names
        if name.layer == k and not name.suffix and str(name) in step.of_forward
    }
    return [array for array in arrays if array not in (f"{k}.z", f"{k}.a", f"{k}.inner")]


class _Table:
    """All numbers of all steps, with their values and formulas."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.places: "Dict[Any, int]" = {}
        self.rows: "List[Dict[str, Any]]" = []
        # The indices of numbers that have no name and the same value in all steps so far.
        self.constants: "set[int]" = set()
        self.sources: "List[List[Any]]" = []

    def read(self, k: int, step: "Step") -> None:
        """Add the numbers of step k."""
        names = list(step.names())
        samples = set(step.samples[:FOLD])
        for name in names + self.after(step, names):
            if _is_included(name, samples):
                found = Number(step, step.number(name))
                row = self.rows[self.place(k, name, found.value)]
                if found.source is not None:
                    row["source"] = self.source(list(found.source))
                    formula, chain = parts(found.node), found.chain_parts
                    more = decimals_for(found.node, formula)
                    self.add(row, "formulas", k, formula, more)
                    if chain:
                        self.add(row, "chains", k, chain, found.decimals_for_chain())

    @staticmethod
    def after(step: "Step", names: "List[str]") -> "List[str]":
        """Return the names of the numbers that the loss after the step is computed from."""
        if not step.knows("loss.new"):
            return []
        step.number("loss.new")
        known = set(names)
        return [name for name in step.numbers if name not in known]

    def place(self, k: int, key: "Any", value: "Any") -> int:
        """Store the value of a number in step k, and return the index of its row."""
        value = _plain(value)
        if key not in self.places:
            self.places[key] = len(self.rows)
            row: "Dict[str, Any]" = {
                "name": key if isinstance(key, str) else "",
                "values": [None] * self.steps,
            }
            self.rows.append(dict(row, source=None, formulas={}, chains={}))
            if not isinstance(key, str) and number(value) == number(value, OF_CONSTANTS):
                self.constants.add(self.places[key])
        place = self.places[key]
        if place in self.constants and any(
            [v not in (None, value) for v in self.rows[place]["values"]]
        ):
            self.constants.remove(place)
        self.rows[place]["values"][k] = value
        return place

    def source(self, source: "List[Any]") -> int:
        """Return the index of a source, which is added if it is new."""
        if source not in self.sources:
            self.sources.append(source)
        return self.sources.index(source)

    def add(
        self,
        row: "Dict[str, Any]",
        kind: str,
        k: int,
        formula: "List[Part]",
        decimals: "Dict[int, int]",
    ) -> None:
        """Add a formula of step k to a row; equal formulas of several steps are stored once.

        ``decimals`` is from ``decimals_for``.
        """
        found = self.formula(k, (row["name"], kind), formula)
        _, steps, needed = row[kind].setdefault(repr(found), (found, [], {}))
        steps.append(k)
        for n, leaf in enumerate(_references(formula)):
            of_step = needed.setdefault(n, ["4"] * self.steps)
            of_step[k] = DIGITS[decimals.get(id(leaf), DECIMALS)]

    def formula(self, k: int, key: "Any", formula: "List[Part]") -> "List[Any]":
        """Return a formula as lists and dictionaries; ``key`` identifies numbers without a name."""
        found: "List[Any]" = []
        for n, part in enumerate(formula):
            part_key = (key, n)
            if isinstance(part, Reference):
                if_negative = part.precedence > SIGN or part.after_operator
                if_fraction = part.precedence > PRODUCT
                place = self.place(k, part.node.name or part_key, part.node.value)
                found.append([place, int(if_negative) + 2 * int(if_fraction)])
            elif isinstance(part, Choice):
                arms: "Dict[str, Any]" = {"if": self.place(k, part_key, part.condition.value)}
                self.constants.discard(arms["if"])
                for name, arm in zip(ARMS, (part.chosen, part.other) + part.reasons):
                    arms[name] = self.formula(k, (part_key, name), arm)
                found.append(arms)
            else:
                found.append(part)
        return found

    def numbers(self) -> "List[Dict[str, Any]]":
        """Return the rows without those of constants, which become texts in the formulas."""
        remaining = [place for place in range(len(self.rows)) if place not in self.constants]
        self.new_places = {place: new for new, place in enumerate(remaining)}
        numbers = []
        for row in [self.rows[place] for place in remaining]:
            entry = {"name": row["name"], "values": row["values"], "source": row["source"]}
            for kind, which in (("formulas", "which"), ("chains", "which_chain")):
                found = list(row[kind].values())
                if found:
                    entry[kind] = [
                        self.merged(formula, list(reversed(list(needed.values()))))
                        for formula, _, needed in found
                    ]
                if len(found) > 1:
                    of_step = {k: n for n, (_, steps, _) in enumerate(found) for k in steps}
                    entry[which] = [of_step.get(k) for k in range(self.steps)]
            numbers.append(entry)
        return numbers

    def merged(self, formula: "List[Any]", decimals: "List[Any]") -> "List[Any]":
        """Return a formula with constants as text, adjacent texts joined, and final indices.

        ``decimals`` holds how many each number needs in each step, the last number first.
        """
        found: "List[Any]" = []
        for part in formula:
            if isinstance(part, dict):
                arms = {name: self.merged(part[name], decimals) for name in ARMS}
                part = dict(arms, **{"if": self.new_places[part["if"]]})
            elif isinstance(part, list) and part[0] in self.constants:
                value = [v for v in self.rows[part[0]]["values"] if v is not None][0]
                text = number(value)
                decimals.pop()
                bracketed = text.startswith("-") and part[1] & 1 or "/" in text and part[1] & 2
                part = "({})".format(text) if bracketed else text
            elif isinstance(part, list):
                needed = "".join(decimals.pop())
                part = [self.new_places[part[0]], part[1]]
                part += [needed] if needed.strip("4") else []
            if found and isinstance(part, str) and isinstance(found[-1], str):
                found[-1] += part
            else:
                found.append(part)
        return found


def _references(formula: "List[Part]") -> "Iterator[Traced]":
    """Yield the numbers of a formula and its alternatives, in the order of ``_Table.formula``."""
    for part in formula:
        if isinstance(part, Reference):
            yield part.node
        elif isinstance(part, Choice):
            for arm in (part.chosen, part.other) + part.reasons:
                yield from _references(arm)


def _is_included(name: str, samples: "Set[int]") -> bool:
    """Return whether each index in a name is below FOLD, or the first is one of the samples."""
    indices = Name.parse(name).indices
    return all([index < FOLD for index in indices[1:]]) and (
        not indices or indices[0] < FOLD or indices[0] in samples
    )


def _plain(value: "Any") -> "Any":
    """Return a value that JSON can hold: a finite number or a bool unchanged, any other as text."""
    if isinstance(value, bool) or isinstance(value, (int, float)) and value - value == 0:
        return value
    return str(value)


def _boundary(moments: "List[Moment]") -> "Dict[str, Any]":
    """Return the prediction of the network on a grid of points around the data, before each step.

    A frame holds one byte per point: a single output scaled from its range to 0 to 255, or the
    index of the largest output.
    """
    points = [x for moment in moments for x in moment.X]
    ranges = [_range([float(x[i]) for x in points]) for i in range(2)]
    axes = [[low + (high - low) * (n + 0.5) / GRID for n in range(GRID)] for low, high in ranges]
    number_type = moments[0].net.number
    grid = [[number_type(x), number_type(y)] for y in axes[1] for x in axes[0]]
    predictions = [moment.net.predict(grid) for moment in moments]
    classes = len(predictions[0][0])
    if classes > 1:
        frames = [[row.index(max(row)) for row in rows] for rows in predictions]
        low, high = 0.0, float(classes - 1)
    else:
        values = [float(row[0]) for rows in predictions for row in rows]
        low, high = min(values), max(values)
        scale = 255 / (high - low) if high > low else 0
        frames = [
            [int((float(row[0]) - low) * scale + 0.5) for row in rows] for rows in predictions
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
    """Return the range of the values with a margin."""
    low, high = min(values), max(values)
    margin = MARGIN * (high - low) or 1.0
    return [low - margin, high + margin]
