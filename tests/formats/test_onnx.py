"""ONNX files: accepted by the official checker, computed alike by onnxruntime, and what other libraries write, read.

Without a third-party library: round trips, and refusals of what is damaged or is no network.
"""

import inspect
import io
import re
import struct
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.core.layers import LAYERS
from scratchnet.formats import models, onnx_graph, onnx_operators, onnx_reader, protobuf
from scratchnet.formats import onnx as codec
from scratchnet.formats.onnx_graph import DOUBLE, FLOAT, INT64, Graph, Node, Value, packed

ACTIVATIONS = [
    sn.Identity, sn.Sigmoid, sn.Tanh, sn.ReLU, sn.LeakyReLU, lambda: sn.LeakyReLU(1 / 3), sn.ELU, lambda: sn.ELU(0.7),
    sn.SELU, sn.GELU, lambda: sn.GELU("tanh"), sn.Softplus, sn.SiLU, sn.Threshold, lambda: sn.Threshold(1 / 3),
    sn.Softmax,
]  # fmt: skip
ROWS = [[0.5, -1.0, 2.0], [-3.0, 0.25, 1.0], [0.0, 40.0, -40.0], [1e-9, -1e-9, 800.0]]


def network(*layers, **options):
    return sn.Sequential(list(layers), **options)


def everything():
    """A network with all that the graph cannot say."""
    hidden = [sn.Dense(3, 4, l1=0.1, l2=1 / 3), sn.ELU(0.7), sn.Dropout(0.3)]
    net = network(sn.Normalization(), *(hidden + [sn.Dense(4, 2)]), seed=5)
    net.adapt(ROWS)
    net.freeze("1.bias")
    net.parameters()[0].frozen = False
    net.metadata = {"labels": ["no", "ça dépend"], "rate": 0.1}
    return net


def state(net):
    """Everything that is saved; repr tells every float from every other."""
    parameters = [(p.name, p.shape, p.value, p.frozen) for p in net.parameters()]
    return repr(
        (net, [sorted(layer.config().items()) for layer in net.layers], parameters, net.metadata)
    )


def data_of(net, dtype="float64"):
    return codec.dumps(*models.described(net), dtype=dtype)


def loaded(data, directory):
    path = str(directory / "model.onnx")
    with open(path, "wb") as file:
        file.write(data)
    return sn.load(path)


def alone(data):
    """The network in the graph, whatever stands beside it."""
    graph, _, _ = onnx_graph.loads(data)
    return models._network(*onnx_reader.described(graph), custom=())


def largest(matrix):
    return max(abs(x) for row in matrix for x in row)


def agree(ours, theirs, tolerance, cancelled=0):
    """To the tolerance, relative to the largest number of theirs, or to what was ``cancelled`` on the way to it."""
    assert [len(row) for row in ours] == [len(row) for row in theirs]
    bound = tolerance * max(largest(theirs), cancelled)
    assert all(abs(a - b) <= bound for u, v in zip(ours, theirs) for a, b in zip(u, v))


# ---- there and back ----------------------------------------------------------------------------------------------


def test_every_activation_is_here():
    assert {type(make()).__name__ for make in ACTIVATIONS} == set(LAYERS) - {
        "Dense",
        "Dropout",
        "Normalization",
    }


@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_every_activation_there_and_back(make, tmp_path):
    net = network(sn.Dense(3, 3), make(), seed=1)
    path = str(tmp_path / "model.onnx")
    sn.save(net, path)
    assert state(sn.load(path)) == state(net)
    agree(alone(data_of(net)).predict(ROWS), net.predict(ROWS), 1e-15)


@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_a_network_of_one_activation(make, tmp_path):
    net = network(make())
    assert state(loaded(data_of(net), tmp_path)) == state(net)
    assert [type(layer) for layer in alone(data_of(net, "float32")).layers] == [type(net.layers[0])]


def test_everything_comes_back(tmp_path):
    net = everything()
    assert state(loaded(data_of(net), tmp_path)) == state(net)
    assert loaded(data_of(net), tmp_path).predict(ROWS) == net.predict(ROWS)


def test_the_same_network_is_the_same_file():
    assert data_of(everything()) == data_of(everything())


def test_in_32_bits_the_numbers_are_rounded_and_the_rest_comes_back(tmp_path):
    net = everything()
    twin = loaded(data_of(net, "float32"), tmp_path)
    for mine, theirs in zip(net.parameters(), twin.parameters()):
        rows = [[struct.unpack("<f", struct.pack("<f", x))[0] for x in row] for row in mine.rows]
        assert (theirs.rows, theirs.frozen) == (rows, mine.frozen)
    assert repr(twin) == repr(net) and twin.metadata == net.metadata
    assert len(data_of(net, "float32")) < len(data_of(net))


def test_dropout_is_not_in_the_graph():
    graph, _, _ = onnx_graph.loads(
        data_of(network(sn.Dropout(0.5), sn.Dense(2, 1), sn.Tanh(), sn.Dropout(0.5)))
    )
    assert [node.operator for node in graph.nodes] == ["Gemm", "Tanh"]
    graph, _, _ = onnx_graph.loads(data_of(network(sn.Dropout(0.5))))
    assert [(node.operator, node.inputs, node.outputs) for node in graph.nodes] == [
        ("Identity", ["X"], ["Y"])
    ]


def test_inputs_and_outputs():
    graph, opset, properties = onnx_graph.loads(data_of(network(sn.Dense(3, 2))))
    assert graph.inputs == [Value("X", DOUBLE, ["samples", 3])]
    assert graph.outputs == [Value("Y", DOUBLE, ["samples", 2])]
    assert opset == 13 and list(properties) == ["scratchnet"]


def changed(net, change):
    """The net's file after another program has changed its graph."""
    graph, opset, properties = onnx_graph.loads(data_of(net))
    change(graph)
    return onnx_graph.dumps(graph, opset, properties)


def test_weights_changed_by_another_program_are_taken_with_the_rest(tmp_path):
    net = everything()
    data = changed(
        net, lambda graph: graph.tensors.update({"4.bias": packed(DOUBLE, [2], [7.0, 8.0])})
    )
    net.parameters()[-1].value = [7, 8]
    assert state(loaded(data, tmp_path)) == state(net)


