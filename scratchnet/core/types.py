"""The types that annotations name. Type checkers read this file; nothing imports it when it runs.

Number    any type of number       Row        a list of numbers
Matrix    a list of rows           Weights    the samples' weights, where there are any
State     what an optimizer keeps of one weight
Logits    the input of the activation that a loss pairs with, where there is one
Batch     samples, their targets and their weights
"""

from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, Union

Number = Any
Row = List[Number]
Matrix = List[Row]
State = Tuple[Number, ...]
Weights = Optional[Row]
Logits = Optional[Matrix]
Batch = Tuple[Matrix, Matrix, Weights]

__all__ = [
    "Any", "Batch", "Callable", "Dict", "Iterator", "List", "Logits", "Matrix", "Number", "Optional", "Row", "Sequence",
    "State", "Tuple", "Union", "Weights",
]  # fmt: skip
