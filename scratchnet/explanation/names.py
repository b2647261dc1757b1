"""The names of the numbers of an explanation; step.py lists them.

>>> Name.parse("0.weights[0][1].m.new")
Name(layer=0, role='weights', indices=(0, 1), memory='m', suffix='new')
>>> Name.parse("loss.inner[2]").kind, Name.parse("1.a[0][2].gradient").is_gradient
('inner', True)
>>> str(Name(1, "a", (0, 2)).with_suffix("new"))
'1.a[0][2].new'
>>> unknown("los", ["x[0][0]", "loss"])
"no number is called 'los'; did you mean 'loss'? names() lists them all (...)"
"""

import functools
import re
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Optional, Tuple, Union

# The role can be any text, because parameters and hyperparameters of the user have any names. It is
# as short as possible.
_NAME = re.compile(
    r"""
    (?: (0|[1-9]\d{0,8}) \. )?  # layer
    ( [^.[]* (?: [.[] [^.[]* )*? )  # role
    (?:
        ( (?: \[ (?:0|[1-9]\d{0,8}) \] )+ )  # indices
        (?: \.memory \[ (0|[1-9]\d{0,8}) \] | \. (?! (?:gradient|new) \Z ) ([^\W\d]\w*) )?  # memory
    )?
    (?: \. (gradient|new) )?  # suffix
    \Z
    """,
    re.VERBOSE | re.ASCII,
)
_REMEMBERED = 4096  # parsed names that are kept, because the same names are looked at repeatedly


class Name(namedtuple("Name", "layer role indices memory suffix")):
    """A name as its parts; ``str`` returns the text. Any text is a name.

    ``layer``     the index of the layer, or None
    ``role``      what the number is, such as "weights", "z", "x", "loss" or "loss.inner"
    ``indices``   its indices, such as (0, 1) for a weight
    ``memory``    the name or index of a number that the optimizer remembers about it, or None
    ``suffix``    "gradient", "new" for the number after the step, or empty
    """

    __slots__ = ()

    def __new__(
        cls,
        layer: "Optional[int]",
        role: str,
        indices: "Tuple[int, ...]" = (),
        memory: "Optional[Union[str, int]]" = None,
        suffix: str = "",
    ) -> "Name":
        return super().__new__(cls, layer, role, indices, memory, suffix)

    @staticmethod
    @functools.lru_cache(_REMEMBERED)
    def parse(text: str) -> "Name":
        """Return the parts of a name."""
        layer, role, indices, index, memory, suffix = _NAME.match(text).groups()  # type: ignore[union-attr]
        places = tuple(map(int, indices[1:-1].split("]["))) if indices else ()
        memory = _count(index) if memory is None else memory
        return Name._make((_count(layer), role, places, memory, suffix or ""))

    def __str__(self) -> str:
        texts = [] if self.layer is None else [f"{self.layer}."]
        texts.append(self.role)
        texts += [f"[{i}]" for i in self.indices]
        if self.memory is not None:
            is_index = isinstance(self.memory, int)
            texts.append(f".memory[{self.memory}]" if is_index else f".{self.memory}")
        texts += [f".{self.suffix}"] if self.suffix else []
        return "".join(texts)

    def with_suffix(self, suffix: str) -> "Name":
        """Return the name of the gradient of the number, of its new value, or of the number."""
        return self._replace(suffix=suffix)

    @property
    def array(self) -> str:
        """What the indices belong to: "0.weights" for "0.weights[0][1].gradient"."""
        return str(Name(self.layer, self.role))

    @property
    def kind(self) -> str:
        """The last part of the role: "inner" for "loss.inner"."""
        kind: str = self.role.rpartition(".")[2]
        return kind

    @property
    def is_gradient(self) -> bool:
        return bool(self.suffix == "gradient")

    @property
    def is_new(self) -> bool:
        return bool(self.suffix == "new")


def _count(digits: "Optional[str]") -> "Optional[int]":
    return None if digits is None else int(digits)


def element(parameter: str, flat: bool, i: int, j: int) -> str:
    """Return the name of an element of a parameter: "0.weights[i][j]", or "0.bias[j]" if flat."""
    return f"{parameter}[{j}]" if flat else f"{parameter}[{i}][{j}]"


# ---- unknown names -------------------------------------------------------------------------------


def unknown(name: str, known: "List[str]") -> str:
    """Return the error message for a name that no number has."""
    import difflib

    if "loss" not in known and re.search(r"loss|gradient|new|derivative|y\[", name):
        return (
            f"no number is called {name!r}: "
            "without targets Y there is no loss, no gradient and no update"
        )
    shapes: "Dict[str, List[str]]" = {}
    for other in known:
        shapes.setdefault(_shape(other), []).append(other)
    array = Name.parse(name).array
    same = [other for other in shapes.get(_shape(name), []) if Name.parse(other).array == array]
    if same:
        return f"no number is called {name!r}; the names go from {same[0]} to {same[-1]}"
    close = difflib.get_close_matches(_shape(name), list(shapes), 1, 0)
    nearest = min(shapes[close[0]], key=lambda other: _distance(name, other)) if close else known[0]
    return (
        f"no number is called {name!r}; did you mean {nearest!r}? names() lists them all "
        "(at the command line, --names)"
    )


def _shape(name: str) -> str:
    return re.sub(r"\d+", "#", name)


def _distance(name: str, other: str) -> float:
    """Return how far the numbers in two names are from each other."""
    a, b = [[float(digits) for digits in re.findall(r"\d+", text)] for text in (name, other)]
    return sum([abs(i - j) for i, j in zip(a, b)]) + abs(len(a) - len(b))
