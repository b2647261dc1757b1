"""The arguments of ``sn.export``, checked: a network, a target language, and how to write it."""

import os

from ..core.checks import COUNT, require
from ..scalars import Single
from .device_step import training_of
from .integers.arithmetic import BITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from ..core.network import Sequential
    from .integers.arithmetic import Integers
    from .proof import Proof
    from .rows import Rows

DEFAULT_NAME = "net"
# The number types; on this Python, floats compute as those of the target.
NUMBERS: "Dict[str, Any]" = {"double": float, "float": Single, "int8": float, "int16": float}
FLOATS = ("double", "float")
ALL = ("c", "python", "micropython", "json")
# The targets and the types that have an option, and both in words.
OPTIONS: "Dict[str, Any]" = {
    "self_contained": (ALL, FLOATS, "the types 'double' and 'float'"),
    "calibrate": (ALL, ("float", *BITS), "the types 'float', 'int8' and 'int16'"),
    "progmem": (("c",), ("float", *BITS), "the target 'c' with 'float', 'int8' or 'int16'"),
    "viper": (("micropython",), ("int8",), "the target 'micropython' with the type 'int8'"),
    "heap": (("micropython",), FLOATS, "the target 'micropython' with 'float' or 'double'"),
    "train": (("c",), FLOATS, "the target 'c' with 'double' or 'float'"),
}


class Target:
    """A language in which networks are written.

    ``writers``     {name of a number type: a function that returns the source for a Request}; the
                    default type is the first
    ``complaint``   a function that says why a name is none in this language, "" if it is one
    """

    def __init__(
        self, writers: "Dict[str, Callable[[Any], str]]", complaint: "Callable[[str], str]"
    ) -> None:
        self.writers, self.complaint = writers, complaint


class Request:
    """What is to be written, and how. The arguments are those of ``sn.export``, and:

    ``target``       the language ``to``
    ``rows``         the rows that the network predicts, and what its outputs mean
    ``version``      the version of this package

    It also has:

    ``number``       the type that computes on this Python as the target does
    ``training``     the optimizer and the loss of the training step; None without one
    ``integers``     the program of integers, once ``source`` has made it
    ``proof``        the bound of the error of 32-bit floats for the rows ``calibrate``, likewise
    """

    integers: "Integers"

    def __init__(
        self,
        target: "Target",
        to: str,
        net: "Sequential",
        rows: "Rows",
        version: str,
        path: "Any" = None,
        type: "Optional[str]" = None,
        name: "Optional[str]" = None,
        self_contained: bool = False,
        calibrate: "Any" = None,
        progmem: bool = False,
        viper: bool = False,
        heap: "Optional[int]" = None,
        train: "Any" = None,
        loss: "Any" = None,
    ) -> None:
        self.target, self.to = target, to
        self.net, self.rows, self.version = net, rows, version
        self.type = next(iter(self.target.writers)) if type is None else type
        writers = self.target.writers
        require("type", self.type, (writers.__contains__, listed(writers)))
        self.number = NUMBERS[self.type]
        self.name = name_for(name, path, self.target)
        self.self_contained, self.progmem, self.viper = self_contained, progmem, viper
        self.heap = heap if heap is None else require("heap", heap, COUNT)
        check_numbers(net, self.number)
        self.check(
            self_contained=self_contained,
            calibrate=calibrate is not None,
            progmem=progmem,
            viper=viper,
            heap=heap is not None,
            train=train is not None,
        )
        self.calibrate = calibrate
        self.training = training_of(net, train, loss)
        self.proof: "Optional[Proof]" = None

    def check(self, **given: bool) -> None:
        """Raise an error for a given option that this target and this type do not have."""
        if self.type in BITS and not given["calibrate"]:
            raise ValueError(
                f"the type {self.type!r} needs typical rows of inputs; give calibrate=X "
                "(at the command line, --calibrate DATA)"
            )
        for name, (targets, types, words) in OPTIONS.items():
            if given[name] and not (self.to in targets and self.type in types):
                raise ValueError(f"{name} is for {words}; leave it out")


def listed(names: "Any") -> str:
    return " or ".join([repr(name) for name in names])


def name_for(name: "Optional[str]", path: "Any", target: "Target") -> str:
    """Return the name of what is exported: the given one, or the stem of the file's name."""
    if name is None:
        name = DEFAULT_NAME if path is None else os.path.basename(str(path)).split(".")[0]
    complaint = target.complaint(name)
    if complaint:
        another = (
            f"give another name, such as name={DEFAULT_NAME!r} "
            f"(at the command line, --name {DEFAULT_NAME})"
        )
        raise ValueError(f"{name!r} {complaint}; {another}")
    return name


def check_numbers(net: "Sequential", number: "Any") -> None:
    """Raise an error unless the numbers of the network are floats, and finite in this type."""
    if net.number is not float:
        raise TypeError(f"the network computes with {net.number.__name__}; use net.copy(float)")
    if net.inputs is None:
        raise ValueError("no layer says how many inputs the network takes; add a Dense layer")
    for parameter in net.parameters():
        for value in [v for row in parameter.rows or [] for v in row]:
            rounded = float(number(value))
            if rounded - rounded != 0:
                raise ValueError(
                    f"{parameter.name} holds {value!r}, which is not a finite "
                    f"{'float of 32 bits' if number is Single else 'number'}"
                )
