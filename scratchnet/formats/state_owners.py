"""The layers of a state dict: its tensors by the layers that own them.

    owners_in   the layers, in the order of the tensors
    is_wanted   whether a tensor of a file belongs to one

A name has an owner and a role, as in "fc1.weight", "0.running_mean", "dense/kernel" or "W1":

    weight, bias                    a Linear of PyTorch; the weight is outputs × inputs
    kernel, bias                    the same of Keras and Flax; the kernel is inputs × outputs
    W, b; weights, biases; w1, b1   the same of a hand-written program; the shapes show which
                                    dimension of W is that of the outputs
    running_mean, running_var       a BatchNorm1d of PyTorch, with or without weight and bias
    mean, spread                    a Normalization that to_torch made

An owner's numbers are flat, or a matrix of one row or one column.
"""

import re

from ..core import checks, matrix
from ..core.checks import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..core.types import Row

# PyTorch's roles, the last part of a name; those of other programs, anywhere in it.
ROLES = ("weight", "bias", "running_mean", "running_var", "mean", "spread")
COUNTER = "num_batches_tracked"
OTHERS = re.compile(
    r"(?i)(?:^|(?<=[./_: -]))(weights?|kernel|w|biases|bias|b)(?=\d*(?:$|[./_: -]))"
)
SHORT = re.compile(r"([WwBb])([A-Za-z]\w{0,4})$")  # Wh, bh, Wout
# Tensors of PyTorch that are not the weights of a Linear: of an RNN, and of weight_norm or pruning.
RECURRENT = re.compile(r"(?:(?:weight|bias)_hh_l\d+(?:_reverse)?|bias_hh)$")
COMPUTED = re.compile(r"(?:^|\.)(?:weight_(?:g|orig|mask)|parametrizations\..*)$")
OWN_WEIGHTS = {"weight": "matrix", "weights": "matrix", "w": "matrix", "kernel": "kernel"}
LINEAR, BATCH_NORM, NORMALIZATION = "Linear", "BatchNorm", "Normalization"


