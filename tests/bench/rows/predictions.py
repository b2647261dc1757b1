"""Rows of predictions."""

import time

import scratchnet as sn

from .. import peers
from ..measure import Contender, check, duration, looped, side_by_side
from ..workloads import workload
from .row import Comparing

MAKERS = {"unrolled": sn.unroll, "native": sn.compile, "net.predict": lambda net: one_by_one(net)}


def one_by_one(net):
    """A function of one sample that checks what it is given."""
    predict = net.predict
    return lambda x: predict([x])[0]


class Prediction(Comparing):
    """One sample, a list in and a list out."""

    pairs = 7

    def __init__(self, name, against, faster=None, requested="unrolled"):
        super().__init__("predict " + name, against, faster, requested)
        self.workload = name

    def compare(self, pairs, at_least, quick):
        work, peer = workload(self.workload, quick), peers.peer(self.against)
        start = time.perf_counter()
        ours, theirs = MAKERS[self.requested](work.network()), peer.prediction(work)
        self.engine = self.requested
        notes = ["made in " + duration(time.perf_counter() - start), peer.note]
        self.note = "; ".join([note for note in notes if note])
        for x in work.X[:4]:
            check([ours(x)], [theirs(x)], peer.tolerance, self.name)
        ours, theirs = [looped(predict, work.X[1], at_least) for predict in (ours, theirs)]
        return side_by_side(ours, theirs, pairs)


class ManyPredictions(Comparing):
    """10,000 samples at once against what ``sn.unroll`` makes, in a loop."""

    pairs = 5

    def __init__(self, name, faster=None, requested="net.predict"):
        super().__init__(
            "predict 10,000 samples, " + name, "unrolled, in a loop", faster, requested
        )
        self.workload = name

    def compare(self, pairs, at_least, quick):
        work = workload(self.workload, quick)
        count = 20 if quick else 10000
        X = (work.X * (count // len(work.X) + 1))[:count]
        net = work.network()
        many = sn.compile(net) if self.requested == "native" else net.predict
        one = sn.unroll(net)
        self.engine = self.requested
        check(many(X[:1000]), [one(x) for x in X[:1000]], 1e-9, self.name)
        return side_by_side(
            Contender(lambda: lambda: many(X)),
            Contender(lambda: lambda: [one(x) for x in X]),
            pairs,
            at_least,
        )
