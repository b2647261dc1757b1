"""The table of the README: one line per workload, with pure Python and compiled C side by side."""

from .measure import digits

TITLES = ("work", "pure Python", "native")
# What the README calls a workload, and the workload of the rows in pure Python and in C.
LINES = [
    ("the article's 1000 iterations", "the article's 1000 iterations", ""),
    ("train 2-4-1, 2000 steps", "train 2-4-1", "train 2-4-1"),
    ("train 4-16-3, 150 samples, batch 16, 50 epochs", "train 4-16-3", "train 4-16-3"),
    ("train 64-32-10, 1797 samples, batch 32, 3 epochs", "train 64-32-10", "train 64-32-10"),
    ("train 784-30-10, 2000 samples, batch 10", "train 784-30-10", "train 784-30-10"),
    ("the same with Adam", "train 784-30-10, Adam", "train 784-30-10, Adam"),
    ("the same, samples of pixels", "train 784-30-10 pixels", ""),
    ("the same, a fifth of the pixels non-zero", "train 784-30-10 sparse pixels", ""),
    ("train 784-30-10, from NumPy arrays", "", "train 784-30-10, from arrays"),
    (
        "train 784-32-10 on 60,000 images from files, one epoch",
        "",
        "train 60,000 images × 784-32-10, Adam, from the files",
    ),
    ("train 64-32-10 on PyPy, warm", "train 64-32-10, PyPy", "train 64-32-10, PyPy"),
    ("train 784-30-10 on PyPy, warm", "train 784-30-10, PyPy", "train 784-30-10, PyPy"),
    ("predict one sample, 2-4-1", "predict 2-4-1", "predict 2-4-1"),
    ("predict one sample, 4-16-3", "predict 4-16-3", ""),
    ("predict one sample, 64-32-10", "predict 64-32-10", "predict 64-32-10"),
    ("predict one sample, 784-30-10", "predict 784-30-10", "predict 784-30-10"),
    ("784-30-10, batch 200, two processes", "train 784-30-10, batch 200, two processes", ""),
    ("`import scratchnet`", "import scratchnet, without the interpreter", ""),
]
LEFT_OUT = (
    "itself before",
    "its dot products",
    "micrograd",
    "microgpt's Value",
    "neat-python",
    "net.predict",
)


def rows_for_it(rows):
    """Return the rows that the table needs."""
    works = [[line[1] for line in LINES], [line[2] for line in LINES]]
    return [
        row
        for row in rows
        if row.work in works[row.requested == "native"]
        and row.against not in LEFT_OUT
        and row.requested not in LEFT_OUT
    ]


def markdown(rows):
    """Return the lines of the table."""
    rows = rows_for_it(rows)
    lines = [TITLES, ("---",) * 3]
    for title, *works in LINES:
        cells = [
            cell(
                [row for row in rows if row.work == work and (row.requested == "native") == native]
            )
            for native, work in enumerate(works)
        ]
        if any(cells):
            lines.append((title, *cells))
    return ["| " + " | ".join(line) + " |" for line in lines]


def cell(rows):
    """Return the time of a workload, and how it compares: first the peers that are slower, then the others."""
    measured = [row for row in rows if row.ours != "-"]
    if not measured:
        return ""
    ratios = [(row.comparison.ratio, row.against) for row in measured if hasattr(row, "comparison")]
    groups = [
        (word, ", ".join(["{} {} ×".format(name, digits(times)) for times, name in group]))
        for word, group in (
            ("faster", [(ratio, name) for ratio, name in ratios if ratio >= 1]),
            ("slower", [(1 / ratio, name) for ratio, name in ratios if ratio < 1]),
        )
    ]
    texts = ["{} {}".format(names, word) for word, names in groups if names]
    return measured[0].ours + (": " if texts else "") + "; ".join(texts)
