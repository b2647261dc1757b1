"""Code generated for single rules: everything that a step computes between the matrix products.

The rule of an activation maps rows to rows. Running it once on a row of symbolic numbers records
what it does with every row. If it does the same with each number of the row, the generated code is
a loop over the row. ``by_rows`` returns an engine that trains on lists of lists like the given
engine, but with generated rules, which do not look up the type of each number.
"""

from ..codegen.own import RememberingNothing, attributes_of, generate, is_own
from ..codegen.program import reachable
from ..codegen.python.expressions import indented
from ..codegen.python.printer import Code, execute, pattern
from ..codegen.python.rule import Rule, collect, function_of
from ..codegen.record.step_inputs import with_settings
from ..codegen.rescaled import rescale
from ..core.functions import kernel
from ..core.training import Engine
from ..scalars import Symbolic
from ..scalars.symbolic import Undecided
from .threads import shallow_copy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from ..core.optimizers import Optimizer
    from ..core.types import Matrix, Row


def by_rows(engine: "Engine") -> "Rules":
    """Return an engine like this one, with generated rules wherever possible."""
    net = engine.net
    twin = shallow_copy(net)
    twin.layers = []
    width = net.inputs
    for layer in net.layers:
        twin.layers.append(_layer(layer, width))
        width = layer.outputs or width
    loss, optimizer = engine.loss.with_numbers(float), engine.optimizer
    twin_loss = loss.with_numbers(Symbolic, exactly=True)
    for name in ("term", "derivative"):
        _replace(loss, name, twin_loss, lambda: _of_two_numbers(twin_loss, name))  # noqa: B023
    terms, width = ["z", "a", "y"], net.outputs
    rule = twin_loss.terms_from_logits
    _replace(
        loss,
        "terms_from_logits",
        twin_loss,
        lambda: _run(twin_loss, "terms", width, lambda: Rule(rule, terms, width).of_rows()),
    )
    made = Rules(twin, loss, optimizer, engine.examples, engine.generator)
    if is_own(optimizer):  # A user-defined optimizer may change other attributes in each step.
        _replace(made, "update_rows", optimizer, lambda: _update_rows(optimizer))
    return made


class Rules(Engine):
    """An engine with generated rules.

    ``update_rows``   replaces that of the optimizer; None if there is none. It does so only during
                      an epoch, because other engines may share the optimizer.
    """

    update_rows: "Any" = None

    def epoch(self, batches: "List[List[int]]") -> "Row":
        if self.update_rows:
            vars(self.optimizer)["update_rows"] = self.update_rows
        try:
            return Engine.epoch(self, batches)
        finally:
            vars(self.optimizer).pop("update_rows", None)


def _replace(part: "Any", name: str, symbolic: "Any", make: "Callable[[], Any]") -> bool:
    """Replace a rule of a part by the generated rule that ``make`` returns.

    Return whether this was possible.
    """
    try:
        with RememberingNothing([symbolic]):
            rule = make()
        setattr(part, name, rule)
        return True
    except Exception:  # User-defined rules may raise anything.
        return False


_sources: "Dict[Any, str]" = {}
MOST_SOURCES = 256


def _run(part: "Any", what: str, width: int, make: "Callable[[], str]") -> "Any":
    """Return the function in the source that ``make`` returns.

    The arguments of the package's own parts determine the source, which is kept.
    """
    key = kernel(), type(part), repr(part), what, width
    if not is_own(part):
        return execute(make())["rule"]
    source = _sources.get(key)  # Another thread may clear the cache.
    if source is None:
        source = make()
        if len(_sources) >= MOST_SOURCES:
            _sources.clear()
        _sources[key] = source
    return execute(source)["rule"]


def _of_one_number(part: "Any", name: str) -> "Any":
    function = getattr(part, name)
    rule = lambda w: [function(w[0])]  # noqa: E731
    return _run(part, name, 1, lambda: Rule(rule, ["w"], 1).of_numbers())


def _of_two_numbers(part: "Any", name: str) -> "Any":
    function = getattr(part, name)
    rule = lambda a, y: [function(a[0], y[0])]  # noqa: E731
    return _run(part, name, 1, lambda: Rule(rule, ["a", "y"], 1).of_numbers())


# ---- layers --------------------------------------------------------------------------------------


def _layer(layer: "Any", width: "Optional[int]") -> "Any":
    """Return a copy of the layer with generated rules, or the layer itself without such rules."""
    if hasattr(layer, "penalty_term") and layer.has_penalty():
        return _with_penalty(layer)
    if not width or layer.parameters():
        return layer
    if attributes_of(layer) != attributes_of(layer.with_numbers(float)):
        return layer  # It has attributes that do not follow from its arguments.
    twin = layer.with_numbers(float)
    symbolic = layer.with_numbers(Symbolic, exactly=True)
    symbolic.generator = NoRandomNumbers()
    if not _replace(twin, "forward", symbolic, lambda: _forward(symbolic, width, twin)):
        return layer
    if not _replace(twin, "backward", symbolic, lambda: _backward(symbolic, width, twin)):
        return layer
    return twin


class NoRandomNumbers:
    """A generator for layers whose rules are recorded: random numbers differ from step to step."""

    def __getattr__(self, name: str) -> "Any":
        raise Undecided("it draws random numbers")


