"""How weights start: functions of (inputs, outputs, generator) that give a matrix inputs × outputs.

    zeros  ones  orthogonal
    glorot_uniform  glorot_normal       variance 2/(inputs + outputs)     Glorot & Bengio 2010; also xavier_...
    he_uniform      he_normal           variance 2/inputs, for ReLU       He, Zhang, Ren & Sun 2015; also kaiming_...
    lecun_uniform   lecun_normal        variance 1/inputs, for SELU       LeCun, Bottou, Orr & Müller 1998

    constant(value)  uniform(low, high)  normal(mean, deviation)          make such a function

A layer takes one by its name or as it is; one of your own is any such function. The arithmetic is always
portable: one seed gives the same weights on every Python.

>>> from scratchnet.core.random import Generator
>>> constant(0.5)(1, 2, Generator(7))
[[0.5, 0.5]]
"""

from . import elementary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Any, Callable, Matrix, Row
    from .random import Generator


def _fill(inputs: int, outputs: int, draw: "Callable[[], float]") -> "Matrix":
    return [[draw() for _ in range(outputs)] for _ in range(inputs)]


def constant(value: float) -> "Callable[..., Matrix]":
    """Every element the same."""
    return lambda inputs, outputs, generator: _fill(inputs, outputs, lambda: value)


def uniform(low: float = -1 / 20, high: float = 1 / 20) -> "Callable[..., Matrix]":
    """Evenly from [low, high)."""
    return lambda inputs, outputs, generator: _fill(
        inputs, outputs, lambda: generator.uniform(low, high)
    )


def normal(mean: float = 0.0, deviation: float = 1 / 20) -> "Callable[..., Matrix]":
    """From the normal distribution."""
    return lambda inputs, outputs, generator: _fill(
        inputs, outputs, lambda: generator.normal(mean, deviation)
    )


zeros = constant(0.0)
ones = constant(1.0)


def _uniform_of(variance: float) -> "Callable[..., Matrix]":
    limit = elementary.sqrt(
        3 * variance
    )  # the variance of the uniform distribution on (-limit, limit) is limit^2 / 3
    return uniform(-limit, limit)


def _normal_of(variance: float) -> "Callable[..., Matrix]":
    return normal(0.0, elementary.sqrt(variance))


def glorot_uniform(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Uniform, variance 2/(inputs + outputs): signals keep their size forward, gradients backward."""
    return _uniform_of(2 / (inputs + outputs))(inputs, outputs, generator)


def glorot_normal(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Normal, variance 2/(inputs + outputs)."""
    return _normal_of(2 / (inputs + outputs))(inputs, outputs, generator)


def he_uniform(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Uniform, variance 2/inputs: makes up for the half of the signals that ReLU cuts."""
    return _uniform_of(2 / inputs)(inputs, outputs, generator)


def he_normal(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Normal, variance 2/inputs."""
    return _normal_of(2 / inputs)(inputs, outputs, generator)


def lecun_uniform(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Uniform, variance 1/inputs."""
    return _uniform_of(1 / inputs)(inputs, outputs, generator)


def lecun_normal(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Normal, variance 1/inputs."""
    return _normal_of(1 / inputs)(inputs, outputs, generator)


def orthogonal(inputs: int, outputs: int, generator: "Generator") -> "Matrix":
    """Rows (columns, where there are more rows) of length 1 at right angles to each other: Gram and Schmidt's process.

    Saxe, McClelland & Ganguli, "Exact solutions to the nonlinear dynamics of learning" (2014).
    """
    if inputs > outputs:
        return [list(column) for column in zip(*orthogonal(outputs, inputs, generator))]
    rows: "Matrix" = []
    for _ in range(inputs):
        rows.append(_at_right_angles([generator.normal() for _ in range(outputs)], rows))
    return rows


def _at_right_angles(vector: "Row", rows: "Matrix") -> "Row":
    for row in rows + rows:  # twice: the second pass removes what rounding left of the first
        shadow = elementary.dot(vector, row)
        vector = [v - shadow * r for v, r in zip(vector, row)]
    length = elementary.sqrt(elementary.dot(vector, vector))
    return [v / length for v in vector]


INITIALIZERS: "Any" = {
    "zeros": zeros, "ones": ones, "uniform": uniform(), "normal": normal(), "orthogonal": orthogonal,
    "glorot_uniform": glorot_uniform, "glorot_normal": glorot_normal, "lecun_uniform": lecun_uniform,
    "lecun_normal": lecun_normal, "he_uniform": he_uniform, "he_normal": he_normal, "xavier_uniform": glorot_uniform,
    "xavier_normal": glorot_normal, "kaiming_uniform": he_uniform, "kaiming_normal": he_normal}  # fmt: skip
