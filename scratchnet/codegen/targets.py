"""sn.export: a network as source code of a target language."""

import os
import re

from ..core.activations import Identity
from ..core.checks import look_up, require
from ..core.functions import set_kernel
from ..core.losses import LOSSES, loss_for
from ..core.optimizers import OPTIMIZERS, Optimizer
from ..formats import files
from ..scalars import Single
from ..scalars.symbolic import Undecided
from . import c_header
from .own import generate
from .proof import Proof

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

    from ..core.losses import Loss
    from ..core.network import Sequential

    Meanings = Tuple[List[str], List[str]]

DEFAULT_NAME = "net"
TRAINABLE = ("double", "float")  # Integers are too coarse for gradients.

# The keywords of C and C++, which no name may be.
KEYWORDS = set(
    "_Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert "
    "_Thread_local alignas alignof and and_eq asm auto bitand bitor bool break case catch char "
    "char16_t char32_t char8_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast else "
    "enum explicit export extern false float for friend goto if import inline int long module "
    "mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid typename "
    "typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "main linux unix".split()
)
# Macros of the C library begin with these words and an underscore.
LIBRARY = set("ATOMIC DBL E FE FLT FP INT INTMAX LC LDBL PRI SCN SIG SIZE TIME UINT WCHAR".split())


class Request:
    """What is to be written, and how; see ``sn.export``.

    ``net``              the network
    ``type``             the name of its numbers, one of the types of the target
    ``number``           their type on this Python, which computes the same
    ``name``             the prefix of all names
    ``self_contained``   whether the elementary functions are included
    ``meanings``         what each input is, and each output; empty if that is not known
    ``version``          the version of this package
    ``calibrate``        rows of inputs, for which the error of 32-bit floats is bounded; or None
    ``optimizer``        the optimizer of a training step; None without one
    ``loss``             its loss
    ``proof``            the bound of the error for the rows; None without rows
    """

    def __init__(
        self,
        net: "Sequential",
        type: str,
        name: str,
        self_contained: bool,
        meanings: "Meanings",
        version: str,
        calibrate: "Any",
        optimizer: "Any",
        loss: "Any",
    ) -> None:
        self.net, self.type, self.name = net, type, name
        self.number = NUMBERS[type]
        self.self_contained = self_contained
        self.meanings, self.version = meanings, version
        self.calibrate = calibrate
        self.optimizer, self.loss = optimizer, loss
        self.proof = None if calibrate is None else Proof(net, calibrate)


class Target:
    """A language in which networks are written.

    ``types``     the names of its number types, the default first
    ``written``   a function that returns the source for a Request
    """

    def __init__(self, types: "Sequence[str]", written: "Callable[[Request], str]") -> None:
        self.types, self.written = types, written


NUMBERS: "Dict[str, Any]" = {"double": float, "float": Single}
TARGETS = {"c": Target(("double", "float"), c_header.written)}


def export(
    net: "Sequential",
    path: "Any",
    to: str,
    type: "Optional[str]",
    name: "Optional[str]",
    self_contained: bool,
    meanings: "Meanings",
    version: str,
    calibrate: "Any",
    train: "Any",
    loss: "Any",
    before_writing: "Optional[Callable[[Request], Any]]" = None,
) -> str:
    """Return the source, and write it to ``path`` unless that is None; see ``sn.export``.

    ``before_writing``   is called with the Request when the source is complete
    """
    require("to", to, (TARGETS.__contains__, listed(TARGETS)))
    target = TARGETS[to]
    if type is None:
        type = target.types[0]
    require("type", type, (target.types.__contains__, listed(target.types)))
    name = checked_name(name, path)
    check_numbers(net, NUMBERS[type])
    if calibrate is not None and type != "float":
        raise ValueError(
            f"calibrate: rows bound the error of 32-bit floats, not of {type!r}; give type='float'"
        )
    learning = training_of(net, train, loss, to, type)
    request = Request(net, type, name, self_contained, meanings, version, calibrate, *learning)
    # The text must not depend on this Python: constants are folded by the portable functions.
    former = set_kernel("portable")
    try:
        parts = net.layers + [part for part in learning if part is not None]
        text = generate(lambda: target.written(request), parts)
    except Undecided as error:
        raise ValueError(f"the network cannot be exported: {error}") from None
    finally:
        set_kernel(former)
    if before_writing is not None:
        before_writing(request)
    if path is not None:
        files.write(path, text.encode("ascii"))
    return str(text)


def training_of(
    net: "Sequential", train: "Any", loss: "Any", to: str, type: str
) -> "Tuple[Optional[Optimizer], Optional[Loss]]":
    """Return the optimizer and the loss of the training step, or None twice without one."""
    if train is None:
        require("loss", loss, (lambda v: v is None, "None: only a training step has a loss"))
        return None, None
    if to != "c" or type not in TRAINABLE:
        raise ValueError(
            f"train: a training step is written in C with {listed(TRAINABLE)} numbers only, "
            f"not with to={to!r} and type={type!r}"
        )
    optimizer = look_up("train", train, OPTIMIZERS, Optimizer)
    return optimizer, loss_for(net, partner_of(net) if loss is None else loss)


def partner_of(net: "Sequential") -> "Loss":
    """Return the loss that pairs with the last activation; a sum without one pairs as Identity."""
    last = net.layers[-1]
    activation = Identity if last.parameters() else type(last)
    for kind in LOSSES.values():
        if kind.pairs_with is activation:
            return kind()  # type: ignore[no-any-return]
    raise ValueError(
        f"train: no loss pairs with {last!r}, the last layer; give one, "
        "such as loss='mean_squared_error'"
    )


def listed(names: "Any") -> str:
    return " or ".join([repr(name) for name in names])


def checked_name(name: "Optional[str]", path: "Any") -> str:
    """Return the prefix of all names: the given one, or the stem of the file's name."""
    if name is None:
        name = DEFAULT_NAME if path is None else os.path.basename(str(path)).split(".")[0]
    if not re.match(r"[A-Za-z][A-Za-z0-9_]*\Z", name) or "__" in name:
        why = "is not a name in C: letters, digits and single underscores after a letter"
    elif name in KEYWORDS or name.upper() in LIBRARY:
        why = "is reserved in C or C++"
    else:
        return name
    raise ValueError(f"{name!r} {why}; give another name, such as name={DEFAULT_NAME!r}")


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
                    f"{parameter.name} holds {value!r}, which is no finite "
                    f"{'float of 32 bits' if number is Single else 'number'}"
                )
