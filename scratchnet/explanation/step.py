"""One training step on traced numbers, each of which has a name.

    x[i][j]  y[i][k]  sample_weight[i]     the data: sample i, feature j, output k
    mean_weight                            of all samples, if the batch is a part of them
    0.weights[i][j]  0.bias[j]             a parameter of layer 0
    0.z[i][j]                              the output of layer 0 for sample i, if the layer has
                                           parameters (Dense, Normalization)
    1.a[i][j]                              the output of layer 1 if it has none (activations,
                                           Dropout)
    1.z[i][j]                              the input of such a layer: another name of the number
                                           that the layer before computes
    1.derivative[i][j]                     the derivative of an activation
    1.inner[i][n]  loss.inner[n]           a number within a layer or the loss that is used more
                                           than once
    1.slope[i][n]                          such a number in the backward pass of the layer
    loss                                   the loss of the step, with penalties
    NAME.gradient                          the gradient of the loss at the number NAME
    0.weights[i][j].m                      what the optimizer remembers about a weight before the
                                           step: m and v (Adam), v (RMSprop), G (Adagrad), momentum
                                           (SGD); memory[n] of an optimizer that names no memory
    0.weights[i][j].m.new                  the same after the step
    0.weights[i][j].new                    the weight after the step
    0.z[i][j].new  1.a[i][j].new           the outputs for the same batch after the step, without
                                           Dropout
    loss.new                               the loss for the same batch after the step
    learning_rate  momentum  0.l2  ...     hyperparameters

The rules of the network compute all these numbers, on the number type of the network wrapped in
``Traced``.
"""

from ..core.examples import Weights
from ..core.functions import number_of
from ..core.layer import Configured
from ..core.losses import loss_for
from ..core.optimizers import Optimizer
from ..scalars import Traced
from .names import Name, element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.random import Generator
    from ..core.types import Matrix


