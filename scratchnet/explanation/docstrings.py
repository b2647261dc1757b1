"""The formula of a rule as books write it, from the rule's docstring.

A docstring begins with the formula. If the rule computes it in another form, a paragraph that
begins with "Computed" says how and why. Both are documentation: tests compare the formula with
what the rule computes.

>>> from scratchnet import Sigmoid
>>> for line in lines_of(Sigmoid):
...     print(line)
a = 1/(1 + e^−z), between 0 and 1
Computed from e^−|z|, so that exp() cannot overflow.
"""

import inspect
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

_MINUS = re.compile(r"(?<![A-Za-z])-(?![A-Za-z]{2})")  # not the hyphen of "cross-entropy"


def lines_of(rule: type) -> "List[str]":
    """Return the formula of a layer or a loss class, and why it is computed in another form."""
    text = inspect.cleandoc(vars(rule).get("__doc__") or "")
    paragraphs = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
    reasons = [part for part in paragraphs[1:] if part.startswith("Computed")]
    return [_MINUS.sub("−", part) for part in paragraphs[:1] + reasons]
