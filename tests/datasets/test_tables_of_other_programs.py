"""Tables as other programs and people write them: what is read, what is refused, and what is said."""

import io
import warnings

import pytest

from scratchnet import tabular
from scratchnet.datasets.encoding import Encoder
from scratchnet.datasets.tables import read_table
from scratchnet.datasets.tables.dates import parts_of
from scratchnet.datasets.tables.headings import complete, has_header, more_headings

ROWS = 40
COLORS = ["red", "blue", "red"]


def table_of(heading, row, target="y", **options):
    """Read a table with these lines of headings, and a line ``row(i)`` for each row."""
    lines = [heading] + [row(i) for i in range(ROWS)]
    return read_table(io.BytesIO("\n".join(lines).encode()), target, **options)


def refusal(*args, **options):
    with pytest.raises(ValueError) as caught:
        Encoder.fit(table_of(*args, **options))
    return str(caught.value)


def decision(table, name):
    """Return what is done with the column, and why."""
    (line,) = [line for line in Encoder.fit(table).decisions if line[0] == name]
    return line[2:]


def with_cells(cell, **options):
    """Read a table whose column x holds ``cell(i)`` in quotes, beside another one and a target."""
    return table_of("x;z;y", lambda i: f'"{cell(i)}";{i * i % 31};{"ab"[i % 2]}', **options)


# ---- headings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading, row",
    [
        ('"mpg" "y"', lambda i: f'"{i + 1}" {i * i % 31}.5 "{"ab"[i % 2]}"'),  # write.table(x)
        ("mpg\ty", lambda i: f"Car {i}\t{i * i % 31}\t{'ab'[i % 2]}"),  # sep = "\t", quote = FALSE
        ('"mpg";"y"', lambda i: f'"{3 * i}";{i * i % 31},5;"{"ab"[i % 2]}"'),  # dec = ","
        ('"","mpg","y"', lambda i: f'"{3 * i + i % 2}",{i * i % 31},"{"ab"[i % 2]}"'),  # write.csv
        (",mpg,y", lambda i: f"{i * 7 % 40 * 9},{i * i % 31},{'ab'[i % 2]}"),  # a sample of pandas
    ],
    ids=range(5),
)
def test_row_names_are_left_out(heading, row):
    table = table_of(heading, row)
    assert list(table.columns) == ["row names", "mpg", "y"]
    assert decision(table, "row names")[0] == "left out"
    model = Encoder.from_dict(Encoder.fit(table).to_dict())
    again = io.BytesIO("\n".join([heading] + [row(i) for i in range(ROWS)]).encode())
    assert list(model.read(again)["mpg"].values) == list(table["mpg"].values)


def test_a_line_may_end_with_a_delimiter():
    assert complete([["a", "b"], ["1", "2", ""], ["1", "4", ""]]) == ["a", "b", ""]
    assert complete([["a", "b", ""], ["1", "2"], ["3", "4"]]) == ["a", "b"]
    table = table_of("a;y;", lambda i: f"{i * i % 31};{'ab'[i % 2]}")
    assert list(table.columns) == ["a", "y"] and len(table) == ROWS
    table = table_of("a;y", lambda i: f"{i * i % 31};{'ab'[i % 2]};")
    assert list(table.columns) == ["a", "y", "column 3"] and table.header


def test_a_heading_that_lacks_another_name_is_refused():
    sentence = refusal("a;y", lambda i: f"{i % 7};{i * i % 31};{'ab'[i % 2]}")
    assert sentence.startswith("the file, line 1: 2 cells, but most lines below have 3; delete")


