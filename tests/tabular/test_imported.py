"""A table describes the inputs and outputs of a network from another program."""

import pytest

import scratchnet as sn
from scratchnet.tabular.imported import describe
from scratchnet.tabular.model import model_of

ROWS = [{"a": 1, "b": b, "y": y} for b, y in ((2, 0.0), (3, 1.0), (2, 0.0), (5, 1.0))]


def network(end, labels=None):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]], bias=[-4]), end])
    if labels is not None:
        net.metadata["labels"] = labels
    return net


def test_a_column_of_equal_numbers_is_an_input():
    net = network(sn.Identity())
    rows = [{"a": 1, "b": 7, "y": y} for y in (4, 5.5)]
    net = describe(net, rows, "y")
    assert model_of(net, "net").predict([{"b": 7, "a": 1}, {"a": 1, "b": 7}]) == [4.0] * 2


@pytest.mark.parametrize("labels", [None, [0, 1], [0.0, 1.0], ["0", "1"], [False, True]], ids=repr)
def test_labels_are_compared_as_numbers(labels):
    net = network(sn.Sigmoid(), labels)
    net = describe(net, ROWS, "y")
    assert model_of(net, "net").predict([{"a": 1, "b": 5}, {"a": 1, "b": 2}]) == [1, 0]


@pytest.mark.parametrize("labels", [[1, 0], [0, 2], [0.0, 1.5], ["no", "yes"]], ids=repr)
def test_other_labels_are_refused(labels):
    with pytest.raises(ValueError, match="the network's classes are .*, but those of the target"):
        describe(network(sn.Sigmoid(), labels), ROWS, "y")


def test_a_column_that_holds_nothing():
    rows = [{"a": "", "b": b, "y": b / 2} for b in range(4)]
    sentence = "has 2 inputs, but the table has 1 column of numbers besides the target: b; give one"
    with pytest.raises(ValueError, match=sentence):
        describe(network(sn.Identity()), rows, "y")


@pytest.mark.parametrize("end", [[], [sn.deep.LogSoftmax()]])
def test_logits_become_probabilities_of_the_classes(end):
    weights = [[2, 0, -1], [0, 3, 1]]
    net = sn.Sequential([sn.Dense(2, 3, weights=weights, bias=[0, 0, 0])] + end)
    rows = [{"a": k, "b": 2 - k, "kind": kind} for k, kind in enumerate(["red", "blue", "green"])]
    described = describe(net, rows)
    assert type(described.layers[-1]) is sn.Softmax and len(net.layers) == 1 + len(end)
    model = model_of(described, "net")
    assert model.predict([{"a": 4, "b": 0}, {"a": 0, "b": 4}]) == ["blue", "green"]
    assert abs(sum(model.probabilities([{"a": 4, "b": 0}])[0].values()) - 1) < 1e-12


def test_one_logit_of_two_classes():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1]], bias=[-2])])
    described = describe(net, [{"a": 0, "kind": "no"}, {"a": 1, "kind": "yes"}])
    assert type(described.layers[-1]) is sn.Sigmoid
    assert model_of(described, "net").predict([{"a": 1.5}, {"a": 2.5}]) == ["no", "yes"]
    numbers = [{"a": 0, "y": 0.5}, {"a": 1, "y": 1.5}]
    assert len(describe(net, numbers).layers) == 1
