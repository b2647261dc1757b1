"""Networks that do not describe a table: the columns are the inputs, in the same order.

Positions    reads the rows of such a network, names its outputs, and evaluates it

>>> import io, scratchnet as sn
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [3]], bias=[1])])
>>> rows = Positions(net, "net.onnx").read(io.BytesIO(b"a,b\\n1,0\\n0,2\\n"))
>>> list(rows.X), net.predict(rows.X)
([[1.0, 0.0], [0.0, 2.0]], [[3.0], [7.0]])
"""

from .. import metrics
from ..core.activations import Sigmoid, Softmax, Threshold
from ..core.checks import require, shown
from ..core.layers import Dense
from ..core.network import Sequential
from ..datasets.arrays import is_array, read_arrays
from ..datasets.compact import CompactRows
from ..datasets.encoding.parts import CLASSIFICATION, REGRESSION, Classes, as_kind
from ..datasets.tables.columns import MISSING, NUMBERS, label_of
from ..datasets.tables.headings import has_header
from ..datasets.tables.reading import read_columns
from ..datasets.tables.table import find_column
from ..deep.activations import HardSigmoid, LogSoftmax
from ..texts import plural
from . import importance
from .imported import check_order
from .model import THRESHOLD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Sequence

    from ..core.types import Matrix
    from ..datasets.tables.columns import Column
    from ..datasets.tables.table import Kinds

DESCRIBE = "`scratchnet convert MODEL OUT --table DATA`"  # describes the columns and the classes


class Rows:
    """Rows of inputs.

    ``X``        samples × inputs
    ``target``   the Column of the targets, or None
    ``source``   where the rows were read from, for messages
    ``names``    the names of the inputs
    """

    def __init__(
        self, X: "Any", target: "Optional[Column]", source: str, names: "List[str]"
    ) -> None:
        self.X, self.target, self.source, self.names = X, target, source, names


class Evaluation:
    """The predictions of a network for rows with known targets.

    ``rows``        the indices of these rows
    ``task``        CLASSIFICATION or REGRESSION
    ``truth``       their targets; ``predicted`` the predictions
    ``labels``      the classes, and ``shares`` their probabilities; None if there are none
    """

    def __init__(self, rows: "List[int]", task: str, truth: "List[Any]") -> None:
        self.rows, self.task, self.truth = rows, task, truth
        self.predicted: "List[Any]" = []
        self.labels: "Optional[List[str]]" = None
        self.shares: "Optional[Matrix]" = None

    @property
    def Y(self) -> "List[Any]":
        """The targets as ``fit`` takes them: the numbers of the classes, or the numbers."""
        if self.labels is None:
            return self.truth
        return [self.labels.index(label) for label in self.truth]

    def report(self) -> "Any":
        return metrics.report(self.task, self.truth, self.predicted, None, self.labels, self.shares)


