"""Keras: models come in and networks go out, and both predict the same.

Keras computes with JAX here, in 64 bits: to 1e-12. Its tanh and its batch normalization have 32 bits whatever they are
told: to 1e-6 there.
"""

import os

import pytest
from hypothesis import given
from interchange import ACTIVATIONS, agree, dense, networks, normalization, rows_of

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import scratchnet as sn  # noqa: E402

numpy = pytest.importorskip("numpy")
keras = pytest.importorskip("keras")
layers = keras.layers

ROWS = rows_of(sn.Generator(3), 6, 4, spread=3)


@pytest.fixture(autouse=True)
def floats_of_64_bits():
    before = keras.config.dtype_policy()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy(before)


def built(*parts):
    """Return a Sequential of 4 inputs with reproducible random numbers."""
    model = keras.Sequential([keras.Input((4,))] + [part() for part in parts])
    draw = numpy.random.RandomState(1)
    model.set_weights([draw.uniform(0.5, 2, array.shape) for array in model.get_weights()])
    return model


def predicted(model, rows):
    return numpy.asarray(model(numpy.array(rows))).tolist()


# ---- in ----------------------------------------------------------------------------------------------------------

FUNCTIONS = [
    ("linear", sn.Identity()),
    ("relu", sn.ReLU()),
    ("leaky_relu", sn.LeakyReLU(0.2)),
    ("elu", sn.ELU(1.0)),
    ("selu", sn.SELU()),
    ("gelu", sn.GELU()),
    ("silu", sn.SiLU()),
    ("swish", sn.SiLU()),
    ("softplus", sn.Softplus()),
    ("sigmoid", sn.Sigmoid()),
    ("tanh", sn.Tanh()),
    ("softmax", sn.Softmax()),
]


@pytest.mark.parametrize("in_dense", [True, False])
@pytest.mark.parametrize("name, ours", FUNCTIONS, ids=str)
def test_a_function_in(name, ours, in_dense):
    if in_dense:
        model = built(lambda: layers.Dense(3, activation=name))
    else:
        model = built(lambda: layers.Dense(3), lambda: layers.Activation(name))
    net = sn.from_keras(model)
    if not (in_dense and name == "linear"):
        assert repr(net.layers[1]) == repr(ours)
    agree(net.predict(ROWS), predicted(model, ROWS), 1e-6 if name == "tanh" else 1e-12)


LAYERS = [
    (lambda: layers.ReLU(), sn.ReLU()),
    (lambda: layers.ReLU(negative_slope=0.3), sn.LeakyReLU(0.3)),
    (lambda: layers.LeakyReLU(negative_slope=0.3), sn.LeakyReLU(0.3)),
    (lambda: layers.ELU(alpha=0.7), sn.ELU(0.7)),
    (lambda: layers.Softmax(), sn.Softmax()),
    (lambda: layers.Softmax(axis=1), sn.Softmax()),
    (lambda: layers.Identity(), sn.Identity()),
    (lambda: layers.Dropout(0.25), sn.Dropout(0.25)),
]


@pytest.mark.parametrize(
    "where, make, ours", [(where,) + case for where in ("activation", "in Dense") for case in LAYERS[:-2]]
    + [("layer",) + case for case in LAYERS]
)  # fmt: skip
def test_a_layer_in(where, make, ours):
    parts = {
        "layer": [lambda: layers.Dense(3), make],
        "activation": [lambda: layers.Dense(3), lambda: layers.Activation(make())],
        "in Dense": [lambda: layers.Dense(3, activation=make())],
    }
    model = built(*parts[where])
    net = sn.from_keras(model)
    assert repr(net.layers[1]) == repr(ours)
    agree(net.predict(ROWS), predicted(model, ROWS))


def learnt():
    layer = layers.Normalization(invert=True)
    layer.adapt(numpy.array(ROWS))
    return layer