class Owner:
    """The tensors of one layer.

    ``name``      what its tensors have in common
    ``tensors``   the numbers by role; ``names`` their names
    ``kind``      Linear, BatchNorm or Normalization
    ``turned``    whether the rows of a Linear's matrix are outputs; None if not yet known
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.tensors: "Dict[str, Any]" = {}
        self.names: "Dict[str, str]" = {}
        self.kind = ""
        self.turned: "Any" = None

    def widths(self, turned: bool) -> "Tuple[int, int]":
        """Return the numbers of inputs and outputs; ``turned`` is as for ``is_turned``."""
        if not self.is_linear:
            count = len(self.tensors["mean" if "mean" in self.tensors else "running_mean"])
            return count, count
        rows, columns = matrix.shape(self.tensors["matrix"])
        return (columns, rows) if self.is_turned(turned) else (rows, columns)

    def is_turned(self, usual: bool) -> bool:
        """Return whether the rows of the matrix are outputs; ``usual`` if it is not yet known."""
        return usual if self.turned is None else bool(self.turned)

    @property
    def is_linear(self) -> bool:
        return self.kind == LINEAR

    @property
    def label(self) -> str:
        """The name for messages: that of the weight."""
        return shown(self.names.get("matrix") or list(self.names.values())[0])


def is_wanted(name: str, integers: bool, prefix: str = "") -> bool:
    """Return whether a tensor is read: its name has the prefix, and it is not a counter.

    A tensor of integers is read only if its name is that of a weight or a bias, for example.
    """
    if not name.startswith(prefix) or name.split(".")[-1] == COUNTER:
        return False
    left = name[len(prefix) :]
    if prefix and prefix[-1].isalnum() and left[:1] not in ("", ".", "/", "_"):
        return False
    return not integers or bool(_split(name)[1])


def _split(name: str) -> "Tuple[str, str]":
    """Return owner and role of a name; the role is "" if it has none.

    >>> _split("fc.weight"), _split("W_hidden"), _split("layer1_b"), _split("dense_1/kernel:0")
    (('fc', 'weight'), ('hidden', 'matrix'), ('layer1', 'bias'), ('dense_1:0', 'kernel'))
    >>> _split("W1"), _split("bh"), _split("alpha")
    (('1', 'matrix'), ('h', 'bias'), ('alpha', ''))
    """
    owner, _, role = name.rpartition(".")
    if role in ROLES:
        return owner, role
    found = list(OTHERS.finditer(name))
    if found:
        before, after = name[: found[-1].start()], name[found[-1].end() :]
        owner = before.rstrip("./_: -") + (after if before else after.lstrip("./_: -"))
        return owner, OWN_WEIGHTS.get(found[-1].group(1).lower(), "bias")
    short = SHORT.match(name)
    if short:
        return short.group(2), OWN_WEIGHTS.get(short.group(1).lower(), "bias")
    return name, ""


def owners_in(tensors: "Dict[str, Any]", prefix: str, what: str) -> "List[Owner]":
    if not tensors and prefix:
        raise ValueError(
            f"{what}: no tensor's name begins with {shown(prefix)}; give another prefix"
        )
    owners: "Dict[str, Owner]" = {}
    for name, tensor in tensors.items():
        _check_name(name, what)
        of, role = _split(name)
        owner = owners.setdefault(of, Owner(of))
        kind = "matrix" if _depth(tensor) == 2 and role in ("weight", "kernel") else role
        if not role or _depth(tensor) not in ((2,) if kind == "matrix" else (1, 2)):
            raise ValueError(_unknown_message(name, tensor, what))
        if kind in owner.tensors:
            raise ValueError(
                f"{what}: {shown(owner.names[kind])} and {shown(name)} belong to one layer; "
                "rename one of them"
            )
        if kind == "matrix" and role != "matrix":
            owner.turned = role == "weight"
        owner.names[kind] = name
        numbers = tensor if kind == "matrix" else _flat(tensor, f"{what}: {shown(name)}")
        accept = checks.accept if kind == "matrix" else _accept_row
        owner.tensors[kind] = accept(numbers, float, f"{what}: {shown(name)}")
    for owner in owners.values():
        owner.kind = _kind(owner, tensors, what)
    # A program writes all its matrices in the same orientation.
    own = [o for o in owners.values() if _split(o.names.get("matrix", ""))[1] == "matrix"]
    ways = {owner.turned for owner in own} - {None}
    for owner in own:
        if len(ways) == 1:
            owner.turned = list(ways)[0]
    return list(owners.values())


def _check_name(name: str, what: str) -> None:
    if RECURRENT.search(name):
        raise ValueError(
            f"{what}: {shown(name)} belongs to a recurrent layer, which is not a layer over one "
            "row of features; choose another part of the names by prefix=..."
        )
    if COMPUTED.search(name):
        raise ValueError(
            f"{what}: {shown(name)} is one of several tensors from which PyTorch computes a "
            "weight; remove the weight_norm, the pruning or the parametrization before you save"
        )


def _unknown_message(name: str, tensor: "Any", what: str) -> str:
    return (
        f"{what}: {shown(name)}, of {_depth(tensor)} dimensions, is neither weight nor bias of a "
        "Linear, nor of a BatchNorm1d; leave it out, or choose a part of the names by prefix=..."
    )


def _depth(tensor: "Any") -> int:
    return 1 + _depth(tensor[0]) if checks.is_sequence(tensor) and len(tensor) else 0


def _flat(tensor: "Any", where: str) -> "Any":
    """Return a matrix of one row or one column as a flat list."""
    if _depth(tensor) == 1:
        return tensor
    if len(tensor) == 1:
        return tensor[0]
    if any([not checks.is_sequence(row) or len(row) != 1 for row in tensor]):
        raise ValueError(f"{where} has several rows and columns; give one row or one column")
    return [row[0] for row in tensor]


def _accept_row(row: "Any", number: "Any", name: str) -> "Row":
    return checks.accept_row(row, number, name, None)


def _kind(owner: "Owner", tensors: "Dict[str, Any]", what: str) -> str:
    roles = set(owner.tensors)
    if roles <= {"matrix", "bias"} and "matrix" in roles:
        _turn(owner, tensors, what)
        return LINEAR
    statistics = {"running_mean", "running_var"}
    known = BATCH_NORM if statistics <= roles <= statistics | {"weight", "bias"} else ""
    known = NORMALIZATION if roles == {"mean", "spread"} else known
    lengths = {len(numbers) for numbers in owner.tensors.values()}
    if known and len(lengths) == 1:
        return known
    if known:
        raise ValueError(f"{what}: the tensors of {shown(owner.name)} differ in length")
    first = list(owner.names.values())[0]
    if roles == {"bias"}:
        weight = first.replace("bias", "weight")
        raise ValueError(f"{what}: {first} is there, but not {weight}; give both, or neither")
    raise ValueError(_unknown_message(first, tensors[first], what))


def _turn(owner: "Owner", tensors: "Dict[str, Any]", what: str) -> None:
    """Find out by the bias whether the rows of the matrix are outputs."""
    if "bias" not in owner.tensors:
        return
    rows, columns = matrix.shape(owner.tensors["matrix"])
    count, given = len(owner.tensors["bias"]), tensors[owner.names["bias"]]
    possible = [turned for turned, outputs in ((True, rows), (False, columns)) if outputs == count]
    if _depth(given) == 2 and count > 1:  # a column is added to W·x, a row to x·W
        possible = [turned for turned in possible if turned == (len(given) > 1)]
    if owner.turned is not None:
        possible = [turned for turned in possible if turned == owner.turned]
    if not possible:
        layout = {True: " (outputs × inputs)", False: " (inputs × outputs)", None: ""}[owner.turned]
        raise ValueError(
            f"{what}: {shown(owner.names['bias'])} has {count} numbers, which does not fit "
            f"{shown(owner.names['matrix'])} of {rows}×{columns}{layout}"
        )
    if len(possible) == 1:
        owner.turned = possible[0]
