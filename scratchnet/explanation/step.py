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
    1.mask[i][j]  0.mean[j]  0.up.X[i][j]  a number that the forward pass of a layer keeps, named by
                                           the attribute that holds it; for each sample or for the
                                           whole batch; also in a layer within the layer
    1.inner[i][n]  1.inner[n]              a number within a layer that several formulas share, or a
                                           part of a long formula; of a sample or of the batch
    1.backward[i][n]  1.backward[n]        such a number in the backward pass of the layer
    loss[i]                                the loss of sample i, before the mean is taken
    loss.inner[n]                          a number within the loss, as 1.inner[n]
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
from ..core.losses import loss_for
from ..scalars import Traced
from .docstrings import lines_of
from .names import Name
from .naming import NamedNumbers, places
from .updates import Updates
from .within import (
    agree,
    is_per_sample,
    kept_values,
    long_parts,
    long_shared,
    numbers_in,
    result_of,
    shared_numbers,
    terms_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

    from ..core.layer import Parameter
    from ..core.losses import Loss
    from ..core.network import Sequential
    from ..core.optimizers import Optimizer
    from ..core.random import Generator
    from ..core.types import Matrix

# What this file names in a layer. An attribute with such a name is "self.z", for example.
NAMED = ("z", "a", "derivative", "inner", "backward")
FORMER = {"slope": "backward"}  # roles in worksheets of earlier versions


class Step(NamedNumbers):
    """The numbers of one training step. Those of the update are computed when they are asked for.

    ``chains``    {name of a δ: the number that the chain rule gives without the shortcut}
    ``books``     {name of a loss: the number by the book's formula, if another form is computed}
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
        NamedNumbers.__init__(self, samples or range(len(X)))
        self.chains: "Dict[str, Traced]" = {}
        self.books: "Dict[str, Traced]" = {}
        self.of_forward: "Set[str]" = set()  # the names of the numbers of the forward pass
        self.net = net.copy(Traced)
        self.criterion: "Optional[Loss]" = None
        self.updates = Updates(self)
        self._name_parameters()
        for k, layer in enumerate(self.net.layers):
            self.name_hyperparameters(f"{k}.", layer)
            self._name_derivatives(k, layer)
        X = self.name_rows("x", [[Traced(v) for v in row] for row in X])
        self.outputs = self._forward(self.net, X, generator)
        if Y is not None:
            self.criterion = loss_for(net, loss).with_numbers(Traced, exactly=True)
            self._backward(Y, self.criterion, weights)
            if optimizer is not None:
                self.updates.prepare(self.net, optimizer)
        self._before_updates = list(self.numbers)

    def _name_parameters(self) -> None:
        for parameter in self.net.parameters():
            for name, i, j in places(parameter):
                self.named(name, parameter.rows[i][j])

    # ---- forward, backward -----------------------------------------------------------------------

    def _forward(
        self, net: "Sequential", X: "Matrix", generator: "Optional[Generator]"
    ) -> "List[Matrix]":
        """Return the input of each layer, followed by the output of the network."""
        outputs = [X]
        for k, layer in enumerate(net.layers):
            A = net.propagate(outputs[-1], [layer], generator)
            base = f"{k}.z" if layer.parameters() else f"{k}.a"
            if not layer.parameters():
                self.name_rows(f"{k}.z", outputs[-1])
            A = [
                [
                    self.begin(f"{base}[{i}][{j}]", result_of(a, layer.forward))
                    for j, a in enumerate(row)
                ]
                for i, row in zip(self.samples, A)
            ]
            rows, batch = self._begin_kept(k, layer, outputs[-1])
            roots = [of_sample + list(row) for of_sample, row in zip(rows, A)]
            inner = self.begin_inner(f"{k}.inner", roots, batch)
            self.add(batch + inner + [node for row in roots for node in row])
            outputs.append(A)
        return outputs

    def _begin_kept(self, k: int, layer: "Any", X: "Matrix") -> "Tuple[Matrix, List[Traced]]":
        """Name the numbers that a layer keeps; return those of each sample and of the batch."""
        taken = NAMED + layer.numbers + tuple([p.role for p in layer.parameters()])
        of_samples: "Matrix" = [[] for _ in X]
        of_batch: "List[Traced]" = []
        attributes = list(kept_values(layer))
        by_sample = [is_per_sample(value, X) for _, value in attributes]
        for (role, value), per_sample in zip(attributes, by_sample):
            for place, node in list(numbers_in(value)):
                indices = (self.samples[place[0]],) + place[1:] if per_sample else place
                name = Name(k, f"self.{role}" if role in taken else role, indices)
                self.begin(str(name), node)
                (of_samples[place[0]] if per_sample else of_batch).append(node)
        return of_samples, of_batch

    def _name_derivatives(self, k: int, layer: "Any") -> None:
        """Make the method ``derivative`` of an activation name its results."""
        derivative = getattr(layer, "derivative", None)
        if derivative is not None:

            def named_derivative(z: "Traced", a: "Traced") -> "Any":
                place = Name.parse(z.name).indices
                found = derivative(z, a)
                if not place:
                    return found
                node = self.begin(str(Name(k, "derivative", place)), result_of(found, derivative))
                base = f"{k}.backward[{place[0]}]"
                inner = self.begin_next(base, long_shared(node))
                for part in [part for _, part in inner] + [node]:
                    inner += self.begin_next(base, long_parts(part))
                self.add([part for _, part in inner] + [node])
                return node

            layer.derivative = named_derivative

    def _backward(self, Y: "Matrix", criterion: "Loss", weights: "Any") -> None:
        self.name_hyperparameters("loss.", criterion)
        Y = self.name_rows("y", [[Traced(v) for v in row] for row in Y])
        weights = None if weights is None else self._name_weights(weights)
        layers = self.net.layers
        paired = criterion.paired_layers(layers)
        front = len(layers) - paired

        def value_of(net: "Sequential", outputs: "List[Matrix]") -> "Any":
            value = criterion.value_of(net.layers, outputs[front], outputs[-1], Y, weights)
            return net.with_penalties(value)

        self.value_of = value_of
        self._name_loss(value_of(self.net, self.outputs))
        self.of_forward = {name for name in self.numbers if self.numbers[name].operation}
        A = self.outputs[-1]
        if paired:
            self._find_books(Y, criterion, weights)
            self._chain(front, Y, criterion, weights)
            rule, dA = criterion.derivative_in_logit, criterion.gradient_in_logits(A, Y, weights)
        else:
            rule, dA = criterion.derivative, criterion.gradient(A, Y, weights)
        dA = self.begin_gradients(self.outputs[front], dA, rule)
        self.add([d for row in dA for d in row])
        for k in reversed(range(front)):
            dA = self._backward_through(k, dA)

    def _name_weights(self, weights: "Any") -> "Any":
        """Name the weights of the samples and, if the batch is a part of all, their mean."""
        named = [
            self.named(f"sample_weight[{i}]", Traced(w)) for i, w in zip(self.samples, weights)
        ]
        if not hasattr(weights, "mean"):
            return named
        return Weights(named, self.named("mean_weight", Traced(weights.mean)))

    def _backward_through(self, k: int, dA: "Matrix") -> "Matrix":
        """Return the gradient at the input of a layer, given the gradient at its output."""
        layer = self.net.layers[k]
        dA = layer.backward(dA)
        layer.add_penalty_gradient()
        dA = self.begin_gradients(self.outputs[k], dA, layer.backward)
        gradients = [
            self._begin_gradient(parameter, name, i, j, layer.backward)
            for parameter in layer.parameters()
            for name, i, j in places(parameter)
        ]
        inner = self.begin_inner(f"{k}.backward", dA, gradients)
        self.add(inner + [d for row in dA for d in row] + gradients)
        return dA

    def _begin_gradient(
        self, parameter: "Parameter", name: str, i: int, j: int, rule: "Any"
    ) -> "Traced":
        """Name the gradient of a number of a parameter."""
        row = parameter.gradient_rows[i]
        row[j] = self.begin(f"{name}.gradient", result_of(row[j], rule))
        gradient: "Traced" = row[j]
        return gradient

    def _name_loss(self, value: "Any") -> None:
        """Name the loss, the loss of each sample, and the numbers within."""
        value = self.begin("loss", result_of(value, self.value_of))
        terms = [node for node in terms_of(value, len(self.samples)) if node is not value]
        for i, term in zip(self.samples, terms):
            self.begin(f"loss[{i}]", term)
        if not terms and len(self.samples) == 1:
            self.aliases[f"loss[{self.samples[0]}]{self.suffix}"] = value.name
        roots = terms + [value]
        found = self.begin_next("loss.inner", shared_numbers([roots], alone=True))
        for _, node in found + [("", node) for node in roots]:
            found += self.begin_next("loss.inner", long_parts(node))
        self.add([node for _, node in found] + roots)

    def _find_books(self, Y: "Matrix", criterion: "Loss", weights: "Any") -> None:
        """Compute the loss by the book's formula, if the rule computes another form from z."""
        if len(lines_of(type(criterion))) < 2:
            return
        try:
            value = self.net.with_penalties(criterion.value(self.outputs[-1], Y, weights))
        except (ArithmeticError, ValueError):  # ln 0, where an output is rounded to 0 or 1
            return
        terms = terms_of(value, len(self.samples))
        names = [f"loss[{i}]" for i in self.samples]
        if names[0] not in self.numbers:
            names, terms = ["loss"], [value]
        for name, term in zip(names, terms):
            if agree(term.value, self.numbers[name].value):
                self.books[name] = term

    def _chain(self, front: int, Y: "Matrix", criterion: "Loss", weights: "Any") -> None:
        """Compute the gradients that the shortcut δ = (ŷ - y)/n leaves out, if they exist."""
        A = self.outputs[-1]
        try:
            dA = criterion.gradient(A, Y, weights)
        except NotImplementedError:  # The loss "perceptron" has no derivative at the output.
            return
        rule: "Any" = criterion.derivative
        for k in reversed(range(front, len(self.net.layers))):
            dA = self.begin_gradients(self.outputs[k + 1], dA, rule)
            self.add([d for row in dA for d in row])
            rule = self.net.layers[k].backward
            dA = rule(dA)
        for row, row_d in zip(self.outputs[front], dA):
            for z, d in zip(row, row_d):
                self.chains[f"{z.name}.gradient"] = result_of(d, rule)

    def _afterwards(self) -> None:
        """Compute the forward pass and the loss with the new parameters."""
        after = self.net.copy(Traced)
        for parameter in after.parameters():
            for name, i, j in places(parameter):
                parameter.rows[i][j] = self.number(
                    f"{name}.new" if f"{name}.new" in self.updates else name
                )
        self.suffix = ".new"
        self._name_loss(self.value_of(after, self._forward(after, self.outputs[0], None)))
        self.suffix = ""

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
            self.updates.compute(name)
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
        if not (self.updates and parts.is_new and str(before) in self.of_forward):
            return False
        if "loss.new" not in self.numbers and str(before) != "loss":
            self._afterwards()
        return str(before) == "loss" or name in self.numbers

    def full_name(self, name: str) -> str:
        """Return the name in ``numbers``: "0.z[0][0].gradient" for "1.z[0][0].gradient"."""
        if name in self.aliases:
            return self.aliases[name]
        if name in self.numbers or name in self.updates:
            return name
        parts = Name.parse(name)
        if parts.role in FORMER:
            parts = parts._replace(role=FORMER[parts.role])
            return str(parts) if str(parts) in self.numbers else name
        base = str(parts.with_suffix(""))
        return f"{self.aliases[base]}.{parts.suffix}" if base in self.aliases else name
