"""Graphs as other programs write them, by hand."""

import pytest
from onnx_files import ONE, ROW, W, agree, alone, doubles, file_of, refusal

import scratchnet as sn
from scratchnet.core.layers import LAYERS
from scratchnet.formats.onnx import activations, wires
from scratchnet.formats.onnx.graph import INT64, Node, pack


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
        ([Node("Reshape", ["X", "s"], ["Y"])], {"s": pack(INT64, [2], [-1, 2])}, [1, 5]),
        ([Node("Reshape", ["X", "s"], ["Y"])], {"s": pack(INT64, [2], [0, -1])}, [1, 5]),
        ([Node("Relu", ["X"], ["a"]), Node("Mul", ["a", "b"], ["Y"])], {"b": doubles([1], 3.0)}, [3, 15]),
    ],
)  # fmt: skip
def test_operators_that_are_layers(nodes, tensors, expected):
    agree(alone(file_of(nodes, tensors)).predict([[1, 5]]), [expected], 1e-15)


def test_sub_and_div_are_one_normalization_and_a_late_bias_belongs_to_the_dense():
    nodes = [
        Node("Sub", ["X", "b"], ["a"]),
        Node("Div", ["a", "b"], ["c"]),
        Node("MatMul", ["c", "W"], ["d"]),
    ]
    net = alone(file_of(nodes + [Node("Add", ["d", "b"], ["Y"])], {"b": ROW, "W": W}))
    assert [type(layer).__name__ for layer in net.layers] == ["Normalization", "Dense"]
    assert [p.frozen for p in net.parameters()] == [True, True, False, False]
    assert net.parameters()[3].value == [10.0, 20.0]


def test_a_flattened_image_is_given_as_one_row():
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
        batch_normalization({"epsilon": 2.0}, **{name: doubles([1], 2.0) for name in NORM})
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
        (batch_normalization(scale=pack(INT64, [2], [1, 2])), "has a constant of type 7"),
        (
            batch_normalization(bias=W),
            "has a constant of shape [2, 2]; it must be one row of numbers",
        ),
        (
            batch_normalization({"epsilon": 1}),
            "has an attribute epsilon of the wrong type",
        ),
        (
            file_of([Node("BatchNormalization", ["X"] + ["s"] * 3, ["Y"])], {"s": ROW}),
            "needs a constant as input 5",
        ),
        (
            file_of(
                [Node("BatchNormalization", ["X"] + ["s"] * 4, ["Y"])], {"s": doubles([1], 2.0)}
            ),
            "length 1 for 2 inputs",
        ),
    ],
)
def test_a_batch_normalization_that_is_refused(content, words):
    assert words in refusal(content)


def hard_sigmoid(z, alphas, betas):
    first, second, third = [z * alpha + beta for alpha, beta in zip(alphas, betas)]
    return (first > 0).where((second < 1).where(third, 1.0), 0.0)


def celu(z, a, b, c):
    negative = -((-z) >= 0).where(-z, 0.0)
    t = (negative / b / 2).tanh()
    s = (negative / c / 2).tanh()
    return (z > 0).where(z, a * (2 * t / (1 - s)))


FORMS = [
    ("HardSigmoid(alpha=0.1, beta=0.5)", lambda z: hard_sigmoid(z, [0.1] * 3, [0.5] * 3)),
    ("CELU(alpha=3.0)", lambda z: celu(z, 3.0, 3.0, 3.0)),
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
def test_activations_made_of_operators(expected, form):
    z = wires.Wire32(name="X")
    kind, arguments, found = activations.recognize(form(z))
    assert repr(dict(LAYERS, **sn.deep.LAYERS)[kind](**arguments)) == expected and found is z


@pytest.mark.parametrize(
    "form",
    [
        lambda z: z * (z + 1).sigmoid(),
        lambda z: z * ((z / 1.41).erf() + 1) * 0.5,
        lambda z: z * ((z / 1.4142135).erf() + 1) * 0.51,
        lambda z: (z > 10).where(z, z.of("Softplus", z)),
        lambda z: (z > 1).where(z, z * 0.25),
        lambda z: z * z,
        lambda z: hard_sigmoid(z, [0.1, 0.1, 0.3], [0.5] * 3),
        lambda z: hard_sigmoid(z, [0.3, 0.1, 0.3], [0.5] * 3),
        lambda z: hard_sigmoid(z, [0.1] * 3, [0.5, 0.25, 0.5]),
        lambda z: celu(z, 5.0, 3.0, 3.0),
        lambda z: celu(z, 3.0, 5.0, 3.0),
        lambda z: celu(z, 3.0, 3.0, 5.0),
    ],
)
def test_operators_that_only_resemble_an_activation(form):
    assert activations.recognize(form(wires.Wire32(name="X"))) is None
