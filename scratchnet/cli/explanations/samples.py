"""The samples to explain: from --x and --y, from a file of samples, or from a table."""

import re

from ...core.checks import require
from ...datasets.tables.numerals import is_number
from ...formats import files
from ...tabular.positions import Positions
from ...texts import decode_text, plural
from ..progress import Line
from .exercises import numbers_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ...core.network import Sequential


def samples(net: "Sequential", options: "Any") -> "Any":
    """Return the samples from the file and from --x, and their targets or None."""
    if options.row is not None:
        return sample_in_row(net, options)
    rows = [numbers_of(text, "--x") for text in options.x]
    targets = [numbers_of(text, "--y") for text in options.y]
    if options.data:
        for row in _table(options.data):
            rows.append(row[: net.inputs])
            targets.extend([row[net.inputs :]] if len(row) > (net.inputs or len(row)) else [])
    if not rows:
        raise ValueError(
            "no sample is given; give --x 0.5,1 (and --y for its targets), or a file of samples"
        )
    if targets and len(targets) != len(rows):
        raise ValueError(
            f"{plural(len(rows), 'sample')}, but {plural(len(targets), 'target')}; "
            "give targets for each sample, or for none"
        )
    return rows, targets or None


def sample_in_row(net: "Sequential", options: "Any") -> "Any":
    """Return a row of a table of the inputs of the network, and the targets after them or None."""
    if not options.data or options.x or options.y:
        raise ValueError(
            "--row is a row of a table; write scratchnet explain MODEL DATA --row N, "
            "or leave it out"
        )
    rows = Positions(net, options.model).read(options.data, further=True).X
    row = list(rows[row_in(options, len(rows))])
    count = net.inputs or len(row)
    return [row[:count]], [row[count:]] if len(row) > count else None


def row_in(options: "Any", count: int) -> int:
    """Return the index of the row that the options name, among ``count`` rows."""
    limit = (lambda v: 1 <= v <= count, f"a row from 1 to {count}")
    return int(require("--row", 1 if options.row is None else options.row, limit)) - 1


def sample_of_table(encoder: "Any", table: "Any", options: "Any") -> "Any":
    """Return one row of a table, and its target or None."""
    row = row_in(options, len(table))
    for sentence in encoder.surprises(table, [row]):
        Line().say(sentence)
    known = table.target is not None and table[table.target].present([row])
    Y = [encoder.examples_of(table, [row])[1][0]] if known else None
    return [encoder.inputs_of(table, [row])[0]], Y


def _table(path: str) -> "List[List[float]]":
    """Return the rows of a file. A first line without a number is a header."""
    lines = [
        (i, line.strip()) for i, line in enumerate(text_of(path).splitlines(), 1) if line.strip()
    ]
    if lines and not any(map(is_number, re.split(r"[,;\s]+", lines[0][1]))):
        del lines[0]
    rows = [(i, numbers_of(line, f"{path}, line {i}")) for i, line in lines]
    for i, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(
                f"{path}, line {i}: the row has {plural(len(row), 'number')}; "
                f"the first row has {len(rows[0][1])}"
            )
    return [row for _, row in rows]


def text_of(path: str) -> str:
    """Return the text of a file in any encoding."""
    return decode_text(files.read(path))
