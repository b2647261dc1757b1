"""ONNX files as people have them: external data, 16 bits, several outputs, functions, other shapes."""

import pytest
from onnx_files import ONE, ROW, W, agree, alone, doubles, file_of, graph_of, refusal

import scratchnet as sn
from scratchnet.formats import models, protobuf
from scratchnet.formats import onnx as codec
from scratchnet.formats.onnx import proto
from scratchnet.formats.onnx.graph import (
    BFLOAT16,
    DOUBLE,
    FLOAT,
    FLOAT16,
    INT32,
    INT64,
    Node,
    Value,
    pack,
)

# ---- shapes and versions -----------------------------------------------------------------------------------------


def wholes(*values):
    return pack(INT64, [len(values)], values)


COLUMN = doubles([2, 1], 10.0, 20.0)
PRODUCT = Node("MatMul", ["X", "W"], ["p"])
TWO_ROWS = doubles([1, 2, 2], 1.0, 2.0, 3.0, 4.0)


@pytest.mark.parametrize(
    "nodes, tensors, dims, opset, expected",  # of the sample [1, 5]
    [
        ([PRODUCT, Node("Add", ["p", "b"], ["Y"])], {"W": W, "b": ROW}, [2], 13, [26, 42]),
        ([PRODUCT, Node("Add", ["b", "p"], ["Y"])], {"W": W, "b": doubles([1, 1, 2], 1.0, 2.0)}, ["n", 2], 9, [17, 24]),
        ([Node("MatMul", ["W", "X"], ["p"]), Node("Add", ["p", "b"], ["Y"])], {"W": W, "b": COLUMN}, [2, 1], 13, [21, 43]),
        ([Node("MatMul", ["W", "X"], ["Y"])], {"W": W}, [2, "n"], 13, [11, 23]),
        ([Node("Gemm", ["W", "X"], ["Y"], {"transB": 1})], {"W": W}, ["n", 2], 13, [11, 23]),
        ([Node("MatMul", ["X", "v"], ["Y"])], {"v": ROW}, ["n", 2], 13, [110]),
        ([PRODUCT, Node("Squeeze", ["p"], ["Y"], {"axes": [1]})], {"W": COLUMN}, ["n", 2], 11, [110]),
        ([PRODUCT, Node("Reshape", ["p", "s"], ["Y"])], {"W": COLUMN, "s": wholes(-1)}, ["n", 2], 13, [110]),
        ([Node("Mul", ["X", "b"], ["a"]), Node("Flatten", ["a"], ["Y"])], {"b": TWO_ROWS}, ["n", 1, 2], 13, [1, 10, 3, 20]),
        ([Node("Mul", ["X", "b"], ["a"]), Node("Flatten", ["a"], ["Y"])], {"b": COLUMN}, ["n", 2, 1], 13, [10, 100]),
        ([Node("Sub", ["b", "X"], ["Y"])], {"b": ONE}, ["n", 2], 13, [1, -3]),
        ([Node("Neg", ["X"], ["a"]), Node("Add", ["a", "b"], ["Y"])], {"b": ROW}, ["n", 2], 13, [9, 15]),
        ([Node("Mul", ["X", "b"], ["Y"])], {"b": doubles([2], 0.0, 3.0)}, ["n", 2], 13, [0, 15]),
        ([Node("Gather", ["X", "i"], ["Y"], {"axis": 1})], {"i": wholes(1, 0, 1)}, ["n", 2], 13, [5, 1, 5]),
        ([Node("Transpose", ["X"], ["a"]), Node("GatherND", ["a", "i"], ["b"]), Node("Transpose", ["b"], ["Y"])],
         {"i": pack(INT64, [3, 1], [1, 0, 1])}, ["n", 2], 18, [5, 1, 5]),
        ([PRODUCT, Node("Slice", ["p", "a", "b", "c"], ["Y"])],
         {"W": W, "a": wholes(1), "b": wholes(9), "c": wholes(-1)}, ["n", 2], 13, [22]),
        ([PRODUCT, Node("Split", ["p"], ["a", "Y"], {"axis": 1})], {"W": W}, ["n", 2], 13, [22]),
        ([PRODUCT, Node("Add", ["p", "X"], ["Y"])], {"W": W}, ["n", 2], 13, [17, 27]),
        ([PRODUCT, Node("Concat", ["X", "p"], ["Y"], {"axis": 1})], {"W": W}, ["n", 2], 13, [1, 5, 16, 22]),
        ([Node("Transpose", ["X"], ["a"]), Node("MatMul", ["W", "a"], ["Y"])], {"W": W}, ["n", 2], 13, [11, 23]),
        ([Node("ReduceMean", ["X"], ["m"], {"axes": [1]}), Node("Sub", ["X", "m"], ["Y"])], {}, ["n", 2], 13, [-2, 2]),
        ([PRODUCT, Node("ReduceSum", ["p", "a"], ["Y"], {"noop_with_empty_axes": 1})],
         {"W": W, "a": wholes()}, ["n", 2], 13, [16, 22]),
        ([PRODUCT, Node("ReduceMean", ["p"], ["Y"], {"noop_with_empty_axes": 1})], {"W": W}, ["n", 2], 18, [16, 22]),
        ([PRODUCT, Node("Squeeze", ["p", "a"], ["Y"])], {"W": COLUMN, "a": wholes()}, ["n", 2], 13, [110]),
        ([Node("Relu", ["p"], ["Y"]), PRODUCT], {"W": W}, ["n", 2], 13, [16, 22]),  # not in order
        ([Node("Clip", ["X"], ["Y"], {"min": 2.0, "max": 4.0})], {}, ["n", 2], 7, [2, 4]),
        ([Node("Clip", ["X", "", "b"], ["Y"])], {"b": ONE}, ["n", 2], 13, [1, 2]),
        ([Node("PRelu", ["a", "s"], ["Y"]), Node("Neg", ["X"], ["a"])], {"s": ROW}, ["n", 2], 13, [-10, -100]),
        ([Node("Mul", ["W", "c"], ["V"]), Node("MatMul", ["X", "V"], ["Y"])], {"W": W, "c": ONE}, ["n", 2], 13, [32, 44]),
        ([Node("Shape", ["X"], ["s"]), Node("Expand", ["X", "s"], ["Y"])], {}, ["n", 2], 13, [1, 5]),
    ],
)  # fmt: skip
def test_graphs_of_other_shapes(nodes, tensors, dims, opset, expected):
    content = file_of(nodes, tensors, dims=dims, opset=opset)
    agree(alone(content).predict([[1, 5]]), [expected], 1e-15)


