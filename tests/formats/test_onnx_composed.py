"""Layers that other programs write as several operators, and samples of several rows or inputs."""

import math

import pytest
from onnx_files import W, agree, alone, doubles, file_of, graph_of, named, proto, refusal

from scratchnet.formats import models
from scratchnet.formats.onnx import reader
from scratchnet.formats.onnx.graph import BOOL, DOUBLE, INT64, Graph, Node, Value, pack

LAST = {"axes": [-1], "keepdims": 1}
TWO, TINY, HALF = doubles([], 2.0), doubles([], 0.25), doubles([], 0.5)
ONE, ZERO = doubles([], 1.0), doubles([], 0.0)
TENSORS = {"two": TWO, "eps": TINY, "half": HALF, "one": ONE, "zero": ZERO, "W": W}
ROW = [3.0, -4.0]


def chain(*steps, tensors=TENSORS):
    """Return the file of steps such as "a = Sub X m": the last one computes Y."""
    nodes = []
    for step in steps:
        output, call = step.split(" = ")
        operator, *inputs = call.split()
        attributes = LAST if operator.startswith("Reduce") else {}
        nodes.append(Node(operator, inputs, [output], dict(attributes), output))
    return file_of(nodes, tensors)


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


SQUARES = ["s = Mul X X", "s = Pow X two"]
ROOTS = [
    ["r = Sqrt t", "Y = Div X r"],
    ["r = Sqrt t", "i = Reciprocal r", "Y = Mul X i"],
    ["r = Sqrt t", "i = Div one r", "Y = Mul i X"],
    ["r = Pow t half", "Y = Div X r"],
]


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize("square", SQUARES)
def test_a_root_mean_square(square, root):
    net = alone(chain(square, "m = ReduceMean s", "t = Add m eps", *root))
    assert kinds(net) == ["RMSNormalization"]
    length = math.sqrt(12.5 + 0.25)
    agree(net.predict([ROW]), [[3 / length, -4 / length]], 1e-15)


@pytest.mark.parametrize("root", ROOTS)
def test_a_layer_normalization(root):
    root = [step.replace("X", "c") for step in root]
    steps = ["a = ReduceMean X", "c = Sub X a", "s = Mul c c", "m = ReduceMean s", "t = Add m eps"]
    net = alone(chain(*steps + root))
    assert kinds(net) == ["LayerNormalization"]
    length = math.sqrt(3.5**2 + 0.25)
    agree(net.predict([ROW]), [[3.5 / length, -3.5 / length]], 1e-15)


@pytest.mark.parametrize("operator", ["RMSNormalization", "SimplifiedLayerNormalization"])
def test_the_operator_of_a_root_mean_square(operator):
    node = Node(operator, ["X", "scale"], ["Y"], {"epsilon": 0.5})
    net = alone(file_of([node], {"scale": doubles([2], 2.0, -1.0)}, opset=23))
    assert kinds(net) == ["RMSNormalization"]
    length = math.sqrt(13)
    agree(net.predict([ROW]), [[6 / length, 4 / length]], 1e-15)


@pytest.mark.parametrize("shift", [[], ["l = ReduceMax X", "d = Sub X l"]])
def test_a_softmax(shift):
    z = "d" if shift else "X"
    net = alone(chain(*shift + [f"e = Exp {z}", "s = ReduceSum e", "Y = Div e s"]))
    assert kinds(net) == ["Softmax"]


def test_shares_of_probabilities():
    net = alone(chain("p = Sigmoid X", "s = ReduceSum p", "Y = Div p s"))
    assert kinds(net) == ["Sigmoid", "RowNormalization"]
    p = [1 / (1 + math.exp(-z)) for z in ROW]
    agree(net.predict([ROW]), [[part / sum(p) for part in p]], 1e-15)


def with_zeros(operator):
    """Return the shares as scikit-learn's converter writes them, with a rule for a sum of 0."""
    return file_of(
        [
            Node(operator, ["X"], ["p"]),
            Node("ReduceSum", ["p"], ["s"], dict(LAST)),
            Node("Cast", ["s"], ["b"], {"to": BOOL}),
            Node("Not", ["b"], ["n"]),
            Node("Cast", ["n"], ["m"], {"to": DOUBLE}),
            Node("Add", ["p", "m"], ["q"]),
            Node("Mul", ["m", "two"], ["k"]),
            Node("Add", ["s", "k"], ["t"]),
            named("Div", ["q", "t"]),
        ],
        TENSORS,
    )


