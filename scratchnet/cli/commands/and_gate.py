"""`python -m scratchnet`: a neuron learns AND, with every step shown.

The lesson lessons/and_gate.py does the training. Its first iteration runs once more on traced
numbers, and the arithmetic printed here is what these numbers recorded. This file contains no
formula.
"""

from ... import __version__
from ...core.matrix import apply, transpose
from ...explanation.digits import derivation
from ...explanation.text import number
from ...lessons import and_gate
from ...scalars import Traced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ...core.types import Matrix

SUBSCRIPTS = "₁₂"


def run(write: "Callable[..., None]") -> int:
    """Print the training from start to end. Return the exit status."""
    steps = list(and_gate.train())
    show_start(write)
    show_first_iteration(write)
    show_course(write, steps)
    show_end(write, steps[-1])
    return 0


def show_start(write: "Callable[..., None]") -> None:
    notes = (
        "m = {} samples: two inputs x, and the target y".format(len(and_gate.Y[0])),
        "initially W₁ = {}, W₂ = {}, b = {}".format(*_parameters(and_gate.W, and_gate.B)),
        "learning rate a = {}".format(and_gate.A),
        "",
    )
    write(
        "scratchnet {}: one neuron learns AND, in numbers you can check by hand".format(__version__)
    )
    write()
    write("  x₁  x₂ │ y")
    write("  ───────┼───")
    for x, y, note in zip(transpose(and_gate.X), and_gate.Y[0], notes):
        write("   {}   {} │ {}      {}".format(x[0], x[1], y, note).rstrip())
    write()


def show_first_iteration(write: "Callable[..., None]") -> None:
    step = trace_iteration()
    write("Iteration 1, forward:  {}".format(_formulas(and_gate.forward)))
    for z, s in zip(step["z"][0], step["s"][0]):
        write("  z = {:<28}  s = {}".format(derivation(z), derivation(s)))
    for y_pred, error in zip(step["y_pred"][0], step["error"][0]):
        write("  y_pred = {:<23}  error = {}".format(derivation(y_pred), derivation(error)))
    write("Iteration 1, backward:  {}".format(_formulas(and_gate.backward)))
    for k, dW in enumerate(step["dW"]):
        write("  dW{} = {}".format(SUBSCRIPTS[k], derivation(dW[0])))
    write("  db  = {}".format(derivation(step["db"])))
    write("Iteration 1, update:  {}".format(_formulas(and_gate.update)))
    for k, w in enumerate(step["W"]):
        write("  W{} = {}".format(SUBSCRIPTS[k], derivation(w[0])))
    write("  b  = {}".format(derivation(step["b"])))
    write()


def trace_iteration() -> "Dict[str, Any]":
    """Return the first iteration on traced numbers. A derivation ends at numbers with a name."""
    step = and_gate.iterate(
        _trace(and_gate.W),
        Traced(and_gate.B),
        _trace(and_gate.X),
        _trace(and_gate.Y),
        Traced(and_gate.A),
    )
    for name in ("z", "s", "y_pred", "error", "dW"):
        for row in step[name]:
            for node in row:
                node.name = name
    step["db"].name = "db"
    return step


def _trace(A: "Matrix") -> "Matrix":
    return apply(Traced, A)


def show_course(write: "Callable[..., None]", steps: "List[Dict[str, Any]]") -> None:
    write("Each change of the predictions, and the W and b that produced it:")
    write("  iteration   y_pred     wrong       W₁       W₂        b")
    before: "Dict[str, Any]" = {"W": and_gate.W, "b": and_gate.B, "y_pred": None}
    last_error = 0
    for i, step in enumerate(steps, 1):
        mistakes = sum([error != 0 for error in step["error"][0]])
        if step["y_pred"] != before["y_pred"]:
            shown = " ".join([str(v) for v in step["y_pred"][0]])
            parameters = _parameters(before["W"], before["b"])
            write("  {:>9}   {}    {}    {:>9}{:>9}{:>9}".format(i, shown, mistakes, *parameters))
        last_error = i if mistakes else last_error
        before = step
    write("The error reaches zero for good at iteration {}.".format(last_error + 1))
    write()


def show_end(write: "Callable[..., None]", last: "Dict[str, Any]") -> None:
    parameters = _parameters(last["W"], last["b"])
    write("After {} iterations: W₁ = {}, W₂ = {}, b = {}".format(and_gate.ITERATIONS, *parameters))
    write()
    write("  x₁  x₂ │ y   y_pred")
    write("  ───────┼────────────")
    for x, y, y_pred in zip(
        transpose(and_gate.X), and_gate.Y[0], and_gate.predict(last["W"], last["b"])[0]
    ):
        write("   {}   {} │ {}      {}".format(x[0], x[1], y, y_pred))
    write()
    write("What to try next:")
    write("  read scratchnet/lessons/and_gate.py             the code that computed this")
    write("  python3 -m scratchnet.lessons.and_gate          run that code")
    write("  python3 -m scratchnet explain --html step.html  see each number on a page")
    write("  python3 -m scratchnet.lessons.and_gate_network  build the neuron from layers")
    write("  python3 -m scratchnet lessons                   list the lessons")
    write("  python3 -m scratchnet selftest                  check this interpreter")


def _parameters(W: "Matrix", b: "Any") -> "List[str]":
    return [number(round(v, 12)) for v in (W[0][0], W[1][0], b)]


def _formulas(function: "Callable[..., Any]") -> str:
    """Return the docstring of a function of the lesson, which is empty under python -OO."""
    return function.__doc__ or ""
