"""Build the API reference from the docstrings with pdoc: ``tox -e docs``, or ``python docs.py FOLDER``.

A warning is an error. By itself pdoc would leave out modules that are not in ``__all__``, run the rows of a table
together, and show every type as ``scratchnet.core.types.Matrix``.
"""

import importlib
import pkgutil
import re
import sys
import warnings
from pathlib import Path

import pdoc
from jinja2 import pass_context
from markupsafe import Markup

import scratchnet

FILTERS = pdoc.render.env.filters
to_markdown, linkify = FILTERS["to_markdown"], FILTERS["linkify"]

# A name, or several, and what it is. An indented table is shown as it stands.
ROW = re.compile(r"^(?![\d ])([\w`., ]*\S)  +(?=\S)", re.MULTILINE)


@pass_context
def with_lists(context, docstring):
    """Make a list of each table."""
    paragraphs = docstring.split("\n\n")
    lists = [text if ">>>" in text else ROW.sub(r"- \1: ", text) for text in paragraphs]
    return to_markdown(context, "\n\n".join(lists))


@pass_context
def with_short_types(context, code, **options):
    """Make links, those to core/types.py without the module's name."""
    return Markup(re.sub(r">scratchnet\.core\.types\.", ">", linkify(context, code, **options)))


def offer_modules(package):
    """Add the modules of a package to its ``__all__``, if it has one."""
    if hasattr(package, "__all__"):
        names = {module.name for module in pkgutil.iter_modules(package.__path__)}
        package.__all__ = sorted({*package.__all__, *names} - {"__main__"})


def main(folder):
    warnings.simplefilter("error")
    offer_modules(scratchnet)
    for module in pkgutil.walk_packages(scratchnet.__path__, "scratchnet."):
        if module.ispkg:
            offer_modules(importlib.import_module(module.name))
    pdoc.doc_pyi.find_stub_file = lambda module: None  # types.pyi is for type checkers
    FILTERS.update(to_markdown=with_lists, linkify=with_short_types)
    pdoc.pdoc("scratchnet", output_directory=Path(folder))


if __name__ == "__main__":
    main(sys.argv[1])