FURTHER = [
    (lambda: layers.Activation("relu6"), ["Clip"]),
    (lambda: layers.ReLU(6), ["Clip"]),
    (lambda: layers.ReLU(max_value=3), ["Clip"]),
    (lambda: layers.Activation("hard_tanh"), ["Clip"]),
    (lambda: layers.Activation("hard_sigmoid"), ["HardSigmoid"]),
    (lambda: layers.Activation("hard_swish"), ["HardSwish"]),
    (lambda: layers.Activation("softsign"), ["Softsign"]),
    (lambda: layers.Activation("exponential"), ["Exp"]),
    (lambda: layers.Activation("celu"), ["CELU"]),
    (lambda: layers.Activation("mish"), ["Mish"]),
    (lambda: layers.Activation("log_softmax"), ["LogSoftmax"]),
    (lambda: layers.Activation("log_sigmoid"), ["Normalization", "Softplus", "Normalization"]),
    (lambda: layers.PReLU(), ["PReLU"]),
    (lambda: layers.PReLU(shared_axes=[1]), ["PReLU"]),
    (lambda: layers.LayerNormalization(epsilon=0.1), ["LayerNormalization"]),
    (lambda: layers.LayerNormalization(center=False), ["LayerNormalization"]),
    (lambda: layers.LayerNormalization(center=False, scale=False), ["LayerNormalization"]),
    (lambda: layers.RMSNormalization(epsilon=0.1), ["RMSNormalization"]),
    (lambda: layers.Rescaling(1 / 255), ["Normalization"]),
    (lambda: layers.Rescaling(2.0, offset=-1.0), ["Normalization"]),
    (lambda: layers.Rescaling([1.0, 2.0, 3.0, -4.0], offset=0.5), ["Normalization"]),
    (lambda: layers.Normalization(mean=1.0, variance=4.0), ["Normalization"]),
    (lambda: layers.Normalization(axis=None, mean=1.0, variance=4.0), ["Normalization"]),
    (learnt, ["Normalization"]),
    (lambda: layers.Reshape((4,)), []),
    (lambda: keras.Sequential([layers.Reshape((2, 2)), layers.ReLU(), layers.Flatten()]), ["ReLU"]),
    (lambda: layers.GaussianNoise(0.1), []),
    (lambda: layers.GaussianDropout(0.1), []),
    (lambda: layers.AlphaDropout(0.1), []),
    (lambda: layers.ActivityRegularization(0.1), []),
]

NORMALIZED = ("LayerNormalization", "RMSNormalization")


@pytest.mark.parametrize("make, kinds", FURTHER)
def test_further_layers_in_and_out(make, kinds):
    model = built(make, lambda: layers.Dense(3))
    net = sn.from_keras(model)
    assert [type(layer).__name__ for layer in net.layers] == kinds + ["Dense"]
    # Keras's normalization of rows has 32 bits, like that of batches.
    tolerance = 1e-6 if kinds and kinds[0] in NORMALIZED else 1e-12
    agree(net.predict(ROWS), predicted(model, ROWS), tolerance)
    if all(spread > 1e-7 for p in net.parameters() if p.role == "spread" for spread in p.value):
        again = sn.to_keras(net)
        agree(net.predict(ROWS), predicted(again, ROWS), tolerance)
        back = sn.from_keras(again)
        agree(back.predict(ROWS), net.predict(ROWS))


def test_functions_of_other_libraries():
    jax = pytest.importorskip("jax")
    numbers = jax.numpy
    for function in (jax.nn.relu, jax.nn.gelu, jax.nn.leaky_relu, jax.nn.silu, jax.nn.softmax, numbers.tanh,
                     jax.nn.relu6, jax.nn.softplus, jax.nn.elu, jax.nn.log_softmax, jax.nn.hard_sigmoid):  # fmt: skip
        model = built(lambda f=function: layers.Dense(3, activation=f))
        agree(sn.from_keras(model).predict(ROWS), predicted(model, ROWS))
    for name, ours in (("relu", "ReLU"), ("softmax_v2", "Softmax")):
        function = ours_of_another("relu", "tensorflow.python.ops")
        function.__name__ = name
        net = sn.from_keras(built(lambda f=function: layers.Dense(3, activation=f)))
        assert type(net.layers[1]).__name__ == ours


