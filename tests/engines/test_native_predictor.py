"""sn.compile: the bits of `predict` in the portable kernel, for lists, rows and buffers."""

import copy
import gc
import pickle
import sys
import sysconfig
import threading
import weakref
from array import array
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies
from random_networks import HIDDEN, Share, bits, numbers

import scratchnet as sn
from scratchnet.codegen.c import native_division, native_lists, native_predictor
from scratchnet.codegen.record import recording
from scratchnet.engines.native import compiler, lists, predictor

NAN, INFINITY = float("nan"), float("inf")

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)


@pytest.fixture(autouse=True)
def quickly_compiled(monkeypatch, portable):
    monkeypatch.setattr(compiler, "FAST", ["-O1"])


def network(inputs=3, width=4, hidden=(sn.Tanh,), outputs=2, seed=1):
    layers = [sn.Normalization()]
    for make in hidden:
        layers += [sn.Dense(inputs, width), make(), sn.Dropout(0.5)]
        inputs = width
    net = sn.Sequential(layers + [sn.Dense(width, outputs)], seed=seed)
    net.adapt(numbers(sn.Generator(seed), 9, net.inputs))
    return net


def sequence_of(rows):
    return array("d", [v for row in rows for v in row])


def matrix_of(rows):
    return memoryview(sequence_of(rows)).cast("B").cast("d", (len(rows), len(rows[0])))


