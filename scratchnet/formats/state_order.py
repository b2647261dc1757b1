"""The order of the layers of a state dict.

    sort_layers   the layers in the order in which the network computes them
    names_of      their names, for a message
    index_of      the place of a layer in an nn.Sequential, from its name

PyTorch makes a state dict in the order of the definitions: fc.weight, fc.bias, out.weight, ... A
.safetensors file is sorted by name, as text: "10" comes before "2", and "decoder" before
"encoder". This order means nothing. Numbers in the names then give the order, and the widths of
the layers: each takes as many inputs as the one before it has outputs. Numbers count if they are
places in an nn.Sequential ("net.0", "net.2"), or follow each other ("fc1", "fc2"). Others, such as
"decoder5" and "decoder8", do not say which layer is first. If this leaves several orders, or none,
there is an error.
"""

import re

from ..core.checks import is_sequence, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

    from .state_owners import Owner

    Solution = Tuple[List[Owner], bool]

NUMBER = re.compile("[0-9]+")
ADVICE = "name them first to last: order=[...]"
MOST_SERIES, MOST_STEPS = 20, 10000  # limits of the search for an order


def sort_layers(owners: "List[Owner]", names: "List[str]", order: "Any", what: str) -> "Solution":
    """Return the layers in their order, and whether the rows of undecided matrices are outputs.

    ``names`` are the tensors' names as the state dict has them; ``order`` the names of the layers
    if the user gave them.
    """
    if order is not None:
        return _check_fit(_in_given_order(owners, order, what), what)
    numbered = _is_numbered(owners)
    if _is_deliberate(owners, names):
        if numbered:
            return _check_fit(owners, what)
        if owners != sorted(owners, key=lambda owner: owner.name):
            found = _find_orders([[owner] for owner in owners])
            if len(found) == 1:
                return found[0]
            raise ValueError(
                f"{what}: the numbers in the names contradict the order of the tensors, "
                f"{names_of(owners)}; {ADVICE}"
            )
    series = _series(owners)
    if len(series) == 1:
        return _check_fit(series[0], what)
    found = _find_orders(series)
    if len(found) == 1:
        return found[0]
    raise ValueError(
        f"{what}: neither the names nor the widths of the layers {names_of(owners)} show their "
        f"order; {ADVICE}"
    )


def _find_orders(series: "List[List[Owner]]") -> "List[Solution]":
    """Return the orders in which the widths fit, or two of them if there are more."""
    ways = _orientations([owner for line in series for owner in line])
    return [(line, turned) for turned in ways for line in _lines(series, turned)]


def index_of(name: str) -> "Optional[Tuple[str, int]]":
    """Return the nn.Sequential of a layer and its index in it.

    >>> index_of("net.10"), index_of("fc1")
    (('net', 10), None)
    """
    owner, _, index = name.rpartition(".")
    return (owner, int(index)) if NUMBER.fullmatch(index) and len(index) < 9 else None


def _in_given_order(owners: "List[Owner]", order: "Any", what: str) -> "List[Owner]":
    known = {owner.name: owner for owner in owners}
    if not is_sequence(order) or sorted(map(str, order)) != sorted(known):
        raise ValueError(
            f"{what}: order is {shown(order)}; it must list each of the {len(owners)} layers once: "
            + names_of(owners)
        )
    return [known[name] for name in order]


def names_of(owners: "List[Owner]") -> str:
    names = [owner.name for owner in owners]
    return ", ".join(names if len(names) < 9 else names[:7] + ["..."] + names[-1:])


def _is_deliberate(owners: "List[Owner]", names: "List[str]") -> bool:
    """Return whether the tensors are in another order than one by name.

    A tensor that is sorted by type first, then by name, is not directly followed by its bias.
    """
    pairs = [owner.names for owner in owners if {"matrix", "bias"} <= set(owner.names)]
    belong = {name for owner in owners for name in owner.names.values()}
    known = [name for name in names if name in belong]
    places = {name: k for k, name in enumerate(known)}
    beside = [places[pair["bias"]] == places[pair["matrix"]] + 1 for pair in pairs]
    return known != sorted(known) and (not pairs or any(beside))


