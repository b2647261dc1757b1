"""Measure a limit: ``python -m bench.limits NAME`` in the folder tests."""

import argparse
import importlib

from . import NAMES


def main(args=None):
    parser = argparse.ArgumentParser(
        prog="bench.limits", description="scratchnet and its peers compared with bare arithmetic"
    )
    parser.add_argument(
        "name", choices=NAMES, nargs="*", help="what is measured; without a name, all names"
    )
    parser.add_argument("--quick", action="store_true", help="a smoke test: tiny work, once")
    options = parser.parse_args(args)
    if not options.name:
        print("\n".join(NAMES))
    for name in options.name:
        module = importlib.import_module("bench.limits." + name)
        for limit in module.limits(options.quick):
            for line in limit.lines(1, 0.0) if options.quick else limit.lines():
                print(line, flush=True)


if __name__ == "__main__":
    main()
