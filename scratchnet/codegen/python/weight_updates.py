"""The update of every weight: the optimizer's rule, recorded once and printed with other names.

The inputs of a rule are fields of a template: ``{w}`` the weight, ``{g}`` its gradient, ``{s0}``,
``{s1}``, ... what the optimizer remembers about it, and ``{new}`` the variable of the new weight.
Weights share a record if the same factors have moved out of their gradients. A user-defined rule
may differ from weight to weight, so that each weight has its own record.

>>> from scratchnet.core.optimizers import SGD
>>> from scratchnet.codegen.simplified import Choices
>>> from scratchnet.codegen.python.branches import BranchingCode
>>> optimizer = SGD(0.5, momentum=0.25).with_numbers(Symbolic, exactly=True)
>>> rule = Rule(optimizer.memory)
>>> rule.record(*optimizer.update(rule.w, rule.g, rule.state, None))
>>> rule.simplify(Choices())
>>> code = BranchingCode(rule.results)
>>> rule.numbers = code.numbers
>>> rule.print(code)
>>> for line in rule.lines: print(line)
{s0} = 0.25 * {s0} + {g}
{new} = {w} - 0.5 * {s0}
"""

from ...scalars import Symbolic
from ...scalars.operations import ATOM
from ...scalars.symbolic import Undecided
from ..own import is_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Set

    from ..simplified import Choices
    from .branches import BranchingCode


class Rule:
    """A record of the optimizer's rule.

    ``w, g, state``   its inputs, of which ``g`` may be a constant
    ``results``       the new state and then the new weight
    ``numbers``       what is computed for each weight
    ``reads``         other numbers that these need
    """

    def __init__(self, memory: int, constant: "Optional[Symbolic]" = None) -> None:
        self.w = Symbolic(name="{w}")
        self.g = Symbolic(name="{g}") if constant is None else constant
        self.state = tuple([Symbolic(name=f"{{s{k}}}") for k in range(memory)])
        self.results: "List[Symbolic]" = []
        self.numbers: "List[Symbolic]" = []
        self.reads: "List[Symbolic]" = []

    def record(self, w: "Any", state: "Sequence[Any]") -> None:
        """Note the new weight and the new state."""
        absent = Symbolic(0, kind="absent")
        self.recorded = [v + absent for v in [*state, w]]  # symbolic in any case

    def simplify(self, new: "Choices") -> None:
        """Set the results, computed with fewer operations."""
        self.results = new.again(self.recorded)

    def print(self, code: "BranchingCode") -> None:
        """Set the lines of the template."""
        olds = [*self.state, self.w]
        names = [*[v.name for v in self.state], "{new}"]
        for old, new, name in zip(olds, self.results, names):
            code.replace(old, new, name)
        self.lines = code.statements(self.numbers)
        last = last_uses([[v] for v in self.results], code)
        late = []
        for k, (old, new, name) in enumerate(zip(olds, self.results, names)):
            text = code.text(new)
            if last.get(old.name, -1) > k:  # A later expression needs the old number.
                self.lines.append(f"next{k} = {text}")
                late.append(f"{name} = next{k}")
            elif text not in (name, old.name):
                self.lines.append(f"{name} = {text}")
        self.lines += late
        self.changes_weight = any(["{new}" in line for line in self.lines])

    def filled(self, fields: "Dict[str, str]") -> "List[str]":
        """Return the lines for a weight."""
        return "\n".join(self.lines).format(**fields).split("\n") if self.lines else []


