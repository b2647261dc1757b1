"""How much is done to read a file: a count, which is the same on a busy machine.

lines_run     how many lines of Python an action runs
"""

import sys


def lines_run(action):
    """Return how many lines and calls of Python the action runs. What is done in C counts as nothing."""
    count = [0]

    def trace(frame, event, argument):
        count[0] += 1
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(former)
    return count[0]