def test_a_changed_graph_counts_alone(tmp_path):
    net = everything()
    data = changed(
        net, lambda graph: graph.nodes.insert(-1, Node("Sigmoid", ["2.Where.14"], ["s"], name="s"))
    )
    twin = loaded(
        data, tmp_path
    )  # the new node is used by none, yet the graph is not ours any more
    assert [type(layer).__name__ for layer in twin.layers] == [
        "Normalization",
        "Dense",
        "ELU",
        "Dense",
    ]
    assert twin.metadata == {}
    agree(twin.predict(ROWS), net.predict(ROWS), 1e-15)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"layers": 3}', '{"layers": [[]], "numbers": {}}', "x" * 1000]
)
def test_damaged_text_beside_the_graph_is_passed_over(text):
    graph, opset, _ = onnx_graph.loads(data_of(network(sn.Dense(2, 1))))
    tensors, about = codec.loads(onnx_graph.dumps(graph, opset, {"scratchnet": text}))
    assert sorted(tensors) == ["0.bias", "0.weights"] and about["metadata"] == {}


# ---- what is not written -----------------------------------------------------------------------------------------


class Bell(sn.Activation):
    def function(self, z):
        return sn.functions.exp(-z * z)


@pytest.mark.parametrize(
    "net, dtype, sentence",
    [
        (network(Bell()), "float64", "layer 0: ONNX has no operator for Bell"),
        (
            network(sn.Normalization(), sn.Dense(2, 1)),
            "float64",
            "layer 0: Normalization has seen no data yet",
        ),
        (
            network(sn.Dense(1, 1, weights=[[1e300]])),
            "float32",
            "0.weights has a number too large for 32 bits",
        ),
        (
            network(sn.Dense(1, 1), sn.LeakyReLU(1e300)),
            "float32",
            "layer 1 has a number too large for 32 bits",
        ),
        (network(sn.Dense(1, 1)), "float16", "dtype is 'float16'; give 'float64' or 'float32'"),
        (network(sn.Dense(1, 1)), None, "dtype is None; give 'float64' or 'float32'"),
    ],
)
def test_what_cannot_be_written(net, dtype, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        models.save(net, str(tmp_path / "model.onnx"), dtype)
    assert list(tmp_path.iterdir()) == []


def test_a_spread_that_32_bits_cannot_hold():
    net = network(sn.Normalization(), sn.Dense(1, 1))
    net.adapt([[0], [1]])
    net.layers[0].spread.value = [1e-60]
    with pytest.raises(ValueError, match="0.spread has a number that is 0 in 32 bits"):
        data_of(net, "float32")


@pytest.mark.parametrize("ending", [".json", ".safetensors"])
def test_other_formats_have_no_dtype(ending, tmp_path):
    with pytest.raises(ValueError, match="dtype is 'float32'; give 'float64'; only an .onnx file"):
        models.save(network(sn.Dense(1, 1)), str(tmp_path / ("model" + ending)), "float32")


# ---- graphs of others, by hand -----------------------------------------------------------------------------------


def graph_of(nodes, tensors=(), kind=DOUBLE, dims=("n", 2), outputs=(("Y", DOUBLE),)):
    graph = Graph(
        [Value("X", kind, list(dims))], [Value(name, kind, ["n", 2]) for name, kind in outputs]
    )
    graph.nodes = nodes
    graph.tensors = dict(tensors)
    return graph


def file_of(*arguments, **options):
    opset = options.pop("opset", 13)
    return onnx_graph.dumps(graph_of(*arguments, **options), opset, {})


def doubles(dims, *numbers):
    return packed(DOUBLE, dims, numbers)


W = doubles([2, 2], 1.0, 2.0, 3.0, 4.0)
ROW = doubles([2], 10.0, 20.0)
ONE = doubles([], 2.0)


@pytest.mark.parametrize(
    "nodes, tensors, expected",  # of the sample [1, 5]
    [
        ([Node("MatMul", ["X", "W"], ["Y"])], {"W": W}, [16, 22]),
        ([Node("MatMul", ["X", "W"], ["a"]), Node("Add", ["a", "b"], ["Y"])], {"W": W, "b": ROW}, [26, 42]),
        ([Node("MatMul", ["X", "W"], ["a"]), Node("Add", ["b", "a"], ["Y"])], {"W": W, "b": ONE}, [18, 24]),
        ([Node("MatMul", ["X", "W"], ["a"]), Node("Sub", ["a", "b"], ["Y"])], {"W": W, "b": ROW}, [6, 2]),
        ([Node("Transpose", ["W"], ["V"]), Node("MatMul", ["X", "V"], ["Y"])], {"W": W}, [11, 23]),
        ([Node("Gemm", ["X", "W"], ["Y"], {"transB": 1})], {"W": W}, [11, 23]),
        ([Node("Gemm", ["X", "W", "b"], ["Y"], {"alpha": 2.0, "beta": 0.5})], {"W": W, "b": ROW}, [37, 54]),
        ([Node("Gemm", ["X", "W", "b"], ["Y"])], {"W": W, "b": doubles([1, 2], 1.0, 2.0)}, [17, 24]),
        ([Node("Gemm", ["X", "W", ""], ["Y"])], {"W": W}, [16, 22]),
        ([Node("Sub", ["X", "b"], ["a"]), Node("Div", ["a", "b"], ["Y"])], {"b": ROW}, [-0.9, -0.75]),
        ([Node("Mul", ["X", "b"], ["a"]), Node("Add", ["a", "c"], ["Y"])], {"b": ROW, "c": ONE}, [12, 102]),
        ([Node("Mul", ["b", "X"], ["Y"])], {"b": ONE}, [2, 10]),
        ([Node("Identity", ["X"], ["a"]), Node("Dropout", ["a"], ["Y", "mask"])], {}, [1, 5]),
        ([Node("Cast", ["X"], ["a"], {"to": 11}), Node("Flatten", ["a"], ["Y"])], {}, [1, 5]),
        ([Node("Reshape", ["X", "s"], ["Y"])], {"s": packed(INT64, [2], [-1, 2])}, [1, 5]),
        ([Node("Reshape", ["X", "s"], ["Y"])], {"s": packed(INT64, [2], [0, -1])}, [1, 5]),
        ([Node("Relu", ["X"], ["a"]), Node("Mul", ["a", "b"], ["Y"])], {"b": doubles([1], 3.0)}, [3, 15]),
    ],
)  # fmt: skip
def test_what_layers_are_made_of(nodes, tensors, expected):
    agree(alone(file_of(nodes, tensors)).predict([[1, 5]]), [expected], 1e-15)


def test_sub_and_div_are_one_normalization_and_a_late_bias_is_the_dense_s():
    nodes = [
        Node("Sub", ["X", "b"], ["a"]),
        Node("Div", ["a", "b"], ["c"]),
        Node("MatMul", ["c", "W"], ["d"]),
    ]
    net = alone(file_of(nodes + [Node("Add", ["d", "b"], ["Y"])], {"b": ROW, "W": W}))
    assert [type(layer).__name__ for layer in net.layers] == ["Normalization", "Dense"]
    assert [p.frozen for p in net.parameters()] == [True, True, False, False]
    assert net.parameters()[3].value == [10.0, 20.0]


def test_an_image_that_is_flattened_at_once_comes_flat():
    nodes = [Node("Flatten", ["X"], ["a"]), Node("MatMul", ["a", "W"], ["Y"])]
    net = alone(file_of(nodes, {"W": doubles([4, 1], 1.0, 2.0, 3.0, 4.0)}, dims=("n", 2, 2)))
    assert net.predict([[1, 1, 1, 2]]) == [[14.0]]


SCALE, BIAS, MEAN, VARIANCE = [
    doubles([2], *pair) for pair in [(2.0, 0.0), (1.0, 4.0), (3.0, 5.0), (3.0, 8.0)]
]
NORM = {"scale": SCALE, "bias": BIAS, "mean": MEAN, "variance": VARIANCE}


def batch_normalization(attributes=None, outputs=("Y",), **changed):
    node = Node("BatchNormalization", ["X"] + list(NORM), list(outputs), attributes, "the node")
    return file_of([node], dict(NORM, **changed), dims=("n", "m"))


def test_a_batch_normalization():
    net = alone(batch_normalization({"epsilon": 1.0}))
    assert repr(net.layers) == "[Normalization(), Dense(inputs=2, outputs=2)]"
    assert [p.frozen for p in net.parameters()] == [True, True, False, False]
    assert net.predict([[1, 5], [5, 9]]) == [[-1, 4], [3, 4]]
    single = alone(
        batch_normalization({"epsilon": 2.0}, **{name: ONE for name in NORM})
    )  # of one feature
    assert single.predict([[4], [2]]) == [[4], [2]]
    plain = alone(batch_normalization(scale=doubles([2], 1.0, 1.0), bias=doubles([2], 0.0, 0.0)))
    assert repr(plain.layers) == "[Normalization()]"
    agree(plain.predict([[4, 9]]), [[(3 + 1e-5) ** -0.5, 4 * (8 + 1e-5) ** -0.5]], 1e-12)


@pytest.mark.parametrize(
    "content, words",
    [
        (batch_normalization({"training_mode": 1}), "is in training mode"),
        (
            batch_normalization(outputs=["Y", "m", "v", "a", "b"]),
            "is in training mode",
        ),  # before version 14
        (
            batch_normalization(mean=doubles([3], 1.0, 2.0, 3.0)),
            "has a scale, bias, mean and variance of different le",
        ),
        (
            batch_normalization(variance=doubles([2], -1.0, 2.0)),
            "has a variance that is not above 0, even after adding epsilo",
        ),
        (
            batch_normalization({"epsilon": 0.0}, variance=doubles([2], 1.0, 0.0)),
            "has a variance that is not above 0",
        ),
        (batch_normalization(scale=packed(INT64, [2], [1, 2])), "has a constant of type 7"),
        (
            batch_normalization(bias=W),
            "has a constant of shape [2, 2]; it must be one row of numbers",
        ),
        (
            batch_normalization({"epsilon": 1}),
            "has an attribute epsilon of the wrong type",
        ),
        (
            file_of([Node("BatchNormalization", ["X"] + ["s"] * 3, ["Y"])], {"s": ONE}),
            "needs a constant as input 5",
        ),
        (
            file_of([Node("BatchNormalization", ["X"] + ["s"] * 4, ["Y"])], {"s": ONE}),
            "length 1 for 2 inputs",
        ),
        (
            file_of(
                [Node("BatchNormalization", ["X"] + ["s"] * 4, ["Y"])], {"s": ROW}, dims=("n", 2, 2)
            ),
            "3 dimensions",
        ),
    ],
)
def test_a_batch_normalization_that_is_refused(content, words):
    assert words in refusal(content)


FORMS = [
    ("SiLU()", lambda z: z * z.sigmoid()),
    ("GELU(approximate='none')", lambda z: z * ((z / 1.4142135).erf() + 1) * 0.5),
    ("GELU(approximate='none')", lambda z: z * (0.5 * ((z * 0.70710678).erf() + 1))),
    (
        "GELU(approximate='tanh')",
        lambda z: 0.5 * z * (1 + ((z + 0.044715 * z.of("Pow", z, 3)) * 0.7978846).tanh()),
    ),
    (
        "GELU(approximate='tanh')",
        lambda z: z * (0.5 * (1 + (0.7978846 * (z + 0.044715 * (z * (z * z)))).tanh())),
    ),
    ("Softplus()", lambda z: (z > 20).where(z, z.of("Softplus", z))),
    ("LeakyReLU(slope=0.25)", lambda z: (z > 0).where(z, z * 0.25)),
]


@pytest.mark.parametrize("expected, form", FORMS)
def test_activations_spelled_out(expected, form):
    z = onnx_operators.Wire32(name="X")
    kind, arguments, found = onnx_operators.recognised(form(z))
    assert repr(LAYERS[kind](**arguments)) == expected and found is z


@pytest.mark.parametrize(
    "form",
    [
        lambda z: z * (z + 1).sigmoid(),
        lambda z: z * ((z / 1.41).erf() + 1) * 0.5,
        lambda z: z * ((z / 1.4142135).erf() + 1) * 0.51,
        lambda z: (z > 10).where(z, z.of("Softplus", z)),
        lambda z: (z > 1).where(z, z * 0.25),
        lambda z: z * z,
    ],
)
def test_what_only_looks_like_one(form):
    assert onnx_operators.recognised(form(onnx_operators.Wire32(name="X"))) is None


# ---- refusals ----------------------------------------------------------------------------------------------------


def refusal(content):
    """The sentence that refuses it, checked to be one, and short."""
    with pytest.raises(ValueError) as caught:
        codec.loads(content)
    sentence = str(caught.value)
    assert sentence.startswith("ONNX: ") and "\n" not in sentence and len(sentence) < 300, sentence
    return sentence


def named(operator, inputs, attributes=None):
    return Node(operator, inputs, ["Y"], attributes, "the node")


@pytest.mark.parametrize(
    "node, tensors, words",
    [
        (named("Conv", ["X", "W"]), {"W": W}, "is not supported"),
        (named("If", ["X"]), {}, "is not supported"),
        (named("Add", ["X", "X"]), {}, "without branches"),
        (named("MatMul", ["X", "X"]), {}, "without branches"),
        (named("MatMul", ["W", "X"]), {"W": W}, "without branches"),
        (named("MatMul", ["X"]), {}, "without branches"),
        (named("Add", []), {}, "without branches"),
        (named("MatMul", ["X", "W"]), {"W": ROW}, "shape \\[2\\]; it must be a matrix"),
        (named("MatMul", ["X", "W"]), {"W": packed(INT64, [2, 2], [1, 2, 3, 4])}, "constant of type 7"),
        (named("MatMul", ["X", "W"]), {"W": doubles([3, 1], 1.0, 2.0, 3.0)}, "length 3 for 2 inputs"),
        (named("MatMul", ["X", "W"]), {"W": doubles([1 << 50, 0])}, "shape .*; it must be a matrix"),
        (named("Gemm", ["X", "W"], {"transA": 1}), {"W": W}, "has transA"),
        (named("Gemm", ["X", "W", "b"]), {"W": W, "b": W}, "it must be one row of numbers"),
        (named("Add", ["X", "b"]), {"b": doubles([3], 1.0, 2.0, 3.0)}, "length 3 for 2 inputs"),
        (named("Div", ["X", "b"]), {"b": doubles([2], 1.0, 0.0)}, "divisor of 0"),
        (named("Div", ["b", "X"]), {"b": ONE}, "without branches"),
        (named("MatMul", ["X", "X"]), {}, "\\) needs a constant as input 2; a network is one chain"),
        (named("Softmax", ["X"], {"axis": 0}), {}, "has an axis other than 1 or -1, the axis of the features$"),
        (named("Selu", ["X"], {"alpha": 2.0}), {}, "has an alpha or gamma other than SELU's own$"),
        (named("Selu", ["X"], {"gamma": 2.0}), {}, "has an alpha or gamma other than SELU's own$"),
        (named("Swish", ["X"], {"alpha": 2.0}), {}, "has an alpha other than 1, the alpha of SiLU$"),
        (named("Relu", ["X", "X"]), {}, "needs one input, which must depend on the input of the graph$"),
        (named("Relu", []), {}, "needs one input, which must depend on the input of the graph$"),
        (named("Flatten", ["X"], {"axis": 0}), {}, "has an axis other than 1, which would mix the samples"),
        (named("Reshape", ["X", "s"]), {"s": packed(INT64, [2], [-1, 4])}, "stay samples × features"),
        (named("Reshape", ["X", "s"]), {"s": packed(INT64, [1], [-1])}, "other than 2 dimensions"),
        (named("Reshape", ["X", "X"]), {}, "computes its shape from the data"),
        (named("Cast", ["X"], {"to": 7}), {}, "to a type other than FLOAT or DOUBLE"),
        (named("Dropout", ["X", "", "t"]), {"t": packed(onnx_graph.BOOL, [], [True])}, "in training mode"),
        (named("Dropout", ["X", "", "t"]), {"t": packed(onnx_graph.BOOL, [3], [False] * 3)}, "it must be one truth value"),
        (named("Dropout", ["X", "", "t"]), {"t": packed(onnx_graph.BOOL, [0], [])}, "of 0 numbers; it must be one truth"),
    ],
)  # fmt: skip
def test_a_graph_that_is_no_chain_of_layers(node, tensors, words):
    sentence = refusal(file_of([node], tensors))
    assert sentence.startswith("ONNX: the operator {} (node 'the node') ".format(node.operator))
    assert re.search(words, sentence), sentence


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "the file is empty"),
        (b"\x08\x07", "holds no graph"),
        (b"hello", ""),
        (file_of([named("Relu", ["X"])])[:-3], ""),
        (
            file_of([named("Relu", ["X"])], opset=12),
            "of version 12, but version 13 is the oldest that can be read; export it with opset_version=13",
        ),
        (file_of([], {"W": doubles([2, 1 << 50], 1.0)}), "the tensor 'W' of shape [2, 1125899906842624] holds 8 bytes"),
        (file_of([], {"W": doubles([1 << 50] * 1000, 1.0)}), "the tensor 'W' of shape [1125899906842624, "),
        (file_of([named("Relu", ["a"])]), "the node 'the node' takes 'a', which no earlier node computes"),
        (file_of([named("Relu", ["W"])], {"W": W}), "needs one input, which must depend on the input of the graph"),
        (
            file_of([Node("Tanh", ["X"], ["t"]), named("MatMul", ["X", "t"])]),
            "needs a constant as input 2, not the output of Tanh; a network is one chain without branches",
        ),
        (file_of([]), "the output 'Y' does not depend on an input"),
        (file_of([named("Relu", ["X"])], outputs=()), "this graph has none"),
        (file_of([named("Relu", ["X"])], outputs=(("Y", FLOAT), ("Z", FLOAT))), "this graph has 'Y', 'Z'"),
        (file_of([named("Relu", ["X"])], dims=("n", 3, 4)), "the input 'X' has 3 dimensions"),
        (file_of([named("Relu", ["X"])], dims=("n",)), "the input 'X' has 1 dimensions"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(content, words):
    assert words in refusal(content)


def test_an_operator_of_another_domain_is_not_taken_for_onnx_s():
    parts = [(1, b"X"), (2, b"Y"), (4, b"Relu"), (7, b"mine")]
    node = b"".join(protobuf.message(number, text) for number, text in parts)
    content = file_of([]) + protobuf.message(
        7, protobuf.message(1, node)
    )  # merged with the graph before
    assert refusal(content).startswith("ONNX: the operator mine.Relu (node 'Y') is not supported")


def test_numbers_in_another_file_are_refused_even_where_they_are_not_needed():
    location = protobuf.message(1, b"location") + protobuf.message(2, b"/etc/passwd")
    tensor = protobuf.message(8, b"far") + protobuf.varint(2, 1)
    tensor += protobuf.message(13, location) + protobuf.varint(14, 1)
    content = file_of([named("Relu", ["X"])])
    content += protobuf.message(
        7, protobuf.message(5, tensor)
    )  # a second part of the graph: they are merged
    assert refusal(content) == (
        "ONNX: the tensor 'far' is in another file, which is not read; save all in one file "
        "with torch.onnx.export(..., external_data=False) or onnx.save(onnx.load(path), path)"
    )


@settings(max_examples=300)
@given(st.binary(max_size=60))
@example(b"\xff" * 60)
@example(b"\x3a\xff\xff\xff\xff\x0f")  # a graph of 4 gigabytes
@example(b"\x0b\x0b\x0b")
def test_any_bytes_are_refused_in_a_sentence(content):
    refusal(content)


@pytest.fixture(scope="module")
def small():
    net = network(sn.Normalization(), sn.Dense(2, 2), sn.ELU(0.5), sn.Dense(2, 1), sn.Softmax())
    net.adapt([[1, 2], [3, 5]])
    return data_of(net)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_file_is_a_network_or_a_sentence(small, data):
    content = bytearray(small)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = bytes(content)[
        : data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    ]
    try:
        net = models._network(*codec.loads(content), custom=())
    except ValueError as error:
        assert "\n" not in str(error) and len(str(error)) < 600
    else:
        assert isinstance(net, sn.Sequential)


@pytest.mark.parametrize(
    "piece",
    [b"\x0a\x00", b"\x2a\x00", b"\x0a\x06\x22\x04Relu", b"\x5a\x00"],
    ids=["node", "tensor", "relu", "input"],
)
def test_time_grows_with_the_length_only(piece):
    def seconds(count):
        content = protobuf.message(7, piece * count) + protobuf.message(8, b"\x10\x0d")
        start = time.perf_counter()
        refusal(content)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(40000) < 12 * seconds(10000) + 0.2


def test_a_short_file_cannot_ask_for_a_large_network(monkeypatch):
    monkeypatch.setattr(onnx_reader, "MOST_NUMBERS", 1000)
    wide = doubles([20, 20], *[1.0] * 400)
    nodes = [Node("MatMul", ["X" if k == 0 else str(k), "W"], [str(k + 1)]) for k in range(3)]
    assert "the network has 1200 numbers or more; at most 1000 are read" in refusal(
        file_of(nodes + [named("Relu", ["3"])], {"W": wide}, dims=("n", 20))
    )
    nodes = [Node("Add", ["X" if k == 0 else str(k), "c"], [str(k + 1)]) for k in range(60)]
    assert "the network has 1020 numbers or more" in refusal(
        file_of(nodes + [named("Relu", ["60"])], {"c": ONE}, dims=("n", 20))
    )
    row = doubles([32], *[1.0] * 32)  # of which a matrix of 1024 is made
    content = file_of([named("BatchNormalization", ["X"] + ["r"] * 4)], {"r": row}, dims=("n", 32))
    assert "the network has 1120 numbers or more" in refusal(content)
    content = file_of([named("Add", ["X", "c"])], {"c": ONE}, dims=("n", 1 << 40))
    assert "the network has 1001 numbers or more" in refusal(content)
    text = '{"version": 1, "layers": [%s], "numbers": {}}' % ", ".join(
        ['{"type": "GELU", "approximate": "none"}'] * 9
    )
    content = onnx_graph.dumps(graph_of([named("Relu", ["X"])]), 13, {"scratchnet": text})
    assert [layer["type"] for layer in codec.loads(content)[1]["layers"]] == ["ReLU"]


@pytest.fixture
def unpacked(monkeypatch):
    """How many numbers or labels each tensor had whose contents became a list."""
    counts = []
    values = onnx_graph.Tensor.values
    monkeypatch.setattr(
        onnx_graph.Tensor, "values", lambda tensor: counts.append(tensor.count) or values(tensor)
    )
    return counts


@pytest.mark.parametrize(
    "operator, constants",
    [("Add", ["c"]), ("Sub", ["c"]), ("Mul", ["c"]), ("Div", ["c"]), ("Gemm", ["w", "c"]),
     ("BatchNormalization", ["c"] * 4)],
)  # fmt: skip
def test_a_large_network_is_refused_before_its_numbers_are_there(
    operator, constants, unpacked, monkeypatch
):
    """Whether bias, mean or spread: of a constant that a thousand operators share."""
    monkeypatch.setattr(onnx_reader, "MOST_NUMBERS", 1000)
    nodes = [
        Node(operator, ["X" if k == 0 else str(k)] + constants, [str(k + 1)]) for k in range(1000)
    ]
    tensors = {"c": doubles([20], *[1.0] * 20), "w": doubles([1, 1], 1.0)}
    sentence = refusal(file_of(nodes + [named("Relu", ["1000"])], tensors, dims=("n", 20)))
    assert "numbers or more; at most 1000 are read" in sentence and sum(unpacked) <= 1000 + 21


def test_labels_are_unpacked_once(unpacked):
    """However many operators take one of them; those of the last count."""
    tensors = {"floats": ROW, "a": packed(INT64, [2], [3, 4]), "c": packed(INT64, [2], [5, 7])}
    names = ["a"] * 100 + ["c"] * 100 + ["floats", "X"]
    nodes = [
        Node("ai.onnx.ml.ArrayFeatureExtractor", [name, "X"], [str(k)])
        for k, name in enumerate(names)
    ]
    _, about = codec.loads(file_of(nodes + [named("MatMul", ["X", "W"])], dict(tensors, W=W)))
    assert about["metadata"] == {"labels": [5, 7]} and sorted(unpacked) == [2, 4]


def test_a_short_file_cannot_use_one_large_tensor_again_and_again():
    nodes = [Node("Add", ["X" if k == 0 else str(k), "v"], [str(k + 1)]) for k in range(220)]
    file = file_of(
        nodes + [named("Relu", ["220"])], {"v": doubles([20000], *[1.0] * 20000)}, dims=("n", 20000)
    )
    assert "the network has 4280000 numbers or more; at most 4274304 are read" in refusal(file)


def test_a_long_chain_takes_time_in_proportion():
    nodes = [Node("Relu", ["X" if k == 0 else str(k)], [str(k + 1)]) for k in range(20000)]
    start = time.perf_counter()
    tensors, about = codec.loads(file_of(nodes + [Node("Relu", ["20000"], ["Y"])]))
    assert len(about["layers"]) == 20001 and time.perf_counter() - start < 20


# ---- the wire format itself --------------------------------------------------------------------------------------


@given(st.integers(-(1 << 63), (1 << 63) - 1), st.binary(max_size=300))
def test_fields_there_and_back(number, content):
    found = protobuf.fields(
        protobuf.varint(1, number) + protobuf.message(1000, content), "the test"
    )
    assert found.whole(1) == number and found.messages(1000) == [content] and found.whole(7) == 0


@pytest.mark.parametrize(
    "content, words",
    [
        (b"\x08", "is cut off"),
        (b"\x08" + b"\x80" * 11, "has more than ten bytes"),
        (b"\x12\x05abc", "field 2 should have 5 bytes, but only 3 are left"),
        (b"\x0d\x00\x00", "field 1 should have 4 bytes, but only 2 are left"),
        (b"\x0b", "a field cannot begin with 11"),
        (b"\x00\x00", "a field cannot begin with 0"),
    ],
)
def test_damaged_messages(content, words):
    with pytest.raises(ValueError, match=words):
        protobuf.fields(content, "the test")


def test_a_field_of_another_type():
    with pytest.raises(ValueError, match="field 1 has the wrong wire type 0"):
        protobuf.fields(protobuf.varint(1, 3), "the test").message(1)
    with pytest.raises(ValueError, match="field 1 is not UTF-8"):
        protobuf.fields(protobuf.message(1, b"\xff"), "the test").text(1)


def test_packed_or_not():
    loose = b"".join(protobuf.varint(1, n) for n in (1, -1, 300))
    tight = protobuf.message(1, b"\x01" + b"\xff" * 9 + b"\x01" + b"\xac\x02")
    assert (
        protobuf.fields(loose, "").wholes(1) == protobuf.fields(tight, "").wholes(1) == [1, -1, 300]
    )
    assert protobuf.fields(protobuf.real(1, 0.5) * 2, "").packed(1, 5) == struct.pack(
        "<2f", 0.5, 0.5
    )


# ---- against onnx and onnxruntime --------------------------------------------------------------------------------


def run(content, rows, dtype="float64"):
    """What onnxruntime computes, the last output, as lists."""
    numpy, runtime = pytest.importorskip("numpy"), pytest.importorskip("onnxruntime")
    runtime.set_default_logger_severity(4)
    session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    result = session.run(None, {session.get_inputs()[0].name: numpy.array(rows, dtype)})[-1]
    if isinstance(result, list):  # of dicts: a ZipMap's
        return [list(row.values()) for row in result]
    return result.tolist()


def checked(content):
    onnx = pytest.importorskip("onnx")
    model = onnx.load_model_from_string(content)
    onnx.checker.check_model(model, full_check=True)
    return model


FLOATS = st.floats(-2, 2)


@st.composite
def networks(draw):
    widths = draw(st.lists(st.integers(1, 6), min_size=2, max_size=4))
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        if draw(st.booleans()):
            layers.append(sn.Normalization())
        layers.append(
            sn.Dense(
                inputs, outputs, initializer=draw(st.sampled_from(["he_normal", "glorot_uniform"]))
            )
        )
        layers.append(draw(st.sampled_from(ACTIVATIONS + [lambda: sn.Dropout(0.5)]))())
    net = network(*layers, seed=draw(st.integers(0, 1000)))
    row = st.lists(st.floats(-100, 100, width=32), min_size=widths[0], max_size=widths[0])
    rows = draw(st.lists(row, min_size=1, max_size=4))
    net.adapt(rows)
    for parameter in net.parameters():
        if parameter.name.endswith("bias"):
            parameter.value = draw(
                st.lists(FLOATS, min_size=parameter.count, max_size=parameter.count)
            )
    return net, rows


@settings(max_examples=60, deadline=None)
@given(networks())
def test_onnxruntime_computes_the_same_in_64_bits(pair):
    net, rows = pair
    checked(data_of(net))
    scalers = [layer for layer in net.layers if isinstance(layer, sn.Normalization)]
    cancelled = [
        abs(m) / s for layer in scalers for m, s in zip(layer.mean.value, layer.spread.value)
    ]
    agree(run(data_of(net), rows), net.predict(rows), 1e-12, max(cancelled or [0]))


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1, 30, 1000])
@pytest.mark.parametrize("make", ACTIVATIONS, ids=lambda make: repr(make()))
def test_every_activation_in_onnxruntime(make, scale):
    net = network(make())
    rows = [[scale * x for x in row] for row in ROWS]
    checked(data_of(net))
    agree(run(data_of(net), rows), net.predict(rows), 1e-12)
    rows = [[struct.unpack("<f", struct.pack("<f", x))[0] for x in row] for row in rows]
    content = data_of(net, "float32")
    checked(content)
    expected = net.predict(rows)
    around = (
        2 if isinstance(net.layers[0], (sn.ELU, sn.SELU)) else 0
    )  # onnxruntime has e^z - 1 as it says, around 1
    bound = 2**-21 * (largest(expected) + around)
    found = run(content, rows, "float32")
    assert all(abs(a - b) <= bound for u, v in zip(found, expected) for a, b in zip(u, v))


