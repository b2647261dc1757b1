"""From a table to a trained and evaluated model, in Python."""

import csv
import io
import json
import multiprocessing
import signal
import threading
import time
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from command_line import run

import scratchnet as sn
from scratchnet import tabular
from scratchnet.datasets import samples
from scratchnet.datasets.compact import CompactRows
from scratchnet.tabular import fingerprint, importance, trials
from scratchnet.tabular.stopping import NOTHING_LEFT, epochs_on_all, trivial_loss

FLOWERS = samples.iris()
ROWS = [
    dict(zip(FLOWERS.features, x), species=FLOWERS.labels[y]) for x, y in zip(FLOWERS.X, FLOWERS.Y)
]
EPOCHS = 30


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
        with pytest.raises(ValueError, match="^the model is trained already; make a new one"):
            loaded.fit(tabular.Problem(tabular.read(ROWS, "species")))


def test_two_models_of_one_problem_do_not_share_anything():
    rows = [{"x": x / 2, "y": 1000 + 7 * x} for x in range(40)]
    problem = tabular.Problem(tabular.read(rows, target="y"), task="regression")
    recipe = tabular.recipe_for(*problem.sizes, epochs=5)
    first, second = [tabular.train_model(problem, recipe) for _ in range(2)]
    assert first.predict(rows) == second.predict(rows)
    assert first.net is not second.net
    assert 900 < second.predict([{"x": 10}])[0] < 1400  # in the unit of the target


def test_a_regression_has_no_probabilities():
    rows = [{"x": x / 2, "y": 2.5 * x} for x in range(40)]
    model = tabular.train(rows, "y", epochs=1)
    with pytest.raises(
        ValueError, match="^the model predicts a number, not classes; call predict$"
    ):
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
    recipe = tabular.recipe_for(*problem.sizes, epochs=3)
    scores = tabular.cross_validate(problem, recipe, folds=3)
    assert scores.measure == "accuracy" and len(scores.scores) == 3
    assert str(scores).startswith("cross-validation, 3 folds: accuracy ")
    done = []
    found = tabular.search(problem, recipe, 2, workers=2, progress=lambda *n: done.append(n))
    assert [loss for loss, _ in found] == sorted([loss for loss, _ in found])
    assert recipe in [candidate for _, candidate in found] and done == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(ValueError, match="^folds is 1; give a number from 2 to 75"):
        tabular.cross_validate(problem, recipe, folds=1)


def handler_of(number):
    return signal.getsignal(number)  # Python 3.6 cannot pickle signal.getsignal itself.


def test_workers_have_no_signal_handlers_of_the_main_process():
    former = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        handlers = trials.run_tasks(handler_of, [(signal.SIGTERM,)] * 2, 2, None)
    finally:
        signal.signal(signal.SIGTERM, former)
    assert handlers == [signal.SIG_DFL] * 2


begin_worker = trials.begin_worker


def begin_every_second_worker_late():
    if int(multiprocessing.current_process().name.rsplit("-", 1)[1]) % 2:
        time.sleep(1)
    begin_worker()


def test_a_worker_that_begins_late_is_ended(monkeypatch):
    """The others have done all tasks by then, and the pool has sent it SIGTERM."""
    monkeypatch.setattr(trials, "begin_worker", begin_every_second_worker_late)
    tasks = [(signal.SIGTERM,)] * 2
    run_tasks = threading.Thread(target=trials.run_tasks, args=(handler_of, tasks, 2, None))
    former = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        run_tasks.start()
        run_tasks.join(60)
    finally:
        signal.signal(signal.SIGTERM, former)
    assert not run_tasks.is_alive()


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


def test_numbers_in_memory_have_no_decimal_mark():
    """A model of a file with decimal commas predicts rows of numbers as they are."""
    content = "x;y\n" + "".join("{},5;{}\n".format(x * x, 2 * x) for x in range(40))
    table = tabular.read(io.BytesIO(content.encode()), "y", decimal=",")
    problem = tabular.Problem(table, task="regression")
    model = tabular.train_model(problem, tabular.recipe_for(*problem.sizes, epochs=2))
    assert model.predict([{"x": 1.125}]) == model.predict([{"x": "1,125"}])
    assert model.encoder.inputs_of(model.read([{"x": 1.125}]))[0] == [1.125]