@pytest.mark.parametrize(
    "lines, count",
    [
        (["d|d", "|class"], 2),
        (["discrete|discrete"], 1),
        (["red blue|a b", "meta|class"], 2),
        (["Your color?|Would you buy it?"], 1),
        (["---|---"], 1),
        ([":---|---:"], 1),
        (["String|Boolean"], 1),
    ],
)
def test_second_headings_without_numbers(lines, count):
    below = [f"{COLORS[i % 3]}|{'ab'[i % 2]}" for i in range(ROWS)]
    rows = [line.split("|") for line in ["color|y", *lines, *below]]
    assert more_headings(rows) == count
    names = "line 2" if count == 1 else "lines 2 and 3"
    assert refusal("\n".join(["color|y", *lines]), lambda i: below[i]).startswith(
        f"the file, {names}: "
    )


class Cell(str):
    """A cell that counts how often it is read."""

    count = 0

    def strip(self, *characters):
        Cell.count += 1
        return str.strip(self, *characters)


def test_the_first_column_of_a_wide_table_decides_whether_there_are_headings():
    rows = [["name {}".format(j) for j in range(500)]]
    rows += [[Cell(i + j / 4) for j in range(500)] for i in range(60)]
    assert has_header(rows) and not more_headings(rows)
    assert Cell.count < 10 * (60 + 500)  # of 60 · 500 cells


@pytest.mark.parametrize("unit", ["%", "\u00b0", "\u20ac"])
def test_a_unit_that_is_a_sign(unit):
    sentence = refusal(f"t,n,y\n{unit},,", lambda i: f"{i * i % 31}.5,{i % 4},{'ab'[i % 2]}")
    assert sentence.endswith(
        f"{unit!r} looks like a second heading, a type or a unit; delete line 2"
    )


@pytest.mark.parametrize("first", ["green,a", "red,b", "d,a", ",b"])
def test_a_first_row_of_labels_is_data(first):
    table = table_of(f"color,y\n{first}", lambda i: f"{COLORS[i % 3]},{'ab'[i % 2]}", header=True)
    assert len(table) == ROWS + 1


@pytest.mark.parametrize(
    "first", ["zebra,africa", "zebra?,africa", "New York,very good", "zebra?,b?"]
)
def test_a_row_of_rare_words_is_data(first):
    below = ["cat,home", "dog,yard", "maybe?,home" if "b?" in first else "dog,home"]
    table = table_of(f"animal,place\n{first}", lambda i: below[i % 3], "place", header=True)
    assert len(table) == ROWS + 1
    table = table_of(f"animal,place\n{first}", lambda i: below[i % 3], "place")
    assert len(table) == ROWS + 1 and list(table.columns) == ["animal", "place"]


@pytest.mark.parametrize(
    "heading", ["1,2,3,4,label", "400,450,500,550,label", "2021,2019,2020,7,label", "b,a,c,d,label"]
)
def test_a_name_that_is_given_is_in_the_heading(heading):
    def row(i):
        return f"{i % 4},{i * i % 31},{i % 7},{i % 5},{'ab'[i % 2]}"

    table = table_of(heading, row, target="label")
    assert table.header and len(table) == ROWS
    assert table_of(heading, row, target="1", categorical=["label"]).header


def test_names_that_count_up():
    def row(i):
        return f"{i % 4},{i * i % 31},{i % 7},{i % 5},{'ab'[i % 2]}"

    assert table_of("1,2,3,4,label", row, target="5").header
    assert table_of("0.5,1,1.5,2,label", row, target="5").header
    assert not table_of("1,2,3,4,a", row, target="5").header
    assert not table_of("1,2,4,8,c", row, target="5").header


def test_a_heading_that_is_repeated_is_refused():
    def row(i):
        return "x,y" if i == 30 else f"{i * i % 31},{'ab'[i % 2]}"

    assert refusal("x,y", row) == "the file, line 32 repeats the names of the columns; delete it"


@pytest.mark.parametrize(
    "heading, sentence",
    [
        ('[{"x": 1, "y": 2},', "the file looks like JSON; save its table as CSV"),
        ('{\n"x": [1', "the file looks like JSON; save its table as CSV"),
        ("<html><table>", "the file looks like HTML or XML; save its table as CSV"),
        ("x:y", "the file has no column 'y'; it has 'x:y'; if another character separates the"),
    ],
)
def test_files_of_other_kinds(heading, sentence):
    assert refusal(heading, lambda i: f"{i}:{i % 2}").startswith(sentence)


