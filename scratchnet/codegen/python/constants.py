"""Constants in a Python module: literals, rows and tables, before the function that needs them.

The module for devices writes them in its own way: it keeps them as bytes (module.py).
"""

from ..statements import Speller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Sequence

    from ..loop_parts import Table

WIDEST = 96  # columns of a line


class Constants(Speller):
    """Writes the constants of a module.

    ``constants``      those of the current function that are not written where they are used
    ``has_infinity``   whether the module needs a name for infinity
    """

    def __init__(self) -> None:
        Speller.__init__(self)
        self.constants: "List[float]" = []
        self.has_infinity = False

    def constant(self, value: float) -> str:
        """Return the expression of a constant."""
        if value - value == 0:
            return self.finite(value)
        self.has_infinity = True
        return "NAN" if value != value else "INFINITY" if value > 0 else "-INFINITY"

    def finite(self, value: float) -> str:
        return repr(value)

    def numbers(self, values: "Sequence[float]", margin: int = 0) -> str:
        """Return the expression of a row of constants."""
        return bracketed([self.constant(value) for value in values], margin)

    def rows(self, rows: "Sequence[Sequence[float]]", margin: int, brackets: str) -> str:
        """Return the expression of a list or a tuple of rows."""
        space = " " * margin
        lines = [f"{space}    {self.numbers(row, margin + 4)},\n" for row in rows]
        return brackets[0] + "\n" + "".join(lines) + space + brackets[1]

    def table(self, table: "Table") -> str:
        """Return the definition of a table."""
        values, n = table.values, table.shape[-1]
        if len(table.shape) == 1:
            return f"{table.name} = {self.numbers(values)}\n"
        rows = [values[k : k + n] for k in range(0, len(values), n)]
        return f"{table.name} = {self.rows(rows, 0, '()')}\n"

    def with_constants(self, name: str, head: str, lines: "List[str]") -> str:
        """Return a function, after the definition of the constants that its lines need."""
        constants, self.constants = self.constants, []
        if not constants:
            return head + indented(lines)
        definition = f"{name} = {self.numbers(constants)}\n\n\n"
        return definition + head + indented([f"c = {name}"] + lines)


def bracketed(texts: "List[str]", margin: int = 0) -> str:
    """Return a tuple of these expressions, in as many lines as it needs."""
    lines = filled([f"{text}, " for text in texts], WIDEST - margin - 5)
    if len(lines) == 1:
        return f"({lines[0].rstrip() if len(texts) == 1 else lines[0].rstrip(', ')})"
    space = "\n" + " " * (margin + 4)
    return "(" + space + space.join([line.rstrip() for line in lines]) + space[:-4] + ")"


def filled(texts: "Sequence[str]", width: int) -> "List[str]":
    """Return the texts, one after another, in lines of about this width."""
    lines = [""]
    for text in texts:
        if len(lines[-1]) + len(text) > width and lines[-1]:
            lines.append("")
        lines[-1] += text
    return lines


def indented(lines: "List[str]") -> str:
    return "".join([f"    {line}\n" for line in lines])
