"""What the loops of loops.py consist of: statements, indices, elements of arrays, tables.

The printers of all languages print these.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Tuple

    from ..scalars import Symbolic

    Row = List[Symbolic]
    Terms = Sequence[Tuple[int, str]]


class Index:
    """An index that counts from 0. If there is a single number, it is written as 0."""

    def __init__(self, name: str, count: int) -> None:
        self.name = name if count > 1 else "0"
        self.count = count

    @property
    def terms(self) -> "Terms":
        """What it is in an Element."""
        return [(1, self.name)] if self.count > 1 else [(0, "")]


class Element(str):
    """The text of an element of an array, in C and in Python; it knows its parts.

    ``indices``   for each index its terms: a factor and the name of an index, or a number and ""
    ``place``     the text of the last index

    >>> Element("v0", [(2, "i1"), (3, "")]), Element("table0", [(1, "i1")], [(0, "")])
    ('v0[2 * i1 + 3]', 'table0[i1][0]')
    """

    array: str
    indices: "Tuple[Terms, ...]"
    place: str

    def __new__(cls, array: str, *indices: "Terms") -> "Element":
        texts = [" + ".join([_term(*term) for term in terms]) for terms in indices]
        element = str.__new__(cls, array + "".join([f"[{text}]" for text in texts]))
        element.array, element.indices, element.place = array, indices, texts[-1]
        return element

    def at(self, index: str, terms: "Terms") -> "Element":
        """Return the element where an index has another value, which is the sum of these terms.

        >>> Element("v0", [(2, "i1"), (3, "")]).at("i1", [(1, "i1"), (1, "")])
        'v0[2 * i1 + 5]'
        """
        indices = []
        for own in self.indices:
            found: "List[Tuple[int, str]]" = []
            for factor, name in own:
                new = terms if name == index else [(1, name)]
                found += [(factor * number, other) for number, other in new]
            named = [term for term in found if term[1]]
            constant = sum([number for number, name in found if not name])
            indices.append(named + [(constant, "")] * (constant != 0 or not named))
        return Element(self.array, *indices)


def _term(factor: int, name: str) -> str:
    if not name:
        return str(factor)
    return name if factor == 1 else f"{factor} * {name}"


def element_at(array: str, start: int, *terms: "Tuple[int, Index]") -> "Element":
    """Return the element of an array at the sum of multiples of indices and a number."""
    named = [(factor, index.name) for factor, index in terms if index.count > 1]
    return Element(array, named + [(start, "")] * (start > 0 or not named))


class Table:
    """Constants, in the order of memory. ``shape`` has one or two numbers."""

    def __init__(self, name: str, shape: "Tuple[int, ...]", values: "List[float]") -> None:
        self.name, self.shape, self.values = name, shape, values


class Assign:
    """The statement ``name = value``."""

    def __init__(self, name: str, value: "Symbolic") -> None:
        self.name, self.value = name, value


class Fold:
    """``name = first``; then for each index the statements ``body``, and ``name = value``."""

    def __init__(self, name: str, first: "Symbolic", index: "Index") -> None:
        self.name, self.first, self.index = name, first, index
        self.body: "List[Any]" = []
        self.value = first


class Fill:
    """For each index the statements ``body``, and ``name[index] = value``.

    ``place``   the text of the index in the array, if it is not the index itself
    """

    def __init__(self, name: str, index: "Index", place: str = "") -> None:
        self.name, self.index, self.place = name, index, place or index.name
        self.body: "List[Any]" = []
        self.value: "Any" = None


class Nest:
    """For each index the statements ``body``."""

    def __init__(self, index: "Index", body: "List[Any]") -> None:
        self.index, self.body = index, body


class Spread:
    """``name[start + k] = values[k]`` for each k; ``names`` are the texts of the known numbers."""

    def __init__(self, name: str, values: "Row", names: "Dict[int, str]", start: int = 0) -> None:
        self.name, self.values, self.names, self.start = name, values, names, start