def test_utf_16_without_a_mark():
    text = "Gr\u00f6\u00dfe;y\n" + "".join([f"{i};{'ab'[i % 2]}\n" for i in range(ROWS)])
    for encoding in ("utf-16-le", "utf-16-be"):
        data = text.encode(encoding)
        with pytest.raises(ValueError, match="is not text; name the encoding, such as utf-16-le"):
            read_table(io.BytesIO(data))
        assert len(read_table(io.BytesIO(data), encoding=encoding)) == ROWS


def test_cells_in_single_quotes():
    table = table_of("'x','y'", lambda i: f"'{i * i % 31}','{'ab'[i % 2]}, so'")
    assert table["x"].kind == "numbers" and table["y"].labels == ["a, so", "b, so"]


# ---- numbers and missing values ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell, value",
    [
        (lambda i: f"({i}.50)" if i % 2 else f"{i}.50", lambda i: -i - 0.5 if i % 2 else i + 0.5),
        (lambda i: f"1,0{i % 10},500", lambda i: 100500 + 1000 * (i % 10)),
        (lambda i: f"$(12,3{i:02}.25)", lambda i: -12300.25 - i),
        (lambda i: f"(-{i})", None),
    ],
)
def test_numbers_of_accountants_and_of_india(cell, value):
    column = with_cells(cell)["x"]
    if value is None:
        assert column.kind == "categories"
    else:
        assert list(column.values) == [value(i) for i in range(ROWS)]


@pytest.mark.parametrize(
    "cell",
    [
        "{}.5 kg",
        "{}kg",
        "{},5 km/h",
        "USD {}.25",
        "Rs. {}.5",
        "{} EUR",
        "\u20ac{}.9M",
        "{}.5k",
        "{}-",
        "{}:30",
    ],
)
def test_units_are_pointed_out(cell):
    done, why = decision(with_cells(lambda i: cell.format(i)), "x")
    first = cell.format(0)
    assert done == "left out"
    assert why.endswith(
        f"; they look like numbers with a unit, such as '{first}': write plain numbers"
    )


@pytest.mark.parametrize(
    "cell", ["A{}", "AB {}", "Car {}", "group {}", "{}th", "{} Main Street", "{}/7"]
)
def test_codes_are_no_units(cell):
    why = decision(with_cells(lambda i: cell.format(i)), "x")[1]
    assert "unit" not in why or cell == "{}th"


@pytest.mark.parametrize("cell", ["{}:15", "{} EUR"])
def test_a_target_with_units_is_refused(cell):
    sentence = refusal("x;y", lambda i: f"{i % 7};{cell.format(i + 10)}")
    assert sentence == (
        "the file: the target 'y' has 40 different texts; they look like numbers with a unit, such as "
        f"'{cell.format(10)}': write plain numbers"
    )


def test_a_target_of_dates_is_refused():
    sentence = refusal("x;y", lambda i: f"{i % 7};2024-0{1 + i % 9}-{10 + i // 2}")
    assert sentence.endswith("; they look like dates: to predict dates, write them as numbers")


@pytest.mark.parametrize(
    "text", ["unknown", "..", "#DIV/0!", "\\N", "\u2014", "n.a.", "keine Angabe"]
)
def test_one_text_among_numbers_is_a_missing_value(text):
    table = with_cells(lambda i: text if i % 4 == 0 else f"{i * i % 31}.5")
    assert table["x"].kind == "numbers" and table["x"].strays == {text: 10}
    done, why = decision(table, "x")
    assert done.startswith("1 input, standardized; 10 missing") and "(10 rows) counted as" in why


