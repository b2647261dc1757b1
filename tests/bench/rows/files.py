"""A training from the files of MNIST's size, by C and by scikit-learn."""

import os
import random
import struct
import tempfile
import warnings

import scratchnet as sn
from scratchnet.datasets import idx

from .. import peers
from ..measure import Contender, side_by_side
from .row import Comparing

SIZE, HIDDEN, CLASSES, BATCH = 784, 32, 10, 32


class FromFiles(Comparing):
    """One epoch of 784-32-10 with Adam, including reading the files; a fifth of the pixels are non-zero.

    ``samples, slice``   how many the file holds, and how many the other trains, whose time is scaled
    """

    pairs = 3
    samples = slice = 60000

    def compare(self, pairs, at_least, quick):
        count, part = (40, 40) if quick else (self.samples, self.slice)
        with tempfile.TemporaryDirectory() as folder:
            paths, parts = written(folder, count), written(folder, part)
            ours = Contender(lambda: lambda: self.train(paths, self.requested))
            theirs = Contender(lambda: lambda: self.other(parts), count / part)
            self.train(written(folder, 40), self.requested)  # compiles
            return side_by_side(ours, theirs, pairs)

    def train(self, paths, engine):
        images, labels = idx.read_idx(paths[0], scale=255), idx.read_idx(paths[1])
        layers = [sn.Dense(SIZE, HIDDEN), sn.ReLU(), sn.Dense(HIDDEN, CLASSES), sn.Softmax()]
        history = sn.Sequential(layers, seed=7).fit(
            images,
            labels,
            "categorical_cross_entropy",
            sn.Adam(),
            epochs=1,
            batch_size=BATCH,
            engine=engine,
        )
        self.engine = str(history.engine)
        return history

    def other(self, paths):
        library = peers.peer(peers.ScikitLearn.name)
        images, labels = [library.np.fromfile(path, library.np.uint8) for path in paths]
        classifier = library.classifier((HIDDEN,), batch_size=BATCH, max_iter=1, random_state=7)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has not converged
            classifier.fit(images[16:].reshape(-1, SIZE) / 255, labels[8:])


class FromFilesInPython(FromFiles):
    """The same against pure Python, by the time of a slice."""

    pairs = 1
    slice = 6000

    def other(self, paths):
        engine = self.engine
        self.train(paths, "auto")
        self.engine = engine


def written(folder, count):
    """Write the two files, and return their paths."""
    generator = random.Random(99)
    shades = bytes([0] * 4 * 64 + [generator.randrange(1, 256) for _ in range(64)])
    images = bytes(generator.choices(shades, k=SIZE * min(count, 1000)))
    labels = bytes([i % CLASSES for i in range(count)])
    paths = [os.path.join(folder, name.format(count)) for name in ("images{}", "labels{}")]
    with open(paths[0], "wb") as file:
        file.write(struct.pack(">4B3I", 0, 0, 8, 3, count, 28, 28))
        file.write(images * max(1, count // 1000))
    with open(paths[1], "wb") as file:
        file.write(struct.pack(">4BI", 0, 0, 8, 1, count) + labels)
    return paths
