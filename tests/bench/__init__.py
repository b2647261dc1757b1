"""The benchmark: scratchnet beside its peers, pair by pair, in one run.

``tox -e bench`` runs it, or, with scratchnet installed, ``python -m bench`` in the folder tests; ``--help`` tells more.

    workloads.py   the trainings: sizes, samples, first parameters; and how scratchnet does them
    peers.py       the same trainings and predictions, done by others
    measure.py     two contenders timed in turn; medians, ratios; whether they compute the same
    rows.py        what is compared with what, and what must be reached
    pypy.py        scratchnet's side of a row that runs on another interpreter
    memory.py      the heap that the core needs on MicroPython
    scaling.py     time per sample against width, depth and batch
    report.py      text and JSON

Nothing here is a test: no time passes or fails anything. Only two contenders whose numbers differ are an error.
"""