class Update:
    """The update of a weight.

    ``names``      of the weight and of each number of its state
    ``gradient``   as the rules of the network have computed it
    ``core``       what remains of it after its factors have moved out; None for a constant
    ``rule``       the record of the optimizer's rule; None for one that other weights share
    """

    def __init__(self, names: "List[str]", gradient: "Symbolic", rule: "Any") -> None:
        self.names = names
        self.gradient = gradient
        self.rule = rule
        self.core: "Optional[Symbolic]" = None

    def needed(self) -> "List[Symbolic]":
        """Return the other numbers that its lines need, besides the weight and its state."""
        return [*([] if self.core is None else [self.core]), *self.rule.reads]

    def lines(self, code: "BranchingCode", new: str) -> "List[str]":
        """Return the statements that compute the new weight in the variable ``new``."""
        fields = {f"s{k}": name for k, name in enumerate(self.names[1:])}
        fields.update(w=self.names[0], new=new)
        lines = []
        core = self.core
        if core is not None:
            fields["g"] = code.text(core, ATOM)
            is_expression = core.operation and id(core) not in code.names
            if is_expression and code.uses.get(id(self.rule.g), 0) > 1:
                lines.append(f"g0 = {code.text(core)}")
                fields["g"] = "g0"
        return [*lines, *self.rule.filled(fields)]


class WeightUpdates:
    """The updates of all weights that learn."""

    def __init__(self, optimizer: "Any") -> None:
        self.optimizer = optimizer
        self.update_rows = optimizer.update_rows
        optimizer.update_rows = self.note
        self.updates: "List[Update]" = []
        self.rules: "List[Rule]" = []

    def note(self, rows: "Any", gradients: "Any", states: "Any", factor: "Any") -> "Any":
        """Note the updates of a parameter, in place of the optimizer's ``update_rows``."""
        self.factor = factor
        rules: "Any" = None if is_own(self.optimizer) else self.recorded(gradients, factor)
        for i, row in enumerate(rows):
            for j, w in enumerate(row):
                names = [v.name for v in (w, *states[i][j])]
                g = symbolic(gradients[i][j])
                self.updates.append(Update(names, g, rules and rules[i][j]))
        return rows, states

    def end(self) -> None:
        """Stop noting updates, because the method that notes them keeps all numbers alive."""
        del self.optimizer.update_rows

    def recorded(self, gradients: "Any", factor: "Any") -> "List[List[Rule]]":
        """Return a record for each weight of a parameter."""
        rules = [[self.rule_for(symbolic(g)) for g in row] for row in gradients]
        W = [[rule.w for rule in row] for row in rules]
        G = [[rule.g for rule in row] for row in rules]
        states = [[rule.state for rule in row] for row in rules]
        new, memory = self.update_rows(W, G, states, factor)
        for row, weights, after in zip(rules, new, memory):
            for rule, w, state in zip(row, weights, after):
                rule.record(w, state)
        return rules

    def rule_for(self, gradient: "Symbolic") -> "Rule":
        """Return a rule that is not recorded yet."""
        return Rule(self.optimizer.memory, gradient if gradient.is_constant else None)

    # ---- the record ------------------------------------------------------------------------------

    def gradients(self) -> "List[Symbolic]":
        return [update.gradient for update in self.updates]

    def simplify(self, new: "Choices") -> None:
        """Record the rules; ``new`` has copied the gradients."""
        known: "Dict[Any, Rule]" = {}
        for update in self.updates:
            g = update.gradient
            key = (repr(g.value), g.kind) if g.is_constant else new.factors_of(g)
            rule = update.rule or known.get(key)
            if rule is None:
                rule = known[key] = self.rule_for(g)
                rule.record(*self.optimizer.update(rule.w, rule.g, rule.state, self.factor))
            if not rule.results:
                if not g.is_constant:
                    new.name_rest(rule.w, rule.g, g)
                rule.simplify(new)
                self.rules.append(rule)
            update.rule = rule
            update.core = None if g.is_constant else new.rest_of(g)

    def outputs(self) -> "List[Symbolic]":
        """Return the numbers to compute."""
        cores = [update.core for update in self.updates if update.core is not None]
        return cores + [v for rule in self.rules for v in rule.results]

    # ---- the code --------------------------------------------------------------------------------

    def part(self, code: "BranchingCode") -> "List[Symbolic]":
        """Divide the numbers of the code into those of the rules and the others; return these."""
        self.owners: "Dict[int, Rule]" = {}
        for rule in self.rules:
            self.owners.update({id(v): rule for v in (rule.w, rule.g, *rule.state) if v.name})
        others = []
        for node in code.numbers:
            owners = [self.owners[id(v)] for v in node.operands if id(v) in self.owners]
            if not owners:
                others.append(node)
                continue
            self.owners[id(node)] = owners[0]
            owners[0].numbers.append(node)
            if any([rule is not owners[0] for rule in owners]):
                raise Undecided("the update of a weight depends on another weight's")
            self.need(node.operands, owners[0], code)
        for rule in self.rules:
            self.need(rule.results, rule, code)
        return others

    def need(self, numbers: "Sequence[Symbolic]", rule: "Rule", code: "BranchingCode") -> None:
        """Note that the lines of a rule need these numbers, which other lines compute."""
        for v in numbers:
            if id(v) not in self.owners and not v.is_constant:
                if v.name.startswith("memory"):
                    raise Undecided("the update of a weight reads what belongs to another weight")
                rule.reads.append(v)
                # Each weight needs it, so that it is computed before all of them.
                code.uses[id(v)] += 1

    def reads(self) -> "List[Symbolic]":
        """Return the numbers that the lines of the rules need, which other lines compute."""
        return [v for rule in self.rules for v in rule.reads]

    def lines(self, code: "BranchingCode", late: "Sequence[Symbolic]" = ()) -> "List[str]":
        """Return the statements that replace the old numbers by new ones.

        ``late``   numbers that are computed just before the first update that needs them
        """
        for rule in self.rules:
            rule.print(code)
        waiting = {id(v): v for v in late}
        updates = sorted(self.updates, key=order_after(late)) if late else self.updates
        last = last_uses([update.needed() for update in updates], code)
        lines = []
        after = []
        for n, update in enumerate(updates):
            if waiting:
                lines += code.statements(take(waiting, update.needed()))
            w = update.names[0]
            # A later line may need the old number.
            if last.get(w, -1) > n and update.rule.changes_weight:
                lines += update.lines(code, f"new{n}")
                after.append(f"{w} = new{n}")
            else:
                lines += update.lines(code, w)
        return lines + after


