"""The rows of a table in a Python module: what encodes them, and says what outputs mean."""

from ..names import PYTHON_KEYWORDS, different, plain
from ..rows import Number
from . import templates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence

    from ..rows import Rows
    from .constants import Constants

MOST_ARGUMENTS = 100  # Python 3.6 and MicroPython allow 255
# Names that the functions with the columns as arguments use. Others begin with an underscore.
USED = {"CLASSES", "dict", "outputs", "zip"}


def constants(module: "Constants", rows: "Rows") -> "List[str]":
    """Return the definitions of CLASSES, MISSING and COLUMNS, as far as they are needed."""
    parts = []
    if rows.classes is not None:
        parts.append(f"CLASSES = {row(module, rows.classes)}\n")
    if rows.columns:
        texts = [column(module, part) for part in rows.columns]
        parts.append(f"MISSING = {listed(map(ascii, rows.missing))}\n")
        parts.append(
            "# Name, first input, labels, and the median, or the inputs of missing and others\n"
        )
        parts.append("COLUMNS = (\n" + "".join([f"    {text},\n" for text in texts]) + ")\n")
    former, module.constants = module.constants, []
    return ([f"c = {module.numbers(former)}\n"] if former else []) + parts


def column(module: "Constants", part: "Any") -> str:
    """Return the tuple that describes a column."""
    name = ascii(part.name)
    if isinstance(part, Number):
        return f"({name}, {part.place}, None, {module.constant(part.median)}, None)"
    labels = listed(map(ascii, part.labels))
    return f"({name}, {part.place}, {labels}, {part.missing}, {part.other})"


def row(module: "Constants", values: "Sequence[Any]") -> str:
    """Return the values of a row as a tuple."""
    return listed([module.constant(v) if isinstance(v, float) else ascii(v) for v in values])


def functions(
    module: "Constants", rows: "Rows", outputs: int, has_probabilities: bool = True
) -> "List[str]":
    """Return the functions that predict, and those that they call."""
    if not rows.target:
        return ["predict = outputs\n"]
    what = "the class" if rows.classes is not None else "the number"
    if rows.columns:
        names = arguments(rows)
        given, values = ", ".join(names), listed(names)
        if len(names) > MOST_ARGUMENTS:
            given, values = "*row", "row"
        about, x = "a row of the table; None is a missing value", f"_encode({values})"
        parts = [
            templates.ENCODING.format(columns=len(names)),
            templates.ENCODE.format(given=given, row=values),
        ]
    else:
        given, about, x, parts = "x", "a list of INPUTS finite numbers", "x", []
    parts.append(decision(module, rows, outputs))
    words = {"given": given, "rows": about, "x": x}
    parts.append(templates.PREDICT.format(what=what, **words))
    if rows.classes is not None and has_probabilities:
        shares = "[1 - out[0], out[0]]" if outputs == 1 else "out"
        parts.append(templates.PROBABILITIES.format(shares=shares, **words))
    return parts


def decision(module: "Constants", rows: "Rows", outputs: int) -> str:
    """Return the function that says what outputs mean."""
    if rows.classes is not None:
        value = templates.DECISIONS["one of two" if outputs == 1 else "class"]
    elif (rows.mean, rows.spread) == (0, 1):
        value = "out[0]"
    else:
        value = f"{module.constant(rows.mean)} + {module.constant(rows.spread)} * out[0]"
    return module.with_constants("_decided", "def _decide(out):\n", [f"return {value}"])


def arguments(rows: "Rows") -> "List[str]":
    """Return the names of the columns where they can be names of arguments, and similar ones.

    >>> from ..rows import Rows, Number
    >>> arguments(Rows("y", [Number(name, 0, 0.0) for name in ("a b", "2", "zip", "a_b", "A")]))
    ['a_b_2', 'column_2', 'column_3', 'a_b', 'A']
    """
    taken = {part.name for part in rows.columns if can_be_argument(part.name)}
    names = []
    for k, part in enumerate(rows.columns):
        name = part.name
        if name not in taken:
            name = plain(name) if can_be_argument(plain(name)) else f"column_{k + 1}"
            name = different(name, taken)
        names.append(name)
    return names


def can_be_argument(name: str) -> bool:
    plain = all([c < "\x7f" for c in name]) and name.isidentifier()
    return plain and name[0] != "_" and name not in PYTHON_KEYWORDS | USED


def listed(texts: "Any") -> str:
    """Return a tuple of these expressions.

    >>> listed(["1"]), listed([])
    ('(1,)', '()')
    """
    texts = list(texts)
    return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
