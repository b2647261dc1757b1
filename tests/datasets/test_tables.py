"""Tables: what is read of a CSV file, and where the file comes from."""

import csv
import encodings.aliases
import gc
import gzip
import io
import os
import re
import subprocess
import sys

import pytest
from csv_texts import SMALL, VALUES, columns, read, refusal, written
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.datasets.tables import files, growing, read_table
from scratchnet.datasets.tables import rows as blocks
from scratchnet.datasets.tables.headings import names_of

# ---- what is read ------------------------------------------------------------------------------------------------


cells = st.text(
    st.characters(blacklist_categories=("Cs", "Cc")) | st.sampled_from('\n",;\t|'), max_size=8
)


@given(
    st.lists(st.tuples(cells, cells), min_size=1, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_csv_files_of_the_standard_library_are_read(rows, delimiter, end):
    """Every cell is read as it was written, except for spaces around it and missing values."""
    rows = [[a.replace("\r", ""), b.replace("\r", "")] for a, b in rows]
    text = written(
        ["one", "two"], rows, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL
    )
    table = read(text, delimiter=delimiter, header=True, categorical=["one", "two"])
    expected = [
        [
            None if c.strip().lower() in ("", "na", "n/a", "nan", "null", "?") else c.strip()
            for c in row
        ]
        for row in rows
    ]
    found = columns(table)
    assert [list(row) for row in zip(found["one"], found["two"])] == expected


numbers = st.floats(-1e300, 1e300) | st.integers(-(10**6), 10**6).map(float)


@given(st.lists(st.tuples(numbers, st.none() | numbers), min_size=1, max_size=30))
def test_numbers_are_read_exactly(rows):
    text = written(["a", "b"], [[repr(a), "" if b is None else repr(b)] for a, b in rows])
    table = read(text)
    assert [column.kind for column in table.columns.values()] == ["numbers", "numbers"]
    assert columns(table) == {"a": [a for a, _ in rows], "b": [b for _, b in rows]}


@pytest.mark.parametrize(
    "text", ["1_000", "inf", "-Infinity", "1e999", "0x10", "1 2", "nane", "--1", "1e", "."]
)
def test_texts_that_are_no_numbers(text):
    table = read("a\n1\n" + '"' + text + '"\n')
    assert table["a"].kind == "categories" and columns(table)["a"] == ["1", text]


@pytest.mark.parametrize(
    "text, value", [("1", 1), (" -2.5 ", -2.5), ("+3", 3), ("1E3", 1000), (".5", 0.5), ("007", 7)]
)
def test_texts_that_are_numbers(text, value):
    assert columns(read("a\n" + text + "\n"))["a"] == [value]


def test_missing_values():
    table = read("a,b\n1,x\nNA,na\n?,NULL\n nan , N/A \n,\n")
    assert columns(table) == {
        "a": [1.0, None, None, None, None],
        "b": ["x", None, None, None, None],
    }
    table = read("a,b\n1,x\n-999 ,y\nNaN,-\n", missing=["-999", "-", "nan"])
    assert columns(table) == {"a": [1.0, None, None], "b": ["x", "y", None]}
    assert columns(read("a,b\n1,x\n,NA\n", missing="")) == {"a": [1.0, None], "b": ["x", "NA"]}


def test_missing_values_once_a_column_has_settled(monkeypatch):
    monkeypatch.setattr(growing, "MOST", 3)
    monkeypatch.setattr(growing, "FEWEST", 3)
    monkeypatch.setattr(blocks, "CELLS", 4)
    values = ["1", "2", "3", "4", "5", "6", "", "7", "NA", " na", "?", "8", "-9", "-9 "]
    table = read("a,b\n" + "".join([f"{v},0\n" for v in values]), missing=["", "na", "?", "-9"])
    assert columns(table)["a"] == [1, 2, 3, 4, 5, 6, None, 7, None, None, None, 8, None, None]


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", ","])
def test_the_delimiter_is_found(delimiter):
    rows = [["1.5", 'a, "b"; c'], ["2", "d|e"], ["3", "f\tg"]]
    table = read(written(["x", "y, z"], rows, delimiter=delimiter))
    assert table.delimiter == delimiter and list(table.columns) == ["x", "y, z"] and len(table) == 3


def test_blanks_are_delimiters_if_there_is_no_other():
    rows = '  1.5   2 \'a  \n\n-2.5\t30 "b  c"\n  3 ? d \n'
    expected = {
        "column 1": [1.5, -2.5, 3],
        "column 2": [2, 30, None],
        "column 3": ["'a", "b  c", "d"],
    }
    for table in (read(rows), read(rows, delimiter=" "), read(rows.replace("\n", "\r\n"))):
        assert columns(table) == expected and table.delimiter == " "
    assert list(read("x y\n1 2\n").columns) == ["x", "y"]
    assert columns(read("a b\n1,5 7,25\n-2,5 3\n", decimal=",")) == {
        "a": [1.5, -2.5],
        "b": [7.25, 3],
    }
    assert read('a,b\n"1,5","2 000,5"\n"2,5","3,5"\n', decimal=",").delimiter == ","
    assert "line 3: 1 cell, but the header has 2; column 'y' is missing" in refusal(
        "x y\n1 2\n3\n4 5\n6 7\n"
    )
    assert "line 3: 3 cells, but the header has only 2" in refusal("x y\n1 2\n3 4 5\n4 5\n6 7\n")
    assert "line 1: 2 cells, but most lines below have 3;" in refusal(
        "Table 1\nx y z\n1 2 3\n4 5 6\n"
    )
    assert columns(read("x\nred car\nbike\n")) == {"x": ["red car", "bike"]}
    assert columns(read("pet name\nbig cat\nold dog\n")) == {"pet name": ["big cat", "old dog"]}
    assert columns(read('a b\n"one\ntwo  three" 1\n')) == {"a": ["one\ntwo  three"], "b": [1]}
    assert read("x,y\na b,c d\ne f,g h\n").delimiter == ","
    assert refusal("1 2 3\n4 5 6\n7 8\n", delimiter=" ").endswith(
        "line 3: 2 cells, but the first row has 3; column 'column 3' is missing"
    )


def test_a_title_above_the_heading():
    assert refusal("My ships\na,b,c\n1,2,3\n4,5,6\n", target="c") == (
        "the file, line 1: 1 cell, but most lines below have 3; delete the line if it is a title, or complete it if it "
        "names the columns"
    )
    assert "line 1: 2 cells, but most lines below have 3;" in refusal(
        "Ships, 1912\na,b,c\n1,2,3\n4,5,6\n"
    )
    assert len(read("a,b\n1,2\n3,4\n")) == 2


def test_too_many_columns():
    assert refusal("," * 200000 + "\n").endswith(
        "line 1: 200,001 cells; a table has at most 100,000 columns"
    )


def test_a_second_column_of_the_targets_name():
    text = "y,x,y\n1,2,1\n0,3,0\n"
    sentence = (
        "the file: the target 'y' has the same heading as 'y (2)'; "
        "rename one of them, or ignore 'y (2)'"
    )
    assert refusal(text, target="y") == sentence
    assert list(read(text, target="y", ignore="y (2)").columns) == ["y", "x"]
    assert refusal(text, target="3") == (
        "the file: the target 'y (2)' has the same heading as 'y'; rename one of them, or ignore 'y'"
    )
    assert list(read(text, target="x").columns) == ["y", "x", "y (2)"]


@pytest.mark.parametrize(
    "name, meant", [("survived", "Survived"), ("Surived", "Survived"), ("AGE", "age")]
)
def test_a_misspelled_name(name, meant):
    assert refusal("Survived,age\n1,2\n0,3\n", target=name).endswith(
        f"has no column '{name}'; did you mean '{meant}'?"
    )


def test_numbers_with_a_comma():
    table = read("a;b;c\n1,5;2;0.5\n-2,25;3;1\n")
    assert table.delimiter == ";"
    assert columns(table) == {"a": [1.5, -2.25], "b": [2, 3], "c": [0.5, 1]}
    assert read("1,5;2,5\n3,5;4,5\n").delimiter == ";"
    assert (
        read("a;b\n1,5;x\n1.5;y\n")["a"].kind == "categories"
    )  # which mark means what is not known


def test_the_decimal_mark_does_not_change_within_a_file(monkeypatch):
    monkeypatch.setattr(growing, "MOST", 3)
    monkeypatch.setattr(growing, "FEWEST", 3)
    monkeypatch.setattr(blocks, "CELLS", 4)
    rows = ["1", "2", "3", "4", "5", "6,5", "", "7"]
    text = "a;b\n" + "".join([row + ";0\n" for row in rows])
    assert columns(read(text))["a"] == [1, 2, 3, 4, 5, 6.5, None, 7]
    assert (
        columns(read(text + "1.000;0\n"))["a"][-1] == 1000
    )  # which has thousands, as the mark is known
    table = read(text + "1.00;0\n")  # which is no number with a decimal comma
    assert columns(table)["a"][-1] is None and table["a"].strays == {"1.00": 1}


@pytest.mark.parametrize(
    "text, options, values",
    [
        ("a;b\n1.900;x\n778;y\n", {"decimal": ","}, [1900, 778]),
        ("a;b\n1.900;x\n778;y\n", {"decimal": "."}, [1.9, 778]),
        ("a;b\n1.900,5;x\n2.000;y\n", {}, [1900.5, 2000]),
        ("a;b\n0.900;x\n1.500;y\n", {}, [0.9, 1.5]),
        ("a;b\n1.900;x\n1.5;y\n", {}, [1.9, 1.5]),
        ('a,b\n"103,018.96",x\n"1,234",y\n', {}, [103018.96, 1234]),
        ('a,b\n"1,234,567",x\n-5,y\n', {}, [1234567, -5]),
        ('a,b\n"1,5",x\n2,y\n', {"decimal": ","}, [1.5, 2]),
        ('a,b\n"1,5",x\n2,y\n', {}, [1.5, 2]),
        ("a;b\n1.234.567;x\n1;y\n", {}, [1234567, 1]),
        ("a;b\n1,234,567;x\n1;y\n", {}, [1234567, 1]),
        ("a\tb\n0,359\tx\n1,359\ty\n", {}, [0.359, 1.359]),
        ('a,b\n"0,359",x\n"1,359",y\n', {}, [0.359, 1.359]),
        ("a|b\n4,008|x\n202|y\n", {"decimal": "."}, [4008, 202]),
        ("a;b\n4,008;0.5\n202;7.5\n", {}, [4008, 202]),  # the other column decides
        ("a;b\n4,008;0,5\n202;7,5\n", {}, [4.008, 202]),
        ("a,b\n1.234,x\n2.345,y\n", {}, [1.234, 2.345]),  # the comma separates cells
    ],
)
def test_thousands_and_decimals(text, options, values):
    assert columns(read(text, **options))["a"] == values


@pytest.mark.parametrize("delimiter", list(";\t|,"))
@pytest.mark.parametrize("cells", [["1.900", "778"], ["4,008", "202"], ["-$1,900", "$2,000"]])
def test_numbers_that_may_be_thousands_or_fractions_are_refused(cells, delimiter):
    """One rule for both marks and every delimiter; but points in a file with commas are decimal."""
    rows = [[cell, label] for cell, label in zip(cells, "xy")]
    text = written(["a", "b"], rows, delimiter=delimiter)
    if "." in cells[0] and delimiter == ",":
        assert columns(read(text))["a"] == [1.9, 778]
        return
    assert re.search(
        r"column 'a': \S+ may mean -?\d[\d.]* or -?\d[\d.]*; give the decimal mark, ',' or '\.'$",
        refusal(text),
    )


def test_columns_with_different_marks_do_not_decide_for_others():
    text = "a;b;c\n1,900;0.5;0,5\n778;7.5;7,5\n"
    assert "1,900 may mean 1900 or 1.9" in refusal(text)


@pytest.mark.parametrize(
    "cells, values",
    [
        (["5.25%", "7%", "12.5 %"], [5.25, 7, 12.5]),
        (["$51,123.5", "$7", "-$2"], [51123.5, 7, -2]),
        (["5 \u20ac", "7", "\u20ac 9"], [5, 7, 9]),
        (["\u22122.93", "\u22120.04", "1.21"], [-2.93, -0.04, 1.21]),
        (["2'074.91", "963.48", "1\u2019000'000"], [2074.91, 963.48, 1000000]),
        (["2 074,91", "963,48", "1\u00a0000\u202f000"], [2074.91, 963.48, 1000000]),
    ],
)
def test_numbers_with_signs(cells, values):
    table = read(written(["a", "b"], [[cell, "x"] for cell in cells], delimiter=";"))
    assert columns(table)["a"] == values
    assert table["a"].example[0] in cells


@pytest.mark.parametrize("cells", [["5%", "7"], ["$5", "\u20ac7"], ["$-5-", "1"], ["0 123", "7"]])
def test_numbers_with_different_units_are_not_mixed(cells):
    assert read(written(["a", "b"], [[c, "x"] for c in cells]))["a"].kind == "categories"


def test_other_encodings():
    text = "a,b\n1,\u00fc\n2,x\n"
    assert read(text.encode("cp1252"), encoding="cp1252")["b"].labels == ["\u00fc", "x"]
    assert read(text.encode("utf-16"))["b"].labels == ["\u00fc", "x"]
    for name in ("klingon", "a\0b", "\ud800", "hex"):
        assert refusal(text, encoding=name).startswith(
            f"encoding {name!r} is unknown; give one such as utf-8, cp1252 or latin-1"
        )


ENCODINGS = sorted(set(encodings.aliases.aliases.values()) | {"idna", "punycode", "undefined"})
WRITTEN = [SMALL.encode("utf-8"), SMALL.encode("utf-16"), b"a,b\n1,\x81\\x\n", b"\xff\xfea,b\n1"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("data", WRITTEN, ids=range(4))
def test_every_name_of_an_encoding(data):
    """Errors of Python's codecs become our own messages."""
    for name in ENCODINGS:
        try:
            read(data, encoding=name)
        except ValueError as error:
            assert str(error).startswith(
                ("the file", f"encoding '{name}' is unknown; give one such as utf-8")
            ), error


def test_an_encoding_that_does_not_fit(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(SMALL.encode("utf-8"))
    for name in ("utf-16", "utf-16-le", "idna", "undefined"):
        with pytest.raises(ValueError) as caught:
            read_table(str(path), encoding=name)
        advice = "name the encoding in which it was saved, such as utf-8 or cp1252"
        assert str(caught.value) == f"{path} cannot be read as {name}; {advice}"


def test_a_note_for_excel():
    assert "the file, line 1: 'sep=;' is an instruction for Excel; delete the line" == refusal(
        "sep=;\na;b\n1;2\n"
    )


@pytest.mark.parametrize(
    "text, header",
    [
        ("age,sex\n7,f\n", True),
        ("7,f\n8,m\n", False),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", False),
        ("a,b\nx,y\nz,w\n", True),
        ("x,y\nz,y\n", False),  # a name does not stand in its own column
        ("0,1,2,3,target\n5,5,5,5,5\n", True),  # as pandas names columns without names
        (",0,1,2,3\n0,5,5,5,5\n", True),
        ("0,1,1\n", False),
        ("date,2019\n2020-01-01,5\n", True),  # a year above another number
        ("ford,1999\nbmw,2001\n", False),  # the years of the rows
        ("150,4,setosa\n5.1,3.5,0\n", True),
        ("5,-,a\n4,3,b\n", False),
        ("5,NA,a\n4,3,b\n", False),
    ],
    ids=range(13),
)
def test_the_header_is_found(text, header):
    assert read(text).header is header


def test_columns_without_a_header():
    table = read("7,f\n8,m\n", target="2", ignore="column 1")
    assert list(table.columns) == ["column 2"] and table.target == "column 2"


def test_names_are_made_unique():
    table = read("a,,a, a ,a (2)\n1,2,3,4,5\n", header=True)
    assert list(table.columns) == ["a", "column 2", "a (2)", "a (3)", "a (2) (2)"]
    assert [values[0] for values in columns(table).values()] == [1, 2, 3, 4, 5]
    many = names_of(["x"] * 3 + ["x (2)", "x (4)"] + ["x"] * 3 + ["x (2)"], True)
    assert many == [
        "x",
        "x (2)",
        "x (3)",
        "x (2) (2)",
        "x (4)",
        "x (5)",
        "x (6)",
        "x (7)",
        "x (2) (3)",
    ]


@pytest.mark.parametrize("cells", [["x"], ["x", "x (2)"], ["x (2)", "x", "x"], [""]])
def test_equal_names_are_made_unique_in_linear_time(cells):
    """Twice as many columns execute about twice as many lines of Python."""

    def lines(count):
        executed = [0]

        def trace(frame, event, value):
            executed[0] += event == "line"
            return trace

        former = sys.gettrace()
        sys.settrace(trace)
        try:
            names = names_of(cells * count, True)
        finally:
            sys.settrace(former)
        assert len(set(names)) == len(names) == len(cells) * count
        return executed[0]

    assert lines(400) < 3 * lines(200)  # of a square it would be 4


def test_the_kind_of_a_column_can_be_given():
    text = "zip,age,note\n01234,30,x\n99999,31,y\n"
    table = read(text, categorical=["zip"], numeric="age", ignore=["note"])
    assert columns(table) == {"zip": ["01234", "99999"], "age": [30, 31]}
    assert table["zip"].requested and table["age"].requested
    assert not read(text)["zip"].requested
    assert "line 3, column 'note': 'y' is not a number, but the column is numeric" in refusal(
        text.replace("x", "1"), numeric="note"
    )
    assert "two ways" in refusal(text, categorical="zip", numeric="zip")
    assert "cannot be ignored" in refusal(text, target="age", ignore="age")
    for name in ("Ages ago", "\u00b2", "0", "4", "-1"):
        assert (
            refusal(text, target=name)
            == f"the file has no column '{name}'; it has 'zip', 'age', 'note'"
        )
    assert read(text, target="\u0662").target == "age"  # an Arabic 2


def test_empty_lines_are_skipped():
    assert columns(read("\n\na,b\n\n1,2\r\n\n3,4\n\n")) == {"a": [1, 3], "b": [2, 4]}


def test_blocks(monkeypatch):
    """The table does not depend on how many rows are converted at a time, nor on when the kind of a column is settled."""
    rows = [
        [
            str(i % 7),
            "%.3f" % (i / 7),
            "xyz"[i % 3],
            str(i) if i % 5 else "",
            "\n" * (i % 2) + str(i),
        ]
        for i in range(100)
    ]
    text = written(list("abcde"), rows)
    expected = columns(read(text))
    for cells, most in ((1, 5), (35, 2), (10**6, 3), (500, 10**6)):
        monkeypatch.setattr(blocks, "CELLS", cells)
        monkeypatch.setattr(growing, "FEWEST", most)
        monkeypatch.setattr(growing, "MOST", most)
        assert columns(read(text)) == expected


def test_a_column_that_turns_out_to_hold_texts():
    """Few texts among many numbers count as missing; more are refused in one sentence."""
    text = "a\n" + "01\n2.50\n" * 50000 + "x\n"
    assert columns(read(text))["a"][-3:] == ["01", "2.50", "x"]
    text = "b,a\n" + "".join([f'"{i % 7}\n",{i}\n\n' for i in range(30000)]) + "0,z\n"
    table = read(text)
    assert table["a"].strays == {"z": 1} and columns(table)["a"][-2:] == [29999, None]
    sentence = refusal(text + "".join([f"0,z{i}\n" for i in range(20)]))
    assert sentence.startswith(
        "the file, line 90022, column 'a': 'z19' is not a number, but nearly all other values are;"
    )
    for option in ("categorical", "ignore", "missing"):
        assert option in sentence
    assert read(text, categorical="a")["a"].labels[-1] == "z"


def test_many_texts(monkeypatch):
    """Of a column with too many different texts to be a category, only the name is kept."""
    monkeypatch.setattr(blocks, "CELLS", 4)
    for name, value in (("MOST", 3), ("FEWEST", 3), ("LABELS", 10)):
        monkeypatch.setattr(growing, name, value)
    text = "a,b\n" + "".join([f"x{i},{i}\n" for i in range(30)])
    table = read(text)
    assert (table["a"].kind, table["a"].labels, len(table["a"].values)) == ("text", [], 0)
    assert table["b"].kind == "numbers" and len(table) == 30
    assert len(read(text, categorical="a")["a"].labels) == 30
    with pytest.raises(ValueError, match="different texts"):
        read(text, target="a").with_target()


# ---- where it comes from -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files(tmp_path, packed, mark):
    path = tmp_path / "d\u00e4ta.csv"
    path.write_bytes(packed((mark + SMALL).encode("utf-8")))
    for given_path in (str(path), path):
        table = read_table(given_path)
        assert columns(table) == VALUES and table.source == str(path)


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_standard_input(packed):
    program = (
        "import sys; from scratchnet.datasets.tables import read_table; table = read_table('-'); "
        "print(table['a'].values, table['b'].labels, table.source, sys.stdin.closed, sys.stdin.buffer.closed)"
    )
    environment = dict(os.environ, PYTHONIOENCODING="utf-8")
    output = subprocess.run(
        [sys.executable, "-c", program],
        input=packed(SMALL.encode("utf-8")),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert output.stderr == b""
    assert output.stdout.decode("utf-8").split("\n")[0].rstrip() == (
        "array('d', [1.0, 2.0]) ['x', '\u00fc'] standard input False False"
    )


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
@pytest.mark.parametrize("buffering", [-1, 0, None])
def test_a_file_that_is_open_stays_open(tmp_path, packed, buffering):
    """Also if the data are not a table, or the encoding does not exist."""
    path = tmp_path / "data.csv"
    for text, options in (
        (SMALL, {}),
        (SMALL, {"encoding": "klingon"}),
        ("a,b\n1\n", {}),
        ("", {}),
    ):
        data = packed(text.encode("utf-8"))
        path.write_bytes(data)
        with io.BytesIO(data) if buffering is None else open(str(path), "rb", buffering) as file:
            try:
                assert columns(read_table(file, **options)) == VALUES
            except ValueError:
                assert (text, options) != (SMALL, {})
            gc.collect()
            assert not file.closed
            file.seek(0)
            assert file.read() == data


def test_a_file_that_is_open_as_text_is_refused():
    with pytest.raises(
        ValueError,
        match=r"^the file is <.*>; give a file opened in binary mode, by open\(path, 'rb'",
    ):
        read_table(io.StringIO(SMALL))


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_table(str(tmp_path / "none.csv"))


def test_progress(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("a,b\n" + "1,2\n" * 70000)
    told = []
    read_table(str(path), progress=lambda rows, part: told.append((rows, part)))
    assert [rows for rows, _ in told] == [20000 * k - 1 for k in (1, 2, 3)] + [70000]
    assert all(0 < a[1] <= b[1] <= 1 for a, b in zip(told, told[1:])) and told[-1][1] == 1
    told = []
    read("a\n1\n", progress=lambda rows, part: told.append((rows, part)))
    assert told == [(1, None)]


NO_UTF8 = "is not UTF-8; save the file as UTF-8, or name its encoding, such as cp1252"


@pytest.mark.parametrize(
    "data, sentence",
    [
        (b"", "the file is empty; give a table as CSV"),
        (b"\xef\xbb\xbf \n\n", "the file is empty; give a table as CSV"),
        (b"a,b\n", "the file has no rows after the first line, which names the columns"),
        (b"a,b\n1,2\n3\n", "the file, line 3: 1 cell, but the header has 2; column 'b' is missing"),
        (
            b"1,2\n3,4,5\n",
            "the file, line 2: 3 cells, but the first row has only 2; the last column is 'column 2'",
        ),
        (
            b'a,b\n"x\n\ny",1\n\n2,3,4\n',
            "the file, line 6: 3 cells, but the header has only 2; the last column is 'b'",
        ),
        (b'a,b\n1,"2\n3,4\n', "the file, line 2: a quoted cell does not end"),
        (
            b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 40000,
            "the file, line 3: a cell is too long, or a quoted cell does not end",
        ),
        (
            b'a,b\n1,"2"3\n',
            "the file, line 2: a quoted cell continues after its end; a quote within a cell is written twice",
        ),
        (
            "a,b\n1,x\n2,\u00fc\n".encode("latin-1"),
            "the file, line 3, column 'b': '\\udcfc' " + NO_UTF8,
        ),
        (
            ("a,b\n" + "".join([f"{i},0\n" for i in range(20000)]) + "\u00fc,0\n").encode(
                "latin-1"
            ),
            "the file, line 20002, column 'a': '\\udcfc' " + NO_UTF8,
        ),
        ("\u00e4,b\n1,x\n".encode("latin-1"), "the file: the name of a column " + NO_UTF8),
        (
            b"PK\x03\x04...",
            "the file is a workbook or another archive; save its table as CSV",
        ),
        (b"PAR1\x15\x04\x15", "the file is a Parquet file; save its table as CSV"),
        (b"ARROW1\0\0", "the file is an Arrow file; save its table as CSV"),
        (b"\x89HDF\r\n\x1a\n", "the file is an HDF5 file; save its table as CSV"),
        (b"SQLite format 3\0", "the file is a SQLite database; save its table as CSV"),
        (b"\x7fELF\0\0\0", "the file is not text; give a table as CSV"),
        (gzip.compress(SMALL.encode() * 1000)[:40], "the file: the gzip file is damaged: "),
        (gzip.compress(SMALL.encode())[:-8] + b"12345678", "the file: the gzip file is damaged: "),
    ],
    ids=range(20),
)
def test_files_that_are_no_tables_are_refused(data, sentence):
    found = refusal(data)
    assert found.startswith(sentence) if sentence.endswith(": ") else found == sentence


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", 5])
def test_an_invalid_delimiter_is_refused(delimiter):
    assert refusal("a,b\n1,2\n", delimiter=delimiter).startswith("delimiter is ")


@given(st.binary(max_size=60) | st.text('ab1.,;"\n \t-e', max_size=60).map(str.encode))
def test_only_value_errors_are_raised(data):
    try:
        table = read(data)
    except ValueError as error:
        assert "\n" not in str(error)
    else:
        assert all([len(column.values) == len(table) > 0 for column in table.columns.values()])


def test_long_lines_of_a_small_file_take_little_memory(monkeypatch):
    """gzip packs 100 MB in 100 lines into 100 kB; the first lines show that this is not a table."""
    tracemalloc = pytest.importorskip("tracemalloc")
    monkeypatch.setattr(files, "LONGEST", 1 << 20)
    data = gzip.compress((b"x" * ((1 << 20) - 2) + b"\n") * files.LOOKED_AT)
    tracemalloc.start()
    try:
        assert refusal(data).startswith("the file, line 1: a cell is too long")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status"), reason="Linux tells a process its largest size"
)
@pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="others take memory as they please"
)
def test_a_large_file_takes_little_memory(tmp_path):
    """250,000 rows of 10 columns: the numbers take 20 MB."""
    path = tmp_path / "large.csv"
    with open(str(path), "w") as file:
        file.write("a,b,c,d,e,f,g,h,i,j\n")
        for i in range(250000):
            x = i / 7
            file.write(
                f"{x:.3f},{-x:.2f},{x * x:.1f},{i},{i % 97},{1 / (i + 1):.6f},{x / 3:.4f},{i % 2},name{i},{x}\n"
            )
    program = (
        "import sys; from scratchnet.datasets.tables import read_table; table = read_table(sys.argv[1]); "
        "size = [line for line in open('/proc/self/status') if line.startswith('VmHWM')][0].split(); "
        "print(size[1], len(table), table['i'].kind)"
    )
    output = subprocess.check_output([sys.executable, "-c", program, str(path)]).split()
    assert output[1:] == [b"250000", b"text"] and 20000 < int(output[0]) < 100000  # kB


@pytest.mark.parametrize("name", ["PK", "PAR1", "ARROW1", "SQLite format 3"])
def test_a_column_may_have_the_name_with_which_other_files_begin(name):
    assert columns(read(f"{name},b\n1,x\n2,y\n")) == {name: [1, 2], "b": ["x", "y"]}
