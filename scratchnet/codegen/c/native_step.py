"""The C of training steps that run on this machine, printed from the record of the rules.

One call makes several steps. The numbers are in arrays of the caller:

    x, y, weights    the inputs, the targets and the weights of all samples
    places           the samples of each batch, one batch after the other
    draws            room for the random numbers of each sample of a batch
    state            the state of the generator of random numbers, as in core/random.py
    settings         what the optimizer computes for each step: the learning rate, ...
    w, m             the parameters, and what the optimizer remembers about those that learn

The samples of a batch are computed in blocks: first everything that belongs to one sample, for each
sample; then the sums over the samples, so that each of these is read once for the whole block.
"""

import re

from ..own import generate_from_samples
from ..record.batch_record import BatchRecord, Update
from . import templates
from .native_blocks import BLOCK, Blocks
from .native_division import over_all_samples
from .native_packs import PACKS
from .native_parts import Parts
from .native_penalties import FewGradients
from .native_rows import FEWEST_BY_ROWS, RowParts, record_of_step
from .native_text import STEP, TRAIN, comment, head, nested, places_of, sum_of
from .native_unit import NativeUnit
from .printer import CPrinter, indented

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from ...core.losses import Loss
    from ...core.network import Sequential
    from ...core.optimizers import Optimizer

MOST_BY_NUMBERS = 500000  # Recording this many numbers takes half a minute and 1 GB.
WORK = 5  # the time of the update of a weight, in additions


class NativeStep:
    """The source of a training step, and what its caller must know.

    ``source``     the C
    ``settings``   the attributes of the optimizer that are inputs of each step
    ``all_settings``   these, and those that the step does not need
    ``draws``      for each group of random numbers, how many of them each sample takes
    ``scratch``    the length of its working array
    ``work``       the approximate time of a sample, and of a step, in additions
    """

    def __init__(
        self,
        net: "Sequential",
        loss: "Loss",
        optimizer: "Optimizer",
        inputs: int,
        outputs: int,
        weighted: bool,
    ) -> None:
        made = generate_from_samples(
            lambda count: _Writer(net, loss, optimizer, inputs, outputs, weighted, count), net, loss
        )
        self.source = made.source
        self.settings, self.draws = made.update.settings, made.record.draws
        self.all_settings = made.update.all_settings
        self.scratch = made.scratch
        self.work: "Tuple[int, int]" = (made.parts.work, WORK * len(made.record.weights))


def parts_by_rows(
    unit: "NativeUnit", net: "Any", loss: "Any", optimizer: "Any", shape: "Any", count: int
) -> "Optional[Tuple[RowParts, Update]]":
    """Return the statements of a large network from the record of its rows, or None.

    Raise an error if the network is too large for the other record.
    """
    weights = sum([p.count for p in net.parameters()])
    if weights < FEWEST_BY_ROWS:
        return None
    try:
        record = record_of_step(net, loss, optimizer, shape, count)
        update = Update(optimizer, FewGradients())
        return RowParts(unit, record, update.factor), update
    except Exception as error:  # User-defined rules may raise anything.
        if weights > MOST_BY_NUMBERS:
            raise ValueError(
                f"the network has {weights:,} weights, more than {MOST_BY_NUMBERS:,}, and is not a "
                f"series of matrix products ({error}); use engine='auto'"
            ) from None
        return None