def test_rows_of_a_target_are_not_lost():
    sentence = refusal("x;y", lambda i: f"{i % 7};{'sold' if i % 5 == 0 else i * 7}")
    assert "all are numbers except 'sold'; if these mean missing numbers, name them" in sentence


@pytest.mark.parametrize(
    "marks, cells",
    [("-200", ["-200.0"]), ("-999,-99", ["-999", "-99"]), ("1e+20", ["1e20"]), ("-9", ["-9"])],
)
def test_numbers_that_mean_missing_are_reported_and_the_advice_works(marks, cells):
    def cell(i):
        return cells[i // 5 % len(cells)] if i % 5 == 0 else f"{i * i % 31 / 8}"

    table = with_cells(cell)
    verb = "mean" if "," in marks else "means"
    advice = f"; if {marks} (8 rows) {verb} missing, say so (--missing={marks})"
    assert decision(table, "x")[1].endswith(advice)
    again = with_cells(cell, missing=marks.split(","))
    assert sum([value != value for value in again["x"].values]) == 8
    records = [{"x": float(cell(i)), "y": "ab"[i % 2]} for i in range(ROWS)]
    column = tabular.read(records, target="y", missing=marks.split(","))["x"]
    assert sum([value != value for value in column.values]) == 8


@pytest.mark.parametrize("name", ["student no.", "Sr. No", "phone number", "key", "s/n", "pid"])
def test_names_of_identifiers(name):
    table = table_of(f"{name};z;y", lambda i: f"{i * 17 % 40 * 9};{i % 7};{'ab'[i % 2]}")
    assert decision(table, name) == (
        "left out",
        "it identifies the row (used if requested as numeric)",
    )


@pytest.mark.parametrize(
    "text, days",
    [
        ("14-Mar-2024", 19796),
        ("14 March 2024", 19796),
        ("Mar 14, 2024", 19796),
        ("Sept. 1, 2023", 19601),
        ("1/Sep/23", 19601),
        ("1 Sep 1969 12:30", -122),
    ],
)
def test_months_with_names(text, days):
    table = with_cells(lambda i: f"{1 + i % 28} May 2024" if i else text, dates="x")
    assert table["x: days since 1970-01-01"].values[0] == days
    why = decision(with_cells(lambda i: f"{1 + i % 28} May 2024"), "x")[1]
    assert why.endswith("; they look like dates: --dates 'x' makes inputs of their parts")


@pytest.mark.parametrize("text", ["14 Foo 2024", "Room 14, 2024", "31 Feb 2024", "May 2024"])
def test_texts_that_are_no_dates(text):
    assert parts_of(text, "ymd") is None


# ---- the Python front door ---------------------------------------------------------------------------------------


def test_python_warns_of_data_unlike_those_of_the_training():
    rows = [{"x": i % 7, "c": COLORS[i % 3], "y": "ab"[i % 2]} for i in range(ROWS)]
    model = tabular.train(rows, target="y", epochs=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(rows)
        model.evaluate(rows)
    with pytest.warns(
        UserWarning, match="column 'c': 'green' did not occur in training .1 row."
    ) as caught:
        model.predict([{"x": 3, "c": "green"}])
    assert caught[0].filename == __file__
    with pytest.warns(
        UserWarning, match="column 'x': 1 of 1 value outside the training data .0 to 6"
    ):
        model.probabilities([{"x": 3000, "c": "red"}])
    with pytest.warns(UserWarning, match="outside") as caught:
        model.evaluate([dict(row, x=row["x"] * 1000) for row in rows])
    assert caught[0].filename == __file__


@pytest.mark.parametrize("data", [{"x": 1}, 5, None, object()])
def test_python_names_the_data_that_a_model_takes(data):
    rows = [{"x": i % 7, "y": "ab"[i % 2]} for i in range(ROWS)]
    model = tabular.train(rows, target="y", epochs=1)
    with pytest.raises(
        TypeError, match="; give the path of a file, a list of dicts, or a data frame"
    ):
        model.predict(data)
