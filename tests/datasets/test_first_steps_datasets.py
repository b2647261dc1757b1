"""Read this first: from data to samples that a network learns from."""

import io

import scratchnet as sn
from scratchnet.datasets import samples, shapes
from scratchnet.datasets.encoding import Encoder
from scratchnet.datasets.tables import read_table


def test_a_gate_is_four_samples():
    gate = shapes.gate("and")
    assert (gate.X, gate.Y) == ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1])


def test_iris_is_150_flowers_of_three_species():
    iris = samples.iris()
    assert len(iris.X) == 150 and len(iris.X[0]) == 4
    assert [iris.Y.count(species) for species in range(3)] == [50, 50, 50]


def test_a_table_has_columns():
    table = read_table(io.BytesIO(b"height,colour\n1.5,red\n2,blue\n"))
    height, colour = table.columns["height"], table.columns["colour"]
    assert (height.kind, list(height.values)) == ("numbers", [1.5, 2.0])
    assert [colour.labels[code] for code in colour.values] == ["red", "blue"]


def test_a_network_learns_a_table():
    """An encoder makes numbers of the columns: a category has one input per label, a class one output."""
    text = b"colour,size,tasty\nred,1,yes\ngreen,2,no\nred,3,yes\ngreen,1,no\n"
    table = read_table(io.BytesIO(text), target="tasty")
    encoder = Encoder.fit(table)
    inputs, targets = encoder.examples_of(table)
    assert (len(inputs[0]), len(targets[0])) == (3, 1)  # size, green and red; yes
    net = sn.Sequential([encoder.normalization(), sn.Dense(3, 1), sn.Sigmoid()], seed=1)
    net.fit(inputs, targets, "binary_cross_entropy", sn.Adam(0.1), epochs=100)
    assert encoder.targets_of(net.predict(inputs)) == ["yes", "no", "yes", "no"]
