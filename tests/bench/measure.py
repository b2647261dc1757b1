"""Two contenders timed in turn, and whether they compute the same."""

from contextlib import contextmanager
from functools import partial
from itertools import repeat
from statistics import median
from time import perf_counter, process_time

import scratchnet as sn


class Unavailable(Exception):
    """Something that a row needs is missing; the text says what."""


class Mismatch(Exception):
    """Two contenders do not compute the same."""


class Contender:
    """What is timed: ``fresh()`` prepares everything, untimed, and returns the function to time.

    ``scale``   the whole work, as a multiple of what that function does
    ``clock``   returns the time in seconds, by default the CPU time of this process, which others disturb little
    """

    def __init__(self, fresh, scale=1.0, clock=process_time):
        self.fresh, self.scale, self.clock = fresh, scale, clock

    def seconds(self, at_least):
        """The mean time of the whole work over one or more runs that together last at least this long."""
        total, count = 0.0, 0
        while not count or total < at_least:
            run = self.fresh()
            start = self.clock()
            run()
            total += self.clock() - start
            count += 1
        return total / count * self.scale


def looped(function, argument, at_least):
    """A contender that calls a short function so often that it lasts at least this long."""
    times = 1
    while True:
        start = process_time()
        _call(function, argument, times)
        if process_time() - start >= at_least:
            break
        times *= 2
    return Contender(lambda: partial(_call, function, argument, times), 1 / times)


def _call(function, argument, times):
    for _ in repeat(None, times):
        function(argument)


def children():
    """The CPU time in seconds of the child processes that have ended."""
    try:
        import resource
    except ImportError:  # Windows
        return perf_counter()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Comparison:
    """Pairs of times in seconds, scratchnet's and the other's.

    ``ratio``      the median of the other's time over scratchnet's
    """

    def __init__(self, ours, theirs):
        self.ours, self.theirs = ours, theirs
        self.ratio = median([b / a for a, b in zip(ours, theirs)])


def side_by_side(ours, theirs, pairs, at_least=0.0):
    """Time both in turn, A B A B ..., so that a disturbance of the machine affects both."""
    times = [(ours.seconds(at_least), theirs.seconds(at_least)) for _ in range(pairs)]
    return Comparison([a for a, _ in times], [b for _, b in times])


def duration(seconds):
    """In words.

    >>> duration(0.00123), duration(0.0000123), duration(12.3)
    ('1.23 ms', '12.3 µs', '12.3 s')
    """
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms")):
        if seconds < limit:
            return digits(seconds * factor) + " " + unit
    return digits(seconds) + " s"


def digits(value):
    """Three digits, or all of those before the point."""
    return "{:.0f}".format(value) if value >= 100 else "{:.3g}".format(value)


@contextmanager
def kernel(name):
    """scratchnet's kernel, for a while."""
    try:
        former = sn.set_kernel(name)
    except ValueError as error:
        raise Unavailable(str(error).split(";")[0]) from None
    try:
        yield
    finally:
        sn.set_kernel(former)


# ---- the same numbers --------------------------------------------------------------------------------------------


def lists(value):
    """NumPy's and PyTorch's arrays as lists."""
    return value.tolist() if hasattr(value, "tolist") else value


def numbers(value):
    """All the numbers in lists of lists."""
    value = lists(value)
    return (
        [v for part in value for v in numbers(part)]
        if isinstance(value, (list, tuple))
        else [value]
    )


def check(ours, theirs, tolerance, what):
    """Mismatch unless both are the same arrays, to a tolerance relative to the largest number of each array."""
    if len(ours) != len(theirs):
        raise Mismatch("{}: {} arrays, but {}".format(what, len(ours), len(theirs)))
    for k, (a, b) in enumerate(zip(map(numbers, ours), map(numbers, theirs))):
        if len(a) != len(b):
            raise Mismatch("{}: array {} has {} numbers, but {}".format(what, k, len(a), len(b)))
        difference = max([abs(u - v) for u, v in zip(a, b)])
        largest = max([abs(v) for v in b])
        if not difference <= tolerance * largest:
            raise Mismatch(
                "{}: array {} differs by {:.1e} where {:.1e} is its largest number".format(
                    what, k, difference, largest
                )
            )
