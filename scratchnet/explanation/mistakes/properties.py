"""What a number of the record is: a gradient, the error of an output, a mean, ...

``owner`` is the number whose formula contains ``node``.
"""

from ..names import Name
from ..number import inputs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List

    from ...scalars import Traced
    from .working import Working


def kind(node: "Traced") -> str:
    return Name.parse(node.name).kind


def is_gradient(node: "Traced") -> bool:
    return Name.parse(node.name).is_gradient


def is_backpropagated(node: "Traced") -> bool:
    """Return whether this is the gradient at an output of a layer or at an input."""
    return is_gradient(node) and Name.parse(node.name).array[-1:] in ("z", "a", "x")


def is_output(node: "Traced") -> bool:
    """Return whether this is an output of a layer."""
    return not is_gradient(node) and kind(node) in ("z", "a")


def is_derivative(node: "Traced") -> bool:
    return kind(node) == "derivative"


def is_loss(node: "Traced") -> bool:
    """Return whether this is the loss or that of a sample."""
    return Name.parse(node.name).array == "loss"


def is_new(working: "Working", node: "Traced") -> bool:
    return node.name in working.step.updates


def is_rate(node: "Traced") -> bool:
    return node.name in ("learning_rate", "rate")


def is_constant(n: int, node: "Traced") -> bool:
    return not node.name and not node.operation and bool(node.value == n)


def is_target(node: "Traced") -> bool:
    return Name.parse(node.name).array == "y"


def is_error(node: "Traced") -> bool:
    """Return whether this is an output minus its target."""
    return (
        node.operation == "subtract" and bool(node.operands[0].name) and is_target(node.operands[1])
    )


def is_doubled(node: "Traced") -> bool:
    return (
        node.operation == "multiply"
        and is_constant(2, node.operands[0])
        and is_error(node.operands[1])
    )


def is_half(node: "Traced") -> bool:
    """Return whether this is half of a term with a target; the ½ of a penalty does not count."""
    halved = (
        node.operation == "divide"
        and is_constant(2, node.operands[1])
        and node.operands[0].operation != "total"
    )
    return halved and any(
        [is_target(operand) for part in operations_of(node) for operand in part.operands]
    )


def is_mean(node: "Traced", owner: "Traced") -> bool:
    """Return whether this is a quotient by the number of terms.

    The number is a constant or depends on the sample weights only.
    """
    if node.operation != "divide" or node.operands[1].name:
        return False
    counted = {Name.parse(operand.name).array for operand in inputs(node.operands[1])}
    averaged = is_gradient(owner) or is_loss(owner) and node.operands[0].operation == "total"
    return averaged and counted <= {"", "sample_weight"}


def is_step(working: "Working", node: "Traced") -> bool:
    return node.operation == "subtract" and is_new(working, node)


def is_e_to_minus(node: "Traced") -> bool:
    return (
        node.operation == "exp"
        and node.operands[0].operation == "negate"
        and not node.operands[0].name
    )


def is_threshold(node: "Traced") -> bool:
    """Return whether this is an output that is one of two constants."""
    if kind(node) != "a" or node.operation != "where":
        return False
    return not any([arm.name or arm.operation for arm in node.operands[1:]])


def is_of_square(working: "Working", node: "Traced") -> bool:
    """Return whether this is an element of a square matrix of parameters."""
    square = [p.name for p in working.step.net.parameters() if len(p.rows) == len(p.rows[0])]
    return Name.parse(node.name).array in square


def is_logarithm(working: "Working", node: "Traced", owner: "Traced") -> bool:
    whole = node is owner and (node is working.target or not is_inner(node))
    return whole and any([part.operation in ("log", "log1p") for part in operations_of(node)])


def is_inner(node: "Traced") -> bool:
    """Return whether a number is only a part of the formula of another one."""
    return kind(node) in ("inner", "backward") or is_loss(node) and node.name[4:5] == "["


def operations_of(node: "Traced") -> "Iterator[Traced]":
    """Yield the operations of the formula of a number, starting with the number itself."""
    waiting, known = [node], {id(node)}
    while waiting:
        part = waiting.pop()
        yield part
        inside = [operand for operand in part.operands if not operand.name or is_inner(operand)]
        within = [operand for operand in inside if id(operand) not in known]
        known.update([id(operand) for operand in within])
        waiting.extend(within)


def ends_of(working: "Working", node: "Traced") -> "List[Traced]":
    """Return the input z and the output a of an activation, at the indices of ``node``."""
    names = [str(Name.parse(node.name)._replace(role=end)) for end in "za"]
    return [working.step.number(name) if working.step.knows(name) else node for name in names]


def twin(working: "Working", node: "Traced") -> "Traced":
    """Return the number in row j and column i, given that in row i and column j."""
    name = Name.parse(node.name)
    twin = str(name._replace(indices=name.indices[::-1]))
    return working.step.number(twin) if working.step.knows(twin) else node
