"""Tables: reading CSV files, and making inputs and targets of their columns."""

import csv
import encodings.aliases
import gc
import gzip
import io
import json
import math
import os
import re
import statistics
import subprocess
import sys
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.datasets.compact import CompactRows
from scratchnet.datasets.encoding import Encoder
from scratchnet.datasets.median import median_of
from scratchnet.datasets.tables import files, growing, read_table
from scratchnet.datasets.tables import rows as blocks
from scratchnet.datasets.tables.headings import names_of

NAN = float("nan")
SMALL = "a,b\n1,x\n2,\u00fc\n"
VALUES = {"a": [1, 2], "b": ["x", "\u00fc"]}


def read(text, *args, **options):
    """Read a table from a text or bytes."""
    return read_table(
        io.BytesIO(text if isinstance(text, bytes) else text.encode("utf-8")), *args, **options
    )


def columns(table):
    """Return {name: values}, with None for missing values and labels for codes."""
    found = {}
    for name, column in table.columns.items():
        if column.kind == "numbers":
            found[name] = [None if v != v else v for v in column.values]
        else:
            found[name] = [None if code < 0 else column.labels[code] for code in column.values]
    return found


def refusal(text, *args, **options):
    with pytest.raises(ValueError) as caught:
        read(text, *args, **options)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def written(header, rows, **dialect):
    """Return a CSV text that the standard library writes."""
    file = io.StringIO()
    csv.writer(file, **dialect).writerows([header] + rows)
    return file.getvalue()


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
        (b"\x7fELF\0\0\0", "the file is not text; give a table as CSV"),
        (gzip.compress(SMALL.encode() * 1000)[:40], "the file: the gzip file is damaged: "),
        (gzip.compress(SMALL.encode())[:-8] + b"12345678", "the file: the gzip file is damaged: "),
    ],
    ids=range(16),
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


# ---- what people write -------------------------------------------------------------------------------------------


def table_with(cells, others="abc", name="x"):
    """Return a CSV text of a column of these cells beside a target."""
    rows = [[cell, others[i % len(others)]] for i, cell in enumerate(cells)]
    return written([name, "y"], rows)


NUMBERS = [f"{i * i % 97 + i / 100:.2f}" for i in range(100)]


@pytest.mark.parametrize("blank", ["None", "#N/A", "#NA", "<NA>", "-", "--", ".", "NONE"])
def test_usual_texts_for_missing_numbers(blank):
    """Half of the numbers may be missing; the decisions say how many and where this is not usual."""
    table = read(table_with(NUMBERS + [blank] * 60), target="y")
    assert table["x"].kind == "numbers" and columns(table)["x"][100:] == [None] * 60
    done, why = Encoder.fit(table).decisions[0][2:]
    assert "60 missing: median" in done
    assert (f"'{blank}' (60 rows) counted as missing" in why) == ("A" not in blank)


@pytest.mark.parametrize("blank", ["None", "-", "--", "."])
def test_these_texts_are_labels_among_texts(blank):
    """The classes "+" and "-", for instance."""
    assert read(table_with(["a", blank] * 5))["x"].labels == ["a", blank]
    table = read(written(["x", "y"], [[str(i % 7), "+-"[i % 2]] for i in range(40)]), target="y")
    assert Encoder.fit(table).classes == ["+", "-"]


@pytest.mark.parametrize(
    "strays", [["Mean"], ["n.d."] * 5, ["24,5", "x"], ["<5", ">900"], ["unknown"] * 40]
)
def test_a_few_texts_do_not_cost_a_column_of_numbers(strays):
    table = read(table_with(NUMBERS + strays), target="y")
    assert table["x"].kind == "numbers"
    assert table["x"].strays == {text: strays.count(text) for text in strays}
    encoder = Encoder.fit(table)
    assert all([f"'{text}' (" in encoder.decisions[0][3] for text in strays])
    again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    text = table_with(strays)  # even if there is nothing else in a later file
    found = again.read(io.BytesIO(text.encode()))
    assert all([value != value for value in found["x"].values])
    with pytest.raises(ValueError, match="line 2, column 'x': 'other' is not a number, but the"):
        again.read(io.BytesIO(table_with(["other"]).encode()))


@pytest.mark.parametrize(
    "cells", [["low", "high"] * 20, ["<5"] * 40, ["x"] * 200, list("abcdefghijklmnopqrstuvw")]
)
def test_many_texts_among_numbers_are_not_dropped(cells):
    table = read(table_with(NUMBERS + cells), target="y")
    assert table["x"].kind == "categories" and set(table["x"].labels) == set(NUMBERS + cells)


