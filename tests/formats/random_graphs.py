"""Random ONNX graphs over one row of features, by the official library, for test_onnx_random.py.

``graph(seed)`` returns a model, its nodes in any order, and an input for it. Among the graphs are some that no network
computes; those must be refused.
"""

import random

import numpy
import onnx
from onnx import helper, numpy_helper

SAMPLES = 4
OPSETS = range(7, 23)
ACTIVATIONS = {
    7: "Relu Sigmoid Tanh Elu LeakyRelu Selu Softplus Softsign HardSigmoid",
    10: "ThresholdedRelu",
    12: "Celu",
    14: "HardSwish",
    18: "Mish",
    20: "Gelu",
}


class Maker:
    """A graph under construction: ``x`` is the last value, ``w`` its number of features."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.numbers = numpy.random.RandomState(seed)
        self.opset = self.r.choice(OPSETS)
        self.nodes, self.tensors, self.count = [], [], 0
        self.x, self.w = "X", self.r.randint(1, 5)

    def name(self):
        self.count += 1
        return "v{}".format(self.count)

    def given(self, array):
        """Return the name of a constant, which is an initializer or a node."""
        name = self.name()
        tensor = numpy_helper.from_array(numpy.asarray(array), name)
        if self.r.random() < 0.2:
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.tensors.append(tensor)
        return name

    def floats(self, *dims, positive=False):
        array = self.numbers.normal(size=dims)
        return self.given((numpy.abs(array) + 0.3 if positive else array).astype("float32"))

    def single(self, value):
        return self.given(numpy.array(value, "float32"))

    def wholes(self, *values):
        return self.given(numpy.array(values, "int64"))

    def node(self, operator, *inputs, outputs=1, **attributes):
        names = [self.name() for _ in range(outputs)]
        attributes = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(operator, inputs, names, names[0], **attributes))
        return names[0] if outputs == 1 else names

    def with_axes(self, operator, x, axes, since=13, **attributes):
        """Add an operator whose axes were an attribute before version ``since``."""
        if self.opset < since:
            return self.node(operator, x, axes=axes, **attributes)
        return self.node(operator, x, self.wholes(*axes), **attributes)

    # ---- one step: each sets x and w ----------------------------------------------------------

    def gemm(self):
        m, flip = self.r.randint(1, 4), self.r.randint(0, 1)
        inputs = [self.x, self.floats(*((m, self.w) if flip else (self.w, m)))]
        if self.opset < 11 or self.r.random() < 0.7:
            inputs.append(self.floats(*self.r.choice([(m,), (1, m), (1,), ()])))
        alpha, beta = self.r.choice([None, 0.5]), self.r.choice([None, 2.0])
        self.x, self.w = self.node("Gemm", *inputs, transB=flip, alpha=alpha, beta=beta), m

    def matmul(self):
        m = self.r.randint(1, 4)
        parts = [
            self.node("MatMul", self.x, self.floats(self.w, m)),
            self.floats(*self.r.choice([(m,), (1, m)])),
        ]
        self.x, self.w = self.node("Add", *self.r.sample(parts, 2)), m

    def columns(self):
        """W·x + b"""
        m = self.r.randint(1, 4)
        turned = self.node("Transpose", self.x, perm=[1, 0])
        y = self.node("Add", self.node("MatMul", self.floats(m, self.w), turned), self.floats(m, 1))
        self.x, self.w = self.node("Transpose", y), m

    def activation(self):
        known = [
            name
            for since, names in ACTIVATIONS.items()
            if since <= self.opset
            for name in names.split()
        ]
        name = self.r.choice(known)
        alpha = (
            self.r.choice([None, 0.3, 0.05])
            if name in ("Elu", "LeakyRelu", "Celu", "HardSigmoid", "ThresholdedRelu")
            else None
        )
        how = self.r.choice([None, "tanh"]) if name == "Gelu" else None
        self.x = self.node(name, self.x, alpha=alpha, approximate=how)

    def affine(self):
        operator = self.r.choice(["Add", "Sub", "Mul", "Div", "Sum"])
        dims = self.r.choice([(), (1,), (self.w,), (1, self.w), (1, 1)])
        parts = [self.x, self.floats(*dims, positive=True)]
        if operator != "Div":
            parts = self.r.sample(parts, 2)
        self.x = self.node(operator, *parts)

    def negative(self):
        self.x = self.node("Neg", self.x)

    def batch_normalization(self):
        given = [self.floats(self.w) for _ in range(3)] + [self.floats(self.w, positive=True)]
        spatial = self.r.choice([0, 1, None]) if self.opset < 9 else None
        self.x = self.node("BatchNormalization", self.x, *given, epsilon=0.01, spatial=spatial)

    def softmax(self):
        axis = self.r.choice([None, 1, -1, 0]) if self.opset > 10 else self.r.choice([None, 1, 0])
        self.x = self.node(self.r.choice(["Softmax", "LogSoftmax"]), self.x, axis=axis)

    def clip(self):
        low, high = self.r.choice([(0.0, 6.0), (-1.0, 1.0), (-0.5, 0.25)])
        if self.opset < 11:
            self.x = self.node(
                "Clip", self.x, min=self.r.choice([None, low]), max=self.r.choice([None, high])
            )
        else:
            limits = self.r.choice(
                [[self.single(low), self.single(high)], [self.single(low)], ["", self.single(high)]]
            )
            self.x = self.node("Clip", self.x, *limits)

    def limit(self):
        self.x = self.node(
            self.r.choice(["Max", "Min"]), self.x, self.single(self.r.choice([0.0, 0.5]))
        )

    def prelu(self):
        self.x = self.node(
            "PRelu", self.x, self.floats(*self.r.choice([(1,), (self.w,), (1, self.w)]))
        )

    def layer_normalization(self):
        scale, bias = self.floats(self.w), self.floats(self.w)
        if self.opset >= 17:
            self.x = self.node(
                "LayerNormalization", self.x, scale, bias, axis=self.r.choice([None, -1, 1])
            )
            return
        mean = self.node("ReduceMean", self.x, axes=[-1])
        centered = self.node("Sub", self.x, mean)
        square = self.node("Mul", centered, centered)
        variance = self.node("Add", self.node("ReduceMean", square, axes=[-1]), self.single(0.001))
        scaled = self.node("Mul", self.node("Div", centered, self.node("Sqrt", variance)), scale)
        self.x = self.node("Add", scaled, bias)

    def spelled_out(self):
        """Layers as several operators."""
        kind = self.r.choice(["rms", "moments", "softmax", "shares", "prelu", "beta", "limits"])
        node, x, scale = self.node, self.x, self.floats(self.w)
        if kind in ("rms", "moments"):
            mean = self.reduced("ReduceMean", x) if kind == "moments" else ""
            root = self.inverse_root(node("Sub", x, mean) if mean else x)
            m = self.r.choice([root, node("Mul", root, scale)])
            self.x = node("Mul", x, m)
            if mean:
                shift = node("Sub", scale, node("Mul", mean, m))
                self.x = node("Add", self.x, shift)
        elif kind == "softmax":
            z = self.r.choice([x, node("Sub", x, self.reduced("ReduceMax", x))])
            e = node("Exp", z)
            self.x = node("Div", e, self.with_axes("ReduceSum", e, [1]))
        elif kind == "shares":
            p = node(self.r.choice(["Sigmoid", "Sigmoid", "Tanh"]), x)
            self.x = node("Div", p, self.with_axes("ReduceSum", p, [1]))
        elif kind == "prelu":
            below = node("Mul", node("Relu", node("Neg", x)), scale)
            self.x = node("Add", node("Relu", x), below)
        elif kind == "beta":
            z = node("Mul", x, self.single(2.0))
            soft = node("Div", node("Softplus", z), self.single(2.0))
            above = node("Greater", z, self.single(20.0))
            self.x = node("Where", above, x, soft) if self.opset > 8 else soft
        else:
            self.x = node(self.r.choice(["Max", "Min"]), x, scale)

    def reduced(self, operator, x):
        return self.with_axes(operator, x, [1], since=18)

    def inverse_root(self, x):
        """Return 1/√(mean of x² + 0.01) in one of its spellings."""
        square = self.r.choice([self.node("Mul", x, x), self.node("Pow", x, self.single(2.0))])
        total = self.node("Add", self.reduced("ReduceMean", square), self.single(0.01))
        kind = self.r.choice(["Reciprocal", "Div", "Pow"])
        if kind == "Pow":
            return self.node("Pow", total, self.single(-0.5))
        root = self.node("Sqrt", total)
        if kind == "Div":
            return self.node("Div", self.single(1.0), root)
        return self.node("Reciprocal", root)

    def unit(self):
        if self.r.random() < 0.5:
            axis = self.r.choice([None, 1, -1])
            self.x = self.node("LpNormalization", self.x, p=self.r.choice([1, 2]), axis=axis)

    def rows_of_a_sample(self):
        """The same layer for each of the features, or of two halves of them."""
        n, m = self.r.choice([1, 2]), self.r.randint(1, 3)
        n = n if self.w % n == 0 else 1
        x = self.node("Reshape", self.x, self.wholes(0, n, self.w // n))
        x = self.node("MatMul", x, self.floats(self.w // n, m))
        x = self.node("Add", x, self.floats(*self.r.choice([(m,), (n, 1), (n, m)])))
        kind = self.r.choice(["Flatten", "ReduceSum", "ReduceMean", "Transpose"])
        if kind == "Flatten":
            self.x, self.w = self.node("Flatten", x), n * m
        elif kind == "Transpose":
            turned = self.node("Transpose", x, perm=[0, 2, 1])
            self.x, self.w = self.node("Flatten", turned), n * m
        else:
            since = 13 if kind == "ReduceSum" else 18
            self.x, self.w = self.with_axes(kind, x, [1], since=since, keepdims=0), m

    def shape(self):
        kind = self.r.choice(["flatten", "reshape", "positions", "axes", "dropout", "expand"])
        if kind == "flatten":
            self.x = self.node("Flatten", self.x)
        elif kind == "reshape":
            self.x = self.node(
                "Reshape", self.x, self.wholes(*self.r.choice([(-1, self.w), (0, -1), (0, self.w)]))
            )
        elif kind == "positions":
            y = self.node("Reshape", self.x, self.wholes(0, 1, self.w))
            self.x = self.node("Flatten", self.node("Tanh", y))
        elif kind == "axes":
            axis = self.r.choice([0, 1, 2, -1] if self.opset > 10 else [0, 1, 2])
            y = self.node("Sigmoid", self.with_axes("Unsqueeze", self.x, [axis]))
            self.x = self.with_axes("Squeeze", y, [axis])
        elif kind == "dropout":
            self.x = self.node("Identity", self.node("Dropout", self.x))
        elif self.opset > 7:
            self.x = self.node("Expand", self.x, self.node("Shape", self.x))

    def chosen(self):
        """Some of the features."""
        a = self.r.randint(0, self.w - 1)
        kind = self.r.choice(["Gather", "Slice", "Split"])
        if kind == "Gather":
            places = [self.r.randrange(self.w) for _ in range(self.r.randint(1, self.w))]
            self.x, self.w = self.node("Gather", self.x, self.wholes(*places), axis=1), len(places)
        elif kind == "Slice":
            if self.opset < 10:
                self.x = self.node("Slice", self.x, starts=[a], ends=[1 << 40], axes=[1])
            else:
                limits = [self.wholes(k) for k in (a, 1 << 40, 1)]
                self.x = self.node("Slice", self.x, *limits)
            self.w -= a
        elif a:
            parts, k = [a, self.w - a], self.r.randint(0, 1)
            if self.opset < 13:
                self.x = self.node("Split", self.x, outputs=2, axis=1, split=parts)[k]
            else:
                self.x = self.node("Split", self.x, self.wholes(*parts), outputs=2, axis=1)[k]
            self.w = parts[k]

    def branches(self):
        """Two ways from one value, affine or not."""
        product = self.node("MatMul", self.x, self.floats(self.w, self.w))
        kind = self.r.choice(["Add", "Sub", "Concat", "Mul", "Relu", "mean", "SiLU"])
        if kind in ("Add", "Sub", "Mul"):
            self.x = self.node(kind, product, self.x)
        elif kind == "Concat":
            self.x, self.w = self.node("Concat", product, self.x, axis=1), 2 * self.w
        elif kind == "Relu":
            self.x = self.node("Add", self.node("Relu", product), self.x)
        elif kind == "SiLU":
            self.x = self.node("Mul", self.x, self.node("Sigmoid", self.x))
        else:
            self.x = self.node("Sub", self.x, self.with_axes("ReduceMean", self.x, [1], since=18))

    STEPS = [
        gemm, matmul, columns, activation, activation, affine, affine, negative, batch_normalization, softmax, clip,
        limit, prelu, layer_normalization, shape, chosen, branches, spelled_out, unit, rows_of_a_sample,
    ]  # fmt: skip


def graph(seed):
    """Return the bytes of a model, those of the same model with sorted nodes, and its input."""
    make = Maker(seed)
    width = make.w
    dims = make.r.choice(
        [["n", width], ["n", width], [SAMPLES, width], [1, width], ["n", "m"], None]
    )
    for _ in range(make.r.randint(1, 6)):
        if make.w < 12:
            make.r.choice(make.STEPS)(make)
    inputs = [helper.make_tensor_value_info("X", onnx.TensorProto.FLOAT, dims)]
    outputs = [helper.make_tensor_value_info(make.x, onnx.TensorProto.FLOAT, None)]
    contents = []
    for nodes in (make.r.sample(make.nodes, len(make.nodes)), make.nodes):
        made = helper.make_graph(nodes, "g", inputs, outputs, make.tensors)
        opsets = [helper.make_opsetid("", make.opset)]
        contents.append(
            helper.make_model(made, opset_imports=opsets, ir_version=7).SerializeToString()
        )
    samples = 1 if dims and dims[0] == 1 else SAMPLES
    return contents[0], contents[1], make.numbers.normal(size=(samples, width)).astype("float32")
