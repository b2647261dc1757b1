"""Tables as inputs and targets: the encoding of their columns."""

import io
import json
import math
import statistics
from array import array

import pytest
from csv_texts import NAN, columns, read, written

import scratchnet as sn
from scratchnet.datasets.compact import CompactRows
from scratchnet.datasets.encoding import Encoder
from scratchnet.datasets.median import median_of

# ---- encoding ----------------------------------------------------------------------------------------------------


def titanic(rows=200):
    """A table like the Titanic's: numbers with gaps, categories with gaps, names, a row number, a constant."""
    lines = ["id,survived,sex,age,fare,port,name,ship"]
    for i in range(1, rows + 1):
        age = "" if i % 7 == 0 else str(20 + i * 37 % 41)
        port = "" if i % 50 == 0 else "SCQ"[i * i % 3]
        lines.append(
            f"{i},{i * i % 5 % 2},{'male' if i % 3 else 'female'},{age},{i * 7.25 % 90},{port},P. {i},Titanic"
        )
    return "\n".join(lines) + "\n"


def test_decisions():
    encoder = Encoder.fit(read(titanic(), target="survived"))
    assert encoder.features == [
        "age",
        "fare",
        "sex=female",
        "sex=male",
        "port=C",
        "port=S",
        "port=(missing)",
    ]
    assert (encoder.task, encoder.classes, encoder.outputs) == ("classification", ["0", "1"], 1)
    assert [decision[:2] for decision in encoder.decisions] == [
        ("id", "numbers"), ("survived", "the target"), ("sex", "categories"), ("age", "numbers"), ("fare", "numbers"),
        ("port", "categories"), ("name", "categories"), ("ship", "categories"),
    ]  # fmt: skip
    reasons = {name: (done, why) for name, _, done, why in encoder.decisions}
    assert reasons["id"] == ("left out", "it numbers the rows (used if requested as numeric)")
    assert reasons["ship"] == ("left out", "it holds only 'Titanic'")
    assert reasons["name"][0] == "left out" and "200 different" in reasons["name"][1]
    assert str(encoder).split("\n")[0].split() == "column what it holds what is done why".split()


def test_each_decision_is_printed_on_one_line():
    encoder = Encoder.fit(read('"a\nb",y\n1,"\x1b[31m"\n2,no\n', target="y"))
    assert str(encoder).count("\n") == 2 and "a?b" in str(encoder) and "\x1b" not in str(encoder)
    assert encoder.features == ["a\nb"]


def test_decisions_can_be_overridden():
    table = read(
        titanic(),
        target="survived",
        numeric="id",
        categorical=["name", "age"],
        ignore=["sex", "ship"],
    )
    encoder = Encoder.fit(table)
    assert [number.name for number in encoder.numbers] == ["id", "fare"]
    assert [category.name for category in encoder.categories] == ["age", "port", "name"]
    name = encoder.categories[-1]
    assert len(name.features) == 100 and name.other and name.features[-1] == "name=(other)"


def reference(table, rows, encoder):
    """scikit-learn computes the same: median, standard deviation, one-hot."""
    numpy = pytest.importorskip("numpy")
    pytest.importorskip("sklearn")
    from sklearn.impute import SimpleImputer
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    found = columns(table)
    parts = []
    for number in encoder.numbers:
        column = numpy.array([[NAN if v is None else v] for v in found[number.name]], dtype=float)
        scaler = StandardScaler().fit(column[rows])
        parts.append(
            scaler.transform(SimpleImputer(strategy="median").fit(column[rows]).transform(column))
        )
    for category in encoder.categories:
        column = numpy.array(
            [["~" if v is None else v] for v in found[category.name]], dtype=object
        )
        one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(column[rows])
        parts.append(one_hot.transform(column))
    return numpy.hstack(parts)


def test_encoding_against_scikit_learn():
    """The encoder is fitted to some rows and applied to all, through the Normalization layer."""
    table = read(titanic(), target="survived")
    rows = [i for i in range(200) if i % 3]
    encoder = Encoder.fit(table, rows)
    X = encoder.inputs_of(table)
    Z = sn.Sequential([encoder.normalization()]).predict(X)
    expected = reference(table, rows, encoder)
    assert (len(Z), len(Z[0])) == expected.shape == (200, len(encoder.features))
    assert abs(expected - Z).max() < 1e-12
    part = encoder.inputs_of(table, rows)
    assert [part[k] for k in range(len(rows))] == [X[i] for i in rows]