@pytest.mark.parametrize(
    "home, slope",
    [
        ("keras.activations", 0.2),
        ("keras.src.activations", 0.2),
        ("keras.src.backend", 0.2),
        ("tensorflow.python.keras.activations", 0.2),
        ("tf_keras.src.activations", 0.2),
        ("keras.src.activations.activations", 1 / 6),
        ("keras.src.ops.nn", 1 / 6),
        ("jax._src.nn.functions", 1 / 6),
    ],
)
def test_the_hard_sigmoid_of_each_version(home, slope):
    function = ours_of_another("hard_sigmoid", home)
    net = sn.from_keras(built(lambda: layers.Dense(3, activation=function)))
    assert net.layers[1].config() == {"alpha": slope, "beta": 0.5}


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_the_file_formats_of_both_versions(tmp_path, ending):
    model = functional(layers.Dense(5, "relu"), layers.LeakyReLU(0.1), layers.Dense(2, "softmax"))
    path = str(tmp_path / ("model." + ending))
    model.save(path)
    net = sn.from_keras(keras.saving.load_model(path, compile=False))
    agree(net.predict(ROWS), predicted(model, ROWS))


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_batch_normalization_in(center, scale):
    model = built(
        lambda: layers.BatchNormalization(center=center, scale=scale, epsilon=0.25),
        lambda: layers.Dense(2),
    )
    net = sn.from_keras(model)
    agree(net.predict(ROWS), predicted(model, ROWS), 1e-6)
    *weights, mean, variance, kernel, bias = model.get_weights()
    Z = (numpy.array(ROWS) - mean) / numpy.sqrt(variance + 0.25)
    Z = Z * weights.pop(0) if scale else Z
    Z = Z + weights.pop(0) if center else Z
    agree(net.predict(ROWS), Z @ kernel + bias)


def test_normalization_in():
    learnt = layers.Normalization()
    learnt.adapt(numpy.array(ROWS))
    given = layers.Normalization(
        mean=[1.0, 2.0, 3.0, 4.0], variance=[0.5, 1.0, 0.0, 3.0]
    )  # the third never changes
    for layer in (learnt, given):
        model = keras.Sequential([keras.Input((4,)), layer])
        agree(sn.from_keras(model).predict(ROWS), predicted(model, ROWS))


def test_nested_and_flattened():
    model = keras.Sequential(
        [
            keras.Input((2, 2)),
            layers.Flatten(),
            keras.Sequential(
                [layers.Dense(5, activation="elu", use_bias=False), layers.Dropout(0.5)]
            ),
            layers.Dense(3, activation="softmax"),
        ]
    )
    net = sn.from_keras(model)
    assert [type(layer).__name__ for layer in net.layers] == [
        "Dense",
        "ELU",
        "Dropout",
        "Dense",
        "Softmax",
    ]
    agree(net.predict(ROWS), predicted(model, numpy.array(ROWS).reshape(-1, 2, 2)))


def functional(*steps):
    """Return a functional model; each step is a function of the tensor before it."""
    entry = tensor = keras.Input((4,))
    for step in steps:
        tensor = step(tensor)
    model = keras.Model(entry, tensor)
    draw = numpy.random.RandomState(1)
    model.set_weights([draw.uniform(0.5, 2, array.shape) for array in model.get_weights()])
    return model


def test_a_functional_chain_in():
    inner = functional(layers.Dense(4, activation="elu"), layers.Activation("softplus"))
    relu = layers.ReLU()  # without weights it may stand in two places
    model = functional(layers.Dense(4), relu, inner, layers.Dense(4), relu, layers.Dense(2, "gelu"))
    kinds = "Dense ReLU Dense ELU Softplus Dense ReLU Dense GELU".split()
    for case in (model, keras.Sequential([keras.Input((4,)), model])):
        net = sn.from_keras(case)
        assert [type(layer).__name__ for layer in net.layers] == kinds
        agree(net.predict(ROWS), predicted(model, ROWS))


def called(function, outputs=3):
    """Return a functional model that calls a function between two Dense layers of 4 units."""
    return functional(layers.Dense(4), function, layers.Dense(outputs))