def test_few_numbers_with_a_text_are_categories():
    assert read(table_with(["3", "4", "6", "8", "rotary"] * 9))["x"].kind == "categories"


def test_equal_labels_in_other_case_are_mentioned():
    table = read(table_with(["NO", "No", "no", "yes"] * 9), target="y")
    assert Encoder.fit(table).decisions[0][3] == (
        "4 different texts; 'NO', 'No', 'no' differ only in case"
    )


@pytest.mark.parametrize(
    "text, lines",
    [
        ("length,ok\nmm,-\n2.5,yes\n3.5,no\n", "line 2"),
        (",X1,Y\nID,LIMIT,next month\n1,80,1\n2,70,0\n3,90,1\n", "line 2"),
        ("a\tb\nc\tc\n\tclass\n1\t2\n3\t4\n", "lines 2 and 3"),
        ("mpg,name\nmpg,title\n" + "18,ford\n15,audi\n" * 3, "line 2"),
        ("a,b\n\n\nkg,m\n1,2\n3,4\n", "line 4"),
    ],
)
def test_a_second_heading_is_refused(text, lines):
    assert re.match(
        f"the file, {lines}: '\\w+' looks like a second heading, a type or a unit; delete {lines}$",
        refusal(text),
    )


@pytest.mark.parametrize(
    "text",
    [
        "age,sex\nunknown,f\n30,m\n40,f\n",  # a text that occurs again beside a missing number
        "a,b\nx,1\ny,2\nz,3\n",
        "a,b\n,\n1,2\n3,4\n",
        "a,b\nNA,none\n1,2\n3,4\n",
    ],
)
def test_a_first_row_is_no_second_heading(text):
    assert len(read(text)) == 3


def test_the_option_for_the_heading_is_named():
    sentence = refusal("1,2\n3,4\n", target="age")
    assert sentence.endswith("; if its first line names the columns, say so (--header yes)")


@pytest.mark.parametrize("name", ["id", "ID", "customer_id", "PassengerId", "No", "index", "#"])
def test_a_column_that_identifies_the_rows_is_left_out(name):
    cells = [str(1000 + 7 * i + i % 3) for i in range(40)]
    encoder = Encoder.fit(read(written([name, "x", "y"], [[c, str(i % 9), "ab"[i % 2]] for i, c in enumerate(cells)]), target="y"))  # fmt: skip
    assert encoder.decisions[0][2] == "left out" and "identifies" in encoder.decisions[0][3]


def test_a_column_that_may_identify_the_rows_is_reported():
    cells = [str(1000 + 7 * i + i % 3) for i in range(40)]
    why = Encoder.fit(read(table_with(cells, name="income"), target="y")).decisions[0][3]
    assert why.endswith("; no number occurs twice: if it identifies the row, --ignore it")
    why = Encoder.fit(read(table_with(NUMBERS, name="valid"), target="y")).decisions[0][3]
    assert why == "all its values are numbers"
    why = Encoder.fit(read(table_with(["1", "2", "3"] * 9, name="shop_id"), target="y")).decisions[0][3]  # fmt: skip
    assert "its name is that of an identifier" in why


@pytest.mark.parametrize("sentinel", ["-999", "9999", "-99", "99999"])
def test_a_number_that_probably_means_missing_is_reported(sentinel):
    cells = [str(i % 30) for i in range(90)] + [sentinel] * 12
    why = Encoder.fit(read(table_with(cells), target="y")).decisions[0][3]
    assert why.endswith(f"; if {sentinel} (12 rows) means missing, say so (--missing={sentinel})")
    table = read(table_with(cells), target="y", missing=["", sentinel])
    assert Encoder.fit(table).decisions[0][3] == "all its values are numbers"


def test_absurd_numbers_are_reported():
    why = Encoder.fit(read(table_with(NUMBERS + ["1e9", "-7e8"]), target="y")).decisions[0][3]
    assert why.endswith("; 2 numbers, such as 1000000000, far from all others")
    cells = [f"{math.exp(i % 31 / 5):.3f}" for i in range(200)]  # a long tail is usual
    assert Encoder.fit(read(table_with(cells), target="y")).decisions[0][3] == "all its values are numbers"  # fmt: skip


