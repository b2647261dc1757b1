"""Checks numbers computed by hand against the record, and recognizes common mistakes.

    check(why, entries)   which numbers are right, which are missing, and the first wrong one
    MISTAKES              the common mistakes, each a description and an edit of the record
    Working               the numbers that follow from the record with a mistake in it

>>> import scratchnet as sn
>>> from scratchnet.explanation.explanation import explain
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-1]], bias=[0.25]), sn.Tanh()])
>>> why = explain(net, [[3, 1]], [1], loss="half_squared_error", optimizer=sn.SGD(0.1))
>>> entries = [("0.z[0][0]", "0.75", 1), ("1.a[0][0]", "0.64", 2)]
>>> findings = check(why, entries + [("1.derivative[0][0]", "0.44", 3)])
>>> findings.right, findings.wrong.name, findings.wrong.right
(['0.z[0][0]', '1.a[0][0]'], '1.derivative[0][0]', '0.5966')
>>> findings.wrong.mistake
'this is the result if the derivative is computed with z in place of the output a'
"""

from decimal import ROUND_DOWN, Decimal

from ..core import functions
from ..scalars import Traced
from ..texts import plural, printed
from .digits import COMPUTED
from .names import Name
from .number import Number, inputs
from .text import DECIMALS
from .text import number as written
from .worksheet import decimals_of, sections, value_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, Iterator, List, Optional, Sequence, Set, Tuple

    from .explanation import Explanation
    from .step import Step
    from .worksheet import Entry

    Edit = Callable[["Working", Traced, Traced], Traced]
    Known = Callable[[Traced], Optional[float]]

ROUNDING = 1e-12  # the relative difference of sums that are added in different orders
FEWEST = 2  # significant digits from which a mistake is recognized; with fewer, only if it is exact
COARSE = 1  # decimals; a number without decimals may be too coarse to check, such as 0 for 0.25
NEAR = 0.1  # the relative difference up to which it is not, such as 1 for 0.9999
MOST_TERMS = 8  # outputs of a layer whose error may be left out
MOST = 2  # results of mistakes that the digits fit; with more, no mistake is reported


# ---- the common mistakes -------------------------------------------------------------------------


class Mistake:
    """An edit of the record: what replaces ``node`` in the formula of the number ``owner``.

    ``reference``   replaces a number that the formula refers to by name
    ``operation``   replaces an operation; if it is the whole formula, ``node`` is ``owner``

    Each is a function (working, node, owner), which returns ``node`` if it changes nothing.
    """

    def __init__(
        self, sentence: str, reference: "Optional[Edit]" = None, operation: "Optional[Edit]" = None
    ) -> None:
        self.sentence = sentence
        self.reference = reference or _unchanged
        self.operation = operation or _unchanged


