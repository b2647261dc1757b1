"""Keras 2: functions of tensorflow that a functional model calls on its tensors."""

import pytest

import scratchnet as sn

numpy = pytest.importorskip("numpy")
keras = pytest.importorskip("tf_keras")
tf = pytest.importorskip("tensorflow")

ROWS = numpy.random.RandomState(0).standard_normal((5, 6)).astype("float32")


def model_of(function):
    entry = keras.Input((6,))
    hidden = function(keras.layers.Dense(8)(entry))
    return keras.Model(entry, keras.layers.Dense(3)(hidden))


FUNCTIONS = [
    (tf.nn.relu, sn.ReLU()),
    (lambda h: tf.nn.relu(features=h), sn.ReLU()),
    (tf.nn.relu6, sn.deep.Clip(0, 6)),
    (tf.tanh, sn.Tanh()),
    (tf.sigmoid, sn.Sigmoid()),
    (tf.nn.elu, sn.ELU()),
    (tf.nn.selu, sn.SELU()),
    (tf.nn.silu, sn.SiLU()),
    (tf.nn.softplus, sn.Softplus()),
    (tf.nn.softmax, sn.Softmax()),
    (tf.nn.log_softmax, sn.deep.LogSoftmax()),
    (tf.nn.gelu, sn.GELU()),
    (lambda h: tf.nn.gelu(h, approximate=True), sn.GELU("tanh")),
    (tf.nn.leaky_relu, sn.LeakyReLU(0.2)),
    (lambda h: tf.nn.leaky_relu(h, 0.1), sn.LeakyReLU(0.1)),
    (lambda h: keras.activations.relu(h, alpha=0.1), sn.LeakyReLU(0.1)),
    (lambda h: tf.clip_by_value(h, 0, 6), sn.deep.Clip(0, 6)),
    (lambda h: tf.maximum(h, 0.0), sn.ReLU()),
    (tf.exp, sn.deep.Exp()),
    (keras.layers.ThresholdedReLU(theta=0.5), sn.deep.ThresholdedReLU(0.5)),
]


def off_by(model):
    net = sn.from_keras(model)
    expected = model.predict(ROWS, verbose=0)
    return net, numpy.abs(numpy.array(net.predict(ROWS.tolist())) - expected).max()


@pytest.mark.parametrize("function, layer", FUNCTIONS, ids=lambda value: repr(value)[:20])
def test_a_function_of_tensorflow(function, layer):
    net, difference = off_by(model_of(function))
    kind, options = type(net.layers[1]), net.layers[1].config()
    assert kind is type(layer)
    assert all(
        abs(options[name] - v) < 1e-6
        for name, v in layer.config().items()
        if name != "approximate" and v is not None
    )
    assert difference < 1e-5


@pytest.mark.parametrize(
    "function", [lambda h: h + 1, lambda h: 1 - h, lambda h: h * 2.0, lambda h: h / 255.0, lambda h: -h]
)  # fmt: skip
def test_arithmetic(function):
    assert off_by(model_of(function))[1] < 1e-5


@pytest.mark.parametrize("function", [lambda h: tf.nn.dropout(h, 0.5), tf.sin, lambda h: h + h])
def test_what_has_no_equivalent_is_refused(function):
    with pytest.raises(ValueError, match="is a function that is not supported|takes 2 tensors"):
        sn.from_keras(model_of(function))
