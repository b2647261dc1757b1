"""The names that annotations use.

Type checkers read the first half. When the code runs, each name is an empty class, so that ``help()`` shows
``Matrix`` and not ``object``, and nothing has to be imported.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import (
        Any,
        Callable,
        Dict,
        Iterator,
        List,
        NoReturn,
        Optional,
        Sequence,
        Tuple,
        Union,
    )

    from .history import Epoch
    from .layer import Layer, Parameter
    from .random import Generator

    Number = Any
    NumberType = Any
    Pair = Tuple[Number, Number]
    Triple = Tuple[Number, Number, Number]
    Row = List[Number]
    Matrix = List[Row]
    RowOrNone = Optional[Row]
    MatrixOrNone = Optional[Matrix]
    MatrixOrNumber = Union[Matrix, Number]
    Rows = Sequence[Any]
    Shape = Tuple[int, ...]
    ShapeOrNone = Optional[Shape]
    MatrixShape = Tuple[int, int]
    IntOrNone = Optional[int]
    IntsOrNone = List[IntOrNone]
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
    LogitsAndOutput = Tuple[MatrixOrNone, Matrix]
    LossAndGradients = Tuple[Number, List[Any]]
    State = Tuple[Number, ...]
    States = List[List[State]]
    Update = Tuple[Number, State]
    Updates = Tuple[Matrix, States]
    Epochs = Iterator[Epoch]
else:

    class Any:
        """Any object."""

    class NoReturn:
        """Nothing: a type checker refuses every value."""

    class Number:
        """A number of any type: float, Fraction, Decimal, Dual, ..."""

    class NumberType:
        """A type of number, such as ``float`` or ``Fraction``."""

    class Pair:
        """Two numbers."""

    class Triple:
        """Three numbers."""

    class Row:
        """A list of numbers."""

    class Matrix:
        """A list of rows of equal length."""

    class RowOrNone:
        """A list of numbers, or None."""

    class MatrixOrNone:
        """A list of rows, or None."""

    class MatrixOrNumber:
        """A list of rows, or one number."""

    class Rows:
        """A sequence of rows: anything with ``len()`` and indexing."""

    class Shape:
        """A tuple of one or two integers."""

    class ShapeOrNone:
        """A tuple of one or two integers, or None."""

    class MatrixShape:
        """(rows, columns)."""

    class IntOrNone:
        """An integer, or None."""

    class IntsOrNone:
        """A list whose elements are integers or None."""

    class Names:
        """A tuple of strings."""

    class Function:
        """A function, or another object that can be called."""

    class Limit:
        """What a value may be: a test, and the words for it."""

    class Settings:
        """The arguments of a constructor, by name."""

    class Family:
        """The classes or functions that go by a name, by name."""

    class Initializer:
        """A function (inputs, outputs, generator) that returns a matrix inputs × outputs."""

    class GeneratorOrNone:
        """A Generator, or None."""

    class Layers:
        """A list of layers."""

    class Parameters:
        """A list of parameters."""

    class Places:
        """A list of integers: places in a list of samples."""

    class Batches:
        """A list of batches, each a list of places."""

    class Batch:
        """Samples, their targets, and their weights or None."""

    class LogitsAndOutput:
        """The input of the activation that a loss pairs with, or None; and the network's output."""

    class LossAndGradients:
        """The loss, and the gradient of each parameter."""

    class State:
        """What an optimizer remembers of one weight: a tuple of numbers."""

    class States:
        """A State for each weight, row by row."""

    class Update:
        """A new weight and its new State."""

    class Updates:
        """New rows of weights and their new States."""

    class Epochs:
        """An iterator over Epoch objects."""
