"""The base class of all pictures."""

from ..core.checks import accept_rows, require
from ..formats import files
from ..texts import shorten

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..formats.files import Path


class Picture:
    """A picture, as SVG and for the terminal. A notebook displays it."""

    title = ""

    @property
    def svg(self) -> str:
        """The text of the SVG file. The same input gives the same bytes."""
        return self.as_svg()

    def save(self, path: "Path") -> None:
        """Write the SVG file. Its name must end in .svg."""
        if not str(path).lower().endswith(".svg"):
            raise ValueError(
                "{}: a picture is saved as SVG; give a name that ends in .svg".format(path)
            )
        files.write(path, self.svg.encode("utf-8"))

    def text(
        self, width: int = 80, height: int = 24, encoding: str = "utf-8", colour: bool = False
    ) -> str:
        """Return the picture in characters.

        ``width``      the number of columns, at most
        ``height``     the number of lines, at most, if the contents fit
        ``encoding``   the encoding of the terminal; one without Braille gets ASCII
        ``colour``     whether to use ANSI colour codes
        """
        for name, value, least in (("width", width, 20), ("height", height, 8)):
            enough = (
                lambda v, least=least: isinstance(v, int) and v >= least,
                f"a whole number of {least} or more",
            )
            require(name, value, enough)
        return self.as_text(width, height, encoding, colour)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return "Picture {!r}: .svg, .save(path), .text(width, height)".format(self.title)

    # ---- methods of the subclasses ---------------------------------------------------------------

    def as_svg(self) -> str:
        raise NotImplementedError

    def as_text(self, columns: int, height: int, encoding: str, colour: bool) -> str:
        raise NotImplementedError


def names_of(what: str, given: "Any", count: int, columns: int) -> "List[str]":
    """Return the names, each shortened to a number of columns. Errors begin with ``what``."""
    names = [str(name) for name in accept_rows(given, what)]
    if len(names) != count:
        raise ValueError("{}: {} given, {} needed".format(what, len(names), count))
    return [shorten(name, columns) for name in names]
