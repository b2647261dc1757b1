"""The page: an explanation as one HTML file that needs no network.

It holds the record as JSON (see data.py) and a script (page.js) that shows it and computes nothing. Names come from
people; no markup is ever made of them. The page's own policy lets no other script run, and nothing be loaded.

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

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Match

HEIGHT = 900  # of the frame in a notebook, in pixels


def page(data: "Dict[str, Any]") -> str:
    """The whole page of an explanation's data, as text."""
    style, script = _file("page.css"), _file("page.js")
    policy = "default-src 'none'; img-src data:; style-src {}; script-src {}".format(
        _digest(style), _digest(script)
    )
    fillings = {"policy": policy, "style": style, "script": script, "data": embedded(_exact(data))}

    def filling(match: "Match[str]") -> str:
        return fillings[match.group(1)]

    return re.sub(r"\{\{(\w+)\}\}", filling, _file("page.html"))


def frame(html: str) -> str:
    """A page inside another, such as a notebook: it cannot reach what is around it."""
    text = '<iframe sandbox="allow-scripts" title="scratchnet: a training step" width="100%" height="{}" style="{}" {}'
    return text.format(HEIGHT, "border:0", 'srcdoc="{}"></iframe>'.format(markup.escape(html)))


def embedded(data: "Any") -> str:
    """JSON that may stand in a script element: no character in it means anything to HTML, and all are ASCII.

    >>> embedded({"<!--": "&\\u2028"})
    '{"\\\\u003c!--":"\\\\u0026\\\\u2028"}'
    """
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, "\\u{:04x}".format(ord(character)))
    return text


def _exact(data: "Dict[str, Any]") -> "Dict[str, Any]":
    """The data, whole numbers among the values as text: JavaScript could not tell 1 from 1.0."""
    rows = []
    for row in data.get("numbers", []):
        values = [
            str(v) if isinstance(v, int) and not isinstance(v, bool) else v for v in row["values"]
        ]
        rows.append(dict(row, values=values))
    return dict(data, numbers=rows)


def _file(name: str) -> str:
    """A file beside this one; its lines end as HTML reads them, or its digest would differ."""
    return (pkgutil.get_data(__name__, name) or b"").decode("utf-8").replace("\r\n", "\n")


def _digest(text: str) -> str:
    return "'sha256-{}'".format(
        base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
    )
