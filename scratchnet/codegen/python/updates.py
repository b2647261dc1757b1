"""The updates of a training step as loops over the columns of the parameters.

If the optimizer has no memory, the gradient and the new weight of each number are one expression,
and a column is a comprehension. Otherwise, a function changes a column in place, number by number
(column_functions.py).
"""

from ...core.functions import kernel
from ...core.layer import Parameter
from ...scalars.operations import PRODUCT
from ...scalars.symbolic import Undecided
from ..program import reachable
from ..rescaled import rescaled
from .column_functions import Gradients
from .expressions import indented, loop
from .gathered_updates import GatheredUpdate
from .printer import Code
from .vectors import inputs_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from .fused import Fused

    Loop = List[Tuple[str, str]]  # targets and sources


# More inputs of a layer for a batch than this do not fit into the cache of the processor. Then the
# gradients are computed row by row, so that each input is read once.
MOST_IN_CACHE = 32000


class Updates:
    """The statements that update all parameters that learn, and the memory of the optimizer.

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
        known = g if self.clips else self.sum_in(g)
        names = {id(v): v.name for v in state}
        names.update({id(w): "w", id(known): "g"})
        results = [*memory, new]
        if kernel() != "portable":
            results = rescaled(results, known=[known])
        return dict(zip([*[v.name for v in state], "w"], results)), names

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
        found, is_flat = self.sums(n), self.recording.parameters[n].flat
        name = self.fused.name_of(n)
        row = self.row(g, names, {"w": name if is_flat else "w_row"}, found.text, [found.rows])
        if not is_flat:
            row = f"[{row}{loop([('w_row', name), found.columns])}]"
        return [f"G{n} = {row}"]

    def squares(self) -> "List[str]":
        """Return the statements that add the squares of all gradients."""
        rows = [
            f"[G{n}]" if p.flat else f"G{n}" if n in self.fused.gathered else f"zip(*G{n})"
            for n, p in self.parameters
        ]
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

    def sums(self, n: int) -> "Any":
        """Return the Gradients of a parameter, summed over the samples."""
        left, right = self.fused.vectors.updates[n]
        if not left:
            return Gradients(self.fused.total("r"), ("r", self.columns(right)))
        row, column, text = self.fused.product("l", "r", self.fused.size)
        rows, columns = (row, self.columns(left)), (column, self.columns(right))
        if self.fused.size * self.fused.vectors.width_of(left) <= MOST_IN_CACHE:
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
        if n in self.fused.gathered:
            return GatheredUpdate(self, n).replacement(outputs, names)
        gradients = self.gradients(n)
        if len(outputs) == 1:
            return self.replacement(self.fused.name_of(n), outputs["w"], names, gradients)
        kept = dict({f"s{k}": f"M{n}_{k}" for k in self.fused.memory}, w=self.fused.name_of(n))
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

    def new_column(
        self, new: "Any", names: "Dict[int, str]", column: str, gradients: "Gradients"
    ) -> str:
        """Return the call of a function that returns the new numbers of a column."""
        given = dict({"w_row": column}, **gradients.given)
        factor = self.coefficient(new, names)
        if factor and kernel() != "portable":
            # The factor multiplies one number per sample instead of one per weight.
            given["r"] = f"[{factor} * v for v in r]"
            names = dict(names)
            names[id(new.operands[1])] = "g"
        row = self.row(new, names, {"w": "w_row"}, gradients.element, [gradients.loop])
        lines = [*gradients.head, f"return {row}"]
        return self.fused.functions.call("new_column", given, lines, gradients.terms)

    def in_place(
        self,
        outputs: "Dict[str, Any]",
        names: "Dict[int, str]",
        kept: "Dict[str, str]",
        gradients: "Gradients",
    ) -> str:
        """Return the call of a function that changes numbers in place.

        ``kept``   the lists of the numbers, by the names of the numbers
        """
        targets, source = gradients.loop
        body = self.element(outputs, names, gradients.element)
        lines = [*gradients.head, f"for k, {targets} in enumerate({source}):", *indented(body)]
        given = dict({f"{name}_row": whole for name, whole in kept.items()}, **gradients.given)
        return self.fused.functions.call("change_column", given, lines, gradients.terms)

    def element(
        self, outputs: "Dict[str, Any]", names: "Dict[int, str]", gradient: str
    ) -> "List[str]":
        """Return the statements that change the numbers at place k of a column.

        ``outputs``    the new numbers, by the names of their rows without "_row"
        ``gradient``   the expression of the gradient
        """
        nodes = {n: v + self.recording.number(0, kind="absent") for n, v in outputs.items()}
        code, found = self.fused.code(list(nodes.values()), names, False)
        if found:
            raise Undecided("an update depends on more than the weight, its gradient and its state")
        lines = []
        for key, name in names.items():
            source = gradient if name == "g" else f"{name}_row[k]"
            uses = code.uses.get(key, 0)
            # An old number is read where it is used, unless it may have been replaced before.
            is_old = name not in outputs or key in map(id, reachable([outputs[name]]))
            if uses == 1 and is_old:
                code.names[key] = source
            elif uses and source != name:
                lines.append(f"{name} = {source}")
        lines += code.statements()
        for name, node in nodes.items():
            text = code.text(code.same[id(node)])
            places = [n for n, line in enumerate(lines) if line.startswith(f"{text} = ")]
            if places:
                lines[places[-1]] = f"{name}_row[k] = {lines[places[-1]]}"
            else:
                lines.append(f"{name}_row[k] = {text}")
        self.fused.calls.functions.update(code.functions)
        return lines

    def coefficient(self, new: "Any", names: "Dict[int, str]") -> str:
        """Return the expression of a if the new weight is w - a·g, else an empty string."""
        if new.operation != "subtract":
            return ""
        w, step = new.operands
        named = [names.get(id(v), "") for v in (w,) + step.operands]
        if step.operation != "multiply" or named not in (["w", "", "g"], ["w", "g", ""]):
            return ""
        factor = step.operands[named.index("") - 1]
        code, found = self.fused.code([factor], {}, False)
        text = code.text(code.outputs[0], PRODUCT)
        return "" if found or code.statements() or code.functions else text

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
