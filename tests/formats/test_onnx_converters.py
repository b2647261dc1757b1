"""What the converters of scikit-learn and PyTorch write, read."""

import inspect
import io

import pytest
from onnx_files import agree, alone, checked, data_of, loaded, refusal, run

import scratchnet as sn


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
def test_classifiers_of_scikit_learn(activation, kind, scaled, zipmap, converted):
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
def test_regressors_of_scikit_learn(dtype, converted):
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
    """Return the file that PyTorch exports, as bytes, and rows of input."""
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
def test_exporters_of_pytorch(name, dynamo, opset, dynamic):
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
def test_exporters_of_pytorch_in_64_bits_and_of_images(dynamo):
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
def test_batch_normalization_of_pytorch(name, bits, dynamo, opset, dynamic):
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
def test_batch_normalization_of_pytorch_in_training(opset):
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
def test_modules_of_pytorch_that_scratchnet_lacks(dynamo):
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Gated(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 4)

        def forward(self, x):
            return self.linear(x) * x

    class Residual(Gated):
        def forward(self, x):
            return torch.tanh(self.linear(x)) + x

    for module, words in (
        (nn.Sequential(nn.Linear(4, 4), nn.Softmax(0)), "Softmax"),
        (Gated(), "Mul"),
        (Residual(), "Add"),
    ):
        assert refusal(exported(module, (2, 4), dynamo, 20, False)[0]).startswith(
            "ONNX: the operator " + words
        )


LINEAR = {
    "two": ["LogisticRegression", "RidgeClassifier", "Perceptron"],
    "two texts": ["LogisticRegression"],
    "three": ["LogisticRegression", "RidgeClassifier", "Perceptron"],
    "three texts": ["LogisticRegression"],
    "numbers": "LinearRegression Ridge Lasso ElasticNet HuberRegressor PoissonRegressor".split(),
}
PREPARED = [
    None,
    "StandardScaler",
    "MinMaxScaler",
    "MaxAbsScaler",
    "RobustScaler",
    "Normalizer",
    "PCA",
    "SelectKBest",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("opset", [9, 13, None])
@pytest.mark.parametrize("kind, name", [(k, n) for k in sorted(LINEAR) for n in LINEAR[k]])
def test_linear_models_of_scikit_learn(kind, name, opset):
    pytest.importorskip("sklearn")
    assert_same_scores(kind, name, None, opset)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("preparation", PREPARED)
@pytest.mark.parametrize("kind", ["three", "numbers"])
def test_what_scikit_learn_does_before_a_model(kind, preparation):
    pytest.importorskip("sklearn")
    assert_same_scores(kind, LINEAR[kind][0], preparation, 13)


def assert_same_scores(kind, name, preparation, opset):
    """Compare the scores, or the numbers, of a converted model with those of onnxruntime."""
    import numpy
    from sklearn import decomposition, feature_selection, linear_model, pipeline, preprocessing

    to_onnx = pytest.importorskip("skl2onnx").to_onnx
    X = numpy.random.RandomState(0).normal(size=(60, 4)).astype("float32")
    Y = numpy.abs(X[:, 0] + X[:, 1]) if kind == "numbers" else targets(kind)
    steps = [getattr(linear_model, name)()]
    for library in (preprocessing, decomposition, feature_selection):
        if preparation and hasattr(library, preparation):
            options = {"PCA": {"n_components": 3}, "SelectKBest": {"k": 2}}.get(preparation, {})
            steps.insert(0, getattr(library, preparation)(**options))
    model = pipeline.make_pipeline(*steps).fit(X, Y)
    content = to_onnx(model, X[:1], target_opset=opset).SerializeToString()
    net = alone(content)
    found, expected = net.predict(X.tolist()), run(content, X.tolist(), "float32")
    if expected and not isinstance(expected[0], list):
        expected = [[y] for y in expected]
    if len(expected[0]) == 2 and len(found[0]) == 1:
        found = [[1 - p, p] for [p] in found]
    agree(found, expected, 1e-5)
    is_score = len(net.predict(X[:1].tolist())[0]) == 1 and name != "LogisticRegression"
    assert net.metadata == ({} if is_score else {"labels": model.classes_.tolist()})


@pytest.mark.filterwarnings("ignore")
def test_from_pytorch_to_scratchnet_and_back(tmp_path):
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
