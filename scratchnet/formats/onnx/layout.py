"""Where the elements of an array are after it is rearranged.

    count               how many elements an array of these dimensions has
    transpose   pick    the dimensions after the operation, and for each element of the result the
                        index of the element that it was, row by row
    spread              these indexes alone

One dimension may be SAMPLES, the number of samples. It counts as 1.

>>> transpose([SAMPLES, 2, 3], [0, 2, 1])
(['samples', 3, 2], [0, 3, 1, 4, 2, 5])
>>> pick([2, 3], 1, [2, 0])
([2, 2], [2, 0, 5, 3])
>>> spread([2, 1], [2, 2])
[0, 0, 1, 1]
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

SAMPLES = "samples"


def lengths(dims: "Sequence[Any]") -> "List[int]":
    return [1 if length == SAMPLES else length for length in dims]


def count(dims: "Sequence[Any]") -> "Any":
    """Return the number of elements, or None if a length is unknown (None)."""
    result = 1
    for length in lengths(dims):
        if length is None:
            return None
        result *= length
    return result


def _offsets(dims: "Sequence[Any]") -> "List[List[int]]":
    """Return for each dimension the offset of each of its places."""
    result: "List[List[int]]" = []
    step = 1
    for length in reversed(lengths(dims)):
        result.append([k * step for k in range(length)])
        step *= length
    return result[::-1]


def _indexes(offsets: "Sequence[Sequence[int]]") -> "List[int]":
    """Return all sums of one offset per dimension, row by row."""
    result = [0]
    for places in offsets:
        result = [index + place for index in result for place in places]
    return result


def transpose(dims: "List[Any]", order: "List[int]") -> "Tuple[List[Any], List[int]]":
    """Dimension k of the result is dimension ``order[k]``."""
    offsets = _offsets(dims)
    return [dims[k] for k in order], _indexes([offsets[k] for k in order])


def pick(dims: "List[Any]", axis: int, places: "Sequence[int]") -> "Tuple[List[Any], List[int]]":
    """The result has only these places along the axis."""
    offsets = _offsets(dims)
    offsets[axis] = [offsets[axis][place] for place in places]
    return dims[:axis] + [len(places)] + dims[axis + 1 :], _indexes(offsets)


def spread(dims: "Sequence[Any]", target: "Sequence[Any]") -> "List[int]":
    """Return the indexes after lengths of 1 are repeated to make the ``target`` dimensions."""
    return _indexes(
        [
            places * length if len(places) == 1 else places
            for places, length in zip(_offsets(dims), lengths(target))
        ]
    )