def _unchanged(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    return node


def _updated(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the new weight in all gradients except its own, which the new weight depends on."""
    new = f"{node.name}.new"
    applies = _is_gradient(owner) and owner.name != f"{node.name}.gradient"
    return working.step.number(new) if applies and new in working.step.updates else node


def _long_way(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a δ by the chain rule, without the shortcut."""
    return working.step.chains.get(node.name, node) if node is owner else node


def _derivative_again(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a δ multiplied once more by the derivative of the activation."""
    chain = _long_way(working, node, owner)
    derivatives = [
        factor for factor in chain.operands if chain is not node and _is_derivative(factor)
    ]
    return node * derivatives[0] if derivatives else node


def _taken_at_output(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return a in place of z in a derivative; an a in the formula is computed again, from a."""
    if not _is_derivative(owner):
        return node
    z, a = _ends(working, owner)
    if node is a:
        return Traced(a.value, a.operation, a.operands)
    return a if node is z else node


def _no_half(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the squared error without ½ and, if the loss has this ½, its derivative without it."""
    if _is_gradient(owner) and _is_error(node):
        has_half = any([_is_half(part) for part in _formula(working.step.numbers["loss"])])
        return 2 * node if has_half else node
    return node.operands[0] if _is_loss(owner) and _is_half(node) else node


def _thresholded(error: "Traced") -> "Traced":
    output, target = error.operands
    return error if _is_threshold(output) else (output >= 0.5).where(1.0, 0.0) - target


def _rounded(decimals: int) -> "Edit":
    return lambda w, node, owner: (
        Traced(None, "round", (node, Traced(decimals))) if node.operation else node
    )


def _negative(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    return -node if node is working.target else node


def _averaged_again(count: int) -> "Edit":
    return lambda w, node, owner: (
        node / count if node is w.target and (_is_loss(node) or _is_gradient(node)) else node
    )


def _data_for_input(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the feature x in place of the hidden output in the gradient of a weight."""
    if not (_is_output(node) and _is_gradient(owner) and _kind(owner) == "weights"):
        return node
    x = str(Name(None, "x", Name.parse(node.name).indices))
    return working.step.numbers.get(x, node)


def _weight_for_input(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
    """Return the weight in place of what it is multiplied with, in its gradient."""
    if not (_is_gradient(owner) and _kind(owner) == "weights") or _is_gradient(node):
        return node
    return working.step.numbers.get(str(Name.parse(owner.name).with_suffix("")), node)


# The mistakes in derivatives: each is looked for in the shortcut and in the chain rule.
_OF_DERIVATIVES: "List[Tuple[str, Edit]]" = [
    (
        "the derivative of the activation is left out",
        lambda w, node, owner: Traced(1.0) if _is_derivative(node) else node,
    ),
    (
        "the derivative is computed with z in place of the output a",
        lambda w, node, owner: (
            _ends(w, owner)[0] if _is_derivative(owner) and node is _ends(w, owner)[1] else node
        ),
    ),
    ("the derivative is taken at the output a instead of at z", _taken_at_output),
]

# The most likely first: if two mistakes give the same number, the first one is reported.
MISTAKES = [
    Mistake("the gradients are computed with weights that are already updated", _updated),
    *[
        Mistake(sentence, edit, operation)
        for sentence, edit in _OF_DERIVATIVES
        for operation in (None, _long_way)
    ],
    Mistake(
        "the derivative of the activation is applied twice: "
        "the gradient of this loss at z contains it already",
        operation=_derivative_again,
    ),
    Mistake(
        "the weight is left out on the way back",
        lambda w, node, owner: (
            Traced(1.0) if _kind(node) == "weights" and _is_led_back(owner) else node
        ),
    ),
    Mistake("the input x is used instead of the output of the hidden layer", _data_for_input),
    Mistake("the weight is used instead of the number it is multiplied with", _weight_for_input),
    Mistake(
        "the division by the number of terms is left out",
        operation=lambda w, node, owner: node.operands[0] if _is_mean(node, owner) else node,
    ),
    Mistake("the factor ½ of the squared error is left out", operation=_no_half),
    Mistake(
        "the factor 2 in the derivative of the square is left out",
        operation=lambda w, node, owner: (
            node.operands[1] if _is_gradient(owner) and _is_doubled(node) else node
        ),
    ),
    Mistake(
        "the target minus the output is used instead of the output minus the target",
        operation=lambda w, node, owner: -node if _is_gradient(owner) and _is_error(node) else node,
    ),
    Mistake(
        "the step is added instead of subtracted",
        operation=lambda w, node, owner: (
            node.operands[0] + node.operands[1] if _is_step(w, node) else node
        ),
    ),
    Mistake(
        "the minus sign in the exponent is left out",
        operation=lambda w, node, owner: (
            node.operands[0].operands[0].exp() if _is_e_to_minus(node) else node
        ),
    ),
    Mistake(
        "the weights are transposed: row and column are exchanged",
        lambda w, node, owner: (
            _twin(w, node) if _is_of_square(w, node) and not _is_new(w, owner) else node
        ),
    ),
    Mistake(
        "the weights are transposed: row and column are exchanged",
        operation=lambda w, node, owner: (
            _twin(w, node) if node is w.target and _kind(node) == "weights" else node
        ),
    ),
    Mistake(
        "the bias is left out",
        lambda w, node, owner: (
            Traced(0.0) if _kind(node) == "bias" and _kind(owner) == "z" else node
        ),
    ),
    Mistake(
        "the learning rate is left out",
        lambda w, node, owner: Traced(1.0) if _is_rate(node) and _is_new(w, owner) else node,
    ),
    Mistake(
        "the learning rate is applied twice",
        lambda w, node, owner: node * node if _is_rate(node) and _is_new(w, owner) else node,
    ),
    Mistake(  # log(1 + e^z) - y·z counts as one logarithm.
        "the logarithm to base 10 is used instead of the natural logarithm",
        operation=lambda w, node, owner: (
            node / functions.log(10.0) if _is_logarithm(w, node, owner) else node
        ),
    ),
    Mistake(
        "the number before the threshold is used instead of the output of the threshold",
        lambda w, node, owner: (
            _ends(w, node)[0] if _is_gradient(owner) and _is_threshold(node) else node
        ),
    ),
    Mistake(
        "the output is replaced by 0 or 1 before it is compared with the target",
        operation=lambda w, node, owner: (
            _thresholded(node) if _is_gradient(owner) and _is_error(node) else node
        ),
    ),
]


# ---- mistakes that depend on the network ---------------------------------------------------------


def _on_the_way_back(step: "Step") -> "List[Mistake]":
    """Return the mistakes of one layer or of one output."""
    found = []
    for k, layer in enumerate(step.net.layers):
        if hasattr(layer, "derivative"):
            sentence = f"the derivative of layer {k} is left out"
            found.append(Mistake(sentence, _without_derivative(k)))
    widest = max([len(row) for rows in step.outputs for row in rows])
    for n in range(min(widest, MOST_TERMS)):
        sentence = f"only the error of output {n} is led back"
        found.append(Mistake(sentence, operation=_of_terms({n})))
        sentence = f"the error of output {n} is left out on the way back"
        found.append(Mistake(sentence, operation=_of_terms(set(range(widest)) - {n})))
    return found


def _without_derivative(layer: int) -> "Edit":
    return lambda w, node, owner: (
        Traced(1.0) if _is_derivative(node) and Name.parse(node.name).layer == layer else node
    )


def _of_terms(places: "Set[int]") -> "Edit":
    """Return the edit that keeps only the terms at these places of a sum over the outputs."""

    def edit(working: "Working", node: "Traced", owner: "Traced") -> "Traced":
        if node.operation != "dot" or not _is_led_back(owner) or len(node.operands) < 4:
            return node
        pairs = list(zip(node.operands[::2], node.operands[1::2]))
        kept = [part for i, pair in enumerate(pairs) if i in places for part in pair]
        return Traced(None, "dot", tuple(kept)) if kept else node

    return edit


def _at_last(step: "Step") -> "List[Mistake]":
    """Return the mistakes that change the final result only."""
    found = [Mistake("the sign is reversed", None, _negative)]
    for count, things in ((len(step.samples), "samples"), (len(step.outputs[-1][0]), "outputs")):
        if count > 1:
            sentence = f"it is divided by the number of {things} once too often"
            found.append(Mistake(sentence, None, _averaged_again(count)))
    return found


def _roundings(digits: str, entries: "Sequence[Entry]") -> "List[Mistake]":
    """Return the mistakes of rounding intermediate results to fewer decimals than this number has.

    These are 1, 2 or 3 decimals, and as many as another entry has.
    """
    found = []
    given = 0 if "/" in digits else decimals_of(digits)
    used = {decimals_of(entry[1]) for entry in entries if "/" not in entry[1]}
    for decimals in sorted({1, 2, 3} | used):
        if 0 <= decimals < given:
            sentence = (
                f"intermediate results are rounded to {plural(decimals, 'decimal')}, "
                f"too few to give this number to {given}"
            )
            found.append(Mistake(sentence, _rounded(decimals)))
    return found


# ---- properties of numbers in the record ---------------------------------------------------------


def _kind(node: "Traced") -> str:
    return Name.parse(node.name).kind


def _is_gradient(node: "Traced") -> bool:
    return Name.parse(node.name).is_gradient


def _is_led_back(node: "Traced") -> bool:
    """Return whether this is the gradient at an output of a layer or at an input."""
    return _is_gradient(node) and Name.parse(node.name).array[-1:] in ("z", "a", "x")


def _is_output(node: "Traced") -> bool:
    """Return whether this is an output of a layer."""
    return not _is_gradient(node) and _kind(node) in ("z", "a")


def _is_derivative(node: "Traced") -> bool:
    return _kind(node) == "derivative"


def _is_loss(node: "Traced") -> bool:
    """Return whether this is the loss or that of a sample."""
    return Name.parse(node.name).array == "loss"


def _is_new(working: "Working", node: "Traced") -> bool:
    return node.name in working.step.updates


def _is_rate(node: "Traced") -> bool:
    return node.name in ("learning_rate", "rate")


def _is(n: int, node: "Traced") -> bool:
    return not node.name and not node.operation and bool(node.value == n)


def _is_target(node: "Traced") -> bool:
    return Name.parse(node.name).array == "y"


def _is_error(node: "Traced") -> bool:
    """Return whether this is an output minus its target."""
    return (
        node.operation == "subtract"
        and bool(node.operands[0].name)
        and _is_target(node.operands[1])
    )


def _is_doubled(node: "Traced") -> bool:
    return node.operation == "multiply" and _is(2, node.operands[0]) and _is_error(node.operands[1])


def _is_half(node: "Traced") -> bool:
    """Return whether this is half of a term with a target; the ½ of a penalty does not count."""
    halved = (
        node.operation == "divide"
        and _is(2, node.operands[1])
        and node.operands[0].operation != "total"
    )
    return halved and any(
        [_is_target(operand) for part in _formula(node) for operand in part.operands]
    )


def _is_mean(node: "Traced", owner: "Traced") -> bool:
    """Return whether this is a quotient by the number of terms.

    The number is a constant or depends on the sample weights only.
    """
    if node.operation != "divide" or node.operands[1].name:
        return False
    counted = {Name.parse(operand.name).array for operand in inputs(node.operands[1])}
    averaged = _is_gradient(owner) or _is_loss(owner) and node.operands[0].operation == "total"
    return averaged and counted <= {"", "sample_weight"}


def _is_step(working: "Working", node: "Traced") -> bool:
    return node.operation == "subtract" and _is_new(working, node)


def _is_e_to_minus(node: "Traced") -> bool:
    return (
        node.operation == "exp"
        and node.operands[0].operation == "negate"
        and not node.operands[0].name
    )


def _is_threshold(node: "Traced") -> bool:
    """Return whether this is an output that is one of two constants."""
    if _kind(node) != "a" or node.operation != "where":
        return False
    return not any([arm.name or arm.operation for arm in node.operands[1:]])


def _is_of_square(working: "Working", node: "Traced") -> bool:
    """Return whether this is an element of a square matrix of parameters."""
    square = [p.name for p in working.step.net.parameters() if len(p.rows) == len(p.rows[0])]
    return Name.parse(node.name).array in square


def _is_logarithm(working: "Working", node: "Traced", owner: "Traced") -> bool:
    whole = node is owner and (node is working.target or not _is_inner(node))
    return whole and any([part.operation in ("log", "log1p") for part in _formula(node)])


def _is_inner(node: "Traced") -> bool:
    """Return whether a number is only a part of the formula of another one."""
    return _kind(node) in ("inner", "backward") or _is_loss(node) and node.name[4:5] == "["


def _formula(node: "Traced") -> "Iterator[Traced]":
    """Yield the operations of the formula of a number, starting with the number itself."""
    waiting, known = [node], {id(node)}
    while waiting:
        part = waiting.pop()
        yield part
        inside = [operand for operand in part.operands if not operand.name or _is_inner(operand)]
        within = [operand for operand in inside if id(operand) not in known]
        known.update([id(operand) for operand in within])
        waiting.extend(within)


def _ends(working: "Working", node: "Traced") -> "List[Traced]":
    """Return the input z and the output a of an activation, at the indices of ``node``."""
    names = [str(Name.parse(node.name)._replace(role=end)) for end in "za"]
    return [working.step.number(name) if working.step.knows(name) else node for name in names]


def _twin(working: "Working", node: "Traced") -> "Traced":
    """Return the number in row j and column i, given that in row i and column j."""
    name = Name.parse(node.name)
    twin = str(name._replace(indices=name.indices[::-1]))
    return working.step.number(twin) if working.step.knows(twin) else node


# ---- the numbers, computed again from the record -------------------------------------------------

EDITED = dict(COMPUTED, round=lambda value, decimals: round(value, int(decimals)))


class Working:
    """The numbers that follow from the record with a mistake in it.

    ``known(node)`` returns the value of a number that is not computed, or None.
    """

    def __init__(self, step: "Step", known: "Known", mistake: "Mistake") -> None:
        self.step: "Step" = step
        self.known = known
        self.mistake = mistake
        self.values: "Dict[str, float]" = {}
        self.target: "Optional[Traced]" = None
        self.missing: "List[Traced]" = []
        # The values of the unnamed parts of the current formula. Each is stored with its node, so
        # that the id stays in use.
        self.parts: "Dict[int, Tuple[Traced, float]]" = {}

    def value(self, target: "Traced") -> "Optional[float]":
        """Return the value of a number, or None if the mistake makes it undefined or circular."""
        self.target = target
        waiting, begun = [target], set()
        while waiting:  # A loop, because a network may be deeper than Python's stack.
            node = waiting[-1]
            value = self.values.get(node.name)
            if value is None:
                self.missing, self.parts = [], {}
                try:
                    value = self.computed(self.mistake.operation(self, node, node), node, node)
                except (ArithmeticError, ValueError):
                    pass
                is_circular = any([other.name in begun for other in self.missing])
                if is_circular or value is None and not self.missing:
                    return None
            if self.missing:
                begun.add(node.name)
                waiting.extend(self.missing)
                self.missing = []
            else:
                begun.discard(waiting.pop().name)
                self.values[node.name] = value  # type: ignore[assignment]
        return self.values[target.name]

    def computed(self, record: "Traced", owner: "Traced", origin: "Traced") -> float:
        """Compute the operation of ``record``, in which ``origin`` is not edited again."""
        if not record.operation:
            return float(record.value)
        owner = record if record.name else owner
        value: float = EDITED[record.operation](
            *[self.operand(part, owner, origin) for part in record.operands]
        )
        return value

    def operand(self, node: "Traced", owner: "Traced", origin: "Traced") -> float:
        """Return the value of a number in the formula of ``owner``."""
        if node is origin:
            if node.name and node is not owner:
                return self.number(node)
            return self.computed(node, owner, node)
        if node.name:
            record = self.mistake.reference(self, node, owner)
            return self.number(record) if record.name else self.computed(record, owner, node)
        if id(node) not in self.parts:
            record = self.mistake.operation(self, node, owner)
            self.parts[id(node)] = node, self.computed(record, owner, node)
        return self.parts[id(node)][1]

    def number(self, node: "Traced") -> float:
        """Return the value of a named number; if it is not computed yet, add it to ``missing``."""
        value = self.known(node)
        if value is None:
            value = self.values.get(node.name) if node.operation else float(node.value)
        if value is None:
            self.missing.append(node)
        return float("nan") if value is None else value


# ---- checking ------------------------------------------------------------------------------------


class Wrong:
    """A wrong number.

    ``name``, ``given``, ``line``   the entry as it was read
    ``right``                       the right number, with as many decimals as the entry
    ``number``                      where the right number comes from (number.Number)
    ``mistake``                     a sentence with the mistake that gives the wrong number, or None
    ``carried``                     what follows from the wrong numbers before it, as text, or None
    """

    def __init__(
        self,
        entry: "Entry",
        number: "Number",
        mistake: "Optional[str]",
        carried: "Optional[float]" = None,
    ) -> None:
        self.name, self.given, self.line = entry
        self.decimals = DECIMALS if "/" in self.given else max(decimals_of(self.given), 0)
        self.right = written(number.value, max(DECIMALS, self.decimals))
        self.number = number
        self.mistake = mistake
        self.carried: "Optional[str]" = None
        if carried is not None:
            self.carried = written(carried, max(DECIMALS, self.decimals))

    def text(self) -> str:
        lines = [
            f"line {self.line}: {self.name} = {self.given} is wrong; "
            f"the right number is {self.right}"
        ]
        if self.carried is not None:
            lines.append(f"  with the wrong numbers before it, {self.carried} would be right")
        lines += [f"  {self.mistake}"] if self.mistake else []
        return "\n".join(lines + ["", self.number.text(0, max(DECIMALS, self.decimals))])


class Findings:
    """The result of a check.

    ``right``       the names of the right numbers
    ``followed``    those that are right if an earlier wrong number is carried on; they count
    ``wrongs``      the wrong numbers, in the order of the step
    ``missing``     the names of the numbers of the worksheet that have no entry
    """

    def __init__(
        self,
        right: "List[str]",
        followed: "List[str]",
        wrongs: "List[Wrong]",
        missing: "List[str]",
    ) -> None:
        self.right = right
        self.followed = followed
        self.wrongs = wrongs
        self.missing = missing

    @property
    def wrong(self) -> "Optional[Wrong]":
        """The first wrong number, or None."""
        return self.wrongs[0] if self.wrongs else None

    @property
    def passed(self) -> bool:
        return not self.wrongs

    @property
    def score(self) -> "Tuple[int, int]":
        """How many numbers of the worksheet are right, and how many there are."""
        count = len(self.right) + len(self.followed)
        return count, count + len(self.wrongs) + len(self.missing)

    def text(self) -> str:
        lines = []
        for wrong in self.wrongs:
            lines += [wrong.text(), ""]
        if self.followed:
            names = ", ".join(self.followed)
            lines.append(f"right with the wrong numbers carried on: {names}")
        counts = [f"right: {plural(len(self.right), 'number')}"]
        if self.wrongs:
            counts.append(f"right with a wrong number carried on: {len(self.followed)}")
            counts.append(f"wrong: {len(self.wrongs)}")
        counts.append(f"missing: {plural(len(self.missing), 'number')} of the worksheet")
        return "\n".join(lines + ["; ".join(counts), "score: {} of {}".format(*self.score)])

    def __str__(self) -> str:
        return printed(self.text())


def check(why: "Explanation", entries: "Sequence[Entry]") -> "Findings":
    """Check the entries (name, digits, line) in the order of the step.

    An entry is right if its digits are right. It is also right if its digits follow from the
    entries before it, which are rounded. After a wrong entry, what follows from it counts.
    """
    own = _Own(why, entries)
    right, followed, wrongs = [], [], []
    for entry in _in_order(why, entries):
        number = why[entry[0]]
        if own.accepts(number.node, entry[1]):
            right += [entry[0]] if number.node.operation else []
        elif own.follows(number.node, entry[1]):
            followed.append(entry[0])
        else:
            mistake, carried = own.mistake(number.node, entry[1]), own.with_wrong(number.node)
            wrongs.append(Wrong(entry, number, mistake, carried))
            own.wrong[number.name] = value_of(entry[1])[0]
        own.add(number.name, value_of(entry[1])[0])
    names = {why.step.full_name(entry[0].strip()) for entry in entries}
    blanks = [name for _, found in sections(why) for name in found if why[name].node.operation]
    missing = [name for name in blanks if name not in names]
    return Findings(right, followed, wrongs, missing)


def _in_order(why: "Explanation", entries: "Sequence[Entry]") -> "List[Entry]":
    """Return the entries in the order of the step; those of the next forward pass come last."""
    names = [why[entry[0]].name for entry in entries]
    of_step = [name for name in why.step.names() if name != "loss.new"]
    order: "Dict[str, int]" = {}
    for name in of_step + list(why.step.numbers):
        order.setdefault(name, len(order))
    return [entries[k] for k in sorted(range(len(names)), key=lambda k: order[names[k]])]


class _Own:
    """The entries so far.

    ``values``   all of them, by name
    ``wrong``    those that are wrong
    """

    def __init__(self, why: "Explanation", entries: "Sequence[Entry]") -> None:
        self.step = why.step
        self.entries = entries
        self.values: "Dict[str, float]" = {}
        self.wrong: "Dict[str, float]" = {}
        self.known = _known_of(self.values)
        self.carried = Working(self.step, self.known, Mistake(""))  # what follows from all entries

    def add(self, name: str, value: float) -> None:
        """Add an entry."""
        if value != self.carried.values.get(name):
            self.carried = Working(self.step, self.known, Mistake(""))
        self.values[name] = value

    def accepts(self, node: "Traced", digits: str) -> bool:
        """Return whether an entry is right."""
        given, half = value_of(digits)
        exact = float(node.value)
        if _says_nothing(digits, exact):
            return False
        right = {name: v for name, v in self.values.items() if name not in self.wrong}
        return self.fits(node, given, half, exact, right, {})

    def with_wrong(self, node: "Traced") -> "Optional[float]":
        """Return what follows from the wrong entries, or None if the number depends on none."""
        value = Working(self.step, _known_of(self.wrong), Mistake("")).value(node)
        exact = float(node.value)
        return None if value is None or _close(exact, value, 0.0) else value

    def follows(self, node: "Traced", digits: str) -> bool:
        """Return whether an entry is right if the wrong ones before it are carried on."""
        given, half = value_of(digits)
        base = Working(self.step, _known_of(self.wrong), Mistake("")).value(node)
        if not self.wrong or not node.operation or base is None or _says_nothing(digits, base):
            return False
        return self.fits(node, given, half, base, self.values, self.wrong)

    def fits(
        self,
        node: "Traced",
        given: float,
        half: float,
        exact: float,
        values: "Dict[str, float]",
        fixed: "Dict[str, float]",
    ) -> bool:
        """Return whether a number agrees with ``exact``, or with what follows from ``values``.

        ``fixed`` are the values with which ``exact`` was computed.
        """
        if _close(given, exact, half):
            return True
        if _close(given, Working(self.step, _known_of(values), Mistake("")).value(node), half):
            return True
        return _close(given, exact, half + sum(self.influences(node, exact, values, fixed)))

    def influences(
        self,
        node: "Traced",
        exact: float,
        values: "Dict[str, float]",
        fixed: "Dict[str, float]",
    ) -> "Iterator[float]":
        """Yield how much the rounding of each entry that a number depends on changes the number.

        People may use some entries as written down, and others with all digits of the calculator.
        """
        for source in self.sources(node):
            if source.name in values and source.name not in fixed:
                alone = dict(fixed, **{source.name: values[source.name]})
                value = Working(self.step, _known_of(alone), Mistake("")).value(node)
                yield 0.0 if value is None else abs(value - exact)

    def sources(self, node: "Traced") -> "List[Traced]":
        """Return the entries that a number depends on directly, not through other entries."""
        found: "List[Traced]" = []
        waiting, known = [node], {node.name}
        while waiting:
            for operand in inputs(waiting.pop()):
                if operand.name and operand.name not in known:
                    known.add(operand.name)
                    (found if operand.name in self.values else waiting).append(operand)
        return [source for source in found if self.values[source.name] != source.value]

    def mistake(self, node: "Traced", digits: str) -> "Optional[str]":
        """Return a sentence with the mistake that gives this wrong number, if it is recognizable.

        The mistake is looked for first in the formula of the number, computed from the entries and
        then from the right numbers. After that it is looked for in everything that the entries do
        not determine, and in everything from the data on.
        """
        given, half = value_of(digits)
        if _says_nothing(digits, float(node.value)) and _close(given, float(node.value), half):
            return "it has too few digits to be checked"
        if not node.operation:
            return None
        if any([_is_cut_off(digits, v) for v in (float(node.value), self.carried.value(node))]):
            return "the digits after the last one are cut off instead of rounded"
        half = half if _significant(digits) >= FEWEST else 0.0
        own: "List[Known]" = [self.carried_or_own, lambda other: float(other.value)]
        all_the_way: "List[Known]" = [self.known, lambda other: None]
        common = MISTAKES + _on_the_way_back(self.step)
        attempts = [(known, common) for known in own]
        attempts += [(known, common + _at_last(self.step)) for known in all_the_way]
        attempts += [(known, _roundings(digits, self.entries)) for known in own + all_the_way]
        for known, mistakes in attempts:
            values = [Working(self.step, known, mistake).value(node) for mistake in mistakes]
            found = [k for k, value in enumerate(values) if _close(given, value, half)]
            if found:
                different = {f"{values[k]:.9e}" for k in found}
                if len(different) > MOST:
                    return None
                return f"this is the result if {mistakes[found[0]].sentence}"
        return None

    def carried_or_own(self, node: "Traced") -> "Optional[float]":
        own = self.values.get(node.name)
        return self.carried.value(node) if own is None else own


def _is_cut_off(digits: str, value: "Optional[float]") -> bool:
    """Return whether these are the first digits of a number, which round to others."""
    if value is None or "/" in digits or _significant(digits) < FEWEST:
        return False
    unit = Decimal(1).scaleb(-decimals_of(digits))
    return Decimal(digits) == Decimal(value).quantize(unit, ROUND_DOWN)


def _known_of(values: "Dict[str, float]") -> "Known":
    return lambda node: values.get(node.name)


def _close(given: float, value: "Optional[float]", half: float) -> bool:
    """Return whether a number is right to half a unit of its last digit."""
    return value is not None and abs(given - value) <= half + ROUNDING * (abs(value) + ROUNDING)


def _says_nothing(digits: str, exact: float) -> bool:
    """Return whether half a unit of the last digit is more than half of the number.

    A number without decimals may be a good one: 1 for 0.9999.
    """
    given, half = value_of(digits)
    is_near = abs(given - exact) <= abs(exact) * NEAR
    return half > abs(exact) / 2 and not is_near and decimals_of(digits) < COARSE


def _significant(digits: str) -> float:
    """Return the number of significant digits; a fraction is exact."""
    return float("inf") if "/" in digits else len(Decimal(digits).as_tuple().digits)