class Positions:
    """A network whose inputs are the columns of a table, in the same order.

    ``source``   the name of its file in messages
    ``labels``   the classes in its metadata, or None; two classes may have one output
    ``names``    the names of the outputs
    """

    def __init__(self, net: "Sequential", source: str) -> None:
        self.net, self.source = net, source
        count = net.outputs or 1
        labels = net.metadata.get("labels")
        is_fit = isinstance(labels, list) and len(labels) == max(2, count)
        self.labels: "Optional[List[Any]]" = labels if is_fit else None
        if count == 1:
            self.names = ["output"]
        elif self.labels is not None:
            self.names = list(map(str, self.labels))
        else:
            self.names = [f"output_{k}" for k in range(count)]

    # ---- data ----------------------------------------------------------------------------------

    def read(
        self, path: "Any", target: "Any" = False, further: bool = False, **reading: "Any"
    ) -> "Rows":
        """Return the rows of a table of numbers, or of an array.

        ``target``    the column of the targets, True for the last, False if there is none; for
                      arrays, the file or the name of the targets
        ``further``   whether other columns may follow the inputs; those of numbers are read, too
        ``reading``   as for ``read_table``: delimiter, header, missing, decimal, encoding, progress

        The table must have one column for each input. A cell without a number raises a ValueError.
        """
        if is_array(path):
            return self._arrays(path, target)
        reading["missing"] = MISSING if reading.get("missing") is None else reading["missing"]
        wanted = [target] if isinstance(target, str) else []

        def plan(names: "List[str]", source: str, header: bool) -> "Any":
            label = (
                find_column(target, names, source, header) if wanted else names[-1] * bool(target)
            )
            inputs = [name for name in names if name != label or not target]
            if not further or len(inputs) < (self.net.inputs or 0):
                self._check_width(len(inputs), "besides the target" if target else "", source)
            if header:
                check_order(self.net, inputs, source)
            kinds: "Kinds" = dict.fromkeys(names, NUMBERS)
            if further:
                kinds.update(dict.fromkeys(inputs[self.net.inputs or 0 :]))
            if target:
                kinds[label] = None
            return kinds, label if target else None

        table = read_columns(
            path, plan, has_header=lambda rows: has_header(rows, wanted), **reading
        )
        columns = {
            name: column
            for name, column in table.columns.items()
            if name != table.target and column.kind == NUMBERS
        }
        for column in columns.values():
            _check_complete(column, table.source)
        X = CompactRows(len(table), [column.values for column in columns.values()])
        named = table.target_column() if target else None
        return Rows(X, named, table.source, list(map(str, columns)))

    def _arrays(self, path: "Any", target: "Any") -> "Rows":
        if target is True:
            raise ValueError(
                f"{path}: the place of the targets is not given; write --target FILE, "
                "or for an .npz file --target NAME"
            )
        arrays = read_arrays(path, target or None)
        self._check_width(arrays.width, "", arrays.source)
        names = [f"input {k + 1}" for k in range(arrays.width)]
        return Rows(arrays.X, arrays.column, arrays.source, names)

    def _check_width(self, count: int, where: str, source: str) -> None:
        if self.net.inputs not in (None, count):
            inputs = plural(self.net.inputs or 0, "input")
            has_target = not where and count == (self.net.inputs or 0) + 1
            more = f"; with {DESCRIBE}, the table may have its target" if has_target else ""
            raise ValueError(
                f"{source} has {plural(count, 'column')}{where and ' ' + where}, but the network "
                f"has {inputs}; give one column per input, in the same order{more}"
            )

    # ---- outputs -------------------------------------------------------------------------------

    def probabilities(self, outputs: "Matrix") -> "Optional[Matrix]":
        """Return the probability of each class, or None if the outputs do not say it.

        The outputs of a Softmax and of a single Sigmoid are probabilities. Those of a last Dense or
        LogSoftmax are logits, of which the softmax, or the sigmoid of a single one, is computed.
        """
        last, is_single = self.net.layers[-1], len(outputs[0]) == 1
        if isinstance(last, (Dense, LogSoftmax)):
            outputs = Sequential([Sigmoid() if is_single else Softmax()]).predict(outputs)
        elif not isinstance(last, Sigmoid if is_single else Softmax):
            return None
        return list(map(metrics.class_probabilities, outputs))

    def classes(
        self, outputs: "Matrix", threshold: "Optional[float]" = None, labels: "Any" = None
    ) -> "List[Any]":
        """Return the class that each row of outputs predicts, by default a label of the network.

        ``threshold``   for two classes, the probability from which the second one is predicted; the
                        default is above 0.5
        """
        labels, shares = labels or self.labels, self.probabilities(outputs)
        if threshold is not None:
            require("threshold", threshold, THRESHOLD)
            if shares is None or labels is None or len(labels) != 2:
                raise ValueError(
                    f"{self.source}: a threshold needs the probabilities of two classes; "
                    "leave it out"
                )
            return [labels[share[1] >= threshold] for share in shares]
        if len(outputs[0]) > 1:
            return [labels[max(range(len(row)), key=row.__getitem__)] for row in outputs]
        is_share = isinstance(self.net.layers[-1], (Sigmoid, HardSigmoid))
        return [labels[row[0] > (0.5 if is_share else 0)] for row in outputs]

    # ---- evaluation ----------------------------------------------------------------------------

    def evaluate(self, rows: "Rows", threshold: "Optional[float]" = None) -> "Any":
        """Return the report on rows with targets; the arguments are as for ``evaluation_of``."""
        return self.evaluation_of(rows, threshold).report()

    def evaluation_of(self, rows: "Rows", threshold: "Optional[float]" = None) -> "Evaluation":
        """Return the predictions for rows with targets; ``threshold`` is as for ``classes``.

        The target is a class if the network has labels or several outputs or ends in a Sigmoid or
        Threshold; without labels, the classes are 0, 1, ... Otherwise it is a number. Rows without
        a target are left out.
        """
        target: "Any" = rows.target
        known = target.present(range(len(rows.X)))
        if not known:
            raise ValueError(
                f"{rows.source}: the target {shown(target.name)} is missing in every row"
            )
        outputs = self.net.predict([rows.X[i] for i in known])
        ends_in_class = isinstance(self.net.layers[-1], (Sigmoid, Threshold))
        if self.labels is None and len(outputs[0]) == 1 and not ends_in_class:
            if threshold is not None:
                raise ValueError(
                    f"{self.source} predicts a number, not classes; leave out the threshold"
                )
            values = as_kind(target, NUMBERS, rows.source).values
            evaluation = Evaluation(known, REGRESSION, [values[i] for i in known])
            evaluation.predicted = [row[0] for row in outputs]
            return evaluation
        labels = self._texts(len(outputs[0]))
        classes = Classes(name=str(target.name), classes=labels, numeric=target.kind == NUMBERS)
        try:
            Y = classes.targets(target, known, rows.source)
        except ValueError as error:
            if self.labels is not None:
                raise
            raise ValueError(f"{error}; {DESCRIBE} takes those of the table") from None
        evaluation = Evaluation(
            known, CLASSIFICATION, [classes.decode(Y[i]) for i in range(len(known))]
        )
        evaluation.predicted = self.classes(outputs, threshold, labels)
        evaluation.labels = labels
        evaluation.shares = self.probabilities(outputs)
        return evaluation

    def importance(self, rows: "Rows", evaluation: "Evaluation") -> "Optional[Dict[str, float]]":
        """Return {column: importance}, as tabular.importance does.

        Return None if the network gives classes without their probabilities.
        """
        if evaluation.labels is not None and evaluation.shares is None:
            return None

        def score(places: "List[int]", samples: "Matrix") -> float:
            truth = [evaluation.truth[k] for k in places]
            outputs = self.net.predict(samples)
            if evaluation.labels is None:
                return metrics.r2(truth, [row[0] for row in outputs])
            return -metrics.log_loss(truth, self.probabilities(outputs), evaluation.labels)

        columns = [(name, (k, k + 1)) for k, name in enumerate(rows.names)]
        return importance.losses([rows.X[i] for i in evaluation.rows], columns, score)

    def _texts(self, outputs: int) -> "List[str]":
        """Return the labels of the classes as a table spells them."""
        labels: "Sequence[Any]" = self.labels or range(max(2, outputs))
        return [label_of(v) if isinstance(v, (int, float)) else str(v) for v in labels]


def _check_complete(column: "Column", source: str) -> None:
    """Raise a ValueError that names the first row without a number in the column."""
    for i, value in enumerate(column.values):
        if value != value:
            raise ValueError(
                f"{source}, column {shown(column.name)}: row {i + 1} has no number; "
                "the network needs a number in each cell"
            )
