"""What every function of plots returns."""

from ..core.checks import accept_rows, require
from ..formats import files
from ..texts import shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..formats.files import Path


class Picture:
    """A picture, as SVG and for the terminal. A notebook shows it by itself."""

    title = ""

    @property
    def svg(self) -> str:
        """The text of the file: of the same input, the same bytes."""
        return self.as_svg()

    def save(self, path: "Path") -> None:
        """Write the file, whose name must end in .svg."""
        if not str(path).lower().endswith(".svg"):
            raise ValueError(
                "{}: a picture is saved as SVG; give a name that ends in .svg".format(path)
            )
        files.write(path, self.svg.encode("utf-8"))

    def text(
        self, width: int = 80, height: int = 24, encoding: str = "utf-8", colour: bool = False
    ) -> str:
        """The picture in characters: at most ``width`` columns, and ``height`` lines where the contents allow it.

        ``encoding``   of the terminal; one without Braille gets ASCII
        ``colour``     with ANSI's codes for colours
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

    # ---- what the kinds of pictures do ---------------------------------------------------------------------------

    def as_svg(self) -> str:
        raise NotImplementedError

    def as_text(self, columns: int, height: int, encoding: str, colour: bool) -> str:
        raise NotImplementedError


def names_of(what: str, given: "Any", count: int, columns: int) -> "List[str]":
    """So many names, each of at most so many columns; ``what`` opens the error's sentence."""
    names = [str(name) for name in accept_rows(given, what)]
    if len(names) != count:
        raise ValueError("{}: {} given, {} needed".format(what, len(names), count))
    return [shortened(name, columns) for name in names]
