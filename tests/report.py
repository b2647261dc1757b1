"""Print what conftest.py noted in a folder: how many tests passed, failed and were skipped, and why.

``python report.py FOLDER`` (``tox -e report``, after the other environments)
"""

import json
import os
import sys

OUTCOMES = "passed", "failed", "skipped"


def main(folder):
    total = dict.fromkeys(OUTCOMES, 0)
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            found = json.load(file)
        counts = ", ".join("{} {}".format(found[outcome], outcome) for outcome in OUTCOMES)
        print("{}: {}".format(name.replace(".json", ""), counts))
        for reason, count in sorted(found["reasons"].items()):
            print("    {} skipped: {}".format(count, reason))
        for outcome in OUTCOMES:
            total[outcome] += found[outcome]
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**total))


if __name__ == "__main__":
    main(sys.argv[1])
