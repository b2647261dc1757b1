"""Exercises without a model: a network of given widths, with weights that are given or drawn."""

import os
import re
from argparse import ArgumentTypeError

from ...core.activations import ACTIVATIONS, Softmax
from ...core.layers import Dense
from ...core.network import Sequential
from ...core.random import Generator
from ...explanation.names import element
from ...explanation.worksheet import read, value_of, worksheet
from ...formats import files
from ...texts import decode_text, plural
from ..settings import widths
from ..terminal import fold_sheet

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Optional, Tuple

    from ...core.types import Matrix

NAMES = {name.lower(): kind for name, kind in ACTIVATIONS.items()}
MOST_SHEETS = 1000
MOST_WEIGHTS = 100000  # of an exercise; nobody computes more by hand
KEY = "answers.txt"


def add_network(parser: "Any") -> None:
    """Add the options that define the network of an exercise."""
    parser.add_argument(
        "--layers", type=widths, metavar="2,2,1", help="an exercise: the inputs, then the neurons"
    )
    parser.add_argument(
        "--activation",
        type=activations,
        metavar="NAME,...",
        help="the activation of all layers of the exercise, or of one after the other, as in "
        "tanh,softmax (default sigmoid): " + ", ".join(sorted(NAMES)),
    )
    parser.add_argument(
        "--weights", metavar="FILE", help="weights of the exercise, as lines NAME = NUMBER"
    )


def activations(text: str) -> "List[str]":
    """Return the names in a text such as tanh,softmax."""
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        raise ArgumentTypeError(
            f"{unknown[0]!r} is unknown; choose from {', '.join(sorted(NAMES))}"
        )
    return names


def check(options: "Any") -> None:
    """Raise a ValueError if options of an exercise do not fit the others."""
    if options.layers and (options.model or options.data):
        raise ValueError("--layers makes a network; leave out MODEL and DATA")
    if options.layers and len(options.layers) < 2:
        raise ValueError("--layers needs the number of inputs and of neurons, such as 2,2,1")
    if options.layers and options.activation:
        count = len(options.layers) - 1
        if len(options.activation) not in (1, count):
            raise ValueError(
                f"--activation names {plural(len(options.activation), 'activation')}; "
                f"give 1 or {count}, one for each layer of neurons"
            )
    if not options.layers:
        for name in ("activation", "weights", "seeds"):
            if getattr(options, name):
                raise ValueError(f"--{name} needs --layers; write --layers 2,2,1, for example")
    if options.layers and options.row is not None:
        raise ValueError("--row needs a table; leave it out with --layers")
    if options.seeds and not options.worksheet:
        raise ValueError("--seeds needs --worksheet: there is a sheet for each seed")
    for name in ("seed", "html", "json", "number", "names") if options.seeds else ():
        if is_given(options, name):
            raise ValueError(f"--seeds makes worksheets only; leave out --{name}")
    if options.output and not options.seeds:
        raise ValueError("--output needs --seeds; write --seeds 1-30, for example")
    if options.output and os.path.exists(options.output) and not os.path.isdir(options.output):
        raise ValueError(f"--output: {options.output} is a file; give a folder for the worksheets")


def is_given(options: "Any", name: str) -> bool:
    """Return whether an option is given; 0 is a value, too."""
    value = getattr(options, name)
    return value is not None and value is not False and value != []


def arguments(options: "Any") -> "List[Optional[str]]":
    """Return the command-line arguments that give the same exercise."""
    if not options.layers:
        return []
    words = ["--layers=" + ",".join(map(str, options.layers))]
    words += ["--activation=" + ",".join(options.activation)] if options.activation else []
    words += ["--weights=" + options.weights] if options.weights else []
    return list(words)


