"""`python -m scratchnet bundle`: the core as one file, or the package as one archive."""

import os

from ... import __version__
from ...codegen import bundle
from ...formats import files
from ..terminal import check_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

DESCRIPTION = """\
Write the core, which is the network and its training, as one Python file. It
imports only math, and runs under any name on CPython 3.6 or newer, PyPy and
MicroPython (about 180 KB). --minify leaves out what only readers need, for a
device with little flash memory (about 74 KB). MicroPython compiles a file as a
whole, which takes up to 412 KB of RAM (322 KB minified): where there is less,
compile it with mpy-cross, or copy the folder scratchnet/core instead.

With --pyz, write the whole package as an archive that Python runs without
installing it (about 980 KB).
"""
EXAMPLES = """\
examples:
  scratchnet bundle -o braincell.py                  then: import braincell
  scratchnet bundle --minify -o braincell.py         the same for a device
  scratchnet bundle --pyz -o scratchnet.pyz
  python3 scratchnet.pyz demo iris                   the command line
  PYTHONPATH=scratchnet.pyz python3 program.py       import it in a program
"""


def configure(parser: "Any") -> None:
    parser.description, parser.epilog = DESCRIPTION, EXAMPLES
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="the file to write")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--minify",
        action="store_true",
        help="leave out docstrings, comments, annotations and spaces",
    )
    form.add_argument(
        "--pyz", action="store_true", help="write the whole package, with its command line"
    )


def run(options: "Any", write: "Callable[..., None]") -> int:
    """Write the file. Return the exit status."""
    archive = os.path.dirname(bundle.FOLDER)  # if the package is in one
    check_output(options.output, [archive] + bundle.files())
    if options.pyz:
        data = bundle.archive()
    else:
        data = bundle.one_file(__version__, options.minify).encode("utf-8")
    files.write(options.output, data)
    write(f"{options.output}: {round(len(data) / 1000)} KB")
    return 0