@settings(max_examples=max(3, settings.default.max_examples // 3))
@given(strategies.data())
@pytest.mark.parametrize(
    "limits",
    [(0, 10000, 10000), (10000, 10000, 10000), (0, 0, 10000), (0, 10000, 0), (0, 0, 0)],
    ids=["loops", "written out", "functions", "by rows", "functions by rows"],
)
def test_predictions_have_the_same_bits(limits, data):
    hidden = data.draw(strategies.lists(strategies.sampled_from(HIDDEN), min_size=1, max_size=2))
    net = network(*data.draw(strategies.tuples(*[strategies.integers(1, 9)] * 2)), hidden=hidden)
    names = "MOST_WRITTEN_OUT", "MOST_LINES", "FEWEST_BY_ROWS"
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in zip(names, limits):
            patch.setattr(native_predictor, name, limit)
        predict = sn.compile(net)
    X = numbers(sn.Generator(3), 5, net.inputs)
    expected = bits(net.predict(X))
    assert bits(predict(X)) == expected
    assert bits([predict(x) for x in X]) == expected
    assert bits([predict(tuple(x)) for x in X]) == expected
    assert bits([predict(array("d", x)).tolist() for x in X]) == expected
    assert bits(predict(matrix_of(X)).tolist()) == expected
    assert bits(predict(memoryview(sequence_of(X[:1]).tobytes()).cast("d")).tolist()) == expected[0]


def test_a_large_network_and_the_fast_kernel():
    net = network(60, 50, (sn.ReLU, Share, sn.GELU), 10)
    X = numbers(sn.Generator(3), 5, 60)
    expected = bits(net.predict(X))
    former = sn.set_kernel("fast")
    try:
        assert bits(sn.compile(net)(X)) == expected
    finally:
        sn.set_kernel(former)


def test_a_network_of_many_layers_is_compiled_quickly():
    """In one function, Clang took more than a minute for 300 layers, and GCC 8 seconds."""

    def made(count):
        layers = [(sn.Dense(8, 8), sn.deep.LayerNormalization(8), sn.GELU()) for _ in range(count)]
        return sn.Sequential([layer for group in layers for layer in group], seed=1)

    X = numbers(sn.Generator(3), 5, 8)
    former, predict = [sn.compile(made(count)) for count in (30, 60)]
    assert bits(predict(X)) == bits(made(60).predict(X))
    assert predict.source.count("for (") == former.source.count("for (") < 100


def recorded_by_rows(net, monkeypatch):
    """Return whether the prediction is printed from the record of rows."""
    found = []
    original = native_predictor.loops_by_rows

    def noting(*given):
        found.append(original(*given))
        return found[-1]

    monkeypatch.setattr(native_predictor, "loops_by_rows", noting)
    X = numbers(sn.Generator(3), 5, net.inputs)
    assert bits(sn.compile(net)(X)) == bits(net.predict(X))
    assert len({made is None for made in found}) == 1
    return found[0] is not None


class Slopes(sn.Layer):
    """a = x·W, with the weights multiplied one by one: it is no matrix product."""

    def __init__(self):
        self.inputs = self.outputs = 32
        values = numbers(sn.Generator(4), 32, 32)
        self.W = sn.Parameter("W", (32, 32), values)

    def parameters(self):
        return [self.W]

    def forward(self, X):
        return [[x * w[0] + w[1] for x, w in zip(row, self.W.value)] for row in X]


class Counting(sn.Layer):
    def forward(self, X):
        return [[x * len(X) for x in row] for row in X]

    def backward(self, dA):
        return [[d * len(dA) for d in row] for row in dA]


@pytest.mark.parametrize(
    "make, by_rows",
    [
        (lambda: [sn.Dense(40, 30), sn.ReLU()], True),
        (lambda: [sn.Dense(40, 30), sn.Dense(30, 30, bias=[1] * 30), sn.Softmax()], True),
        (lambda: [sn.Dense(40, 1), sn.Tanh(), sn.Dense(1, 1000), sn.deep.LogSoftmax()], True),
        (lambda: [sn.Dense(40, 30), Share(), sn.Dropout(0.5), sn.Identity()], True),
        (lambda: [sn.Dense(32, 32), Slopes()], True),
        (lambda: [sn.Dense(3, 3)], False),
    ],
    ids=["activation", "no activation", "one neuron", "user-defined", "no product", "small"],
)
def test_large_networks_are_recorded_by_rows(make, by_rows, monkeypatch):
    assert recorded_by_rows(sn.Sequential(make(), seed=1), monkeypatch) == by_rows


@pytest.mark.parametrize("weights", [30, 300], ids=["small", "large"])
def test_a_layer_that_counts_samples_has_the_same_bits_in_both_records(weights, monkeypatch):
    net = sn.Sequential([sn.Dense(10, weights), Counting(), sn.Dense(weights, 2)], seed=1)
    x = numbers(sn.Generator(3), 1, 10)
    assert bits(sn.compile(net)(x)) == bits(net.predict(x))


def test_the_record_of_a_large_network_reads_no_weight(monkeypatch):
    """784-512-512-10 took 4 seconds to record number by number."""
    monkeypatch.setattr(recording, "MOST_ELEMENTS", 0)
    made = native_predictor.NativePredictor(sn.Sequential([sn.Dense(300, 300), sn.ReLU()], seed=1))
    assert made.source.count("\n") < 400


@pytest.mark.parametrize("outputs", [2, 200])
def test_a_normalization_that_has_seen_no_data(outputs):
    net = sn.Sequential([sn.Normalization(), sn.Dense(9, outputs)], seed=1)
    with pytest.raises(ValueError, match="^Normalization has seen no data yet: "):
        sn.compile(net)


def test_a_variable_stays_in_the_function_of_its_statement(monkeypatch):
    """The C of a slope for one neuron was divided between the variable and what needs it."""
    for module in (native_division, native_predictor):
        monkeypatch.setattr(module, "MOST_LINES", 0)
    monkeypatch.setattr(native_predictor, "MOST_WRITTEN_OUT", 0)
    layers = [sn.Dense(3, 1), sn.deep.PReLU(1), sn.Dense(1, 9), sn.deep.PReLU(9), sn.Softmax()]
    net = sn.Sequential(layers, seed=1)
    X = numbers(sn.Generator(3), 5, 3)
    assert bits(sn.compile(net)(X)) == bits(net.predict(X))


def test_the_weights_are_those_of_now():
    net = network()
    predict, x = sn.compile(net), [1, 2, 3]
    before = predict(x)
    net.parameters()[-1].value = [7, 7]
    assert predict(x) == before != sn.compile(net)(x)


def test_the_source_names_layers_and_parameters():
    source = sn.compile(network(30, 20)).source
    assert " * layer 2: Tanh()\n" in source
    assert " * w[60] to w[659]: 1.weights, 30 x 20\n" in source
    assert "/* layer 2 */" in source


def test_threads_may_predict_at_once():
    net = network(40, 30, (sn.Tanh, sn.Sigmoid))
    predict, X = sn.compile(net), numbers(sn.Generator(3), 200, 40)
    expected = net.predict(X)
    found = [[] for _ in range(4)]

    def work(own):
        for _ in range(5):
            own.append(predict(X))

    threads = [threading.Thread(target=work, args=(own,)) for own in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[expected] * 5] * 4


@pytest.mark.parametrize(
    "x, message",
    [
        ([1, 2], "^x has 2 columns where the network takes 3$"),
        ([[1, 2, 3], [1, 2]], "^x: row 1 has 2 columns where the network takes 3$"),
        (array("d", [1, 2, 3, 4, 5, 6]), "^x has 6 columns where the network takes 3$"),
        (matrix_of([[1, 2], [3, 4]]), "^x: row 0 has 2 columns where the network takes 3$"),
        (
            array("f", [1, 2, 3]),
            "^x is a buffer with the format 'f' .*; give one of doubles .*, or",
        ),
        (
            memoryview(array("d", range(6)))[::2],
            "^x is a buffer with the format 'd' .* without gaps",
        ),
        (["1", 2, 3], "^x: number 0: '1' is a str; give a number$"),
        ([None, 2, 3], "^x: number 0: None is a NoneType; give a number$"),
        ([1, [2], 3], "^x: number 1: .2. is a list; give a number$"),
        ([[1, 2, "3"]], "^x: row 0, column 2: '3' is a str; give a number$"),
        ([[1, 2, 3], 5], "^x: row 1 is 5, not a row; even a single row is written"),
        (5, "^x is int; give a list of rows, or anything with len.. and indexing$"),
        ("abc", "^x is str; give a list of rows, or anything with len.. and indexing$"),
        ({1: 2}, "^x is dict; give a list of rows, or anything with len.. and indexing$"),
        ([1, 2, NAN], "^x: number 2 is nan; give a finite number$"),
        ([[1, 2, 3], [1, -INFINITY, 3]], "^x: row 1, column 1 is -inf; give a finite number$"),
        (array("d", [INFINITY, 2, 3]), "^x: number 0 is inf; give a finite number$"),
        (matrix_of([[1, 2, 3], [NAN, 2, 3]]), "^x: row 1, column 0 is nan; give a finite number$"),
        ([1, 2, 10**400], "^x: number 2: the number is too large for a float$"),
        ([[1, 2, 3], [10**400, 2, 3]], "^x: row 1, column 0: the number is too large for a float$"),
    ],
    ids=(
        "short short_row long_buffer narrow_matrix floats gaps text None list text_in_row "
        "number_as_row number words dict nan inf_in_row inf_in_buffer nan_in_matrix large large_in_row"
    ).split(),
)
@pytest.mark.parametrize(
    "possible",
    [True, False] if lists.are_possible() else [False],
    ids=["in Python", "in C"].__getitem__,
)
def test_invalid_arguments(possible, x, message, monkeypatch):
    monkeypatch.setattr(lists, "are_possible", lambda: possible)
    with pytest.raises((TypeError, ValueError), match=message):
        sn.compile(network())(x)


def test_an_interpreter_without_a_c_api_reads_lists_in_python(monkeypatch):
    net = network()
    X = [[1, 2.5, True], (-1e300, 0, 3)]
    expected = sn.compile(net)(X)
    monkeypatch.setattr(lists, "are_possible", lambda: False)
    predict = sn.compile(net)
    assert predict(X) == expected
    assert [predict(x) for x in X] == expected


@pytest.mark.skipif(not lists.are_possible(), reason="this interpreter has no C API")
@pytest.mark.parametrize("most", [0, 10000], ids=["on the heap", "on the stack"])
def test_lists_are_read_in_c(most, monkeypatch):
    monkeypatch.setattr(native_lists, "MOST_ON_STACK", most)
    compiled = predictor.Compiled(network())
    monkeypatch.setattr(compiled, "of_sequence", None)
    row = [1.0, 2.0, 3.0]
    (expected,) = compiled.predict([row])
    assert compiled.predict([1, 2, 3]) == expected
    assert compiled.predict([]) == []
    monkeypatch.setattr(compiled, "functions", None)
    assert compiled.predict(row) == expected


class Real(float):
    pass


class Row(list):
    pass


@pytest.mark.skipif(not lists.are_possible(), reason="this interpreter has no C API")
@pytest.mark.parametrize("known", [True, False], ids=["in place", "by functions"])
def test_floats_are_read_where_they_are_if_that_is_known(known, monkeypatch):
    if known:
        assert lists.types_are_known() != bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    else:
        monkeypatch.setattr(lists, "types_are_known", lambda: False)
    net = network()
    predict = sn.compile(net)
    rows = [[-1.0, 2.5, 1e300], (1.0, 2.0, 3.0), Row([1.0, 2.0, 3.0]), [Real(1), 2, True]]
    expected = [bits(net.predict([list(row)])[0]) for row in rows]
    assert [bits(predict(row)) for row in rows] == expected
    assert list(map(bits, predict(rows))) == expected
    for wrong in ([1.0, 2.0], [1.0] * 4, [1.0, 2.0, NAN], [1.0, 2.0, None]):
        with pytest.raises((TypeError, ValueError)):
            predict(wrong)


@pytest.mark.skipif(not lists.are_possible(), reason="this interpreter has no C API")
def test_reading_a_list_leaves_the_references_as_they_were():
    predict, number = sn.compile(network()), 2.0**70
    rows = [[number] * 3] * 2
    before = sys.getrefcount(number)
    predict(rows)
    predict(rows[0])
    for wrong in (rows[0] + ["text"], rows[0][:2] + ["text"], [*rows, [number]]):
        with pytest.raises((TypeError, ValueError)):
            predict(wrong)
    del wrong
    assert sys.getrefcount(number) == before


class Masked(array):
    def tolist(self):
        return [None] * len(self)


def test_an_array_whose_lists_hold_something_else_is_refused():
    with pytest.raises(TypeError, match="^x: number 0: None is a NoneType; give a number$"):
        sn.compile(network())(Masked("d", [1, 2, 3]))


class Tensor:
    """An array of a library that offers no buffer."""

    def tolist(self):
        return [[1, 2.5, 3], [True, 0, -1]]


def test_other_sequences_are_read_as_lists():
    predict = sn.compile(network())
    assert predict(range(3)) == predict([0, 1, 2])
    assert predict(Tensor()) == predict([[1, 2.5, 3], [1, 0, -1]])


@pytest.mark.skipif(not lists.are_possible(), reason="this interpreter has no C API")
def test_functions_for_lists_outlive_what_made_them():
    compiled = predictor.Compiled(network(3, 2, (sn.Tanh,)))
    expected, functions = compiled.predict([1, 2, 3]), [compiled.predict, *compiled.functions]
    del compiled
    gc.collect()
    assert functions[0]([1, 2, 3]) == functions[0]([1.0, 2.0, 3.0]) == expected
    assert functions[1]([1, 2, 3]) == functions[2]([[1, 2, 3]])[0] == expected


def test_a_predictor_is_freed():
    predict = sn.compile(network())
    left = weakref.ref(predict)
    predict([1.0, 2.0, 3.0])
    del predict
    gc.collect()
    assert left() is None


def test_a_predictor_as_an_attribute_of_a_class():
    class Model:
        predict = sn.compile(sn.Sequential([sn.Dense(2, 1, weights=[[1], [2]])]))

    assert Model().predict([1.0, 2.0]) == Model.predict([1, 2]) == [5.0]
    assert repr(Model().predict) == "<compiled prediction, 2 inputs, 1 outputs>"


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("width", [15, 16, 17, 23, 24, 25])
def test_sums_of_rows_that_are_no_whole_vectors(width, bias):
    net = sn.Sequential([sn.Dense(20, width), sn.ReLU(), sn.Dense(width, width, bias=bias)], seed=2)
    X = numbers(sn.Generator(3), 5, 20)
    compiled = predictor.Compiled(net)
    assert bits(compiled.predict(X)) == bits(net.predict(X))
    count = sum([p.count for p in net.parameters()])
    assert len(compiled.weights) >= count + -width % native_predictor.VECTOR
    total = width if width in (15, 16, 24) else width + -width % 8
    assert f"double total[{total}];" in compiled.source


@pytest.mark.skipif(not lists.are_possible(), reason="array() of PyPy reads zeros after the end")
def test_a_number_that_changes_the_list_while_it_is_read():
    class Number:
        def __float__(self):
            del row[:]
            return 1.0

    predict = sn.compile(network())
    row = [Number(), 2, 3]
    assert predict(row) == predict([1, 2, 3])


def test_a_buffer_of_no_rows_has_no_outputs():
    rows = matrix_of([[1, 2, 3]])[:0]
    outputs = sn.compile(network())(rows)
    assert outputs.shape == (0, 2)
    assert outputs.tolist() == []


@pytest.mark.parametrize("function", [pickle.dumps, copy.copy, copy.deepcopy])
def test_compiled_code_cannot_be_pickled_or_copied(function):
    with pytest.raises(TypeError, match="^compile: compiled code cannot be pickled or copied; "):
        function(sn.compile(network()))


def test_networks_that_cannot_be_compiled():
    with pytest.raises(ValueError, match="^compile: no layer says how many inputs"):
        sn.compile(sn.Sequential([sn.Tanh()]))
    with pytest.raises(
        TypeError, match="^compile: the network computes with Fraction; use net.copy"
    ):
        sn.compile(sn.Sequential([sn.Dense(1, 1)]).copy(Fraction))
    with pytest.raises(ValueError, match="^net is 3; give a network"):
        sn.compile(3)
