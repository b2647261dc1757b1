"""The benchmark: scratchnet compared with its peers, pair by pair, in one run.

``tox -e bench`` runs it, or, with scratchnet installed, ``python -m bench`` in the folder tests; ``--help`` says more.

    workloads.py   the trainings: sizes, samples, first parameters; and how scratchnet does them
    peers.py       the same trainings and predictions, done by others
    reference.py   the same trainings in hand-written C
    other.py       scratchnet's side of a row that runs in another process: PyPy, or an earlier version
    measure.py     two contenders timed in turn; medians, ratios; whether they compute the same
    rows/          what is compared with what, and the targets
    scaling.py     time per sample against width, depth and batch
    zeros.py       time against the share of zeros
    memory.py      the heap that the core needs on MicroPython
    report.py      text, JSON, and the table of the README

README says how to add a row, and how the numbers in engines/choice.py were found. Nothing here is a test: no time
passes or fails anything. It is an error only if two contenders compute different numbers.
"""

import os

# One thread each. The libraries read this when they are imported.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
