"""The page: an explanation as one HTML file that works offline.

The file contains the record as JSON (see data.py) and a script (page.js) that displays it and does
not compute any of its numbers. Names are user input and never become markup. The content security
policy of the page allows no other script and loads nothing.

>>> text = page({"title": "</script><b>"})
>>> "</script><b>" in text, "\\\\u003c/script\\\\u003e\\\\u003cb\\\\u003e" in text
(False, True)
>>> frame("<p>&</p>")[:50]
'<iframe sandbox="allow-scripts" title="scratchnet:'
"""

import base64
import hashlib
import html as markup
import json
import pkgutil
import re

from ..texts import html_table
from .text import number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Match

    from .number import Number

HEIGHT = 900  # of the frame in a notebook, in pixels


def page(data: "Dict[str, Any]") -> str:
    """Return the page for the data of an explanation."""
    style, script = _file("page.css"), _file("page.js")
    policy = "default-src 'none'; img-src data:; style-src {}; script-src {}".format(
        _digest(style), _digest(script)
    )
    fillings = {"policy": policy, "style": style, "script": script, "data": embed(_exact(data))}

    def filling(match: "Match[str]") -> str:
        return fillings[match.group(1)]

    return re.sub(r"\{\{(\w+)\}\}", filling, _file("page.html"))


def frame(html: str) -> str:
    """Return a frame with the page for another document, such as a notebook.

    The page cannot access the document around it.
    """
    text = (
        '<iframe sandbox="allow-scripts" title="scratchnet: a training step" '
        'width="100%" height="{}" style="border:0" srcdoc="{}"></iframe>'
    )
    return text.format(HEIGHT, markup.escape(html))


def card(found: "Number") -> str:
    """Return a number of an explanation for a notebook: its formulas, and what it is made from."""
    rows = [("exactly", repr(found.value))]
    if found.node.operation:
        rows += [("formula", found.formula), ("with numbers", found.substituted)]
    rows += [("the rule", line) for line in found.textbook[:1]]
    rows += zip(("by the rule", "with numbers"), found.by_the_book())
    if found.chain:
        by_number = found.chain_substituted or ""
        rows += [("by the chain rule", found.chain), ("with numbers", by_number)]
    source = "{}:{}: {}".format(*found.source) if found.source else "given"
    rows.append(("computed by" if found.source else "", source))
    head = ["", f"{found.name or 'a constant'} = {number(found.value)}"]
    inputs = [
        (part.name, number(part.value), part.formula if part.node.operation else "given")
        for part in found.operands
        if part.name
    ]
    origin = html_table(["from", "value", "formula"], inputs) if inputs else ""
    return html_table(head, rows) + origin


def embed(data: "Any") -> str:
    """Return ASCII JSON for a script element, in which no character has a meaning in HTML.

    >>> embed({"<!--": "&\\u2028"})
    '{"\\\\u003c!--":"\\\\u0026\\\\u2028"}'
    """
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, "\\u{:04x}".format(ord(character)))
    return text


def _exact(data: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the data with integer values as text, because JavaScript does not tell 1 from 1.0."""
    rows = []
    for row in data.get("numbers", []):
        values = [
            str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row["values"]
        ]
        rows.append(dict(row, values=values))
    return dict(data, numbers=rows)


def _file(name: str) -> str:
    """Return the text of a file in this folder, with the line ends of HTML, as the digest needs."""
    return (pkgutil.get_data(__name__, name) or b"").decode("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    """Return the digest of a script or style for the content security policy."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return "'sha256-{}'".format(base64.b64encode(digest).decode())
