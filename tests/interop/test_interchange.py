"""Models in and out, as far as it needs no other library: .npz files, state dicts of lists, estimators of our own."""

import json
import sys

import pytest
from hypothesis import given
from interchange import ACTIVATIONS, agree, dense, networks, normalization, rows_of

import scratchnet as sn
from scratchnet import tabular
from scratchnet.estimators import MLPClassifier, MLPRegressor
from scratchnet.formats import npy, npy_archive, npz

X = rows_of(sn.Generator(1), 12, 3)
MIXED = sn.Sequential([sn.Dense(3, 2), sn.Tanh(), sn.Dense(2, 2), sn.ReLU(), sn.Dense(2, 1)])


# ---- .npz --------------------------------------------------------------------------------------------------------


@given(case=networks(ACTIVATIONS + [sn.Threshold], [[], [sn.Sigmoid], [sn.Softmax]]))
def test_npz(case, tmp_path_factory):
    net, X = case
    path = tmp_path_factory.mktemp("npz") / "model.npz"
    net.metadata = {"labels": ["no", "ja, naïve"], "more": [1, {"a": None}]}
    net.freeze(net.parameters()[-1].name)
    sn.save(net, path)
    again = sn.load(path)
    assert (repr(again), again.metadata) == (repr(net), net.metadata)
    ours, theirs = [
        [(p.name, p.value, p.frozen) for p in each.parameters()] for each in (net, again)
    ]
    assert ours == theirs
    assert again.predict(X) == net.predict(X)


def test_npz_holds_arrays_by_name(tmp_path):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[0.1], [2]], bias=[3]), sn.LeakyReLU(0.3)])
    sn.save(net, tmp_path / "model.npz")
    arrays = npy_archive.load(tmp_path / "model.npz")
    about = json.loads(arrays.pop("scratchnet").numbers.tobytes().decode())
    assert about["layers"][1]["type"] == "LeakyReLU"
    nested = {name: array.nested() for name, array in arrays.items()}
    assert nested == {"0.weights": [[0.1], [2.0]], "0.bias": [3.0], "1.slope": 0.3}


def arrays_of(net):
    return npy_archive.loads(npz.dumps({p.name: p.value for p in net.parameters()}, {}))


@pytest.mark.parametrize(
    "change, sentence",
    [
        (
            lambda arrays: arrays.pop("scratchnet"),
            "the file holds no scratchnet network, only tensors",
        ),
        (
            lambda arrays: arrays.update(scratchnet=npy.array_of([1.0])),
            "npz: scratchnet: not UTF-8 text",
        ),
        (
            lambda arrays: arrays.update(
                scratchnet=npy_archive.loads(npz.dumps({}, {}))["scratchnet"]
            ),
            "no scratchnet netw",
        ),
        (
            lambda arrays: arrays.update(more=npy.Array((1, 1, 1), arrays["0.bias"].numbers)),
            "'more' has 3 dimensions",
        ),
    ],
)
def test_npz_that_is_no_model(tmp_path, change, sentence):
    arrays = arrays_of(sn.Sequential([sn.Dense(1, 1)]))
    change(arrays)
    (tmp_path / "model.npz").write_bytes(npy_archive.dumps(arrays))
    with pytest.raises(ValueError, match=sentence):
        sn.load(tmp_path / "model.npz")


def test_npz_that_is_damaged(tmp_path):
    path = tmp_path / "model.npz"
    sn.save(sn.Sequential([sn.Dense(2, 3)]), path)
    data = path.read_bytes()
    for end in range(0, len(data), 7):
        path.write_bytes(data[:end])
        with pytest.raises(ValueError, match="model.npz: "):
            sn.load(path)


def test_npz_refuses_a_name_of_its_own():
    with pytest.raises(ValueError, match="npz: a tensor is called scratchnet"):
        npz.dumps({"scratchnet": [1.0]}, {})


# ---- state dicts -------------------------------------------------------------------------------------------------

STATE = {
    "fc1.weight": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
    "fc1.bias": [0.5, 0.25, 0.125],
    "out.weight": [[1, -1, 1]],
}


def test_a_state_dict():
    net = sn.from_torch(STATE, activations=["ReLU", sn.ELU(0.5)])
    assert (
        repr(net.layers)
        == "[Dense(inputs=2, outputs=3), ReLU(), Dense(inputs=3, outputs=1, bias=False), ELU(alpha=0.5)]"
    )
    assert net.predict([[1, -1]]) == [[sn.ELU(0.5).forward([[0.0]])[0][0]]]
    assert net.predict([[1, 2]]) == [[5.5 - 11.25 + 17.125]]
    assert [p.frozen for p in net.parameters()] == [
        False,
        False,
        False,
    ]  # the last layer has no bias


