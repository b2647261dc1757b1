"""A prediction of many samples as one loop over them, with the work of each layer fused.

    predict(X, parameters) -> outputs, total

``X`` is a list of rows of the right length, and ``total`` is the sum of all their numbers. It is a
finite float only if all of them are finite. Everything is printed from the record of a prediction,
as fused.py prints a training step.
"""

from ..record.recording import Prediction
from ..record.vectors import Vectors
from .expressions import indented
from .gather import VALUES
from .printer import listed
from .stages import Stages

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Tuple

    from ..record.vectors import Vector
    from .stages import Loops


class Predicted(Stages):
    """The printer of a Prediction: each vector is a row, which the next sample replaces.

    ``before``   the statements before the loop over the samples
    """

    def __init__(self, net: "Any", gather: str) -> None:
        Stages.__init__(self, Vectors(Prediction(net)), gather)
        names = [self.name_of(n) for n in range(len(self.recording.parameters))]
        self.before = [f"{listed(names)} = parameters", *self.zeros(), "A = []", "total = 0.0"]
        body = self.all_stages()
        read = "nonzero" if self.gathered and self.gather == VALUES else "x_row"
        body += [f"total += sum({read})", f"A.append({self.vectors.output}_row)"]
        lines = [*self.before, "for x_row in X:", *indented(body), "return A, total"]
        self.source = self.function("predict(X, parameters)", lines)

    def nonzero(self) -> str:
        return "nonzero = [0.0, *filter(None, x_row)]"

    def once(self, lines: "List[str]") -> "List[str]":
        self.before += lines
        return []

    def of_all_samples(self, vector: "Vector", row: str, outer: "Loops") -> "List[str]":
        return self.for_each_sample(outer, [self.store(vector, row)])

    def before_loop(self, vector: "Vector") -> "List[str]":
        return []

    def store(self, vector: "Vector", row: str) -> str:
        return f"{vector.name}_row = {row}"

    def for_each_sample(self, outer: "Loops", body: "List[str]") -> "List[str]":
        """Return the statements for one sample; the sources are the names of whole vectors."""
        own = {"NONZERO": "nonzero"}
        pairs = [(target, own.get(source, f"{source.lower()}_row")) for target, source in outer]
        return [f"{target} = {row}" for target, row in pairs if target != row] + body


def of_prediction(net: "Any", gather: str = "") -> "Tuple[str, List[int]]":
    """Return the source of ``predict``, and which parameters are lists of rows.

    The layers are the package's own. ``gather`` is explained in gather.py.
    """
    printer = Predicted(net, gather)
    return printer.source, sorted(printer.gathered)