def operations():
    ops = keras.ops
    return [
        (ops.relu, sn.ReLU()),
        (ops.leaky_relu, sn.LeakyReLU(0.2)),
        (lambda h: ops.leaky_relu(h, 0.1), sn.LeakyReLU(0.1)),
        (ops.gelu, sn.GELU("tanh")),
        (keras.activations.gelu, sn.GELU()),
        (lambda h: ops.elu(h, alpha=0.5), sn.ELU(0.5)),
        (ops.celu, sn.deep.CELU()),
        (ops.silu, sn.SiLU()),
        (ops.hard_swish, sn.deep.HardSwish()),
        (ops.softmax, sn.Softmax()),
        (ops.log_softmax, sn.deep.LogSoftmax()),
        (ops.exp, sn.deep.Exp()),
        (lambda h: ops.clip(h, -1, 2), sn.deep.Clip(-1, 2)),
        (lambda h: ops.maximum(h, 0.0), sn.ReLU()),
        (lambda h: ops.minimum(0.5, h), sn.deep.Clip(None, 0.5)),
    ]


@pytest.mark.parametrize("function, layer", operations(), ids=lambda value: repr(value)[:20])
def test_a_function_called_in_a_functional_model(function, layer):
    model = called(function)
    net = sn.from_keras(model)
    assert type(net.layers[1]) is type(layer) and net.layers[1].config() == layer.config()
    agree(net.predict(ROWS), predicted(model, ROWS))


@pytest.mark.parametrize(
    "function",
    [
        lambda h: h + 1,
        lambda h: 1 - h,
        lambda h: h - 0.5,
        lambda h: h * 2.5,
        lambda h: h / 255,
        lambda h: -h,
        lambda h: h + numpy.arange(4.0),
        lambda h: h * numpy.arange(1.0, 5),
        lambda h: keras.ops.reshape(h, (-1, 4)),
        lambda h: keras.ops.cast(h, "float64"),
        keras.ops.log_sigmoid,
    ],
)
def test_arithmetic_in_a_functional_model(function):
    model = called(function)
    agree(sn.from_keras(model).predict(ROWS), predicted(model, ROWS))


@pytest.mark.parametrize(
    "function, sentence",
    [
        (keras.ops.sin, r"\(Sin\) is a function that is not supported; supported are activations"),
        (lambda h: h + h, r"\(Add\) takes 2 tensors"),
        (lambda h: 1 / h, r"\(TrueDivide\) is not supported: a constant divided by x"),
        (lambda h: keras.ops.softmax(h, axis=0), "cannot be converted exactly: give axis=-1"),
        (lambda h: keras.ops.reshape(h, (4, -1)), r"a sample is a row here; give \(-1, 4\)"),
        (lambda h: keras.ops.cast(h, "float16"), "rounds, which no layer here does"),
        (lambda h: keras.ops.clip(h, numpy.zeros(4), 1), "has several limits, one per feature"),
        (lambda h: h + numpy.ones((4, 4)), "computes with something other than a number"),
    ],
)
def test_a_function_without_an_equivalent(function, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_keras(functional(layers.Dense(4), function))


def test_a_reshape_that_mixes_the_samples_at_the_end():
    model = functional(layers.Dense(4), lambda h: keras.ops.reshape(h, (-1, 2)))
    with pytest.raises(ValueError, match=r"a sample is a row here; give \(-1, 4\)"):
        sn.from_keras(model)


def test_layers_in_another_order_than_they_are_computed():
    """``model.layers`` sorts by depth; a part of a model can begin in the middle of another."""
    entry = keras.Input((4,))
    first, second, third = [layers.Dense(4, activation="tanh") for _ in range(3)]
    whole = third(first(second(entry)))
    agree(
        sn.from_keras(keras.Model(entry, whole)).predict(ROWS),
        predicted(keras.Model(entry, whole), ROWS),
        1e-6,
    )
    middle = second(entry)
    end = keras.Model(middle, third(first(middle)))
    agree(sn.from_keras(end).predict(ROWS), predicted(end, ROWS), 1e-6)


def residual(tensor):
    return layers.Add()([tensor, layers.Dense(4)(tensor)])


ENTRY = keras.Input((4,))
SHARED = layers.Dense(4, name="shared")


@pytest.mark.parametrize(
    "make, sentence",
    [
        (
            lambda: functional(SHARED, SHARED),
            r"the layer 'shared' \(Dense\) is used twice; a network",
        ),
        (
            lambda: functional(residual),
            r"the layer 'add.*' \(Add\) takes 2 tensors; a network is a",
        ),
        (
            lambda: keras.Sequential([keras.Input((4,)), functional(residual, layers.Dense(1))]),
            r"\(Add\) takes 2 tensors",
        ),
        (
            lambda: keras.Model([ENTRY, keras.Input((4,))], layers.Dense(1)(ENTRY)),
            r"has 2 inputs and 1 outputs; a network has one of each",
        ),
        (
            lambda: keras.Model(ENTRY, [layers.Dense(1)(ENTRY), layers.Dense(1)(ENTRY)]),
            r"has 1 inputs and 2 outputs; a network has one of each",
        ),
        (
            lambda: keras.Sequential([keras.Input((2, 2)), layers.Dense(3)]),
            r"layer 0 of the model \(Dense\) is applied to 2 dimensions of a sample, which is flat",
        ),
    ],
)
def test_a_model_that_is_no_chain(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_keras(make())


def test_a_layer_for_two_places_is_refused():
    """In scratchnet, the places would be trained separately; in Keras, the second would overwrite the first."""
    inner = built(lambda: layers.Dense(4))
    (shared,) = inner.layers
    for parts in ([shared, layers.Activation("tanh"), shared], [inner, inner], [inner, shared]):
        model = keras.Sequential([keras.Input((4,)), *parts])
        for convert in (sn.from_keras, lambda model: sn.to_keras(NET, model)):
            with pytest.raises(
                ValueError, match=r"the layer '.*' \(\w+\) is used twice; a network"
            ):
                convert(model)
    tanh = layers.Activation("tanh")  # It has no weights.
    assert len(sn.from_keras(keras.Sequential([keras.Input((4,)), tanh, tanh])).layers) == 2


def test_a_float32_number_comes_in_exactly():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, dtype="float32")])
    kernel, _ = model.get_weights()
    assert kernel.dtype == numpy.float32
    assert numpy.array_equal(sn.from_keras(model).layers[0].weights.value, kernel)


