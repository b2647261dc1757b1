"""The share of zeros from which the engine "rows" is faster if it reads only the non-zero entries.

    python3 -m bench.zeros

prints, for several numbers of inputs, hidden units and samples per batch, the time of whole products divided by that of
gathered ones (codegen/python/gather.py), at several shares of non-zero entries. The constants in
scratchnet/engines/zeros.py follow from where this ratio passes 1.
"""

import random
from itertools import product

import scratchnet as sn
from scratchnet.codegen.python.gather import VALUES
from scratchnet.engines import rows

from .measure import Contender, side_by_side

SHARES = (0.05, 0.2, 0.35, 0.5)
OPTIMIZERS = {"SGD": lambda: sn.SGD(0.01), "Adam": lambda: sn.Adam(0.001)}
OUTPUTS = 4


def samples(inputs, count, share):
    """Random samples with this share of non-zero entries."""
    generator = random.Random(5)
    return [
        [generator.random() if generator.random() < share else 0.0 for _ in range(inputs)]
        for _ in range(count)
    ]


def training(inputs, units, batch, optimizer, share, gather):
    """A function, as of Contender, that trains one epoch by the engine "rows"."""
    X = samples(inputs, batch * max(3, 30 // batch), share)
    labels = [i % OUTPUTS for i in range(len(X))]

    def fresh():
        layers = [sn.Dense(inputs, units), sn.Tanh(), sn.Dense(units, OUTPUTS), sn.Softmax()]
        net = sn.Sequential(layers, seed=7)

        def run():
            former, rows.gather_of = rows.gather_of, lambda lists, size: gather
            try:
                loss = "categorical_cross_entropy"
                net.fit(X, labels, loss, optimizer(), 3, batch, engine="rows")
            finally:
                rows.gather_of = former

        return run

    return fresh


def ratio(inputs, units, batch, optimizer, share, pairs=5):
    """The time of whole products divided by that of gathered ones."""
    both = [
        Contender(training(inputs, units, batch, optimizer, share, gather))
        for gather in (VALUES, "")
    ]
    for contender in both:
        contender.fresh()()  # everything that is made once is then made
    return side_by_side(*both, pairs, 0.02).ratio


def main():
    print("optimizer  inputs  units  batch  " + "  ".join(["{:4g}".format(s) for s in SHARES]))
    for (name, optimizer), inputs, units, batch in product(
        OPTIMIZERS.items(), (16, 64, 784), (4, 10, 30), (1, 10, 32)
    ):
        found = [ratio(inputs, units, batch, optimizer, share) for share in SHARES]
        texts = "  ".join(["{:4.2f}".format(value) for value in found])
        print("{:9}  {:6}  {:5}  {:5}  {}".format(name, inputs, units, batch, texts))


if __name__ == "__main__":
    main()