def test_shares_with_a_rule_for_a_sum_of_0():
    assert kinds(alone(with_zeros("Sigmoid"))) == ["Sigmoid", "RowNormalization"]
    assert "(node 'the node') divides by a sum of numbers of any sign" in refusal(
        with_zeros("Relu")
    )


def test_a_softplus_with_beta():
    """As torch.nn.Softplus(beta=2) is written: above 20, z itself is taken."""
    tensors = dict(TENSORS, limit=doubles([], 20.0))
    nodes = [
        Node("Mul", ["X", "two"], ["z"]),
        Node("Softplus", ["z"], ["s"]),
        Node("Div", ["s", "two"], ["d"]),
        Node("Greater", ["z", "limit"], ["above"]),
        named("Where", ["above", "X", "d"]),
    ]
    net = alone(file_of(nodes, tensors))
    assert kinds(net) == ["Normalization", "Softplus", "Normalization"]
    agree(net.predict([ROW]), [[math.log1p(math.exp(2 * z)) / 2 for z in ROW]], 1e-15)
    assert "is not supported" in refusal(file_of(nodes, dict(tensors, limit=doubles([], 5.0))))


@pytest.mark.parametrize(
    "operator, attributes, factor",
    [
        ("Swish", {}, 1),
        ("Swish", {"alpha": 0.5}, 0.5),
        ("com.microsoft.QuickGelu", {}, 1.702),
        ("com.microsoft.QuickGelu", {"alpha": 1.0}, 1),
    ],
)
def test_a_swish_with_a_factor(operator, attributes, factor):
    graph = proto.loads(file_of([]))[0]
    graph.nodes = [Node(operator, ["X"], ["Y"], attributes)]
    net = of_graph(graph)
    assert ("Normalization" in kinds(net)) == (factor != 1)
    agree(net.predict([ROW]), [[z / (1 + math.exp(-factor * z)) for z in ROW]], 1e-15)


@pytest.mark.parametrize(
    "nodes",
    [
        [Node("ThresholdedRelu", ["X"], ["Y"], {"alpha": 0.25})],
        [Node("Greater", ["X", "eps"], ["above"]), named("Where", ["above", "X", "zero"])],
        [Node("LessOrEqual", ["X", "eps"], ["below"]), named("Where", ["below", "zero", "X"])],
    ],
)
def test_a_threshold(nodes):
    net = alone(file_of(nodes, TENSORS))
    assert repr(net.layers) == "[ThresholdedReLU(alpha=0.25)]"
    assert net.predict([[0.25, 0.5]]) == [[0, 0.5]]


@pytest.mark.parametrize("operator, expected", [("Max", [3.0, 1.0]), ("Min", [-2.0, -4.0])])
def test_a_limit_for_each_feature(operator, expected):
    limits = doubles([2], -2.0, 1.0)
    net = alone(file_of([named(operator, ["X", "c"])], {"c": limits}))
    assert kinds(net) == ["Normalization", "ReLU", "Normalization"]
    assert net.predict([ROW]) == [expected]
    wide = file_of([named(operator, ["X", "c"])], {"c": doubles([2], 1e30, 0.0)})
    assert "which would cost digits; leave out the limits" in refusal(wide)


def test_the_layer_normalization_of_keras():
    """TensorFlow subtracts mean·m at last, where m is scale/√(variance + epsilon)."""
    steps = ["a = ReduceMean X", "c = Sub X a", "s = Mul c c", "v = ReduceMean s", "t = Add v eps"]
    steps += ["r = Sqrt t", "i = Reciprocal r", "m = Mul i scale", "p = Mul X m"]
    tensors = dict(TENSORS, scale=doubles([1, 2], 2.0, -1.0), bias=doubles([1, 2], 5.0, 6.0))
    length = math.sqrt(3.5**2 + 0.25)
    for end in (["n = Neg a", "q = Mul n m", "b = Add q bias"], ["q = Mul a m", "b = Sub bias q"]):
        net = alone(chain(*steps + end + ["Y = Add p b"], tensors=tensors))
        assert kinds(net) == ["LayerNormalization"]
        agree(net.predict([ROW]), [[5 + 7 / length, 6 + 3.5 / length]], 1e-15)
    wrong = ["n = Neg X", "q = Mul n m", "b = Add q bias", "Y = Add p b"]
    assert "ONNX: the operator" in refusal(chain(*steps + wrong, tensors=tensors))


