"""An explanation: the recorded steps, each with its numbers by name, as text, data or a page."""

import json

from ..core.checks import accept_rows, require
from ..formats.files import write
from ..texts import fit_to_output
from .data import to_data
from .names import Name, unknown
from .number import Number
from .page import frame, page
from .replay import copy_of
from .step import Step
from .text import DECIMALS
from .textbook import lines_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.types import Matrix
    from ..formats.files import Path
    from .replay import Moment

BLOCK = 24  # how many numbers of a section are printed


class UnknownName(KeyError, ValueError):
    """The error for a name that no number has."""

    def __str__(self) -> str:
        return str(self.args[0])


class Explanation:
    """One training step: ``why["loss"]`` and ``why["0.weights[1][0].new"]`` are its numbers.

    It prints as the whole step. ``number`` is the number of the step in the training run.
    ``names()`` lists all numbers, and ``at(k)`` is another recorded step.
    """

    def __init__(self, moments: "List[Moment]", loss: "Optional[Loss]", place: int = 0) -> None:
        self._moments = moments
        self._loss = loss
        self._place = place
        self._step: "Optional[Step]" = None

    @property
    def number(self) -> int:
        return self._moments[self._place].number

    @property
    def numbers(self) -> "List[int]":
        """The numbers of the recorded steps."""
        return [moment.number for moment in self._moments]

    @property
    def net(self) -> "Sequential":
        """The network as it is before the step."""
        return self._moments[self._place].net

    @property
    def loss(self) -> "Optional[Loss]":
        return self._loss

    @property
    def optimizer(self) -> "Optional[Optimizer]":
        """The optimizer with what it remembers before the step."""
        return self._moments[self._place].optimizer

    @property
    def samples(self) -> "List[int]":
        """The samples in the batch of the step, as indices into the data."""
        return self._moments[self._place].samples

    @property
    def data(self) -> "Tuple[Matrix, Matrix]":
        """The batch: its samples and their targets."""
        return self._moments[self._place].X, self._moments[self._place].Y

    def to_data(self, names: "Any" = None, labels: "Any" = None) -> "Dict[str, Any]":
        """Return all recorded steps as data; data.py describes the format.

        ``names``    the names of the inputs
        ``labels``   the names of the outputs, or of the two classes of a single output
        """
        outputs = len(self.step.outputs[-1][0])
        steps = [self.at(k).step for k in self.numbers]
        return dict(
            to_data(self._moments, self._loss, steps),
            names=_check_names("names", names, [len(self.data[0][0])]),
            labels=_check_names("labels", labels, [1, 2] if outputs == 1 else [outputs]),
        )

    def to_json(self, path: "Path", names: "Any" = None, labels: "Any" = None) -> None:
        """Write all recorded steps to a JSON file; the arguments are as for ``to_data``."""
        data = self.to_data(names, labels)
        write(path, json.dumps(data, ensure_ascii=False, allow_nan=False).encode())

    def to_html(self, path: "Path", names: "Any" = None, labels: "Any" = None) -> None:
        """Write all recorded steps as an interactive page: one HTML file that works offline.

        The arguments are as for ``to_data``.
        """
        write(path, page(self.to_data(names, labels)).encode())

    def _repr_html_(self) -> str:
        """Return the page as HTML for a notebook."""
        return frame(page(self.to_data()))

    def at(self, number: int) -> "Explanation":
        """Return the explanation of another recorded step."""
        if number not in self.numbers:
            first, last = self.numbers[0], self.numbers[-1]
            raise ValueError(
                f"step {number} is not recorded, only {first} to {last}; "
                "record more with explain(..., steps=...)"
            )
        return Explanation(self._moments, self._loss, self.numbers.index(number))

    @property
    def step(self) -> "Step":
        """The numbers (see step.py), computed at the first access."""
        if self._step is None:
            m = self._moments[self._place]
            Y = m.Y if self._loss is not None else None
            # A copy, so that a second computation draws the same masks.
            generator = None if m.generator is None else copy_of(m.generator)
            self._step = Step(
                m.net, m.X, Y, self._loss, m.optimizer, m.weights, m.samples, generator
            )
        return self._step

    def names(self) -> "List[str]":
        """Return the names of all numbers in the order of the step, followed by other names."""
        aliases = self.step.aliases
        gradients = [
            f"{name}.gradient"
            for name in aliases
            if f"{aliases[name]}.gradient" in self.step.numbers
        ]
        return list(self.step.names()) + list(aliases) + gradients

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.step.knows(name)

    def __getitem__(self, name: str) -> "Number":
        limit = (lambda v: isinstance(v, str), "a string such as 'loss'")
        name = require("the name", name, limit).strip()
        if not self.step.knows(name):
            raise UnknownName(unknown(name, self.names()))
        return Number(self.step, self.step.number(name))

    # ---- the whole step --------------------------------------------------------------------------

    def text(self, decimals: int = DECIMALS) -> str:
        """Return the whole step as text, section by section."""
        lines = [f"step {self.number}"]
        if self.loss is not None:
            lines.append(f"  loss {self.loss!r}, optimizer {self.optimizer!r}")
        for title, found in self.sections():
            lines += ["", title] + ["  " + line for line in lines_for(self.step, found[-1])]
            for name in found[:BLOCK]:
                lines.append(f"  {name} = {self[name].derivation(decimals)}")
            if len(found) > BLOCK:
                count = len(found) - BLOCK
                lines.append(f"  and {count} more, up to {found[-1]}; look them up by name")
        return "\n".join(lines)

    def sections(self) -> "List[Tuple[str, List[str]]]":
        """Return the sections of the step in order, each with the names of its numbers."""
        layers = [f"layer {k}, {layer!r}" for k, layer in enumerate(self.net.layers)]
        titles = ["given"] + ["forward: " + layer for layer in layers] + ["loss"]
        titles += ["backward: " + layer for layer in reversed(layers)] + [
            "backward: the data",
            "update",
        ]
        found: "Dict[str, List[str]]" = {title: [] for title in titles}
        for name in self.step.names():
            found[self._section(name, layers)].append(name)
        return [(title, found[title]) for title in titles if found[title]]

    def _section(self, name: str, layers: "List[str]") -> str:
        """Return the section of the step that computes a number."""
        if name in self.step.updates or name in ("loss.new", "clipping"):
            return "update"
        if not self.step.numbers[name].operation:
            return "given"
        parts = Name.parse(name)
        backward = parts.is_gradient or parts.kind in ("derivative", "backward")
        if parts.layer is None:
            return "backward: the data" if backward else "loss"
        return f"{'backward' if backward else 'forward'}: {layers[parts.layer]}"

    def __str__(self) -> str:
        return fit_to_output(self.text())

    def __repr__(self) -> str:
        count = sum(1 for _ in self.step.names())
        return (
            f"Explanation of step {self.number}: {count} numbers; "
            "print it, or look up a number by its name"
        )


def _check_names(what: str, given: "Any", counts: "List[int]") -> "Optional[List[str]]":
    """Return the names as texts, or None if none are given; ``counts`` are the possible numbers."""
    if given is None:
        return None
    names = [str(name) for name in accept_rows(given, what)]
    if len(names) not in counts:
        needed = " or ".join([str(count) for count in counts])
        raise ValueError(f"{what}: {len(names)} given, {needed} needed")
    return names
