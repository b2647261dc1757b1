"""The updates of the parameters that multiply mostly-zero samples; see gather.py.

The gradient of each row is computed from the samples in which its input is non-zero. The statements
depend on how many these are. If the optimizer has no memory, they also compute the new weights.
Otherwise, the gradients and the memory are flat lists over all rows, because rows are short.
"""

from .expressions import indented, loop
from .gather import ONES, cases, stays_without_gradient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Tuple

    from .updates import Updates

    Loop = List[Tuple[str, str]]  # targets and sources


class GatheredUpdate:
    """The statements for the parameter with the index ``n``."""

    def __init__(self, updates: "Updates", n: int) -> None:
        self.updates = updates
        self.fused = updates.fused
        self.n = n
        self.parameter = updates.recording.parameters[n]

    def replacement(self, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that replace the parameter and its state."""
        if len(outputs) == 1 and not self.updates.clips:
            return self.without_memory(outputs["w"], names)
        n, (rows, columns) = self.n, self.parameter.shape
        lines = [] if self.updates.clips else self.gradient(self.sum(), names)
        sources = {f"s{k}": f"M{n}_{k}" for k in self.fused.memory}
        sources.update({"w": f"chain(*W{n})", "g": f"G{n}"})
        update, new = self.updates.with_memory(outputs, names, sources)
        lines += update + [f"M{n}_{k} = {new[f's{k}']}" for k in self.fused.memory]
        row = f"{new['w']}[i : i + {columns}]"
        return [*lines, f"W{n} = [{row} for i in range(0, {rows * columns}, {columns})]"]

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
        target, given = f"G{self.n}", [("x_column", "zip(*X)")]
        otherwise = f"Z{self.n}"
        if output is not self.sum():
            given.insert(0, ("w_row", f"W{self.n}"))
            otherwise = self.row(output, names, "g", [("g", otherwise)])
        lines = self.by_samples(
            lambda text, rows: f"{target} += {self.row(output, names, text, rows)}",
            f"{target} += {otherwise}",
        )
        return [f"{target} = []", f"{loop(given)[1:]}:", *indented(lines)]

    def row(self, output: "Any", names: "Dict[int, str]", text: str, rows: "Loop") -> str:
        return self.updates.row(output, names, {"w": "w_row"}, text, rows)

    def by_samples(self, statement: "Callable[[str, Loop], str]", otherwise: str) -> "List[str]":
        """Return the statements for a row.

        ``statement``   returns that for the expression of a gradient and the loop over the samples
        ``otherwise``   the statement if the input is 0 in all samples
        """
        _, right = self.fused.vectors.updates[self.n]
        gather = self.fused.gather
        long = self.fused.total("r") if gather == ONES else self.fused.dot("nonzero", "r")
        lines = ["nonzero = tuple(filter(None, x_column))"]
        lines.append(f"rows = compress({right.upper()}, x_column)")
        for case in cases(gather, long):
            lines.append(case.condition)
            lines += indented([*case.before, statement(case.text, case.rows)])
        return [*lines, "else:", f"    {otherwise}"]
