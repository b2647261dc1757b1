"""Tables as texts, and what is read of them."""

import csv
import io

import pytest

from scratchnet.datasets.tables import read_table

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