def test_columns_of_the_last_layer_are_chosen_among_its_weights():
    nodes = [PRODUCT, Node("Sigmoid", ["p"], ["a"]), Node("Gather", ["a", "i"], ["Y"], {"axis": 1})]
    net = alone(file_of(nodes, {"W": W, "i": wholes(1)}))
    assert repr(net.layers) == "[Dense(inputs=2, outputs=1, bias=False), Sigmoid()]"
    assert net.parameters()[0].value == [[2.0], [4.0]]


@pytest.mark.parametrize(
    "opset, axis, right", [(12, 1, True), (12, 0, False), (13, -1, True), (13, 0, False)]
)
def test_the_axis_of_a_softmax(opset, axis, right):
    content = file_of([Node("Softmax", ["X"], ["Y"], {"axis": axis})], opset=opset)
    if right:
        assert repr(alone(content).layers) == "[Softmax()]"
    else:
        assert "has an axis that is not the axis of the features" in refusal(content)


# ---- numbers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, value", [(FLOAT16, 0.0999755859375), (BFLOAT16, 0.10009765625)])
def test_numbers_of_16_bits(kind, value):
    bits = {FLOAT16: 0x2E66, BFLOAT16: 0x3DCD}[kind]
    small = pack(kind, [1], [0.5] if kind == FLOAT16 else [0x3F00])
    small.content = bits.to_bytes(2, "little")
    content = file_of(
        [Node("Mul", ["X", "c"], ["Y"])], {"c": small}, outputs=(("Y", kind),), kind=kind
    )
    assert alone(content).predict([[1, 2]]) == [
        [pytest.approx(value, 1e-15), pytest.approx(2 * value, 1e-15)]
    ]


@pytest.mark.parametrize("kind", [FLOAT, FLOAT16, BFLOAT16, DOUBLE])
def test_a_cast_to_another_type_of_floats_rounds_nothing(kind):
    nodes = [Node("Cast", ["X"], ["h"], {"to": kind}), Node("MatMul", ["h", "W"], ["p"])]
    nodes.append(Node("Cast", ["p"], ["Y"], {"to": DOUBLE}))
    third = 1 / 3
    assert alone(file_of(nodes, {"W": W})).predict([[third, 1e6]]) == [
        [third + 3e6, 2 * third + 4e6]
    ]