def _series(owners: "List[Owner]") -> "List[List[Owner]]":
    """Return the layers whose names differ only in numbers together, in the order of these.

    Layers whose numbers have gaps are apart from each other.
    """
    result: "List[List[Owner]]" = []
    for line in _lines_of_numbers(owners):
        result += [line] if _is_counted(line) else [[owner] for owner in line]
    return result


def _is_counted(line: "List[Owner]") -> bool:
    """Return whether the numbers in the names are places in an nn.Sequential, or have no gaps."""
    texts = NUMBER.split(line[0].name)
    names = [NUMBER.findall(owner.name) for owner in line]
    for k in range(len(texts) - 1):
        if texts[k][-1:] in ("", ".") and texts[k + 1][:1] in ("", "."):
            continue
        ways: "Dict[Any, List[int]]" = {}
        for numbers in names:
            ways.setdefault(tuple(numbers[:k]), []).append(int(numbers[k][:18]))
        for counted in ways.values():
            if max(counted) - min(counted) + 1 > len(set(counted)):
                return False
    return True


def _lines_of_numbers(owners: "List[Owner]") -> "List[List[Owner]]":
    series: "Dict[str, List[Owner]]" = {}
    for owner in owners:
        series.setdefault(NUMBER.sub("#", owner.name), []).append(owner)
    return [sorted(line, key=_numbers) for line in series.values()]


def _numbers(owner: "Owner") -> "List[Tuple[int, str]]":
    """Return the numbers in the name, as what sorts like them; int() limits their length."""
    return [(len(n), n) for n in [n.lstrip("0") for n in NUMBER.findall(owner.name)]]


def _is_numbered(owners: "List[Owner]") -> bool:
    """Return whether layers whose names differ only in numbers are in the order of these."""
    places = {owner.name: k for k, owner in enumerate(owners)}
    lines = [[places[owner.name] for owner in line] for line in _lines_of_numbers(owners)]
    return all([line == sorted(line) for line in lines])


def _orientations(owners: "List[Owner]") -> "List[bool]":
    known = all([owner.turned is not None for owner in owners if "matrix" in owner.tensors])
    return [False] if known else [False, True]


def _check_fit(owners: "List[Owner]", what: str) -> "Solution":
    """Return the layers if each fits the one before it; the error names two tensors."""
    wrong = []
    right = []
    for turned in _orientations(owners):
        unfit = [
            (a, b, a.widths(turned)[1], b.widths(turned)[0])
            for a, b in zip(owners, owners[1:])
            if a.widths(turned)[1] != b.widths(turned)[0]
        ]
        wrong += unfit[:1]
        right += [] if unfit else [turned]
    if len(right) == 1:
        return owners, right[0]
    if right:
        square = [owner for owner in owners if owner.turned is None and "matrix" in owner.tensors]
        raise ValueError(
            f"{what}: whether the rows of {square[0].label} are its inputs or its outputs is not "
            "in its shape; name it .kernel if they are inputs, or .weight if they are outputs"
        )
    first, second, outputs, inputs = wrong[0]
    raise ValueError(
        f"{what}: {second.label} takes {inputs} inputs, but {first.label} before it has {outputs} "
        f"outputs; {ADVICE}"
    )


def _lines(series: "List[List[Owner]]", turned: bool) -> "List[List[Owner]]":
    """Return up to two orders in which each layer fits the one before it.

    Each of the series keeps its own order. A search that is too long counts as one that finds
    two.
    """
    found: "List[Any]" = []
    # How many of each series are placed; the width there; the last layer, with all before it.
    todo: "List[Any]" = [((0,) * len(series), None, None)]
    steps = 0
    while todo and len(found) < 2:
        placed, width, line = todo.pop()
        steps += 1
        if steps > MOST_STEPS or len(series) > MOST_SERIES:
            return [[], []]
        ways = [k for k, owners in enumerate(series) if placed[k] < len(owners)]
        if not ways:
            found.append(line)
        for k in ways:
            owner = series[k][placed[k]]
            inputs, outputs = owner.widths(turned)
            if width in (None, inputs):
                after = placed[:k] + (placed[k] + 1,) + placed[k + 1 :]
                todo.append((after, outputs, (owner, line)))
    return [_to_list(line) for line in found]


def _to_list(line: "Any") -> "List[Owner]":
    layers: "List[Owner]" = []
    while line is not None:
        owner, line = line
        layers.append(owner)
    return layers[::-1]