def test_the_root_mean_square_of_keras():
    steps = ["s = Mul X X", "v = ReduceMean s", "t = Add v eps", "r = Sqrt t", "i = Reciprocal r"]
    tensors = dict(TENSORS, scale=doubles([2], 2.0, -1.0))
    net = alone(chain(*steps + ["m = Mul i scale", "Y = Mul X m"], tensors=tensors))
    assert kinds(net) == ["RMSNormalization"]
    agree(net.predict([ROW]), [[6 / math.sqrt(12.75), 4 / math.sqrt(12.75)]], 1e-15)


def test_the_prelu_of_keras():
    steps = ["p = Relu X", "n = Neg X", "q = Relu n", "r = Mul minus q", "Y = Add p r"]
    net = alone(chain(*steps, tensors={"minus": doubles([2], -0.5, -0.25)}))
    assert kinds(net) == ["PReLU"]
    assert net.predict([ROW, [-2.0, 1.0]]) == [[3, -1], [-1, 1]]


def test_the_elu_of_keras():
    nodes = [
        Node("Greater", ["X", "zero"], ["above"]),
        Node("Not", ["above"], ["below"]),
        Node("Cast", ["above"], ["a"], {"to": 1}),
        Node("Cast", ["below"], ["b"], {"to": 1}),
        Node("Elu", ["X"], ["e"]),
        Node("Mul", ["half", "e"], ["h"]),
        Node("Mul", ["h", "b"], ["l"]),
        Node("Mul", ["a", "e"], ["r"]),
        named("Add", ["r", "l"]),
    ]
    assert repr(alone(file_of(nodes, TENSORS)).layers) == "[ELU(alpha=0.5)]"


def test_the_gelu_of_keras():
    root = doubles([], math.sqrt(0.5))
    steps = ["h = Mul half X", "n = Neg X", "s = Mul n root", "c = Erfc s", "Y = Mul h c"]
    net = alone(chain(*steps, tensors=dict(TENSORS, root=root)))
    assert repr(net.layers) == "[GELU(approximate='none')]"


def test_casts_between_floats_do_not_hide_a_layer():
    nodes = [
        Node("MatMul", ["X", "W"], ["z"]),
        Node("Cast", ["z"], ["c"], {"to": DOUBLE}),
        Node("Softplus", ["c"], ["s"]),
        Node("Cast", ["s"], ["d"], {"to": DOUBLE}),
        Node("Tanh", ["d"], ["t"]),
        named("Mul", ["c", "t"]),
    ]
    assert kinds(alone(file_of(nodes, TENSORS))) == ["Dense", "Mish"]


def test_branches_that_end_in_the_same_activation():
    """As scikit-learn's converter writes a OneVsRestClassifier: one logistic model per class."""
    nodes = [
        Node("MatMul", ["X", "W"], ["a"]),
        Node("Sigmoid", ["a"], ["p"]),
        Node("MatMul", ["X", "v"], ["b"]),
        Node("Sigmoid", ["b"], ["q"]),
        named("Concat", ["q", "p"], {"axis": 1}),
    ]
    tensors = dict(TENSORS, v=doubles([2, 1], -1.0, 0.5))
    net = alone(file_of(nodes, tensors))
    assert kinds(net) == ["Dense", "Sigmoid"]
    z = [-3 - 2, 3 - 12, 6 - 16]
    agree(net.predict([ROW]), [[1 / (1 + math.exp(-v)) for v in z]], 1e-15)
    nodes[3] = Node("Tanh", ["b"], ["q"])
    assert "joins branches with an activation in one of them" in refusal(file_of(nodes, tensors))
    nodes[4] = named("Concat", ["p", "p"], {"axis": 1})  # a common activation is no branch
    assert kinds(alone(file_of(nodes, tensors))) == ["Dense", "Sigmoid", "Dense"]


