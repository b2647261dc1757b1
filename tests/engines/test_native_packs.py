"""engine="native": rows of sums that are computed by packs have the bits of lists, at every width."""

import pytest
from compare_engines import kernel, outcome
from random_networks import numbers

import scratchnet as sn
from scratchnet.codegen.c import native_packs, native_step, native_sums, native_unit
from scratchnet.codegen.loop_parts import Element, Index
from scratchnet.engines.native import compiler, engine
from scratchnet.scalars import Symbolic

WIDTHS = (9, 75, 13, 40, 8, 3)  # tiles, packs that overlap, whole packs, none
GENERATOR = sn.Generator(3)
X = numbers(GENERATOR, 45, WIDTHS[0])
CLASSES = [GENERATOR.below(WIDTHS[-1]) for _ in X]


def fit(name, size, optimizer):
    layers = [sn.Dense(*shape) for shape in zip(WIDTHS, WIDTHS[1:])]
    layers = [layer for dense in layers for layer in (dense, sn.Tanh())][:-1]
    net = sn.Sequential([*layers, sn.Softmax()], seed=2)
    loss = "categorical_cross_entropy"
    histories = []

    def train():
        histories.append(net.fit(X, CLASSES, loss, optimizer, 3, batch_size=size, engine=name))
        return histories[0]

    return outcome(train, net), histories[0].engine


@pytest.mark.parametrize("program", ["gcc", "clang", "tcc"])
@pytest.mark.parametrize("many", [0, 10**6], ids=["updated at once", "updated at the end"])
def test_each_width_has_the_bits_of_lists(program, many, monkeypatch):
    if compiler.shutil.which(program) is None:
        pytest.skip(program + " is not installed")
    monkeypatch.setenv("CC", program)
    monkeypatch.setattr(native_sums, "MANY_GRADIENTS", many)
    monkeypatch.setattr(native_sums, "FEW_STATEMENTS", 1000)
    monkeypatch.setattr(native_sums, "MOST_IN_CACHE", 100)
    # Each compiler has a source of its own, because a source is compiled once.
    rate = {"gcc": 0.01, "clang": 0.02, "tcc": 0.03}[program]
    with kernel("portable"):
        for size in (4, 33, 45):
            engine._steps.clear()
            found, source = fit("native", size, sn.Adam(rate))
            assert found == fit("lists", size, sn.Adam(rate))[0]
    for part in ("NET_FIRST(n, 13)", "j + NET_FIRST(n, 25)", "j + NET_FIRST(n, 20)", "transposed["):
        assert part in source.source
    assert ("alone ? zeros" in source.source) == (many == 0)
    engine._steps.clear()


def test_a_term_is_packed_only_if_its_numbers_are_neighbors():
    i = Index("i1", 30)

    def packed(*operands):
        names = [Symbolic(name=operand) for operand in operands]
        found = native_packs.packed(Symbolic(None, "multiply", tuple(names)), i)
        return None if found is None else [operand.name for operand in found.operands]

    x = Element("x", [(1, "i2")])
    near, far = Element("w", [(1, "i1"), (30, "i2")]), Element("w", [(10, "i1"), (1, "i2")])
    assert packed(x, near) == [x, f"NET_PACK({near})"]
    assert packed(near, "s3") == [f"NET_PACK({near})", "s3"]
    assert packed(x, far) is None
    assert packed(x, Element("table0", [(1, "i1")], [(0, "")])) is None
    assert packed("count_of_i1", near) is None
    function = Symbolic(None, "exp", (Symbolic(name=near),))
    assert native_packs.packed(function, i) is None


def test_weights_that_are_no_neighbors_are_transposed():
    i, j = Index("i1", 30), Index("i2", 10)
    weight, found = Element("w", [(10, "i1"), (1, "i2"), (7, "")]), []
    product = Symbolic(None, "multiply", (Symbolic(name="s1"), Symbolic(name=weight)))
    term = native_packs.packed(native_packs.transposed(product, i, j, found), i)
    assert [operand.name for operand in term.operands] == [
        "s1",
        "NET_PACK(transposed[i1 + 30 * i2])",
    ]
    assert found == [weight]
    other = Symbolic(name=Element("v1", [(10, "i1"), (1, "i2")]))
    assert native_packs.transposed(other, i, j, found) is other
    assert found == [weight]


@pytest.mark.parametrize("width, tile", [(30, 30), (37, 37), (64, 32), (75, 25), (40, 20)])
def test_tiles_of_a_row(width, tile):
    assert native_packs.width_of_tile(width) == tile


@pytest.mark.parametrize("most", [36, 37])
def test_sums_by_packs_are_short_enough_for_the_stack(most, monkeypatch):
    """A row of 20,011 sums, which is not cut into tiles, crashed in a thread with a small stack."""
    monkeypatch.setattr(native_sums, "MOST_ON_STACK", most)
    monkeypatch.setattr(native_unit, "MOST_ON_STACK", most)
    net = sn.Sequential([sn.Dense(30, 30), sn.Dense(30, 37)])
    source = native_step.NativeStep(net, sn.MeanSquaredError(), sn.SGD(), 30, 37, False).source
    assert ("NET_PACKS(37)" in source) == (most == 37)


def test_large_networks_are_computed_by_packs():
    net = sn.Sequential([sn.Dense(784, 30), sn.Sigmoid(), sn.Dense(30, 10), sn.Softmax()])
    step = native_step.NativeStep(net, sn.CategoricalCrossEntropy(), sn.SGD(), 784, 10, False)
    assert "x[u][i1] * NET_PACK(w[i0 + 30 * i1])" in step.source
    assert "x[i13] * NET_PACK(v4[i14])" in step.source
