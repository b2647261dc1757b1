"""The statements of a training step for the samples of a block.

Each statement runs for all samples before the next one, so that compilers can vectorize over the
samples. What one statement computes and another one reads is in arrays:

    v3 = v3s + 32 * k              the row v3 of sample k
    v3 = scratch + 640 + 32 * k    the same, if the arrays are too long for the stack
    s5[k]                          its number s5
    xs[32 * 2 + k]                 its number x[2], if the statements are written out
"""

import re
from collections import Counter
from functools import partial

from ..loop_parts import Assign, Fill, Fold
from .native_row_sums import RowSums
from .native_sums import FEW_STATEMENTS
from .native_text import nested
from .native_unit import is_row_of_sums

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Set, Tuple, Union

    from .native_parts import Parts
    from .native_rows import RowParts

BLOCK = 32  # samples
MOST_LOCAL = 4096  # numbers of arrays on the stack
MOST_COPIED = 16  # numbers of a row of data
COPY = "for (int n = 0; n < {2}; n++) {{ {0}[n] = {1}[{2} * places[start + k] + n]; }}"


class Blocks(RowSums):
    """The statements, which work on the arrays of native_step.py.

    ``before``     the declarations before the loop over the blocks
    ``lines``      the statements for a block
    ``scratch``    how many numbers they keep, from ``place`` on

    ``updates`` and ``update_of`` are explained in native_sums.py.
    """

    def __init__(
        self,
        parts: "Union[Parts, RowParts]",
        inputs: int,
        outputs: int,
        place: int,
        update_of: "Optional[Callable[[int, str, Any], str]]" = None,
    ) -> None:
        RowSums.__init__(self, parts, update_of)
        self.record = parts.record
        groups = [] if parts.is_small else grouped(parts.sample)
        self.scalars = self.scalars_of([*groups, *zip(parts.late)])
        data = {"x": ("inputs", inputs), "y": ("targets", outputs)}
        copied = self.copied(data, groups)
        self.lengths = {**parts.lengths, **{name: data[name][1] for name in copied}}
        self.scratch = BLOCK * (sum(self.lengths.values()) + len(self.scalars))
        statements = len(groups) + len(parts.late)
        self.is_local = self.scratch <= MOST_LOCAL and statements <= FEW_STATEMENTS
        drawn = len(self.record.drawn)
        # The address of what belongs to a sample.
        self.addresses: "Dict[str, str]" = {
            "x": f"inputs + {inputs} * places[start + {{k}}]",
            "y": f"targets + {outputs} * places[start + {{k}}]",
            "r": f"draws + {drawn} * (start + {{k}})",
        }
        self.place_of_transposed = place if self.is_local else place + self.scratch
        self.before: "List[str]" = []
        self.arrays: "Dict[str, str]" = {}
        end = self.declare(place)
        if self.is_local:
            self.scratch = 0
        self.lines: "List[str]" = []
        if parts.is_small:
            sums = len(parts.record.sums)
            widths = {"x": inputs, "y": outputs, "r": drawn, "weight": 1, "term": sums}
            self.scratch = BLOCK * sum(widths.values())
            self.write_out(parts.sample, widths, end)
        else:
            for group in groups:
                self.lines += self.statements(group)
            for part in parts.late:
                self.lines += self.added(part)
            self.scratch += self.transposed
            copies = [COPY.format(name, *data[name]) for name in copied]
            self.lines[:0] = self.for_each(copies) if copies else []

    def declare(self, place: int) -> int:
        """Declare the arrays of a block, from ``place`` on; return the place after them."""
        for name, length in self.lengths.items():
            self.arrays[name] = f"{name}s" if self.is_local else f"scratch + {place}"
            self.addresses[name] = f"{self.arrays[name]} + {length} * {{k}}"
            if self.is_local:
                self.before.append(f"double {name}s[{BLOCK * length}];")
            place += BLOCK * length
        for name in self.scalars:
            pointer = f"double *restrict const {name} = scratch + {place};"
            self.before.append(f"double {name}[{BLOCK}];" if self.is_local else pointer)
            place += BLOCK
        return place

    # ---- written out -----------------------------------------------------------------------------

    def write_out(self, lines: "List[str]", widths: "Dict[str, int]", place: int) -> None:
        """Append the statements of a small network, which compute the terms of all sums.

        The first numbers of all samples are side by side, then the second ones, and so on.
        """
        text = "\n".join(lines)
        copied = []
        for name, width in widths.items():
            found = rf"\b{name}\b" if name == "weight" else rf"\b{name}\[(\d+)\]"
            if not re.search(found, text):
                continue
            array = "own_weights" if name == "weight" else f"{name}s"
            text = re.sub(found, partial(element, array), text)
            self.before.append(f"double *restrict const {array} = scratch + {place};")
            place += BLOCK * width
            if name == "weight":
                copied.append("own_weights[k] = weight;")
            elif name != "term":
                copy = f"{array}[{BLOCK} * n + k] = {name}[n];"
                copied.append(f"for (int n = 0; n < {width}; n++) {{ {copy} }}")
        self.lines += [
            *self.for_each(copied),
            "for (int k = 0; k < block; k++) {",
            *nested(text.split("\n")),
            "}",
            f"for (int n = 0; n < {widths['term']}; n++) {{",
            "    double sum = sums[n];",
            f"    for (int k = 0; k < block; k++) {{ sum = sum + terms[{BLOCK} * n + k]; }}",
            "    sums[n] = sum;",
            "}",
        ]

    # ---- what belongs to one sample --------------------------------------------------------------

    def scalars_of(self, groups: "List[Any]") -> "List[str]":
        """Return the names of the numbers that one group computes and another one reads."""
        readers: "Counter[str]" = Counter()
        for group in groups:
            readers.update(self.words(group))
        own = [part.name for group in groups for part in group if isinstance(part, (Assign, Fold))]
        return [name for name in own if readers[name] > 1]

    def copied(self, data: "Dict[str, Tuple[str, int]]", groups: "List[Any]") -> "List[str]":
        """Return the data whose rows are copied side by side: short rows that loops read.

        Compilers vectorize these loops over the samples. Rows of sums read one sample at a time.
        """
        read: "Set[str]" = set()
        for group in groups:
            if not self.is_row_of_sums(group[0]):
                read |= self.words(group)
        return [name for name, (_, width) in data.items() if name in read and width <= MOST_COPIED]

    def words(self, group: "List[Any]") -> "Set[str]":
        return words_of([line for part in group for line in self.unit.statement(part)])

    def statements(self, group: "List[Any]") -> "List[str]":
        """Return the statements for all samples."""
        part = group[0]
        if isinstance(part, str):
            return self.unit.statement(part)  # a comment
        if not isinstance(part, Assign):
            if self.is_row_of_sums(part):
                return self.several_rows(part)
            together = self.collapsed(part)
            if together:
                return together
        lines = [line for part in group for line in self.lines_of(part)]
        return self.for_each(lines)

    def is_row_of_sums(self, part: "Any") -> bool:
        """Return whether a row of sums reads nothing but rows and parameters."""
        is_row = isinstance(part, Fill) and is_row_of_sums(part)
        return is_row and not self.reads_numbers(self.unit.statement(part))

    def lines_of(self, part: "Any") -> "List[str]":
        """Return the lines for one sample."""
        lines = self.unit.statement(part)
        if isinstance(part, Assign) and part.name in self.scalars:
            lines[-1] = lines[-1].replace(f"const double {part.name} = ", f"{part.name} = ", 1)
        if isinstance(part, Fold):
            lines = [re.sub(rf"\b{part.name}\b", "sum", line) for line in lines]
            lines = ["{", *nested(lines), f"    {part.name} = sum;", "}"]
        return lines

    def for_each(self, lines: "List[str]") -> "List[str]":
        """Return the lines in a loop over the samples of the block."""
        lines = self.with_numbers(lines)
        return ["for (int k = 0; k < block; k++) {", *nested(self.known(lines) + lines), "}"]

    def with_numbers(self, lines: "List[str]") -> "List[str]":
        """Return the lines with the numbers of sample k instead of those of a single one."""
        names = words_of(lines).intersection(self.scalars)
        if not names:
            return lines
        pattern = re.compile(r"\b(" + "|".join(sorted(names)) + r")\b")
        return [pattern.sub(r"\1[k]", line) for line in lines]

    def reads_numbers(self, lines: "List[str]") -> bool:
        return not words_of(lines).isdisjoint([*self.scalars, "weight"])

    def known(self, lines: "List[str]") -> "List[str]":
        """Return the declarations of what the lines need of sample k."""
        words = words_of(lines)
        found = []
        for name, address in self.addresses.items():
            if name in words:
                kind = "double *restrict const" if name in self.lengths else "const double *const"
                found.append(f"{kind} {name} = {address.format(k='k')};")
        if "weight" in words:
            found.append("const double weight = weights[places[start + k]];")
        return found

    def collapsed(self, part: "Any") -> "List[str]":
        """Return one loop over the numbers of all samples, or [] if their places differ."""
        if not isinstance(part, Fill) or part.body or part.index.count == 1:
            return []
        lines = self.unit.assigned(f"{part.name}[{part.place}]", part.value)
        length = self.lengths.get(part.name)
        read = re.findall(r"\b(\w+)\[([^\]]*)\]", "\n".join(lines))
        alike = all([self.lengths.get(name) == length and i == part.place for name, i in read])
        if (
            part.place != part.index.name
            or length != part.index.count
            or not alike
            or self.reads_numbers(lines)
        ):
            return []
        names = sorted({name for name, _ in read})
        declared = [f"double *restrict const {name} = {self.arrays[name]};" for name in names]
        i = part.index.name
        opening = f"for (int {i} = 0; {i} < {length} * block; {i}++) {{"
        return ["{", *nested(declared), *nested([opening, *nested(lines), "}"]), "}"]


def element(array: str, found: "Any") -> str:
    """Return the element of an array that holds the number of sample k that was found."""
    first = BLOCK * int(found.group(1)) if found.groups() else 0
    return f"{array}[{first} + k]" if first else f"{array}[k]"


def grouped(statements: "List[Any]") -> "List[List[Any]]":
    """Return the statements one by one, except that successive assignments form one group."""
    groups: "List[List[Any]]" = []
    for part in statements:
        if groups and isinstance(part, Assign) and isinstance(groups[-1][0], Assign):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def words_of(lines: "List[str]") -> "Set[str]":
    return set(re.findall(r"\w+", "\n".join(lines)))