def test_weights_that_are_not_trainable_are_frozen():
    options = {"use_bias": False}, {"trainable": False}, {}
    model = built(*[lambda given=given: layers.Dense(3, **given) for given in options])
    net = sn.from_keras(model)
    assert [p.name for p in net.parameters() if p.frozen] == ["1.weights", "1.bias"]
    assert [layer.use_bias for layer in sn.to_keras(net).layers] == [False, True, True]
    fixed = sn.from_keras(built(lambda: layers.BatchNormalization(trainable=False)))
    assert all(p.frozen for p in fixed.parameters()) and len(fixed.layers) == 2
    assert [layer.trainable for layer in sn.to_keras(net).layers] == [True, False, True]


def ours_of_another(name, home):
    """Return Keras's function as if it were that of another library."""
    function = keras.activations.get(name)
    other = lambda x: function(x)  # noqa: E731
    other.__name__, other.__module__ = name, home
    return other


class Doubled(layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


class Called(layers.Dense):
    def __call__(self, inputs):
        return super().__call__(2 * inputs)


def replaced():
    layer = layers.Dense(3)
    layer.call = lambda inputs: 2 * inputs
    return layer


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: [Called(3)], r"layer 0 of the model \(Called\) is not supported"),
        (lambda: [replaced()], r"layer 0 of the model \(Dense\) is not supported"),
        (
            lambda: [layers.ReLU(max_value=0.0, negative_slope=0.1)],
            r"\(ReLU\) cannot be converted exactly: give no threshold, and only one of",
        ),
        (
            lambda: [layers.Dense(2, activation="tanh_shrink")],
            r"layer 0 of the model \(Dense\) has the activation 'tanh_shrink', which",
        ),
        (
            lambda: [layers.Dense(2), layers.Activation(lambda x: x)],
            r"layer 1 of the model \(Activation\) has the act",
        ),
        (
            lambda: [layers.Dense(2, activation=layers.UnitNormalization())],
            r"^layer 0 of the model \(Dense\) is not supported",
        ),
        (
            lambda: [keras.Sequential([layers.Rescaling(2)])],
            r"layer 0.0 of the model \(Rescaling\) cannot be converted: the number of features is",
        ),
        (
            lambda: [layers.UnitNormalization()],
            r"layer 0 of the model \(UnitNormalization\) is not supported",
        ),
        (lambda: [Doubled(3)], r"layer 0 of the model \(Doubled\) is not supported"),
        (
            lambda: [layers.ReLU(max_value=6, negative_slope=0.1)],
            r"\(ReLU\) cannot be converted exactly: give no threshold, and only one of",
        ),
        (lambda: [layers.ReLU(threshold=1)], r"\(ReLU\) cannot be converted exactly"),
        (
            lambda: [layers.Softmax(axis=0)],
            r"\(Softmax\) cannot be converted exactly: give axis=-1",
        ),
        (
            lambda: [layers.Rescaling(0.0), layers.Dense(1)],
            r"\(Rescaling\) multiplies by 0; give an",
        ),
        (
            lambda: [layers.Reshape((2, 2)), layers.Softmax()],
            r"\(Softmax\) is applied to 2 dimensions",
        ),
        (
            lambda: [layers.Reshape((2, 2)), layers.Activation("softmax")],
            r"layer 1 of the model \(Activation\) is applied to 2 dimensions of a sample",
        ),
        (
            lambda: [layers.Reshape((2, 2, 1)), layers.Flatten("channels_first")],
            r"\(Flatten\) cannot be converted exactly: give data_format=",
        ),
        (
            lambda: [layers.Dense(2, activation=ours_of_another("relu", "mine.functions"))],
            r"has the function relu of 'mine' as its activation; give it by its name in Keras, \"relu\"$",
        ),
        (lambda: [], "a network has at least one layer"),
    ],
)
def test_a_model_that_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_keras(keras.Sequential([keras.Input((4,))] + make()))


