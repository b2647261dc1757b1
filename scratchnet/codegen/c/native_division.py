"""Many statements, divided among functions.

The time to compile a function grows faster than its length: a network of many layers would take
minutes. Statements that differ only in places and names, such as those of equal layers, become one
function, which is called with the places.
"""

import re
from textwrap import wrap

from .native_blocks import BLOCK, words_of
from .native_text import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from .native_blocks import Blocks

MOST_LINES = 400  # in a function

NAME = re.compile(r"\b([a-z])\d+\b")  # of a variable, such as v0
PLACE = re.compile(r"(?<=\+ )\d+\b(?!\.| \*)")  # of the first number of a row in an array


# The arguments that functions for a block of samples may need.
OF_BLOCK = """
    long long start
    int block
    const long long *places
    const double *inputs
    const double *targets
    const double *weights
    const double *draws
    double count
    const double *restrict w
    double *scratch
    double *sums
"""


def over_all_samples(blocks: "Blocks") -> "Tuple[List[str], List[str]]":
    """Return functions, and the statements that compute the sums over all samples with them."""
    functions: "List[str]" = []
    before, lines = blocks.before, blocks.lines
    if len(lines) > MOST_LINES and not (blocks.updates or blocks.is_local):
        functions, lines = Division(lines, before, OF_BLOCK).result()
        before = []
    loop = [
        "{",
        *nested(before),
        f"    for (long long start = 0; start < size; start += {BLOCK}) {{",
        "        const long long left = size - start;",
        f"        const int block = left < {BLOCK} ? (int)left : {BLOCK};",
        *nested(nested(lines)),
        "    }",
        "}",
    ]
    return functions, loop


class Division:
    """Divides statements among functions.

    ``before``      declarations that the statements may need
    ``arguments``   declarations of the arguments that the functions may need, one per line
    """

    def __init__(self, lines: "List[str]", before: "List[str]", arguments: str) -> None:
        self.declarations = {line.split(" = ")[0].split()[-1]: line for line in before}
        declared = [line.strip() for line in arguments.strip().split("\n")]
        self.arguments = {re.findall(r"\w+", line)[-1]: line for line in declared}
        self.statements = [Statement(part, self.needed(part)) for part in statements_of(lines)]
        self.alike: "Dict[str, List[Statement]]" = {}
        for statement in self.statements:
            self.alike.setdefault(statement.form, []).append(statement)
        self.functions: "List[str]" = []
        self.given: "Dict[str, List[str]]" = {}  # {function: its arguments}
        self.names: "Dict[str, str]" = {}  # {form of statements that are repeated: the function}

    def result(self) -> "Tuple[List[str], List[str]]":
        """Return the functions, and the statements that call them."""
        calls: "List[str]" = []
        own: "List[str]" = []  # successive statements that are not repeated
        for statement in self.statements:
            alike = self.alike[statement.form]
            if own and (len(alike) > 1 or len(own) > MOST_LINES // 4):
                calls.append(self.part(own))
                own = []
            if len(alike) > 1:
                calls += [*statement.comments, self.repeated(statement, alike)]
            else:
                own += statement.comments + statement.lines
        return self.functions, calls + ([self.part(own)] if own else [])

    def needed(self, lines: "List[str]") -> "List[str]":
        """Return the declarations that the lines need."""
        words = words_of(lines)
        return [line for name, line in self.declarations.items() if name in words]

    def part(self, lines: "List[str]") -> str:
        """Add a function with these statements; return the statement that calls it."""
        return self.call(self.add("net_part", self.needed(lines) + lines, 0), ())

    def repeated(self, statement: "Statement", alike: "List[Statement]") -> str:
        """Return the call of the function that alike statements share; add it if it is missing."""
        columns = list(zip(*[other.places for other in alike]))
        different = [column for column in dict.fromkeys(columns) if len(set(column)) > 1]
        if statement.form not in self.names:
            texts = []
            for column in columns:
                varies = column in different
                texts.append(f"place{different.index(column)}" if varies else column[0])
            lines = statement.form.format(*texts).split("\n")
            self.names[statement.form] = self.add("net_repeated", lines, len(different))
        k = alike.index(statement)
        return self.call(self.names[statement.form], [column[k] for column in different])

    def add(self, kind: str, lines: "List[str]", places: int) -> str:
        """Add a function with this body and this number of places; return its name."""
        name = f"{kind}{len(self.functions)}"
        words = words_of([line for line in lines if not line.startswith("/*")])
        self.given[name] = [argument for argument in self.arguments if argument in words]
        declared = [self.arguments[argument] for argument in self.given[name]]
        declared += [f"long long place{n}" for n in range(places)]
        opening = wrap(
            f"NET_APART void {name}({', '.join(declared)})", 100, subsequent_indent="    "
        )
        self.functions.append("\n".join([*opening, "{", "    NET_STORES", *nested(lines), "}", ""]))
        return name

    def call(self, name: str, places: "Sequence[str]") -> str:
        return f"{name}({', '.join([*self.given[name], *places])});"


class Statement:
    """A statement, and the comments before it.

    ``form``     the text after the declarations that it needs, with names renumbered and places
                 left out
    ``places``   the places
    """

    def __init__(self, lines: "List[str]", needed: "List[str]") -> None:
        self.comments = [line for line in lines if line.startswith("/*")]
        self.lines = [line for line in lines if not line.startswith("/*")]
        text = "\n".join(needed + self.lines)
        numbers: "Dict[str, str]" = {}

        def renamed(found: "Any") -> str:
            name = found.group()
            numbers.setdefault(name, f"{name[0]}{len(numbers)}")
            return numbers[name]

        text = NAME.sub(renamed, text).replace("{", "{{").replace("}", "}}")
        self.places: "List[str]" = PLACE.findall(text)
        self.form = PLACE.sub("{}", text)


def statements_of(lines: "List[str]") -> "List[List[str]]":
    """Return the lines of each statement, after the comments before it."""
    statements: "List[List[str]]" = [[]]
    for line in lines:
        statements[-1].append(line)
        if line == "}" or line.endswith(";") and not line.startswith(" "):
            statements.append([])
    return statements if statements[-1] else statements[:-1]
