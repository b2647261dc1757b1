"""Loops found in the record of symbolic numbers, in no language yet.

Numbers that are computed alike, each from the numbers at its own index, become one loop: the
template of its body is a symbolic number, too, whose inputs are elements of arrays such as
``v0[i1]``. Constants that differ from index to index become a table, in the order in which the
loops read it. No layer is known by name; what is not alike is written out number by number.

>>> from scratchnet.scalars import Symbolic
>>> x = [Symbolic(name="x") for _ in range(9)]
>>> outputs = [3 * v + k for k, v in enumerate(x)]
>>> loops = Loops("in", x, outputs)
>>> loops.store(outputs, "out")
>>> fill, = loops.statements
>>> fill.name, fill.index.name, fill.value.operands[1].name, loops.tables[0].values[:3]
('out', 'i0', 'table0[i0]', [0.0, 1.0, 2.0])
"""

from ..scalars.operations import COMPARISON, OPERATIONS
from .alike import NEUTRAL, NotAlike, ids_of, in_common
from .loop_parts import Assign, Element, Fill, Fold, Index, Nest, Spread, Table, element_at
from .program import Printer, choices, reachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..scalars import Symbolic

    Row = List[Symbolic]

# The most operations that are written out. In C on x86, smaller networks are up to twice as fast
# this way as with loops; larger ones are no faster, and four times as large.
MOST_WRITTEN_OUT = 256
FEWEST = 4  # the shortest sum or choice that becomes a loop


class Scope:
    """The loops around a template, and the statements before it within the innermost one."""

    def __init__(self, indices: "Tuple[Index, ...]", body: "List[Any]") -> None:
        self.indices, self.body = indices, body
        self.templates: "Dict[Tuple[int, ...], Symbolic]" = {}


