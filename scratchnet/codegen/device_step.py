"""A training step on one sample, recorded for devices: forward, loss, backward, update.

The rules run once on symbolic numbers, those of the optimizer included: ``begin``, too, so that its
bias corrections follow from the number of the step. The record has two parts. The first computes
the loss and the gradient at every weight. The second, the update, is the same arithmetic for every
weight, so that it is kept once, as a template.
"""

from ..core.activations import Identity
from ..core.checks import look_up, require
from ..core.examples import Examples
from ..core.losses import LOSSES, loss_for
from ..core.optimizers import OPTIMIZERS, Optimizer
from ..core.training import Engine
from ..scalars.symbolic import Undecided
from .own import RememberingNothing, check_attributes, is_own
from .program import Printer, record_rows
from .record.step_inputs import Draws

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.types import Row
    from ..scalars import Symbolic


class NoDraws(Draws):
    """A generator that refuses to draw."""

    def random(self) -> "Any":
        raise Undecided("it draws random numbers in training, which a device would need, too")


class DeviceStep:
    """The record of a step.

    ``x``, ``y``     the inputs of the network and the targets
    ``rows``         x and the output of each layer
    ``outputs``      what the network predicts
    ``value``        the loss, penalties included
    ``gradients``    the gradient at each weight that learns, parameter by parameter
    ``update``       the Update of each weight
    ``t``            the number of the next step
    ``memory``       how many numbers the optimizer remembers about each weight

    All inputs are named as in C: weights[k], in[j], target[k], ...
    """

    def __init__(
        self, net: "Sequential", loss: "Loss", optimizer: "Optimizer", symbolic: "Any"
    ) -> None:
        check_attributes(net, loss)
        self.symbolic = symbolic
        self.net = net.copy(symbolic)
        self.loss = loss.with_numbers(symbolic, exactly=True)
        self.learning = [p for p in self.net.parameters() if not p.frozen]
        self.weights = self.replace_weights("weights")
        if not self.weights:
            raise Undecided("all its parameters are frozen, so that there is nothing to learn")
        self.x = self.inputs("in", net.inputs or 0)
        self.rows = record_rows(net, self.net, self.x)
        self.outputs = self.rows[-1]
        self.y = self.inputs("target", len(self.outputs))
        self.value, self.gradients = self.backpropagate()
        self.optimizer = self.prepare(optimizer)
        self.memory = self.optimizer.memory
        self.update = self.update_weights()

    def inputs(self, name: str, count: int) -> "Row":
        return [self.symbolic(name=f"{name}[{k}]") for k in range(count)]

    def number(self, x: "Any") -> "Symbolic":
        """Return the result of a rule, which may also be a plain number."""
        return x if isinstance(x, self.symbolic) else self.symbolic(x)  # type: ignore[no-any-return]

    def replace_weights(self, name: str) -> "Row":
        """Replace the numbers of the parameters that learn by inputs, and return these."""
        weights = self.inputs(name, sum([p.count for p in self.learning]))
        rest = iter(weights)
        for p in self.learning:
            p.rows = [[next(rest) for _ in row] for row in p.rows]
        return weights

    def backpropagate(self) -> "Tuple[Symbolic, Row]":
        """Return the loss and the gradient at each weight that learns."""
        examples = Examples([self.x], [self.y], None, [])
        engine = Engine(self.net, self.loss, None, examples, NoDraws())  # type: ignore[arg-type]
        with RememberingNothing(self.net.layers + [self.loss]):
            value = engine.backpropagate(([self.x], [self.y], None))
        gradients = [self.number(g) for p in self.learning for row in p.gradient_rows for g in row]
        return self.number(value), gradients

    def prepare(self, optimizer: "Optimizer") -> "Any":
        """Return the optimizer with inputs for its rate, its number of steps and its memory."""
        if callable(optimizer.learning_rate):
            raise Undecided(
                "its learning rate is a function; give a number, "
                "and change the rate on the device between two steps"
            )
        twin = optimizer.with_numbers(self.symbolic, exactly=True)
        twin.learning_rate = self.symbolic(name="trainer->rate")
        twin.t = self.symbolic(name="trainer->t")
        twin.begin(self.symbolic)  # so that all its attributes exist
        return twin

    def update_weights(self) -> "Update":
        """Return the update, from a step of the optimizer."""
        count = len(self.weights)
        gradients = self.inputs("gradient", count)
        memory = [self.inputs(f"trainer->memory[{n}]", count) for n in range(self.memory)]
        inputs = list(zip(self.weights, gradients, *memory))
        rest = iter(inputs)
        for p in self.learning:
            rows = [[next(rest) for _ in row] for row in p.rows]
            gradient = [[v[1] for v in row] for row in rows]
            p.gradient = gradient[0] if p.flat else gradient
            self.optimizer.states[p.name] = [[v[2:] for v in row] for row in rows]
        with RememberingNothing([self.optimizer]):
            self.optimizer.step(self.net.parameters())
        results = []
        for p in self.learning:
            for row, states in zip(p.rows, self.optimizer.states[p.name]):
                results += [[w] + list(state) for w, state in zip(row, states)]
        self.t = self.number(self.optimizer.t)
        return Update(inputs, [[self.number(v) for v in row] for row in results])