# ---- samples of several rows -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "dims, row", [(("n", 3, 2), [1.0, 5, 0, 2, 3, 1]), ((1, 3, 2), [1.0, 5, 0, 2, 3, 1])]
)
def test_several_rows_of_a_sample_have_one_dense(dims, row):
    tensors = {"W": doubles([2, 1], 10.0, 1.0), "b": doubles([1], 0.5)}
    nodes = [
        Node("MatMul", ["X", "W"], ["a"]),
        Node("Add", ["a", "b"], ["c"]),
        named("Relu", ["c"]),
    ]
    net = alone(file_of(nodes, tensors, dims=dims))
    assert net.predict([row]) == [[15.5, 2.5, 31.5]]


def test_a_matrix_before_several_columns_of_a_sample():
    tensors = {"W": doubles([1, 2], 10.0, 1.0)}
    net = alone(file_of([named("MatMul", ["W", "X"])], tensors, dims=("n", 2, 3)))
    assert net.predict([[1, 2, 3, 4, 5, 6]]) == [[14, 25, 36]]


def test_a_mean_over_the_rows_of_a_sample():
    node = named("ReduceMean", ["X"], {"axes": [1], "keepdims": 0})
    net = alone(file_of([node], dims=("n", 3, 2)))
    agree(net.predict([[1, 2, 3, 4, 5, 6]]), [[3, 4]], 1e-15)


def test_only_keepdims_1_keeps_a_dimension_as_in_onnxruntime():
    mean = Node("ReduceMean", ["X"], ["m"], {"axes": [1], "keepdims": 2})
    turned = named("Transpose", ["m"], {"perm": [0, 1]})  # of two dimensions
    net = alone(file_of([mean, turned], dims=("n", 3, 2)))
    agree(net.predict([[1, 2, 3, 4, 5, 6]]), [[3, 4]], 1e-15)


def test_a_batch_normalization_of_several_rows():
    node = Node("BatchNormalization", ["X"] + ["s"] * 4, ["Y"], {"epsilon": 6.0})
    net = alone(file_of([node], {"s": doubles([2], 3.0, 10.0)}, dims=("n", 2, 2)))
    agree(net.predict([[3, 6, 10, 14]]), [[3, 6, 10, 10 + 4 * 10 / 4]], 1e-15)


def test_rows_of_a_sample_are_bounded():
    wide = file_of([named("MatMul", ["X", "W"])], {"W": W}, dims=("n", 5000, 2))
    assert "the network has 100000000 numbers or more" in refusal(wide)


@pytest.mark.parametrize("last", ["Y = Max X s", "Y = Max s X"])
def test_a_maximum_of_x_and_a_part_of_it(last):
    net = alone(chain("s = Mul X eps", last))
    assert net.predict([ROW]) == [[3.0, -1.0]]
    assert "without branches" in refusal(chain("s = Mul X two", last))


@pytest.mark.parametrize("last", ["Y = Mul X g", "Y = Mul g X"])
def test_a_product_with_the_sigmoid_of_a_multiple(last):
    """x·sigmoid(x/4), which is 4·SiLU(x/4)"""
    net = alone(chain("z = Mul X eps", "g = Sigmoid z", last))
    assert kinds(net) == ["Normalization", "SiLU", "Normalization"]
    agree(net.predict([ROW]), [[3 / (1 + math.exp(-0.75)), -4 / (1 + math.exp(1))]], 1e-15)
    assert "without branches" in refusal(chain("z = Mul X zero", "g = Sigmoid z", last))
    assert "without branches" in refusal(
        chain("z = Mul X eps", "t = Neg X", "g = Sigmoid z", "Y = Mul t g")
    )


