"""The updates of a training step as loops over the columns of the parameters.

Without memory of the optimizer, the gradient and the new weight of each number are one expression.
With memory, each column of gradients, of new memory and of new weights is a comprehension.
"""

from ...core.layer import Parameter
from ...scalars.symbolic import Undecided
from ..program import reachable
from .expressions import indented, loop
from .gathered_updates import GatheredUpdate
from .printer import Code
from .vectors import inputs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from .fused import Fused

    Loop = List[Tuple[str, str]]  # targets and sources


# If the inputs of a layer for a batch are more numbers than this, they do not fit into a cache of
# the processor. Then the gradients are computed row by row, so that each input is read once.
MOST_IN_CACHE = 12000


class Updates:
    """The statements that replace all parameters that learn, and what the optimizer keeps.

    The new value of each number is computed by the optimizer's rule from ``w``, its gradient ``g``
    and its state ``s0``, ``s1``, ...
    """

    def __init__(self, fused: "Fused") -> None:
        self.fused = fused
        self.recording = fused.recording
        self.parameters = [(n, self.recording.parameters[n]) for n in fused.changing]
        self.clips = self.recording.optimizer.clip_norm is not None
        self.before: "Dict[str, str]" = {}  # statements that compute what several others need
        for _, p in self.parameters:
            self.check_gradient(p)
        lines = self.clipping() if self.clips else []
        for n, p in self.parameters:
            lines += self.of(n, *self.change(p))
        self.lines = list(self.before.values()) + lines

    def change(self, p: "Any") -> "Tuple[Dict[str, Any], Dict[int, str]]":
        """Return the new values of the first weight and of its state, and the names of the old."""
        state = tuple([self.recording.number(name=f"s{k}") for k in self.fused.memory])
        w, g = p.rows[0][0], p.gradient_rows[0][0]
        factor = self.recording.number(name="factor") if self.clips else None
        new, memory = self.recording.optimizer.update(w, g, state, factor)
        names = {id(v): v.name for v in state}
        names.update({id(w): "w", id(g if self.clips else self.sum_in(g)): "g"})
        return dict({f"s{k}": v for k, v in enumerate(memory)}, w=new), names

    def sum_in(self, g: "Any") -> "Any":
        """Return the sum over the samples in a gradient, which may have a penalty, too."""
        products = [v for v in inputs_of([g]) if self.is_gradient(v)]
        return products[0] if products else g

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
        self.fused.calls.functions.update(code.functions)
        return lines

    def gradient(self, n: int, g: "Any", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that compute the gradient of a parameter."""
        if n in self.fused.gathered:
            return GatheredUpdate(self, n).gradient(g, names)
        return [f"G{n} = {self.whole(n, g, names)}"]

    def squares(self) -> "List[str]":
        """Return the statements that add the squares of all gradients."""
        flat = [n for n, p in self.parameters if p.flat or n in self.fused.gathered]
        rows = [f"[G{n}]" if n in flat else f"zip(*G{n})" for n, _ in self.parameters]
        squares = f"[g * g for rows in ({', '.join(rows)},) for row in rows for g in row]"
        return [f"squares = {self.fused.total(squares)}"]

    def is_gradient(self, node: "Any") -> bool:
        return node.name in self.recording.grids and node.name[0] == "g"

    def check_gradient(self, p: "Any") -> None:
        """Raise an error unless all elements of a gradient are computed in the same way."""
        if p.flat or not isinstance(p.gradient, list):
            return
        first = p.gradient[0][0]
        for i, row in enumerate(p.gradient):
            for j, g in enumerate(row):
                if not self.fused.vectors.same(first, g, (i, j)):
                    raise Undecided(f"the elements of {p.name}.gradient are not computed alike")

    def sums(self, n: int) -> "Tuple[Tuple[str, str], Tuple[str, str], str]":
        """Return the loops over the columns and the rows of a gradient, and its elements."""
        left, right = self.fused.vectors.updates[n]
        if not left:
            loop_over = "r", self.columns(right)
            return loop_over, loop_over, self.fused.total("r")
        row, column, text = self.fused.product("l", "r", self.fused.size)
        rows, columns = (row, self.columns(left)), (column, self.columns(right))
        if self.fused.size * self.fused.vectors.width_of(left) <= MOST_IN_CACHE:
            return columns, rows, text
        self.before[f"S{n}"] = f"S{n} = [[{text}{loop([columns])}]{loop([rows])}]"
        return ("g_column", f"zip(*S{n})"), ("g", "g_column"), "g"

    def whole(self, n: int, output: "Any", names: "Dict[int, str]") -> str:
        """Return the expression of all numbers of a parameter, each computed like the first."""
        columns, rows, text = self.sums(n)
        name, is_flat = self.fused.name_of(n), self.recording.parameters[n].flat
        sources = {"w": name if is_flat else "w_row"}
        row = self.row(output, names, sources, text, [rows])
        return row if is_flat else f"[{row}{loop([('w_row', name), columns])}]"

    def of(self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that replace a parameter and its state."""
        if n in self.fused.gathered:
            return GatheredUpdate(self, n).replacement(outputs, names)
        kept = dict({f"s{k}": f"M{n}_{k}" for k in self.fused.memory}, w=self.fused.name_of(n))
        if len(outputs) == 1 and not self.clips:
            return [f"{kept['w']} = {self.whole(n, outputs['w'], names)}"]
        is_flat = self.recording.parameters[n].flat
        sources = {name: kept[name] if is_flat else f"{name}_row" for name in outputs}
        given = [(sources[name], kept[name]) for name in outputs]
        body = []
        if self.clips:
            sources["g"] = f"G{n}" if is_flat else "g_row"
            given.append(("g_row", f"G{n}"))
        else:
            columns, rows, text = self.sums(n)
            sources["g"] = "g_row"
            given.append(columns)
            body.append(f"g_row = [{text}{loop([rows])}]")
        lines, new = self.with_memory(outputs, names, sources)
        body += lines
        if is_flat:
            return body + [f"{kept[name]} = {new[name]}" for name in outputs]
        body += [f"{name}_all.append({new[name]})" for name in outputs]
        lines = [f"{name}_all = []" for name in outputs]
        lines += [f"{loop(given)[1:]}:"] + indented(body)
        return lines + [f"{kept[name]} = {name}_all" for name in outputs]

    def with_memory(
        self, outputs: "Dict[str, Any]", names: "Dict[int, str]", sources: "Dict[str, str]"
    ) -> "Tuple[List[str], Dict[str, str]]":
        """Return the statements for a column, and the names of its new numbers."""
        names, sources = dict(names), dict(sources)
        lines = []
        new = {}
        for name in sorted(outputs, key=lambda name: outputs[name].serial):
            new[name] = f"{name}_row_new"
            lines.append(f"{new[name]} = {self.row(outputs[name], names, sources)}")
            names.setdefault(id(outputs[name]), f"{name}_new")
            sources[f"{name}_new"] = new[name]
        return lines, new

    def row(
        self,
        output: "Any",
        names: "Dict[int, str]",
        sources: "Dict[str, str]",
        gradient: str = "",
        rows: "Sequence[Tuple[str, str]]" = (),
    ) -> str:
        """Return the comprehension of a column of new numbers.

        ``sources``   the column of each name
        ``gradient``  the text of a gradient that has no column, with the loop over ``rows``
        """
        code, found = self.fused.code([output], names, False)
        if found:
            raise Undecided("an update depends on more than the weight, its gradient and its state")
        used = [name for key, name in names.items() if code.uses.get(key)]
        pairs = [(name, sources[name]) for name in used if name in sources]
        clauses = self.fused.named(code, "g", gradient) if gradient else []
        clauses += self.fused.clauses(code)
        text = code.text(code.outputs[0])
        self.fused.calls.functions.update(code.functions)
        return f"[{text}{loop(pairs + list(rows))}{''.join(clauses)}]"

    def columns(self, name: str) -> str:
        """Return the name of the transpose of a vector's rows."""
        self.before[name] = f"T{name} = list(zip(*{name.upper()}))"
        return f"T{name}"
