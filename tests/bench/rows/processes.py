"""Rows that need other processes, or several threads."""

import multiprocessing
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from .. import other, peers, workloads
from ..measure import Contender, Unavailable, check, children, side_by_side
from ..workloads import workload
from .row import Comparing, Figure, middle
from .trainings import Training, trained


class Before(Training):
    """A training compared with the same one by an earlier version, which the environment variable BEFORE names."""

    def __init__(self, name, faster=None, requested="auto"):
        super().__init__(name, "itself before", faster, requested)

    def compare(self, pairs, at_least, quick):
        folder = os.environ.get("BEFORE", "")
        if not folder or not os.path.exists(os.path.join(folder, "scratchnet", "__init__.py")):
            raise Unavailable("BEFORE names the folder of an earlier checkout")
        work = workload(self.workload, quick)
        with other.Process(sys.executable, folder) as process:
            requested = (
                {} if self.requested == "auto" else {"engine": self.requested}
            )  # it may not know "auto"
            theirs = process.contender(self.workload, quick, **requested)
            ours = work.training(engine=self.requested)
            check(ours()(), process.ask("parameters"), 1e-6, self.work)
            self.engine = ours.engine
            self.note = "which used the engine " + process.ask("engine")
            return side_by_side(Contender(ours), theirs, pairs, at_least)


class OnPyPy(Training):
    """A training on PyPy, warm, compared with NumPy or scratchnet on the current interpreter."""

    warm = 4  # seconds: a loop is compiled after a thousand turns

    def __init__(self, name, against, faster, requested="auto"):
        super().__init__(name, against, faster, requested)
        self.work += ", PyPy"

    def compare(self, pairs, at_least, quick):
        work = workload(self.workload, quick)
        if self.against == peers.NumPy.name:
            theirs = Contender(peers.peer(self.against).training(work))
        else:
            theirs = Contender(work.training(engine=self.requested))
        if not other.pypy():
            raise Unavailable("no pypy3 on the PATH")
        with other.Process(other.pypy()) as process:
            warm = 0 if quick else self.warm
            ours = process.contender(self.workload, quick, warm, engine=self.requested)
            check(process.ask("parameters"), trained(work), 1e-6, self.work)
            theirs.fresh()()
            self.engine = process.ask("engine")
            self.note = process.version
            return side_by_side(ours, theirs, pairs, at_least)


# ---- two processes, two threads ----------------------------------------------------------------------------------


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


class Shared(Comparing):
    """784-30-10 in batches of 200, by ``fit`` with two workers, compared with the same without an executor."""

    pairs = 3
    shared = "784-30-10 by 200"
    pool = Pool

    def compare(self, pairs, at_least, quick):
        if (os.cpu_count() or 1) < 2:
            raise Unavailable("one processor")
        with self.pool(2) as pool:
            for future in [pool.submit(time.sleep, 0.0 if quick else 0.5) for _ in range(2)]:
                future.result()
            contenders = self.contenders(pool, workload(self.shared, quick), quick)
            return side_by_side(*contenders, pairs, at_least)

    def contenders(self, pool, work, quick):
        before = getattr(pool, "submitted", None)
        shared, alone = [
            work.training(engine=self.requested, executor=executor) for executor in (pool, None)
        ]
        check(shared()(), trained(work), 1e-6, self.work)
        if before is not None and pool.submitted == before:
            raise Unavailable("fit gave the executor nothing to do")
        self.engine = shared.engine
        return [Contender(part, clock=time.perf_counter) for part in (shared, alone)]


class SharedByThreads(Shared):
    """The same with two threads: C runs without the lock of the interpreter."""

    pool = ThreadPoolExecutor


class TwoTrainings(Shared):
    """The limit of two workers on this machine: two independent trainings in the time of one."""

    def contenders(self, pool, work, quick):
        def trainings(count):
            def run():
                task = workloads.train, self.shared, quick, self.requested
                for future in [pool.submit(*task) for _ in range(count)]:
                    future.result()

            return run

        trainings(2)()
        self.note = "what the machine gives: half the time of two at once against one alone"
        return [
            Contender(lambda: trainings(2), 1 / 2, time.perf_counter),
            Contender(lambda: trainings(1), 1, time.perf_counter),
        ]


class TwoThreads(TwoTrainings):
    """The same with two threads."""

    pool = ThreadPoolExecutor


class Import(Figure):
    """``import scratchnet`` in a new interpreter, minus the interpreter alone; byte-compiled before, as after an installation."""

    pairs = 21

    def found(self, quick):
        def start(program):
            def run():
                subprocess.run([sys.executable, "-c", program], env=environment, check=True)

            run()
            return Contender(lambda: run, clock=children)

        environment = {
            name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
        }
        pairs = 1 if quick else self.pairs
        times = side_by_side(start("import scratchnet"), start("pass"), pairs)
        return 1000 * middle([a - b for a, b in zip(times.ours, times.theirs)])