class _Writer:
    """Writes the source."""

    def __init__(
        self,
        net: "Sequential",
        loss: "Loss",
        optimizer: "Optimizer",
        inputs: int,
        outputs: int,
        weighted: bool,
        count: int,
    ) -> None:
        self.unit = NativeUnit("net")
        shape = inputs, outputs, weighted
        by_rows = parts_by_rows(self.unit, net, loss, optimizer, shape, count)
        parts: "Any" = None
        if by_rows is None:
            by_numbers = BatchRecord(net, loss, inputs, outputs, weighted, count)
            self.update = Update(optimizer, by_numbers)
            parts = Parts(self.unit, by_numbers, self.update.factor)
        else:
            parts, self.update = by_rows
        self.parts = parts
        self.record = record = parts.record
        place = len(record.sums) + (0 if parts.in_place else len(record.gradients))
        changes = self.update.factor is not None or parts.changes_gradients
        self.blocks = Blocks(parts, inputs, outputs, place, None if changes else self.update_of)
        self.place_of_end = place + self.blocks.scratch
        self.scratch = self.place_of_end + sum(parts.lengths_of_end.values())
        functions = [self.update_function(), self.step(), self.train()]
        about = [f"layer {k}: {layer!r}" for k, layer in enumerate(net.layers)]
        about += [f"loss: {loss!r}", f"optimizer: {optimizer!r}", *places_of(record.parameters)]
        self.source = "\n".join(
            [
                comment("A training step, written by scratchnet from its rules.", about),
                head(True) + PACKS + templates.CHECK_BITS.format(**self.unit.words),
                templates.BEGIN_UNCONTRACTED,
                *self.unit.functions(),
                *parts.tables,
                *functions,
            ]
        )

    def __eq__(self, other: "Any") -> bool:
        return bool(self.source == other.source)

    # ---- functions -------------------------------------------------------------------------------

    def update_function(self) -> str:
        """Return the function that changes weights one after the other."""
        update = self.update
        code = CPrinter(self.unit, update.results)
        body = code.statements()
        texts = [code.text(v) for v in code.outputs]
        text = "\n".join(body + texts)
        memory = [f"m{n}" for n in range(update.memory)]
        for name, element in [("w", "W[k]"), ("g", "G[k]")] + [
            (m, f"{m.upper()}[k]") for m in memory
        ]:
            if re.search(rf"\b{name}\b", text):
                body.insert(0, f"const double {name} = {element};")
        body += [f"const double new{n} = {text};" for n, text in enumerate(texts)]
        targets = ["W"] + [m.upper() for m in memory]
        body += [f"{target}[k] = new{n};" for n, target in enumerate(targets)]
        body.append("bad |= !(new0 - new0 == 0.0);")
        arrays = ["double *restrict W", "const double *restrict G"]
        arrays += [f"double *restrict {m.upper()}" for m in memory]
        given = [f"double {name}" for name in self.settings()]
        return (
            "/* Changes weights that learn. Returns whether one of them is not finite. */\n"
            f"static int net_update({', '.join(arrays + ['int count'] + given)})\n{{\n"
            + indented(
                ["int bad = 0;", *self.unused(given, text), "for (int k = 0; k < count; k++) {"]
            )
            + "".join([f"        {line}\n" for line in body])
            + indented(["}", "return bad;"])
            + "}\n"
        )

    def unused(self, given: "List[str]", text: str) -> "List[str]":
        names = [name.split()[-1] for name in given] + ["G"]
        return [f"(void){name};" for name in names if not re.search(rf"\b{name}\b", text)]

    def settings(self) -> "List[str]":
        factor = [] if self.update.factor is None else ["factor"]
        return [f"setting_{name}" for name in self.update.settings] + factor

    def step(self) -> str:
        """Return the function that makes one step, and those that it calls."""
        parts, blocks = self.parts, self.blocks
        count = len(self.record.sums)
        functions, loop = over_all_samples(blocks)
        lines = ["double *const sums = scratch;"]
        lines.append(f"double *const g = {'sums' if parts.in_place else f'scratch + {count}'};")
        of_end = []
        place = self.place_of_end
        for name, length in parts.lengths_of_end.items():
            of_end.append(f"double *restrict const {name} = scratch + {place};")
            place += length
        lines.append("int bad = 0;")
        if blocks.updates:
            lines.append(f"const int alone = size <= {BLOCK};")
        first = f"alone ? {len(self.record.gradients)} : 0" if blocks.updates else "0"
        lines += [
            f"for (int n = {first}; n < {count}; n++) {{ sums[n] = -0.0; }}",
            *loop,
            *of_end,
            *parts.ending,
            "*value = loss;",
            "if (!(loss - loss == 0.0)) { return 1; }",
        ]
        lines += self.updates()
        return "\n".join([*functions, STEP.format(body=indented(lines))])

    def updates(self) -> "List[str]":
        """Return the statements that update the parameters, those in a row by one call."""
        lines = []
        place = start = 0
        total = len(self.record.gradients)
        runs: "List[Any]" = []
        for p in self.record.parameters:
            if not p.frozen:
                if runs and runs[-1][0] + runs[-1][2] == place:
                    runs[-1][2] += p.count
                else:
                    runs.append([place, start, p.count])
                start += p.count
            place += p.count
        for place, start, count in runs:
            memory = [sum_of("m", n * total + start) for n in range(self.update.memory)]
            call = self.call_of_update(sum_of("w", place), sum_of("g", start), memory, count)
            lines.append(call)
        if self.blocks.updates:
            lines = ["if (!alone) {", *nested(lines), "}"]
        return lines + ["return bad;"]

    def update_of(self, first: int, place: str, count: "Any") -> str:
        """Return the statement that updates the weights whose gradients begin the array of sums.

        ``first``   the place of one of the gradients of their parameter, among all gradients
        ``place``   the same of the first of their own, in C
        """
        before = start = 0
        for p in self.record.parameters:
            if not p.frozen and start <= first < start + p.count:
                break
            before += p.count if p.frozen else 0
            start += 0 if p.frozen else p.count
        total = len(self.record.gradients)
        memory = [sum_of("m", n * total, place) for n in range(self.update.memory)]
        return self.call_of_update(sum_of("w", before, place), "sums", memory, count)

    def call_of_update(self, w: str, g: str, memory: "List[str]", count: "Any") -> str:
        settings = [f"setting[{n}]" for n in range(len(self.update.settings))]
        settings += [] if self.update.factor is None else ["factor"]
        return f"bad |= net_update({', '.join([w, g, *memory, str(count), *settings])});"

    def train(self) -> str:
        """Return the functions that make several steps."""
        filling, start = [], 0
        for count in self.record.draws:
            row = f"draws[{sum_of(f'{len(self.record.drawn)} * k', start, 'n')}]"
            filling += [
                "for (long long k = 0; k < size; k++) {",
                f"    for (int n = 0; n < {count}; n++) {{ {row} = net_random(state); }}",
                "}",
            ]
            start += count
        return TRAIN.replace(
            "FILLING", indented(filling or ["(void)state, (void)draws, (void)size;"])
        )
