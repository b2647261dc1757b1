"""formats/models.py: networks saved and loaded. What the codecs themselves refuse is in test_formats_*.py."""

import os
import subprocess
import sys
from fractions import Fraction

import pytest

import scratchnet as sn
from scratchnet import matrix
from scratchnet.core.layers import LAYERS
from scratchnet.formats import files, json, safetensors

X = [[1.0, -2.0], [0.5, 3.0], [-1.0, 1.0]]
CODECS = {".json": json, ".safetensors": safetensors}


@pytest.fixture(params=sorted(CODECS))
def path(request, tmp_path):
    return str(tmp_path / ("model" + request.param))


def there_and_back(net, path, **options):
    sn.save(net, path)
    return sn.load(path, **options)


def state(net):
    """Return everything that is saved; repr distinguishes all floats."""
    parameters = [(p.name, p.shape, p.value, p.frozen) for p in net.parameters()]
    configs = [(type(layer).__name__, sorted(layer.config().items())) for layer in net.layers]
    return repr((parameters, configs, net.metadata, net.inputs, net.outputs, net.number))


# ---- there and back ----------------------------------------------------------------------------------------------


ROUND = [
    [sn.Dense(2, 3)],
    [sn.Dense(2, 3, l1=0.1, l2=1 / 3), sn.Dense(3, 1, l1=2)],
    [sn.Normalization(), sn.Dense(2, 1)],
    [sn.Dense(2, 4), sn.Dropout(0.3)],
    [sn.Dropout(0)],
    [sn.LeakyReLU(0.1), sn.LeakyReLU(1), sn.LeakyReLU(5e-324), sn.LeakyReLU(-1e300)],
    [sn.ELU(1 / 3), sn.ELU(2)],
    [sn.GELU(), sn.GELU("tanh")],
    [sn.Dense(2, 3), sn.Sigmoid(), sn.Threshold(0.5)],
    [sn.Threshold(1e16 / 3), sn.Threshold(1.7976931348623157e308)],
]
ROUND += [[sn.Dense(2, 3), LAYERS[name]()] for name in sorted(LAYERS) if name != "Dense"]


@pytest.mark.parametrize("layers", ROUND, ids=repr)
def test_every_layer_is_loaded_as_it_was_saved(layers, path):
    net = sn.Sequential(layers, seed=5).copy()
    loaded = there_and_back(net, path)
    assert state(loaded) == state(net)
    if not any(isinstance(layer, sn.Normalization) for layer in layers):
        assert loaded.predict(X) == net.predict(X)


def test_a_trained_network_with_everything(path):
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 4, l2=0.01), sn.ELU(0.7), sn.Dense(4, 3), sn.Softmax()]
    )
    net.freeze("3.bias")
    net.parameters()[0].frozen = False  # Normalization's are frozen unless one says otherwise
    net.metadata = {
        "labels": ["no", "ça dépend", "否"],
        "recipe": {"seed": 7, "rate": 0.1, "notes": None, "ok": True},
    }
    net.fit(X, [0, 1, 2], "categorical_cross_entropy", epochs=3)
    loaded = there_and_back(net, path)
    assert state(loaded) == state(net)
    assert loaded.predict(X) == net.predict(X)
    for twin in (net, loaded):  # and it goes on as the other would
        twin.fit(X, [0, 1, 2], "categorical_cross_entropy", epochs=3, batch_size=2)
    assert state(loaded) == state(net)


def test_a_normalization_that_was_not_adapted(path):
    net = sn.Sequential([sn.Normalization(), sn.Dense(2, 1)])
    loaded = there_and_back(net, path)
    with pytest.raises(ValueError, match="Normalization has seen no data yet"):
        loaded.predict(X)
    loaded.adapt(X)
    net.adapt(X)
    assert loaded.predict(X) == net.predict(X)


def test_loaded_numbers_are_floats(path):
    loaded = there_and_back(sn.Sequential([sn.Dense(2, 1), sn.LeakyReLU(1), sn.ELU(3)]), path)
    assert [type(v) for v in (loaded.layers[1].slope, loaded.layers[2].alpha)] == [float, float]
    assert {type(v) for p in loaded.parameters() for row in p.rows for v in row} == {float}