def external(location, offset=None, length=None):
    """Return a model with the matrix W in another file."""
    entries = [("location", location), ("offset", offset), ("length", length)]
    tensor = protobuf.varint(1, 2) * 2 + protobuf.varint(2, FLOAT) + protobuf.message(8, b"W")
    for key, value in entries:
        if value is not None:
            entry = protobuf.message(1, key.encode()) + protobuf.message(2, value.encode())
            tensor += protobuf.message(13, entry)
    tensor += protobuf.varint(14, 1)
    content = file_of([Node("MatMul", ["X", "W"], ["Y"])])
    return content + protobuf.message(
        7, protobuf.message(5, tensor)
    )  # Parts of a graph are merged.


def test_external_data(tmp_path):
    numbers = b"head" + pack(FLOAT, [2, 2], [1.0, 2.0, 3.0, 4.0]).content
    (tmp_path / "model.onnx.data").write_bytes(numbers)
    path = tmp_path / "model.onnx"
    for offset, length in (("4", "16"), ("4", None)):
        path.write_bytes(external("model.onnx.data", offset, length))
        assert sn.load(path).predict([[1, 5]]) == sn.load(str(path)).predict([[1, 5]]) == [[16, 22]]
    for offset, length in (("5", "16"), ("0", "20"), ("-1", "16"), ("4", "x"), ("9" * 30, None)):
        path.write_bytes(external("model.onnx.data", offset, length))
        with pytest.raises(ValueError, match="model.onnx: ONNX: the tensor 'W' "):
            sn.load(path)
    (tmp_path / "model.onnx.data").unlink()
    with pytest.raises(
        ValueError,
        match="the file 'model.onnx.data', which holds its numbers, is missing next to it",
    ):
        sn.load(path)


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../W", "a/W", "a\\W", "C:W", "..", ".", "", "W ", "W\n", "W\0", "W.", "con|W"],
)
def test_only_a_file_of_the_same_folder_is_read(name):
    def read_file(name):
        raise AssertionError(name)

    with pytest.raises(ValueError, match="only a file in the folder of the model may hold numbers"):
        codec.loads(external(name), None, read_file)


def test_a_model_without_a_path_has_no_external_data():
    assert "load the model by its path" in refusal(external("W"))


# ---- outputs -----------------------------------------------------------------------------------------------------


def several(*outputs):
    graph = graph_of(
        [
            PRODUCT,
            Node("Relu", ["p"], ["r"]),
            Node("ArgMax", ["r"], ["class"], {"axis": 1}),
            Node("Tanh", ["p"], ["t"]),
        ],
        {"W": W},
    )
    graph.outputs = [Value(name, kind, None) for name, kind in outputs]
    return proto.dumps(graph, 13, {})


def layers(content, output=None):
    return [layer["type"] for layer in codec.loads(content, output)[1]["layers"]]


def test_an_output_is_chosen_by_its_name(tmp_path):
    content = several(("r", FLOAT), ("t", FLOAT), ("class", INT64))
    assert (
        "this graph has 'r', 't'; choose one by its name, output='r' (or --output-name at the shell)"
        in refusal(content)
    )
    assert layers(content, "t") == ["Dense", "Tanh"]
    assert layers(content, "class") == layers(content, "r") == ["Dense", "ReLU"]
    assert layers(content, "p") == ["Dense"]  # any value of the graph
    with pytest.raises(ValueError, match="the graph has no output 'q'; it has 'r', 't', 'class'"):
        codec.loads(content, "q")
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    assert sn.load(path, output="t").predict([[0, 0]]) == [[0, 0]]
    models.save(sn.load(path, output="t"), tmp_path / "model.json")
    with pytest.raises(ValueError, match="output is 't'; only an .onnx file has several outputs"):
        sn.load(tmp_path / "model.json", output="t")


def test_the_scores_stand_for_their_class():
    assert (
        layers(several(("class", INT64)))
        == layers(several(("class", INT64), ("r", FLOAT)))
        == ["Dense", "ReLU"]
    )