def test_columns_are_found_by_their_names_before_their_numbers():
    rows = [{1: i / 7, 2: i % 2, 3: -i / 3} for i in range(9)]
    assert tabular.read(rows, target=2).target == "2"
    assert list(tabular.read(rows, ignore=[1]).columns) == ["2", "3"]


@pytest.mark.parametrize(
    "rows, message",
    [
        ([{1: 2, "1": 5}], "^row 1: two of its names are written the same; rename one$"),
        ([{"a": [1]}], r"^row 1, column 'a': \[1\] is a list; give a number or a text$"),
        ([{"a": b"1"}], "^row 1, column 'a': b'1' is a bytes; give a number or a text$"),
        ([{"a": 1}, {"a": float("inf")}], "^row 2, column 'a': inf is not finite; give None"),
        ([{"a": 10**5000}], "^row 1, column 'a': "),
        ([{"a": 1j}], "^row 1, column 'a': "),
    ],
)
def test_values_that_no_column_can_hold(rows, message):
    with pytest.raises(ValueError, match=message):
        tabular.read(rows)


def test_numbers_of_every_type():
    rows = [
        {"a": 1, "b": True, "c": "3", "d": 1},
        {"a": Fraction(1, 2), "b": False, "c": "x", "d": "y"},
    ]
    rows.append({"a": Decimal("0.25"), "b": True, "c": "x", "d": 2.5})
    table = tabular.read(rows)
    assert list(table["a"].values) == [1, 0.5, 0.25]
    assert table["b"].labels == ["True", "False"]
    assert (table["c"].labels, table["d"].labels) == (["3", "x"], ["1", "y", "2.5"])
    assert tabular.read(rows, categorical="a")["a"].labels == ["1", "0.5", "0.25"]


def test_texts_that_are_missing():
    rows = [{"a": "NA"}, {"a": "NB"}, {"a": "-"}]
    assert list(tabular.read(rows)["a"].values) == [-1, 0, 1]
    assert list(tabular.read(rows, missing=())["a"].values) == [0, 1, 2]
    assert list(tabular.read(rows, missing="-")["a"].values) == [0, 1, -1]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"delimiter": ";"}, "^delimiter: rows in memory have no such option; leave it out$"),
        ({"progress": print}, "^progress: rows in memory have no such option"),
    ],
)
def test_options_that_do_not_apply(options, message):
    with pytest.raises(ValueError, match=message):
        tabular.read(ROWS, **options)


@pytest.mark.parametrize("data", [7, {"a": 1}, iter(ROWS)])
def test_data_of_another_type(data):
    with pytest.raises(
        TypeError, match="give the path of a file, a list of dicts, or a data frame$"
    ):
        tabular.read(data)


def test_a_table_that_is_read_already(path):
    table = tabular.read(path, "species")
    assert tabular.train(table, epochs=2).predict(ROWS) == tabular.train(
        path, "species", epochs=2
    ).predict(ROWS)
    with pytest.raises(ValueError, match="^data is read already; give target"):
        tabular.train(table, "species")
    with pytest.raises(TypeError, match="^data is a list; give what tabular.read returns$"):
        tabular.Problem(ROWS)


def test_classes_that_are_numbers_are_predicted_as_numbers():
    rows = [{"w": i / 7, "r": int(i > 20), "h": 0.5 * (i % 3)} for i in range(60)]
    model = tabular.train(rows, "r", epochs=30)
    assert model.predict(rows[:1] + rows[-1:]) == [0, 1]
    assert list(model.probabilities(rows[:1])[0]) == [0, 1]
    assert set(tabular.train(rows, "h", task="classification", epochs=1).predict(rows)) <= {
        0,
        0.5,
        1,
    }