@pytest.mark.parametrize("value", [-0.0, 5e-324, 1.7976931348623157e308, 0.1, -1 / 3])
def test_every_bit_of_a_parameter_comes_back(value, path):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[value]], bias=[value])])
    assert state(there_and_back(net, path)) == state(net)


def test_saving_does_not_change_the_network_and_is_repeatable(path):
    net = sn.Sequential([sn.Dense(2, 3), sn.LeakyReLU(0.1)])
    before = state(net)
    sn.save(net, path)
    with open(path, "rb") as file:
        first = file.read()
    sn.save(sn.load(path), path)
    with open(path, "rb") as file:
        assert file.read() == first
    assert state(net) == before


def test_paths_may_be_path_objects(tmp_path):
    net = sn.Sequential([sn.Dense(2, 1)])
    assert state(there_and_back(net, tmp_path / "model.json")) == state(net)


def test_json_edited_by_hand_is_loaded(tmp_path):
    path = tmp_path / "model.json"
    sn.save(sn.Sequential([sn.Dense(1, 1, weights=[[1]], bias=[2])]), path)
    text = path.read_text(encoding="utf-8")
    assert '"0.bias": [2.0]' in text
    text = text[: text.index(',\n  "exact"')].replace('"0.bias": [2.0]', '"0.bias": [3]') + "\n}\n"
    path.write_text(text, encoding="utf-8")
    assert sn.load(path).predict([[1]]) == [[4.0]]


# ---- classes of one's own ----------------------------------------------------------------------------------------


class Scale(sn.Layer):
    arguments = ("inputs", "unit", "power")
    numbers = ("power",)

    def __init__(self, inputs, unit, power=1):
        self.inputs = self.outputs = inputs
        self.unit = unit
        self.power = power
        self.s = sn.Parameter("s", (inputs,), [2] * inputs)

    def parameters(self):
        return [self.s]

    def forward(self, X):
        return [[self.power * s * x for s, x in zip(self.s.value, row)] for row in X]


class Shift(sn.Layer):
    """Its parameter is created with the width of the first input."""

    s = None

    def parameters(self):
        return [] if self.s is None else [self.s]

    def build(self, inputs, generator):
        if self.s is None and inputs is not None:
            self.s = sn.Parameter("s", (inputs,), [generator.random() for _ in range(inputs)])

    def forward(self, X):
        return matrix.add_row(X, self.s.value)


class Tanh(sn.Activation):
    def function(self, z):
        return z


class Typed(sn.Activation):
    arguments = ("type",)

    def __init__(self, type):
        self.type = type


class Optional(sn.Activation):
    """An optional number, like clip_norm."""

    arguments = numbers = ("limit",)

    def __init__(self, limit=None):
        self.limit = limit

    def function(self, z):
        return z if self.limit is None else min(z, self.limit)


def test_user_defined_layers(path):
    net = sn.Sequential([Scale(2, "kg", 0.3), sn.Dense(2, 1), sn.Tanh()])
    net.layers[0].s.value = [0.1, 0.7]
    loaded = there_and_back(net, path, custom=[Scale])
    assert state(loaded) == state(net)
    assert [type(layer) for layer in loaded.layers] == [Scale, sn.Dense, sn.Tanh]
    assert loaded.predict(X) == net.predict(X)


@pytest.mark.parametrize(
    "layer, message",
    [
        (Tanh(), "layer 1: Tanh is the name of a scratchnet layer; rename your class"),
        (Typed(3), "layer 1: Typed has an argument called type, which files reserve"),
    ],
)
def test_a_layer_that_would_change_when_loaded_is_not_saved(path, layer, message):
    with pytest.raises(ValueError, match="^" + message):
        sn.save(sn.Sequential([sn.Dense(2, 1), layer]), path)
    assert not os.path.exists(str(path))


def test_a_user_defined_layer_whose_parameter_is_created_late(path):
    net = sn.Sequential([sn.Dense(2, 3), Shift()], seed=9)
    loaded = there_and_back(net, path, custom=[Shift])
    assert state(loaded) == state(net)
    assert loaded.predict(X) == net.predict(X)


