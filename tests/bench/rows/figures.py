"""Rows with a single figure of scratchnet."""

import gc
import os
import random
import sys
import tempfile
import time
import tracemalloc

import scratchnet as sn

from .. import scaling, tables
from ..measure import Unavailable, digits
from .row import Figure, middle


class CheckingInts(Figure):
    """The time to check samples of 1,000 ints before the first epoch."""

    def found(self, quick):
        count = 1 if quick else 100
        X = [[i % 256 for i in range(start, start + 1000)] for start in range(count)]
        Y = [[1.0] for _ in X]
        net = sn.Sequential([sn.Dense(1000, 1)], seed=7)
        times = []
        for _ in range(1 if quick else 7):
            start = time.process_time()
            sn.epochs(net, X, Y, "half_squared_error")
            times.append(time.process_time() - start)
        return 1e9 * middle(times) / (1000 * count)


class Making(Figure):
    """Making a network of 10 million parameters."""

    width = 3162

    def found(self, quick):
        return middle([self.once(100 if quick else self.width) for _ in range(1 if quick else 3)])

    def once(self, width):
        start = time.process_time()
        network = sn.Sequential([sn.Dense(width, width)], seed=7)
        seconds = time.process_time() - start
        del network
        return seconds


class Loading(Making):
    """Loading a network of 10 million parameters from a file."""

    def once(self, width):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "net.safetensors")
            sn.save(sn.Sequential([sn.Dense(width, width)], seed=7), path)
            start = time.process_time()
            sn.load(path)
            return time.process_time() - start


class Memory(Figure):
    """The memory per parameter of a network and its optimizer during a training with Adam."""

    def found(self, quick):
        if sys.implementation.name != "cpython":
            raise Unavailable("only CPython reports it")
        width = 30 if quick else 300
        X, Y = [[0.5] * width] * 8, [[0.5] * 10] * 8
        sn.Sequential([sn.Dense(width, 10)]).fit(X, Y, "half_squared_error", epochs=1)  # imports
        gc.collect()
        tracemalloc.start()
        try:
            net = sn.Sequential([sn.Dense(width, width), sn.Tanh(), sn.Dense(width, 10)], seed=7)
            epochs = sn.epochs(net, X, Y, "half_squared_error", sn.Adam(), epochs=3)
            next(epochs)  # The optimizer remembers what it needs until the last epoch ends.
            gc.collect()
            used = tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()
        return used / sum([p.count for p in net.parameters()])


class OneHotTable(Figure):
    """``tabular.train`` on categories, to a model as good as scikit-learn's."""

    def found(self, quick):
        rows = categories(60 if quick else 4000)
        train, test = rows[: len(rows) * 3 // 4], rows[len(rows) * 3 // 4 :]
        accuracy, epochs, seconds = tables.ours(train, test, 0)
        self.note = "accuracy {:.3f} after {} epochs".format(accuracy, epochs)
        try:
            start = time.process_time()
            other = tables.theirs(train, test, 0)
            taken = digits(time.process_time() - start)
            self.note += "; scikit-learn: {:.3f} in {} s".format(other, taken)
        except ImportError:
            pass
        return seconds


def categories(count):
    """Rows like those of the mushrooms: 22 columns of 2 to 12 labels, most of which depend on the class."""
    generator = random.Random(5)
    widths = [2 + 5 * j % 11 for j in range(22)]
    rows = []
    for i in range(count):
        row = {"target": "edible" if i % 2 else "poisonous"}
        for j, width in enumerate(widths):
            label = generator.randrange(width)
            if generator.random() < j / 30:  # the class limits it to one half of the labels
                label = label // 2 + (i % 2) * (width // 2)
            row["column {}".format(j)] = "label {}".format(label)
        rows.append(row)
    return rows


class Neighbours(Figure):
    """How much longer a network takes, at most, than one that is slightly smaller, beyond the growth of the work."""

    def found(self, quick):
        steps = []
        for sizes in scaling.NEIGHBOURS[:1] if quick else scaling.NEIGHBOURS:
            points = [scaling.trained(*size, quick=quick) for size in sizes[: 2 if quick else None]]
            for size, (seconds, work), (later, more) in zip(sizes[1:], points, points[1:]):
                steps.append((later / seconds / max(1.0, more / work), size))
        largest, size = max(steps)
        self.note = "at width {}, depth {}, batch {}".format(*size)
        return largest