def test_ctrl_c_keeps_what_was_learned():
    def interrupt(epoch):
        if epoch.number == 3:
            raise KeyboardInterrupt

    problem = tabular.Problem(tabular.read(ROWS, "species"))
    recipe = tabular.recipe_for(*problem.sizes, epochs=9)
    model = tabular.Model.untrained(problem.encoder, recipe)
    model.fit(problem, epoch_done=interrupt)
    assert model.interrupted and model.has_learned and len(model.epochs) == 3
    assert model.evaluate(ROWS).samples == 150 and model.report is None
    assert model.net.metadata["rows"]["count"] == len(problem.training[0])
    with pytest.raises(ValueError, match="^the model is trained already; make a new one"):
        model.fit(problem)


def test_ctrl_c_waits_for_no_fingerprint(monkeypatch):
    """That of 60,000 images takes 0.7 s."""
    problem = tabular.Problem(tabular.read(ROWS, "species"))
    recipe = tabular.recipe_for(*problem.sizes, epochs=9)
    done = tabular.Model.untrained(problem.encoder, recipe)
    done.fit(problem)
    expected = fingerprint.of(problem.training[0], done.encoder.targets_of(problem.training[1]))

    def interrupt(epoch):
        monkeypatch.setattr(fingerprint, "of", None)
        monkeypatch.setattr(type(problem.encoder), "targets_of", None)
        raise KeyboardInterrupt

    model = tabular.Model.untrained(problem.encoder, recipe)
    model.fit(problem, epoch_done=interrupt)
    assert model.interrupted and model.net.metadata["rows"] == expected