def test_a_late_parameter_must_be_in_the_file(path):
    written(path, {}, described([{"type": "Shift"}]))
    assert sn.load(path, custom=[Shift]).parameters() == []  # no width has arrived
    written(path, TENSORS, described([DENSE, {"type": "Shift"}]))
    with pytest.raises(ValueError, match=": tensor '1.s' is missing"):
        sn.load(path, custom=[Shift])


@pytest.mark.parametrize("limit", [None, 2, 0.5])
def test_a_user_defined_number_may_be_none(limit, path):
    net = sn.Sequential([Optional(limit)])
    assert state(there_and_back(net, path, custom=[Optional])) == state(net)


def test_user_defined_layers_are_refused_without_their_classes(path):
    sn.save(sn.Sequential([sn.Dense(2, 2), Scale(2, "kg")]), path)
    with pytest.raises(
        ValueError,
        match=r"layer 1 has the unknown type 'Scale'; for a user-defined layer give its class",
    ):
        sn.load(path)


@pytest.mark.parametrize("custom", [Scale, [Scale(1, "kg")], ["Scale"], 5])
def test_custom_is_a_list_of_classes(custom, path):
    sn.save(sn.Sequential([sn.Dense(2, 2)]), path)
    with pytest.raises((TypeError, ValueError), match="custom"):
        sn.load(path, custom=custom)


# ---- what cannot be saved; the old file stays --------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, message",
    [
        (
            lambda net: net.copy(Fraction),
            r"net computes with Fraction, which no file can hold; save net.copy\(float\)",
        ),
        (lambda net: with_metadata(net, {"when": object()}), "metadata.*when is of type object"),
        (lambda net: with_metadata(net, {"loss": float("nan")}), "metadata.*loss is nan"),
        (lambda net: with_metadata(net, {3: "three"}), "metadata.* key of type int"),
        (lambda net: with_metadata(net, ["labels"]), "metadata"),
        (lambda net: spoilt(net, float("nan")), "0.weights.*nan"),
        (lambda net: spoilt(net, float("inf")), "0.weights.*inf"),
    ],
)
def test_networks_that_cannot_be_saved(make, message, path):
    net = sn.Sequential([sn.Dense(2, 1)])
    sn.save(net, path)
    with pytest.raises((TypeError, ValueError), match=message) as raised:
        sn.save(make(net.copy()), path)
    assert "\n" not in str(raised.value)
    assert state(sn.load(path)) == state(net)
    assert os.listdir(os.path.dirname(path)) == [os.path.basename(path)]


def with_metadata(net, metadata):
    net.metadata = metadata
    return net


def spoilt(net, value):
    net.parameters()[0].value[1][0] = value  # in place, past the check
    return net


@pytest.mark.parametrize("name", ["model", "model.txt", "model.json.gz", "json"])
def test_the_extension_decides_the_format(name, tmp_path):
    path = str(tmp_path / name)
    with pytest.raises(
        ValueError, match="the ending gives the format; it must be .safetensors, .json, .npz"
    ) as raised:
        sn.save(sn.Sequential([sn.Dense(2, 1)]), path)
    assert str(raised.value).startswith(path)
    with pytest.raises(ValueError, match="the ending gives the format"):
        sn.load(path)
    assert os.listdir(str(tmp_path)) == []


@pytest.mark.parametrize(
    "name, loads",
    [
        ("m.pt", "from_torch(torch.load('m.pt'))"),
        ("m.pth", "from_torch(torch.load('m.pth'))"),
        ("M.PTH", "from_torch(torch.load('M.PTH'))"),
        ("m.weights.h5", None),
        ("m.h5", "from_keras(keras.saving.load_model('m.h5'))"),
        ("m.keras", "from_keras(keras.saving.load_model('m.keras'))"),
        ("m.pkl", "from_sklearn(pickle.load(open('m.pkl', 'rb')))"),
        ("m.pickle", "from_sklearn(pickle.load(open('m.pickle', 'rb')))"),
        ("m.joblib", "from_sklearn(joblib.load('m.joblib'))"),
    ],
)
def test_the_extension_of_another_library(name, loads):
    with pytest.raises(ValueError) as raised:
        sn.load(name)
    what = f"{name}: not a scratchnet file; its library must load it, as in sn.{loads}"
    if loads is None:
        loads = "from_keras(model)"
        what = what.replace("sn.None", f"model.load_weights('{name}') and then sn.{loads}")
    assert str(raised.value) == what
    assert callable(getattr(sn, loads.split("(")[0]))


