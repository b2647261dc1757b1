"""A network as stages, found in the record of symbolic numbers; no layer is known by name.

Every unit of a stage computes one function of a weighted sum: f(Σ weight·number + constant), over
inputs of the network and units of earlier stages. The function is any part of the record that
depends on the sum alone, such as an activation. What scales and shifts (a normalization before a
sum, a scale after a function) becomes part of the weights.

>>> from scratchnet.scalars import Symbolic
>>> x = [Symbolic(name="x0"), Symbolic(name="x1")]
>>> z = Symbolic.dot(x, [2, 3]) + 1
>>> stage, = stages_of([x, [z * z]])
>>> stage[0].form.coefficients.values(), stage[0].form.constant, stage[0].function([1.0, 3.0])
(dict_values([2.0, 3.0]), 1.0, [1.0, 9.0])
"""

from ...scalars.operations import OPERATIONS, PRIMITIVES
from ..program import Printer, reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ...scalars import Symbolic

    Row = List[Symbolic]


# What a number that depends on several others is called in messages.
NOUNS = {"multiply": "a product", "dot": "a product", "divide": "a quotient", "where": "a choice"}


class NoStage(Exception):
    """An error: a number is not a function of one weighted sum.

    ``row``   the index of the row whose numbers need it
    """

    def __init__(self, what: str, row: int) -> None:
        Exception.__init__(self, what)
        self.row = row


class Form:
    """A weighted sum: Σ coefficient·number + constant.

    ``coefficients``   {id of a number: its coefficient}
    ``is_whole``       whether it is a sum of several that a layer returns; such a sum is stored
                       before another sum uses it, so that matrices are not multiplied out
    """

    def __init__(
        self, coefficients: "Dict[int, float]", constant: float, is_whole: bool = False
    ) -> None:
        self.coefficients, self.constant, self.is_whole = coefficients, constant, is_whole


class Function:
    """The part of a record between a number and a result that depends on it alone.

    ``key``   equal for functions that compute the same
    """

    def __init__(self, source: "Symbolic", result: "Symbolic") -> None:
        self.steps: "List[Tuple[Any, Tuple[int, ...]]]" = []
        places = {id(source): 0}  # {id of a number: its column; 0 is that of the source}
        waiting = [result]
        while waiting:
            node = waiting[-1]
            first = [operand for operand in node.operands if id(operand) not in places][:1]
            if first:
                waiting += first
            else:
                waiting.pop()
                operands = tuple([places[id(operand)] for operand in node.operands])
                self.steps.append((node.operation or node.value, operands))
                places[id(node)] = len(self.steps)
        self.key = tuple([(step[0] if step[1] else repr(step[0]), step[1]) for step in self.steps])

    def __call__(self, values: "List[float]") -> "List[float]":
        """Return the results for these values of the source."""
        columns: "List[Any]" = [values]
        for step, operands in self.steps:
            if operands:
                operation = PRIMITIVES[step] if step in PRIMITIVES else OPERATIONS[step]
                given = zip(*[columns[k] for k in operands])
                columns.append([operation.function(*numbers) for numbers in given])
            else:
                columns.append([step] * len(values))
        return columns[-1]  # type: ignore[no-any-return]


class Unit:
    """A number of a stage: a weighted sum, and the function of it; None means the sum itself."""

    def __init__(self, node: "Symbolic", form: "Form", function: "Optional[Function]") -> None:
        self.node, self.form, self.function = node, form, function


