"""scratchnet's side of a row on another interpreter: a process that trains when it is told to.

    NAME         get ready to train that workload, at its first parameters
    run          train
    parameters   tell the trained parameters

Each line is answered by one of JSON. The argument is the folder that scratchnet lies in.
"""

import json
import os
import shutil
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Process:
    """The process, as its parent sees it."""

    def __init__(self, executable):
        import scratchnet  # the process itself imports this file before it can import scratchnet

        # Not by PYTHONPATH: beside scratchnet may lie packages of another interpreter.
        location = os.path.dirname(os.path.dirname(os.path.abspath(scratchnet.__file__)))
        command = [executable, "-m", "bench.pypy", location]
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

    def answer(self):
        from .measure import Unavailable

        line = self.process.stdout.readline()
        if not line:
            raise Unavailable("the other interpreter ended")
        return json.loads(line)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def training(self, name):
        """A contender, as of ``Workload.training``; what it gives is read with ``tell("parameters")``."""

        def fresh():
            self.tell(name)
            return lambda: self.tell("run")

        return fresh

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def find():
    """The path of PyPy, or None."""
    return shutil.which("pypy3")


def serve(commands):
    """Do what the lines say."""
    import platform

    from .workloads import workload

    print(
        json.dumps(
            "{} {}".format(
                platform.python_implementation(), ".".join(map(str, sys.version_info[:3]))
            )
        )
    )
    sys.stdout.flush()
    run = found = None
    for command in map(str.strip, commands):
        if command == "run":
            found = run()
        elif command != "parameters":
            run = workload(command).training()()
        print(json.dumps(found if command == "parameters" else None))
        sys.stdout.flush()


if __name__ == "__main__":
    sys.path.append(sys.argv[1])
    serve(sys.stdin)
