"""`python -m scratchnet bench`: measure the speed of this interpreter."""

import sys
import textwrap
import time

from ... import (
    SGD,
    Dense,
    Generator,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
    functions,
    set_kernel,
    unroll,
)
from ...core.examples import examples_for
from ...core.losses import loss_for
from ...core.training import Engine
from ...engines import choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Sequence, Tuple

    from ...core.types import Matrix

DESCRIPTION = """\
Measure this interpreter: nanoseconds per multiply-add in each kernel; samples
per second in training and prediction for networks of four sizes, with the
engine chosen for each and the reason; and the width from which the engine rows
is faster than steps. This takes about ten seconds and needs no files.
"""
LENGTHS = (4, 16, 64, 784)
SIZES = (((2, 4, 1), 4, 4), ((4, 16, 3), 160, 16), ((64, 32, 10), 320, 32), ((784, 30, 10), 40, 10))
SECONDS = 0.4  # the duration of one measurement
BATCHES = (4, 16)  # the batch sizes whose crossovers are measured
WIDEST = 48  # code of wider networks takes long to generate
PAIRS = 7


def configure(parser: "Any") -> None:
    parser.description = DESCRIPTION
    parser.add_argument(
        "--show",
        choices=("lanes", "native", "rows", "steps"),
        help="instead, print the code that this engine runs for a training step of the third "
        "network (steps: of the second; native: C)",
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Print the measurements, or the code of an engine. Return the exit status."""
    if options.show:
        write(_training_in_c() if options.show == "native" else _code_of(options.show))
        return 0
    version = ".".join([str(n) for n in sys.version_info[:3]])
    write(f"{sys.implementation.name} {version} on {sys.platform}; medians of several runs\n")
    write("nanoseconds per multiply-add, by length of the rows multiplied")
    write("  kernel    " + "".join([f"{length:>9}" for length in LENGTHS]))
    for name in sorted(functions.KERNELS):
        write(
            f"  {name:<10}"
            + "".join([f"{_multiply_add(name, length) * 1e9:9.1f}" for length in LENGTHS])
        )
    write("\nsamples per second, and the engine used for training")
    write("  network       batch  trained  predicted  engine")
    for widths, samples, size in SIZES:
        trained, predicted, engine, reason = _rates(widths, samples, size)
        shape = "-".join([str(width) for width in widths])
        write(f"  {shape:<12} {size:>6} {trained:>8.0f} {predicted:>10.0f}  {engine}")
        write(textwrap.fill(reason, 79, initial_indent=" " * 4, subsequent_indent=" " * 4))
    write("\nwidth of a network n-n-n from which rows is faster than steps")
    write("  batch  measured  as chosen")
    for size in BATCHES:
        found = _first_width(_rows_are_faster, size)
        used = _first_width(_rows_are_chosen, size)
        write(f"  {size:>5}  {found:>8}  {used:>9}")
    return 0


def _first_width(holds: "Callable[[int, int], bool]", size: int) -> str:
    """Return the least width for which this holds with batches of that size, by bisection."""
    least, most = 2, WIDEST + 1
    while least < most:
        middle = (least + most) // 2
        if holds(middle, size):
            most = middle
        else:
            least = middle + 1
    return str(least) if least <= WIDEST else f"> {WIDEST}"


def _rows_are_faster(width: int, size: int) -> bool:
    """Return whether rows takes less time than steps, by the median of pairs."""
    lists = _lists((width, width, width), 4 * size)
    batches = [list(range(start, start + size)) for start in range(0, 4 * size, size)]
    engines = [choice.chosen(lists, size, name) for name in ("steps", "rows")]
    faster = 0
    for _ in range(PAIRS):
        steps, rows = [_epoch_time(engine, batches) for engine in engines]
        faster += rows < steps
    return 2 * faster > PAIRS


def _rows_are_chosen(width: int, size: int) -> bool:
    """Return whether "auto" prefers rows to steps."""
    lists = _lists((width, width, width), 4 * size)
    return choice.choice(lists, size, choice.MOST)[0] == "rows"


def _epoch_time(engine: "Engine", batches: "List[List[int]]") -> float:
    """Return the CPU time of an epoch in seconds."""
    count, start = 0, time.process_time()
    while count < 3 or time.process_time() < start + SECONDS / 40:
        engine.epoch(batches)
        count += 1
    return (time.process_time() - start) / count


def _median_time(function: "Callable[[], Any]") -> float:
    """Return the median time of a call in seconds."""
    times: "List[float]" = []
    end = time.perf_counter() + SECONDS
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def _multiply_add(kernel: str, length: int) -> float:
    """Return seconds per multiply-add in a matrix product with rows of that length."""
    generator = Generator(1)
    A, B = _matrix(32, length, generator), _matrix(length, 32, generator)
    former = set_kernel(kernel)
    try:
        return _median_time(lambda: functions.products(A, B)) / (32 * 32 * length)
    finally:
        set_kernel(former)


def _matrix(rows: int, columns: int, generator: "Generator") -> "Matrix":
    return [[generator.uniform(-1.0, 1.0) for _ in range(columns)] for _ in range(rows)]


def _training_in_c() -> str:
    """Return the C of a training step of the third network."""
    from ...codegen.c.native_step import NativeStep

    widths, samples, _ = SIZES[2]
    lists = _lists(widths, samples)
    step = NativeStep(lists.net, lists.loss, lists.optimizer, widths[0], widths[-1], False)
    source: str = step.source
    return source


def _code_of(engine: str) -> str:
    """Return the Python of a training step by an engine."""
    widths, samples, size = SIZES[1 if engine == "steps" else 2]
    lists = _lists(widths, samples)
    if engine == "lanes":  # Its samples lie on a grid.
        lists.examples.X = [[round(4 * x) / 4 for x in row] for row in lists.examples.X]
    found: "Any" = choice.chosen(lists, size, engine)
    source: str = found.source
    return source


def _rates(widths: "Sequence[int]", samples: int, size: int) -> "Tuple[float, float, str, str]":
    """Return samples per second in training and in prediction, the engine for training, and why."""
    lists = _lists(widths, samples)
    engine = choice.chosen(lists, size, "auto")
    batches = [list(range(start, start + size)) for start in range(0, samples, size)]
    trained = samples / _median_time(lambda: engine.epoch(batches))
    predict, X = unroll(lists.net), lists.examples.X
    predicted = samples / _median_time(lambda: [predict(x) for x in X])
    return trained, predicted, str(engine.name), choice.choice(lists, size, choice.MOST)[1]


def _lists(widths: "Sequence[int]", samples: int) -> "Engine":
    """Return the engine "lists" for a network with these widths and random samples."""
    generator = Generator(2)
    inputs, hidden, outputs = widths
    last, loss = (
        (Sigmoid(), "binary_cross_entropy")
        if outputs == 1
        else (Softmax(), "categorical_cross_entropy")
    )
    net = Sequential([Dense(inputs, hidden), Tanh(), Dense(hidden, outputs), last], seed=3)
    X, Y = _matrix(samples, inputs, generator), [i % max(outputs, 2) for i in range(samples)]
    criterion = loss_for(net, loss)
    examples = examples_for(net, X, Y, criterion)
    return Engine(net, criterion, SGD(1 / 100).with_numbers(float), examples, generator)