class Finder:
    """Finds the stages of some rows: the inputs of a network and the output of each layer."""

    def __init__(self, rows: "List[Row]") -> None:
        same = Printer([v for row in rows for v in row]).same
        self.rows = [[same[id(node)] for node in row] for row in rows]
        self.stored = {id(node): node for node in self.rows[0]}
        self.returned = {id(node) for row in self.rows for node in row}

    def stages(self) -> "List[List[Unit]]":
        """Return the stages; the last one computes the last row."""
        found: "List[List[Unit]]" = []
        while True:
            self.analyze()
            missing = self.missing()
            if not missing:
                return found + [[self.unit(node) for node in self.rows[-1]]]
            found.append([self.unit(node) for node in missing])
            self.stored.update({id(node): node for node in missing})

    def unit(self, node: "Symbolic") -> "Unit":
        if id(node) in self.forms:
            return Unit(node, self.forms[id(node)], None)
        source = self.source(node)
        if source is None:  # It depends on no input, but is not a constant: 1/0.
            raise self.refusal(node)
        return Unit(node, self.forms[id(source)], Function(source, node))

    # ---- what is known of each number ------------------------------------------------------------

    def analyze(self) -> None:
        """Find the form of each number, if it has one, and the number that it depends on.

        ``forms``   {id: its weighted sum of stored numbers}
        ``before``  {id: the last number that everything passes on its way from the stored numbers
                    to this one; None if there is none}
        ``depth``   {id: how many such numbers lie before it}; constants are not in it
        """
        self.forms: "Dict[int, Form]" = {}
        self.before: "Dict[int, Optional[Symbolic]]" = {}
        self.depth: "Dict[int, int]" = {}
        for node in reachable(self.rows[-1], self.stored):
            form = self.form(node)
            if form is not None:
                self.forms[id(node)] = form
            if id(node) in self.stored:
                self.before[id(node)], self.depth[id(node)] = None, 0
            elif self.varying(node):
                last = self.meeting(self.varying(node))
                self.before[id(node)] = last
                self.depth[id(node)] = 0 if last is None else self.depth[id(last)] + 1

    def varying(self, node: "Symbolic") -> "Row":
        """Return the different operands that depend on stored numbers."""
        operands = {id(v): v for v in node.operands if id(v) in self.depth}
        return list(operands.values())

    def meeting(self, nodes: "Row") -> "Optional[Symbolic]":
        """Return the last number that everything passes on its way to all of these."""
        meeting: "Optional[Symbolic]" = nodes[0]
        for node in nodes[1:]:
            other: "Optional[Symbolic]" = node
            while meeting is not other:
                if meeting is None or other is None:
                    return None
                if self.depth[id(meeting)] >= self.depth[id(other)]:
                    meeting = self.before[id(meeting)]
                else:
                    other = self.before[id(other)]
        return meeting

    def form(self, node: "Symbolic") -> "Optional[Form]":
        """Return the weighted sum of stored numbers that a number is, or None."""
        if id(node) in self.stored:
            return Form({id(node): 1.0}, 0.0)
        if node.is_constant:
            return Form({}, node.value or 0.0)
        terms = self.terms(node)
        forms = [(c, self.forms.get(id(v))) for c, v in terms]
        if not terms or not all([form for _, form in forms]):
            return None
        total = Form({}, 0.0)
        several = len([1 for _, form in forms if form and form.coefficients]) > 1
        for c, form in forms:
            assert form is not None
            if several and form.is_whole:
                return None
            total.is_whole = total.is_whole or form.is_whole
            total.constant += c * form.constant
            for key, coefficient in form.coefficients.items():
                total.coefficients[key] = total.coefficients.get(key, 0.0) + c * coefficient
        if id(node) in self.returned and len(total.coefficients) > 1:
            total.is_whole = True
        return total

    def terms(self, node: "Symbolic") -> "List[Tuple[float, Symbolic]]":
        """Return the coefficient and the number of each term of a sum; else an empty list."""
        name, operands = node.operation, node.operands
        if name == "total":
            return [(1.0, v) for v in operands]
        if name == "negate":
            return [(-1.0, operands[0])]
        if name in ("add", "subtract"):
            return [(1.0, operands[0]), (1.0 if name == "add" else -1.0, operands[1])]
        if name == "divide" and operands[1].value:
            return [(1 / operands[1].value, operands[0])]
        if name not in ("multiply", "dot"):
            return []
        found = []
        for a, b in zip(operands[::2], operands[1::2]):
            if b.is_constant:
                found.append((b.value or 0.0, a))
            elif a.is_constant:
                found.append((a.value or 0.0, b))
            else:
                return []
        return found

    # ---- what must be stored ---------------------------------------------------------------------

    def source(self, node: "Symbolic") -> "Optional[Symbolic]":
        """Return the weighted sum that a number is a function of, or None."""
        last = self.before.get(id(node))
        while last is not None and id(last) not in self.forms:
            last = self.before[id(last)]
        return last

    def missing(self) -> "Row":
        """Return the numbers to store before the last row can be computed, in order."""
        waiting = [v for v in self.rows[-1] if id(v) not in self.forms and self.source(v) is None]
        found: "Dict[int, Symbolic]" = {}
        seen = set()
        while waiting:
            node = waiting.pop(0)
            if id(node) in seen:
                continue
            seen.add(id(node))
            last = self.before.get(id(node))
            inner = self.varying(node) if self.terms(node) else []
            if id(node) in self.forms:
                if self.forms[id(node)].is_whole:
                    found[id(node)] = node
            elif len(inner) == 1:  # What scales and shifts it becomes part of the weights.
                waiting[:0] = inner
            elif self.source(node) is not None:
                found[id(node)] = node
            elif last is not None:
                waiting[:0] = [last]
            elif inner:
                waiting[:0] = inner
            else:
                raise self.refusal(node)
        return list(found.values())

    def refusal(self, node: "Symbolic") -> "NoStage":
        return NoStage(NOUNS.get(node.operation, "a function"), row_of(node, self.rows))


def row_of(node: "Symbolic", rows: "List[Row]") -> int:
    """Return the index of the first row that needs a number."""
    return [id(node) in set(map(id, reachable(row))) for row in rows].index(True)


def stages_of(rows: "List[Row]") -> "List[List[Unit]]":
    """Return the stages of a network, given its inputs and the output of each layer.

    If a number is not a function of one weighted sum, raise NoStage.
    """
    return Finder(rows).stages()
