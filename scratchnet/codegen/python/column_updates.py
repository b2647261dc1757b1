"""The update of the numbers of a column, or of a row, from the old ones and their gradients.

If the optimizer has no memory, the gradient and the new weight of each number are one expression,
and the column is a comprehension. Otherwise, a function changes the column in place, number by
number (column_functions.py).
"""

from ...core.functions import kernel
from ...scalars.operations import PRODUCT
from ...scalars.symbolic import Undecided
from ..program import reachable
from ..record.vectors import inputs_of
from .expressions import indented, loop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..record.recording import TrainingStep
    from .column_functions import Gradients
    from .stages import Stages


class ColumnUpdates:
    """What the updates of all parameters have in common.

    ``memory``   the indices of what the optimizer remembers about each weight
    ``clips``    whether the gradients are clipped, so that all are known before the first update
    """

    def __init__(self, printer: "Stages", recording: "TrainingStep") -> None:
        self.printer = printer
        self.recording = recording
        self.memory = range(self.recording.optimizer.memory)
        self.clips = self.recording.optimizer.clip_norm is not None

    def sum_in(self, g: "Any") -> "Any":
        """Return the sum over the samples in a gradient, which may have a penalty, too."""
        products = [v for v in inputs_of([g]) if self.is_gradient(v)]
        return products[0] if products else g

    def is_gradient(self, node: "Any") -> bool:
        return node.name in self.recording.grids and node.name[0] == "g"

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
        code, found = self.printer.code([output], names, False)
        if found:
            raise Undecided("an update depends on more than the weight, its gradient and its state")
        used = [name for key, name in names.items() if code.uses.get(key)]
        pairs = [(name, sources[name]) for name in used if name in sources]
        clauses = self.printer.named(code, "g", gradient) if gradient else []
        clauses += self.printer.clauses(code)
        text = code.text(code.outputs[0])
        self.printer.calls.functions.update(code.functions)
        return f"[{text}{loop(pairs + list(rows))}{''.join(clauses)}]"

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
        return self.printer.functions.call("new_column", given, lines, gradients.terms)

    def coefficient(self, new: "Any", names: "Dict[int, str]") -> str:
        """Return the expression of a if the new weight is w - a·g, else an empty string."""
        if new.operation != "subtract":
            return ""
        w, step = new.operands
        named = [names.get(id(v), "") for v in (w,) + step.operands]
        if step.operation != "multiply" or named not in (["w", "", "g"], ["w", "g", ""]):
            return ""
        factor = step.operands[named.index("") - 1]
        code, found = self.printer.code([factor], {}, False)
        text = code.text(code.outputs[0], PRODUCT)
        return "" if found or code.statements() or code.functions else text

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
        return self.printer.functions.call("change_column", given, lines, gradients.terms)

    def element(
        self, outputs: "Dict[str, Any]", names: "Dict[int, str]", gradient: str
    ) -> "List[str]":
        """Return the statements that change the numbers at place k of a column.

        ``outputs``    the new numbers, by the names of their rows without "_row"
        ``gradient``   the expression of the gradient
        """
        nodes = {n: v + self.recording.number(0, kind="absent") for n, v in outputs.items()}
        code, found = self.printer.code(list(nodes.values()), names, False)
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
        self.printer.calls.functions.update(code.functions)
        return lines
