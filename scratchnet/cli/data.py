"""What a command reads: a table, or arrays, and the options that say how."""

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
    """How a table is read, where it does not speak for itself."""
    group = parser.add_argument_group("reading (what is not given is found out)")
    group.add_argument(
        "--delimiter", metavar="C", help="between the cells; tab, for one, is written '\\t'"
    )
    group.add_argument(
        "--header", choices=("yes", "no"), help="whether the first line names the columns"
    )
    group.add_argument(
        "--decimal",
        choices=(".", ","),
        help="the decimal mark; the other may stand between thousands",
    )
    group.add_argument(
        "--encoding", metavar="NAME", help="of the text, such as cp1252 (default UTF-8)"
    )
    group.add_argument(
        "--missing",
        metavar="A,B",
        help=f"what stands for a missing value (default {_few(MISSING)})",
    )


def add_columns(parser: "Any") -> None:
    """What the columns hold, where that is not to be found out."""
    group = parser.add_argument_group("columns, by their names or numbers from 1")
    for name, what in (("categorical", "classes, though they look like numbers"), ("numeric", "numbers, and no texts"),
                       ("ignore", "not to be used")):  # fmt: skip
        group.add_argument("--" + name, action="append", default=[], metavar="A,B", help=what)
    group.add_argument(
        "--task", choices=("classification", "regression"), help="what is to be predicted"
    )


def add_target(parser: "Any") -> None:
    parser.add_argument(
        "--target",
        metavar="FILE",
        help="of arrays: the file of the targets, or their name in an .npz",
    )


def add_quiet(parser: "Any") -> None:
    parser.add_argument(
        "-q", "--quiet", action="store_true", help="nothing on standard error but mistakes"
    )


def reading(options: "Any") -> "Any":
    """The arguments of ``read_table`` and ``Encoder.read`` for these options."""
    delimiter = options.delimiter and options.delimiter.replace("\\t", "\t")
    header = None if options.header is None else options.header == "yes"
    missing = None if options.missing is None else options.missing.split(",")
    return {"delimiter": delimiter, "header": header, "missing": missing, "decimal": options.decimal,
            "encoding": options.encoding}  # fmt: skip


def data_to_learn(options: "Any", progress: "Any") -> "Any":
    """The Table, or the Arrays, that a model is trained with."""
    columns = {name: names(getattr(options, name)) for name in ("categorical", "numeric", "ignore")}
    if is_array(options.data):
        if any(columns.values()):
            raise ValueError(
                f"{options.data} is an array without column names; leave out --ignore and the like"
            )
        return read_arrays(options.data, options.target)
    how = reading(options)
    how["missing"] = MISSING if how["missing"] is None else how["missing"]
    return read_table(options.data, options.target, progress=progress, **dict(how, **columns))


def names(given: "Any") -> "Any":
    """The names of columns in options such as --ignore a,b --ignore c."""
    return [name for text in given for name in text.split(",")]


def fitted(data: "Any", rows: "Any", task: "Any") -> "Any":
    """The encoder for these rows of a table, or of arrays."""
    return (ArrayEncoder if isinstance(data, Arrays) else Encoder).fit(data, rows, task)


ENCODERS: "Dict[str, Any]" = {
    "table": Encoder,
    "arrays": ArrayEncoder,
}  # by their names in a model's metadata


def kept(encoder: "Any") -> "Any":
    """What a model keeps of its encoder."""
    return {name: encoder.to_dict() for name, kind in ENCODERS.items() if type(encoder) is kind}


def encoder_of(net: "Sequential", path: str) -> "Any":
    """What the model in that file makes of its data."""
    for name, kind in ENCODERS.items():
        if name in net.metadata:
            try:
                encoder = kind.from_dict(net.metadata[name])
            except ValueError as error:
                raise ValueError(f"{path}: {error}") from None
            if (len(encoder.features), encoder.outputs) != (net.inputs, net.outputs):
                raise ValueError(
                    f"{path}: its network does not fit to what it says of its inputs and outputs"
                )
            return encoder
    raise ValueError(
        f"{path}: it does not say what its inputs are; a model that `scratchnet train` made does"
    )


def opened(options: "Any", target: "Any") -> "Any":
    """The network, its encoder, and the data that the options name; ``target``: whether, or where, the target is."""
    net = models.load(options.model)
    encoder = encoder_of(net, options.model)
    line = Reading(quiet=options.quiet)
    data = encoder.read(options.data, target=target, progress=line, **reading(options))
    line.clear()
    tell_unseen(encoder, data, line)
    return net, encoder, data


def tell_unseen(encoder: "Any", data: "Any", line: "Line", rows: "Any" = None) -> None:
    """Say which labels in these rows, by default all, the model has never seen."""
    for name, counts in encoder.unseen(data, rows).items():
        labels = ", ".join([repr(label) for label in sorted(counts)[:5]]) + (
            ", ..." if len(counts) > 5 else ""
        )
        line.say(
            f"column {name!r}: {labels} did not occur in training ({plural(sum(counts.values()), 'row')})"
        )


def _few(texts: "Any") -> str:
    return ", ".join([text or "an empty cell" for text in texts])