@pytest.mark.parametrize("size", [10**4, 30001, 30002])
@pytest.mark.parametrize("kind", ["normal", "rising", "periodic", "few", "two"])
def test_medians_of_many_numbers(size, kind):
    generator = sn.Generator(size)
    make = {
        "normal": lambda i: generator.normal(),
        "rising": float,
        "periodic": lambda i: float(i % 30),  # every 30th number is the same
        "few": lambda i: float(generator.below(3)),
        "two": lambda i: float(i >= size / 2),
    }[kind]
    values = [make(i) for i in range(size)]
    assert median_of(array("d", values)) == statistics.median(values)


def test_missing_and_unseen_values():
    train = read("n,c,y\n1,a,u\n2,b,v\n4,a,u\n,b,v\n", target="y")
    encoder = Encoder.fit(train)
    new = read("y,c,extra,n\n,z,5,\n,,5,7\n,z,5,8\n,b,5,9\n")
    X = encoder.inputs_of(new)
    assert [X[i] for i in range(4)] == [[2, 0, 0], [7, 0, 0], [8, 0, 0], [9, 0, 1]]
    assert encoder.unseen(new) == {"c": {"z": 2}} and encoder.unseen(new, [0, 3]) == {"c": {"z": 1}}
    assert encoder.unseen(train) == {}
    encoder = Encoder.fit(read("c,y\na,u\nb,v\n,u\n", target="y"))
    assert encoder.features == ["c=a", "c=b", "c=(missing)"]
    assert encoder.inputs_of(read("c\n?\n", header=True))[0] == [0, 0, 1]


def test_rare_labels_share_an_input():
    labels = ["l%d" % (i % 300 if i % 2 else i % 20) for i in range(3000)]
    encoder = Encoder.fit(
        read("c,y\n" + "".join([f"{v},{i % 3}\n" for i, v in enumerate(labels)]), target="y")
    )
    (category,) = encoder.categories
    assert len(category.features) == 100 and category.features[-1] == "c=(other)"
    counts = {label: labels.count(label) for label in set(labels)}
    kept = min(counts[label] for label in category.labels)
    assert kept >= max(counts[label] for label in counts if label not in category.labels)
    new = read("c\nnever seen\nl0\n", header=True)
    assert encoder.inputs_of(new)[0] == [0] * 99 + [1] and encoder.unseen(new) == {}
    assert encoder.inputs_of(new)[1][category.labels.index("l0")] == 1


def target(values, task=None):
    text = "x,y\n" + "".join([f"{i * i % 11},{v}\n" for i, v in enumerate(values)])
    return Encoder.fit(read(text, target="y", header=True), task=task)


@pytest.mark.parametrize(
    "values, task",
    [
        ([0, 1, 1, 0], "classification"),  # XOR
        (["no", "yes", "no"], "classification"),
        ([0, 1] * 445, "classification"),  # Titanic
        ([0, 1, 2] * 50, "classification"),  # iris
        (list(range(10)) * 20, "classification"),  # digits
        ([3, 4, 5, 6, 7, 8] * 200, "classification"),  # the quality of wines
        ([18 + i * i % 71 for i in range(900)], "regression"),  # ages
        ([100000 + i * 250 for i in range(60)], "regression"),  # house prices
        ([0.5, 1.5] * 100, "regression"),
        ([1, 2, 3, 4, 5] * 5, "regression"),
    ],
)
def test_the_task_is_inferred(values, task):
    assert target(values).task == task


def test_the_task_can_be_given():
    assert target([0, 1] * 10, "regression").task == "regression"
    assert target([1.5, 2.5, 3.5] * 3, "classification").classes == ["1.5", "2.5", "3.5"]
    for values, task, words in (
        (["a", "b"], "regression", "holds texts, such as 'a'"),
        ([5, 5, 5], None, "is the same in every row"),
        ([""] * 3, None, "is missing in every row"),
        (list(range(2000)), "classification", "2000 different values"),
        ([1, 2], "clustering", "task is 'clustering'"),
        ([1e200, 2.5, 3], None, "1e\\+200"),
    ):
        with pytest.raises(ValueError, match=words):
            target(values, task)


