"""The rows of the table: what is compared with what, and what must be reached."""

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import scratchnet as sn

from . import peers, pypy, workloads
from .measure import Contender, Unavailable, check, duration, kernel, looped, side_by_side
from .workloads import workload

IN_A_ROW = 0.05  # seconds that a contender is run at a time, or once if that lasts longer


class Row:
    """A line of the table: scratchnet against another.

    ``work``, ``against``, ``kernel``   what is done, by whom else, and scratchnet's kernel
    ``faster``    how many times faster scratchnet should at least be: 0.5 is "at most twice as slow"; None: no matter
    ``more``      how many milliseconds more it may take at most; None: no matter
    ``pairs``     how many pairs are timed
    ``note``      what is to be said beside the figures
    """

    pairs = 5

    def __init__(self, work, against, faster=None, kernel="fast", more=None):
        self.work, self.against, self.kernel = work, against, kernel
        self.faster, self.more = faster, more
        self.note = ""
        self.comparison = None

    @property
    def name(self):
        return "{} | {} | {}".format(self.work, self.against, self.kernel)

    @property
    def target(self):
        """In words."""
        if self.more is not None:
            return "at most {:g} ms more".format(self.more)
        if self.faster is None:
            return ""
        if self.faster == 1:
            return "at least as fast"
        if self.faster < 1:
            return "at most {:g} × slower".format(1 / self.faster)
        return "at least {:g} × faster".format(self.faster)

    @property
    def reached(self):
        """Whether it was; None where there is no target or no figure."""
        if self.comparison is None:
            return None
        if self.more is not None:
            return self.comparison.more * 1000 <= self.more
        return None if self.faster is None else self.comparison.ratio >= self.faster

    def measure(self, quick):
        """Time it; ``quick``: one pair, each once. Unavailable where something is missing."""
        with kernel(self.kernel):
            self.comparison = self.compare(1 if quick else self.pairs, 0.0 if quick else IN_A_ROW)

    def compare(self, pairs, at_least):
        """Check that both compute the same, then time them."""
        raise NotImplementedError


# ---- trainings ---------------------------------------------------------------------------------------------------

_trained = {}
_first = {}


def trained(work):
    """scratchnet's parameters after the training, in the active kernel; made once, and the first time is kept."""
    key = work, sn.kernel()
    if key not in _trained:
        run = work.training()()
        start = time.perf_counter()
        _trained[key] = run()
        _first.setdefault((work.name, sn.kernel()), time.perf_counter() - start)
    return _trained[key]


class Article(Row):
    """The article's 1000 iterations, by ``fit`` and by its NumPy program."""

    def compare(self, pairs, at_least):
        ours, theirs = workloads.article(), peers.peer(peers.NumPy.name).article()
        run = ours()
        start = time.perf_counter()
        found = run()
        self.note = "the first call " + duration(time.perf_counter() - start)
        check(found, theirs()(), 1e-9, "the article's iterations")
        return side_by_side(Contender(ours), Contender(theirs), pairs, at_least)


class Training(Row):
    """A whole training by ``fit`` against a peer's, or against as long a one by the time of a slice."""

    def __init__(self, name, against, faster=None, kernel="fast"):
        super().__init__("train " + name, against, faster, kernel)
        self.workload = name
        self.pairs = 3 if name == "784-30-10" else 5

    def compare(self, pairs, at_least):
        work, peer = workload(self.workload), peers.peer(self.against)
        part = peer.slice(work)
        peer.check(part, trained)
        times = work.trained_samples / part.trained_samples
        theirs = Contender(peer.training(part), times)
        peer.settle(theirs)
        notes = [peer.note] if peer.note else []
        if times != 1:
            notes.append(
                "a slice of {} of {} samples, scaled".format(
                    part.trained_samples, work.trained_samples
                )
            )
        if self.against == peers.NumPy.name:
            trained(work)
            notes.append("the first call " + duration(_first[work.name, sn.kernel()]))
        self.note = "; ".join(notes)
        return side_by_side(Contender(work.training()), theirs, pairs, at_least)


class Natively(Training):
    """A whole training by C that was compiled before, against a peer's."""

    def __init__(self, name, against, faster=None):
        super().__init__(name, against, faster)
        self.work += ", native"

    def compare(self, pairs, at_least):
        work, peer = workload(self.workload), peers.peer(self.against)
        part = peer.slice(work)
        theirs = Contender(peer.training(part), work.trained_samples / part.trained_samples)
        ours = work.training(engine="native")
        start = time.perf_counter()
        found = ours()()
        self.note = "the first call " + duration(time.perf_counter() - start)
        check(found, trained(work), 1e-6, self.work)
        peer.settle(theirs)
        return side_by_side(Contender(ours), theirs, pairs, at_least)