def class_of(dims, attributes):
    nodes = [
        PRODUCT,
        Node("ArgMax", ["p"], ["a"], attributes),
        Node("Cast", ["a"], ["Y"], {"to": 6}),
    ]
    graph = graph_of(nodes, {"W": W}, dims=dims)
    graph.outputs = [Value("Y", INT32, None)]
    return proto.dumps(graph, 13, {})


@pytest.mark.parametrize(
    "dims, axis",
    [(["n", 2], 1), (["n", 2], -1), ([1, 2], 1), (["n", 1, 2], 2), ([2], 0), ([2], -1)],
)
def test_the_scores_of_one_sample_are_compared(dims, axis):
    assert layers(class_of(dims, {"axis": axis})) == ["Dense"]


@pytest.mark.parametrize("attributes", [{}, {"axis": 0}, {"axis": -2}, {"axis": 2}])
@pytest.mark.parametrize("dims", [["n", 2], [1, 2], [8, 2], ["a", "b"]])
def test_an_argmax_that_compares_samples_is_refused(dims, attributes):
    sentence = refusal(class_of(dims, attributes))
    assert "the operator ArgMax (node 'a') has " in sentence and " axis" in sentence


def test_an_input_that_is_returned_is_no_network():
    graph = graph_of([PRODUCT, Node("Identity", ["S"], ["state"])], {"W": W})
    graph.inputs.append(Value("S", FLOAT, ["n"]))
    graph.outputs = [Value("state", FLOAT, ["n"]), Value("p", FLOAT, ["n", 2])]
    assert layers(proto.dumps(graph, 13, {})) == ["Dense"]


# ---- functions ---------------------------------------------------------------------------------------------------


def function(name, nodes, inputs, outputs, opset=13):
    """Return a part of a model: a function of the domain mine."""
    parts = [protobuf.message(1, name), protobuf.message(10, b"mine")]
    parts += [protobuf.message(4, i) for i in inputs] + [protobuf.message(5, o) for o in outputs]
    parts += [protobuf.message(7, node) for node in nodes]
    parts.append(protobuf.message(9, protobuf.message(1, b"") + protobuf.varint(2, opset)))
    return protobuf.message(25, b"".join(parts))


def node(operator, inputs, outputs, domain=b"", attributes=b""):
    parts = [protobuf.message(1, i) for i in inputs] + [protobuf.message(2, o) for o in outputs]
    return (
        b"".join(parts) + protobuf.message(4, operator) + protobuf.message(7, domain) + attributes
    )


# alpha = the attribute "a" of the function
REFERENCE = protobuf.message(
    5, protobuf.message(1, b"alpha") + protobuf.message(21, b"a") + protobuf.varint(20, 1)
)
VALUE = protobuf.message(
    5, protobuf.message(1, b"a") + protobuf.real(2, 0.25) + protobuf.varint(20, 1)
)


def with_functions(*functions):
    """Return a model that applies mine.Outer to its input."""
    outer = node(b"Outer", [b"X"], [b"Y"], b"mine", VALUE)
    return file_of([]) + protobuf.message(7, protobuf.message(1, outer)) + b"".join(functions)


def test_functions_are_inlined():
    inner = function(
        b"Inner", [node(b"LeakyRelu", [b"z"], [b"t"], attributes=REFERENCE)], [b"z"], [b"t"]
    )
    body = [
        node(b"Inner", [b"z"], [b"t"], b"mine", VALUE),
        node(b"Neg", [b"t"], [b"u"]),
    ]
    outer = function(b"Outer", body, [b"z"], [b"u"])
    net = alone(with_functions(inner, outer))
    assert repr(net.layers) == "[LeakyReLU(slope=0.25), Normalization()]"
    direct = function(
        b"Outer", [node(b"LeakyRelu", [b"z"], [b"t"], attributes=REFERENCE)], [b"z"], [b"t"]
    )
    assert repr(alone(with_functions(direct)).layers) == "[LeakyReLU(slope=0.25)]"


def test_functions_that_are_refused():
    again = function(b"Outer", [node(b"Outer", [b"z"], [b"t"], b"mine")] * 2, [b"z"], [b"t"])
    assert "the function 'mine.Outer' is nested too deeply" in refusal(with_functions(again))
    older = function(b"Outer", [node(b"Relu", [b"z"], [b"t"])], [b"z"], [b"t"], opset=6)
    assert "has the operators of version 6, but the graph those of version 13" in refusal(
        with_functions(older)
    )