def test_a_pointer_of_git_lfs(tmp_path):
    path = tmp_path / "policy.onnx"
    path.write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n")
    with pytest.raises(ValueError, match="a pointer of Git LFS, without the model; run `git lfs p"):
        sn.load(str(path))


@pytest.mark.parametrize(
    "name, advice",
    [
        (
            "pytorch_model.bin",
            "; without PyTorch, convert the file to .safetensors, which sn.load reads",
        ),
        (
            "last.ckpt",
            "; without PyTorch, convert its state dict to .safetensors, which sn.load reads",
        ),
    ],
)
def test_files_of_weights_alone(name, advice):
    with pytest.raises(ValueError) as raised:
        sn.load(name)
    assert str(raised.value).startswith(name + ": not a scratchnet file; its library must")
    assert str(raised.value).endswith(advice)


def test_a_missing_file(path):
    with pytest.raises(FileNotFoundError, match="model"):
        sn.load(path)


# ---- files that are wrong: one sentence that begins with the path ------------------------------------------------


DENSE = {"type": "Dense", "inputs": 2, "outputs": 1, "l1": 0, "l2": 0}
TENSORS = {"0.weights": [[0.4], [0.2]], "0.bias": [1.0]}


def described(layers=None, **changes):
    """Return the description of a network in a valid file, with these changes."""
    about = {
        "version": 1,
        "layers": [DENSE] if layers is None else layers,
        "frozen": [],
        "metadata": {},
    }
    return dict(about, **changes)


def without(dictionary, *names):
    return {name: value for name, value in dictionary.items() if name not in names}


def written(path, tensors, about):
    content = CODECS[os.path.splitext(path)[1]].dumps(tensors, about)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode())


def test_this_file_is_right(path):
    written(path, TENSORS, described())
    net = sn.load(path)
    assert net.predict([[1, 0]]) == [[1.4]] and net.metadata == {}


