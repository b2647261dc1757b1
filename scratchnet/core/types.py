"""The names used in annotations. Type checkers read what they stand for in types.pyi.

When the code runs, each name is an empty class, so that ``help()`` shows ``Matrix`` rather than
``object``, and nothing needs to be imported.
"""

NAMES = {
    "Any": "Any object.",
    "NoReturn": "No value at all: a type checker rejects every argument.",
    "Number": "A number of any type: float, Fraction, Decimal, Dual, ...",
    "NumberType": "A number type, such as ``float`` or ``Fraction``.",
    "Numbers": "A tuple of numbers.",
    "Row": "A list of numbers.",
    "Matrix": "A list of rows of equal length.",
    "RowOrNone": "A list of numbers, or None.",
    "MatrixOrNumber": "A list of rows, or one number.",
    "Rows": "A sequence of rows: any object with ``len()`` and indexing.",
    "Shape": "A tuple of one or two integers.",
    "IntOrNone": "An integer, or None.",
    "Names": "A tuple of strings.",
    "Function": "A function or another callable object.",
    "Limit": "What a value may be: a test, and its description for error messages.",
    "Settings": "The arguments of a constructor, by name.",
    "Family": "Classes or functions by name.",
    "Initializer": "A function (inputs, outputs, generator) that returns a matrix of weights.",
    "GeneratorOrNone": "A Generator, or None.",
    "Layers": "A list of layers.",
    "Parameters": "A list of parameters.",
    "Places": "A list of integers: indices into a list of samples.",
    "Batches": "A list of batches, each a list of indices.",
    "Batch": "The samples, their targets, and their weights or None.",
    "State": "What an optimizer remembers about one weight: a tuple of numbers.",
    "States": "A State for each weight, row by row.",
    "Update": "A new weight and its new State.",
    "Epochs": "An iterator over Epoch objects.",
    "History": "What ``fit`` returns: see history.py.",
    "Loss": "A loss: see losses.py.",
}
for _name in NAMES:
    globals()[_name] = type(_name, (), {"__doc__": NAMES[_name]})
