"""Run the benchmark: ``python -m bench`` in the folder tests."""

import argparse
import sys
import time
import traceback

from . import readme, report, scaling
from .measure import Unavailable
from .rows import table


def chosen(name, only):
    """Whether the name contains all words of one of ``only``."""
    return not only or any([all([word in name for word in words.split()]) for words in only])


def main(args=None):
    parser = argparse.ArgumentParser(
        prog="bench", description="scratchnet compared with its peers, pair by pair"
    )
    parser.add_argument(
        "--only",
        metavar="WORDS",
        action="append",
        help="only rows with all these words, such as 'train NumPy'; repeatable; "
        "'scaling' is a row, too",
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test: run every row once, with tiny work"
    )
    parser.add_argument(
        "--readme",
        action="store_true",
        help="run only what the README shows, and print its table at the end",
    )
    parser.add_argument("--json", metavar="PATH", help="also write the figures to this file")
    parser.add_argument("--list", action="store_true", help="print the names of the rows, and exit")
    options = parser.parse_args(args)

    rows = [row for row in table() if chosen(row.name, options.only)]
    if options.readme:
        rows = readme.rows_for_it(rows)
    grid = scaling.GRID if chosen("scaling", options.only) and not options.readme else []
    if options.list:
        print("\n".join([row.name for row in rows] + ["scaling"] * bool(grid)))
        return 0
    if not rows and not grid:
        parser.error("no row has these words; --list prints all names")

    start = time.perf_counter()
    about = report.head()
    print(report.head_line(about), end="\n\n")
    errors = measure(rows, options.quick)
    points = scaled(grid, options.quick)
    if options.json:
        report.write(options.json, about, rows, points)
    if options.readme:
        print("\n" + "\n".join(readme.markdown(rows)))
    print("\n{:.0f} seconds".format(time.perf_counter() - start))
    for error in errors:
        print("\n" + error, file=sys.stderr)
    return 1 if errors else 0


def measure(rows, quick):
    """Measure and print every row. Return what went wrong."""
    errors = []
    text = report.Text(rows) if rows else None
    for row in rows:
        try:
            row.measure(quick)
        except Unavailable as error:
            row.note = str(error)
        except Exception as error:  # The other rows are measured.
            row.note = "{}: {}".format(type(error).__name__, error)
            errors.append("{}\n{}".format(row.name, traceback.format_exc()))
        text.row(row)
    return errors


def scaled(grid, quick):
    """Measure and print every size of the grid. Return the figures."""
    points = []
    if grid:
        print("\n" + report.scaling_line(None))
    for place in grid:
        points.append(scaling.point(*place, quick=quick))
        print(report.scaling_line(points[-1]), flush=True)
    return points


if __name__ == "__main__":
    sys.exit(main())