WRONG = [
    (TENSORS, {}, "no scratchnet network"),
    (TENSORS, without(described(), "version"), "no scratchnet network"),
    (TENSORS, described(version=2), "version 2 .* reads version 1"),
    (TENSORS, described(version="1"), "version '1' "),
    (TENSORS, described(version=None), "version None "),
    (TENSORS, described(version=True), "version True "),
    (TENSORS, without(described(), "layers"), "layers must be a list"),
    (TENSORS, without(described(), "frozen"), "frozen must be a list"),
    (TENSORS, without(described(), "metadata"), "metadata must be a dict"),
    (TENSORS, described(layers={"type": "Dense"}), "layers must be a list"),
    (TENSORS, described(frozen="0.bias"), "frozen must be a list"),
    (TENSORS, described(metadata=[]), "metadata must be a dict"),
    (TENSORS, described([]), "belongs to no layer|at least one layer"),
    ({}, described([]), "at least one layer"),
    (TENSORS, described(layers=["Dense"]), "layer 0 has the unknown type None"),
    (TENSORS, described(layers=[None]), "layer 0 has the unknown type None"),
    (TENSORS, described(layers=[[]]), "layer 0 has the unknown type None"),
    (TENSORS, described([without(DENSE, "type")]), "layer 0 has the unknown type None"),
    (TENSORS, described([dict(DENSE, type="dense")]), "layer 0 has the unknown type 'dense'"),
    (TENSORS, described([dict(DENSE, type=["Dense"])]), "layer 0 has the unknown type"),
    (
        TENSORS,
        described([dict(DENSE, type="Parameter")]),
        "layer 0 has the unknown type 'Parameter'",
    ),
    (
        TENSORS,
        described([without(DENSE, "outputs")]),
        "layer 0: Dense has the arguments .*; it needs inputs, outputs",
    ),
    (TENSORS, described([without(DENSE, "l2")]), "layer 0: Dense .*it needs .*l2"),
    (
        TENSORS,
        described([dict(DENSE, weights=[[1], [2]])]),
        "layer 0: Dense has the arguments .*weights",
    ),
    (
        TENSORS,
        described([DENSE, {"type": "Tanh", "slope": 1}]),
        "layer 1: Tanh has .*slope.*; it needs none",
    ),
    (TENSORS, described([dict(DENSE, inputs="2")]), "Dense: inputs is '2'"),
    (TENSORS, described([dict(DENSE, inputs=2.5)]), "Dense: inputs is 2.5"),
    (TENSORS, described([dict(DENSE, outputs=0)]), "Dense: outputs is 0"),
    (TENSORS, described([dict(DENSE, outputs=True)]), "Dense: outputs is True"),
    (TENSORS, described([dict(DENSE, outputs=None)]), "Dense: outputs is None"),
    (
        TENSORS,
        described([dict(DENSE, inputs=10**15, outputs=10**15)]),
        "0.weights: 2×1 given, 10+×10+ needed",
    ),
    ({}, described([dict(DENSE, inputs=10**15, outputs=10**15)]), "tensor '0.weights' is missing"),
    (TENSORS, described([dict(DENSE, l2=-1)]), "Dense: l2 is -1"),
    (TENSORS, described([dict(DENSE, l2="strong")]), "l2"),
    (TENSORS, described([dict(DENSE, l2=None)]), "l2"),
    (TENSORS, described([dict(DENSE, l2=[1])]), "l2"),
    (TENSORS, described([DENSE, {"type": "Dropout", "rate": 1}]), "Dropout: rate is 1"),
    (TENSORS, described([DENSE, {"type": "Dropout", "rate": "half"}]), "rate"),
    (
        TENSORS,
        described([DENSE, {"type": "GELU", "approximate": "erf"}]),
        "GELU: approximate is 'erf'",
    ),
    (TENSORS, described([DENSE, {"type": "LeakyReLU", "slope": None}]), "slope"),
    (TENSORS, described([DENSE, {"type": "LeakyReLU", "slope": "steep"}]), "slope.*'steep'"),
    (TENSORS, described([DENSE, DENSE]), "tensor '1.weights' is missing"),
    (without(TENSORS, "0.bias"), described(), "tensor '0.bias' is missing"),
    (dict(TENSORS, extra=[1.0]), described(), "tensor 'extra' belongs to no layer"),
    (
        dict(TENSORS, **{"1.bias": [1.0]}),
        described([DENSE, {"type": "Tanh"}]),
        "tensor '1.bias' belongs to no layer",
    ),
    (dict(TENSORS, **{"0.l1": 0.5}), described(), "tensor '0.l1' belongs to no layer"),
    (dict(TENSORS, **{"0.weights": [[0.4, 0.2]]}), described(), "0.weights: 1×2 given, 2×1 needed"),
    (dict(TENSORS, **{"0.weights": [0.4, 0.2]}), described(), "0.weights"),
    (dict(TENSORS, **{"0.weights": 0.4}), described(), "0.weights"),
    (dict(TENSORS, **{"0.bias": [1.0, 2.0]}), described(), "0.bias: 2 given, 1 needed"),
    (dict(TENSORS, **{"0.bias": [[1.0]]}), described(), "0.bias"),
    (dict(TENSORS, **{"0.bias": 1.0}), described(), "0.bias"),
    (dict(TENSORS, **{"0.bias": []}), described(), "0.bias"),
    (dict(TENSORS, **{"0.l1": [0.5]}), described([without(DENSE, "l1")]), "l1"),
    (dict(TENSORS, **{"0.l1": -0.5}), described([without(DENSE, "l1")]), "Dense: l1 is -0.5"),
    (
        TENSORS,
        described(frozen=["0.gain"]),
        "parameter '0.gain' is unknown; give one of: 0.bias, 0.weights",
    ),
    (TENSORS, described(frozen=[0]), "parameter: 0 is a int; give a name"),
    (TENSORS, described(frozen=[["0.bias"]]), r"parameter: \['0.bias'\] is a list; give a name"),
    (TENSORS, described(frozen=[{}]), "parameter: {} is a dict; give a name"),
    (
        dict(TENSORS, **{"1.weights": [[1.0]] * 3, "1.bias": [1.0]}),
        described([DENSE, dict(DENSE, inputs=3)]),
        "layer 1, .*, takes 3 inputs, but gets 1",
    ),
    (
        {"0.mean": [0.0] * 3, "0.spread": [1.0] * 3, "1.weights": [[0.4], [0.2]], "1.bias": [1.0]},
        described([{"type": "Normalization"}, DENSE]),
        "0.mean has 3 numbers for 2 inputs",
    ),
    (
        {"0.mean": [0.0, 0.0], "1.weights": [[0.4], [0.2]], "1.bias": [1.0]},
        described([{"type": "Normalization"}, DENSE]),
        "0.spread",
    ),
    (
        {"0.mean": [0.0] * 3, "0.spread": [1.0] * 2},
        described([{"type": "Normalization"}]),
        "0.(mean|spread)",
    ),
]


