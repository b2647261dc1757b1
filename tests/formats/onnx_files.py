"""ONNX files and networks for the tests named test_onnx*.py."""

import pytest

import scratchnet as sn
from scratchnet.formats import models
from scratchnet.formats import onnx as codec
from scratchnet.formats.onnx import proto, reader
from scratchnet.formats.onnx.graph import DOUBLE, Graph, Node, Value, pack

ACTIVATIONS = [
    sn.Identity, sn.Sigmoid, sn.Tanh, sn.ReLU, sn.LeakyReLU, lambda: sn.LeakyReLU(1 / 3), sn.ELU, lambda: sn.ELU(0.7),
    sn.SELU, sn.GELU, lambda: sn.GELU("tanh"), sn.Softplus, sn.SiLU, sn.Threshold, lambda: sn.Threshold(1 / 3),
    sn.Softmax, sn.deep.Clip, lambda: sn.deep.Clip(0, 6), lambda: sn.deep.Clip(None, 2), lambda: sn.deep.Clip(-1 / 3, None),
    sn.deep.HardSigmoid, lambda: sn.deep.HardSigmoid(0.2, 0.4), sn.deep.HardSwish, sn.deep.CELU, lambda: sn.deep.CELU(0.7),
    sn.deep.Exp, sn.deep.Mish, sn.deep.Softsign, sn.deep.LogSoftmax, sn.deep.ThresholdedReLU, lambda: sn.deep.ThresholdedReLU(-0.5), sn.deep.RowNormalization, lambda: sn.deep.RowNormalization("l1"), sn.deep.PReLU, lambda: sn.deep.PReLU(3, [0.5, -1, 2]),
    lambda: sn.deep.LayerNormalization(3), lambda: sn.deep.LayerNormalization(3, 0.1, [1, 2, 3], [0.5, 0, -1]),
    lambda: sn.deep.RMSNormalization(3), lambda: sn.deep.RMSNormalization(3, 0.1, [1, 2, -3]), lambda: sn.deep.RMSNormalization(3, scale=False),
    lambda: sn.deep.LayerNormalization(3, scale=False), lambda: sn.deep.LayerNormalization(3, scale=False, bias=False),
]  # fmt: skip
ROWS = [[0.5, -1.0, 2.0], [-3.0, 0.25, 1.0], [0.0, 40.0, -40.0], [1e-9, -1e-9, 800.0]]


def network(*layers, **options):
    return sn.Sequential(list(layers), **options)


def everything():
    """Return a network with everything that the graph cannot express."""
    hidden = [sn.Dense(3, 4, l1=0.1, l2=1 / 3), sn.ELU(0.7), sn.Dropout(0.3)]
    net = network(sn.Normalization(), *(hidden + [sn.Dense(4, 2)]), seed=5)
    net.adapt(ROWS)
    net.freeze("1.bias")
    net.parameters()[0].frozen = False
    net.metadata = {"labels": ["no", "ça dépend"], "rate": 0.1}
    return net


def state(net):
    """Return everything that is saved; repr distinguishes all floats."""
    parameters = [(p.name, p.shape, p.value, p.frozen) for p in net.parameters()]
    return repr(
        (net, [sorted(layer.config().items()) for layer in net.layers], parameters, net.metadata)
    )


def data_of(net, dtype="float64"):
    return codec.dumps(*models.describe(net), dtype=dtype)


def loaded(data, directory):
    path = str(directory / "model.onnx")
    with open(path, "wb") as file:
        file.write(data)
    return sn.load(path)


def alone(data):
    """Return the network of the graph alone, without scratchnet's own metadata."""
    graph, opset, _ = proto.loads(data)
    return models._network(*reader.describe(graph, opset), custom=())


def largest(matrix):
    return max(abs(x) for row in matrix for x in row)


def agree(ours, theirs, tolerance, cancelled=0):
    """Compare to the tolerance, relative to the largest number of theirs, or to the ``cancelled`` one on the way to it."""
    assert [len(row) for row in ours] == [len(row) for row in theirs]
    bound = tolerance * max(largest(theirs), cancelled)
    assert all(abs(a - b) <= bound for u, v in zip(ours, theirs) for a, b in zip(u, v))


def graph_of(nodes, tensors=(), kind=DOUBLE, dims=("n", 2), outputs=(("Y", DOUBLE),)):
    graph = Graph(
        [Value("X", kind, list(dims))], [Value(name, kind, ["n", 2]) for name, kind in outputs]
    )
    graph.nodes = nodes
    graph.tensors = dict(tensors)
    return graph


def file_of(*arguments, **options):
    opset = options.pop("opset", 13)
    return proto.dumps(graph_of(*arguments, **options), opset, {})


def doubles(dims, *numbers):
    return pack(DOUBLE, dims, numbers)


W = doubles([2, 2], 1.0, 2.0, 3.0, 4.0)
ROW = doubles([2], 10.0, 20.0)
ONE = doubles([], 2.0)


def refusal(content):
    """Return the error message; it must be one short sentence."""
    with pytest.raises(ValueError) as caught:
        codec.loads(content)
    sentence = str(caught.value)
    assert sentence.startswith("ONNX: ") and "\n" not in sentence and len(sentence) < 300, sentence
    return sentence


def named(operator, inputs, attributes=None):
    return Node(operator, inputs, ["Y"], attributes, "the node")


def run(content, rows, dtype="float64"):
    """Return the last output of onnxruntime as lists."""
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
