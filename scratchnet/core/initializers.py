"""Initializers: functions (inputs, outputs, generator) that return an inputs × outputs matrix.

    zeros  ones  orthogonal
    glorot_uniform  glorot_normal    variance 2/(inputs + outputs)    Glorot & Bengio 2010
    he_uniform      he_normal        variance 2/inputs, for ReLU      He, Zhang, Ren & Sun 2015
    lecun_uniform   lecun_normal     variance 1/inputs, for SELU      LeCun, Bottou & others 1998

    constant(value)  uniform(low, high)  normal(mean, deviation)      return an initializer

Other names: xavier_... for glorot_..., and kaiming_... for he_... A layer accepts the name of an
initializer or a function, which can be user-defined. The arithmetic is always that of the portable
kernel, so that the same seed gives the same weights on every Python.

LeCun, Bottou, Orr & Müller, "Efficient backprop" (1998).

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
    """Return an initializer that sets every weight to ``value``."""
    return lambda inputs, outputs, generator: _fill(inputs, outputs, lambda: value)


def uniform(low: float = -1 / 20, high: float = 1 / 20) -> Initializer:
    """Return an initializer that draws from the uniform distribution in [low, high)."""
    return lambda inputs, outputs, generator: [
        generator.uniforms(low, high, outputs) for _ in range(inputs)
    ]


def normal(mean: float = 0.0, deviation: float = 1 / 20) -> Initializer:
    """Return an initializer that draws from a normal distribution."""
    return lambda inputs, outputs, generator: _fill(
        inputs, outputs, lambda: generator.normal(mean, deviation)
    )


zeros = constant(0.0)
ones = constant(1.0)


def _uniform_of(variance: float) -> Initializer:
    # The variance of the uniform distribution in [-limit, limit) is limit²/3.
    limit = elementary.sqrt(3 * variance)
    return uniform(-limit, limit)


def _normal_of(variance: float) -> Initializer:
    return normal(0.0, elementary.sqrt(variance))


def glorot_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the uniform distribution with mean 0 and variance 2/(inputs + outputs).

    It is a compromise between keeping the variance of the signals going forward and keeping that
    of the gradients going backward.
    """
    return _uniform_of(2 / (inputs + outputs))(inputs, outputs, generator)


def glorot_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the normal distribution with mean 0 and variance 2/(inputs + outputs)."""
    return _normal_of(2 / (inputs + outputs))(inputs, outputs, generator)


def he_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the uniform distribution with mean 0 and variance 2/inputs.

    The factor 2 compensates for the half of the signals that ReLU sets to 0.
    """
    return _uniform_of(2 / inputs)(inputs, outputs, generator)


def he_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the normal distribution with mean 0 and variance 2/inputs."""
    return _normal_of(2 / inputs)(inputs, outputs, generator)


def lecun_uniform(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the uniform distribution with mean 0 and variance 1/inputs."""
    return _uniform_of(1 / inputs)(inputs, outputs, generator)


def lecun_normal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Draw from the normal distribution with mean 0 and variance 1/inputs."""
    return _normal_of(1 / inputs)(inputs, outputs, generator)


def orthogonal(inputs: int, outputs: int, generator: Generator) -> Matrix:
    """Return a matrix whose rows are orthogonal to each other and have length 1.

    If it has more rows than columns, this holds for its columns. The rows are drawn from the normal
    distribution, and the Gram-Schmidt process makes them orthogonal. Saxe, McClelland & Ganguli,
    "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks" (2014).
    """
    if inputs > outputs:
        return [list(column) for column in zip(*orthogonal(outputs, inputs, generator))]
    rows: Matrix = []
    for _ in range(inputs):
        rows.append(_orthogonal_to(rows, [generator.normal() for _ in range(outputs)]))
    return rows


def _orthogonal_to(rows: Matrix, vector: Row) -> Row:
    """Return the component of the vector that is orthogonal to all rows, scaled to length 1."""
    for row in rows + rows:  # The second pass removes the rounding errors of the first.
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
