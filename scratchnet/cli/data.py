"""Reading the data of a command: a table or arrays, and the options for it."""

from .. import tabular
from ..datasets.arrays import is_array
from ..datasets.columns import MISSING, NUMBERS
from ..datasets.parts import as_kind
from ..datasets.tables import read_table
from ..tabular.model import has_encoder, model_of
from ..texts import plural
from .progress import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Tuple


COLUMNS = ("categorical", "numeric", "ignore", "dates")


def add_reading(parser: "Any") -> None:
    """Add the options that say how to read a table."""
    group = parser.add_argument_group("reading (detected if not given)")
    group.add_argument(
        "--delimiter", metavar="C", help="the separator of cells; write a tab as '\\t'"
    )
    group.add_argument(
        "--header", choices=("yes", "no"), help="whether the first line names the columns"
    )
    group.add_argument(
        "--decimal",
        choices=(".", ","),
        help="the decimal mark; the other may separate thousands",
    )
    group.add_argument(
        "--encoding", metavar="NAME", help="the text encoding, such as cp1252 (default UTF-8)"
    )
    group.add_argument(
        "--missing",
        metavar="A,B",
        help="further texts that mean a missing value, besides "
        + ", ".join([text or "an empty cell" for text in MISSING]),
    )


def add_columns(parser: "Any") -> None:
    """Add the options that say what the columns hold."""
    group = parser.add_argument_group("columns, by name or by number from 1")
    for name, what in (
        ("categorical", "categories, although they look like numbers"),
        ("numeric", "numbers, not categories"),
        ("ignore", "columns to leave out"),
        (
            "dates",
            "dates, of which the year, the month, the weekday and the days since 1970 are used",
        ),
    ):
        group.add_argument("--" + name, action="append", default=[], metavar="A,B", help=what)
    group.add_argument(
        "--task",
        choices=("classification", "regression"),
        help="whether to predict classes or numbers",
    )


def add_target(parser: "Any") -> None:
    parser.add_argument(
        "--target",
        metavar="FILE",
        help="for arrays: the file of the targets, or their name in an .npz",
    )


def add_threshold(parser: "Any") -> None:
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="for two classes: predict the second one from this probability on (default above 0.5)",
    )


def add_quiet(parser: "Any") -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="print only errors on standard error"
    )


def reading(options: "Any", usual: "Any" = MISSING) -> "Any":
    """Return the arguments of ``read_table`` for these options. None means detected.

    ``usual``   the texts to which the option --missing adds others
    """
    further = options.missing
    return {
        "missing": None if further is None else [*usual, *further.split(",")],
        "delimiter": options.delimiter and options.delimiter.replace("\\t", "\t"),
        "header": None if options.header is None else options.header == "yes",
        "decimal": options.decimal,
        "encoding": options.encoding,
    }


def data_to_learn(options: "Any", progress: "Any") -> "Any":
    """Return the Table or the Arrays to train a model on."""
    columns = {name: names(getattr(options, name)) for name in COLUMNS}
    if is_array(options.data):
        if any(columns.values()):
            raise ValueError(
                f"{options.data} is an array without column names; "
                f"leave out {', '.join(['--' + name for name in COLUMNS])}"
            )
        return tabular.read(options.data, options.target)
    how = dict(reading(options), progress=progress, **columns)
    return tabular.read(options.data, options.target, **how)


def names(given: "Any") -> "Any":
    """Return the names of columns in options such as --ignore a,b --ignore c."""
    return [name for text in given for name in text.split(",")]


def opened(options: "Any", target: "Any") -> "Tuple[tabular.Model, Any]":
    """Return the model and the data that the options name.

    ``target``   whether the data need the target, or the file of the targets
    """
    model = tabular.load(options.model)
    line = Reading(quiet=options.quiet)
    how = reading(options, getattr(model.encoder, "missing", ()))
    data = model.read(options.data, target, progress=line, **how)
    line.clear()
    for sentence in model.encoder.surprises(data):
        line.say(sentence)
    return model, data


def inputs_in(path: str, net: "Any", source: str) -> "Any":
    """Return the rows of inputs in a file: as the network encodes them, or a table of numbers.

    ``source``   the name of the network's file
    """
    if has_encoder(net):
        model = model_of(net, source)
        return model.encoder.inputs_of(model.read(path))
    table = read_table(path)
    columns = list(table.columns.values())
    if len(columns) != net.inputs:
        raise ValueError(
            f"{path} has {plural(len(columns), 'column')}, "
            f"but the network has {plural(net.inputs, 'input')}"
        )
    return list(zip(*[as_kind(column, NUMBERS, path).values for column in columns]))
