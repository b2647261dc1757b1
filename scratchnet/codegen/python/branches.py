"""Choices as if statements, which compute only the chosen arm.

Several choices with the same condition become one if statement, together with all that only their
arms need. It gives the same bits as conditional expressions.

>>> from scratchnet.core.functions import sigmoid
>>> from scratchnet.scalars import Symbolic
>>> from scratchnet.codegen.simplified import simplify
>>> z = Symbolic(name="z")
>>> a = sigmoid(z)
>>> code = BranchingCode(simplify([a, a * a]))
>>> for line in code.statements(): print(line)
if z >= 0.0:
    t0 = 1.0 / (1.0 + exp(-z))
else:
    t1 = exp(z)
    t0 = t1 / (1.0 + t1)
>>> code.text(code.outputs[1])
't0 * t0'
"""

from ...scalars import Symbolic
from ..program import reachable
from .printer import Code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple


class Block:
    """An if statement.

    ``choices``   the numbers that it computes, all with the same condition
    ``within``    the ids of those numbers that only the arms need
    ``needed``    the numbers that it needs, which are computed before
    """

    def __init__(
        self, choices: "List[Symbolic]", within: "Set[int]", needed: "List[Symbolic]"
    ) -> None:
        self.condition = choices[0].operands[0]
        self.choices = choices
        self.within = within
        self.needed = needed

    def arm(self, node: "Symbolic", place: int, known: "Dict[int, Symbolic]") -> "Symbolic":
        """Return what a number is in an arm: the operands of choices at this position."""
        if id(node) not in known:
            found = node
            if any([node is choice for choice in self.choices]):
                found = self.arm(node.operands[place], place, known)
            elif id(node) in self.within:
                operands = tuple([self.arm(v, place, known) for v in node.operands])
                if any([a is not b for a, b in zip(operands, node.operands)]):
                    found = Symbolic(None, node.operation, operands)
            known[id(node)] = found
        return known[id(node)]


