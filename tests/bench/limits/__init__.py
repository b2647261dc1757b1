"""Limits: the bare arithmetic of a training or prediction, written by hand, next to scratchnet and its peers.

    python3 -m bench.limits          the names of the limits
    python3 -m bench.limits NAME     measure one

Bare arithmetic has nothing that a library needs: it computes no loss, checks nothing, and suits one network. The time
that scratchnet takes beyond it is the most that a faster engine could still gain.

Each module has a function ``limits(quick)``, which yields its Limits one after the other.
"""

import os
import sys

import scratchnet as sn

from .. import other, peers
from ..measure import Contender, Unavailable, check, digits, duration, looped, side_by_side
from ..workloads import workload

NAMES = (
    "xor",
    "xor_in_c",
    "small",
    "large",
    "large_in_c",
    "adam_on_pixels",
    "predict",
    "processes",
    "pypy",
)
PAIRS = 15
IN_A_ROW = 0.05  # seconds that a contender is run at a time


class Limit:
    """Bare arithmetic, and the contenders that compute the same.

    ``what``     what is computed
    ``bare``     a Contender
    ``others``   yields the name and the Contender of each, or an Unavailable in its place
    """

    def __init__(self, what, bare, others):
        self.what, self.bare, self.others = what, bare, others

    def lines(self, pairs=PAIRS, at_least=IN_A_ROW):
        """Measure, and yield the lines of the report."""
        yield "{}: {} bare".format(self.what, duration(self.bare.seconds(at_least)))
        for name, contender in self.others:
            if isinstance(contender, Unavailable):
                yield "    {:14} {}".format(name, contender)
                continue
            ratio = side_by_side(self.bare, contender, pairs, at_least).ratio
            yield "    {:14} {} × as long".format(name, digits(ratio))


def other_predictions(work, against, at_least):
    """Yield scratchnet's prediction of one sample, by sn.unroll, and those of the peers."""
    x = work.X[1]
    yield "scratchnet", looped(sn.unroll(work.network()), x, at_least)
    for name in against:
        try:
            yield name, looped(peers.peer(name).prediction(work), x, at_least)
        except Unavailable as error:
            yield name, error


def training(name, bare, against, quick, tolerance=1e-10, engine="auto"):
    """Return the Limit of a workload.

    ``bare(work)``   returns the ``fresh`` of a Contender; the function to time returns the parameters
    ``against``      the names of peers
    ``engine``       scratchnet's
    """
    work = workload(name, quick)
    fresh = bare(work)
    ours = work.training(engine=engine)
    check(fresh()(), ours()(), tolerance, name + ", bare arithmetic and scratchnet")
    return Limit("train " + name, Contender(fresh), trainers(work, ours, against, quick))


def trainers(work, ours, against, quick):
    """Yield scratchnet, the peers, and the earlier checkout that BEFORE names."""
    yield "scratchnet", Contender(ours)
    for name in against:
        try:
            peer = peers.peer(name)
            part = peer.slice(work)
            scale = work.trained_samples / part.trained_samples
            yield name, Contender(peer.training(part), scale)
        except Unavailable as error:
            yield name, error
    folder = os.environ.get("BEFORE", "")
    if folder:
        with other.Process(sys.executable, folder) as process:
            yield "itself before", process.contender(work.name, quick)