class OneByOne(Training):
    """A slice of the samples, one at a time, in bpnn.py's arithmetic, by both."""

    def __init__(self, name):
        super().__init__(name, peers.Bpnn.name)
        self.work += ", one by one"

    def compare(self, pairs, at_least):
        peer = peers.peer(self.against)
        work = peers.its_own(peer.slice(workload(self.workload)))
        self.note = "{} samples, the same arithmetic".format(work.trained_samples)
        check(
            trained(work), peer.training(work)()(), 1e-6, "training {} one by one".format(work.name)
        )
        return side_by_side(
            Contender(work.training()), Contender(peer.training(work)), pairs, at_least
        )


class DotProducts(Training):
    """A whole training against its dot products alone, in the same kernel."""

    def __init__(self, name, kernel="fast"):
        super().__init__(name, "its dot products", 1 / 1.25, kernel)

    def compare(self, pairs, at_least):
        work = workload(self.workload)
        return side_by_side(
            Contender(work.training()), Contender(workloads.dot_products(work)), pairs, at_least
        )


class OnPyPy(Training):
    """A whole training on PyPy, warm, against NumPy on the interpreter that this runs on."""

    def __init__(self, name, faster):
        super().__init__(name, peers.NumPy.name, faster)
        self.work += ", PyPy"

    def compare(self, pairs, at_least):
        peer = peers.peer(self.against)
        theirs = Contender(peer.training(workload(self.workload)))
        executable = pypy.find()
        if not executable:
            raise Unavailable("no pypy3 on the PATH")
        process = pypy.Process(executable)
        try:
            ours = process.training(self.workload)
            for _ in range(4):  # warm
                ours()()
            check(process.tell("parameters"), theirs.fresh()(), 1e-6, self.work)
            peer.settle(theirs)
            self.note = process.version
            return side_by_side(Contender(ours), theirs, pairs, at_least)
        finally:
            process.close()


# ---- two processes -----------------------------------------------------------------------------------------------


class Pool(ProcessPoolExecutor):
    """Processes that are started anew, and how often they were given something to do.

    A fork of a process in which a library has started threads may never go on.
    """

    submitted = 0

    def __init__(self, workers):
        super().__init__(workers, multiprocessing.get_context("spawn"))

    def submit(self, *args, **options):
        self.submitted += 1
        return super().submit(*args, **options)


class TwoProcesses(Row):
    """784-30-10 in batches of 200, by ``fit`` with two processes against the same with one."""

    pairs = 3
    shared = "784-30-10 by 200"

    def compare(self, pairs, at_least):
        if (os.cpu_count() or 1) < 2:
            raise Unavailable("one processor")
        with Pool(2) as pool:
            for future in [pool.submit(time.sleep, 0.5) for _ in range(2)]:
                future.result()
            return self.share_out(pool, pairs, at_least)

    def share_out(self, pool, pairs, at_least):
        work, before = workload(self.shared), pool.submitted
        check(work.training(executor=pool)()(), trained(work), 1e-6, self.work)
        if pool.submitted == before:
            raise Unavailable("fit gave the executor nothing to do")
        return side_by_side(
            Contender(work.training(executor=pool)), Contender(work.training()), pairs, at_least
        )


class TwoTrainings(TwoProcesses):
    """What two processes reach here that need nothing of each other: two trainings in the time of one."""

    def share_out(self, pool, pairs, at_least):
        def trainings(count):
            def run():
                for future in [pool.submit(workloads.train, self.shared) for _ in range(count)]:
                    future.result()

            return run

        trainings(2)()
        self.note = "what the machine gives: half the time of two at once against one alone"
        return side_by_side(
            Contender(lambda: trainings(2), 1 / 2), Contender(lambda: trainings(1)), pairs, at_least
        )


# ---- predictions, and the import ---------------------------------------------------------------------------------


class Prediction(Row):
    """One sample, a list in and a list out, by what ``sn.unroll`` makes of the network."""

    pairs = 7

    def __init__(self, name, against, faster=None):
        super().__init__("predict " + name, against, faster)
        self.workload = name

    def ours(self, net):
        start = time.perf_counter()
        predict = sn.unroll(net)
        self.note = "unrolled in " + duration(time.perf_counter() - start)
        return predict

    def compare(self, pairs, at_least):
        work, peer = workload(self.workload), peers.peer(self.against)
        ours, theirs = self.ours(work.network()), peer.prediction(work)
        for x in work.X[:4]:
            check(
                [ours(x)],
                [theirs(x)],
                peer.tolerance,
                "predicting {}, {}".format(work.name, self.against),
            )
        ours, theirs = [looped(predict, work.X[1], at_least) for predict in (ours, theirs)]
        peer.settle(theirs)
        self.note = "; ".join([note for note in (self.note, peer.note) if note])
        return side_by_side(ours, theirs, pairs)


