"""The updates of a training step as loops over the columns of the parameters.

How the numbers of a column are computed is in column_updates.py.
"""

from ...core.functions import kernel
from ...core.layer import Parameter
from ...scalars.symbolic import Undecided
from ..program import reachable
from ..rescaled import rescale
from .column_functions import Gradients
from .column_updates import ColumnUpdates
from .expressions import loop, transposed
from .printer import Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..record.recording import TrainingStep
    from .gathered_updates import GatheredUpdate
    from .stages import Stages


# More inputs of a layer for a batch than this do not fit into the cache of the processor. Then the
# gradients are computed row by row, so that each input is read once.
MOST_IN_CACHE = 32000


class Updates(ColumnUpdates):
    """The statements that update all parameters that learn, and the memory of the optimizer.

    The new value of each number is computed by the optimizer's rule from ``w``, its gradient ``g``
    and its state ``s0``, ``s1``, ...

    ``size``   the size of a batch
    """

    def __init__(self, printer: "Stages", recording: "TrainingStep", size: int) -> None:
        ColumnUpdates.__init__(self, printer, recording)
        self.size = size
        changing = sorted(printer.vectors.updates)
        self.parameters = [(n, self.recording.parameters[n]) for n in changing]
        self.before: "Dict[str, str]" = {}  # statements that compute what several others need
        for _, p in self.parameters:
            self.check_gradient(p)
        lines = self.clipping() if self.clips else []
        for n, p in self.parameters:
            lines += self.of(n, *self.change(p))
        self.lines = list(self.before.values()) + lines

    def change(self, p: "Any") -> "Tuple[Dict[str, Any], Dict[int, str]]":
        """Return the new values of the first weight and of its state, and the names of the old."""
        state = tuple([self.recording.number(name=f"s{k}") for k in self.memory])
        w, g = p.rows[0][0], p.gradient_rows[0][0]
        factor = self.recording.number(name="factor") if self.clips else None
        new, memory = self.recording.optimizer.update(w, g, state, factor)
        known = g if self.clips else self.sum_in(g)
        names = {id(v): v.name for v in state}
        names.update({id(w): "w", id(known): "g"})
        results = [*memory, new]
        if kernel() != "portable":
            results = rescale(results, known=[known])
        return dict(zip([*[v.name for v in state], "w"], results)), names

    def clipping(self) -> "List[str]":
        """Return the statements that compute all gradients, and the factor for them."""
        lines: "List[str]" = []
        for n, p in self.parameters:
            w, g = p.rows[0][0], p.gradient_rows[0][0]
            lines += self.gradient(n, g, {id(w): "w", id(self.sum_in(g)): "g"})
        first = Parameter("first")
        g = self.recording.number(name="g")
        first.rows = first.gradient = [[g]]
        factor = self.recording.optimizer.clip_factor([first])
        (square,) = [v for v in reachable([factor]) if v.operands and v.operands[0] is g]
        code = Code([factor], {id(square): "squares"})
        lines += self.squares() + code.statements()
        lines.append(f"factor = {code.text(code.outputs[0])}")
        self.printer.calls.functions.update(code.functions)
        return lines

    def gradient(self, n: int, g: "Any", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that compute the gradient of a parameter."""
        if n in self.printer.gathered:
            return self.gathered_update(n).gradient(g, names)
        found, is_flat = self.sums(n), self.recording.parameters[n].flat
        name = self.printer.name_of(n)
        row = self.row(g, names, {"w": name if is_flat else "w_row"}, found.text, [found.rows])
        if not is_flat:
            row = f"[{row}{loop([('w_row', name), found.columns])}]"
        return [f"G{n} = {row}"]

    def squares(self) -> "List[str]":
        """Return the statements that add the squares of all gradients."""
        rows = [
            f"[G{n}]" if p.flat else f"G{n}" if n in self.printer.gathered else f"zip(*G{n})"
            for n, p in self.parameters
        ]
        squares = f"[g * g for rows in ({', '.join(rows)},) for row in rows for g in row]"
        return [f"squares = {self.printer.total(squares)}"]

    def check_gradient(self, p: "Any") -> None:
        """Raise an error unless all elements of a gradient are computed in the same way."""
        if p.flat or not isinstance(p.gradient, list):
            return
        first = p.gradient[0][0]
        for i, row in enumerate(p.gradient):
            for j, g in enumerate(row):
                if not self.printer.vectors.same(first, g, (i, j)):
                    raise Undecided(f"the elements of {p.name}.gradient are not computed alike")

    def sums(self, n: int) -> "Any":
        """Return the Gradients of a parameter, summed over the samples."""
        left, right = self.printer.vectors.updates[n]
        if not left:
            return Gradients(self.printer.total("r"), ("r", self.columns(right)))
        row, column, text = self.printer.product("l", "r", self.size)
        rows, columns = (row, self.columns(left, row)), (column, self.columns(right, column))
        if self.size * self.printer.vectors.width_of(left) <= MOST_IN_CACHE:
            return Gradients(text, rows, columns)
        self.before[f"S{n}"] = f"S{n} = [[{text}{loop([columns])}]{loop([rows])}]"
        return Gradients("g", ("g", "g_row"), ("g_row", f"zip(*S{n})"))

    def gradients(self, n: int) -> "Gradients":
        """Return the Gradients of a parameter, which are known already if they are clipped."""
        if not self.clips:
            return self.sums(n)  # type: ignore[no-any-return]
        if self.recording.parameters[n].flat:
            return Gradients("g", ("g", f"G{n}"))
        return Gradients("g", ("g", "g_row"), ("g_row", f"G{n}"))

    def of(self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that replace a parameter and its state."""
        if n in self.printer.gathered:
            return self.gathered_update(n).replacement(outputs, names)
        gradients = self.gradients(n)
        if len(outputs) == 1:
            return self.replacement(self.printer.name_of(n), outputs["w"], names, gradients)
        kept = dict({f"s{k}": f"M{n}_{k}" for k in self.memory}, w=self.printer.name_of(n))
        if not gradients.columns:
            return [self.in_place(outputs, names, kept, gradients)]
        call = self.in_place(outputs, names, {name: f"{name}_row" for name in kept}, gradients)
        columns = [(f"{name}_row", whole) for name, whole in kept.items()]
        return [f"{loop([*columns, gradients.column])[1:]}:", f"    {call}"]

    def replacement(
        self, name: str, new: "Any", names: "Dict[int, str]", gradients: "Gradients"
    ) -> "List[str]":
        """Return the statements that replace a parameter if the optimizer has no memory."""
        text, rows = gradients.text, [gradients.rows]
        if not gradients.columns:
            return [f"{name} = {self.row(new, names, {'w': name}, text, rows)}"]
        column = f"{name}[j]"
        if gradients.terms:
            row = self.new_column(new, names, column, gradients)
        else:
            row = self.row(new, names, {"w": column}, text, rows)
        targets, source = gradients.column
        return [f"for j, {targets} in enumerate({source}):", f"    {column} = {row}"]

    def gathered_update(self, n: int) -> "GatheredUpdate":
        from .gathered_updates import GatheredUpdate  # Imported here, because few steps need it.

        return GatheredUpdate(self, n)

    def columns(self, name: str, target: str = "") -> str:
        """Return the name of the transpose of a vector's rows; ``target`` is that of its loop."""
        rows = transposed(name.upper(), target)
        if name not in self.before or rows.startswith("list(map"):
            self.before[name] = f"T{name} = {rows}"
        return f"T{name}"