def order_after(late: "Sequence[Symbolic]") -> "Callable[[Update], float]":
    """Return the sort key of updates: by the last number that they need.

    The updates that need the same numbers follow one another, which is 7 % faster on CPython 3.13.
    The weights that ``late`` numbers are computed from change last.
    """
    read = {v.name for node in late for v in node.operands}

    def key(update: "Update") -> float:
        if update.names[0] in read:
            return float("inf")
        core = update.core
        return 0 if core is None else max([v.serial for v in core.operands or (core,)])

    return key


def take(waiting: "Dict[int, Symbolic]", needed: "Sequence[Symbolic]") -> "List[Symbolic]":
    """Remove what these numbers depend on from those waiting, and return it in its order."""
    found = []
    pending = [*needed]
    while pending:
        node = waiting.pop(id(pending.pop()), None)
        if node is not None:
            found.append(node)
            pending += node.operands
    return sorted(found, key=lambda v: v.serial)


def symbolic(x: "Any") -> "Symbolic":
    return x if isinstance(x, Symbolic) else Symbolic(x)


def last_uses(needed: "Sequence[Sequence[Symbolic]]", code: "BranchingCode") -> "Dict[str, int]":
    """Return, for each input, the index of the last numbers whose expressions contain it."""
    last: "Dict[str, int]" = {}
    seen: "Set[int]" = set()  # From the last to the first, every number is visited once.
    for n in reversed(range(len(needed))):
        waiting = [*needed[n]]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            if node.name:
                last.setdefault(node.name, n)
            elif id(node) not in code.names:
                waiting.extend(node.operands)
    return last