def test_the_official_library_writes_the_same_bytes():
    content = data_of(everything())
    assert checked(content).SerializeToString() == content


def test_shapes_inferred_and_saved_by_the_official_library_change_nothing(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = onnx.shape_inference.infer_shapes(checked(data_of(everything())))
    assert model.graph.value_info
    assert state(loaded(model.SerializeToString(), tmp_path)) == state(everything())


def test_numbers_in_every_way_that_the_official_library_writes_them():
    onnx = pytest.importorskip("onnx")
    for kind in (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE):
        for raw in (False, True):
            values = (
                struct.pack("<{}{}".format(4, "f" if kind == FLOAT else "d"), 1, 2, 3, 4)
                if raw
                else [1, 2, 3, 4]
            )
            tensor = onnx.helper.make_tensor("W", kind, [2, 2], values, raw)
            value = [onnx.helper.make_tensor_value_info(name, kind, [None, 2]) for name in "XY"]
            node = onnx.helper.make_node("MatMul", ["X", "W"], ["Y"])
            graph = onnx.helper.make_graph([node], "g", value[:1], value[1:], [tensor])
            net = alone(onnx.helper.make_model(graph).SerializeToString())
            assert net.parameters()[0].value == [[1, 2], [3, 4]]


def test_external_data_of_the_official_library_is_refused(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = checked(data_of(network(sn.Dense(2, 1))))
    path = str(tmp_path / "model.onnx")
    onnx.save_model(model, path, save_as_external_data=True, size_threshold=0)
    with pytest.raises(ValueError, match="the tensor '0.(weights|bias)' is in another file"):
        sn.load(path)
    onnx.save(onnx.load(path), path)  # as the sentence says
    assert state(sn.load(path)) == state(network(sn.Dense(2, 1)))


@pytest.mark.filterwarnings("ignore")
def test_what_pytorch_s_exporter_puts_into_another_file(tmp_path):
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    module, X = (
        torch.nn.Sequential(torch.nn.Linear(13, 16), torch.nn.ReLU()).eval(),
        torch.ones(2, 13),
    )
    path = str(tmp_path / "model.onnx")
    torch.onnx.export(module, (X,), path, dynamo=True, verbose=False)
    with pytest.raises(
        ValueError, match=r"is in another file.*torch.onnx.export\(..., external_data=False\)"
    ):
        sn.load(path)
    torch.onnx.export(module, (X,), path, dynamo=True, verbose=False, external_data=False)
    assert [type(layer).__name__ for layer in sn.load(path).layers] == ["Dense", "ReLU"]


# ---- what others write -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def converted():
    pytest.importorskip("sklearn")
    to_onnx = pytest.importorskip("skl2onnx").to_onnx
    numpy = pytest.importorskip("numpy")
    X = numpy.random.RandomState(0).normal(size=(60, 4))

    def convert(estimator, Y, dtype, **options):
        estimator.fit(X, Y)
        options = {"options": {id(estimator): options}} if options else {}
        return to_onnx(estimator, X[:1].astype(dtype), **options).SerializeToString(), X.astype(
            dtype
        )

    return convert


def targets(kind):
    import numpy

    X = numpy.random.RandomState(0).normal(size=(60, 4))
    return {
        "two": X[:, 0] > 0,
        "two texts": numpy.where(X[:, 0] > 0, "yes", "no"),
        "three": 5 + numpy.argmax(X[:, :3], 1),
        "three texts": numpy.array(list("abc"))[numpy.argmax(X[:, :3], 1)],
        "several": (X[:, :3] > 0).astype(int),
    }[kind]


LABELS = {
    "two": [0, 1], "two texts": ["no", "yes"], "three": [5, 6, 7], "three texts": ["a", "b", "c"], "several": [0, 1, 2],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("zipmap", [True, False])
@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("kind", sorted(LABELS))
@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "identity"])
def test_scikit_learn_s_classifiers(activation, kind, scaled, zipmap, converted):
    neural = pytest.importorskip("sklearn.neural_network")
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    estimator = neural.MLPClassifier((5, 3), activation=activation, max_iter=5, random_state=1)
    estimator = make_pipeline(StandardScaler(), estimator) if scaled else estimator
    in_64_bits = not zipmap and kind != "several"  # the others do not run in onnxruntime
    for dtype in ("float32", "float64") if in_64_bits else ("float32",):
        content, X = converted(
            estimator, targets(kind), dtype, **({} if zipmap else {"zipmap": False})
        )
        net = alone(content)
        expected = run(content, X, dtype)
        if kind.startswith("two"):
            expected = [row[1:] for row in expected]
        agree(net.predict(X.tolist()), expected, 1e-6 if dtype == "float32" else 1e-12)
        if kind != "several" or zipmap:
            assert net.metadata == {"labels": LABELS[kind]}
        assert isinstance(net.layers[-1], sn.Softmax if kind.startswith("three") else sn.Sigmoid)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scikit_learn_s_regressors(dtype, converted):
    neural = pytest.importorskip("sklearn.neural_network")
    import numpy
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    X = numpy.random.RandomState(0).normal(size=(60, 4))
    for scalers in ([], [StandardScaler()], [StandardScaler(with_std=False), MinMaxScaler()]):
        estimator = make_pipeline(
            *(scalers + [neural.MLPRegressor(hidden_layer_sizes=(5,), max_iter=5)])
        )
        for Y in (X[:, 0], X[:, :2]):
            content, rows = converted(estimator, Y, dtype)
            predictions = alone(content).predict(rows.tolist())
            # The converter gives several outputs one under the other.
            column = [[y] for row in predictions for y in row]
            agree(column, run(content, rows, dtype), 1e-6 if dtype == "float32" else 1e-12)


def exported(module, shape, dynamo, opset, dynamic):
    """The file that PyTorch makes of a module, as bytes, and rows of input."""
    torch = pytest.importorskip("torch")
    module.eval()
    X = torch.randn(
        *shape, generator=torch.Generator().manual_seed(1), dtype=next(module.parameters()).dtype
    )
    if dynamo:
        pytest.importorskip("onnxscript")
        shapes = ({0: torch.export.Dim("batch")},) if dynamic else None
        options = {"opset_version": opset, "dynamic_shapes": shapes, "verbose": False}
        program = torch.onnx.export(module, (X,), dynamo=True, **options)
        return program.model_proto.SerializeToString(), X
    if "dynamo" not in inspect.signature(torch.onnx.export).parameters:
        pytest.skip("an older PyTorch")
    file = io.BytesIO()
    axes = {"input": {0: "batch"}} if dynamic else None
    torch.onnx.export(
        module,
        (X,),
        file,
        dynamo=False,
        opset_version=opset,
        input_names=["input"],
        dynamic_axes=axes,
    )
    return file.getvalue(), X


def modules():
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class ByHand(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.dropout = (
                nn.Linear(4, 5),
                nn.Linear(5, 3, bias=False),
                nn.Dropout(0.3),
            )

        def forward(self, x):
            x = x.view(x.size(0), -1)
            x = (x - 0.5) / 2
            x = self.dropout(torch.relu(self.first(x)))
            return torch.softmax(self.second(x), dim=-1)

    torch.manual_seed(1)
    activations = [
        nn.ReLU(), nn.LeakyReLU(0.2), nn.ELU(0.7), nn.SELU(), nn.GELU(), nn.GELU("tanh"), nn.Sigmoid(), nn.Tanh(),
        nn.Softplus(), nn.SiLU(), nn.Identity(), nn.Softmax(1),
    ]  # fmt: skip
    layers = [nn.Flatten()]
    for activation in activations:
        layers += [nn.Linear(4, 4), activation, nn.Dropout(0.5)]
    return {"sequential": nn.Sequential(*layers), "by hand": ByHand()}


WAYS = [
    (False, 13, False),
    (False, 20, True),
    (True, 18, True),
    (True, 20, False),
    (True, 20, True),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo, opset, dynamic", WAYS)
@pytest.mark.parametrize("name", ["sequential", "by hand"])
def test_pytorch_s_exporters(name, dynamo, opset, dynamic):
    content, X = exported(modules()[name], (6, 4), dynamo, opset, dynamic)
    net = alone(content)
    if name == "sequential":
        kinds = "ReLU LeakyReLU ELU SELU GELU GELU Sigmoid Tanh Softplus SiLU Softmax".split()
        assert [
            type(layer).__name__ for layer in net.layers if not isinstance(layer, sn.Dense)
        ] == kinds
    agree(net.predict(X.tolist()), run(content, X.tolist(), "float32"), 1e-6)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [False, True])
def test_pytorch_s_exporters_in_64_bits_and_of_images(dynamo):
    nn = pytest.importorskip("torch").nn
    module = nn.Sequential(
        nn.Flatten(), nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 2), nn.SiLU()
    ).double()
    content, X = exported(module, (3, 1, 2, 3), dynamo, 20, True)
    agree(alone(content).predict(X.reshape(3, 6).tolist()), run(content, X.tolist()), 1e-12)


NORMALIZED = {
    "first": lambda nn: [nn.BatchNorm1d(4), nn.Linear(4, 2)],
    "within": lambda nn: [
        nn.Linear(4, 3),
        nn.BatchNorm1d(3, eps=0.125),
        nn.ReLU(),
        nn.Linear(3, 2, bias=False),
    ],
    "two": lambda nn: [
        nn.Linear(4, 3),
        nn.Tanh(),
        nn.BatchNorm1d(3),
        nn.BatchNorm1d(3, affine=False),
        nn.Sigmoid(),
    ],
    "of one": lambda nn: [
        nn.BatchNorm1d(4, affine=False),
        nn.Linear(4, 1),
        nn.SiLU(),
        nn.BatchNorm1d(1),
    ],
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "dynamo, opset, dynamic", [(False, 13, False), (False, 20, True), (True, 20, True)]
)
@pytest.mark.parametrize("bits", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(NORMALIZED))
def test_pytorch_s_batch_normalization(name, bits, dynamo, opset, dynamic):
    torch = pytest.importorskip("torch")
    module = torch.nn.Sequential(*NORMALIZED[name](torch.nn)).to(getattr(torch, bits))
    generator = torch.Generator().manual_seed(1)
    for tensor in list(module.parameters()) + [
        b for b in module.buffers() if b.dtype.is_floating_point
    ]:
        tensor.data.uniform_(0.5, 2, generator=generator)
    content, X = exported(module, (6, 4), dynamo, opset, dynamic)
    net, rows = alone(content), X.tolist()
    agree(net.predict(rows), run(content, rows, bits), 1e-12 if bits == "float64" else 1e-6)
    with torch.no_grad():
        agree(
            net.predict(rows), module(X).tolist(), 1e-11 if bits == "float64" else 1e-6
        )  # epsilon has 32 bits there
    direct = sn.from_torch(module)
    agree(net.predict(rows), direct.predict(rows), 1e-6)
    if not dynamo or name != "within":  # the other exporter draws it into a Gemm before it
        assert repr(net) == repr(direct)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("opset", [13, 14])
def test_pytorch_s_batch_normalization_in_training(opset):
    torch = pytest.importorskip("torch")
    module, file = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.BatchNorm1d(3)), io.BytesIO()
    mode = torch.onnx.TrainingMode.TRAINING
    torch.onnx.export(
        module, (torch.ones(2, 4),), file, dynamo=False, opset_version=opset, training=mode
    )
    assert "BatchNormalization (node '/1/BatchNormalization') is in training mode" in refusal(
        file.getvalue()
    )


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [False, True])
def test_what_pytorch_has_and_scratchnet_has_not(dynamo):
    nn = pytest.importorskip("torch").nn

    class Residual(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x):
            return self.linear(x) + x

    for module, operator in (
        (nn.Sequential(nn.Linear(4, 4), nn.LogSoftmax(1)), "LogSoftmax"),
        (Residual(), "Add"),
    ):
        assert refusal(exported(module, (2, 4), dynamo, 20, False)[0]).startswith(
            "ONNX: the operator " + operator
        )


@pytest.mark.filterwarnings("ignore")
def test_from_pytorch_to_scratchnet_and_out_again(tmp_path):
    nn = pytest.importorskip("torch").nn
    content, X = exported(
        nn.Sequential(nn.Linear(4, 3), nn.Tanh(), nn.Linear(3, 2)), (5, 4), False, 20, True
    )
    net = loaded(content, tmp_path)
    checked(data_of(net, "float32"))
    agree(
        run(data_of(net, "float32"), X.tolist(), "float32"),
        run(content, X.tolist(), "float32"),
        1e-6,
    )
