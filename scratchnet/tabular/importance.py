"""Permutation importance: how much worse a model is if it does not know a column."""

from ..core.layers import Dense
from ..core.random import Generator
from ..metrics import class_probabilities, log_loss, r2

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    from ..core.types import Matrix

    Column = Tuple[str, Tuple[int, int]]  # its name, and the range of its inputs

MOST_ROWS = 1000
MOST_CELLS = 1000000  # rows × columns × inputs, which bound the time
FEWEST_ROWS = 50
MOST_MEASURED, FEWEST_COLUMNS = 5000000, 20  # such cells, and columns, of ``leading``


def of(
    model: "Any", X: "Any", Y: "Any", seed: int = 0, names: "Optional[Sequence[str]]" = None
) -> "Dict[str, float]":
    """Return {column: increase of the log loss, or decrease of R², if its values are shuffled}.

    ``names``   the columns, by default all
    """
    encoder = model.encoder

    def score(rows: "List[int]", samples: "Matrix") -> float:
        truth = encoder.targets_of([Y[i] for i in rows])
        outputs = model.net.predict(samples)
        if not encoder.classes:
            return r2(truth, encoder.targets_of(outputs))
        return -log_loss(truth, list(map(class_probabilities, outputs)), encoder.classes)

    columns = [pair for pair in columns_of(encoder) if names is None or pair[0] in names]
    return losses(X, columns, score, seed)


def losses(
    X: "Any", columns: "Sequence[Column]", score: "Callable[..., float]", seed: int = 0
) -> "Dict[str, float]":
    """Return {column: by how much shuffling its values lowers the score of the predictions}.

    ``columns``   each with the range of its inputs
    ``score``     a function of the indices of some rows, and of their inputs
    """
    generator = Generator(seed)
    most = MOST_CELLS // (len(columns) * len(X[0]))
    count = min(len(X), max(FEWEST_ROWS, min(MOST_ROWS, most)))
    rows = generator.permutation(len(X))[:count]
    samples = [list(X[i]) for i in rows]
    best, found = score(rows, samples), {}
    for name, (start, stop) in columns:
        values = [row[start:stop] for row in samples]
        for row, place in zip(samples, generator.permutation(count)):
            row[start:stop] = values[place]
        found[name] = best - score(rows, samples)
        for row, value in zip(samples, values):
            row[start:stop] = value
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))


def leading(model: "Any") -> "List[str]":
    """Return the columns whose importance can be measured in seconds, by their weights.

    If there are too many for that, these are the ones with the largest weights in the first layer,
    whose inputs are all standardized or 0 and 1.
    """
    encoder = model.encoder
    columns = columns_of(encoder)
    count = max(FEWEST_COLUMNS, MOST_MEASURED // (FEWEST_ROWS * len(encoder.features)))
    if len(columns) <= count:
        return [name for name, _ in columns]
    first = next(layer for layer in model.net.layers if isinstance(layer, Dense))
    squares = [sum([w * w for w in row]) for row in first.weights.value]
    size = {name: sum(squares[start:stop]) for name, (start, stop) in columns}
    return sorted(size, key=lambda name: -size[name])[:count]


def columns_of(encoder: "Any") -> "List[Tuple[str, Tuple[int, int]]]":
    """Return each column with the range of its inputs."""
    if not hasattr(encoder, "parts"):  # arrays
        return [(name, (j, j + 1)) for j, name in enumerate(encoder.features)]
    found, start = [], 0
    for name, part in encoder.parts.items():
        stop = start + len(part.features)
        found.append((name, (start, stop)))
        start = stop
    return found
