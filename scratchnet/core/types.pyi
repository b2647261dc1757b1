"""What the names of types.py stand for: only type checkers read this file."""

from typing import Any as Any
from typing import Callable, Dict, Iterator, List, Optional, Tuple, Union
from typing import NoReturn as NoReturn

from . import history, losses
from .history import Epoch
from .layer import Layer, Parameter
from .random import Generator

Number = Any
NumberType = Any
Numbers = Tuple[Number, ...]
Row = List[Number]
Matrix = List[Row]
RowOrNone = Optional[Row]
MatrixOrNumber = Union[Matrix, Number]
Rows = Any
Shape = Tuple[int, ...]
IntOrNone = Optional[int]
Names = Tuple[str, ...]
Function = Callable[..., Any]
Limit = Tuple[Function, str]
Settings = Dict[str, Any]
Family = Dict[str, Any]
Initializer = Callable[..., Matrix]
GeneratorOrNone = Optional[Generator]
Layers = List[Layer]
Parameters = List[Parameter]
Places = List[int]
Batches = List[Places]
Batch = Tuple[Matrix, Matrix, RowOrNone]
State = Tuple[Number, ...]
States = List[List[State]]
Update = Tuple[Number, State]
Epochs = Iterator[Epoch]
History = history.History
Loss = losses.Loss
