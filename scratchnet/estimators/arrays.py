"""Arrays of any library as rows of floats, and results as arrays of the same library."""

import sys

from ..core import checks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ..core.types import Matrix


def kind_of(data: "Any") -> "Any":
    """Return the module whose ``asarray`` makes arrays like ``data``, or None for lists.

    For lists it is NumPy if scikit-learn is in use, because its tools expect arrays.
    """
    if hasattr(data, "__array_namespace__"):
        return data.__array_namespace__()
    module = sys.modules.get(type(data).__module__.split(".")[0])
    if hasattr(module, "asarray"):  # PyTorch, and NumPy before 2
        return module
    if hasattr(data, "__array__") or "sklearn" in sys.modules:
        return sys.modules.get("numpy")
    return None


def array(kind: "Any", numbers: "Any") -> "Any":
    """Return the numbers as an array of that module."""
    return kind.asarray(numbers, dtype=kind.float64) if kind else numbers


def array_of_labels(kind: "Any", labels: "Any") -> "Any":
    """Return the classes as an array of that module, unless it has no arrays of strings."""
    try:
        return kind.asarray(labels) if kind else labels
    except (TypeError, ValueError):  # PyTorch
        return labels


def as_lists(data: "Any", name: str) -> "List[Any]":
    """Return the elements of ``data`` as a list, with arrays in it as lists, too."""
    if hasattr(data, "__array__") and not hasattr(data, "tolist") and not hasattr(data, "to_numpy"):
        data = sys.modules["numpy"].asarray(data)
    data = checks.accept_rows(data, name)
    return [v.tolist() if hasattr(v, "tolist") else v for v in data]


def rows_of(X: "Any") -> "Matrix":
    """Return X as rows of floats. This is the only conversion."""
    if hasattr(X, "toarray"):
        raise TypeError(
            "X is sparse; give a dense array: X.toarray(), or OneHotEncoder(sparse_output=False)"
        )
    if hasattr(X, "__array__") and not hasattr(X, "tolist"):  # pandas, polars
        X = sys.modules["numpy"].asarray(X)
    _check_array(X)
    try:
        rows = as_lists(X.astype(float) if hasattr(X, "astype") else X, "X")
        if not checks.is_sequence(rows[0]):
            raise ValueError(
                "X is flat. Reshape your data to samples × features; one sample is [[...]]"
            )
        return checks.accept(rows)
    except (TypeError, ValueError) as error:
        start = "" if str(error).startswith("X") else "X: "
        hint = "; NaN and inf are not finite" if "finite" in str(error) else ""
        raise type(error)(f"{start}{error}{hint}") from None


def _check_array(X: "Any") -> None:
    """Refuse arrays of complex numbers and arrays without columns, in scikit-learn's words."""
    if "complex" in str(getattr(X, "dtype", "")):
        raise ValueError("X: Complex data not supported; give real numbers, such as X.real")
    shape = getattr(X, "shape", (1, 1))
    if len(shape) == 2 and shape[1] == 0:
        raise ValueError(
            f"X has 0 feature(s) (shape={tuple(shape)}) while a minimum of 1 is required."
        )
