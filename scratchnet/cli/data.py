"""Reading the data of a command: a table or arrays, and the options for it."""

from ..datasets.arrays import ArrayEncoder, Arrays, is_array, read_arrays
from ..datasets.encoding import Encoder
from ..datasets.tables import MISSING, read_table
from ..formats import models
from .progress import Line, Reading
from .terminal import plural

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

    from ..core.network import Sequential


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
        help=f"the texts that mean a missing value (default {_few(MISSING)})",
    )


def add_columns(parser: "Any") -> None:
    """Add the options that say what the columns hold."""
    group = parser.add_argument_group("columns, by name or by number from 1")
    for name, what in (
        ("categorical", "categories, although they look like numbers"),
        ("numeric", "numbers, not categories"),
        ("ignore", "columns to leave out"),
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


def add_quiet(parser: "Any") -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="print only errors on standard error"
    )


def reading(options: "Any") -> "Any":
    """Return the arguments of ``read_table`` and ``Encoder.read`` for these options."""
    delimiter = options.delimiter and options.delimiter.replace("\\t", "\t")
    header = None if options.header is None else options.header == "yes"
    missing = None if options.missing is None else options.missing.split(",")
    return {
        "delimiter": delimiter,
        "header": header,
        "missing": missing,
        "decimal": options.decimal,
        "encoding": options.encoding,
    }


def data_to_learn(options: "Any", progress: "Any") -> "Any":
    """Return the Table or the Arrays to train a model on."""
    columns = {name: names(getattr(options, name)) for name in ("categorical", "numeric", "ignore")}
    if is_array(options.data):
        if any(columns.values()):
            raise ValueError(
                f"{options.data} is an array without column names; "
                "leave out --categorical, --numeric and --ignore"
            )
        return read_arrays(options.data, options.target)
    how = reading(options)
    how["missing"] = MISSING if how["missing"] is None else how["missing"]
    return read_table(options.data, options.target, progress=progress, **dict(how, **columns))


def names(given: "Any") -> "Any":
    """Return the names of columns in options such as --ignore a,b --ignore c."""
    return [name for text in given for name in text.split(",")]


def fit_encoder(data: "Any", rows: "Any", task: "Any") -> "Any":
    """Return an encoder fitted to these rows of a table or of arrays."""
    return (ArrayEncoder if isinstance(data, Arrays) else Encoder).fit(data, rows, task)


# The encoders, by their names in the metadata of a model.
ENCODERS: "Dict[str, Any]" = {"table": Encoder, "arrays": ArrayEncoder}


def metadata_of(encoder: "Any") -> "Any":
    """Return the encoder as it is saved in the metadata of a model."""
    return {name: encoder.to_dict() for name, kind in ENCODERS.items() if type(encoder) is kind}


def encoder_of(net: "Sequential", path: str) -> "Any":
    """Return the encoder in the metadata of a model, which was read from that path."""
    for name, kind in ENCODERS.items():
        if name in net.metadata:
            try:
                encoder = kind.from_dict(net.metadata[name])
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            if (len(encoder.features), encoder.outputs) != (net.inputs, net.outputs):
                raise ValueError(
                    f"{path}: the network does not match the inputs and outputs in its metadata"
                )
            return encoder
    raise ValueError(
        f"{path}: the model does not describe its inputs; give one from `scratchnet train`"
    )


def opened(options: "Any", target: "Any") -> "Any":
    """Return the network, its encoder, and the data that the options name.

    ``target``   whether the data need the target, or the file of the targets
    """
    net = models.load(options.model)
    encoder = encoder_of(net, options.model)
    line = Reading(quiet=options.quiet)
    data = encoder.read(options.data, target=target, progress=line, **reading(options))
    line.clear()
    report_unseen(encoder, data, line)
    return net, encoder, data


def report_unseen(encoder: "Any", data: "Any", line: "Line", rows: "Any" = None) -> None:
    """Print the labels in these rows (default: all rows) that did not occur in training."""
    for name, counts in encoder.unseen(data, rows).items():
        labels = ", ".join([repr(label) for label in sorted(counts)[:5]])
        if len(counts) > 5:
            labels += ", ..."
        affected = plural(sum(counts.values()), "row")
        line.say(f"column {name!r}: {labels} did not occur in training ({affected})")


def _few(texts: "Any") -> str:
    return ", ".join([text or "an empty cell" for text in texts])
