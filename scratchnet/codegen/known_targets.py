"""The logistic loss with targets that are known to be 0 or 1.

The loss of a logit z is ln(1 + e^z) - y·z. Its rule computes max(z, 0) - y·z + ln(1 + e^-|z|),
where e^-|z| cannot overflow. With y = 0 this is ln(1 + e^z), and with y = 1 it is ln(1 + e^-z). The
sigmoid of z, and the error a - y, follow from the same power of e, without a choice.

If the power overflows, ``math.exp`` raises an OverflowError, and so does the step that contains it.

>>> from scratchnet.core.functions import exp, log1p, positive_part, sigmoid
>>> from scratchnet.codegen.python.printer import Code
>>> z = Symbolic(name="z")
>>> loss = positive_part(z) - 1 * z + log1p(exp(-abs(z)))
>>> code = Code(KnownTargets([]).again([loss, sigmoid(z) - 1]))
>>> for line in code.statements(): print(line)
t0 = exp(-z)
>>> for output in code.outputs: print(code.text(output))
log1p(t0)
t0 / (-1.0 - t0)
"""

from ..scalars import Symbolic
from .rescaled import Factors, Scaled
from .simplified import is_sign_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Sequence, Tuple

    Logit = Tuple[Symbolic, bool]  # z, and whether its target is 1


class KnownTargets(Factors):
    """A copy of the numbers of a record, with fewer operations where a target is known."""

    def __init__(self, weights: "Sequence[Symbolic]") -> None:
        Factors.__init__(self, weights)
        self.losses: "Dict[int, Logit]" = {}  # {id of a loss: its logit}
        self.targets: "Dict[int, bool]" = {}  # {id of a logit: whether its target is 1}
        self.sigmoids: "Dict[int, Symbolic]" = {}  # {id of a sigmoid: its logit}

    def prepare(self, numbers: "Sequence[Symbolic]") -> None:
        Factors.prepare(self, numbers)
        for node in numbers:
            logit = logit_of(node)
            if logit is not None and self.targets.setdefault(id(logit[0]), logit[1]) == logit[1]:
                self.losses[id(node)] = logit

    def add(self, node: "Symbolic") -> None:
        found = self.replacement_of(node) if self.targets and node.operation else None
        if found is None:
            Factors.add(self, node)
        else:
            self.new[id(node)] = Scaled(None, found)

    def replacement_of(self, node: "Symbolic") -> "Optional[Symbolic]":
        """Return the number, computed from the power of e; None if it is another number."""
        if id(node) in self.losses:
            return self.make("log1p", self.power_of(self.losses[id(node)][0]))
        if node.operation == "where":
            z = node.operands[0].operands[0]
            if id(z) in self.targets and is_sigmoid(node, z):
                self.sigmoids[id(node)] = z
                e = self.power_of(z)
                one_or_e = self.one if self.targets[id(z)] else e
                return self.make("divide", one_or_e, self.make("add", self.one, e))
        if node.operation == "subtract" and id(node.operands[0]) in self.sigmoids:
            z = self.sigmoids[id(node.operands[0])]
            if self.targets[id(z)] and node.operands[1].value == 1:
                e = self.power_of(z)
                minus_one = self.constant(Symbolic(-1))
                return self.make("divide", e, self.make("subtract", minus_one, e))
        return None

    def power_of(self, z: "Symbolic") -> "Symbolic":
        """Return e^-z if the target is 1, else e^z."""
        new = self.result(z)
        return self.make("exp", self.make("negate", new) if self.targets[id(z)] else new)


def logit_of(node: "Symbolic") -> "Optional[Logit]":
    """Return the logit of the loss max(z, 0) - y·z + ln(1 + e^-|z|); None for another number."""
    if node.operation != "add" or node.operands[1].operation != "log1p":
        return None
    linear, logarithm = node.operands
    is_one = linear.operation == "subtract"
    positive_part = linear.operands[0] if is_one else linear
    if positive_part.operation != "where":
        return None
    condition, z, zero = positive_part.operands
    is_loss = (
        is_sign_of(z, condition)
        and zero.value == 0
        and (not is_one or linear.operands[1] is z)
        and is_power(logarithm.operands[0], z)
    )
    return (z, is_one) if is_loss else None


def is_power(node: "Symbolic", z: "Symbolic") -> bool:
    """Return whether a number is e^-|z|."""
    for operation in ("exp", "negate", "abs"):
        if node.operation != operation:
            return False
        node = node.operands[0]
    return node is z


def is_sigmoid(node: "Symbolic", z: "Symbolic") -> bool:
    """Return whether a choice is 1/(1 + e^-|z|) where z >= 0, else e^-|z|/(1 + e^-|z|)."""
    condition, above, below = node.operands
    if above.operation != "divide" or below.operation != "divide":
        return False
    (one, total), (power, same_total) = above.operands, below.operands
    return (
        is_sign_of(z, condition)
        and one.value == 1
        and is_power(power, z)
        and all([is_one_more(v, z) for v in (total, same_total)])
    )


def is_one_more(node: "Symbolic", z: "Symbolic") -> bool:
    """Return whether a number is 1 + e^-|z|."""
    if node.operation != "add":
        return False
    return node.operands[0].value == 1 and is_power(node.operands[1], z)
