"""What a line of the table is."""

from ..measure import digits, duration, kernel

IN_A_ROW = 0.05  # seconds that a contender is run at a time, or once if that lasts longer


class Row:
    """A line of the table.

    ``work``, ``against``   the workload, and what it is compared with
    ``requested``   the engine that is requested of scratchnet
    ``engine``      the engine that ran; known after the measurement
    ``kernel``      scratchnet's kernel
    ``pairs``       how many pairs are timed
    ``note``        a remark for the report
    """

    pairs = 5
    kernel = "fast"
    engine = note = ""

    def __init__(self, work, against, requested="auto"):
        self.work, self.against, self.requested = work, against, requested

    @property
    def name(self):
        return " | ".join([self.work, self.against, self.requested])

    def measure(self, quick):
        """Time it, or run tiny work once if ``quick``. Raise Unavailable if something is missing."""
        with kernel(self.kernel):
            self.run(quick)

    def run(self, quick):
        """Measure, and keep what was measured."""
        raise NotImplementedError

    # What the report says; the last two once it is measured.
    target = ""
    reached = None
    ours = theirs = result = "-"

    def record(self):
        """What the JSON says."""
        names = "work against requested engine kernel target reached note".split()
        return {name: getattr(self, name) for name in names}


class Comparing(Row):
    """scratchnet and a contender, in pairs.

    ``faster``    how many times faster scratchnet should at least be: 0.5 is "at most twice as slow"; None: no target
    """

    comparison = None

    def __init__(self, work, against, faster=None, requested="auto"):
        super().__init__(work, against, requested)
        self.faster = faster

    def run(self, quick):
        self.comparison = self.compare(
            1 if quick else self.pairs, 0.0 if quick else IN_A_ROW, quick
        )

    def compare(self, pairs, at_least, quick):
        """Check that both compute the same, then time them."""
        raise NotImplementedError

    @property
    def target(self):
        return "" if self.faster is None else "at least " + times(self.faster)

    @property
    def reached(self):
        """Whether the target is reached; None if there is no target or no figure."""
        if self.comparison is None or self.faster is None:
            return None
        return self.comparison.ratio >= self.faster

    @property
    def ours(self):
        return duration(middle(self.comparison.ours)) if self.comparison else "-"

    @property
    def theirs(self):
        return duration(middle(self.comparison.theirs)) if self.comparison else "-"

    @property
    def result(self):
        return times(self.comparison.ratio) if self.comparison else "-"

    def record(self):
        found = super().record()
        if self.comparison:
            figures = vars(self.comparison)
            found.update(
                scratchnet=figures["ours"], other=figures["theirs"], ratio=figures["ratio"]
            )
        return found


class Figure(Row):
    """A figure of scratchnet alone.

    ``most``    the target: the largest figure, in the unit; None: no target
    """

    figure = None

    def __init__(self, work, unit, most=None, requested="auto"):
        super().__init__(work, "", requested)
        self.unit, self.most = unit, most

    def run(self, quick):
        self.figure = self.found(quick)

    def found(self, quick):
        """Return the figure in the unit."""
        raise NotImplementedError

    @property
    def target(self):
        return "" if self.most is None else "at most {} {}".format(digits(self.most), self.unit)

    @property
    def reached(self):
        return None if self.figure is None or self.most is None else self.figure <= self.most

    @property
    def ours(self):
        return "-" if self.figure is None else "{} {}".format(digits(self.figure), self.unit)

    def record(self):
        return dict(super().record(), figure=self.figure, unit=self.unit)


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


def times(ratio):
    """In words.

    >>> times(2.5), times(0.5), times(1)
    ('2.5 × faster', '2 × slower', '1 × faster')
    """
    if ratio >= 1:
        return digits(ratio) + " × faster"
    return digits(1 / ratio) + " × slower"