class Step:
    """The numbers of one training step.

    ``numbers``   {name: Traced}, in the order of computation; updates are computed on demand
    ``aliases``   {other name: name}
    ``chains``    {name of a δ: the number that the chain rule gives without the shortcut}
    """

    def __init__(
        self,
        net: "Sequential",
        X: "Matrix",
        Y: "Optional[Matrix]" = None,
        loss: "Any" = None,
        optimizer: "Optional[Optimizer]" = None,
        weights: "Any" = None,
        samples: "Optional[Sequence[int]]" = None,
        generator: "Optional[Generator]" = None,
    ) -> None:
        self.numbers: "Dict[str, Traced]" = {}
        self.aliases: "Dict[str, str]" = {}
        self.chains: "Dict[str, Traced]" = {}
        self.samples = list(samples or range(len(X)))
        self.counts: "Dict[str, int]" = {}
        self.net = net.copy(Traced)
        self.updates: "Dict[str, Tuple[Parameter, int, int]]" = {}
        self._name_parameters()
        for k, layer in enumerate(self.net.layers):
            self._name_hyperparameters(f"{k}.", layer)
            self._name_derivatives(k, layer)
        X = self._name_rows("x", [[Traced(v) for v in row] for row in X])
        self.outputs = self._forward(self.net, X, generator)
        if Y is not None:
            self._backward(Y, loss_for(net, loss).with_numbers(Traced, exactly=True), weights)
            if optimizer is not None:
                self._prepare_updates(optimizer)
        self._before_updates = list(self.numbers)

    # ---- names -----------------------------------------------------------------------------------

    def _named(self, name: str, number: "Any") -> "Traced":
        """Name a number and return it. If it has a name, the new name becomes an alias."""
        node = number if isinstance(number, Traced) else Traced(number)
        if node.name:
            self.aliases[name] = node.name
        else:
            node.name = name
            self.numbers[name] = node
        return node

    def _name_rows(self, base: str, rows: "Matrix", suffix: str = "") -> "Matrix":
        """Name the numbers of a matrix, one row per sample, by their indices."""
        return [
            [self._named(f"{base}[{i}][{j}]{suffix}", v) for j, v in enumerate(row)]
            for i, row in zip(self.samples, rows)
        ]

    def _name_inner(self, base: str, rows: "Matrix", suffix: str = "") -> None:
        """Name the numbers that several outputs of a row share, such as the sum in softmax."""
        for i, row in zip(self.samples, rows):
            for node in shared([node for node in row if isinstance(node, Traced)]):
                self._name_next(f"{base}[{i}]", node, suffix)

    def _name_next(self, base: str, node: "Traced", suffix: str = "") -> None:
        """Name a number by the next free index."""
        n = self.counts[base + suffix] = self.counts.get(base + suffix, -1) + 1
        self._named(f"{base}[{n}]{suffix}", node)

    def _name_gradients(self, A: "Matrix", dA: "Matrix") -> "Matrix":
        """Name the gradients dA at the numbers A, which have names."""
        return [
            [self._named(f"{a.name}.gradient", d) for a, d in zip(row, row_d)]
            for row, row_d in zip(A, dA)
        ]

    def _name_parameters(self) -> None:
        for parameter in self.net.parameters():
            for name, i, j in _places(parameter):
                self._named(name, parameter.rows[i][j])

    def _name_hyperparameters(self, prefix: str, part: "Any") -> None:
        for name in part.numbers:
            value = getattr(part, name)
            if isinstance(value, Traced):
                setattr(part, name, self._named(prefix + name, Traced(value.value)))
            elif isinstance(value, Configured):  # a schedule
                self._name_hyperparameters(f"{prefix}{name}.", value)

    # ---- forward, backward, update ---------------------------------------------------------------

    def _forward(
        self, net: "Sequential", X: "Matrix", generator: "Optional[Generator]", suffix: str = ""
    ) -> "List[Matrix]":
        """Return the input of each layer, followed by the output of the network."""
        outputs = [X]
        for k, layer in enumerate(net.layers):
            A = net.propagate(outputs[-1], [layer], generator)
            self._name_inner(f"{k}.inner", A, suffix)
            if layer.parameters():
                A = self._name_rows(f"{k}.z", A, suffix)
            else:
                self._name_rows(f"{k}.z", outputs[-1], suffix)
                A = self._name_rows(f"{k}.a", A, suffix)
            outputs.append(A)
        return outputs

    def _name_derivatives(self, k: int, layer: "Any") -> None:
        """Make the method ``derivative`` of an activation name its results."""
        derivative = getattr(layer, "derivative", None)
        if derivative is not None:

            def named_derivative(z: "Traced", a: "Traced") -> "Traced":
                place = Name.parse(z.name).indices
                found = derivative(z, a)
                return self._named(str(Name(k, "derivative", place)), found) if place else found

            layer.derivative = named_derivative

    def _backward(self, Y: "Matrix", criterion: "Loss", weights: "Any") -> None:
        self._name_hyperparameters("loss.", criterion)
        Y = self._name_rows("y", [[Traced(v) for v in row] for row in Y])
        if weights is not None:
            named = [
                self._named(f"sample_weight[{i}]", Traced(w)) for i, w in zip(self.samples, weights)
            ]
            if hasattr(weights, "mean"):
                named = Weights(named, self._named("mean_weight", Traced(weights.mean)))
            weights = named
        layers = self.net.layers
        paired = criterion.paired_layers(layers)
        front = len(layers) - paired

        def value_of(net: "Sequential", outputs: "List[Matrix]") -> "Any":
            value = criterion.value_of(net.layers, outputs[front], outputs[-1], Y, weights)
            return net.with_penalties(value)

        self.value_of = value_of
        self._name_loss(value_of(self.net, self.outputs))
        if paired:
            self._chain(front, Y, criterion, weights)
            dA = criterion.gradient_in_logits(self.outputs[-1], Y, weights)
        else:
            dA = criterion.gradient(self.outputs[-1], Y, weights)
        dA = self._name_gradients(self.outputs[front], dA)
        for k in reversed(range(front)):
            dA = layers[k].backward(dA)
            layers[k].add_penalty_gradient()
            self._name_inner(f"{k}.slope", dA)
            dA = self._name_gradients(self.outputs[k], dA)
            for parameter in layers[k].parameters():
                for name, i, j in _places(parameter):
                    self._named(f"{name}.gradient", parameter.gradient_rows[i][j])

    def _name_loss(self, value: "Any", suffix: str = "") -> None:
        for node in shared([value] if isinstance(value, Traced) else [], alone=True):
            self._name_next("loss.inner", node, suffix)
        self._named("loss" + suffix, value)

    def _chain(self, front: int, Y: "Matrix", criterion: "Loss", weights: "Any") -> None:
        """Compute the gradients that the shortcut δ = (ŷ - y)/n leaves out, if they exist."""
        A = self.outputs[-1]
        try:
            dA = criterion.gradient(A, Y, weights)
        except NotImplementedError:  # The loss "perceptron" has no derivative at the output.
            return
        for k in reversed(range(front, len(self.net.layers))):
            dA = self._name_gradients(self.outputs[k + 1], dA)
            dA = self.net.layers[k].backward(dA)
        for row, row_d in zip(self.outputs[front], dA):
            for z, d in zip(row, row_d):
                self.chains[f"{z.name}.gradient"] = d

    def _prepare_updates(self, optimizer: "Optimizer") -> None:
        """Compute what is the same for all weights; ``number`` computes the update of a weight."""
        states, t = optimizer.states, optimizer.t
        self.optimizer: "Optimizer" = optimizer.with_numbers(Traced, exactly=True)
        self._name_hyperparameters("", self.optimizer)
        self.optimizer.t = t
        self.optimizer.begin(Traced)
        if not self.optimizer.rate.name:
            self._named("rate", self.optimizer.rate)
        trainable = [parameter for parameter in self.net.parameters() if not parameter.frozen]
        self.factor = self.optimizer.clip_factor(trainable)
        if self.factor is not None:
            self._named("clipping", self.factor)
        for parameter in trainable:
            for name, i, j in _places(parameter):
                memory = states[parameter.name][i][j] if parameter.name in states else None
                for n in range(self.optimizer.memory):
                    kind = number_of(parameter.rows[i][j].value)
                    self._named(
                        f"{name}.{self._memory(n)}",
                        Traced(kind(0) if memory is None else memory[n]),
                    )
                    self.updates[f"{name}.{self._memory(n)}.new"] = parameter, i, j
                self.updates[f"{name}.new"] = parameter, i, j

    def _memory(self, n: int) -> str:
        """Return the name of the n-th number that the optimizer remembers about a weight."""
        names = getattr(self.optimizer, "memory_names", ())
        return names[n] if n < len(names) else f"memory[{n}]"

    def _afterwards(self) -> None:
        """Compute the forward pass and the loss with the new parameters."""
        after = self.net.copy(Traced)
        for parameter in after.parameters():
            for name, i, j in _places(parameter):
                parameter.rows[i][j] = self.number(
                    f"{name}.new" if f"{name}.new" in self.updates else name
                )
        self._name_loss(
            self.value_of(after, self._forward(after, self.outputs[0], None, ".new")), ".new"
        )

    def _update(self, parameter: "Parameter", i: int, j: int) -> None:
        """Compute the new value of a weight and of what the optimizer remembers about it."""
        w = parameter.rows[i][j]
        memory = [self._memory(n) for n in range(self.optimizer.memory)]
        state = tuple([self.numbers[f"{w.name}.{of}"] for of in memory])
        new, new_state = self.optimizer.update(w, parameter.gradient_rows[i][j], state, self.factor)
        for of, number in zip(memory, new_state):
            self._named(f"{w.name}.{of}.new", number)
        self._named(f"{w.name}.new", new)

    # ---- access by name --------------------------------------------------------------------------

    def names(self) -> "Iterator[str]":
        """Yield the name of each number in the order of the step, without aliases."""
        yield from self._before_updates
        yield from self.updates
        if self.updates:
            yield "loss.new"

    def number(self, name: str) -> "Traced":
        """Return the number with this name; raise a KeyError if there is none."""
        name = self.full_name(name)
        if name not in self.numbers and name in self.updates:
            self._update(*self.updates[name])
        elif name not in self.numbers and Name.parse(name).is_new:
            self._afterwards()
        return self.numbers[self.full_name(name)]

    def knows(self, name: str) -> bool:
        """Return whether a number has this name."""
        name = self.full_name(name)
        if name in self.numbers or name in self.updates:
            return True
        parts = Name.parse(name)
        before = parts.with_suffix("")
        is_after_step = bool(self.updates) and parts.is_new and _is_of_forward_pass(before)
        return is_after_step and str(before) in self.numbers

    def full_name(self, name: str) -> str:
        """Return the name in ``numbers``: "0.z[0][0].gradient" for "1.z[0][0].gradient"."""
        if name in self.aliases:
            return self.aliases[name]
        if name in self.numbers or name in self.updates:
            return name
        parts = Name.parse(name)
        base = str(parts.with_suffix(""))
        return f"{self.aliases[base]}.{parts.suffix}" if base in self.aliases else name