def test_many_columns_are_summarized():
    names = [f"g{j}" for j in range(3000)]
    rows = [[str(i * j % 7 + i) for j in range(3000)] + ["ab"[i % 2]] for i in range(6)]
    lines = str(Encoder.fit(read(written(names + ["y"], rows), target="y"))).split("\n")
    assert len(lines) < 10
    assert any(["(2,9" in line or "(3,000" in line for line in lines])


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


# ---- dates and ARFF ----------------------------------------------------------------------------------------------


def test_parts_of_dates():
    cells = ["2024-02-29", "2023-12-24 18:30", "", "2021-01-01"]
    table = read(written(["d", "y"], [[cell, "1"] for cell in cells]), dates="d")
    assert columns(table) == {
        "d: year": [2024, 2023, None, 2021],
        "d: month": ["2", "12", None, "1"],
        "d: weekday": ["4", "7", None, "5"],
        "d: days since 1970-01-01": [19782, 19715, None, 18628],
        "y": [1, 1, 1, 1],
    }


@pytest.mark.parametrize(
    "cells, days",
    [(["24.12.2023", "01.02.2024"], 19715), (["12/24/2023", "2/1/2024"], 19715), (["24-12-23", "1-2-24"], 19715)],
)  # fmt: skip
def test_the_order_of_a_date_is_found(cells, days):
    table = read(written(["d", "y"], [[cell, "1"] for cell in cells]), dates="d")
    assert list(table["d: days since 1970-01-01"].values) == [days, days + 39]


def test_dates_that_are_not_clear():
    assert "03/04/2020 may begin with the day or with the month" in refusal(
        "d,y\n03/04/2020,1\n05/06/2021,2\n", dates="d"
    )
    assert "'foo' is not a date (2 rows); write dates as in 2024-12-31" in refusal(
        "d,y\n2020-04-03,1\nfoo,2\nfoo,3\n", dates="d"
    )
    assert "it cannot be divided into the parts of a date" in refusal(SMALL, target="a", dates="a")


def test_a_model_keeps_the_order_of_dates():
    rows = [[f"{1 + i % 28}/{1 + i % 12}/2020", "ab"[i % 12 > 5]] for i in range(60)]
    encoder = Encoder.fit(read(written(["d", "y"], rows), target="y", dates="d"))
    again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    table = again.read(io.BytesIO(b"d\n3/4/2020\n"), header=True)
    assert table["d: month"].labels == ["4"]
    assert again.inputs_of(table)[0] == encoder.inputs_of(table)[0]


def test_dates_are_pointed_out():
    cells = [f"2020-{1 + i % 12:02}-{1 + i % 28:02}" for i in range(90)]
    why = Encoder.fit(read(written(["d", "x", "y"], [[c, str(i % 7), "ab"[i % 2]] for i, c in enumerate(cells)]), target="y")).decisions[0][3]  # fmt: skip
    assert why.endswith("; they look like dates: --dates 'd' makes inputs of their parts")


ARFF = """% a comment
@RELATION pets

@attribute legs numeric
@attribute 'what it is' {cat, 'sea lion'}
@attribute note string
@DATA
4,cat,'it''s'
% another one
?, 'sea lion', ?
2,cat,"x
"""


def test_arff():
    table = read(ARFF[: -len('2,cat,"x\n')], target="what it is")
    assert columns(table) == {
        "legs": [4, None],
        "what it is": ["cat", "sea lion"],
        "note": ["it's", None],
    }
    assert table.header and table.target == "what it is"


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("@relation a\n@attribute x numeric\n@data\n1\n2,3\n", "line 5: 2 cells, but "),
        ("@relation a\n@attribute x\n@data\n1\n", "line 2: '@attribute x' is not an attribute"),
        ("@relation a\n@attribute x real\n@attribute x real\n@data\n1,2\n", "line 3: two attributes are named 'x'"),
        ("@relation a\n@attribute x real\n", "the line @data is missing"),
        ("@relation a\n@data\n1\n", "no line begins with @attribute"),
        ("@relation a\n@attribute x real\n@data\n{0 1}\n", "line 4: the rows are sparse"),
    ],
)  # fmt: skip
def test_arff_that_is_refused(text, sentence):
    assert sentence in refusal(text)


def test_the_line_of_a_quote():
    sentence = refusal('a,b\n1,x\n"say \\"hi\\"",2\n')
    assert sentence == (
        "the file, line 3: a quoted cell continues after its end; "
        "a quote within a cell is written twice"
    )


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