@pytest.mark.parametrize("tensors, about, message", WRONG)
def test_files_that_are_wrong(tensors, about, message, path):
    written(path, tensors, about)
    with pytest.raises(ValueError, match=message) as raised:
        sn.load(path)
    assert str(raised.value).startswith(path + ": ")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name, value", [("0.weights", [[float("nan")], [1.0]]), ("0.bias", [float("-inf")])]
)
def test_parameters_that_are_not_finite(name, value, tmp_path):
    """safetensors can store them."""
    path = str(tmp_path / "model.safetensors")
    written(path, dict(TENSORS, **{name: value}), described())
    with pytest.raises(ValueError, match=name + ".*(nan|inf)") as raised:
        sn.load(path)
    assert str(raised.value).startswith(path + ": ")


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"{}", b"null", b"\xff" * 100, b"[[[[[[", b"{" * 100000]
)
def test_files_that_are_no_models(content, path):
    with open(path, "wb") as file:
        file.write(content)
    with pytest.raises(ValueError) as raised:
        sn.load(path)
    assert str(raised.value).startswith(path + ": ")


def test_a_model_of_another_format_with_this_extension(tmp_path):
    right, wrong = str(tmp_path / "model.json"), str(tmp_path / "model.safetensors")
    sn.save(sn.Sequential([sn.Dense(2, 1)]), right)
    os.rename(right, wrong)
    with pytest.raises(ValueError, match="safetensors"):
        sn.load(wrong)


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 1)() == 0,
    reason="this user may write anywhere",
)
def test_a_folder_that_is_read_only(path):
    os.chmod(os.path.dirname(path), 0o500)
    try:
        with pytest.raises(OSError, match="cannot be written"):
            sn.save(sn.Sequential([sn.Dense(2, 1)]), path)
    finally:
        os.chmod(os.path.dirname(path), 0o700)


def test_loading_imports_nothing_of_pickle():
    """A model file is never a pickle."""
    program = "import sys, scratchnet as sn; from scratchnet.formats import models; print('pickle' in sys.modules)"
    root = os.path.dirname(os.path.dirname(os.path.abspath(sn.__file__)))
    assert (
        subprocess.check_output([sys.executable, "-S", "-E", "-c", program], cwd=root).strip()
        == b"False"
    )


def test_no_more_is_read_than_a_model_can_have(path, monkeypatch):
    there_and_back(sn.Sequential([sn.Dense(2, 1)]), path)
    monkeypatch.setattr(files, "LARGEST", 100)
    with pytest.raises(
        ValueError,
        match="model.*: the file is larger than 100 bytes, the limit for a model$",
    ):
        sn.load(path)


def test_only_networks_are_saved():
    with pytest.raises(ValueError, match="^net is 'x.json'; give a Sequential, and then the path$"):
        sn.save("x.json", sn.Sequential([sn.Dense(2, 1)]))