def _with_penalty(layer: "Any") -> "Any":
    """Return a copy of the layer with the same parameters and generated rules of its penalty."""
    from copy import copy  # Imported here, so that a first training run starts sooner.

    twin = copy(layer)
    vars(twin).update(vars(layer))  # Copies, like pickles, omit the attributes in capitals.
    symbolic = layer.with_numbers(Symbolic, exactly=True)
    for name in ("penalty_term", "penalty_derivative"):
        _replace(twin, name, symbolic, lambda: _of_one_number(symbolic, name))  # noqa: B023
    return twin


def _forward(symbolic: "Any", width: int, twin: "Any") -> "Callable[[Matrix], Matrix]":
    def outputs(rows: "Any") -> "Matrix":
        return symbolic.forward([row[0] for row in rows])  # type: ignore[no-any-return]

    check_rows(symbolic, outputs, ["z"], width)
    rule = _matrices(lambda z: outputs([[z]])[0], ["z"], width, symbolic)

    def forward(X: "Matrix") -> "Matrix":
        twin.Z, twin.A = X, rule(X)
        return twin.A  # type: ignore[no-any-return]

    return forward


def _backward(symbolic: "Any", width: int, twin: "Any") -> "Callable[[Matrix], Matrix]":
    def gradients(rows: "Any") -> "Matrix":
        d, z, a = [list(column) for column in zip(*rows)]
        A = symbolic.forward(z)
        for name, value in list(vars(symbolic).items()):
            if value is A:  # The output is an input of the rule; it is not computed again.
                setattr(symbolic, name, a)
        return symbolic.backward(d)  # type: ignore[no-any-return]

    check_rows(symbolic, gradients, ["d", "z", "a"], width)
    rule = _matrices(lambda *row: gradients([row])[0], ["d", "z", "a"], width, symbolic)
    return lambda dA: rule(dA, twin.Z, twin.A)


def check_rows(
    layer: "Any", rule: "Callable[[Any], Matrix]", names: "List[str]", width: int
) -> None:
    """Refuse a user-defined rule that does not do the same with each row, whatever their number.

    ``rule`` maps a list of samples, each with one row per name, to a list of rows. It is tried with
    two samples and with three, of a few numbers if the layer takes any width. The package's own
    layers are tried in the tests.
    """
    if is_own(layer):
        return
    width = width if layer.inputs else min(width, 4)
    if len(set.union(*[texts_of(rule, names, width, count) for count in (2, 3)])) != 1:
        raise Undecided("it does not do the same with each row")


def texts_of(rule: "Callable[[Any], Matrix]", names: "List[str]", width: int, count: int) -> "Any":
    """Return the code of a rule for each row, which must depend on no other row."""
    samples = [
        [[Symbolic(name=f"{name}{j}", sample=i) for j in range(width)] for name in names]
        for i in range(count)
    ]
    texts = set()
    for i, row in enumerate(rule(samples)):
        if any([node.name and node.sample != i for node in reachable(row)]):
            raise Undecided("a row depends on another row")
        code = Code(row)
        texts.add((tuple(code.statements()), tuple([code.text(v) for v in code.outputs])))
    return texts


def _matrices(rule: "Callable[..., Row]", names: "List[str]", width: int, layer: "Any") -> "Any":
    make = lambda: generate(lambda: Rule(rule, names, width).of_matrices(), [layer])  # noqa: E731
    return _run(layer, " ".join(names), width, make)


# ---- optimizers ----------------------------------------------------------------------------------


def _update_rows(optimizer: "Optimizer") -> "Callable[..., Any]":
    """Return ``Optimizer.update_rows`` as generated code."""
    settings, twin = with_settings(optimizer)
    w, g = Symbolic(name="w"), Symbolic(name="g")
    state = tuple([Symbolic(name=f"s{k}") for k in range(twin.memory)])
    with RememberingNothing([twin]):
        new, memory = twin.update(
            w, g, state, None if optimizer.clip_norm is None else Symbolic(name="factor")
        )
        outputs = [new + Symbolic(0, kind="absent")] + [
            v + Symbolic(0, kind="absent") for v in memory
        ]
    if kernel() != "portable":
        outputs = rescale(outputs, known=[g])  # as in a fused step
    code = Code(outputs)
    lines = code.statements()
    texts = [code.text(code.same[id(v)]) for v in outputs]
    body = [f"setting_{name} = optimizer.{name}" for name in settings] + [
        "weights, memory = [], states"
    ]
    if twin.memory:
        each = lines + [f"w_new.append({texts[0]})", f"s_new.append({pattern(texts[1:])})"]
        loop = [
            f"for w, g, {pattern([s.name for s in state])} in zip(w_row, g_row, s_row):"
        ] + indented(each)
        whole = ["w_new, s_new = [], []"] + loop + ["weights.append(w_new)", "memory.append(s_new)"]
        body += [
            "memory = []",
            "for w_row, g_row, s_row in zip(rows, gradients, states):",
        ] + indented(whole)
    else:
        row = collect("w_new", lines, texts[0], ["w", "g"]) + ["weights.append(w_new)"]
        body += ["for w_row, g_row in zip(rows, gradients):"] + indented(row)
    body.append("return weights, memory")
    update = execute(function_of(code, "optimizer, rows, gradients, states, factor", body))["rule"]
    return lambda *arguments: update(optimizer, *arguments)