def shared(roots: "Sequence[Traced]", alone: bool = False) -> "List[Traced]":
    """Return the unnamed numbers that several numbers use, and that several roots depend on.

    With ``alone``, one root is enough. Each number comes after its operands. Numbers that depend on
    hyperparameters only, such as 1 - rate, are left out.
    """
    parents: "Dict[int, int]" = {}
    reached: "Dict[int, int]" = {}
    found: "Dict[int, Traced]" = {}
    for root in roots:
        for node in _within(root):
            if id(node) not in found:
                for operand in _inside(node):
                    parents[id(operand)] = parents.get(id(operand), 0) + 1
            found[id(node)] = node
            reached[id(node)] = reached.get(id(node), 0) + 1
    often = [
        node
        for node in found.values()
        if parents.get(id(node), 0) > 1 and (alone or reached[id(node)] > 1)
    ]
    return [
        node
        for node in often
        if any([operand.operation or Name.parse(operand.name).indices for operand in node.operands])
    ]


def _within(root: "Traced") -> "List[Traced]":
    """Return the unnamed numbers that ``root`` depends on and the root, each after its operands."""
    found: "Dict[int, Traced]" = {}
    waiting = [(root, False)]
    while waiting:
        node, done = waiting.pop()
        if done:
            found[id(node)] = node
        elif not node.name and node.operation and id(node) not in found:
            waiting.append((node, True))
            waiting.extend([(operand, False) for operand in reversed(_inside(node))])
    return list(found.values())


def _inside(node: "Traced") -> "List[Traced]":
    """Return the operands without a name, each once, because a square uses its number once."""
    unnamed = [operand for operand in node.operands if operand.operation and not operand.name]
    return list({id(operand): operand for operand in unnamed}.values())


def _is_of_forward_pass(name: "Name") -> bool:
    return name.kind in ("z", "a", "inner") and bool(name.indices) or str(name) == "loss"


def _places(parameter: "Parameter") -> "Iterator[Tuple[str, int, int]]":
    """Yield the name, row and column of each number of a parameter."""
    for i, row in enumerate(parameter.rows or []):
        for j in range(len(row)):
            yield element(parameter.name, parameter.flat, i, j), i, j
