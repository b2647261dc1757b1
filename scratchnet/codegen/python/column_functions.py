"""Functions for a column of weights, or for a row of a sample, which a step calls for each of them.

    new_column_0(w_row, rows, r)     returns the new weights
    change_column_0(s0_row, w_row, rows, r, h0)
                                     changes the weights and what the optimizer keeps, in place
    row_0(v0_row, v1_row, W2)        returns the row of a vector

These functions have few variables. From version 3.13 on, CPython reads two of a function's first 16
variables with one instruction, so the factors of the products are assigned first. Numbers are
changed in place, or column by column, so that the memory of an old number is reused while it is in
the cache of the processor.
"""

from ...scalars.symbolic import Undecided
from ..record.step_inputs import COUNT
from .printer import words_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Sequence, Tuple

    Loop = Tuple[str, str]  # targets and source

FIRST_VARIABLES = 16
MOST_PAIRS = 7  # With one or two arguments, these are the first variables.


class Gradients:
    """The gradients of a parameter.

    ``text``      the expression of one; it is "g" if they are known
    ``rows``      the targets and the source of the loop over a column
    ``columns``   those of the loop over the columns; None for a flat parameter

    What a function needs to compute those of a column:

    ``given``     {name of an argument: its value}, in the loop ``column``
    ``column``    like ``columns``, but an element is not unpacked
    ``head``      the statements before the loop
    ``loop``      the targets and the source of the loop
    ``element``   the expression of a gradient
    ``terms``     how many products l0·r0, l1·r1, ... are added in it; 0 if a function adds them
    """

    def __init__(self, text: str, rows: "Loop", columns: "Optional[Loop]" = None) -> None:
        self.text, self.rows, self.columns = text, rows, columns
        self.column = columns or ("", "")
        self.head: "List[str]" = []
        self.terms = 0
        self.loop, self.element = ("g", "g_row"), "g"
        if columns is None:
            known = rows[1] if text == "g" else f"[{text} for {rows[0]} in {rows[1]}]"
            self.given = {"g_row": known}
        elif text == "g":
            self.given = {"g_row": columns[0]}
        else:
            self.given = {"rows": rows[1], "r": "r"}
            self.column = "r", columns[1]
            self.loop, self.element = (rows[0], "rows"), text
            if columns[0] != "r":
                self.head = [f"{columns[0]} = r"]
                self.terms = text.count("*")


class ColumnFunctions:
    """The functions of a step.

    ``names``   {the source after the name: the name}
    """

    def __init__(self) -> None:
        self.names: "Dict[str, str]" = {}

    def call(self, kind: str, given: "Dict[str, str]", lines: "Sequence[str]", terms: int) -> str:
        """Return the call of a function with these lines.

        ``kind``    its name without a number
        ``given``   {name of an argument: its value}
        ``terms``   those of the Gradients
        """
        words = set(words_of("\n".join(lines)))
        if any(map(is_parameter, words)):
            raise Undecided("an update depends on a weight of another column")
        given = {**given, **{name: name for name in sorted(filter(is_scalar, words))}}
        return self.call_of(kind, given, [*first_assigned(terms), *lines])

    def row(self, row: str, outer: "Sequence[Loop]", product: str) -> str:
        """Return the call of a function that returns the row of a sample.

        ``row``       its expression
        ``outer``     the loops over the samples
        ``product``   the expression l0·r0 + l1·r1 + ... in it
        """
        words = sorted(set(words_of(row)))
        lines = []
        given = {}
        for target, source in outer:
            name = target if target.isidentifier() else f"{source.lower()}_row"
            given[name] = name
            lines += [f"{target} = {name}"] * (name != target)
        given.update({word: word for word in words if is_scalar(word) or is_parameter(word)})
        pairs = (FIRST_VARIABLES - len(given) - 1) // 2
        first = [name for term in product.strip("()").split(" + ") for name in term.split(" * ")]
        head = " = ".join([*first[: 2 * pairs], "0.0"])
        return self.call_of("row", given, [head, *lines, f"return {row}"])

    def call_of(self, kind: str, given: "Dict[str, str]", lines: "Sequence[str]") -> str:
        source = "\n".join([f"({', '.join(given)}):", *[f"    {line}" for line in lines]])
        count = len([name for name in self.names.values() if name.startswith(kind)])
        name = self.names.setdefault(source, f"{kind}_{count}")
        return f"{name}({', '.join(given.values())})"

    def sources(self) -> "List[str]":
        """Return the source of each function."""
        return [f"def {name}{source}" for source, name in self.names.items()]


def is_scalar(word: str) -> bool:
    """Return whether this is the name of a number that is the same for all weights."""
    return (
        word in (COUNT, "factor")
        or word.startswith("setting_")
        or (word[0] == "h" and word[1:].isdigit())
    )


def is_parameter(word: str) -> bool:
    return word[0] in "CPW" and word[1:].isdigit()


def first_assigned(terms: int) -> "List[str]":
    """Return the statement that assigns the variables of the first products.

    >>> first_assigned(2), first_assigned(0)
    (['l0 = r0 = l1 = r1 = 0.0'], [])
    """
    names = [f"{name}{k}" for k in range(min(terms, MOST_PAIRS)) for name in "lr"]
    return [" = ".join([*names, "0.0"])] if names else []