def test_a_model_that_is_not_built():
    with pytest.raises(
        ValueError,
        match=r"layer 0 of the model \(Dense\) has no weights yet; give the model a keras.",
    ):
        sn.from_keras(keras.Sequential([layers.Dense(2)]))


def test_lora_is_refused():
    model = built(lambda: layers.Dense(3))
    model.layers[0].enable_lora(2)
    with pytest.raises(
        ValueError, match="has 4 arrays of weights instead of 2; quantization and LoRA"
    ):
        sn.from_keras(model)


# ---- out ---------------------------------------------------------------------------------------------------------

EXACT = [kind for kind in ACTIVATIONS if kind is not sn.Tanh]


@given(networks(EXACT, [[], [sn.Sigmoid], [sn.Softmax]]))
def test_out_and_back(case):
    net, rows = case
    model = sn.to_keras(net)
    agree(net.predict(rows), predicted(model, rows))
    assert len(model.layers) == len(net.layers)
    back = sn.from_keras(model)
    kinds = [type(layer).__name__ for layer in net.layers]
    assert [type(layer).__name__ for layer in back.layers] == kinds
    assert [p.value for p in back.parameters()] == [p.value for p in net.parameters()]
    assert back.predict(rows) == net.predict(rows)


def test_tanh_out():
    net = sn.Sequential([dense(sn.Generator(1), 4, 3), sn.Tanh()])
    agree(net.predict(ROWS), predicted(sn.to_keras(net), ROWS), 1e-6)
    assert sn.from_keras(sn.to_keras(net)).predict(ROWS) == net.predict(ROWS)


def test_a_saved_model(tmp_path):
    first = [normalization(ROWS), dense(sn.Generator(1), 4, 3), sn.LeakyReLU(0.3)]
    net = sn.Sequential(first + [sn.Dense(3, 2), sn.Softmax()])
    sn.to_keras(net).save(str(tmp_path / "model.keras"))
    model = keras.saving.load_model(str(tmp_path / "model.keras"))
    agree(net.predict(ROWS), model.predict(numpy.array(ROWS), verbose=0))
    assert sn.from_keras(model).predict(ROWS) == net.predict(ROWS)


