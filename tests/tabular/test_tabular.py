"""From a table to a trained, judged model, in Python."""

import csv
import json

import pytest
from test_cli import run

import scratchnet as sn
from scratchnet import tabular
from scratchnet.datasets import samples

FLOWERS = samples.iris()
ROWS = [
    dict(zip(FLOWERS.features, x), species=FLOWERS.labels[y])
    for x, y in zip(FLOWERS.X, FLOWERS.Y)
]
EPOCHS = 12


@pytest.fixture(scope="module")
def model():
    return tabular.train(ROWS, target="species", epochs=EPOCHS)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("tables") / "iris.csv"
    with open(str(path), "w", newline="") as file:
        writer = csv.DictWriter(file, list(ROWS[0]))
        writer.writeheader()
        writer.writerows(ROWS)
    return str(path)


def test_a_model_predicts_rows(model):
    predicted = model.predict(ROWS)
    right = [row["species"] == label for row, label in zip(ROWS, predicted)]
    assert sum(right) > 130 and set(predicted) == set(FLOWERS.labels)
    assert model.evaluate(ROWS).accuracy == sum(right) / 150
    assert model.report.samples == 30 and len(model.epochs) == EPOCHS


def test_probabilities_belong_to_the_prediction(model):
    shares = model.probabilities(ROWS[:3])
    assert [max(share, key=share.get) for share in shares] == model.predict(ROWS[:3])
    for share in shares:
        assert list(share) == FLOWERS.labels and abs(sum(share.values()) - 1) < 1e-12


def test_the_command_line_trains_the_same_model(model, path, tmp_path):
    output = str(tmp_path / "iris.json")
    status, report, _ = run(
        "train", path, "--target", "species", "-o", output, "--epochs", str(EPOCHS), "--json"
    )
    assert status == 0
    assert json.loads(report)["report"] == model.report.to_dict()
    trained = [p.value for p in sn.load(output).parameters()]
    assert trained == [p.value for p in model.net.parameters()]


def test_a_path_a_table_and_rows_give_the_same(model, path):
    table = tabular.read(path, target="species")
    assert model.predict(path) == model.predict(table) == model.predict(ROWS)


def test_save_and_load(model, tmp_path):
    for name in ("iris.json", "iris.npz", "iris.safetensors"):
        file = str(tmp_path / name)
        model.save(file)
        loaded = tabular.load(file)
        assert loaded.predict(ROWS) == model.predict(ROWS)
        assert str(loaded.evaluate(ROWS)) == str(model.evaluate(ROWS))
        assert loaded.report is None


def test_two_models_of_one_problem_do_not_share_anything():
    rows = [{"x": x / 2, "y": 1000 + 7 * x} for x in range(40)]
    problem = tabular.Problem(tabular.read(rows, target="y"), task="regression")
    recipe = problem.recipe(epochs=5)
    first, second = [tabular.train_model(problem, recipe) for _ in range(2)]
    assert first.predict(rows) == second.predict(rows)
    assert first.net is not second.net
    assert 900 < second.predict([{"x": 10}])[0] < 1400  # in the unit of the target


def test_a_regression_has_no_probabilities():
    rows = [{"x": x / 2, "y": 2.5 * x} for x in range(40)]
    model = tabular.train(rows, "y", epochs=1)
    with pytest.raises(ValueError, match="^probabilities: the model predicts a number"):
        model.probabilities(rows)


@pytest.mark.parametrize(
    "setting, value, message",
    [
        ("hidden", 8, r"^hidden is 8; give the widths of the hidden layers, such as \(16, 8\)"),
        ("hidden", [0], r"^hidden is \[0\]; give the widths"),
        ("activation", "softmax", "^activation is 'softmax'; give one of "),
        ("optimizer", "newton", "^optimizer is 'newton'; give one of .*adam"),
        ("epochs", 0, "^epochs is 0; give a whole number of 1 or more$"),
        ("learning_rate", -1, "^learning_rate is -1; give "),
        ("validation", 1.5, "^validation is 1.5; give a fraction of the rows"),
    ],
)
def test_a_wrong_setting_is_named(setting, value, message):
    with pytest.raises(ValueError, match=message):
        tabular.train(ROWS, "species", **{setting: value})


def test_cross_validation_and_search():
    problem = tabular.Problem(tabular.read(ROWS, "species"))
    recipe = problem.recipe(epochs=3)
    scores = tabular.cross_validate(problem, recipe, folds=3)
    assert scores.measure == "accuracy" and len(scores.scores) == 3
    assert str(scores).startswith("cross-validation, 3 folds: accuracy ")
    done = []
    found = tabular.search(problem, recipe, 2, workers=2, progress=lambda *n: done.append(n))
    assert [loss for loss, _ in found] == sorted([loss for loss, _ in found])
    assert recipe in [candidate for _, candidate in found] and done == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(ValueError, match="^folds is 1; give a number from 2 to 75"):
        tabular.cross_validate(problem, recipe, folds=1)


# ---- rows in memory ----------------------------------------------------------------------------


def test_rows_are_read_as_a_file_would_be(path):
    table, rows = tabular.read(path, "species"), tabular.read(ROWS, "species")
    for name, column in table.columns.items():
        assert (rows[name].kind, rows[name].labels) == (column.kind, column.labels)
        assert rows[name].values == column.values


def test_missing_values_in_rows():
    table = tabular.read([{"a": 1.5, "b": None}, {"b": "x"}, {"a": float("nan"), "b": "y"}])
    assert [v == v for v in table["a"].values] == [True, False, False]
    assert list(table["b"].values) == [-1, 0, 1]


@pytest.mark.parametrize(
    "rows, message",
    [
        ([], "^there are no rows; give at least one$"),
        ([[1, 2]], r"^row 1 is \[1, 2\]; give a dict such as"),
        ([{"a": 1}, {}], "^row 2 is {}; give a dict"),
    ],
)
def test_rows_that_are_no_table_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        tabular.read(rows)


def test_a_row_with_a_wrong_number_is_named():
    with pytest.raises(ValueError, match="^row 2, column 'a': 'x' is not a number"):
        tabular.read([{"a": 1}, {"a": "x"}], numeric="a")


def test_rows_lack_a_column_of_the_model(model):
    with pytest.raises(ValueError, match="^the table has no column"):
        model.predict([{"sepal length": 1}])


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS)
    frame["count"] = pandas.array([1, None] * 75, dtype="Int64")
    table = tabular.read(frame, "species")
    assert len(table) == 150 and [v == v for v in table["count"].values[:2]] == [True, False]
