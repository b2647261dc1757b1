"""`python -m scratchnet demo`: train on data of the package, and print the program."""

import functools

from ...core.history import History
from ...core.training import epochs
from .. import terminal
from ..progress import Course

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional, Tuple

    from ...core.network import Sequential

DESCRIPTION = """\
Train a network on data that come with the package, in seconds. Evaluate it,
draw it, and print the program that did all this. With --html, also write the
first steps of the training as an interactive page: 50 steps of and, or and xor,
5 batches of the others.
"""
EXAMPLES = """\
examples:
  scratchnet demo xor
  scratchnet demo xor --html xor.html    the numbers of its training as a page
  scratchnet demo digits > digits.txt
"""
# The programs. The one printed is the one that runs, except its last line, the print. Each line
# fits a terminal, and none is indented by a block, so that a program can be pasted anywhere.
GATE = """\
import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.datasets import shapes

data = shapes.gate("{name}")
X, Y = data.X, data.Y
layers = [{layers}, sn.Sigmoid()]
net = sn.Sequential(layers, seed=7)
{page}history = net.fit(X, Y, {training}, epochs=300)

predicted = [round(p) for p, in net.predict(X)]
report = metrics.report("classification", Y, predicted)
picture = plots.decision_boundary(net, X, Y, labels=data.labels,
                                  names=data.features)
print(report, picture.text(), sep="\\n\\n")
"""
POINTS = """\
import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.datasets import shapes
from scratchnet.selection import train_test_split

data = shapes.{name}(samples=300, seed=1)
X, X_test, Y, Y_test = train_test_split(data.X, data.Y, stratify=data.Y)
layers = [{layers}]
layers += [sn.Dense(8, 1), sn.Sigmoid()]
net = sn.Sequential(layers, seed=7)
{page}history = net.fit(X, Y, {training}, epochs={epochs},
                  batch_size=16)

predicted = [round(p) for p, in net.predict(X_test)]
report = metrics.report("classification", Y_test, predicted)
picture = plots.decision_boundary(net, X, Y, labels=data.labels)
print(report, picture.text(), sep="\\n\\n")
"""
CLASSES = """\
import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.datasets import samples
from scratchnet.selection import train_test_split

data = samples.{name}()
X, X_test, Y, Y_test = train_test_split(data.X, data.Y, stratify=data.Y)
layers = [sn.Normalization(), {layers}, sn.Softmax()]
net = sn.Sequential(layers, seed=7)
{page}history = net.fit(X, Y, {training},
                  epochs={epochs}, batch_size=16,
                  validation_data=(X_test, Y_test))

labels = data.labels
truth = [labels[y] for y in Y_test]
predicted = [labels[row.index(max(row))] for row in net.predict(X_test)]
report = metrics.report("classification", truth, predicted)
picture = plots.loss_curve(history)
print(report, picture.text(), sep="\\n\\n")
"""
# What --html adds before the training, because it explains its first steps.
PAGE = """\
why = sn.explain(net, X, Y, {training}{steps})
why.to_html({path!r}, data.features, data.labels)
"""
STEPS = ", steps=50"
STEPS_OF_BATCHES = ",\n                 steps=5, batch_size=16, shuffle=True"
BENT = "sn.Dense(2, 8), sn.Tanh()"
# Large initial weights, for a boundary with many bends.
WOUND = """\
sn.Dense(2, 24, initializer=sn.initializers.normal(0, 3)), sn.Tanh(),
          sn.Dense(24, 8), sn.Tanh()"""
IRIS = "sn.Dense(4, 8), sn.Tanh(),\n          sn.Dense(8, 3)"
DIGITS = "sn.Dense(64, 32), sn.ReLU(),\n          sn.Dense(32, 10)"
# XOR needs a hidden layer.
HIDDEN = "sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1)"
BINARY = '"binary_cross_entropy", sn.Adam({})'
CATEGORICAL = '"categorical_cross_entropy", sn.Adam({})'
DEMOS: "Dict[str, Tuple[str, Dict[str, Any]]]" = {
    "and": (GATE, {"layers": "sn.Dense(2, 1)", "training": BINARY.format(0.1)}),
    "or": (GATE, {"layers": "sn.Dense(2, 1)", "training": BINARY.format(0.1)}),
    "xor": (GATE, {"layers": HIDDEN, "training": BINARY.format(0.1)}),
    "iris": (CLASSES, {"layers": IRIS, "training": CATEGORICAL.format(0.01), "epochs": 60}),
    "digits": (CLASSES, {"layers": DIGITS, "training": CATEGORICAL.format(0.003), "epochs": 20}),
    "moons": (POINTS, {"layers": BENT, "training": BINARY.format(0.02), "epochs": 60}),
    "circles": (POINTS, {"layers": BENT, "training": BINARY.format(0.02), "epochs": 60}),
    "spiral": (
        POINTS,
        {"name": "spirals", "layers": WOUND, "training": BINARY.format(0.02), "epochs": 200},
    ),
}


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("name", choices=tuple(DEMOS), metavar="NAME", help=", ".join(DEMOS))
    parser.add_argument(
        "--html", metavar="FILE", help="write the first training steps as an interactive page"
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Run the program. Print its results and its text. Return the exit status."""
    if options.html:
        terminal.check_output(options.html, [])
    program = program_of(options.name, options.html)
    before, training, after = program.partition("why = " if options.html else "history = ")
    done: "Dict[str, Any]" = {}
    exec(before, done)
    write(f"{done['data'].about}\n\n{done['net'].summary()}\n")
    terminal.flush()  # The training takes time, and this can be read meanwhile.
    done["net"].fit = functools.partial(fit, done["net"])
    exec(training + after.rpartition("print(")[0], done)
    if options.html:
        write(f"{options.html}: open it in a browser\n")
    write(f"{done['history']}\n\n{done['report']}\n\n{done['picture'].text(**terminal.size())}\n")
    write(f"The Python that did this:\n\n{program}".rstrip())
    return 0


def program_of(name: str, html: "Optional[str]" = None) -> str:
    """Return the program of a demo. ``html`` is the file of the page that it writes, if any."""
    template, settings = DEMOS[name]
    steps = STEPS if template is GATE else STEPS_OF_BATCHES
    page = PAGE.format(path=html, steps=steps, **settings) if html else ""
    return template.format(**dict({"name": name, "page": page}, **settings))


def fit(net: "Sequential", *arguments: "Any", **options: "Any") -> "History":
    """Train the network as its method ``fit`` does, and show the progress on a terminal."""
    course = Course(options["epochs"])
    course.quiet = not course.live
    course.part_done(0, 0.0)
    history = History()
    for epoch in epochs(net, *arguments, **options):
        history.add([epoch.loss], epoch.validation_loss, epoch.learning_rate, epoch.best)
        course.epoch_done(epoch)
    course.clear()
    return history
