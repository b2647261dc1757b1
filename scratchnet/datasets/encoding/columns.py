"""The columns that a model needs, among those of a file.

They are found by their names or, in a table without a header, by their places.
"""

from ...core.checks import shown
from ...texts import plural
from ..tables.columns import DATES
from ..tables.dates import PARTS
from ..tables.headings import has_header
from ..tables.numerals import is_number
from .parts import join_first

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ..tables.table import Table
    from .encoder import Encoder


class ModelColumns:
    """The columns of an encoder.

    ``target``   whether the target is wanted, too; None means if it is present
    ``strays``   {column: the texts that the training did not count as numbers}
    """

    def __init__(self, encoder: "Encoder", target: "Optional[bool]") -> None:
        self.encoder, self.target = encoder, target
        parts: "List[Any]" = [*encoder.numbers, encoder.target]
        self.strays: "Dict[str, Sequence[str]]" = {part.name: part.strays or () for part in parts}

    def plan(
        self, names: "List[str]", source: str, header: bool
    ) -> "Tuple[Dict[str, Optional[str]], Optional[str]]":
        """Return {column to read: its kind}, and the target if it is read.

        ``names`` are the columns of the file. A ValueError names those that it lacks.
        """
        target = self.encoder.target.name
        wanted = target in names if self.target is None else self.target
        self._check_width(names, source, header, bool(wanted))
        kinds = self._kinds(bool(wanted))
        check_columns(list(kinds), names, source)
        return kinds, target if wanted else None

    def _kinds(self, wanted: bool) -> "Dict[str, Optional[str]]":
        """Return {column of the file: its kind} for the columns of the model."""
        encoder = self.encoder
        kinds: "Dict[str, Optional[str]]" = {}
        of_dates = {f"{name}: {part}": name for name in encoder.dates for part, _ in PARTS}
        for part in encoder.parts.values():
            if part.name in of_dates:
                name = of_dates[part.name]
                kinds[name] = f"{DATES} {encoder.dates[name]}"
            else:
                kinds[part.name] = part.kind
        if wanted:
            kinds[encoder.target.name] = encoder.target.kind
        return kinds

    def have_header(self, rows: "Sequence[Sequence[str]]") -> bool:
        """Return whether the first row names the columns, as far as the model can tell."""
        first = [cell.strip() for cell in rows[0]]
        if self.encoder.header is not False and set(self._kinds(False)) <= set(first):
            return True
        return has_header(rows) and not (self.encoder.header is False and self._fits(first))

    def _fits(self, row: "Sequence[str]") -> bool:
        """Return whether a row holds values of the columns, which have no names."""
        cells = {f"column {j + 1}": cell for j, cell in enumerate(row)}
        texts = [cells.get(number.name, "") for number in self.encoder.numbers]
        if texts:
            return all([not text or is_number(text) for text in texts])
        return any([cells.get(part.name) in part.labels for part in self.encoder.categories])

    def _check_width(self, names: "List[str]", source: str, header: bool, wanted: bool) -> None:
        """Refuse another number of columns if the columns have no names, only places.

        The target may be absent if it is the last column. ``check_places`` then checks whether the
        values are like those of the training.
        """
        width = self.encoder.width
        if self.encoder.header is not False or width is None or header:
            return
        is_last = self.encoder.target.name == f"column {width}"
        if len(names) == width or len(names) == width - 1 and is_last and not wanted:
            return
        raise ValueError(self._other_width(source, len(names)))

    def check_places(self, table: "Table") -> None:
        """Refuse a table without a header that is narrower, and whose values are unlike."""
        is_narrow = self.encoder.header is False and self.encoder.width not in (None, table.width)
        if is_narrow and not table.header and self.encoder.outside(table):
            raise ValueError(self._other_width(table.source, table.width))

    def _other_width(self, source: str, width: int) -> str:
        """Return the message for another number of columns."""
        expected = self.encoder.width
        return (
            f"{source} has {plural(width, 'column')}, the table of the training had {expected}; "
            "columns without names are found by their places, so give the same columns"
        )


def check_columns(wanted: "Sequence[str]", there: "Sequence[str]", source: str) -> None:
    """Raise a ValueError that names the ``wanted`` columns that are missing, if any."""
    known, alike = set(there), {name.lower(): name for name in there}
    missing = [name for name in wanted if name not in known]
    if missing:
        columns = "columns" if len(missing) > 1 else "column"
        what = f"{source} has no {columns} {join_first(map(shown, missing))}"
        meant = [shown(alike[name.lower()]) for name in missing if name.lower() in alike]
        if len(meant) == len(missing):
            raise ValueError(f"{what}; did you mean {join_first(meant)}?")
        raise ValueError(f"{what}; it has {join_first(map(shown, there))}")
