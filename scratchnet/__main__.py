"""Run the command line: python -m scratchnet."""

import sys

try:
    from .cli import main

    status = main()
except KeyboardInterrupt:  # before a command has begun
    status = 130
sys.exit(status)
