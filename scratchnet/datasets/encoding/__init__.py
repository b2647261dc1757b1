"""Tables as the inputs and targets of a network.

encoder.py      encodes each column; fitted to training rows, applied to any table
base.py         what the encoders of tables and of arrays have in common
inputs.py       what a column becomes as inputs, and why
target.py       the column that is predicted: classes or a quantity, and why
parts.py        the encoding of one column
decisions.py    the decisions as a table for people
"""

from .encoder import Encoder as Encoder
