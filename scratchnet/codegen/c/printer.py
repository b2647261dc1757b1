"""The record of symbolic numbers as C: C99, and also C++11."""

from ...scalars.operations import ATOM, COMPARISON, OPERATIONS, PRIMITIVES, SIGN
from ..program import Printer, shifted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterable, List, Optional, Sequence, Tuple

    from ...scalars import Symbolic
    from .unit import Unit


class CPrinter(Printer):
    """The statements of a unit that compute some outputs."""

    def __init__(
        self,
        unit: "Unit",
        outputs: "Sequence[Symbolic]",
        names: "Optional[Dict[int, str]]" = None,
    ) -> None:
        Printer.__init__(self, outputs, names)
        self.unit = unit
        self.arms = {id(v) for v in unit.named_arms(self.numbers)}
        self.shifted = {shifted(node) for node in self.numbers} - {None}
        self.count()

    def count(self) -> None:
        """Add the operations to the work of the unit.

        What only one arm of a choice needs counts as executed half of the time.
        """
        share: "Dict[int, float]" = {}
        for node in reversed(self.numbers):
            own = share.get(id(node), 1.0)
            self.unit.work.add_number(node, f"{self.unit.name}_table", own)
            for k, operand in enumerate(node.operands):
                if self.uses[id(operand)] == 1:
                    share[id(operand)] = own / 2 if node.operation == "where" and k else own
        used = [operand for node in self.numbers for operand in node.operands]
        self.unit.work.add("read", len({id(v) for v in used + self.outputs if id(v) in self.names}))
        self.unit.work.add("rounded", len(self.shifted))

    def statements(self, among: "Optional[Iterable[Symbolic]]" = None) -> "List[str]":
        lines: "List[str]" = []
        names: "Dict[str, str]" = {}
        for node in self.unit.read_before(self):
            text = self.text(node)
            if text not in names:
                names[text] = self.new_name()
                lines.append(f"const {self.unit.T} {names[text]} = {text};")
            self.names[id(node)] = names[text]
        return lines + Printer.statements(self, among)

    def needs_variable(self, node: "Symbolic") -> bool:
        return Printer.needs_variable(self, node) or id(node) in self.arms

    def new_name(self) -> str:
        self.unit.variables += 1
        return f"t{self.unit.variables - 1}"

    def constant(self, value: float) -> "Tuple[str, int]":
        text = self.unit.literal(value)
        return text, SIGN if text[0] in "-(" else ATOM

    def leaf(self, node: "Symbolic") -> "Tuple[str, int]":
        text, precedence = Printer.leaf(self, node)
        if node.name.startswith(f"{self.unit.name}_table"):
            text = self.unit.read(self.unit.T, text)
        return text, precedence

    def choice(self, condition: str, a: str, b: str) -> str:
        return f"{condition} ? {a} : {b}"

    def call(self, node: "Symbolic", arguments: "List[str]") -> str:
        return f"{self.unit.function_for(node)}({', '.join(arguments)})"

    def assignment(self, node: "Symbolic", name: str, parts: "List[str]") -> "List[str]":
        if _is_comparison(node):
            return [f"const int {name} = {parts[0]};"]
        constant = "const " * (len(parts) == 1)
        first = f"{constant}{self.unit.T} {name} = {parts[0]};"
        return [first] + [f"{name} = {name} + {part};" for part in parts[1:]]

    def operation(self, node: "Symbolic") -> "Tuple[str, int]":
        text, precedence = Printer.operation(self, node)
        if id(node) in self.shifted:
            return f"{self.unit.function('rounded')}({text})", ATOM
        return text, precedence


def _is_comparison(node: "Symbolic") -> bool:
    name = node.operation
    return name not in PRIMITIVES and OPERATIONS[name].precedence == COMPARISON


def indented(lines: "List[str]") -> str:
    return "".join([f"    {line}\n" for line in lines])