class PredictionOfNetwork(Prediction):
    """One sample by ``net.predict([x])[0]``, which checks what it is given."""

    def __init__(self, name, against):
        super().__init__(name, against)
        self.work += ", net.predict"

    def ours(self, net):
        predict = net.predict
        return lambda x: predict([x])[0]


class Import(Row):
    """``import scratchnet`` in a new interpreter against that interpreter alone; compiled before, as installed."""

    pairs = 21

    def compare(self, pairs, at_least):
        environment = {
            name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }

        def start(program):
            def run():
                subprocess.run([sys.executable, "-c", program], env=environment, check=True)

            run()
            return Contender(lambda: run)

        return side_by_side(start("import scratchnet"), start("pass"), pairs)


# ---- the table ---------------------------------------------------------------------------------------------------

NUMPY, SKLEARN, TORCH, ONNX = [
    kind.name for kind in (peers.NumPy, peers.ScikitLearn, peers.PyTorch, peers.OnnxRuntime)
]
MICROGRAD, MICROGPT, NEAT, BPNN = [
    kind.name for kind in (peers.Micrograd, peers.MicroGPT, peers.NeatPython, peers.Bpnn)
]

# How many times faster scratchnet should at least be; None: measured all the same.
TRAININGS = {
    "2-4-1": {NUMPY: 8, SKLEARN: 30, TORCH: 80, BPNN: None, MICROGRAD: 50, MICROGPT: 50},
    "4-16-3": {NUMPY: None, SKLEARN: 1, TORCH: 3, BPNN: None, MICROGRAD: 50, MICROGPT: 50},
    "64-32-10": {NUMPY: None, SKLEARN: None, TORCH: None, BPNN: 5, MICROGRAD: 50, MICROGPT: 50},
    "784-30-10": {NUMPY: None, SKLEARN: None, TORCH: None, BPNN: 5, MICROGRAD: 500, MICROGPT: 500},
}
OPT_IN = {"64-32-10": 8, "784-30-10": 10}  # against bpnn.py, in the kernel that has to be asked for
ON_PYPY = {"64-32-10": 1 / 8, "784-30-10": 1 / 15}
PREDICTIONS = {
    "2-4-1": {NUMPY: 8, TORCH: 1, ONNX: 1, SKLEARN: 1, NEAT: None},
    "4-16-3": {NUMPY: 4, TORCH: 1, ONNX: 1, SKLEARN: 1},
    "64-32-10": {NUMPY: 1 / 2, TORCH: 1, ONNX: None, SKLEARN: 1},
    "784-30-10": {NUMPY: None, TORCH: None, ONNX: None, SKLEARN: 1},
}


NATIVE = {
    "2-4-1": {NUMPY: 100, SKLEARN: 400, TORCH: 1000},
    "4-16-3": {NUMPY: 5, SKLEARN: 15, TORCH: 50},
    "64-32-10": {NUMPY: 1.2, SKLEARN: None, TORCH: 6},
    "784-30-10": {NUMPY: 1.5, SKLEARN: None, TORCH: 4},
}


def table():
    """Every row, in order."""
    rows = [Article("the article's 1000 iterations", "the article's NumPy", 20)]
    for name, targets in TRAININGS.items():
        rows += [Training(name, against, faster) for against, faster in targets.items()]
        if name in OPT_IN:
            rows += [OneByOne(name), DotProducts(name)]
            rows += [Training(name, BPNN, OPT_IN[name], "dist"), DotProducts(name, "dist")]
    for name, targets in NATIVE.items():
        rows += [Natively(name, against, faster) for against, faster in targets.items()]
    rows += [OnPyPy(name, faster) for name, faster in ON_PYPY.items()]
    for name, targets in PREDICTIONS.items():
        rows += [Prediction(name, against, faster) for against, faster in targets.items()]
        rows.append(PredictionOfNetwork(name, NUMPY))
    rows.append(TwoProcesses("train 784-30-10 by 200, executor", "without executor", 1.6))
    rows.append(TwoTrainings("two trainings at once", "one"))
    rows.append(Import("import scratchnet", "the interpreter", more=10))
    return rows
