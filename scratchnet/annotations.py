"""The types that annotations name. Type checkers read this file; nothing imports it when it runs.

    Number    any type of number       Row      a list of numbers
    Matrix    a list of rows           State    what an optimizer keeps of one weight
    Batch     samples, their targets, and their weights where there are any
"""

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

Number = Any
Row = List[Number]
Matrix = List[Row]
State = Tuple[Number, ...]
Batch = Tuple[Matrix, Matrix, Optional[Row]]

__all__ = [
    "Any", "Batch", "Callable", "Dict", "Iterator", "List", "Matrix", "Number", "Optional", "Row", "Sequence", "State",
    "Tuple", "Union",
]  # fmt: skip
