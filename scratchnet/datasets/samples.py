"""The data sets that come with the package.

    iris      150 flowers of three species: Fisher's measurements
    digits    1797 handwritten digits, 8 × 8 pixels

>>> flowers = iris()
>>> flowers
Examples: 150 of 4 features; setosa, versicolor, virginica
>>> flowers.features, flowers.X[0], flowers.labels[flowers.Y[0]]
(['sepal length', 'sepal width', 'petal length', 'petal width'], [5.1, 3.5, 1.4, 0.2], 'setosa')

They are the tables iris.csv and digits.csv.gz in this folder.
"""

import io
import pkgutil

from .examples import Examples
from .tables.reading import read_table

_IRIS = """\
Anderson's irises, measured in centimeters: R. A. Fisher, "The use of multiple
measurements in taxonomic problems", Annals of Eugenics 7 (1936), pages 179-188.
These are the values of that paper, without the two mistakes of the copy in the
UCI Machine Learning Repository. In the public domain."""
_DIGITS = """\
Handwritten digits of 13 people, 8 × 8 pixels from 0 to 16: the test set of
E. Alpaydin and C. Kaynak, "Optical Recognition of Handwritten Digits" (1998),
UCI Machine Learning Repository, doi:10.24432/C50P49. License: Creative Commons
Attribution 4.0 International (CC BY 4.0)."""


def iris() -> "Examples":
    """Return the sepal and petal sizes, in centimeters, of 50 flowers of each of three species."""
    return _load("iris.csv", "species", _IRIS)


def digits() -> "Examples":
    """Return handwritten digits: 64 pixels each, row by row, from 0 for white to 16 for black."""
    return _load("digits.csv.gz", "digit", _DIGITS)


def _load(name: str, target: str, about: str) -> "Examples":
    # The package may be in an archive, where its files have no path.
    data = pkgutil.get_data(__name__, name) or b""
    table = read_table(io.BytesIO(data), target, categorical=target)
    features = [column for column in table.columns if column != target]
    X = [list(row) for row in zip(*[table[feature].values for feature in features])]
    labels = sorted(table[target].labels)
    places = [labels.index(label) for label in table[target].labels]
    return Examples(X, [places[code] for code in table[target].values], labels, features, about)
