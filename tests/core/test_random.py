"""random.py: the generator; and initializers.py, which draws from it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import Generator, functions, initializers, matrix
from scratchnet.core import elementary
from scratchnet.core.checks import look_up
from scratchnet.engines.draws import many

INTEGERS = st.integers(-(1 << 70), 1 << 70)


def test_the_published_stream():
    """SplitMix64's first numbers of the seed 1234567 (https://rosettacode.org/wiki/Pseudo-random_numbers/Splitmix64)."""
    generator = Generator(1234567)
    assert [generator.bits() for _ in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]


def test_rosetta_codes_histogram():
    """The digits of int(random() * 5) over 100 000 numbers of the seed 987654321, from the same page."""
    generator = Generator(987654321)
    counts = [0] * 5
    for _ in range(100000):
        counts[int(generator.random() * 5)] += 1
    assert counts == [20027, 19892, 20073, 19978, 20030]


@given(INTEGERS)
def test_the_same_seed_gives_the_same_numbers(seed):
    one, other = Generator(seed), Generator(seed)
    assert [one.bits() for _ in range(3)] == [other.bits() for _ in range(3)]
    assert 0.0 <= one.random() < 1.0


def test_different_seeds_give_different_numbers():
    assert len({Generator(seed).bits() for seed in range(-500, 500)}) == 1000


def test_the_state_is_the_whole_generator():
    generator = Generator(7)
    generator.normal()
    resumed = Generator()
    resumed.state = generator.state
    assert [generator.normal() for _ in range(9)] == [resumed.normal() for _ in range(9)]


@given(seed=INTEGERS, n=st.integers(0, 1100))
def test_numbers_drawn_together_are_those_drawn_one_by_one(seed, n):
    together, alone = Generator(seed), Generator(seed)
    assert list(many(together, n)) == [alone.bits() for _ in range(n)]
    assert together.state == alone.state
    assert together.uniforms(-0.3, 1.7, n) == [alone.uniform(-0.3, 1.7) for _ in range(n)]
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = alone.below(i + 1)
        order[i], order[j] = order[j], order[i]
    assert together.permutation(n) == order
    assert together.state == alone.state


@pytest.mark.parametrize("seed", [None, 1.5, "7", True, [7]])
def test_a_seed_is_an_integer(seed):
    with pytest.raises(
        ValueError, match="seed is {}; give an integer".format(re.escape(repr(seed)))
    ):
        Generator(seed)


def test_the_kernel_does_not_change_the_numbers():
    expected = [Generator(7).normal(), initializers.orthogonal(3, 2, Generator(7))]
    former = functions.set_kernel("portable")
    try:
        assert [Generator(7).normal(), initializers.orthogonal(3, 2, Generator(7))] == expected
    finally:
        functions.set_kernel(former)


@given(INTEGERS, st.integers(1, 1 << 40))
def test_below_stays_below(seed, n):
    assert 0 <= Generator(seed).below(n) < n


@given(INTEGERS, st.integers(0, 60))
def test_a_permutation_has_every_place_once(seed, n):
    assert sorted(Generator(seed).permutation(n)) == list(range(n))


def test_every_order_is_equally_likely():
    generator = Generator(3)
    counts = {}
    for _ in range(6000):
        order = tuple(generator.permutation(3))
        counts[order] = counts.get(order, 0) + 1
    assert len(counts) == 6
    assert max(abs(count - 1000) for count in counts.values()) < 120  # four standard deviations


def moments(numbers):
    mean = sum(numbers) / len(numbers)
    return mean, sum((x - mean) ** 2 for x in numbers) / len(numbers)


def test_uniform_numbers():
    generator = Generator(1)
    numbers = [generator.uniform(-3.0, 5.0) for _ in range(20000)]
    assert -3.0 <= min(numbers) < -2.99 and 4.99 < max(numbers) < 5.0
    mean, variance = moments(numbers)
    assert abs(mean - 1.0) < 0.07 and abs(variance - 64 / 12) < 0.15


def test_normal_numbers():
    generator = Generator(1)
    mean, variance = moments([generator.normal(3.0, 2.0) for _ in range(20000)])
    assert abs(mean - 3.0) < 0.06 and abs(variance - 4.0) < 0.16
    inside = [abs(generator.normal()) < 1.0 for _ in range(20000)]
    assert abs(sum(inside) / 20000 - 0.6827) < 0.014


# ---- initializers ------------------------------------------------------------------------------------------------


VARIANCES = {  # of weights 40 × 60
    "glorot_uniform": 2 / 100,
    "glorot_normal": 2 / 100,
    "xavier_uniform": 2 / 100,
    "xavier_normal": 2 / 100,
    "he_uniform": 2 / 40,
    "he_normal": 2 / 40,
    "kaiming_uniform": 2 / 40,
    "kaiming_normal": 2 / 40,
    "lecun_uniform": 1 / 40,
    "lecun_normal": 1 / 40,
    "orthogonal": 1 / 60,
    "uniform": 0.05**2 / 3,
    "normal": 0.05**2,
    "zeros": 0.0,
    "ones": 0.0,
}


def drawn(name, inputs=40, outputs=60):
    return look_up("initializer", name, initializers.INITIALIZERS, object)(
        inputs, outputs, Generator(7)
    )


@pytest.mark.parametrize("name", sorted(initializers.INITIALIZERS))
def test_the_variance_of_every_initializer(name):
    W = drawn(name)
    assert matrix.shape(W) == (40, 60)
    mean, variance = moments([w for row in W for w in row])
    assert (
        abs(variance - VARIANCES[name]) <= 0.1 * VARIANCES[name]
    )  # 2400 numbers: at most three standard deviations
    assert abs(mean - (1.0 if name == "ones" else 0.0)) <= 4 * (VARIANCES[name] / 2400) ** 0.5


@pytest.mark.parametrize(
    "name, limit", [("glorot_uniform", 0.06), ("he_uniform", 0.15), ("lecun_uniform", 0.075)]
)
def test_uniform_initializers_keep_within_their_limit(name, limit):
    largest = max(abs(w) for row in drawn(name) for w in row)
    assert 0.99 * limit**0.5 < largest <= limit**0.5


@pytest.mark.parametrize("inputs, outputs", [(3, 5), (5, 3), (4, 4), (1, 1), (1, 6)])
def test_orthogonal_rows_or_columns(inputs, outputs):
    W = drawn("orthogonal", inputs, outputs)
    rows = W if inputs <= outputs else matrix.transpose(W)
    for i, u in enumerate(rows):
        for j, v in enumerate(rows):
            assert abs(elementary.dot(u, v) - (i == j)) < 1e-14


def test_initializers_with_arguments():
    assert initializers.constant(0.25)(2, 1, Generator(7)) == [[0.25], [0.25]]
    generator = Generator(7)
    assert initializers.uniform(2.0, 3.0)(1, 2, Generator(7)) == [
        [generator.uniform(2.0, 3.0) for _ in range(2)]
    ]
    generator = Generator(7)
    assert initializers.normal(1.0, 0.5)(1, 2, Generator(7)) == [
        [generator.normal(1.0, 0.5) for _ in range(2)]
    ]


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed():
    with pytest.raises(
        ValueError, match="initializer 'xavier' is unknown; give one of: .*glorot_uniform.*zeros"
    ):
        look_up("initializer", "xavier", initializers.INITIALIZERS, object)
