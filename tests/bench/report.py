"""The report: lines of text as they come, and one JSON file; readme.py makes the table of the README."""

import datetime
import json
import os
import platform

from . import peers
from .measure import digits

HEADINGS = (
    "work",
    "against",
    "engine",
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
    """Return the machine, the date and the versions."""
    return {
        "machine": "{}, {} processors".format(processor(), os.cpu_count()),
        "system": platform.platform(terse=True),
        "date": datetime.date.today().isoformat(),
        "python": "{} {}".format(platform.python_implementation(), platform.python_version()),
        "versions": peers.versions(),
    }


def processor():
    """Return its model, if that is known."""
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
        first = [HEADINGS] + [(row.work, row.against) for row in rows]
        widths = [max([len(line[k]) for line in first]) for k in range(2)]
        self.form = (
            "{{:{}}}  {{:{}}}  {{:11}}  {{:>10}}  {{:>10}}  {{:>13}}  {{:22}}  {{:7}}  {{}}".format(
                *widths
            )
        )
        self.line(HEADINGS)

    def line(self, cells):
        print(self.form.format(*cells).rstrip(), flush=True)

    def row(self, row):
        reached = {True: "yes", False: "NO", None: ""}[row.reached]
        engine = row.engine or row.requested
        cells = row.ours, row.theirs, row.result, row.target, reached, row.note
        self.line((row.work, row.against, engine) + cells)


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
            {"head": about, "rows": [row.record() for row in rows], "scaling": points},
            file,
            indent=1,
        )
        file.write("\n")
