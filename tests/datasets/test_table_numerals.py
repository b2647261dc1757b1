"""Tables as people write them: numbers, units, dates, and ARFF."""

import io
import json
import math
import re

import pytest
from csv_texts import SMALL, columns, read, refusal, written

from scratchnet.datasets.encoding import Encoder

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
    assert why == "all values are numbers"
    why = Encoder.fit(read(table_with(["1", "2", "3"] * 9, name="shop_id"), target="y")).decisions[0][3]  # fmt: skip
    assert "its name is that of an identifier" in why


@pytest.mark.parametrize("sentinel", ["-999", "9999", "-99", "99999"])
def test_a_number_that_probably_means_missing_is_reported(sentinel):
    cells = [str(i % 30) for i in range(90)] + [sentinel] * 12
    why = Encoder.fit(read(table_with(cells), target="y")).decisions[0][3]
    assert why.endswith(f"; if {sentinel} (12 rows) means missing, say so (--missing={sentinel})")
    table = read(table_with(cells), target="y", missing=["", sentinel])
    assert Encoder.fit(table).decisions[0][3] == "all values are numbers"


def test_absurd_numbers_are_reported():
    why = Encoder.fit(read(table_with(NUMBERS + ["1e9", "-7e8"]), target="y")).decisions[0][3]
    assert why.endswith("; 2 numbers, such as 1000000000, far from all others")
    cells = [f"{math.exp(i % 31 / 5):.3f}" for i in range(200)]  # a long tail is usual
    assert Encoder.fit(read(table_with(cells), target="y")).decisions[0][3] == "all values are numbers"  # fmt: skip


def test_many_columns_are_summarized():
    names = [f"g{j}" for j in range(3000)]
    rows = [[str(i * j % 7 + i) for j in range(3000)] + ["ab"[i % 2]] for i in range(6)]
    lines = str(Encoder.fit(read(written(names + ["y"], rows), target="y"))).split("\n")
    assert len(lines) < 10
    assert any(["(2,9" in line or "(3,000" in line for line in lines])


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
