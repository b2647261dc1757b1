"""The program of a network, spelled in a language that has arrays, loops and functions.

A subclass of ``Speller`` says how the statements of loop_parts.py look; its printer, a subclass of
``Printer``, says how expressions look.
"""

from ..core.functions import ELEMENTARY
from . import loops
from .loop_parts import Assign, Element, Fill, Fold
from .loops import roll, size
from .portable import portable_functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

    from ..core.types import Row
    from ..scalars import Symbolic
    from .loop_parts import Index, Table
    from .loops import Loops
    from .program import Printer


class Speller:
    """The statements of a network, and the functions that they call.

    ``symbolic``   the number type of the record
    ``called``     the functions that are called, by their names in the record
    ``tables``     the tables that the statements read
    """

    symbolic: "Any"

    def __init__(self) -> None:
        self.called: "List[str]" = []
        self.tables: "List[Table]" = []
        self.variables = 0  # how many variables t0, t1, ... exist

    # ---- what a language spells ------------------------------------------------------------------

    def printer(
        self, outputs: "Sequence[Symbolic]", names: "Optional[Dict[int, str]]" = None
    ) -> "Printer":
        """Return the printer of these numbers, some of which have names."""
        raise NotImplementedError

    def array(self, name: str, length: int) -> str:
        """Return the statement that makes an array."""
        raise NotImplementedError

    def assignment(self, target: str, text: str) -> str:
        """Return the statement that assigns an expression to a variable or an Element."""
        raise NotImplementedError

    def loop(self, index: "Index", lines: "List[str]") -> "List[str]":
        """Return the loop over these lines."""
        raise NotImplementedError

    def written_out(self, inputs: "Row", outputs: "Row") -> "List[str]":
        """Return the statements that compute the outputs from the inputs, without loops."""
        raise NotImplementedError

    def function(self, name: str, value: "Symbolic") -> str:
        """Return the definition of the function with this value, for the number x."""
        raise NotImplementedError

    def is_portable(self, name: str) -> bool:
        """Return whether this function is written out; otherwise the library has it."""
        raise NotImplementedError

    # ---- statements ------------------------------------------------------------------------------

    def body(self, rows: "List[Row]") -> "List[str]":
        """Return the statements of a network, given its input and the output of each layer.

        The arrays "x" and "out" hold the inputs and the outputs.
        """
        if size(rows[-1]) <= loops.MOST_WRITTEN_OUT:
            return self.written_out(rows[0], rows[-1])
        found = roll(rows, "x", "out", "table", inner_first=False)
        self.tables = found.tables
        return self.looping(found, len(rows[-1]))

    def looping(self, found: "Loops", outputs: int) -> "List[str]":
        """Return the statements with loops, after the arrays that they fill."""
        arrays = dict(found.lengths, out=outputs)
        lines = [self.array(name, length) for name, length in arrays.items()]
        return lines + [line for part in found.statements for line in self.statement(part)]

    def statement(self, part: "Any") -> "List[str]":
        """Return the lines of one statement of loop_parts.py."""
        if isinstance(part, Assign):
            return self.assigned(part.name, part.value)
        if isinstance(part, Fold):
            return self.assigned(part.name, part.first) + self.repeated(part, part.name)
        if isinstance(part, Fill):
            return self.repeated(part, Element(part.name, part.index.terms))
        code = self.printer(part.values, part.names)
        lines = code.statements()
        for k, v in enumerate(code.outputs):
            lines.append(self.assignment(Element(part.name, [(k, "")]), code.text(v)))
        return lines

    def assigned(self, target: str, value: "Symbolic") -> "List[str]":
        """Return the statements that compute a value and assign it."""
        code = self.printer([value])
        return code.statements() + [self.assignment(target, code.text(code.outputs[0]))]

    def repeated(self, part: "Any", target: str) -> "List[str]":
        """Return the loop of a Fold or a Fill."""
        lines = [line for inner in part.body for line in self.statement(inner)]
        return self.loop(part.index, lines + self.assigned(target, part.value))

    # ---- functions -------------------------------------------------------------------------------

    def new_name(self) -> str:
        """Return the name of a new variable."""
        self.variables += 1
        return f"t{self.variables - 1}"

    def call(self, name: str) -> None:
        """Note that a function is called."""
        if name not in self.called:
            self.called.append(name)

    def functions(self) -> "Dict[str, str]":
        """Return the definitions of the portable functions that are called, by their names."""
        found = {}
        for name in self.called:  # A function appends those that it calls.
            if name in ELEMENTARY and self.is_portable(name):
                self.variables = 0
                x = self.symbolic(name="x")
                found[name] = self.function(name, portable_functions(self.symbolic)[name](x))
        return {name: found[name] for name in sorted(found)}
