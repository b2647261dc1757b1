"""Random networks for the tests that take them out to another library and back, and how the two are compared."""

from hypothesis import strategies as st

import scratchnet as sn

ACTIVATIONS = [
    sn.Identity,
    sn.Sigmoid,
    sn.Tanh,
    sn.ReLU,
    lambda: sn.LeakyReLU(0.3),
    lambda: sn.ELU(0.7),
    sn.SELU,
    sn.GELU,
    sn.Softplus,
    sn.SiLU,
    sn.Softmax,
]


def rows_of(generator, rows, columns, mean=0.0, spread=1.0):
    return [[mean + spread * generator.normal() for _ in range(columns)] for _ in range(rows)]


def dense(generator, inputs, outputs):
    return sn.Dense(
        inputs, outputs, rows_of(generator, inputs, outputs), rows_of(generator, 1, outputs)[0]
    )


def normalization(X):
    layer = sn.Normalization()
    layer.adapt(X)
    return layer


@st.composite
def networks(draw, activations, ends, outputs=(1, 2, 3), alike=False, dropout=True):
    """Draw (network, X): perhaps a Normalization, hidden layers (``alike``: of one activation), and one of the ``ends``."""
    generator = sn.Generator(draw(st.integers(0, 10**6)))
    inputs = draw(st.integers(1, 4))
    mean, spread = (
        draw(st.sampled_from([0.0, 10.0, 1e6])),
        draw(st.sampled_from([0.01, 1.0, 100.0])),
    )
    X = rows_of(generator, 5, inputs, mean, spread)
    normal = [[(x - X[0][j]) / (X[1][j] - X[0][j]) for j, x in enumerate(row)] for row in X]
    scaled = draw(st.booleans())
    layers, width = [normalization(X)] if scaled else [], inputs
    kind = draw(st.sampled_from(activations))
    for wide in draw(st.lists(st.integers(1, 4), max_size=3)):
        layers += [
            dense(generator, width, wide),
            (kind if alike else draw(st.sampled_from(activations)))(),
        ]
        layers += [sn.Dropout(0.25)] if dropout and draw(st.booleans()) else []
        width = wide
    last = [dense(generator, width, draw(st.sampled_from(outputs)))]
    return sn.Sequential(
        layers + last + [end() for end in draw(st.sampled_from(ends))]
    ), X if scaled else normal


def agree(ours, theirs, tolerance=1e-12):
    """Compare to the tolerance, relative to the largest number of theirs."""
    if not isinstance(theirs, list):
        theirs = theirs.tolist()
    assert (len(ours), len(ours[0])) == (len(theirs), len(theirs[0]))
    largest = max(abs(v) for row in theirs for v in row)
    assert all(
        abs(a - b) <= tolerance * largest
        for row, other in zip(ours, theirs)
        for a, b in zip(row, other)
    )
