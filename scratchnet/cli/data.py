"""Reading the model and the data of a command, and the options for both."""

from .. import tabular
from ..datasets.tables.columns import MISSING
from ..formats import models
from ..tabular.model import model_of
from .progress import Reading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from ..core.network import Sequential
    from ..tabular.positions import Positions, Rows


COLUMNS = ("categorical", "numeric", "ignore", "dates")


def add_loading(parser: "Any") -> None:
    """Add the options that a model of another program may need to be loaded."""
    group = parser.add_argument_group("a model of another program")
    group.add_argument(
        "--output-name",
        metavar="NAME",
        help="the output of an .onnx file that the network computes, if it has several",
    )
    group.add_argument(
        "--activations",
        metavar="NAMES",
        help="for weights alone: the activation after each layer, such as relu,relu,identity",
    )
    group.add_argument(
        "--order",
        metavar="NAMES",
        help="the layers, first to last, such as encoder,decoder, if their names do not say it",
    )
    group.add_argument(
        "--prefix",
        metavar="TEXT",
        default="",
        help="the beginning of the names that count, such as actor",
    )


def add_opening(parser: "Any") -> None:
    """Add the options of ``load_network``, ``read_model_and_data`` and ``read_rows``."""
    add_quiet(parser)
    add_reading(parser)
    add_loading(parser)


def load_network(options: "Any") -> "Sequential":
    """Return the network in the file that the options name."""
    data = getattr(options, "data", None)
    if data and not models.is_model(options.model) and models.is_model(data):
        raise ValueError(f"the model comes first; write {data} {options.model}")
    return models.load(
        options.model,
        activations=_names_in(options.activations),
        order=_names_in(options.order),
        prefix=options.prefix,
        output=options.output_name,
    )


def _names_in(text: "Optional[str]") -> "Optional[List[str]]":
    """Return the names in a list separated by commas."""
    return None if text is None else [name.strip() for name in text.split(",")]


def loading_arguments(options: "Any") -> "List[str]":
    """Return the command-line arguments with which the same network is loaded."""
    names = ("output-name", "activations", "order", "prefix")
    given = [(name, getattr(options, name.replace("-", "_"))) for name in names]
    return [f"--{name}={value}" for name, value in given if value]


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


def add_target(parser: "Any", more: str = "") -> None:
    parser.add_argument(
        "--target",
        metavar="FILE",
        help="for arrays: the file of the targets, or their name in an .npz" + more,
    )


def add_threshold(parser: "Any") -> None:
    parser.add_argument(
        "--threshold",
        type=float,
        metavar="P",
        help="for two classes: predict the second one if its probability is at least this "
        "(default above 0.5)",
    )


def add_quiet(parser: "Any") -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="print only errors on standard error"
    )


def reading_options(options: "Any", usual: "Any" = MISSING) -> "Any":
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
    columns = {name: column_names(getattr(options, name)) for name in COLUMNS}
    how = dict(reading_options(options), progress=progress, **columns)
    return tabular.read(options.data, options.target, **how)


def column_names(given: "Any") -> "Tuple[str, ...]":
    """Return the names of columns in options such as --ignore a,b --ignore c."""
    return tuple([name for text in given for name in text.split(",")])


def read_model_and_data(
    options: "Any", net: "Sequential", target: "Any"
) -> "Tuple[tabular.Model, Any]":
    """Return the model of a network, and the data that the options name.

    ``net``      the network, which describes its inputs
    ``target``   whether the data need the target, or the file of the targets
    """
    model = model_of(net, options.model)
    line = Reading(quiet=options.quiet)
    how = reading_options(options, getattr(model.encoder, "missing", ()))
    data = model.read(options.data, target, progress=line, **how)
    line.clear()
    for sentence in model.encoder.surprises(data):
        line.say(sentence)
    return model, data


def read_rows(options: "Any", network: "Positions", target: "Any" = False) -> "Rows":
    """Return the rows of data for a network that does not describe its inputs.

    ``target``   the column of the targets, True for the last, or False
    """
    line = Reading(quiet=options.quiet)
    rows = network.read(options.data, target, progress=line, **reading_options(options))
    line.clear()
    return rows
