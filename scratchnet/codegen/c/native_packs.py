"""Rows of sums in C, computed pack by pack.

A pack is a SIMD vector: as many neighboring numbers as the processor computes with one instruction.
The last pack of a row ends where the row does, so it may recompute some numbers of the pack before
it. Each sum still adds its terms from left to right.
"""

import re

from ...scalars import Symbolic
from ..loop_parts import Element
from .native_text import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional

    from ..loop_parts import Index

FEWEST = 8  # numbers in the longest pack; shorter rows use no packs
WIDEST = 32  # numbers of a row whose sums stay in registers; wider rows are cut into tiles
TILES = range(WIDEST, 15, -1)
OPERATIONS = ("add", "subtract", "multiply", "divide", "negate")

EACH_ROW = "NET_UNROLL for (int u = 0; u < rows; u++) {"  # of those that are summed at once

PACKS = """\
/* ---- packs ---------------------------------------------------------------------------------- */

/* A pack has the numbers that one instruction computes; NET_SUMS packs stay in registers. */
#if defined(__GNUC__) && !defined(__TINYC__)
#if defined(__AVX512F__)
enum { NET_LANES = 8, NET_SUMS = 20 };
#elif defined(__AVX__)
enum { NET_LANES = 4, NET_SUMS = 12 };
#else
enum { NET_LANES = 2, NET_SUMS = 12 };
#endif
typedef double net_pack __attribute__((vector_size(8 * NET_LANES), aligned(8), may_alias));
#else
enum { NET_LANES = 1, NET_SUMS = 12 };
typedef double net_pack;
#endif
/* GCC keeps sums in registers if it unrolls these loops, which it otherwise does with -O3 only. */
#if defined(__GNUC__) && !defined(__clang__)
#define NET_UNROLL _Pragma("GCC unroll 32")
#else
#define NET_UNROLL
#endif
/* The pack that begins with a number of an array. */
#define NET_PACK(number) (*(net_pack *)&(number))
/* How many packs a row has, and where they begin; the last one ends where the row does. */
#define NET_PACKS(width) (((width) + NET_LANES - 1) / NET_LANES)
#define NET_FIRST(n, width) NET_LEAST(NET_LANES * (n), (width) - NET_LANES)
#define NET_LEAST(a, b) ((a) < (b) ? (a) : (b))
/* How many rows are summed at once. */
#define NET_ROWS(width) \\
    (5 * NET_PACKS(width) <= NET_SUMS ? 5 : 2 * NET_PACKS(width) <= NET_SUMS ? 2 : 1)

"""


def packed(value: "Symbolic", index: "Index") -> "Optional[Symbolic]":
    """Return an expression for a pack instead of a number; the index is that of its first number.

    Return None if the numbers that it reads are not neighbors, or if it calls a function.
    """
    if not value.operation:
        factors = factors_of(value.name, index.name)
        if factors == [1]:
            return Symbolic(name=f"NET_PACK({value.name})")
        return None if factors else value
    operands: "List[Any]" = [packed(operand, index) for operand in value.operands]
    if value.operation not in OPERATIONS or any([operand is None for operand in operands]):
        return None
    return Symbolic(None, value.operation, tuple(operands))


def transposed(value: "Symbolic", index: "Index", fold: "Index", found: "List[str]") -> "Symbolic":
    """Return an expression that reads transposed weights where the weights are not neighbors.

    Those elements of the weights are appended to ``found``.
    """
    if value.operation:
        operands = [transposed(operand, index, fold, found) for operand in value.operands]
        return Symbolic(None, value.operation, tuple(operands))
    name: "Any" = value.name
    factors = factors_of(name, index.name)
    if factors in ([], [0], [1]) or name.array != "w" or factors_of(name, fold.name) != [1]:
        return value
    found.append(name)
    return Symbolic(name=Element("transposed", [(1, index.name), (index.count, fold.name)]))


def factors_of(name: "Any", index: str) -> "List[int]":
    """Return the factors of an index in an element of an array, or [0] if they are unknown."""
    if not isinstance(name, Element):
        return [0] if name and index in name else []
    *before, last = name.indices
    found = [factor for factor, other in last if other == index]
    return [0] if any([other == index for terms in before for _, other in terms]) else found


def width_of_tile(width: int) -> int:
    """Return the width of the tiles that a row is cut into: the one with the fewest packs.

    Tiles do not overlap, because the sums of one are stored before those of the next are read.
    """
    tiles = [tile for tile in TILES if width % tile == 0]
    if width <= WIDEST or not tiles:
        return width
    return min(tiles, key=lambda tile: width // tile * -(-tile // FEWEST))


def each_pack(index: "Index", lines: "List[str]") -> "List[str]":
    """Return the lines in a loop over the packs of a tile."""
    tile = width_of_tile(index.count)
    first = "" if tile == index.count else "j + "
    is_read = re.search(rf"\b{index.name}\b", "\n".join(lines))
    place = [f"const int {index.name} = {first}NET_FIRST(n, {tile});"] * bool(is_read)
    return ["NET_UNROLL for (int n = 0; n < packs; n++) {", *nested(place + lines), "}"]


def each_tile(index: "Index", lines: "List[str]") -> "List[str]":
    """Return the lines in a loop over the tiles of a row, if it has several."""
    tile = width_of_tile(index.count)
    if tile == index.count:
        return lines
    return [f"for (int j = 0; j < {index.count}; j += {tile}) {{", *nested(lines), "}"]