def test_classes():
    encoder = target([10, 9, 10, 8] * 10)
    table = read("x,y\n1,9\n2,8\n3,\n4,10\n", header=True)
    X, Y = encoder.examples_of(table)
    assert encoder.classes == ["8", "9", "10"] and encoder.outputs == 3
    assert [Y[i] for i in range(len(Y))] == [[0, 1, 0], [1, 0, 0], [0, 0, 1]] and len(X) == 3
    assert encoder.targets_of(Y) == ["9", "8", "10"]
    assert encoder.targets_of([[0.2, 0.5, 0.3]]) == ["9"]
    with pytest.raises(
        ValueError,
        match="the target 'y' of row 2 is '7'; the classes of the model are '8', '9', '10'",
    ):
        encoder.examples_of(read("x,y\n1,9\n2,7\n"))


def test_two_classes():
    encoder = target(["no", "yes", "yes", "no"])
    X, Y = encoder.examples_of(read("x,y\n1,yes\n2,no\n", header=True))
    assert [Y[0], Y[1]] == [[1], [0]]
    assert encoder.targets_of([[0.51], [0.5]]) == ["yes", "no"]


def test_quantities():
    numpy = pytest.importorskip("numpy")
    values = [i * i / 3 for i in range(50)]
    encoder = target(values)
    text = "x,y\n" + "".join([f"{i},{v!r}\n" for i, v in enumerate(values)])
    X, Y = encoder.examples_of(read(text))
    standardized = (numpy.array(values) - numpy.mean(values)) / numpy.std(values)
    assert abs(numpy.array([Y[i][0] for i in range(50)]) - standardized).max() < 1e-12
    assert encoder.targets_of(Y) == pytest.approx(values, abs=1e-11)


def test_rows_without_a_target_are_left_out():
    table = read("x,y\n1,a\n2,\n3,b\n4,\n", target="y")
    assert table.with_target() == [0, 2]
    encoder = Encoder.fit(table)
    assert (encoder.numbers[0].median, encoder.numbers[0].mean) == (2, 2)
    assert len(encoder.examples_of(table, [1, 2, 3])[0]) == 1 and len(encoder.inputs_of(table)) == 4
    with pytest.raises(ValueError, match="no target is given"):
        Encoder.fit(read("x,y\n1,a\n"))


def test_a_model_reads_its_columns(tmp_path):
    """Columns are found by name and keep their kinds from training, whatever else the file holds."""
    encoder = Encoder.fit(read("code,size,y\n1,5,a\nx,6,b\n", target="y", categorical="code"))
    path = tmp_path / "new.csv"
    path.write_text("junk;size;code\n1;5,5;1\nword;NA;x\n")
    table = encoder.read(str(path))
    assert list(table.columns) == ["size", "code"]
    X = encoder.inputs_of(table)
    assert [X[0], X[1]] == [[5.5, 1, 0], [5.5, 0, 1]]
    with pytest.raises(ValueError, match="has no column 'y'; it has 'junk', 'size', 'code'"):
        encoder.read(str(path), target=True)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="has no columns 'size', 'code'; it has 'a', 'b'"):
        encoder.read(str(path))
    path.write_text("code,size\n1,2\n1,big\n")
    with pytest.raises(
        ValueError, match="line 3, column 'size': 'big' is not a number, but the column is numeric"
    ):
        encoder.read(str(path))


def test_tables_that_were_read_separately():
    """Integers may stand for categories; texts may not stand for numbers."""
    encoder = Encoder.fit(read("code,size,y\n1,5,a\nx,6,b\n", target="y"))
    assert encoder.inputs_of(read("size,code\n5,1\n6,\n"))[0] == [5, 1, 0]
    with pytest.raises(
        ValueError, match="column 'size' holds texts, such as 'big'; the model needs numbers"
    ):
        encoder.inputs_of(read("size,code\nbig,1\n", header=True))
    with pytest.raises(ValueError, match="has no column 'size'"):
        encoder.inputs_of(read("code\n1\n"))