def test_a_model_that_learned_nothing_knows_no_rows(monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    problem = tabular.Problem(tabular.read(ROWS, "species"))
    model = tabular.Model.untrained(problem.encoder, tabular.recipe_for(*problem.sizes))
    monkeypatch.setattr(model, "learn", interrupt)
    model.fit(problem)
    assert model.interrupted and not model.has_learned
    assert "rows" not in model.net.metadata and model.evaluate(ROWS).samples == 150


def test_the_number_of_processes_changes_no_bit(each_kernel):
    problem = tabular.Problem(tabular.read(ROWS, "species"))
    recipe = tabular.recipe_for(*problem.sizes, epochs=2)
    assert tabular.search(problem, recipe, 2, workers=2) == tabular.search(problem, recipe, 2)
    for options in ({"trials": 0}, {"workers": 0}, {"workers": "2"}):
        with pytest.raises(ValueError, match="^{} is ".format(list(options)[0])):
            tabular.search(problem, recipe, **options)


def test_the_target_of_a_table_is_not_given_again(model, path):
    with pytest.raises(ValueError, match="the model knows the target column of a table"):
        model.read(path, target="species")


def test_data_frames():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(ROWS)
    frame["count"] = pandas.array([1, None] * 75, dtype="Int64")
    table = tabular.read(frame, "species")
    assert len(table) == 150 and [v == v for v in table["count"].values[:2]] == [True, False]
    frame.columns = ["a"] * 4 + ["b", "c"]
    with pytest.raises(ValueError, match="^two columns are named 'a'; rename one of them$"):
        tabular.read(frame)


# ---- the front door ----------------------------------------------------------------------------


def coins(count=400, seed=1):
    """Return rows of a rare class that depends on one of two columns."""
    generator = sn.Generator(seed)
    rows = []
    for _ in range(count):
        size, noise = generator.normal(), generator.normal()
        odds = size + generator.normal() > 2.3
        rows.append({"size": size, "noise": noise, "rare": "yes" if odds else "no"})
    return rows


@pytest.fixture(scope="module")
def rare():
    return tabular.train(coins(), "rare", epochs=30)


def test_a_model_of_a_rare_class_is_measured_by_its_probabilities(rare):
    report = rare.report
    assert report.accuracy - report.baseline_accuracy < 0.05
    assert report.log_loss < report.baseline_log_loss and report.roc_auc > 0.8
    assert {"log_loss", "roc_auc", "balanced_accuracy"} < set(report.to_dict())
    for words in ("balanced accuracy", "log loss", "ROC AUC"):
        assert words in str(report)


def test_a_threshold_changes_the_classes_only(rare):
    rows = coins(seed=2)
    shares = [share["yes"] for share in rare.probabilities(rows)]
    for threshold in (0, 0.1, 0.9, 1):
        expected = ["yes" if share >= threshold else "no" for share in shares]
        assert rare.classify(rows, threshold) == expected
    assert rare.classify(rows) == rare.predict(rows)
    low, usual = rare.evaluate(rows, threshold=0.1), rare.evaluate(rows)
    assert low.log_loss == usual.log_loss and low.balanced_accuracy > usual.balanced_accuracy


def test_a_threshold_that_does_not_apply(model, rare):
    with pytest.raises(ValueError, match="^threshold is 2; give a probability from 0 to 1$"):
        rare.classify(coins(9), 2)
    with pytest.raises(ValueError, match="a threshold needs two classes; leave it out$"):
        model.classify(ROWS, 0.5)
    numbers = tabular.train([{"x": x / 2, "y": 2.5 * x} for x in range(40)], "y", epochs=1)
    with pytest.raises(ValueError, match="predicts a number, not classes; call predict$"):
        numbers.classify([{"x": 1}])


def test_balanced_class_weights(rare):
    balanced = tabular.train(coins(), "rare", epochs=30, class_weight="balanced")
    rows = coins(seed=2)
    assert balanced.evaluate(rows).balanced_accuracy > rare.evaluate(rows).balanced_accuracy + 0.1
    with pytest.raises(ValueError, match="^class_weight is 'equal'; give 'balanced', or leave it"):
        tabular.train(coins(), "rare", class_weight="equal")
    with pytest.raises(ValueError, match="^class_weight is for classes, not for a regression"):
        tabular.train(coins(), "size", class_weight="balanced")


def test_the_important_column_is_found(rare):
    found = rare.importance(coins())
    assert list(found) == ["size", "noise"] and found["size"] > 10 * abs(found["noise"])
    rows = [{"a": x % 7, "b": x % 5, "y": 3.5 * (x % 5) + x / 100} for x in range(100)]
    found = tabular.train(rows, "y", epochs=60).importance(rows)
    assert list(found)[0] == "b" and found["b"] > 0.5


def test_importance_changes_nothing(rare):
    before = [p.value for p in rare.net.parameters()]
    assert rare.importance(coins()) == rare.importance(coins())
    assert [p.value for p in rare.net.parameters()] == before


def test_a_model_knows_the_rows_of_its_training(rare, tmp_path):
    rare.save(str(tmp_path / "m.json"))
    loaded = tabular.load(str(tmp_path / "m.json"))
    assert loaded.trained_on(coins()) == 1 and loaded.trained_on(coins(seed=2)) == 0
    assert 0.3 < loaded.trained_on(coins() + coins(seed=2)) < 0.7
    changed = [dict(row, size=row["size"] + 1e-9) for row in coins()]
    assert loaded.trained_on(changed) == 0


def test_a_regression_knows_the_rows_of_its_training():
    rows = [{"x": x / 7, "y": 2.3 * x} for x in range(1500)]  # of many, a part is held out
    model = tabular.train(rows, "y", epochs=1)
    assert model.epochs_on_all == 0 and 0.7 < model.trained_on(rows) < 0.9


def test_few_rows_are_learned_from_all_of_them(model):
    assert model.epochs_on_all == EPOCHS and model.trained_on(ROWS) == 1
    assert len(model.epochs) <= EPOCHS and model.report.samples == 30


def test_training_ends_when_there_is_nothing_to_gain():
    rows = [{"x": x, "y": "no yes".split()[x > 500]} for x in range(1001) if abs(x - 500) > 50]
    model = tabular.train(rows, "y")
    assert model.report.accuracy == 1 and len(model.epochs) < 100  # not 300


def test_training_goes_on_while_a_regression_improves():
    rows = [{"x": x / 100, "y": (x / 100) ** 2} for x in range(400)]
    model = tabular.train(rows, "y", epochs=150)
    assert model.report.r2 > 0.999 and len(model.epochs) > 60


def test_models_of_earlier_versions(model, tmp_path):
    """They have fewer metadata."""
    path = str(tmp_path / "old.json")
    model.save(path)
    net = sn.load(path)
    for name in ("frequencies", "rows"):
        del net.metadata[name]
    del net.metadata["recipe"]["class_weight"]
    for name in ("header", "width", "dates"):
        del net.metadata["table"][name]
    for number in net.metadata["table"]["numbers"]:
        for name in ("least", "most", "strays"):
            del number[name]
    sn.save(net, path)
    old = tabular.load(path)
    assert old.predict(ROWS) == model.predict(ROWS)
    assert old.evaluate(ROWS).accuracy == model.evaluate(ROWS).accuracy
    assert old.trained_on(ROWS) == 0
    assert tabular.Recipe.from_dict(net.metadata["recipe"]).class_weight is None


def test_dates_in_rows(tmp_path):
    rows = [
        {"when": f"{2020 + i % 3}-{1 + i % 12:02}-{1 + i % 28:02}", "warm": 3 < i % 12 < 9}
        for i in range(120)
    ]
    model = tabular.train(rows, "warm", dates="when", epochs=40)
    model.save(str(tmp_path / "m.json"))
    loaded = tabular.load(str(tmp_path / "m.json"))
    assert loaded.predict([{"when": "2021-07-03"}, {"when": "2021-01-03"}]) == ["True", "False"]
    with pytest.raises(ValueError, match="^the table has no column 'when'"):
        loaded.predict([{"day": "2021-07-03"}])


def test_the_importance_of_the_leading_columns(monkeypatch):
    """Only the columns with the largest weights are measured if there are many."""
    generator = Random(3)
    rows = [{f"x{j}": generator.gauss(0, 1) for j in range(40)} for _ in range(60)]
    for row in rows:
        row["y"] = "up" if row["x7"] > 0 else "down"
    model = tabular.train(rows, "y", epochs=1, hidden=[2])
    assert importance.leading(model) == [f"x{j}" for j in range(40)]
    first = [layer for layer in model.net.layers if isinstance(layer, sn.Dense)][0]
    for j in (7, 30):
        first.weights.value[j] = [9.0 + j, -9.0]
    monkeypatch.setattr(importance, "MOST_MEASURED", 50 * 40 * 25)
    names = importance.leading(model)
    assert len(names) == 25 and names[:2] == ["x30", "x7"]
    found = model.importance(rows, columns=["x7", "x30"])
    assert set(found) == {"x7", "x30"} and max(found.values()) > 0


def test_the_decay_of_weights_depends_on_the_rows():
    decays = [tabular.recipe_for(rows, 4, classes=2).weight_decay for rows in (20, 200, 600, 6000)]
    assert decays == [0.3, 0.3, 0.1, 0.01]
    usual, quantity = tabular.recipe_for(600, 4, classes=2), tabular.recipe_for(600, 4)
    assert (usual.optimizer, quantity.optimizer, quantity.weight_decay) == ("adamw", "adam", 0)
    assert tabular.recipe_for(600, 4, classes=2, optimizer="adam").weight_decay == 0
    given = tabular.recipe_for(600, 4, classes=2, weight_decay=0.25)
    assert given.weight_decay == 0.25 and "weight decay 0.25" in str(given)
    earlier = {name: value for name, value in given.to_dict().items() if name != "weight_decay"}
    assert tabular.Recipe.from_dict(earlier).weight_decay == 0


def test_the_decay_of_weights_is_that_of_the_optimizer():
    sizes = []
    for decay in (0, 1):
        model = tabular.train(ROWS, "species", weight_decay=decay, hidden=[4], epochs=10)
        first = [layer for layer in model.net.layers if isinstance(layer, sn.Dense)][0]
        sizes.append(sum([abs(w) for row in first.weights.value for w in row]))
    assert sizes[1] < sizes[0]


def test_training_ends_when_no_gain_is_left():
    rows = [{"x": i % 9, "y": "ab"[i % 9 > 4]} for i in range(180)]
    data = tabular.read(rows, "y")
    problem = tabular.Problem(data)
    least = NOTHING_LEFT * trivial_loss(problem.encoder, problem.training[1])
    model = tabular.train(data, learning_rate=0.1)
    losses = [epoch.validation_loss for epoch in model.epochs]
    assert len(losses) < 100 and losses[-1] <= least < min(losses[:-1])
    assert len(tabular.train(data, learning_rate=0.1, epochs=60, patience=60).epochs) == 60


@pytest.mark.parametrize("labels, loss", [("ab" * 50, 0.693), ("a" * 98 + "bb", 0.1)])
def test_a_worthwhile_gain_is_relative_to_the_trivial_loss(labels, loss):
    """A rare class has a small log loss from the beginning."""
    data = tabular.read([{"x": i * i % 17, "y": label} for i, label in enumerate(labels)], "y")
    problem = tabular.Problem(data)
    assert abs(trivial_loss(problem.encoder, problem.training[1]) - loss) < loss / 5


def test_rows_in_memory_and_compact_rows_train_the_same_model(monkeypatch):
    parameters = []
    for most in (0, 10000):
        monkeypatch.setattr(tabular.problem, "MOST_IN_MEMORY", most)
        rows = tabular.problem.in_memory(CompactRows(2, [[1.5, 2.5]], [([0, 1], 2)]), 3)
        assert isinstance(rows, list) == (most > 0) and rows[1] == [2.5, 0.0, 1.0]
        model = tabular.train(ROWS, "species", hidden=[4], epochs=5)
        parameters.append([p.value for p in model.net.parameters()])
    assert parameters[0] == parameters[1]


# rows, inputs and classes: batch size, learning rate, most epochs, patience
DEFAULTS = {
    (120, 4, 3): (32, 0.006, 300, 10),
    (999, 33, 2): (32, 0.003, 300, 10),
    (1000, 33, 2): (64, 0.006, 300, 10),
    (19999, 8, 2): (64, 0.006, 150, 5),
    (20000, 8, 2): (128, 0.01, 150, 5),
    (20000, 33, 2): (128, 0.0025, 150, 5),
    (120, 4, 0): (8, 0.01, 300, 10),
    (1999, 33, 0): (16, 0.0025, 300, 10),
    (2000, 32, 0): (32, 0.01, 300, 10),
    (1000000, 4, 0): (128, 0.01, 10, 5),
}


@pytest.mark.parametrize("sizes", DEFAULTS)
def test_defaults_depend_on_the_size_of_the_table(sizes):
    recipe = tabular.recipe_for(*sizes)
    found = recipe.batch_size, recipe.learning_rate, recipe.epochs, recipe.patience
    assert found == DEFAULTS[sizes]
    given = dict(batch_size=7, learning_rate=0.5, epochs=60, patience=9, weight_decay=0.5)
    recipe = tabular.recipe_for(*sizes, **given)
    assert {name: getattr(recipe, name) for name in given} == given


def test_a_model_file_contains_its_recipe(tmp_path):
    model = tabular.train(ROWS, "species", epochs=2)
    model.save(str(tmp_path / "m.json"))
    recipe = sn.load(str(tmp_path / "m.json")).metadata["recipe"]
    assert (recipe["batch_size"], recipe["learning_rate"]) == (32, 0.006)
    assert recipe == tabular.recipe_for(*tabular.Problem(tabular.read(ROWS, "species")).sizes, epochs=2).to_dict()  # fmt: skip


def test_the_second_training_takes_the_best_number_of_epochs_or_a_minimum():
    recipe = tabular.recipe_for(150, 4, 3)
    assert [epochs_on_all(recipe, 999, best) for best in (None, 3, 25, 300)] == [20, 20, 25, 300]
    assert epochs_on_all(recipe, 1000, 25) == 0
    assert epochs_on_all(recipe._replace(epochs=7), 999, 7) == 7
