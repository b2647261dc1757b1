"""How much a file computes: its operations, counted while they are printed.

    Work    how often each kind of operation is executed, and how often it is in the source

The kinds are the operations of a record, and these:

    constant, read, table, store     a number in the code, an element of an array or of a table that
                                     is read, an element that is written
    loop, turn                       a loop, and each time that its body runs
    rounded                          the helper of c/templates.py that rounds
"""

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Iterator

    from ..scalars import Symbolic


class Work:
    """The operations of a function.

    ``executed``   {kind: how often it is executed in one call}
    ``written``    {kind: how often it is in the source}
    ``times``      how often the statements that are printed now are executed

    >>> work = Work()
    >>> work.times = 10
    >>> work.add("multiply", 3)
    >>> work.executed, work.written
    ({'multiply': 30.0}, {'multiply': 3})
    """

    def __init__(self) -> None:
        self.executed: "Dict[str, float]" = {}
        self.written: "Dict[str, int]" = {}
        self.times = 1

    def add(self, kind: str, count: int = 1, share: float = 1.0) -> None:
        """Count an operation that is executed only in this share of the cases."""
        if count:
            self.executed[kind] = self.executed.get(kind, 0) + count * self.times * share
            self.written[kind] = self.written.get(kind, 0) + count

    @contextmanager
    def loop(self, count: int) -> "Iterator[None]":
        """Count a loop, and what is added in the context ``count`` times."""
        self.add("loop")
        self.times *= count
        self.add("turn")
        yield
        self.times //= count

    def add_number(self, node: "Symbolic", tables: str, share: float) -> None:
        """Count the operation of a number; the names of tables begin with ``tables``."""
        if node.operation == "dot":
            pairs = list(zip(node.operands[::2], node.operands[1::2]))
            products = len([1 for a, b in pairs if not (a.is_one or b.is_one)])
            self.add("multiply", products, share)
            self.add("add", len(pairs) - 1, share)
        elif node.operation == "total":
            self.add("add", len(node.operands) - 1, share)
        elif node.operation:
            self.add("add" if node.operation == "subtract" else node.operation, 1, share)
        elif node.value is not None:
            self.add("constant", 1, share)
        elif "[" in node.name:
            self.add("table" if node.name.startswith(tables) else "read", 1, share)