class Exercise:
    """A network and samples; weights that are not given are drawn, and so is the sample."""

    def __init__(self, options: "Any") -> None:
        widths_of_layers = list(zip(options.layers, options.layers[1:]))
        if sum([inputs * outputs for inputs, outputs in widths_of_layers]) > MOST_WEIGHTS:
            raise ValueError(f"--layers: an exercise has at most {MOST_WEIGHTS:,} weights")
        self.generator = Generator(options.seed or 0)
        names = options.activation or ["sigmoid"]
        if len(names) == 1:
            names = names * len(widths_of_layers)
        layers: "List[Any]" = []
        for (inputs, outputs), name in zip(widths_of_layers, names):
            layers += [
                Dense(inputs, outputs, self.matrix(inputs, outputs), self.row(outputs)),
                NAMES[name](),
            ]
        self.net = Sequential(layers)
        if options.weights:
            self.set_weights(options.weights)
        self.X = [numbers_of(text, "--x") for text in options.x]
        self.Y: "Optional[Matrix]" = [numbers_of(text, "--y") for text in options.y]
        if not self.X:
            self.X = [[abs(v) for v in self.row(options.layers[0])]]
            self.Y = self.Y or [self.target(options.layers[-1])]
        self.Y = self.Y or None  # without targets, only the forward pass
        if self.Y and len(self.X) != len(self.Y):
            raise ValueError(
                f"{plural(len(self.X), 'sample')}, but {plural(len(self.Y), 'target')}; "
                "give a --y for each --x"
            )

    def target(self, outputs: int) -> "List[float]":
        """Return a target of zeros and ones; after a Softmax, exactly one is 1."""
        if not isinstance(self.net.layers[-1], Softmax):
            return [self.generator.below(2) for _ in range(outputs)]
        label = self.generator.below(outputs)
        return [float(k == label) for k in range(outputs)]

    def row(self, count: int) -> "List[float]":
        """Return numbers with one decimal, from -0.9 to 0.9 and not 0."""
        return [(self.generator.below(9) + 1) * self.sign() / 10 for _ in range(count)]

    def sign(self) -> int:
        return 1 - 2 * self.generator.below(2)

    def matrix(self, rows: int, columns: int) -> "Matrix":
        return [self.row(columns) for _ in range(rows)]

    def set_weights(self, path: str) -> None:
        """Set the weights and biases that a file names."""
        entries = read(decode_text(files.read(path)))
        places = {
            name: (row, j)
            for parameter in self.net.parameters()
            for i, row in enumerate(parameter.rows)
            for j, name in enumerate(
                [element(parameter.name, parameter.flat, i, j) for j in range(len(row))]
            )
        }
        for name, digits, line in entries:
            if name not in places:
                raise ValueError(
                    f"{path}, line {line}: the network has no weight {name!r}; its weights are "
                    f"{list(places)[0]} to {list(places)[-1]}"
                )
            row, j = places[name]
            row[j] = value_of(digits)[0]


def numbers_of(text: str, where: str) -> "List[float]":
    """Return the numbers in a text such as 0.5,1."""
    try:
        return [float(part) for part in re.split(r"[,;\s]+", text.strip())]
    except ValueError:
        raise ValueError(
            f"{where}: {text!r} is not a list of numbers; write them as in 0.5,1"
        ) from None


def seeds_of(text: str) -> "List[int]":
    """Return the seeds in a text such as 1-30 or 7.

    >>> seeds_of("1-3"), seeds_of("7")
    ([1, 2, 3], [7])
    """
    first, sign, last = text.partition("-")
    try:
        found = list(range(int(first), int(last if sign else first) + 1))
    except ValueError:
        found = []
    limit = (lambda v: 0 < len(v) <= MOST_SHEETS, f"a range such as 1-30, of up to {MOST_SHEETS}")
    if not limit[0](found):
        raise ValueError(f"--seeds is {text}; give {limit[1]}")
    return found


def write_class(
    options: "Any", write: "Callable[..., None]", explain: "Callable[..., Any]", header: "Any"
) -> int:
    """Write a worksheet for each seed, and the answer key. Return the exit status."""
    sheets: "List[Tuple[str, str]]" = []
    answers = []
    for seed in seeds_of(options.seeds):
        options.seed = seed
        why, setting = explain(options)[0], header(options)
        sheet = worksheet(why, options.decimals, setting)
        key = worksheet(why, options.decimals, setting, answers=True)
        sheets.append((f"sheet-{seed:02d}.txt", fold_sheet(sheet)))
        answers.append(fold_sheet(key))
    sheets.append((KEY, "\n\n".join(answers)))
    if options.output is None:
        write("\n\n".join([text for _, text in sheets]))
        return 0
    os.makedirs(options.output, exist_ok=True)
    for name, text in sheets:
        files.write(os.path.join(options.output, name), (text + "\n").encode("utf-8"))
    write(f"{options.output}: {plural(len(sheets) - 1, 'worksheet')} and {KEY}")
    return 0
