"""The data of a training: which kinds are taken, how they are read, and what is refused."""

import sys

import pytest
from small_trainings import INF, NAN, Presser, PressingRows, Watch, X, Y, bits, fit, network

import scratchnet as sn

# ---- data of any kind --------------------------------------------------------------------------------------------


class Array:
    """Like an array of NumPy or a tensor of PyTorch: a row of it is an array too."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, i):
        return Array(self.data[i])

    def tolist(self):
        return self.data


class Frame:
    """Like a data frame of pandas or polars."""

    def __init__(self, data):
        self.data = data

    def to_numpy(self):
        return Array(self.data)


FLAT = [y[0] for y in Y]


@pytest.mark.parametrize(
    "X_, Y_, weights",
    [
        (X, FLAT, [1, 2, 3, 4, 5, 6, 7]),
        (tuple(map(tuple, X)), tuple(FLAT), range(1, 8)),
        (Array(X), Array(Y), Array(list(range(1, 8)))),
        (Array(X), Array(FLAT), (1, 2, 3, 4, 5, 6, 7)),
        (Frame(X), Frame(FLAT), Frame(list(range(1, 8)))),
        ([Array(x) for x in X], [Array(y) for y in Y], [1, 2, 3, 4, 5, 6, 7]),
        (
            PressingRows(X, Presser(0)),
            PressingRows(FLAT, Presser(0)),
            PressingRows(range(1, 8), Presser(0)),
        ),
    ],
)
def test_every_kind_of_data_trains_the_same_network(X_, Y_, weights):
    net, expected = network(), network()
    fit(expected, sample_weight=[1, 2, 3, 4, 5, 6, 7], batch_size=2, validation_data=(X, Y))
    fit(net, X_, Y_, sample_weight=weights, batch_size=2, validation_data=(X_, Y_))
    assert bits(net) == bits(expected)
    assert net.predict(X_) == net.forward(X_) == expected.predict(X)
    assert net.evaluate(X_, Y_, "mean_squared_error") == expected.evaluate(
        X, Y, "mean_squared_error"
    )
    assert net.gradients(X_, Y_, "mean_squared_error") == expected.gradients(
        X, Y, "mean_squared_error"
    )


def test_ints_and_bools_become_numbers_of_the_network():
    net, expected = network(), network()
    fit(net, [[0, True], [1, False]], [True, 0])
    fit(expected, [[0.0, 1.0], [1.0, 0.0]], [[1.0], [0.0]])
    assert bits(net) == bits(expected)


def test_class_numbers_equal_one_hot_targets():
    nets = [network(sn.Dense(2, 3), sn.Softmax()) for _ in range(2)]
    fit(nets[0], X[:4], [2, 0, 1, 2], "categorical_cross_entropy")
    fit(nets[1], X[:4], [[0, 0, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1]], "categorical_cross_entropy")
    assert bits(nets[0]) == bits(nets[1])


def test_the_data_are_not_changed():
    X_, Y_ = [[1, 2], [3, 4]], [[1], [0]]
    fit(network(sn.Normalization(), sn.Dense(2, 1)), X_, Y_)
    assert repr((X_, Y_)) == "([[1, 2], [3, 4]], [[1], [0]])"


def test_a_network_without_a_width_takes_that_of_the_first_row():
    watch = Watch()
    net = network(watch, sn.Tanh())
    fit(net, [[1, 2], [3, 4]], [[1, 2], [3, 4]], epochs=1)
    assert [len(x) for x in watch.batches[0]] == [2, 2]
    with pytest.raises(ValueError, match="^X: row 1 has 3 columns where row 0 has 2$"):
        net.predict([[1, 2], [3, 4, 5]])


class Counting:
    """A sequence that offers only len() and indexing, and notes the rows that are read."""

    def __init__(self, rows):
        self.rows = rows
        self.reads = []

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        assert isinstance(i, int) and 0 <= i < len(self.rows)
        self.reads.append(i)
        return self.rows[i]


def test_a_sequence_is_read_lazily_row_by_row():
    X_, Y_ = Counting(X), Counting(Y)
    iterator = sn.epochs(
        network(), X_, Y_, "mean_squared_error", epochs=2, batch_size=2, shuffle=False
    )
    assert (X_.reads, Y_.reads) == ([], [])  # nothing is copied beforehand
    next(iterator)
    assert (X_.reads, Y_.reads) == (list(range(7)), list(range(7)))
    next(iterator)
    assert X_.reads == list(range(7)) * 2


def test_a_shuffled_and_split_sequence_is_read_once_per_epoch():
    X_, Y_ = Counting(X), Counting(Y)
    fit(network(), X_, Y_, epochs=3, batch_size=2, validation_split=0.3)
    assert [X_.reads.count(i) for i in range(7)] == [Y_.reads.count(i) for i in range(7)] == [3] * 7


def test_a_sequence_is_predicted_in_blocks():
    """At most one block is in memory at a time: the test counts the rows that are alive."""
    alive = []

    class Row(list):
        def __init__(self, values):
            list.__init__(self, values)
            alive.append(1)

        def __del__(self):
            alive.pop()

    class Rows:
        most = 0

        def __len__(self):
            return 5000

        def __getitem__(self, i):
            Rows.most = max(Rows.most, len(alive))
            return Row([i / 5000, 1.0])

    net = network(sn.Dense(2, 1))
    predicted = net.predict(Rows())
    assert len(predicted) == 5000
    assert predicted[4321] == net.predict([[4321 / 5000, 1.0]])[0]
    if sys.implementation.name == "cpython":  # others collect later
        assert Rows.most <= 1001


def test_a_wrong_row_of_a_sequence_is_found_when_it_is_read():
    net = network()
    with pytest.raises(ValueError, match="^X: row 5, column 1 is nan; give a finite number$"):
        fit(net, Counting(X[:5] + [[0.0, NAN]] + X[6:]), Y, shuffle=False, batch_size=2, epochs=1)
    two_batches = network()
    fit(two_batches, X[:4], Y[:4], shuffle=False, batch_size=2, epochs=1)
    assert bits(net) == bits(two_batches)


# ---- what is refused: one sentence, with the row and the column, and nothing learnt ------------------------------


@pytest.mark.parametrize(
    "X_, Y_, error, message",
    [
        ([[1, 2], [3]], [0, 0], ValueError, "X: row 1 has 1 column where the network takes 2"),
        (
            [[1, 2, 3], [4, 5, 6]],
            [0, 0],
            ValueError,
            "X: row 0 has 3 columns where the network takes 2",
        ),
        ([[1, 2], [NAN, 0]], [0, 0], ValueError, "X: row 1, column 0 is nan; give a finite number"),
        (
            [[1, 2], [0, -INF]],
            [0, 0],
            ValueError,
            "X: row 1, column 1 is -inf; give a finite number",
        ),
        ([[1, "2"]], [0], TypeError, "X: row 0, column 1: '2' is a str; give a number"),
        ([[1, None]], [0], TypeError, "X: row 0, column 1: None is a NoneType; give a number"),
        ([], [], ValueError, "X is empty; give at least one row"),
        ([[]], [0], ValueError, "X: row 0 is empty; give at least one column"),
        ([1, 2], [0], TypeError, r"X: row 0 is 1, not a row; .*\[\[\.\.\.\]\]"),
        (["ab"], [0], TypeError, "X: row 0 is 'ab', not a row"),
        ([{"a": 1, "b": 2}], [0], TypeError, "X: row 0 is {'a': 1, 'b': 2}, not a row"),
        ({"a": [1, 2]}, [0], TypeError, "X.*dict; give a list of rows"),
        (([x] for x in X), Y, TypeError, "X.*generator; give a list of rows"),
        (None, [0], TypeError, "X.*NoneType; give a list of rows"),
        (Frame([["a", 1]]), [0], TypeError, "X: row 0, column 0: 'a' is a str; give a number"),
        ([[1, 2], [3, 4]], [0], ValueError, "X has 2 rows and Y has 1; give one target per sample"),
        ([[1, 2]], [0, 0], ValueError, "X has 1 row.* and Y has 2; give one target per sample"),
        (
            Counting([[1, 2]]),
            Counting([0, 0]),
            ValueError,
            "X has 1 row.* and Y has 2; give one target per sample",
        ),
        ([[1, 2]], [], ValueError, "Y is empty"),
        ([[1, 2]], None, TypeError, "Y.*NoneType; give a list"),
        ([[1, 2]], 3, TypeError, "Y.*int; give a list"),
        ([[1, 2]], (y for y in [0]), TypeError, "Y.*generator; give a list"),
        ([[1, 2]], [[1, 2]], ValueError, "Y: row 0 has 2 columns where the network has 1 output"),
        (
            [[1, 2], [3, 4]],
            [[1], [NAN]],
            ValueError,
            "Y: row 1, column 0 is nan; give a finite number",
        ),
        ([[1, 2], [3, 4]], [1, INF], ValueError, "Y: row 1, column 0 is inf; give a finite number"),
        ([[1, 2]], ["yes"], TypeError, "Y: row 0.*'yes'"),
        ([[1, 2]], [None], TypeError, "Y: row 0.*None"),
        ([[1, 2]], [[[1]]], TypeError, r"Y: row 0, column 0: \[1\] is a list; give a number"),
    ],
)
def test_data_that_are_refused(X_, Y_, error, message):
    net = network()
    before = bits(net)
    with pytest.raises(error, match="^" + message) as raised:
        fit(net, X_, Y_)
    assert "\n" not in str(raised.value)
    assert bits(net) == before


@pytest.mark.parametrize("use", ["predict", "forward", "adapt"])
def test_every_use_of_data_refuses_the_same(use):
    refused = (
        ([[1, 2], [3, NAN]], "row 1, column 1 is nan"),
        ([1, 2], "row 0 is 1, not a row"),
        ([], "empty"),
    )
    for data, message in refused:
        with pytest.raises((TypeError, ValueError), match="^X.*" + message):
            getattr(network(), use)(data)


@pytest.mark.parametrize("use", ["evaluate", "gradients"])
def test_every_use_of_targets_refuses_the_same(use):
    net = network()
    for X_, Y_, message in (
        ([[1, 2]], [[NAN]], "^Y: row 0, column 0 is nan"),
        ([[1, 2]], [[1, 2]], "^Y: row 0 has 2 columns"),
        ([[1, 2]], [1, 2], "^X has 1 row.* and Y has 2"),
        ([[1, 2, 3]], [1], "^X: row 0 has 3 columns where the network takes 2"),
    ):
        with pytest.raises(ValueError, match=message):
            getattr(net, use)(X_, Y_, "mean_squared_error")


def test_class_numbers_may_stand_in_a_column():
    net = sn.Sequential([sn.Dense(2, 3), sn.Softmax()])
    ways = [0, 1, 2], [[0], [1], [2]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    losses = [net.evaluate(X[:3], targets, "categorical_cross_entropy") for targets in ways]
    assert losses[0] == losses[1] == losses[2]