def test_nothing_to_learn_from():
    with pytest.raises(
        ValueError, match="no column to predict 'y' from: 'x' is left out, because it holds only 1"
    ):
        Encoder.fit(read("x,y\n1,a\n1,b\n", target="y"))
    with pytest.raises(
        ValueError, match="no column to predict 'y' from: no other was read .the delimiter is ','.$"
    ):
        Encoder.fit(read("y\na\nb\n", target="y"))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_an_encoder_as_json(task):
    table = read(titanic(), target="survived")
    encoder = Encoder.fit(table, task=task)
    text = json.dumps(encoder.to_dict())
    twin = Encoder.from_dict(json.loads(text))
    assert json.dumps(twin.to_dict()) == text and str(twin) == str(encoder)
    (X, Y), (U, V) = encoder.examples_of(table), twin.examples_of(table)
    assert [X[i] for i in range(200)] == [U[i] for i in range(200)] and [
        *map(Y.__getitem__, range(200))
    ] == list(V)
    assert twin.targets_of(V) == encoder.targets_of(Y)


def changes(value, path=()):
    """Yield the path to every part of nested dicts and lists."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(min(len(value), 2)):
            yield from changes(value[key], path + (key,))


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_damaged_encoder_is_refused(task):
    """Replace or remove any part: the result is a ValueError, or an encoder that works."""
    table = read(titanic(), target="survived")
    good = Encoder.fit(table, task=task).to_dict()
    assert len(list(changes(good))) > 30
    refused = 0
    for path in changes(good):
        for junk in (None, -1, True, "junk", [], {}, [1], {"self": 1}, float("nan"), float("inf")):
            spoilt = json.loads(json.dumps(good))
            if not path:
                spoilt = junk
            else:
                place = spoilt
                for key in path[:-1]:
                    place = place[key]
                place[path[-1]] = junk
            try:
                encoder = Encoder.from_dict(spoilt)
                encoder.normalization()
                str(encoder)
                encoder.examples_of(table)
            except ValueError:
                refused += 1
    assert refused > 200


def test_a_network_from_a_table(tmp_path):
    """From the file to predictions: train, save, load, and predict from raw values."""
    table = read(titanic(), target="sex", ignore=["id", "name"])
    encoder = Encoder.fit(table)
    X, Y = encoder.examples_of(table)
    net = sn.Sequential([encoder.normalization(), sn.Dense(len(encoder.features), 1), sn.Sigmoid()])
    history = net.fit(X, Y, "binary_cross_entropy", epochs=20, batch_size=16)
    assert history.loss[-1] < history.loss[0]
    net.metadata["table"] = encoder.to_dict()
    for name in ("model.json", "model.safetensors"):
        sn.save(net, str(tmp_path / name))
        loaded = sn.load(str(tmp_path / name))
        again = Encoder.from_dict(loaded.metadata["table"])
        assert again.targets_of(loaded.predict(again.inputs_of(table))) == encoder.targets_of(
            net.predict(X)
        )


# ---- compact rows ------------------------------------------------------------------------------------------------


def test_compact_rows():
    rows = CompactRows(
        3, [array("d", [1, 2, 3]), [4, 5, 6]], [(array("i", [0, -1, 1]), 2), ([0, 0, 0], 1)]
    )
    assert list(rows) == [[1, 4, 1, 0, 1], [2, 5, 0, 0, 1], [3, 6, 0, 1, 1]] and rows[-1] == rows[2]
    assert all([type(v) is float for v in rows[0]])
    for i in (3, -4):
        with pytest.raises(IndexError):
            rows[i]
    rows[0][0] = 9.0  # a row is the reader's own
    assert rows[0][0] == 1 and math.isclose(rows[0][1], 4)


# ---- targets that look like something else -----------------------------------------------------------------------


def fitted(values, **options):
    text = written(["x", "y"], [[str(i * i % 11), value] for i, value in enumerate(values)])
    table = read(text, target="y")
    return Encoder.fit(table, **options), table


PRICES = [f"{20 + i * 7 % 90 + i / 8:.1f}" for i in range(200)]


@pytest.mark.parametrize("stray", ["-", "$24", "24,5", "unknown"])
def test_a_stray_text_does_not_make_classes_of_a_number(stray):
    encoder, table = fitted(PRICES + [stray])
    assert encoder.task == "regression"
    assert stray in encoder.decisions[1][3]
    assert len(table.with_target()) == (201 if stray == "$24" else 200)
    again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    text = written(["x", "y"], [["1", PRICES[0]], ["2", stray]])
    assert len(again.read(io.BytesIO(text.encode()), target=True).with_target()) == (
        2 if stray == "$24" else 1
    )


def test_numbers_with_many_texts_are_not_hundreds_of_classes():
    with pytest.raises(ValueError) as caught:
        fitted(PRICES + ["sold"] * 30)
    assert "too many for classes; all are numbers except 'sold'" in str(caught.value)
    assert str(caught.value).endswith("for classes: --task classification")


def test_the_text_that_is_no_number_is_named():
    with pytest.raises(ValueError, match="holds texts, such as 'sold'; regression needs numbers"):
        fitted(PRICES + ["sold"] * 30, task="regression")


@pytest.mark.parametrize(
    "values, task, hint",
    [
        ([str(abs(10 + int(4 * math.sin(i * i)) + i % 7)) for i in range(400)], "regression", "--task classification"),
        ([str(3 + i % 6) for i in range(400)], "classification", "--task regression"),
        ([str(i % 11) for i in range(990)], "classification", "--task regression"),  # vowel
    ],
)  # fmt: skip
def test_grades_counts_and_classes(values, task, hint):
    encoder, _ = fitted(values)
    assert encoder.task == task and encoder.decisions[1][3].endswith(hint)


# ---- other tables for a model ------------------------------------------------------------------------------------


PLACES = "".join(
    [f"{1.5 + i / 500:.3f},{i % 5 * 9},{i % 7 * 100 + 50},{i % 2}\n" for i in range(60)]
)


def cut(text, first, last):
    return "".join([",".join(line.split(",")[first:last]) + "\n" for line in text.split()])


def opened_by(encoder, text, **options):
    return encoder.read(io.BytesIO(text.encode()), **options)


def test_columns_without_names_are_as_many_as_in_training():
    encoder = Encoder.fit(read(PLACES, target="4"))
    assert encoder.header is False and encoder.width == 4
    assert len(opened_by(encoder, PLACES)) == 60
    assert len(opened_by(encoder, cut(PLACES, 0, 3))) == 60  # without the target, the last column
    for text in (cut(PLACES, 1, 4), cut(PLACES, 0, 2), PLACES.replace(",", ",1,", 60)):
        with pytest.raises(ValueError, match=r"has \d columns?, the table of the training had 4;"):
            opened_by(encoder, text)
    first = Encoder.fit(read(cut(PLACES, 0, 4), target="1"))
    with pytest.raises(ValueError, match="has 3 columns, the table of the training had 4"):
        opened_by(first, cut(PLACES, 1, 4))


def test_names_that_the_model_knows_are_a_heading():
    encoder = Encoder.fit(read("kind,size,y\na,small,u\nb,large,v\na,large,v\n", target="y"))
    assert len(opened_by(encoder, "size,kind\nkind,a\nlarge,size\n")) == 2


def test_a_table_far_outside_the_training_is_reported():
    encoder = Encoder.fit(read("size,y\n" + "".join([f"{150 + i % 50},{'ab'[i % 2]}\n" for i in range(100)]), target="y"))  # fmt: skip
    for text, expected in (
        ("size\n160\n205\n170\n", {}),
        ("size\n1.6\n1.8\n", {"size": (2, 2, 150, 199)}),  # metres
        ("size\n160\n1000\n170\n", {"size": (1, 3, 150, 199)}),
        ("size\n201\n202\n203\n160\n", {"size": (3, 4, 150, 199)}),
    ):
        assert encoder.outside(opened_by(encoder, text)) == expected


def test_an_encoder_of_an_earlier_version():
    """What it does not have is not checked."""
    data = Encoder.fit(read(PLACES, target="4")).to_dict()
    for name in ("header", "width", "dates"):
        del data[name]
    for number in data["numbers"]:
        for name in ("least", "most", "strays"):
            del number[name]
    encoder = Encoder.from_dict(data)
    table = opened_by(encoder, cut(PLACES, 0, 3))
    assert len(table) == 60 and encoder.outside(table) == {}
