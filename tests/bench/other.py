"""scratchnet's side of a row in another process, on another interpreter or of another version.

    {"work": NAME, "quick": false, "options": {}}   prepare to train that workload with these options of ``fit``;
                                                    with "bare": MODULE, by the bare arithmetic of that limit
    "run"          train
    "clock"        return the CPU time in seconds
    "engine"       return the engine that trained
    "parameters"   return the trained parameters

Each request and each answer is a line of JSON. The argument is the folder that contains scratchnet.
"""

import importlib
import json
import os
import shutil
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Process:
    """The process, as its parent sees it.

    ``executable``   the interpreter
    ``folder``       where scratchnet is; if None, where this process has it from
    """

    def __init__(self, executable, folder=None):
        import scratchnet  # the process itself imports this file before it can import scratchnet

        own = os.path.dirname(os.path.dirname(os.path.abspath(scratchnet.__file__)))
        command = [executable, "-m", "bench.other", folder or own]
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        self.process = subprocess.Popen(
            command,
            cwd=TESTS,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            universal_newlines=True,
        )
        self.version = self.answer()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def answer(self):
        from .measure import Unavailable

        line = self.process.stdout.readline()
        if not line:
            raise Unavailable("the other interpreter ended")
        return json.loads(line)

    def ask(self, command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return self.answer()

    def contender(self, name, quick, warm=0, bare=None, **options):
        """A Contender that trains there, after ``warm`` seconds of trainings that are not timed.

        ``bare``   the module of the limit whose bare arithmetic trains instead of scratchnet
        """
        from time import perf_counter

        from .measure import Contender

        def fresh():
            self.ask({"work": name, "quick": quick, "options": options, "bare": bare})
            return lambda: self.ask("run")

        fresh()()
        end = perf_counter() + warm
        while perf_counter() < end:
            fresh()()
        return Contender(fresh, clock=lambda: self.ask("clock"))


def pypy():
    """The path of PyPy, or None."""
    return shutil.which("pypy3")


def serve(lines):
    """Do what the lines say."""
    import platform
    import time

    from .workloads import workload

    def answer(value):
        print(json.dumps(value))
        sys.stdout.flush()

    version = ".".join(map(str, sys.version_info[:3]))
    answer("{} {}".format(platform.python_implementation(), version))
    training = run = found = None
    for command in map(json.loads, lines):
        if command == "run":
            found = run()
            answer(None)
        elif command == "clock":
            answer(time.process_time())
        elif command == "engine":
            answer(training.engine)
        elif command == "parameters":
            answer(found)
        else:
            work = workload(command["work"], command["quick"])
            training = work.training(**command["options"])
            if command["bare"]:
                training = importlib.import_module(command["bare"]).bare(work)
            run = training()
            answer(None)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    import scratchnet  # noqa: F401

    del sys.path[0]  # the modules next to this one may not suit the interpreter
    serve(sys.stdin)
