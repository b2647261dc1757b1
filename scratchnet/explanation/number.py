"""One number of an explanation: its value, its formula and the line of source that computes it."""

import linecache
import os
import sys

from ..texts import fit_to_output
from .digits import decimals_for, derivation, substitute
from .names import Name
from .page import card
from .text import DECIMALS, formula, names, number, numbers, parts
from .textbook import lines_for
from .within import agree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from ..scalars import Traced
    from .step import Step
    from .text import Part

LONGEST = 240  # characters of a formula by the chain rule; longer ones are hard to read
MOST = 12  # inputs listed of one number
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Number:
    """One number of an explanation, and how it is computed.

    ``node``                its record (scalars/traced.py)
    ``name``                its name; empty for a constant of a rule
    ``value``               its value: exactly the float of the training run
    ``formula``             its formula with names
    ``substituted``         its formula with numbers
    ``chain``               the factors of a gradient by the chain rule, with names; None if these
                            are the formula
    ``chain_substituted``   the same with numbers
    ``textbook``            the formula as books write it, and why it is computed in another form;
                            [] if the number is not the output of a layer or a loss
    ``source``              file, line number and text of the line that computes it; None if the
                            number is given
    ``operands``            the numbers in its formula
    """

    def __init__(self, step: "Step", node: "Traced") -> None:
        self._step = step
        self.node = node
        self.name = node.name
        self.value = node.value

    @property
    def formula(self) -> str:
        return formula(self.node)

    @property
    def substituted(self) -> str:
        return substitute(self.node)

    @property
    def chain(self) -> "Optional[str]":
        return names(self.chain_parts) if self.chain_parts else None

    @property
    def chain_substituted(self) -> "Optional[str]":
        return self._chain_with_numbers(DECIMALS)

    @property
    def chain_parts(self) -> "Optional[List[Part]]":
        """The formula by the chain rule, as a list of parts."""
        node = self._chain_node
        if not Name.parse(self.name).is_gradient or not node.operation:
            return None
        # If an output is rounded to 0 or 1, only the shortcut gives the right gradient.
        if not agree(node.value, self.value):
            return None
        chain = parts(node, _is_of_chain)
        text = names(chain)
        return None if text == self.formula or len(text) > LONGEST else chain

    @property
    def _chain_node(self) -> "Traced":
        return self._step.chains.get(self.name, self.node)

    def decimals_for_chain(self, decimals: int = DECIMALS) -> "Dict[int, int]":
        """Return the decimals of those numbers in ``chain_parts`` that need more."""
        return decimals_for(self._chain_node, self.chain_parts or [], decimals, _is_of_chain)

    def _chain_with_numbers(self, decimals: int) -> "Optional[str]":
        chain = self.chain_parts
        return numbers(chain, decimals, self.decimals_for_chain(decimals)) if chain else None

    @property
    def textbook(self) -> "List[str]":
        return lines_for(self._step, self.name)

    def by_the_book(self, decimals: int = DECIMALS) -> "List[str]":
        """Return the book's formula of a loss that is computed in another form.

        The lines are the formula with names and with numbers; [] if the loss is computed by it.
        """
        book = self._step.books.get(self.name)
        if book is None:
            return []
        return [
            names(parts(book, in_general=True)),
            substitute(book, decimals, in_general=True),
        ]

    @property
    def source(self) -> "Optional[Tuple[str, int, str]]":
        if self.node.source is None:
            return None
        path, line = self.node.source
        return _shorten(path), line, _text(path, line)

    @property
    def operands(self) -> "List[Number]":
        return [Number(self._step, node) for node in inputs(self.node)]

    def derivation(self, decimals: int = DECIMALS) -> str:
        """Return the formula, the formula with numbers, and the result in one line."""
        if not self.node.operation:
            return f"{number(self.value, decimals)}, given"
        by_name, by_number = self.formula, derivation(self.node, decimals)
        return by_number if by_name == by_number else f"{by_name} = {by_number}"

    def text(self, depth: int = 1, decimals: int = DECIMALS) -> str:
        """Return the number with its formula, its source line, and its inputs down to ``depth``."""
        lines = [f"{self.name or 'a constant'} = {number(self.value, decimals)}"]
        if self.node.operation:
            lines += [f"  = {self.formula}", f"  = {substitute(self.node, decimals)}"]
        lines += ["  the rule: " + line for line in self.textbook[:1]]
        lines += ["  = " + formula for formula in self.by_the_book(decimals)]
        lines += ["  " + line for line in self.textbook[1:]]
        chain = self._chain_with_numbers(decimals)
        if chain:
            lines += ["  by the chain rule", f"  = {self.chain}", f"  = {chain}"]
        if self.source:
            lines.append("  {}:{}: {}".format(*self.source))
        else:
            lines.append("  given")
        inputs = self._inputs(depth, decimals, "  ", {self.name})
        return "\n".join(lines + (["from"] + inputs if inputs else []))

    def _inputs(self, depth: int, decimals: int, indent: str, printed: "Any") -> "List[str]":
        """Return the inputs, one per line, each followed by its own inputs; none is repeated."""
        lines = []
        operands = [operand for operand in self.operands if operand.name not in printed | {""}]
        for operand in operands[:MOST] if depth > 0 else []:
            if operand.name not in printed:
                printed.add(operand.name)
                lines.append(f"{indent}{operand.name} = {operand.derivation(decimals)}")
                lines += operand._inputs(depth - 1, decimals, indent + "  ", printed)
        if depth > 0 and len(operands) > MOST:
            rest = len(operands) - MOST
            lines.append(
                f"{indent}and {rest} more, up to {operands[-1].name}; look them up by name"
            )
        return lines

    def _repr_html_(self) -> str:
        """Return the number as HTML for a notebook."""
        return card(self)

    def __str__(self) -> str:
        return fit_to_output(self.text())

    def __repr__(self) -> str:
        return f"<{self.name or 'constant'} = {self.value!r}>"


def inputs(node: "Traced") -> "List[Traced]":
    """Return the numbers in the formula of a number, each once: named numbers and constants."""
    found: "Dict[int, Traced]" = {}
    waiting = list(reversed(node.operands))
    while waiting:
        operand = waiting.pop()
        if operand.name or not operand.operation:
            found.setdefault(id(operand), operand)
        else:
            waiting.extend(reversed(operand.operands))
    return list(found.values())


def _is_of_chain(node: "Traced") -> bool:
    """Return whether the formula by the chain rule contains the formula of this number."""
    return not node.name or Name.parse(node.name).is_gradient


def _text(path: str, line: int) -> str:
    """Return a line of a file. If the file is in an archive, the loader of its module has it."""
    text = linecache.getline(path, line)
    if not text:
        for module in list(sys.modules.values()):
            if getattr(module, "__file__", None) == path:
                text = linecache.getline(path, line, vars(module))
    return text.strip()


def _shorten(path: str) -> str:
    """Return the path of a file of the package relative to its parent, other paths unchanged."""
    path = os.path.abspath(path)
    if not path.startswith(_PACKAGE + os.sep):
        return path
    return "scratchnet" + path[len(_PACKAGE) :].replace(os.sep, "/")
