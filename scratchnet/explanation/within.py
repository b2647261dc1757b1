"""Which numbers within a rule get names.

    kept_values(layer)       what a layer keeps in its attributes
    shared_numbers(groups)   what several formulas have in common
    long_shared(root)        long parts that occur several times in one formula
    long_parts(root)         parts of a formula that is too long to read
    terms_of(loss, n)        the losses of n samples, of which the loss is the sum
    result_of(number)        what a rule returns, as a number of its own

>>> x = Traced(3.0, name="x[0][0]")
>>> square = x * x
>>> [node is square for node in shared_numbers([[square + 1], [square + 2]])]
[True]
>>> root = x
>>> for n in range(99):
...     root = root / 2 + n
>>> parts = long_parts(root)
>>> for n, part in enumerate(parts):
...     part.name = f"part[{n}]"
>>> len(parts), max([formula_size(node) for node in parts + [root]]) <= LONG
(4, True)
"""

from ..core.layer import Layer
from ..scalars import Traced
from ..scalars.operations import COMPARISON, INFIX
from .names import Name
from .text import LONGEST

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence, Tuple

LONG = 40  # operations in a formula; of a longer one, parts get names
PART = 8  # the fewest operations of such a part


# ---- what a layer keeps --------------------------------------------------------------------------


def kept_values(layer: "Any", path: str = "") -> "Iterator[Tuple[str, Any]]":
    """Yield the names and the values of the attributes of a layer and of the layers within it."""
    attributes = layer.items() if isinstance(layer, dict) else vars(layer).items()
    for name, value in attributes:
        parts = value if isinstance(value, (list, tuple)) else [value]
        if isinstance(value, (Layer, dict)):
            yield from kept_values(value, f"{path}{name}.")
        elif any([isinstance(part, Layer) for part in parts]):
            for n, part in enumerate(parts):
                yield from kept_values(part, f"{path}{name}[{n}].")
        else:
            yield path + str(name), value


def numbers_in(value: "Any", place: "Tuple[int, ...]" = ()) -> "Iterator[Tuple[Any, Traced]]":
    """Yield the computed numbers in nested lists that have no name, each with its indices."""
    if isinstance(value, (list, tuple)):
        for n, part in enumerate(value):
            yield from numbers_in(part, place + (n,))
    elif isinstance(value, Traced) and is_computed(value) and not is_comparison(value):
        yield place, value


def is_per_sample(value: "Any", inputs: "Sequence[Sequence[Traced]]") -> bool:
    """Return whether the first index of an array that a layer keeps is that of the sample.

    ``inputs`` are the inputs of the layer. A list of numbers that is as long as the batch can also
    hold one number per feature; then each depends on the inputs of several samples.
    """
    if not isinstance(value, (list, tuple)) or len(value) != len(inputs):
        return False
    if isinstance(value[0], (list, tuple)):
        return True
    sample_of = {id(x): i for i, row in enumerate(inputs) for x in row}
    found = [{sample_of.get(id(node), i) for node in _leaves(value[i])} for i in range(len(value))]
    return all([samples <= {i} for i, samples in enumerate(found)])


def _leaves(root: "Any") -> "Iterator[Traced]":
    """Yield the numbers with which the computation of a number begins, in this layer."""
    waiting, known = [root], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Traced) and id(node) not in known:
            known.add(id(node))
            if is_computed(node):
                waiting.extend(node.operands)
            else:
                yield node


# ---- what formulas share -------------------------------------------------------------------------


def shared_numbers(groups: "Sequence[Sequence[Traced]]", alone: bool = False) -> "List[Traced]":
    """Return the unnamed numbers that several numbers use, and on which several groups depend.

    With ``alone``, one group is enough. Each number comes after its operands. Numbers that depend
    on hyperparameters only, such as 1 - rate, are left out.
    """
    parents: "Dict[int, int]" = {}
    reached: "Dict[int, int]" = {}
    found: "Dict[int, Traced]" = {}
    for group in groups:
        of_group: "Dict[int, Traced]" = {}
        for root in group:
            for node in _within(root):
                if id(node) not in found:
                    found[id(node)] = node
                    for operand in _inside(node):
                        parents[id(operand)] = parents.get(id(operand), 0) + 1
                of_group[id(node)] = node
        for key in of_group:
            reached[key] = reached.get(key, 0) + 1
    return [
        node
        for key, node in found.items()
        if parents.get(key, 0) > 1
        and (alone or reached[key] > 1)
        and is_computed(node)
        and not is_comparison(node)
        and any([part.operation or Name.parse(part.name).indices for part in node.operands])
    ]