def test_float32_by_default():
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    net = sn.Sequential([normalization(ROWS), dense(sn.Generator(1), 4, 3)])
    model = sn.to_keras(net)
    assert {str(array.dtype) for array in model.get_weights()} == {"float32", "int32"}
    kernel = numpy.array(net.layers[1].weights.value, dtype="float32")
    assert numpy.array_equal(model.layers[1].get_weights()[0], kernel)
    agree(net.predict(ROWS), predicted(model, ROWS), 1e-5)


def test_into_a_given_model():
    model = keras.Sequential(
        [
            keras.Input((2, 2)),
            layers.Flatten(),
            layers.Normalization(),
            layers.Dense(3, activation="gelu", dtype="float32", trainable=False),
            layers.Dropout(0.3),
            keras.Sequential([layers.Dense(2, use_bias=False)]),
            layers.Softmax(),
        ]
    )
    first = [normalization(ROWS), dense(sn.Generator(1), 4, 3), sn.GELU()]
    net = sn.Sequential(first + [sn.Dense(3, 2), sn.Identity(), sn.Softmax()], seed=2)
    assert sn.to_keras(net, model) is model
    assert not model.layers[2].trainable and model.layers[2].kernel.dtype == "float32"
    agree(net.predict(ROWS), predicted(model, numpy.array(ROWS).reshape(-1, 2, 2)), 1e-5)
    kernel = numpy.array(net.layers[1].weights.value, dtype="float32")
    assert numpy.array_equal(model.layers[2].get_weights()[0], kernel)


NET = sn.Sequential(
    [sn.Dense(4, 3, bias=[1, 2, 3]), sn.ReLU(), sn.Dense(3, 2), sn.Softmax()], seed=1
)


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: [layers.Dense(5)], r"layer 0, Dense\(inputs=4, outputs=3\): it does not fit layer 0 of the model \(D"),
        (lambda: [layers.Dense(3, activation="elu")], r"layer 1, ReLU\(\): it does not fit layer 0 of the model \(Den"),
        (lambda: [layers.Dense(3, activation="relu"), layers.Dense(2)], r"layer 3, Softmax\(\): the given model en"),
        (lambda: [layers.Dense(3, activation="relu"), layers.Dense(2, activation="softmax"), layers.ReLU()],
         r"the network ends before layer 2 of the model \(ReLU\)"),
        (lambda: [layers.Dense(3, activation="relu", use_bias=False), layers.Dense(2, activation="softmax")],
         r"layer 0, .*: layer 0 of the model \(Dense\) has no bias; give a Dense with one"),
    ],
)  # fmt: skip
def test_a_model_that_does_not_fit(make, sentence):
    model = keras.Sequential([keras.Input((4,))] + make())
    before = model.get_weights()
    with pytest.raises(ValueError, match=sentence):
        sn.to_keras(NET, model)
    assert all(numpy.array_equal(old, new) for old, new in zip(before, model.get_weights()))


@pytest.mark.parametrize(
    "layer, spread, sentence",
    [
        (
            lambda: layers.Normalization(mean=[1.0], variance=[1.0]),
            1,
            "cannot take the numbers; give keras.layers.Norm",
        ),
        (
            lambda: layers.BatchNormalization(center=False, scale=False),
            1,
            "cannot take the numbers; give keras.layers.",
        ),
        (
            lambda: layers.Normalization(),
            1e-9,
            "layer 0, Normalization.*: a spread in Keras is at least 1e-07",
        ),
        (
            lambda: layers.Normalization(dtype="float32"),
            1e30,
            "layer 0, Normalization.*: it has a number too large fo",
        ),
    ],
)
def test_a_normalization_that_does_not_fit(layer, spread, sentence):
    net = sn.Sequential([normalization([[-spread], [spread]])])
    with pytest.raises(ValueError, match=sentence):
        sn.to_keras(net, keras.Sequential([keras.Input((1,)), layer()]))


@pytest.mark.parametrize(
    "layer", [sn.Threshold(), sn.GELU("tanh"), sn.deep.CELU(2), sn.deep.Clip(-1, 3)]
)
def test_layers_that_keras_lacks(layer):
    with pytest.raises(
        ValueError, match=r"layer 1, .*\(.*\): Keras has no such layer; it has Dense, Dropout, "
    ):
        sn.to_keras(sn.Sequential([sn.Dense(1, 1), layer]))
