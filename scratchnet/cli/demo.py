"""`python -m scratchnet demo`: train on data of the package, and print the program."""

import re

from . import terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict

DESCRIPTION = """\
Train a network on data that come with the package, in seconds. Evaluate it,
draw it, and print the program that did all this.
"""
EXAMPLES = """\
examples:
  scratchnet demo xor
  scratchnet demo digits > digits.txt
"""
# The programs. The one printed is the one that runs, except its last line, the print.
GATE = """\
import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.datasets import shapes

data = shapes.gate("{name}")
net = sn.Sequential([sn.Dense(2, 1), sn.Sigmoid()], seed=7)
history = net.fit(data.X, data.Y, "binary_cross_entropy", sn.Adam(0.1), epochs=300)

predicted = [round(p) for p, in net.predict(data.X)]
report = metrics.report("classification", data.Y, predicted)
picture = plots.decision_boundary(net, data.X, data.Y, labels=data.labels, names=data.features)
print(report, picture.text(), sep="\\n\\n")
"""
POINTS = """\
import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.datasets import shapes
from scratchnet.selection import train_test_split

data = shapes.{name}(samples=300, seed=1)
X, X_test, Y, Y_test = train_test_split(data.X, data.Y, stratify=data.Y)
net = sn.Sequential([{layers}, sn.Dense(8, 1), sn.Sigmoid()], seed=7)
history = net.fit(X, Y, "binary_cross_entropy", sn.Adam(0.02), epochs={epochs}, batch_size=16)

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
net = sn.Sequential([{layers}, sn.Softmax()], seed=7)
history = net.fit(X, Y, "categorical_cross_entropy", sn.Adam({rate}), epochs={epochs},
                  batch_size=16, validation_data=(X_test, Y_test))

predicted = [data.labels[row.index(max(row))] for row in net.predict(X_test)]
report = metrics.report("classification", [data.labels[y] for y in Y_test], predicted)
picture = plots.loss_curve(history)
print(report, picture.text(), sep="\\n\\n")
"""
BENT = "sn.Dense(2, 8), sn.Tanh()"
# Large initial weights, for a boundary with many bends.
WOUND = """\
sn.Dense(2, 24, initializer=sn.initializers.normal(0, 3)), sn.Tanh(),
                     sn.Dense(24, 8), sn.Tanh()"""
IRIS = "sn.Normalization(), sn.Dense(4, 8), sn.Tanh(), sn.Dense(8, 3)"
DIGITS = "sn.Normalization(), sn.Dense(64, 32), sn.ReLU(), sn.Dense(32, 10)"
# XOR needs a hidden layer.
HIDDEN = (
    "sn.Dense(2, 1), sn.Sigmoid()",
    "sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()",
)
DEMOS: "Dict[str, str]" = {
    "and": GATE.format(name="and"),
    "or": GATE.format(name="or"),
    "xor": GATE.format(name="xor").replace(*HIDDEN),
    "iris": CLASSES.format(name="iris", layers=IRIS, rate=0.01, epochs=60),
    "digits": CLASSES.format(name="digits", layers=DIGITS, rate=0.003, epochs=20),
    "moons": POINTS.format(name="moons", layers=BENT, epochs=60),
    "circles": POINTS.format(name="circles", layers=BENT, epochs=60),
    "spiral": POINTS.format(name="spirals", layers=WOUND, epochs=200),
}


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("name", choices=tuple(DEMOS), metavar="NAME", help=", ".join(DEMOS))


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Run the program. Print its results and its text. Return the exit status."""
    program = DEMOS[options.name]
    done: "Dict[str, Any]" = {}
    try:
        exec(re.sub(r"\nprint.*", "", program), done)
    finally:
        if "history" in done and done["history"].interrupted:
            raise KeyboardInterrupt  # the results would not be those of the program printed
    write(f"{done['data'].about}\n\n{done['net'].summary()}\n")
    write(f"{done['history']}\n\n{done['report']}\n\n{done['picture'].text(**terminal.size())}\n")
    write("The Python that did this:\n")
    write(re.sub("(?m)^(?=.)", "    ", program))
    return 0