@pytest.mark.parametrize(
    "state, activations, sentence",
    [
        (
            STATE,
            None,
            r'name the activation after each of the 2 Linear layers \(fc1, out\), activations=\["relu"',
        ),
        (STATE, "relu", r"each of the 2 Linear layers \(fc1, out\)"),
        (STATE, ["relu"], r"each of the 2 Linear layers \(fc1, out\)"),
        (
            STATE,
            ["relu", "tahn"],
            "activation after out: activation 'tahn' is unknown; give one of celu, elu, gelu",
        ),
        (
            STATE,
            ["relu", 3],
            "activation after out: activation 3 is unknown; give one of celu, elu, gelu",
        ),
        (
            {"bn.weight": [1.0, 2.0]},
            ["relu"],
            "'bn.weight', of 1 dimensions, is neither weight nor bias of a Linear, nor of a BatchNorm1d; leave it out, or ",
        ),
        (
            {"bn.running_mean": [1.0]},
            ["relu"],
            "'bn.running_mean', of 1 dimensions, is neither weight nor bias of a L",
        ),
        ({"conv.weight": [[[1.0]]]}, ["relu"], "'conv.weight', of 3 dimensions, is neither"),
        ({"a.bias": [1.0]}, ["relu"], "a.bias is there, but not a.weight"),
        (
            {"a.weight": [[1.0, float("nan")]]},
            ["relu"],
            "'a.weight': row 0, column 1 is nan; give a finite number",
        ),
        (
            {"a.weight": [[1.0]], "a.bias": [1.0, 2.0]},
            ["relu"],
            r"'a.bias' has 2 numbers, which does not fit 'a.weight' of 1×1 \(outputs × inputs\)$",
        ),
        (
            {"a.weight": [[1.0], [2.0], [3.0], [4.0]], "a.bias": [[1.0, 2.0], [3.0, 4.0]]},
            ["relu"],
            "'a.bias' has several rows and columns; give one row or one column$",
        ),
        (
            {"a.weight": [[1.0], [2.0]], "a.bias": [[1.0], 2.0]},
            ["relu"],
            "'a.bias' has several rows and columns; give one row or one column$",
        ),
        (
            {"a2.weight": [[1.0]], "a10.weight": [[1.0, 2.0]]},
            ["relu"] * 2,
            "'a10.weight' takes 2 inputs, but 'a2.weight' before it has 1 outputs; name them first to last",
        ),
        ({3: None}, ["relu"], "'3', of 0 dimensions, is neither"),
        (
            {"epoch": 3, "model": STATE},
            ["relu"] * 2,
            r"'model' is a dict, .* checkpoint\['model'\]$",
        ),
        ({}, [], "a network has at least one layer"),
    ],
)
def test_a_state_dict_that_is_refused(state, activations, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_torch(state, activations)


# ---- estimators of our own ---------------------------------------------------------------------------------------


def lists(data):
    """Return lists; estimators return arrays if scikit-learn is in use."""
    return data.tolist() if hasattr(data, "tolist") else data


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu", "selu"])
@pytest.mark.parametrize("y", ["ab" * 6, "abc" * 4, [[0, 1], [1, 1], [0, 0]] * 4])
def test_our_classifier_becomes_a_network(y, activation):
    classifier = MLPClassifier([4, 3], activation, max_iter=300, tol=1, dropout=0.25).fit(
        X, list(y)
    )
    net = sn.from_sklearn(classifier)
    before = lists(classifier.predict_proba(X))
    assert net.predict(X) == [row[-net.outputs :] for row in before]
    assert net.metadata["labels"] == lists(classifier.classes_)
    net.fit(X, [[0.0] * net.outputs] * len(X), "mean_squared_error", epochs=1)
    assert lists(classifier.predict_proba(X)) == before  # the network is one of its own


@pytest.mark.parametrize("labels", [None, ["b", "a"], ["a", "b"]])
@pytest.mark.parametrize(
    "end", [lambda: [sn.Dense(4, 1), sn.Sigmoid()], lambda: [sn.Dense(4, 2), sn.Softmax()]]
)
def test_a_network_becomes_our_classifier(end, labels):
    net = sn.Sequential([sn.Dense(3, 4), sn.ReLU()] + end(), seed=3)
    net.metadata = {"labels": labels} if labels else {}
    classifier = sn.to_sklearn(net, MLPClassifier(activation="tanh", alpha=3))
    assert classifier.get_params() == MLPClassifier((4,), "relu", alpha=3).get_params()
    classes, rows = lists(classifier.classes_), lists(classifier.predict_proba(X))
    assert classes == (sorted(labels) if labels else [0, 1])
    second = classes.index(labels[1] if labels else 1)
    agree([[row[second]] for row in rows], [row[-1:] for row in net.predict(X)])
    assert classifier.n_iter_ == 0 and classifier.loss_curve_ == []
    classifier.partial_fit(X, [classes[row[0] > 0] for row in X])
    assert len(classifier.loss_curve_) == 1
    assert lists(classifier.predict_proba(X)) != rows


def test_our_regressor_in_both_directions():
    net = sn.Sequential(
        [dense(sn.Generator(1), 3, 4), sn.Dropout(0.5), sn.Tanh(), dense(sn.Generator(2), 4, 2)]
    )
    regressor = sn.to_sklearn(net, MLPRegressor())
    assert lists(regressor.predict(X)) == net.predict(X) == sn.from_sklearn(regressor).predict(X)


def out_of(layers, **metadata):
    net = sn.Sequential(layers)
    net.metadata = metadata
    return net


@pytest.mark.parametrize(
    "net, estimator, sentence",
    [
        (MIXED, MLPRegressor(), r"layer 3, ReLU\(\): all hidden layers of MLPRegressor have the same activation; the first has Ta"),
        (out_of([sn.Dense(3, 2), sn.LeakyReLU(), sn.Dense(2, 1)]), MLPRegressor(),
         r"layer 1, LeakyReLU\(slope=0.01\): MLPRegressor has no such hidden layer; it has Identity, Sigmoid, ReLU, T"),
        (out_of([sn.Dense(3, 2), sn.Tanh()]), MLPRegressor(), r"layer 1, Tanh\(\): MLPRegressor ends in a Dense"),
        (out_of([sn.Dense(3, 2)]), MLPClassifier(), "layer 0, Identity.*: MLPClassifier ends in a Sigmoid, or in a Softm"),
        (out_of([sn.Dense(3, 1), sn.Softmax()]), MLPClassifier(), "ends in a Sigmoid, or in a Softmax of several classes"),
        (out_of([sn.Tanh(), sn.Dense(3, 1)]), MLPRegressor(), "layer 0, Tanh.*: MLPRegressor can only have a Dense"),
        (out_of([sn.Dense(3, 1), sn.Tanh(), sn.ReLU(), sn.Dense(1, 1)]), MLPRegressor(), "layer 2, ReLU.*can only have"),
        (out_of([sn.Dense(3, 1), normalization([[0.0], [1.0]])]), MLPRegressor(), "layer 1, Normalization.*only have a Dens"),
        (out_of([normalization(X), sn.Dense(3, 1)]), MLPRegressor(),
         r"layer 0, Normalization\(\): give a Pipeline with a StandardScaler for it before the MLPRegressor"),
        (out_of([sn.Normalization(), sn.Dense(3, 1)]), MLPRegressor(), "layer 0, Normalization.*it has seen no data y"),
        (out_of([sn.Dropout()]), MLPRegressor(), "the network has no Dense, and MLPRegressor needs one"),
        (out_of([sn.Dense(3, 2), sn.Softmax()], labels=["a"]), MLPClassifier(), r"\['labels'\] is \['a'\]; give 2 dif"),
        (out_of([sn.Dense(3, 2), sn.Softmax()], labels=["a", "a"]), MLPClassifier(), "give 2 different texts or numb"),
        (out_of([sn.Dense(3, 2), sn.Softmax()], labels=["a", 1]), MLPClassifier(), "give 2 different texts or number"),
        (out_of([sn.Dense(3, 2), sn.Softmax()], labels=3), MLPClassifier(), "is 3; give 2 different texts or numbers"),
        (out_of([sn.Dense(3, 1), sn.Sigmoid()]), MLPClassifier(output_activation="softmax"),
         r"layer 1, Sigmoid\(\): this MLPClassifier ends in softmax, but the network ends in logistic"),
        (3, MLPRegressor(), "to_sklearn: net is 3; give a Sequential"),
        (MIXED, object(), "to_sklearn: object is not supported; give one of MLPClassifier, MLPRegressor, LogisticRegression"),
        (MIXED, MLPRegressor, r"to_sklearn: MLPRegressor is a class; give an estimator, MLPRegressor\(\)"),
    ],
)  # fmt: skip
def test_out_to_an_estimator_refused(net, estimator, sentence):
    before = dict(vars(estimator)) if hasattr(estimator, "__dict__") else None
    with pytest.raises(ValueError, match=sentence):
        sn.to_sklearn(net, estimator)
    assert before is None or dict(vars(estimator)) == before


@pytest.mark.parametrize(
    "estimator, sentence",
    [
        (
            MLPClassifier(),
            "from_sklearn: MLPClassifier is not fitted yet; call fit with data first",
        ),
        (None, "from_sklearn: NoneType is not supported; give one of MLPClassifier"),
    ],
)
def test_in_from_an_estimator_refused(estimator, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_sklearn(estimator)


# ---- the others, absent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name, sentence", [("torch", "to_torch: PyTorch is not"), ("keras", "to_keras: Keras or")]
)
def test_a_missing_library_is_named(name, sentence, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match=sentence):
        getattr(sn, "to_" + name)(MIXED)


@pytest.mark.parametrize("given", [3, None, "model.pt", object(), [1]])
def test_objects_that_are_no_models_are_refused(given):
    with pytest.raises(
        ValueError,
        match=r"^the module \({}\), of builtins, is not supported".format(type(given).__name__),
    ):
        sn.from_torch(given)
    with pytest.raises(
        ValueError,
        match="^from_keras: {} is neither a keras.Sequential".format(type(given).__name__),
    ):
        sn.from_keras(given)


@pytest.mark.parametrize("name", ["to_torch", "to_keras"])
def test_objects_that_are_no_networks_are_refused(name):
    with pytest.raises(ValueError, match=name + ": net is 3; give a Sequential"):
        getattr(sn, name)(3)
    with pytest.raises(
        TypeError, match=name + ": net computes with Fraction.*give net.copy.float."
    ):
        from fractions import Fraction

        getattr(sn, name)(MIXED.copy(Fraction))


# ---- networks that were trained from data ------------------------------------------------------------------------


def trained(rows, **options):
    return tabular.train(rows, target="y", epochs=3, **options)


@pytest.mark.parametrize("classes", [("no", "yes"), ("b", "c", "a"), (3, 1, 2)], ids=repr)
def test_an_estimator_has_the_class_names_of_the_table(classes, tmp_path):
    rows = [{"a": x, "b": y, "y": classes[k % len(classes)]} for k, (x, y, _) in enumerate(X * 3)]
    whole = trained(rows, task="classification").net
    net = sn.Sequential(whole.layers[1:])  # without its Normalization, which needs a Pipeline
    net.metadata = whole.metadata
    path = str(tmp_path / "model.npz")
    sn.save(net, path)
    classifier = sn.to_sklearn(sn.load(path), MLPClassifier())
    assert lists(classifier.classes_) == sorted(classes)
    predicted = classifier.predict([[row["a"], row["b"]] for row in rows])
    assert lists(predicted) == tabular.load(path).predict(rows)


def test_a_table_that_is_encoded_before_it_comes_to_the_network():
    rows = [{"a": "xyz"[k % 3], "b": float(k), "y": k % 2} for k in range(30)]
    with pytest.raises(
        ValueError, match="to_sklearn: the column 'a' of the table becomes other num"
    ):
        sn.to_sklearn(trained(rows).net, MLPClassifier())
    net = sn.Sequential([sn.Dense(2, 1), sn.Sigmoid()])
    net.metadata["arrays"] = {"bytes": True, "width": 2, "target": {"classes": ["0", "1"]}}
    with pytest.raises(ValueError, match="to_sklearn: each byte of the data becomes other numbers"):
        sn.to_sklearn(net, MLPClassifier())
    net.metadata["arrays"].update(bytes=False)
    assert lists(sn.to_sklearn(net, MLPClassifier()).classes_) == ["0", "1"]


# ---- a bias of NumPy's -------------------------------------------------------------------------------------------


class Array:
    """As much of NumPy's array, or of a tensor, as matters: even a single number has __len__."""

    def __init__(self, rows):
        self.rows, self.ndim = (
            rows,
            isinstance(rows, list) + isinstance(rows, list) * isinstance(rows[0], list),
        )

    def tolist(self):
        return self.rows

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return Array(self.rows[i]) if isinstance(self.rows[i], list) else Number(self.rows[i])


class Number:
    def __init__(self, value):
        self.value, self.ndim = value, 0

    def __len__(self):
        raise TypeError("len() of a 0-d tensor")

    def __getitem__(self, i):
        raise IndexError(i)


@pytest.mark.parametrize("kind", [list, Array])
@pytest.mark.parametrize("n", [1, 3])
def test_a_bias_of_one_row(kind, n):
    for bias in ([0.5] * n, [[0.5] * n]):
        assert sn.Dense(2, n, bias=kind(bias)).bias.value == [0.5] * n
    with pytest.raises(ValueError, match="bias: 4 given, {} needed".format(n)):
        sn.Dense(2, n, bias=kind([[1.0, 2.0, 3.0, 4.0]]))
    with pytest.raises((TypeError, ValueError), match="bias"):
        sn.Dense(2, n, bias=kind([[1.0]] * (n + 1)))