class BranchingCode(Code):
    """Statements that compute some outputs, with if statements.

    In the record of the outputs, equal numbers are one, as in that of ``simplify``.
    """

    def __init__(
        self, outputs: "Sequence[Symbolic]", names: "Optional[Dict[int, str]]" = None
    ) -> None:
        Code.__init__(self, outputs, names)
        self.targets: "Dict[int, str]" = {}  # {id of a number: the variable that it replaces}
        self.places: "Dict[int, int]" = {}
        self.users: "Dict[int, List[Symbolic]]" = {}
        self.results = {id(output) for output in self.outputs}

    def unify(self, outputs: "Sequence[Symbolic]") -> "List[Symbolic]":
        numbers = reachable(outputs, self.names)
        self.same = {id(node): node for node in numbers}
        return numbers

    def replace(self, old: "Symbolic", new: "Symbolic", name: str) -> None:
        """Compute ``new`` in the variable ``name``, if nothing else needs the input ``old``."""
        node = self.same[id(new)]
        if self.uses.get(id(old)) == 1 and id(node) not in self.targets:
            nearest = [w for v in node.operands for w in (v, *v.operands)]
            if any([v is old for v in nearest]):
                self.targets[id(node)] = name

    def statements(self, among: "Optional[Iterable[Symbolic]]" = None) -> "List[str]":
        numbers = list(self.numbers if among is None else among)
        lines: "List[str]" = []
        blocks = self.blocks(numbers)
        for part in self.sort(numbers, blocks) if blocks else numbers:
            if isinstance(part, Block):
                lines += self.branches(part)
            elif part.operation and id(part) not in self.names and self.needs_variable(part):
                self.assign(part, self.targets.get(id(part)) or self.new_name(), lines)
        return lines

    # ---- which choices become an if statement ----------------------------------------------------

    def blocks(self, numbers: "List[Symbolic]") -> "List[Block]":
        choices: "Dict[int, List[Symbolic]]" = {}
        for node in numbers:
            if node.operation == "where" and id(node) not in self.names:
                choices.setdefault(id(node.operands[0]), []).append(node)
        groups = [v for v in choices.values() if len(v) > 1 or self.has_operations(v[0])]
        if groups and not self.users:
            self.places = {id(node): k for k, node in enumerate(self.numbers)}
            for node in self.numbers:
                for operand in node.operands:
                    self.users.setdefault(id(operand), []).append(node)
        found: "List[Block]" = []
        taken: "Set[int]" = set()  # what the statements compute; an arm has its own statements
        for group in sorted(groups, key=lambda v: -self.places[id(v[-1])]):
            if not any([id(node) in taken for node in group]):
                block = self.block(group)
                if block is not None and not block.within & taken:
                    found.append(block)
                    taken |= block.within | {id(node) for node in block.choices}
        return found

    def has_operations(self, choice: "Symbolic") -> bool:
        """Return whether an arm has operations that could be left out."""
        return any([v.operation and id(v) not in self.names for v in choice.operands[1:]])

    def block(self, choices: "List[Symbolic]") -> "Optional[Block]":
        """Return the statement that computes these choices; None if expressions are as fast."""
        while True:
            within, needed = self.arms(choices)
            if len(choices) == 1 and not any([self.uses[key] > 1 for key in within]):
                return None
            late = [v for v in needed if self.places[id(v)] > self.places[id(choices[0])]]
            if not self.depends(late, choices):
                return Block(choices, within, needed)
            choices = choices[:-1]

    def arms(self, choices: "List[Symbolic]") -> "Tuple[Set[int], List[Symbolic]]":
        """Return the ids of what only the arms of the choices need, and what else they need."""
        own = {id(node) for node in choices}
        within: "Set[int]" = set()
        needed = [choices[0].operands[0]]
        # The last numbers first, so that the users of a number are decided before it.
        waiting = {self.places[id(v)] for node in choices for v in node.operands[1:]}
        while waiting:
            place = max(waiting)
            waiting.remove(place)
            node = self.numbers[place]
            if id(node) in own or not node.operation:
                continue
            if all([id(user) in within or id(user) in own for user in self.users[id(node)]]) and (
                id(node) not in self.results and id(node) not in self.names
            ):
                within.add(id(node))
                waiting.update([self.places[id(v)] for v in node.operands])
            else:
                needed.append(node)
        return within, needed

    def depends(self, numbers: "List[Symbolic]", choices: "List[Symbolic]") -> bool:
        """Return whether one of the numbers depends on one of the choices."""
        own = {id(node) for node in choices}
        first = self.places[id(choices[0])]
        seen: "Set[int]" = set()
        waiting = list(numbers)
        while waiting:
            node = waiting.pop()
            if id(node) in own:
                return True
            if id(node) not in seen and self.places[id(node)] > first:
                seen.add(id(node))
                waiting.extend(() if id(node) in self.names else node.operands)
        return False

    def sort(self, numbers: "List[Symbolic]", blocks: "List[Block]") -> "List[Any]":
        """Return the numbers and the blocks, each after what it needs."""
        block_of = {id(node): block for block in blocks for node in block.choices}
        skipped: "Set[int]" = set()
        for block in blocks:
            skipped |= block.within
            own = {id(node) for node in block.choices}
            if all([id(user) in own for user in self.users[id(block.condition)]]):
                skipped.add(id(block.condition))
        own_numbers = {id(node) for node in numbers}
        order: "List[Any]" = []
        done: "Set[int]" = set()
        for number in numbers:
            waiting: "List[Any]" = [(number, False)]
            while waiting:
                node, ready = waiting.pop()
                part: "Any" = block_of.get(id(node), node)
                if ready:
                    if id(part) not in done and id(node) not in skipped:
                        order.append(part)
                    done.add(id(part))
                elif id(part) not in done and id(node) in own_numbers:
                    waiting.append((node, True))
                    needed = part.needed if part is not node else node.operands
                    waiting += [(v, False) for v in needed if v.operation and id(v) not in done]
        return order

    # ---- the statement ---------------------------------------------------------------------------

    def branches(self, block: "Block") -> "List[str]":
        """Return the if statement of a block."""
        inner = block.within | {id(node) for node in block.choices}
        used = [
            node
            for node in block.choices
            if id(node) in self.results
            or any([id(user) not in inner for user in self.users[id(node)]])
        ]
        condition = self.text(block.condition)
        names = [self.targets.get(id(node)) or self.new_name() for node in used]
        lines = []
        for place, head in ((1, f"if {condition}:"), (2, "else:")):
            known: "Dict[int, Symbolic]" = {}
            values = [block.arm(node, place, known) for node in used]
            arm = self.assignments(names, values)
            if place == 2 and is_one_if(arm):
                lines += ["el" + arm[0]] + arm[1:]
            else:
                lines += [head] + [f"    {line}" for line in arm]
        for node, name in zip(used, names):
            self.names[id(node)] = name
            self.depth[id(node)] = 0
        return lines

    def assignments(self, names: "List[str]", values: "List[Symbolic]") -> "List[str]":
        """Return the statements that assign the values to the names."""
        arm = BranchingCode(values, self.names)
        arm.made = self.made
        for name, value in zip(names, arm.outputs):
            arm.targets.setdefault(id(value), name)
        lines: "List[str]" = []
        for name, value in zip(names, arm.outputs):
            needed = {id(node) for node in reachable([value], arm.names)}
            lines += arm.statements([node for node in arm.numbers if id(node) in needed])
            if value.operation and id(value) not in arm.names:
                arm.assign(value, name, lines)
            elif arm.names.get(id(value)) != name:
                lines.append(f"{name} = {arm.text(value)}")
        self.made = arm.made
        for called, raises in arm.functions.items():
            self.functions[called] = self.functions.get(called, False) or raises
        return lines


def is_one_if(lines: "List[str]") -> bool:
    """Return whether the lines are one if statement."""
    return lines[0].startswith("if ") and all(
        [line.startswith((" ", "else", "elif")) for line in lines[1:]]
    )
