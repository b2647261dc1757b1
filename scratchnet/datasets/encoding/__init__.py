"""Tables as the inputs and targets of a network.

encoder.py      encodes each column; fitted to training rows, applied to any table
base.py         what the encoders of tables and of arrays have in common
columns.py      the columns that a model needs, among those of a file
inputs.py       what a column becomes as inputs, and why
target.py       the column that is predicted: classes or a quantity, and why
parts.py        the encoding of one column
decisions.py    the decisions as a table for people
surprises.py    what is unlike the training rows, in words
"""

from .encoder import Encoder as Encoder
