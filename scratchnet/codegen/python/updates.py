"""The updates of a training step as loops over the columns of the parameters.

Without memory of the optimizer, the gradient and the new weight of each number are one expression.
With memory, each column of gradients, of new memory and of new weights is a comprehension.
"""

from ...scalars.symbolic import Undecided
from .vectors import inputs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from .fused import Fused

    Loop = List[Tuple[str, str]]  # targets and sources


class Updates:
    """The statements that replace all parameters that learn, and what the optimizer keeps.

    The new value of each number is computed by the optimizer's rule from ``w``, its gradient ``g``
    and its state ``s0``, ``s1``, ...
    """

    def __init__(self, fused: "Fused") -> None:
        self.fused = fused
        self.recording = fused.recording
        self.transposed: "Dict[str, str]" = {}  # statements that transpose vectors
        changes = {n: self.change(n) for n in fused.changing}
        lines = [line for n, (outputs, names) in changes.items() for line in self.of(n, outputs, names)]
        self.lines = list(self.transposed.values()) + lines

    def change(self, n: int) -> "Tuple[Dict[str, Any], Dict[int, str]]":
        """Return the new values of the first weight and of its state, and the names of the old."""
        p, optimizer = self.recording.parameters[n], self.recording.optimizer
        if optimizer.clip_norm is not None:
            raise Undecided("the norm of all gradients is needed before the first update")
        self.check_gradient(p)
        state = tuple([self.recording.number(name=f"s{k}") for k in self.fused.memory])
        w, g = p.rows[0][0], p.gradient_rows[0][0]
        new, memory = optimizer.update(w, g, state, None)
        products = [v for v in inputs_of([g]) if self.is_gradient(v)]
        names = {id(v): v.name for v in state}
        names.update({id(w): "w", id((products or [g])[0]): "g"})
        return dict({f"s{k}": v for k, v in enumerate(memory)}, w=new), names

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

    def of(self, n: int, outputs: "Dict[str, Any]", names: "Dict[int, str]") -> "List[str]":
        """Return the statements that replace a parameter and its state."""
        left, right = self.fused.vectors.updates[n]
        kept = dict({f"s{k}": f"M{n}_{k}" for k in self.fused.memory}, w=self.fused.name_of(n))
        columns = "r", self.columns(right)
        text, rows = self.fused.total("r"), [columns]
        if left:
            l, r, text = self.fused.product("l", "r", self.fused.size)
            columns = r, columns[1]
            rows = [(l, self.columns(left))]
        sources = {name: f"{name}_row" if left else kept[name] for name in outputs}
        given = [(sources[name], kept[name]) for name in outputs]
        if len(outputs) == 1:
            row = self.row(outputs["w"], names, sources, text, rows)
            body, new = [], {"w": row}
        else:
            body, new = self.with_memory(outputs, names, sources, f"[{text}{loop(rows)}]")
        if not left:
            return body + [f"{kept[name]} = {new[name]}" for name in outputs]
        if not body:
            return [f"{kept['w']} = [{new['w']}{loop(given + [columns])}]"]
        lines = [f"{name}_all = []" for name in outputs]
        body += [f"{name}_all.append({new[name]})" for name in outputs]
        lines += [f"{loop(given + [columns])[1:]}:"] + indented(body)
        return lines + [f"{kept[name]} = {name}_all" for name in outputs]

    def with_memory(
        self, outputs: "Dict[str, Any]", names: "Dict[int, str]", sources: "Any", gradients: str
    ) -> "Tuple[List[str], Dict[str, str]]":
        """Return the statements for a column, and the names of its new numbers."""
        names, sources = dict(names), dict(sources, g="g_row")
        lines = [f"g_row = {gradients}"]
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
        self.transposed[name] = f"T{name} = list(zip(*{name.upper()}))"
        return f"T{name}"


def loop(pairs: "Sequence[Tuple[str, str]]") -> str:
    """Return a loop over one sequence, or over several in step, for a comprehension."""
    if not pairs:
        return ""
    targets, sources = [target for target, _ in pairs], [source for _, source in pairs]
    if len(pairs) == 1:
        return f" for {targets[0]} in {sources[0]}"
    return f" for {', '.join(targets)} in zip({', '.join(sources)})"


def indented(lines: "Sequence[str]") -> "List[str]":
    return [f"    {line}" for line in lines]
