"""First values of weights: functions (inputs, outputs, generator) that return a matrix inputs × outputs.

    zeros  ones  orthogonal
    glorot_uniform  glorot_normal     variance 2/(inputs + outputs)    Glorot & Bengio 2010, also xavier_...
    he_uniform      he_normal         variance 2/inputs, for ReLU      He, Zhang, Ren & Sun 2015, also kaiming_...
    lecun_uniform   lecun_normal      variance 1/inputs, for SELU      LeCun, Bottou, Orr & Müller 1998

    constant(value)  uniform(low, high)  normal(mean, deviation)       return such a function

A layer takes one by its name or as a function; any function of this kind will do. The arithmetic is always
that of the portable kernel: one seed gives the same weights on every Python.

>>> from scratchnet.core.random import Generator
>>> constant(0.5)(1, 2, Generator(7))
[[0.5, 0.5]]
"""

from . import elementary
from .random import Generator
from .types import Family, Function, Initializer, Matrix, Row


def _fill(inputs: int, outputs: int, draw: Function) -> Matrix:
    return [[draw() for _ in range(outputs)] for _ in range(inputs)]


def constant(value: float) -> Initializer:
    """Every weight is ``value``."""
    return lambda inputs, outputs, generator: _fill(inputs, outputs, lambda: value)


def uniform(low: float = -1 / 20, high: float = 1 / 20) -> Initializer:
    """Uniform in [low, high)."""

    def initializer(inputs: int, outputs: int, generator: Generator) -> Matrix:
        return _fill(inputs, outputs, lambda: generator.uniform(low, high))

    return initializer


def normal(mean: float = 0.0, deviation: float = 1 / 20) -> Initializer:
    """Normally distributed."""

    def initializer(inputs: int, outputs: int, generator: Generator) -> Matrix:
        return _fill(inputs, outputs, lambda: generator.normal(mean, deviation))

    return initializer


zeros = constant(0.0)
ones = constant(1.0)


def _uniform_of(variance: float) -> Initializer:
    # The variance of the uniform distribution in (-limit, limit) is limit²/3.
    limit = elementary.sqrt(3 * variance)
    return uniform(-limit, limit)


def _normal_of(variance: float) -> Initializer:
    return normal(0.0, elementary.sqrt(variance))


def glorot_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Uniform, variance 2/(inputs + outputs): keeps the size of signals forward, of gradients backward."""
    return _uniform_of(2 / (inputs + outputs))(inputs, outputs, generator)


def glorot_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Normal, variance 2/(inputs + outputs)."""
    return _normal_of(2 / (inputs + outputs))(inputs, outputs, generator)


def he_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Uniform, variance 2/inputs: makes up for the half of the signals that ReLU sets to 0."""
    return _uniform_of(2 / inputs)(inputs, outputs, generator)


def he_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Normal, variance 2/inputs."""
    return _normal_of(2 / inputs)(inputs, outputs, generator)


def lecun_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Uniform, variance 1/inputs."""
    return _uniform_of(1 / inputs)(inputs, outputs, generator)


def lecun_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Normal, variance 1/inputs."""
    return _normal_of(1 / inputs)(inputs, outputs, generator)


def orthogonal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Rows (or columns, if there are more rows) that are orthogonal to each other and have length 1.

    By the Gram-Schmidt process, from normally distributed rows. Saxe, McClelland & Ganguli, "Exact solutions
    to the nonlinear dynamics of learning in deep linear neural networks" (2014).
    """
    if inputs > outputs:
        return [list(column) for column in zip(*orthogonal(outputs, inputs, generator))]
    rows: Matrix = []
    for _ in range(inputs):
        rows.append(_orthogonal_to(rows, [generator.normal() for _ in range(outputs)]))
    return rows


def _orthogonal_to(rows: Matrix, vector: Row) -> Row:
    """Return the part of the vector that is orthogonal to all rows, scaled to length 1."""
    for row in rows + rows:  # The second pass removes what rounding left of the first.
        projection = elementary.dot(vector, row)
        vector = [v - projection * r for v, r in zip(vector, row)]
    length = elementary.sqrt(elementary.dot(vector, vector))
    return [v / length for v in vector]


INITIALIZERS: Family = {
    "zeros": zeros,
    "ones": ones,
    "uniform": uniform(),
    "normal": normal(),
    "orthogonal": orthogonal,
    "glorot_uniform": glorot_uniform,
    "glorot_normal": glorot_normal,
    "he_uniform": he_uniform,
    "he_normal": he_normal,
    "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal,
    "xavier_uniform": glorot_uniform,
    "xavier_normal": glorot_normal,
    "kaiming_uniform": he_uniform,
    "kaiming_normal": he_normal,
}