def test_a_hard_swish_by_a_clip_with_attributes():
    """As PyTorch wrote x·relu6(x + 3)/6 before version 11"""
    three, six = doubles([], 3.0), doubles([], 6.0)
    nodes = [
        Node("Add", ["X", "three"], ["t"]),
        Node("Clip", ["t"], ["c"], {"min": 0.0, "max": 6.0}),
        Node("Mul", ["X", "c"], ["m"]),
        named("Div", ["m", "six"]),
    ]
    net = alone(file_of(nodes, {"three": three, "six": six}, opset=9))
    assert kinds(net) == ["HardSwish"] and net.predict([ROW]) == [[3.0, 0.0]]
    nodes[1] = Node("Clip", ["t"], ["c"], {"min": 0.0, "max": 5.9})
    assert "without branches" in refusal(file_of(nodes, {"three": three, "six": six}, opset=9))


# ---- several inputs ----------------------------------------------------------------------------------------------


def joined(operator="Concat", attributes=None, second=("n", 1), order=("b", "a")):
    graph = Graph(
        [Value("a", DOUBLE, ["n", 2]), Value("b", DOUBLE, list(second)), Value("c", INT64, [1])],
        [Value("Y", DOUBLE, ["n", 2])],
    )
    nodes = [Node(operator, list(order), ["j"], attributes or {"axis": 1})]
    graph.nodes = nodes + [named("MatMul", ["j", "W"])]
    graph.tensors = {"W": doubles([3, 2], 1.0, 2.0, 3.0, 4.0, 5.0, 6.0)}
    return proto.dumps(graph, 13, {}) if operator == "Concat" else of_graph(graph)


def of_graph(graph):
    """Return the network of a graph with operators that no file of ours has."""
    return models._network(*reader.describe(graph, 13), custom=())


def test_several_inputs_follow_each_other():
    """The graph joins b and a, but the network takes a and b: the order of the inputs."""
    net = alone(joined())
    assert net.inputs == 3
    assert net.predict([[10, 100, 1]]) == [[1 + 30 + 500, 2 + 40 + 600]]
    assert kinds(alone(joined(order=["a", "b"]))) == ["Dense"]
    vectorizer = joined("ai.onnx.ml.FeatureVectorizer", {"inputdimensions": [1, 2]})
    assert vectorizer.predict([[10, 100, 1]]) == [[1 + 30 + 500, 2 + 40 + 600]]


def test_inputs_of_one_column_each_have_names():
    graph = Graph([Value(n, DOUBLE, ["n", 1]) for n in "ab"], [Value("Y", DOUBLE, ["n", 1])])
    graph.nodes = [named("Sub", ["b", "a"])]
    net = of_graph(graph)
    assert net.predict([[1, 5]]) == [[4]] and net.metadata == {"columns": ["a", "b"]}
    assert alone(joined()).metadata == {}


def test_inputs_of_whole_numbers_that_become_floats():
    """As scikit-learn's converter writes a model that was fitted to a table of whole numbers"""
    cast, mean = Node("Cast", ["X"], ["f"], {"to": DOUBLE}), named("ReduceMean", ["f"], dict(LAST))
    assert of_graph(graph_of([cast, mean], kind=INT64)).predict([[1, 2]]) == [[1.5]]
    scaler = named("ai.onnx.ml.Scaler", ["X"], {"offset": [1.0, 0.0], "scale": [0.5, 1.0]})
    assert of_graph(graph_of([scaler], kind=INT64)).predict([[4, 2]]) == [[1.5, 2]]
    whole = graph_of([named("ReduceMean", ["X"], dict(LAST))], kind=INT64)  # It rounds down.
    with pytest.raises(
        ValueError, match="'X' has the type 7; it must be FLOAT or DOUBLE, or whole"
    ):
        of_graph(whole)


def test_an_input_of_one_row_next_to_another():
    """Keras's export loses the mean of a Normalization so: it becomes an input."""
    assert "the input 'b' has one row for all samples; make it a constant" in refusal(
        joined(second=(1, 1))
    )


def test_an_input_of_unknown_width_next_to_another():
    assert "depends on 2 inputs, of which 'b' has an unknown number of features" in refusal(
        joined(second=("n", "m"))
    )


# ---- what only the shape of a value, or one sample, needs --------------------------------------------------------


