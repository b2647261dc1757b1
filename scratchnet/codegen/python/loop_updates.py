"""The updates of a training step as loops with indices, for looped.py.

    for j ...: for k ...: the new weight k of column j, and what the optimizer keeps of it

The gradient of a column is a sum over the samples. In small batches of equal sizes, it is written
out in the expression of the new weight, which saves passes over the column.
"""

from .expressions import indented
from .updates import Updates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    # The statements before the loop over the columns, those in it, and an element of the gradient.
    Parts = Tuple[List[str], List[str], str]

MOST_WRITTEN_OUT = 10  # samples whose terms are added in one expression


class LoopUpdates(Updates):
    """The statements that change all parameters that learn, and what the optimizer keeps."""

    printer: "Any"  # a Looped

    def parts_of_product(self, n: int) -> "Parts":
        """Return the Parts of the gradient of a matrix."""
        left, right = [name.upper() for name in self.printer.vectors.updates[n]]
        if not 0 < self.size <= MOST_WRITTEN_OUT:
            self.printer.products_used.add("gradients")
            return [f"G = gradients({left}, {right})"], ["g_row = G[j]"], "g_row[k]"
        samples = range(self.size)
        before = assigned([(f"x{i}", f"{left}[{i}]") for i in samples])
        within = assigned([(f"d{i}", f"{right}[{i}][j]") for i in samples])
        return before, within, " + ".join([f"x{i}[k] * d{i}" for i in samples])

    def loop_over(
        self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]", gradient: str
    ) -> "List[str]":
        """Return the loop over a column, or over a flat parameter.

        ``outputs``    the new numbers, by the names of their rows without "_row"
        ``gradient``   the expression of an element of the gradient
        """
        body = self.element(outputs, names, f"({gradient})" if " " in gradient else gradient)
        shape = self.recording.parameters[n].shape
        return [f"for k in range({shape[0]}):"] + indented(body)

    def over_columns(
        self, n: int, rows: "Dict[str, str]", loop: "List[str]", parts: "Parts"
    ) -> "List[str]":
        """Return the loop over the columns of a parameter, for a loop over a column.

        ``rows``    the names of the matrices whose columns are read or changed, by those of columns
        ``parts``   those of the gradient
        """
        if self.recording.parameters[n].flat:
            return parts[0] + [f"{row} = {whole}" for row, whole in rows.items()] + loop
        columns = [f"{row} = {whole}[j]" for row, whole in rows.items()]
        body = columns + parts[1] + loop
        count = self.recording.parameters[n].shape[1]
        return parts[0] + [f"for j in range({count}):"] + indented(body)

    def sums(self, n: int) -> "Any":
        """Return the Parts of the gradient of a parameter."""
        left, right = self.printer.vectors.updates[n]
        if left:
            return self.parts_of_product(n)
        self.printer.products_used.add("sum_of_rows")
        return [f"g_row = sum_of_rows({right.upper()})"], [], "g_row[k]"

    def of(self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        rows = dict({f"s{k}_row": f"M{n}_{k}" for k in self.memory})
        rows["w_row"] = self.printer.name_of(n)
        parts: "Parts" = ([], [], "g_row[k]")
        if self.clips:
            rows["g_row"] = f"G{n}"
        else:
            parts = self.sums(n)
        loop = self.loop_over(n, outputs, names, parts[2])
        return self.over_columns(n, rows, loop, parts)

    def gradient(self, n: int, g: "Any", names: "Dict[int, str]") -> "List[str]":
        parameter = self.recording.parameters[n]
        parts: "Parts" = self.sums(n)
        loop = self.loop_over(n, {"new": g}, names, parts[2])
        rows = {"w_row": self.printer.name_of(n), "new_row": f"G{n}"}
        if parameter.flat:
            zeros = f"[0.0] * {parameter.shape[0]}"
        else:
            zeros = f"[[0.0] * {parameter.shape[0]} for _ in range({parameter.shape[1]})]"
        return [f"G{n} = {zeros}"] + self.over_columns(n, rows, loop, parts)

    def squares(self) -> "List[str]":
        lines = ["squares = -0.0"]
        for n, p in self.parameters:
            if p.flat:
                lines += [f"for g in G{n}:", "    squares = squares + g * g"]
                continue
            inner = [f"for j in range({p.shape[1]}):"]
            inner += indented([f"g = G{n}[j][i]", "squares = squares + g * g"])
            lines += [f"for i in range({p.shape[0]}):"] + indented(inner)
        return lines


def assigned(pairs: "List[Tuple[str, str]]") -> "List[str]":
    """Return statements that assign values to names, four in a line."""
    groups = [pairs[k : k + 4] for k in range(0, len(pairs), 4)]
    return [", ".join([n for n, _ in g]) + " = " + ", ".join([v for _, v in g]) for g in groups]
