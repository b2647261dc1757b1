"""ONNX files that are refused: no chain of layers, damaged, or too large; and the wire format itself."""

import re
import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from onnx_files import ONE, ROW, W, data_of, doubles, file_of, graph_of, named, network, refusal
from work import lines_run

import scratchnet as sn
from scratchnet.formats import models, protobuf
from scratchnet.formats import onnx as codec
from scratchnet.formats.onnx import proto, reader
from scratchnet.formats.onnx.graph import BOOL, FLOAT, INT64, Node, Tensor, pack

# ---- refusals ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "node, tensors, words",
    [
        (named("Conv", ["X", "W"]), {"W": W}, "is not a layer over one row of features"),
        (named("If", ["X"]), {}, "branches while it computes; export the model for one fixed case$"),
        (named("Sin", ["X"]), {}, "is not supported; a network is a chain of matrix products, activations"),
        (named("MatMulInteger", ["X", "W"]), {"W": W}, "computes with integers; load the model from before it was quantized"),
        (named("Mul", ["X", "X"]), {}, "without branches"),
        (named("MatMul", ["X", "X"]), {}, "without branches"),
        (named("MatMul", ["W", "X"]), {"W": W}, "which would mix the samples"),
        (named("MatMul", ["X"]), {}, "without branches"),
        (named("Add", []), {}, "without branches"),
        (named("MatMul", ["X", "W"]), {"W": ONE}, "shape \\[\\]; it must be a matrix"),
        (named("MatMul", ["X", "W"]), {"W": doubles([2, 2, 1], 1.0, 2.0, 3.0, 4.0)}, "it must be a matrix"),
        (named("MatMul", ["X", "W"]), {"W": pack(INT64, [2, 2], [1, 2, 3, 4])}, "constant of type 7"),
        (named("MatMul", ["X", "W"]), {"W": doubles([3, 1], 1.0, 2.0, 3.0)}, "length 3 for 2 inputs"),
        (named("MatMul", ["X", "W"]), {"W": doubles([1 << 50, 0])}, "shape .*, without numbers"),
        (named("Gemm", ["X", "W"], {"transA": 1}), {"W": W}, "which would mix the samples"),
        (named("Gemm", ["X", "W", "b"]), {"W": W, "b": W}, "has a constant with 2 rows, one for each sample"),
        (named("Add", ["X", "b"]), {"b": doubles([3], 1.0, 2.0, 3.0)}, "length 3 for 2 inputs"),
        (named("Div", ["X", "b"]), {"b": doubles([2], 1.0, 0.0)}, "divisor of 0"),
        (named("Div", ["b", "X"]), {"b": ONE}, "without branches"),
        (named("MatMul", ["X", "X"]), {}, "\\) needs a constant as input 2; a network is one chain"),
        (named("Softmax", ["X"], {"axis": 0}), {}, "has an axis that is not the axis of the features$"),
        (named("Selu", ["X"], {"alpha": 2.0}), {}, "has an alpha or gamma other than SELU's own$"),
        (named("Selu", ["X"], {"gamma": 2.0}), {}, "has an alpha or gamma other than SELU's own$"),
        (named("Swish", ["X"], {"alpha": 0.0}), {}, "has an alpha of 0, which makes it z/2"),
        (named("Relu", ["X", "X"]), {}, "needs one input, which must depend on the input of the graph$"),
        (named("Relu", []), {}, "needs one input, which must depend on the input of the graph$"),
        (named("Flatten", ["X"], {"axis": 0}), {}, "has an axis other than 1, which would mix the samples"),
        (named("Reshape", ["X", "s"]), {"s": pack(INT64, [2], [-1, 4])}, "stay samples × features"),
        (named("Reshape", ["X", "s"]), {"s": pack(INT64, [1], [-1])}, "the shape must stay samples × features"),
        (named("Reshape", ["X", "X"]), {}, "computes its shape from the data"),
        (named("ReduceSum", ["X", "a"]), {"a": pack(INT64, [0], [])}, "sums over all axes"),
        (named("ReduceMean", ["X"], {"axes": []}), {}, "sums over all axes"),
        (named("ReduceSum", ["X"]), {}, "sums over all axes"),
        (named("Cast", ["X"], {"to": 7}), {}, "to a type other than FLOAT or DOUBLE"),
        (named("Dropout", ["X", "", "t"]), {"t": pack(BOOL, [], [True])}, "in training mode"),
        (named("Dropout", ["X", "", "t"]), {"t": pack(BOOL, [3], [False] * 3)}, "it must be one truth value"),
        (named("Dropout", ["X", "", "t"]), {"t": pack(BOOL, [0], [])}, "of 0 numbers; it must be one truth"),
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
            file_of([named("Relu", ["X"])], opset=6),
            "of version 6, but version 7 is the oldest that can be read; convert it with onnx.version_converter",
        ),
        (file_of([], {"W": doubles([2, 1 << 50], 1.0)}), "the tensor 'W' of shape [2, 1125899906842624] holds 8 bytes"),
        (file_of([], {"W": doubles([1 << 50] * 1000, 1.0)}), "the tensor 'W' of shape [1125899906842624, "),
        (file_of([named("Relu", ["a"])]), "the node 'the node' takes 'a', which no node computes"),
        (file_of([named("Relu", ["W"])], {"W": W}), "needs one input, which must depend on the input of the graph"),
        (
            file_of([Node("Tanh", ["X"], ["t"]), named("MatMul", ["X", "t"])]),
            "needs a constant as input 2, not the output of Tanh; a network is one chain without branches",
        ),
        (file_of([]), "the output 'Y' does not depend on an input"),
        (file_of([named("Relu", ["X"])], outputs=()), "this graph has none"),
        (
            file_of([named("Relu", ["X"]), Node("Tanh", ["X"], ["Z"])], outputs=(("Y", FLOAT), ("Z", FLOAT))),
            "has one output; this graph has 'Y', 'Z'; choose one by its name, output='Y' (or --output-name at the shell)",
        ),
        (
            file_of([named("Transpose", ["X"], {"perm": [1, 0, 2]})], dims=("n", 3, 4)),
            "makes the shape [3, 'samples', 4], in which the samples stand between the features",
        ),
        (file_of([named("Relu", ["X"])], dims=()), "the input 'X' is a single number, not a row"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read(content, words):
    assert words in refusal(content)


def test_an_operator_of_another_domain_is_not_mistaken():
    parts = [(1, b"X"), (2, b"Y"), (4, b"Relu"), (7, b"mine")]
    node = b"".join(protobuf.message(number, text) for number, text in parts)
    content = file_of([]) + protobuf.message(
        7, protobuf.message(1, node)
    )  # merged with the graph before
    assert refusal(content).startswith("ONNX: the operator mine.Relu (node 'Y') is not supported")


def test_external_data_are_refused_even_if_unused():
    location = protobuf.message(1, b"location") + protobuf.message(2, b"/etc/passwd")
    tensor = protobuf.message(8, b"far") + protobuf.varint(2, 1)
    tensor += protobuf.message(13, location) + protobuf.varint(14, 1)
    content = file_of([named("Relu", ["X"])])
    content += protobuf.message(
        7, protobuf.message(5, tensor)
    )  # a second part of the graph: they are merged
    assert refusal(content) == (
        "ONNX: the tensor 'far' is in the file '/etc/passwd', which is not read; "
        "only a file in the folder of the model may hold numbers"
    )


@settings(max_examples=10 * settings.default.max_examples)
@given(st.binary(max_size=60))
@example(b"\xff" * 60)
@example(b"\x3a\xff\xff\xff\xff\x0f")  # a graph of 4 gigabytes
@example(b"\x0b\x0b\x0b")
def test_any_bytes_are_refused_in_one_sentence(content):
    refusal(content)


@pytest.fixture(scope="module")
def small():
    net = network(sn.Normalization(), sn.Dense(2, 2), sn.ELU(0.5), sn.Dense(2, 1), sn.Softmax())
    net.adapt([[1, 2], [3, 5]])
    return data_of(net)


@settings(max_examples=10 * settings.default.max_examples)
@given(st.data())
def test_a_damaged_file_is_read_or_refused_in_one_sentence(small, data):
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
def test_work_grows_with_the_length_only(piece):
    def work(count):
        content = protobuf.message(7, piece * count) + protobuf.message(8, b"\x10\x0d")
        return lines_run(lambda: refusal(content))

    work(10)
    assert work(2000) < 4.2 * work(500)


def test_a_short_file_cannot_ask_for_a_large_network(monkeypatch):
    monkeypatch.setattr(reader, "MOST_NUMBERS", 1000)
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
    assert "the network has 1152 numbers or more" in refusal(content)
    content = file_of([named("Add", ["X", "c"])], {"c": ONE}, dims=("n", 1 << 40))
    assert "the network has 1099511627776 numbers or more" in refusal(content)
    text = '{"version": 1, "layers": [%s], "numbers": {}}' % ", ".join(
        ['{"type": "GELU", "approximate": "none"}'] * 9
    )
    content = proto.dumps(graph_of([named("Relu", ["X"])]), 13, {"scratchnet": text})
    assert [layer["type"] for layer in codec.loads(content)[1]["layers"]] == ["ReLU"]


@pytest.fixture
def unpacked(monkeypatch):
    """The lengths of all tensors whose contents were unpacked."""
    counts = []
    values = Tensor.values
    monkeypatch.setattr(
        Tensor, "values", lambda tensor: counts.append(tensor.count) or values(tensor)
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
    """A thousand operators share a constant as bias, mean or spread."""
    monkeypatch.setattr(reader, "MOST_NUMBERS", 1000)
    nodes = [
        Node(operator, ["X" if k == 0 else str(k)] + constants, [str(k + 1)]) for k in range(1000)
    ]
    tensors = {"c": doubles([20], *[1.0] * 20), "w": doubles([20, 20], *[1.0] * 400)}
    sentence = refusal(file_of(nodes + [named("Relu", ["1000"])], tensors, dims=("n", 20)))
    assert "numbers or more; at most 1000 are read" in sentence and sum(unpacked) <= 1000 + 21


def test_labels_are_unpacked_once(unpacked):
    """Many operators refer to the labels; those of the last one count."""
    tensors = {"floats": ROW, "a": pack(INT64, [2], [3, 4]), "c": pack(INT64, [2], [5, 7])}
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


def test_a_long_chain_takes_work_in_proportion():
    def work(count):
        nodes = [Node("Relu", ["X" if k == 0 else str(k)], [str(k + 1)]) for k in range(count)]
        data = file_of(nodes + [Node("Relu", [str(count)], ["Y"])])
        return lines_run(lambda: layers.append(len(codec.loads(data)[1]["layers"])))

    layers = []
    assert work(2000) < 4.2 * work(500) and layers == [2001, 501]


# ---- the wire format itself --------------------------------------------------------------------------------------


@given(st.integers(-(1 << 63), (1 << 63) - 1), st.binary(max_size=300))
def test_fields_are_read_as_they_were_written(number, content):
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


def folding_of(inner, attributes, needed, tensors):
    """Return the file of Y = Add(X, c), where c comes from an operator of constants that is not a number."""
    nodes = [Node(inner, needed, ["c"], attributes, "inner"), named("Add", ["X", "c"])]
    return file_of(nodes, dict(tensors))


@pytest.mark.parametrize(
    "inner, needed",
    [
        ("Exp", [""]),  # no input at all
        ("Add", ["f", ""]),
        ("Concat", ["f", ""]),
        ("Squeeze", ["", "i"]),
        ("Add", ["i", "f"]),  # whole numbers and others
        ("Sqrt", ["i"]),
        ("ReduceMean", ["i"]),
    ],
)
def test_constants_that_cannot_be_computed_are_refused(inner, needed):
    tensors = {"i": pack(INT64, [2], [3, 4]), "f": doubles([2], 0.5, 0.25)}
    assert "operator" in refusal(folding_of(inner, {}, needed, tensors))


def test_a_constant_that_repeats_unknown_features_is_refused():
    content = file_of(
        [named("Add", ["X", "b"])], {"b": doubles([3, 1, 1], 1.0, 2.0, 3.0)}, dims=("n", "m")
    )
    assert "repeats an unknown number of features, by a constant of shape [3, 1, 1]; " in refusal(
        content
    )


def test_an_axis_that_is_named_twice_is_refused():
    content = file_of([named("ReduceMean", ["X"], {"axes": [1, -1]})])
    assert refusal(content).endswith("has the same axis twice")


def test_a_broadcast_over_all_pairs_of_samples_is_refused():
    """PyTorch's net(x).squeeze(1) + x[:, :1] is samples + samples × 1, which is samples × samples."""
    nodes = [Node("MatMul", ["X", "w"], ["z"], {}, "product"), named("Add", ["z", "X"])]
    content = file_of(nodes, {"w": doubles([1], 2.0)}, dims=("n", 1))
    assert "combines every sample of one branch with every sample of the other; " in refusal(
        content
    )


def test_a_softmax_over_samples_is_refused_if_the_input_does_not_say_how_many_there_are():
    nodes = [Node("Softmax", ["X"], ["p"], {"axis": 0}, "all"), named("MatMul", ["p", "w"])]
    content = file_of(nodes, {"w": doubles([1, 2], 2.0, 3.0)}, opset=9, dims=("n", "m"))
    assert "Softmax" in refusal(content) and "axis of the features" in refusal(content)


def test_a_sum_over_rows_of_unknown_length_is_refused():
    """The constant says that the length is 3, and not that a sample has 3 numbers."""
    nodes = [
        Node("Add", ["X", "b"], ["z"], {}, "shift"),
        named("ReduceSum", ["z", "a"], {"keepdims": 0}),
    ]
    tensors = {"b": doubles([3], 1.0, 2.0, 3.0), "a": pack(INT64, [1], [0])}
    assert "operator Add" in refusal(file_of(nodes, tensors, dims=(3, "n")))
