"""Networks of other programs, used with tables.

describe       a network with the description of the table whose rows it predicts
check_order    whether the columns of a table are in the order of the network's inputs

>>> import scratchnet as sn
>>> from scratchnet import tabular
>>> net = sn.Sequential([sn.Dense(2, 1, weights=[[2], [3]], bias=[1])])
>>> net = describe(net, [{"a": 0, "b": 1, "y": 4}, {"a": 2, "b": 0, "y": 5}], "y")
>>> tabular.model.model_of(net, "net").predict([{"b": 1, "a": 1}])
[6.0]
"""

import re

from ..core.activations import Sigmoid, Softmax
from ..core.checks import shown
from ..core.layers import Dense
from ..core.network import Sequential
from ..datasets.arrays import is_array
from ..datasets.encoding import Encoder
from ..datasets.encoding.parts import CLASSIFICATION, REGRESSION, Quantity, join_first
from ..datasets.tables.columns import MISSING, NUMBERS
from ..datasets.tables.headings import has_header
from ..datasets.tables.reading import read_columns
from ..datasets.tables.records import is_records, table_of
from ..datasets.tables.table import find_column
from ..deep.activations import LogSoftmax
from ..texts import number_of, plural
from .model import metadata_of
from .problem import check_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Sequence, Tuple

    from ..datasets.tables.table import Kinds, Table


def describe(net: "Sequential", data: "Any", target: "Optional[str]" = None) -> "Sequential":
    """Return the network with the names of its inputs and outputs, from a table, in its metadata.

    ``data``     the path of a file, a list of dicts or a data frame; every column except the target
                 is an input, in the order of the network's inputs, and holds numbers
    ``target``   the column that the network predicts, by default the last

    The target is a class if the network ends in a Sigmoid or Softmax or has labels, or if the
    target holds texts, or there are several outputs; else it is a quantity. The classes are those
    of the table in sorted order. Outputs that are logits, those of a last Dense or LogSoftmax, get
    a Softmax, or a Sigmoid if there is one, so that they are probabilities.

    A table whose columns are not the inputs, or whose classes are not the outputs, raises a
    ValueError. Numbers may also be equal in all rows, and the label 1.0 is the class 1. The median
    of a column replaces a missing number.
    """
    table = _table_for(net, data, target)
    names = [name for name in table.columns if name != table.target]
    labels = net.metadata.get("labels")
    last = type(net.layers[-1])
    of_classes = labels is not None or last in (Sigmoid, Softmax) or (net.outputs or 1) > 1
    of_classes = of_classes or table.target_column().kind != NUMBERS
    task = CLASSIFICATION if of_classes else REGRESSION
    encoder = Encoder.fit(table, None, task, keep_equal=True)
    if encoder.features != names or len(names) != net.inputs:
        raise ValueError(
            f"{table.source}: the network has {net.inputs} inputs, but the table has "
            f"{plural(len(encoder.features), 'column')} of numbers besides the target: "
            f"{join_first(encoder.features)}; give one column per input, in the same order"
        )
    if encoder.outputs != net.outputs:
        what = f"{len(encoder.classes)} classes" if encoder.classes else "a quantity"
        raise ValueError(
            f"{table.source}: the network has {net.outputs} outputs, but the target "
            f"{shown(encoder.target.name)} holds {what}; give another target"
        )
    if labels is not None and not _are_same(labels, encoder.target):
        raise ValueError(
            f"{table.source}: the network's classes are {join_first(map(str, labels))}, but those "
            f"of the target are {join_first(encoder.classes or [])}; give a table with the same "
            "classes"
        )
    if not encoder.classes:
        own = encoder.target
        encoder.target = Quantity(name=own.name, mean=0.0, spread=1.0, strays=own.strays)
    metadata = dict(net.metadata, **metadata_of(encoder))
    if encoder.classes and last in (Dense, LogSoftmax):
        net = Sequential(net.layers + [Softmax() if encoder.outputs > 1 else Sigmoid()])
    net.metadata = metadata
    return net


def _table_for(net: "Sequential", data: "Any", target: "Optional[str]") -> "Table":
    """Return the table, read once: all its columns except the target are numbers."""

    def plan(names: "List[str]", source: str, header: bool) -> "Tuple[Kinds, str]":
        label = names[-1] if target is None else find_column(target, names, source, header)
        inputs = [name for name in names if name != label]
        check_order(net, inputs, source)
        kinds: "Kinds" = dict.fromkeys(inputs, NUMBERS)
        kinds[label] = None
        return kinds, label

    if is_records(data):
        return table_of(data, plan, MISSING, None)
    check_data(data)
    if is_array(data):
        raise ValueError(f"{data} is an array; give a table whose columns have names")
    wanted = [] if target is None else [target]
    return read_columns(data, plan, has_header=lambda rows: has_header(rows, wanted))


def _are_same(labels: "Any", target: "Any") -> bool:
    """Return whether these are the classes of the target, in their order."""
    if list(map(str, labels)) == target.classes:
        return True
    return bool(target.numeric) and list(labels) == [number_of(c) for c in target.classes]


def check_order(net: "Sequential", names: "Sequence[Any]", source: str) -> None:
    """Raise a ValueError if the table has the columns that the network names, in another order.

    Converters write an underscore for anything that is not a letter or a digit.
    """
    columns = net.metadata.get("columns")
    if not isinstance(columns, list):
        return
    own, found = [_plain(name) for name in columns], [_plain(name) for name in names]
    if set(own) <= set(found) and found[: len(own)] != own:
        raise ValueError(
            f"{source}: the columns are in another order than the inputs of the network, which are "
            f"{join_first(map(str, columns))}; put them in this order"
        )


def _plain(name: "Any") -> str:
    return re.sub(r"\W", "_", str(name))
