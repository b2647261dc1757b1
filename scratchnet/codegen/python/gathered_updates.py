"""The updates of the parameters that multiply mostly-zero samples; see gather.py.

The gradient of each row is computed from the samples in which its input is non-zero. The statements
depend on how many these are. If the optimizer has no memory, they also compute the new weights.
Otherwise, a function changes the row in place (column_functions.py).
"""

from .column_functions import Gradients
from .expressions import indented, loop
from .gather import ONES, cases, stays_without_gradient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from .column_updates import ColumnUpdates

    Loop = List[Tuple[str, str]]  # targets and sources


class GatheredUpdate:
    """The statements for the parameter with the index ``n``."""

    def __init__(self, updates: "ColumnUpdates", n: int) -> None:
        self.updates = updates
        self.printer = updates.printer
        self.n = n
        self.parameter = updates.recording.parameters[n]

    def replacement(self, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that replace the parameter and its state."""
        clips = self.updates.clips
        if len(outputs) == 1:
            return (self.clipped if clips else self.without_memory)(outputs["w"], names)
        kept = dict({f"s{k}": f"M{self.n}_{k}" for k in self.updates.memory}, w=f"W{self.n}")
        gradients = Gradients("g", ("g", "g_row"), ("g_row", f"G{self.n}"))
        given = gradients.column if clips else ("x_column", "zip(*X)")
        lines = [] if clips else self.gradient_of_row(self.sum(), names, "g_row = {}")
        row = {name: f"{name}_row" for name in kept}
        lines.append(self.updates.in_place(outputs, names, row, gradients))
        rows = [(f"{name}_row", whole) for name, whole in kept.items()]
        return [f"{loop([*rows, given])[1:]}:", *indented(lines)]

    def clipped(self, new: "Any", names: "Dict[int, str]") -> "List[str]":
        row = self.updates.row(new, names, {"w": "w_row", "g": "g_row"})
        given = loop([("w_row", f"W{self.n}"), ("g_row", f"G{self.n}")])
        return [f"W{self.n} = [{row}{given}]"]

    def sum(self) -> "Any":
        """Return the sum over the samples in the first number of the gradient."""
        return self.updates.sum_in(self.parameter.gradient_rows[0][0])

    def without_memory(self, new: "Any", names: "Dict[int, str]") -> "List[str]":
        stays = stays_without_gradient(new, names)
        otherwise = "w_row" if stays else self.row(new, names, "g", [("g", f"Z{self.n}")])
        lines = self.by_samples(
            lambda text, rows: f"w_all.append({self.row(new, names, text, rows)})",
            f"w_all.append({otherwise})",
        )
        head = f"{loop([('w_row', f'W{self.n}'), ('x_column', 'zip(*X)')])[1:]}:"
        return ["w_all = []", head, *indented(lines), f"W{self.n} = w_all"]

    def gradient(self, output: "Any", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that compute the gradient, which may have a penalty, too."""
        given = [("x_column", "zip(*X)")]
        if output is not self.sum():
            given.insert(0, ("w_row", f"W{self.n}"))
        lines = self.gradient_of_row(output, names, f"G{self.n}.append({{}})")
        return [f"G{self.n} = []", f"{loop(given)[1:]}:", *indented(lines)]

    def gradient_of_row(
        self, output: "Any", names: "Dict[int, str]", statement: str
    ) -> "List[str]":
        """Return the statements for the gradient of a row, which the last of them takes."""
        otherwise = f"Z{self.n}"
        if output is not self.sum():
            otherwise = self.row(output, names, "g", [("g", otherwise)])
        return self.by_samples(
            lambda text, rows: statement.format(self.row(output, names, text, rows)),
            statement.format(otherwise),
        )

    def row(self, output: "Any", names: "Dict[int, str]", text: str, rows: "Loop") -> str:
        return self.updates.row(output, names, {"w": "w_row"}, text, rows)

    def by_samples(self, statement: "Callable[[str, Loop], str]", otherwise: str) -> "List[str]":
        """Return the statements for a row.

        ``statement``   returns that for the expression of a gradient and the loop over the samples
        ``otherwise``   the statement if the input is 0 in all samples
        """
        _, right = self.printer.vectors.updates[self.n]
        gather = self.printer.gather
        long = self.printer.total("r") if gather == ONES else self.printer.dot("nonzero", "r")
        lines = ["nonzero = tuple(filter(None, x_column))"]
        lines.append(f"rows = compress({right.upper()}, x_column)")
        for case in cases(gather, long):
            lines.append(case.condition)
            lines += indented([*case.before, statement(case.text, case.rows)])
        return [*lines, "else:", f"    {otherwise}"]