def _within(root: "Traced") -> "List[Traced]":
    """Return ``root`` and the unnamed numbers that it depends on, each after its operands."""
    found: "Dict[int, Traced]" = {}
    waiting = [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            found[id(node)] = node
        elif id(node) not in found and (node is root or is_computed(node)):
            waiting.append((node, True))
            waiting.extend([(operand, False) for operand in reversed(_inside(node))])
    return list(found.values())


def _inside(node: "Traced") -> "List[Traced]":
    """Return the operands without a name, each once, because a square uses its number once."""
    return list({id(part): part for part in node.operands if is_computed(part)}.values())


# ---- the loss of each sample ---------------------------------------------------------------------


def terms_of(loss: "Traced", samples: int) -> "List[Traced]":
    """Return the losses of the samples, of which the loss is the sum, or [] if it has another form.

    For a single sample, this is the loss itself, unless it is weighted or has penalties.
    """
    waiting = [loss]
    while waiting:
        node = waiting.pop()
        terms = list(node.operands)
        if node.operation == "total" and len(terms) == samples and all(map(_is_total, terms)):
            return [loss] if samples == 1 and _is_mean_of_one(loss, node) else terms
        waiting.extend([part for part in terms if is_computed(part)])
    return []


def _is_total(node: "Traced") -> bool:
    return node.operation == "total" and not node.name


def _is_mean_of_one(loss: "Traced", total: "Traced") -> bool:
    """Return whether the loss is this total, divided by 1 at most."""
    if loss is total:
        return True
    is_quotient = loss.operation == "divide" and loss.operands[0] is total
    return is_quotient and not is_computed(loss.operands[1]) and bool(loss.operands[1].value == 1)


def long_shared(root: "Traced") -> "List[Traced]":
    """Return the long parts that a formula contains several times, each after its operands."""
    return [node for node in shared_numbers([[root]], alone=True) if formula_size(node) >= PART]


# ---- parts of long formulas ----------------------------------------------------------------------


def long_parts(root: "Traced") -> "List[Traced]":
    """Return parts of the formula of a number, so that none has more than LONG operations.

    Each part comes after its operands. A long sum counts as its first terms, which are shown.
    """
    sizes: "Dict[int, int]" = {}
    found: "List[Traced]" = []
    for node in _within(root):
        sizes[id(node)] = _size(node, sizes)
        while sizes[id(node)] > LONG:
            inside = [part for part in _inside(node) if not is_comparison(part)]
            largest = max(inside, key=lambda part: sizes[id(part)])
            if sizes[id(largest)] < PART:
                break
            found.append(largest)
            sizes[id(largest)] = 0
            sizes[id(node)] = _size(node, sizes)
    return found


def formula_size(root: "Traced") -> int:
    """Return the number of operations in a formula."""
    sizes: "Dict[int, int]" = {}
    for node in _within(root):
        sizes[id(node)] = _size(node, sizes)
    return sizes[id(root)]


def _size(node: "Traced", sizes: "Dict[int, int]") -> int:
    """Return the number of operations, given those of the operands."""
    operands = node.operands
    width = 2 if node.operation == "dot" else 1
    if len(operands) > LONGEST * width and node.operation in ("dot", "total", "max"):
        operands = operands[: 3 * width] + operands[-width:]
    return 1 + sum([sizes.get(id(part), 0) for part in operands])


# ---- single numbers ------------------------------------------------------------------------------


def is_computed(node: "Traced") -> bool:
    """Return whether a number has a formula, but no name."""
    return bool(node.operation) and not node.name


def agree(a: "Any", b: "Any") -> bool:
    """Return whether two numbers agree except for rounding."""
    return bool(abs(a - b) * 1000000 <= abs(b))


def is_comparison(node: "Traced") -> bool:
    return node.operation in INFIX and INFIX[node.operation].precedence == COMPARISON


def result_of(number: "Any", rule: "Any") -> "Traced":
    """Return what a rule returns, as a number of its own.

    A rule can return a constant, or a number that has a name: one that it passes on unchanged.
    """
    node = number if isinstance(number, Traced) else Traced(number)
    if is_computed(node):
        return node
    code = getattr(rule, "__code__", None)
    source = (code.co_filename, code.co_firstlineno) if code else None
    return Traced(node.value, "total", (node,), source=source)
