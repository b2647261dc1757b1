"""The report: lines of text as they come, and one JSON file."""

import datetime
import json
import os
import platform
from statistics import median

from . import peers
from .measure import digits, duration

HEADINGS = (
    "work",
    "against",
    "kernel",
    "scratchnet",
    "the other",
    "ratio",
    "target",
    "reached",
    "note",
)
SCALING = (
    "width",
    "depth",
    "batch",
    "weights",
    "train µs",
    "predict µs",
    "unrolled µs",
    "train ns/weight",
    "engine",
)


def head():
    """Where and when this is, and with what."""
    return {
        "machine": "{}, {} processors".format(processor(), os.cpu_count()),
        "system": platform.platform(terse=True),
        "date": datetime.date.today().isoformat(),
        "python": "{} {}".format(platform.python_implementation(), platform.python_version()),
        "versions": peers.versions(),
    }


def processor():
    """Its model, where that can be told."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [
                line.split(":", 1)[1].strip() for line in file if line.startswith("model name")
            ]
    except OSError:
        models = []
    return models[0] if models else platform.processor() or platform.machine()


def head_line(about):
    versions = ", ".join(
        ["{} {}".format(name, version) for name, version in about["versions"].items()]
    )
    return "{machine}; {system}; {date}; {python}; {versions}".format(
        **dict(about, versions=versions)
    )


# ---- text --------------------------------------------------------------------------------------------------------


class Text:
    """The table, each line printed when it is known."""

    def __init__(self, rows):
        widths = [
            max([len(row[k]) for row in [HEADINGS] + [(r.work, r.against, r.kernel) for r in rows]])
            for k in range(3)
        ]
        self.form = (
            "{{:{}}}  {{:{}}}  {{:{}}}  {{:>10}}  {{:>10}}  {{:>15}}  {{:21}}  {{:7}}  {{}}".format(
                *widths
            )
        )
        self.line(HEADINGS)

    def line(self, cells):
        print(self.form.format(*cells).rstrip(), flush=True)

    def row(self, row):
        self.line((row.work, row.against, row.kernel) + figures(row))


def figures(row):
    """The cells of a row from the times on."""
    if row.comparison is None:
        return "-", "-", "-", row.target, "", row.note
    reached = {True: "yes", False: "NO", None: ""}[row.reached]
    ours, theirs = [
        duration(median(seconds)) for seconds in (row.comparison.ours, row.comparison.theirs)
    ]
    ratio = (
        "{:+.1f} ms".format(row.comparison.more * 1000)
        if row.more is not None
        else times(row.comparison.ratio)
    )
    return ours, theirs, ratio, row.target, reached, row.note


def times(ratio):
    return (
        "{} × faster".format(digits(ratio))
        if ratio >= 1
        else "{} × slower".format(digits(1 / ratio))
    )


def scaling_line(point):
    """A line of the table of scaling; its headings, without a point."""
    form = "{:>5}  {:>5}  {:>5}  {:>7}  {:>9}  {:>10}  {:>11}  {:>15}  {}"
    if point is None:
        return form.format(*SCALING).rstrip()
    unrolled = "-" if point["unrolled_us"] is None else digits(point["unrolled_us"])
    cells = [point[name] for name in ("width", "depth", "batch", "weights")]
    cells += [digits(point["train_us"]), digits(point["predict_us"]), unrolled]
    cells += [digits(1000 * point["train_us"] / point["weights"]), point["engine"]]
    return form.format(*cells).rstrip()


# ---- JSON --------------------------------------------------------------------------------------------------------


def write(path, about, rows, points):
    """All of it; times in seconds."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(
            {"head": about, "rows": [record(row) for row in rows], "scaling": points},
            file,
            indent=1,
        )
        file.write("\n")


def record(row):
    found = {
        name: getattr(row, name)
        for name in ("work", "against", "kernel", "target", "reached", "note")
    }
    comparison = row.comparison
    if comparison is not None:
        found.update(
            scratchnet=comparison.ours,
            other=comparison.theirs,
            ratio=comparison.ratio,
            more=comparison.more,
        )
    return found