def test_the_shape_of_a_value_that_is_not_a_chain():
    """As in the policies of SAC, whose noise does not matter but gives its shape."""
    nodes = [
        Node("MatMul", ["X", "W"], ["mean"]),
        Node("Exp", ["X"], ["std"]),
        Node("Add", ["mean", "std"], ["noisy"]),
        Node("Shape", ["noisy"], ["shape"]),
        Node("Expand", ["mean", "shape"], ["same"]),
        named("Tanh", ["same"]),
    ]
    assert kinds(alone(file_of(nodes, TENSORS))) == ["Dense", "Tanh"]
    assert "Add (node 'noisy')" in refusal(file_of(nodes[:3] + [named("Tanh", ["noisy"])], TENSORS))


def test_a_graph_that_is_right_for_one_sample_only():
    nodes = [Node("Flatten", ["X"], ["f"], {"axis": 0}), named("MatMul", ["f", "W"])]
    net = alone(file_of(nodes, {"W": doubles([4, 1], 1.0, 2.0, 3.0, 4.0)}, dims=("n", 2, 2)))
    assert net.predict([[1, 1, 1, 2]]) == [[14]]


def test_rows_that_no_layer_counts():
    """Before version 13, this Softmax takes all 2×3 numbers; a network would take rows of 3."""
    softmax = [named("Softmax", ["X"], {"axis": 0})]
    assert "has an axis that is not the axis of the features" in refusal(
        file_of(softmax, dims=(2, 3), opset=11)
    )
    nodes = [Node("Softmax", ["X"], ["p"], {"axis": 0}), named("Add", ["p", "one"])]
    net = alone(file_of(nodes, TENSORS, dims=(2, 3), opset=11))
    agree(net.predict([[0.0] * 6]), [[1 + 1 / 6] * 6], 1e-15)
    with pytest.raises(ValueError):
        net.predict([[0.0] * 3])


def test_the_class_in_another_shape():
    nodes = [
        Node("MatMul", ["X", "W"], ["scores"]),
        Node("ArgMax", ["scores"], ["k"], {"axis": 1}),
        named("Reshape", ["k", "s"]),
    ]
    graph = file_of(nodes, dict(TENSORS, s=pack(INT64, [1], [-1])), outputs=(("Y", INT64),))
    assert kinds(alone(graph)) == ["Dense"]


def test_constant_outputs_do_not_count():
    """As in the policies of ML-Agents, which say their version."""
    outputs = (("version", DOUBLE), ("Y", DOUBLE))
    nodes = [Node("Identity", ["two"], ["version"]), named("Tanh", ["X"])]
    assert kinds(alone(file_of(nodes, TENSORS, outputs=outputs))) == ["Tanh"]
    assert "that depends on its input; this graph has none" in refusal(
        file_of(nodes, TENSORS, outputs=outputs[:1])
    )


@pytest.mark.parametrize("operator", ["RandomNormalLike", "Multinomial"])
def test_random_numbers(operator):
    assert "draws random numbers, which no layer does; take an output without them" in refusal(
        file_of([named(operator, ["X"])])
    )


def test_a_constant_is_computed():
    """torch.nn.utils.weight_norm divides a weight by its norm."""
    nodes = [
        Node("ReduceL2", ["V"], ["l"], {"axes": [1], "keepdims": 1}),
        Node("Div", ["V", "l"], ["w"]),
        named("Gemm", ["X", "w"], {"transB": 1}),
    ]
    net = alone(file_of(nodes, {"V": doubles([1, 2], 3.0, 4.0)}))
    agree(net.predict([[1, 2]]), [[0.6 + 1.6]], 1e-15)


def test_missing_numbers_are_not_replaced():
    name = "ai.onnx.ml.Imputer"
    attributes = {"replaced_value_float": float("nan"), "imputed_value_floats": [1.0, 2.0]}
    nodes = [Node(name, ["X"], ["Y"], attributes, "the node")]

    graph = proto.loads(file_of([]))[0]
    graph.nodes = nodes
    assert kinds(of_graph(graph)) == ["Identity"]
    attributes["replaced_value_float"] = -1.0
    with pytest.raises(ValueError, match="replaces the number -1.0, which no layer does"):
        of_graph(graph)
