"""A rule that does the same with every row, as a Python function.

Running the rule once on a row of symbolic numbers records what it does with every row. If it does
the same with each number of the row, the function is a loop over the row.

>>> from scratchnet.core.activations import Tanh
>>> print(Rule(lambda z: Tanh().forward([z])[0], ["z"], 3).of_numbers())
from math import tanh
<BLANKLINE>
<BLANKLINE>
def rule(z):
    return tanh(z)
<BLANKLINE>
"""

from ...scalars import Symbolic
from ..program import reachable
from .expressions import indented
from .printer import IS_PYPY, Code, function, listed, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Sequence

    from ...core.types import Row

# The widest row whose numbers are written out one by one. To find the largest number of a row, PyPy
# would compile one path for each order of the numbers, which takes longer from three numbers on.
WIDEST = 2 if IS_PYPY else 64


class Rule:
    """A record of what a rule does with one row of each of some matrices.

    ``rule``    a function from rows of symbolic numbers to a row of symbolic numbers
    ``names``   the names of the matrices
    """

    def __init__(self, rule: "Callable[..., Row]", names: "List[str]", width: int) -> None:
        rows = [[Symbolic(name=name, sample=j) for j in range(width)] for name in names]
        self.names = names
        self.outputs = rule(*rows)
        used = {node.name for node in reachable(self.outputs)}
        self.used = [name for name in names if name in used] or names[:1]
        self.each = len(self.outputs) == width and self.is_alike()
        if not self.each:
            if max(len(self.outputs), width) > WIDEST:
                raise ValueError("the row is too wide to be written out")
            for v in [v for row in rows for v in row]:
                v.name = f"{v.name}{v.sample}"
        self.rows = dict(zip(names, rows))
        self.code = Code(self.outputs[:1] if self.each else self.outputs)
        self.lines = self.code.statements()
        self.texts = [self.code.text(output) for output in self.code.outputs]

    def is_alike(self) -> bool:
        """Return whether each number is computed in the same way, from numbers at its own index."""
        first: "Any" = None
        for j, output in enumerate(self.outputs):
            if any([node.name and node.sample != j for node in reachable([output])]):
                return False
            code = Code([output])
            text = code.statements(), code.text(code.outputs[0])
            first = first or text
            if text != first:
                return False
        return True

    def of_numbers(self) -> str:
        """Return the source of a function of one number of each matrix."""
        return function_of(
            self.code, ", ".join(self.names), self.lines + [f"return {self.texts[0]}"]
        )

    def of_rows(self) -> str:
        """Return the source of a function of one row of each matrix."""
        if self.each:
            body = collect("row", self.lines, self.texts[0], self.used)
        else:
            body = [f"{self.unpack(name)} = {name}_row" for name in self.used] + self.lines
            body.append(f"row = [{', '.join(self.texts)}]")
        return function_of(
            self.code, ", ".join([f"{name}_row" for name in self.names]), body + ["return row"]
        )

    def of_matrices(self) -> str:
        """Return the source of a function of the matrices."""
        rows = [f"{name}_row" for name in self.used]
        if self.each and not self.lines and not IS_PYPY:
            inner, matrices = (
                _zip(self.used, self.used, "{}_row"),
                _zip(rows, self.used, "{}_rows"),
            )
            text = "return [[{} for {} in {}] for {} in {}]".format(
                self.texts[0], *(inner + matrices)
            )
            return function_of(
                self.code, ", ".join([f"{name}_rows" for name in self.names]), [text]
            )
        if self.each:
            each = collect("row", self.lines, self.texts[0], self.used)
            each, arriving = each + ["rows.append(row)"], rows
        else:
            each = self.lines + [f"rows.append([{', '.join(self.texts)}])"]
            arriving = [pattern([v.name for v in self.rows[name]]) for name in self.used]
        body = [
            "rows = []",
            "for {} in {}:".format(*_zip(arriving, self.used, "{}_rows")),
        ] + indented(each)
        return function_of(
            self.code, ", ".join([f"{name}_rows" for name in self.names]), body + ["return rows"]
        )

    def unpack(self, name: str) -> str:
        return listed([v.name for v in self.rows[name]])


def _zip(targets: "Sequence[str]", names: "Sequence[str]", form: str) -> "Any":
    """Return the target and the iterable of a loop over one sequence, or over several in step."""
    sources = [form.format(name) for name in names]
    if len(names) == 1:
        return targets[0], sources[0]
    return ", ".join(targets), f"zip({', '.join(sources)})"


def collect(name: str, lines: "List[str]", text: str, names: "List[str]") -> "List[str]":
    """Return statements that compute the list ``name``, one element per index of the named rows.

    ``lines`` and the expression ``text`` compute one element.
    """
    if IS_PYPY:  # PyPy stores floats unboxed in lists; zip would box each of them.
        each = [f"{v} = {v}_row[k]" for v in names] + lines + [f"{name}[k] = {text}"]
        return [f"{name} = list({names[0]}_row)", f"for k in range(len({name})):"] + indented(each)
    target, source = _zip(names, names, "{}_row")
    if not lines:
        return [f"{name} = [{text} for {target} in {source}]"]
    return [f"{name} = []", f"for {target} in {source}:"] + indented(
        lines + [f"{name}.append({text})"]
    )


def function_of(code: "Code", arguments: str, body: "List[str]") -> str:
    return function(code, f"rule({arguments})", body, guarded=True)
