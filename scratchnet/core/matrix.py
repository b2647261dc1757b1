"""Arithmetic on matrices that are lists of lists, with every operation written out.

    shape  size  zeros  identity  transpose          shapes
    dot  add  subtract  multiply  divide  scale      arithmetic
    add_row  apply  pairwise  exp  log               element by element
    sum_rows  sum_columns                            sums

A matrix is a non-empty list of rows of equal length. Its elements can be numbers of any type. No
function changes its arguments. Shapes that do not fit raise a ValueError that names them.

>>> Z = add_row(dot([[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]), [0.5, -0.5])
>>> Z
[[13.5, 15.5]]
"""

from . import functions
from .checks import is_sequence, shown
from .types import Any, Function, Matrix, MatrixOrNumber, Number, Row, Shape

# ---- shapes ----------------------------------------------------------------------------------


def shape(A: Matrix) -> Shape:
    """Return (rows, columns), after checking that all rows have the same number of columns.

    >>> shape([[1, 2, 3], [4, 5, 6]])
    (2, 3)
    """
    try:
        widths = list(map(len, A))
    except TypeError:  # a number or a flat list
        widths = []
    if not widths or not widths[0]:
        raise ValueError(
            f"{shown(A)} is not a matrix; give a list of rows with at least one number, [[...]]"
        )
    if widths.count(widths[0]) < len(widths):
        i = [width == widths[0] for width in widths].index(False)
        raise ValueError(f"row {i} has {widths[i]} columns where row 0 has {widths[0]}")
    return len(widths), widths[0]


def size(shape: Shape) -> str:
    """Return a shape as an error message shows it.

    >>> size((2, 3)), size((5,))
    ('2×3', '5')
    """
    return "×".join([str(n) for n in shape])


def zeros(rows: int, columns: int) -> Matrix:
    """Return a matrix whose elements are all 0.0.

    >>> zeros(1, 2)
    [[0.0, 0.0]]
    """
    return [[0.0] * columns for _ in range(rows)]


def identity(n: int) -> Matrix:
    """Return an n × n matrix with 1.0 on the diagonal and 0.0 elsewhere.

    >>> identity(2)
    [[1.0, 0.0], [0.0, 1.0]]
    """
    return [[1.0 if i == j else 0.0 for j in range(n)] for i in range(n)]


def transpose(A: Matrix) -> Matrix:
    """Return the matrix whose columns are the rows of A, from A.transposed() if A has this method.

    >>> transpose([[1, 2, 3], [4, 5, 6]])
    [[1, 4], [2, 5], [3, 6]]
    """
    if hasattr(A, "transposed"):
        return A.transposed()
    columns = shape(A)[1]
    flat: Row = []
    for row in A:
        flat += row
    # This is faster than zip(*A), for which PyPy creates an object per float.
    return [flat[j::columns] for j in range(columns)]


# ---- arithmetic ------------------------------------------------------------------------------


def dot(A: Matrix, B: Matrix) -> Matrix:
    """Return the matrix product A·B.

    Element (i, j) is the dot product of row i of A and column j of B. A has as many columns as B
    has rows.

    >>> dot([[1, 2]], [[3], [4]])
    [[11]]
    """
    if shape(A)[1] != shape(B)[0]:
        raise ValueError(
            f"dot: {size(shape(A))} by {size(shape(B))}: "
            f"the inner sizes {len(A[0])} and {len(B)} differ"
        )
    return functions.products(A, B)


def add(A: Matrix, B: MatrixOrNumber) -> Matrix:
    """Return A + B, element by element. B is a matrix of the same shape, or one number.

    >>> add([[1, 2]], [[10, 20]]), add([[1, 2]], 5)
    ([[11, 22]], [[6, 7]])
    """
    return pairwise("add", A, B, lambda a, b: a + b)


def subtract(A: Matrix, B: MatrixOrNumber) -> Matrix:
    """Return A - B, element by element. B is a matrix of the same shape, or one number.

    >>> subtract([[1, 2]], [[10, 20]])
    [[-9, -18]]
    """
    return pairwise("subtract", A, B, lambda a, b: a - b)


def multiply(A: Matrix, B: Matrix) -> Matrix:
    """Return A * B, element by element (the Hadamard product).

    B is a matrix of the same shape. ``scale`` multiplies by one number.

    >>> multiply([[1, 2]], [[10, 20]])
    [[10, 40]]
    """
    if not is_sequence(B):
        raise TypeError(
            f"multiply: {shown(B)} is not a matrix; scale(A, factor) multiplies by one number"
        )
    return pairwise("multiply", A, B, lambda a, b: a * b)


def divide(A: Matrix, B: MatrixOrNumber) -> Matrix:
    """Return A / B, element by element. B is a matrix of the same shape, or one number.

    >>> divide([[1, 2]], 4)
    [[0.25, 0.5]]
    """
    return pairwise("divide", A, B, lambda a, b: a / b)


def scale(A: Matrix, factor: Number) -> Matrix:
    """Return A with every element multiplied by one number.

    >>> scale([[1, 2]], 3)
    [[3, 6]]
    """
    return [[factor * a for a in row] for row in A]


def add_row(A: Matrix, row: Row) -> Matrix:
    """Return the matrix A with ``row`` added to each row; Dense adds its bias this way.

    >>> add_row([[1, 2], [3, 4]], [10, 20])
    [[11, 22], [13, 24]]
    """
    if shape(A)[1] != len(row):
        raise ValueError(f"add_row: {size(shape(A))} with a row of {len(row)}: the widths differ")
    return [[a + b for a, b in zip(row_of_A, row)] for row_of_A in A]


# ---- element by element ----------------------------------------------------------------------


def apply(function: Function, A: Matrix) -> Matrix:
    """Return the matrix of function(a) for every element a of A.

    >>> apply(abs, [[-1, 2]])
    [[1, 2]]
    """
    return [[function(a) for a in row] for row in A]


def pairwise(name: str, A: Matrix, B: Any, operation: Function) -> Matrix:
    """Return the matrix of operation(a, b) for every two elements at the same position.

    B is a matrix of the same shape, or one number. ``name`` begins the error message.

    >>> pairwise("power", [[2, 3]], [[3, 2]], pow)
    [[8, 9]]
    """
    if not is_sequence(B):
        return [[operation(a, B) for a in row] for row in A]
    if shape(A) != shape(B):
        raise ValueError(f"{name}: {size(shape(A))} with {size(shape(B))}: the shapes differ")
    return [[operation(a, b) for a, b in zip(row_a, row_b)] for row_a, row_b in zip(A, B)]


def exp(A: Matrix) -> Matrix:
    """Return e^a for every element a of A.

    >>> exp([[0.0]])
    [[1.0]]
    """
    return apply(functions.exp, A)


def log(A: Matrix) -> Matrix:
    """Return the natural logarithm of every element of A.

    >>> log([[1.0]])
    [[0.0]]
    """
    return apply(functions.log, A)


# ---- sums ------------------------------------------------------------------------------------


def sum_rows(A: Matrix) -> Row:
    """Return the sum of each row.

    >>> sum_rows([[1, 2], [3, 4]])
    [3, 7]
    """
    shape(A)
    return [functions.total(row) for row in A]


def sum_columns(A: Matrix) -> Row:
    """Return the sum of each column.

    >>> sum_columns([[1, 2], [3, 4]])
    [4, 6]
    """
    return [functions.total(column) for column in transpose(A)]
