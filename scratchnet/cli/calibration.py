"""The rows of `scratchnet export --calibrate`, and what a number type changes for them."""

from .. import metrics, tabular
from ..codegen.integers.quantizer import choose_rows
from ..datasets.encoding.parts import CLASSIFICATION
from ..datasets.tables.columns import NUMBERS as COLUMN_OF_NUMBERS
from ..tabular.model import has_encoder, model_of
from .data import reading_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List

    from ..codegen.request import Request
    from ..core.network import Sequential


class Calibration:
    """The rows of ``--calibrate``: inputs of the network, and targets if there are any."""

    def __init__(self, options: "Any", net: "Sequential") -> None:
        path, how = options.calibrate, reading_options(options)
        self.Y: "Any" = None
        if not has_encoder(net):
            self.X = numbers_in(tabular.read(path, **how), path)
            return
        model = model_of(net, options.model)
        how = reading_options(options, getattr(model.encoder, "missing", ()))
        data, self.encoder = model.read(path, None, **how), model.encoder
        if data.target is None:
            self.X = self.encoder.inputs_of(data)
        else:
            self.X, self.Y = self.encoder.examples_of(data)

    def report(self, request: "Request", write: "Callable[..., None]") -> None:
        """Print what the number type changes."""
        if request.proof is not None:
            write(str(request.proof))
            return
        for remark in request.integers.remarks():
            write(f"{request.type}: {remark}")
        if self.Y is not None:
            write(f"{request.type}: {self.scores(request)}")
        size, floats = request.integers.size, 4 * sum([p.count for p in request.net.parameters()])
        if size >= floats:
            write(
                f"{request.type}: {size} bytes of constants, more than the {floats} of floats; "
                "for so small a network, --type float may be better"
            )

    def scores(self, request: "Request") -> str:
        """Return how good the network and the integers are on the rows, by their targets."""
        comparison = request.integers.comparison
        truth = self.encoder.targets_of([self.Y[i] for i in choose_rows(request.net, len(self.Y))])
        texts = []
        for name, outputs in (("float", comparison.expected), (request.type, comparison.found)):
            predicted = self.encoder.targets_of(outputs)
            if self.encoder.task == CLASSIFICATION:
                texts.append(f"{metrics.accuracy(truth, predicted):.3f} ({name})")
            else:
                error = metrics.mean_absolute_error(truth, predicted)
                texts.append(f"{error:.3g} ({name})")
        what = "accuracy" if self.encoder.task == CLASSIFICATION else "mean absolute error"
        return f"{what} {', '.join(texts)}"


def numbers_in(data: "Any", source: str) -> "List[List[float]]":
    """Return the rows of a table that holds only numbers, or of an array."""
    if not hasattr(data, "columns"):
        return data.X  # type: ignore[no-any-return]
    for column in data.columns.values():
        if column.kind != COLUMN_OF_NUMBERS:
            raise ValueError(
                f"{source}: column {column.name!r} holds texts, but the network takes numbers"
            )
    return [list(row) for row in zip(*[column.values for column in data.columns.values()])]