class Update:
    """The arithmetic of one weight, from which that of every other one follows.

    ``inputs``    the weight, its gradient and what the optimizer remembers about it
    ``results``   the new weight, and what the optimizer remembers about it then
    ``shared``    the numbers that are the same for all weights
    """

    def __init__(self, inputs: "List[Any]", results: "List[Row]") -> None:
        record = Printer([v for row in results for v in row])
        rows = [[record.same[id(v)] for v in row] for row in results]
        self.inputs, self.results = inputs[0], rows[0]
        self.places = {id(v): k for k, v in enumerate(inputs[0])}
        self.shared: "Dict[int, Symbolic]" = {}
        for k in range(1, len(rows)):
            self.compare(inputs[k], rows[k], k == 1)

    def compare(self, inputs: "Row", results: "Row", first: bool) -> None:
        """Raise an error unless another weight is computed in the same way.

        ``first``   whether this is the first comparison, which finds what is shared
        """
        waiting = list(zip(self.results, results))
        seen = set()
        while waiting:
            a, b = waiting.pop()
            if (id(a), id(b)) in seen:
                continue
            seen.add((id(a), id(b)))
            if first and a is b and id(a) not in self.places:
                self.shared[id(a)] = a
            is_shared = id(a) in self.shared
            if (
                is_shared != (a is b)
                or len(a.operands) != len(b.operands)
                or a.operation != b.operation
                or id(a) in self.places
                and inputs[self.places[id(a)]] is not b
            ):
                raise Undecided("it does not do the same with every weight")
            if not is_shared:
                waiting.extend(zip(a.operands, b.operands))


def record_step(
    net: "Sequential", loss: "Loss", optimizer: "Optimizer", symbolic: "Any"
) -> "DeviceStep":
    """Return the record of a step. A part that cannot be recorded raises a ValueError."""
    try:
        return DeviceStep(net, loss, optimizer, symbolic)
    except Exception as error:  # User-defined rules may raise anything.
        own = all([is_own(part) for part in net.layers + [loss, optimizer]])
        if own and not isinstance(error, Undecided):
            raise
        raise ValueError(f"the training step cannot be written out: {error}") from None


def training_of(net: "Sequential", train: "Any", loss: "Any") -> "Optional[Tuple[Optimizer, Loss]]":
    """Return the optimizer and the loss of the training step, or None if there is none."""
    if train is None:
        require("loss", loss, (lambda v: v is None, "None: only a training step has a loss"))
        return None
    optimizer = look_up("train", train, OPTIMIZERS, Optimizer)
    return optimizer, loss_for(net, partner_of(net) if loss is None else loss)


def partner_of(net: "Sequential") -> "Loss":
    """Return the loss that pairs with the last activation; a sum without one pairs as Identity."""
    last = net.layers[-1]
    activation = Identity if last.parameters() else type(last)
    for kind in LOSSES.values():
        if kind.pairs_with is activation:
            return kind()  # type: ignore[no-any-return]
    raise ValueError(
        f"train: no loss pairs with {last!r}, the last layer; give one, "
        "such as loss='mean_squared_error'"
    )