class Loops:
    """The statements that compute rows of numbers from an array of inputs.

    ``statements``   Assign, Fold, Fill, Nest and Spread, in order
    ``tables``       the constants that they read
    ``lengths``      {name of an array that they fill, except the target: its length}

    If ``inner_first``, the first index of a table is that of the inner loop, so that neighboring
    sums read neighbors.
    """

    def __init__(
        self,
        name: str,
        inputs: "Row",
        outputs: "Row",
        table: str = "table",
        inner_first: bool = True,
    ) -> None:
        self.record = Printer(outputs)  # It keeps all numbers, so that their ids stay their own.
        self.neutral = {value: type(inputs[0])(value) for value in NEUTRAL.values()}
        self.statements: "List[Any]" = []
        self.tables: "List[Table]" = []
        self.lengths: "Dict[str, int]" = {}
        self.places: "Dict[int, Tuple[str, int]]" = {}  # {id of a number: its array and its index}
        self.rows: "Dict[Tuple[int, ...], str]" = {}  # {ids of the numbers of an array: its name}
        self.scalars: "Dict[int, str]" = {}  # {id of a number: its variable}
        self.table_of: "Dict[Any, Table]" = {}
        self.made: "Dict[str, int]" = {}
        self.table, self.inner_first = table, inner_first
        self.remember(name, inputs)

    def new_name(self, kind: str) -> str:
        self.made[kind] = self.made.get(kind, -1) + 1
        return f"{kind}{self.made[kind]}"

    def remember(self, name: str, row: "Row") -> None:
        """Note that an array holds the row."""
        self.rows[ids_of(row)] = name
        for k, node in enumerate(row):
            self.places.setdefault(id(node), (name, k))

    def is_known(self, node: "Symbolic") -> bool:
        return id(node) in self.places or id(node) in self.scalars

    def forget(self, row: "Row") -> None:
        """Note that the array of the row will be filled with other numbers."""
        del self.rows[ids_of(row)]
        for node in row:
            self.places.pop(id(node), None)

    # ---- statements ------------------------------------------------------------------------------

    def store(self, row: "Row", target: str = "") -> None:
        """Append the statements that fill an array with the row, and remember the array.

        It is a new array unless a target is given.
        """
        name = target or self.new_name("v")
        try:
            fill = Fill(name, Index(self.new_name("i"), len(row)))
            fill.value = self.template(row, Scope((fill.index,), fill.body))
            self.statements.append(fill)
        except NotAlike:
            self.statements.append(Spread(name, row, self.names()))
        if not target:
            self.lengths[name] = len(row)
        self.remember(name, row)

    def store_within(self, rows: "List[Row]", array: str, start: int) -> None:
        """Append the statements that fill an array with rows of equal length, from ``start`` on."""
        row = [node for part in rows for node in part]
        outer, inner = [Index(self.new_name("i"), len(part)) for part in (rows, rows[0])]
        place = element_at(array, start, (inner.count, outer), (1, inner)).place
        fill = Fill(array, inner, place)
        try:
            indices = (inner,) if len(rows) == 1 else (outer, inner)
            fill.value = self.template(row, Scope(indices, fill.body))
            self.statements.append(fill if len(rows) == 1 else Nest(outer, [fill]))
        except NotAlike:
            self.statements.append(Spread(array, row, self.names(), start))
        for k, node in enumerate(row):
            self.places.setdefault(id(node), (array, start + k))

    def names(self) -> "Dict[int, str]":
        """Return the texts of the known numbers, by their ids."""
        names: "Dict[int, str]" = {
            key: Element(array, [(k, "")]) for key, (array, k) in self.places.items()
        }
        names.update(self.scalars)
        return names

    def single(self, node: "Symbolic") -> "Symbolic":
        """Return an expression for one number, after appending statements that compute it."""
        if node.is_constant:
            return node
        if id(node) in self.places:
            array, k = self.places[id(node)]
            return type(node)(name=Element(array, [(k, "")]))
        if id(node) not in self.scalars:
            largest = choices(node)
            if node.operation in ("dot", "total") and self.add_up(node):
                pass
            elif len(largest) >= FEWEST:
                self.scalars[id(node)] = self.largest(largest)
            else:
                value = type(node)(None, node.operation, tuple(map(self.single, node.operands)))
                if OPERATIONS[node.operation].precedence == COMPARISON:
                    return value
                name = self.scalars[id(node)] = self.new_name("s")
                self.statements.append(Assign(name, value))
        return type(node)(name=self.scalars[id(node)])

    def add_up(self, node: "Symbolic") -> bool:
        """Append the loop that computes a long sum, unless its terms are not alike."""
        if len(node.operands) < 2 * FEWEST:
            if node.operation == "total":
                self.store_if_shared(list(node.operands))
            return False
        try:
            self.scalars[id(node)] = self.fold([node], Scope((), self.statements)).name
        except NotAlike:
            return False
        return True

    def largest(self, row: "Row") -> str:
        """Append the statement that finds the largest of a row; return the name of its variable."""
        self.store_if_shared(row)
        number = type(row[0])
        fold = Fold(self.new_name("s"), self.single(row[0]), Index(self.new_name("i"), len(row)))
        value = self.template(row, Scope((fold.index,), fold.body))
        so_far = number(name=fold.name)
        fold.value = number(None, "where", (value > so_far, value, so_far))
        self.statements.append(fold)
        return fold.name

    def fold(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        """Append the loop that adds the terms of each of these sums; return its variable."""
        number = type(nodes[0])
        width = 2 if nodes[0].operation == "dot" else 1
        count = len(nodes[0].operands) // width
        # -0.0 + x is x, even if x is 0.0 or -0.0.
        fold = Fold(self.new_name("s"), number(-0.0), Index(self.new_name("i"), count))
        inner = Scope(scope.indices + (fold.index,), fold.body)
        factors = []
        for k in range(width):
            if not scope.indices:
                self.store_if_shared(list(nodes[0].operands[k::width]))
            factors.append(self.template([v for n in nodes for v in n.operands[k::width]], inner))
        term = factors[0] if width == 1 else number(None, "multiply", tuple(factors))
        so_far = number(name=fold.name)
        fold.value = number(None, "add", (so_far, term))
        scope.body.append(fold)
        return so_far

    def store_if_shared(self, row: "Row") -> None:
        """Store a row that would otherwise be computed again elsewhere."""
        if any([v.operation and not self.is_known(v) for v in row]):
            if all([self.record.uses.get(id(v), 0) > 1 for v in row]):
                self.store(row)

    # ---- templates -------------------------------------------------------------------------------

    def template(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        """Return one number that stands for all of ``nodes``, one for each value of the indices."""
        key = ids_of(nodes)
        if key not in scope.templates:
            scope.templates[key] = self.find(nodes, scope)
        return scope.templates[key]

    def find(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        first = nodes[0]
        if all([node is first for node in nodes]):
            return self.single(first)
        if len(scope.indices) == 2:
            outer, inner = scope.indices
            if all([node is nodes[k % inner.count] for k, node in enumerate(nodes)]):
                return self.along(nodes[: inner.count], inner, scope)
            if all([node is nodes[k - k % inner.count] for k, node in enumerate(nodes)]):
                return self.along(nodes[:: inner.count], outer, scope)
        if all([node.is_constant for node in nodes]):
            return self.constant(nodes, scope)
        if ids_of(nodes) in self.rows:
            return type(first)(name=Element(self.rows[ids_of(nodes)], scope.indices[0].terms))
        if all([id(node) in self.places for node in nodes]):
            return self.element(nodes, scope)
        return self.operation(nodes, scope)

    def along(self, row: "Row", index: "Index", scope: "Scope") -> "Symbolic":
        """Return the template of numbers that depend on one of two indices; they are stored."""
        if any([node.operation and not self.is_known(node) for node in row]):
            self.store(row)
        return self.template(row, Scope((index,), scope.body))

    def constant(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        """Return an element of a table, or the constant itself if all are the same."""
        values: "List[Any]" = [node.value for node in nodes]
        if len(set(map(repr, values))) == 1:
            return nodes[0]
        indices = scope.indices
        if self.inner_first and len(indices) == 2:
            indices = indices[::-1]
            values = [v for i in range(indices[0].count) for v in values[i :: indices[0].count]]
        shape = tuple([index.count for index in indices])
        key = shape, tuple(map(repr, values))
        if key not in self.table_of:
            self.table_of[key] = Table(self.new_name(self.table), shape, values)
            self.tables.append(self.table_of[key])
        terms = [index.terms for index in indices]
        return type(nodes[0])(name=Element(self.table_of[key].name, *terms))

    def element(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        """Return the element of an array, whose index is a sum of multiples of the indices."""
        arrays, places = zip(*[self.places[id(node)] for node in nodes])
        step, expected = 1, [places[0]]
        terms: "List[Tuple[int, str]]" = []
        for index in scope.indices[::-1]:
            stride = places[step] - places[0] if index.count > 1 else 0
            expected = [k * stride + place for k in range(index.count) for place in expected]
            step *= index.count
            if stride:
                terms.append((stride, index.name))
        if len(set(arrays)) > 1 or list(places) != expected:
            raise NotAlike
        terms += [(places[0], "")] * (places[0] > 0 or not terms)
        return type(nodes[0])(name=Element(arrays[0], terms))

    def operation(self, nodes: "Row", scope: "Scope") -> "Symbolic":
        """Return the operation that all of these numbers are."""
        name, operands = in_common(nodes, self.neutral)
        if name in ("dot", "total") and len(operands) >= 2 * FEWEST:
            if len(scope.indices) > 1:
                raise NotAlike
            return self.fold(nodes, scope)
        for row in (operands[::2], operands[1::2]) if name == "dot" else ():
            if all([len(set(ids_of(alike))) == 1 for alike in row]):
                self.store_if_shared([alike[0] for alike in row])
        found: "Dict[int, Symbolic]" = {}
        # What is the same for all is computed first; it may store what the others need.
        for k in sorted(range(len(operands)), key=lambda k: len(set(ids_of(operands[k]))) > 1):
            found[k] = self.template(operands[k], scope)
        return type(nodes[0])(None, name, tuple([found[k] for k in range(len(operands))]))


# ---- a network -----------------------------------------------------------------------------------


def size(outputs: "Row") -> int:
    """Return how many operations compute the outputs; a sum of products counts as its terms."""
    return sum([max(1, len(node.operands) // 2) for node in reachable(outputs) if node.operation])


def roll(
    rows: "List[Row]",
    source: str,
    target: str,
    table: str,
    inner_first: bool = True,
    arrays: "Sequence[Tuple[str, Row]]" = (),
) -> "Loops":
    """Return the loops of a network, given its input and the output of each layer.

    ``source``, ``target``   the names of the arrays of inputs and outputs
    ``table``                what the names of tables begin with
    ``inner_first``          as for Loops
    ``arrays``               the names of other arrays that the network reads, and what they hold

    Each layer has loops of its own, because compilers compute several sums at once only if there is
    no choice in the loop. A layer that computes each number from the one at its own index replaces
    it.
    """
    loops = Loops(source, rows[0], [v for row in rows for v in row], table, inner_first)
    for name, row in arrays:
        loops.remember(name, row)
    rows = [[loops.record.same[id(node)] for node in row] for row in rows]
    for before, row in zip(rows, rows[1:-1]):
        if ids_of(row) in loops.rows:
            continue
        name = loops.rows[ids_of(before)]
        if name != source and _is_elementwise(row, before):
            loops.store(row, name)
            loops.forget(before)
        else:
            loops.store(row)
    loops.store(rows[-1], target)
    return loops


def _is_elementwise(row: "Row", before: "Row") -> bool:
    """Return whether each number depends on no other of the row before than that at its index."""
    known = set(ids_of(before))
    return len(row) == len(before) and all(
        [
            node is own or id(node) not in known
            for own, output in zip(before, row)
            for node in reachable([output], known)
        ]
    )
