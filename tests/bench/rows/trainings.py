"""Rows of trainings in this process."""

import time

import scratchnet as sn

from .. import peers, workloads
from ..measure import Contender, check, duration, side_by_side
from ..workloads import workload
from .row import Comparing

_trained = {}


def trained(work):
    """scratchnet's parameters after the training, in the active kernel; made once."""
    key = work, sn.kernel()
    if key not in _trained:
        _trained[key] = work.training()()()
    return _trained[key]


class Article(Comparing):
    """The article's 1000 iterations, by ``fit`` and by its NumPy program."""

    def compare(self, pairs, at_least, quick):
        iterations = 10 if quick else 1000
        ours = workloads.article(iterations)
        theirs = peers.peer(peers.NumPy.name).article(iterations)
        check(ours()(), theirs()(), 1e-9, "the article's iterations")
        self.engine = ours.engine
        return side_by_side(Contender(ours), Contender(theirs), pairs, at_least)


class Training(Comparing):
    """A whole training by ``fit`` against a peer's, or against as long a one by the time of a slice."""

    def __init__(self, name, against, faster=None, requested="auto"):
        super().__init__("train " + name, against, faster, requested)
        self.workload = name
        if name.startswith("784") and requested == "auto":
            self.pairs = 3

    def compare(self, pairs, at_least, quick):
        work = workload(self.workload, quick)
        theirs = self.other(work)
        ours = self.training(work)
        start = time.perf_counter()
        found = ours()()
        notes = ["the first call " + duration(time.perf_counter() - start)]
        self.engine = ours.engine
        if self.requested != "auto":
            check(found, trained(work), 1e-6, self.work)
        self.note = "; ".join(notes + [self.note] * bool(self.note))
        return side_by_side(Contender(ours), theirs, pairs, at_least)

    def training(self, work):
        """Ours."""
        return work.training(engine=self.requested)

    def other(self, work):
        """The peer's contender, if it computes the same."""
        peer = peers.peer(self.against)
        part = peer.slice(work)
        peer.check(part, trained)
        notes = [peer.note] if peer.note else []
        if part.trained_samples != work.trained_samples:
            samples = part.trained_samples, work.trained_samples
            notes.append("a slice of {} of {} samples, scaled".format(*samples))
        self.note = "; ".join(notes)
        return Contender(peer.training(part), work.trained_samples / part.trained_samples)


class FromArrays(Training):
    """A training in which scratchnet gets NumPy arrays, as the peers do."""

    def __init__(self, name, against, faster, requested):
        super().__init__(name, against, faster, requested)
        self.work += ", from arrays"

    def training(self, work):
        ours = super().training(work)
        array = peers.peer(peers.NumPy.name).library.array
        ours.X, ours.targets = array(ours.X), array(ours.targets)
        return ours


class PurePython(Training):
    """A training by one engine compared with that by "auto"."""

    def __init__(self, name, requested, faster=None):
        super().__init__(name, "pure Python", faster, requested)

    def other(self, work):
        return Contender(work.training())


class DotProducts(Training):
    """A whole training against its dot products alone, in the same kernel."""

    def __init__(self, name, faster=None):
        super().__init__(name, "its dot products", faster)

    def other(self, work):
        return Contender(workloads.dot_products(work))


class AdamAgainstSGD(Training):
    """A training with Adam compared with the same with SGD."""

    def __init__(self, name, faster):
        super().__init__(name + workloads.ADAM, "with SGD", faster)
        self.plain = name

    def compare(self, pairs, at_least, quick):
        self.quick = quick
        return super().compare(pairs, at_least, quick)

    def other(self, work):
        return Contender(workload(self.plain, self.quick).training())


class WithOptions(Training):
    """With validation data, patience and class weights, compared with the training part and its validation alone."""

    share = 0.2

    def __init__(self, name, faster):
        super().__init__(name + workloads.ADAM, "without the options", faster)
        self.work += ", validation, patience, class weights"

    def compare(self, pairs, at_least, quick):
        work = workload(self.workload, quick)
        work = work.replace(batch=32) if not quick else work
        kept = len(work.X) - int(len(work.X) * self.share)
        classes = range(work.sizes[-1])
        ours = work.training(
            validation_split=self.share,
            patience=work.epochs,
            class_weight={k: 1.0 + k % 2 for k in classes},
        )
        ours.targets = work.labels  # class weights need the numbers of the classes
        plain, held_out = work.part(kept, work.epochs).training(), work.X[kept:]
        ours()()
        self.engine = ours.engine

        def fresh():
            run, net = plain(), work.network()

            def both():
                run()
                for _ in range(work.epochs):
                    net.predict(held_out)

            return both

        fresh()()
        return side_by_side(Contender(ours), Contender(fresh), pairs, at_least)
