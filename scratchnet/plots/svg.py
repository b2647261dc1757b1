"""SVG as text: elements, and the frame and style that all pictures share.

A picture is one self-contained file, without scripts and external fonts. It draws its own
background, in a light and a dark theme. Its colours, by Okabe and Ito, are also distinct for
colour-blind people.

>>> element("circle", cx=1.25, cy=3, class_="dot s0")
'<circle cx="1.2" cy="3" class="dot s0"/>'
>>> label(10, 20, "a < b", class_="dim")
'<text x="10" y="20" class="dim">a &lt; b</text>'
"""

import html

from ..texts import width as columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

# Blue, vermilion, green, purple, orange, sky, grey: on a light and on a dark background.
LIGHT = ("#0072b2", "#d55e00", "#009e73", "#c15c94", "#d18f00", "#45a5dd", "#6b6b6b")
DARK = ("#4a9fe0", "#f2844b", "#2fbf93", "#dd92ba", "#eab543", "#93d4fa", "#a8a8a8")
COLOURS = len(LIGHT)

LETTER = 0.62  # the width of a letter in the widest common fonts, in font sizes
SMALL, LARGE = 12, 16  # font sizes in px: of names and numbers, of the title


def _theme(paper: str, ink: str, dim: str, rule: str, grid: str, blank: str, series: "Any") -> str:
    rules = [
        (".paper", "fill:" + paper),
        ("text", "fill:" + ink),
        (".dim", "fill:" + dim),
        (".axis", "stroke:" + rule),
        (".grid", "stroke:" + grid),
        (".blank", "fill:" + blank),
        (".dot", "stroke:" + paper),
        (".inverse", "fill:" + paper),
        (".neuron,.scratchnet .ring", "fill:{};stroke:{}".format(paper, dim)),
        (".border", "fill:none;stroke:" + dim),
        (".halo", "stroke:" + paper),
    ]
    rules += [(".s{}".format(k), "color:" + colour) for k, colour in enumerate(series)]
    return "".join([".scratchnet {}{{{}}}".format(*rule) for rule in rules])


STYLE = (
    ".scratchnet{font:12px system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',"
    "Arial,sans-serif}"
    ".scratchnet .title{font-size:16px;font-weight:600}"
    ".scratchnet .middle{text-anchor:middle}.scratchnet .end{text-anchor:end}"
    ".scratchnet .line{fill:none;stroke:currentColor;stroke-width:2;"
    "stroke-linejoin:round;stroke-linecap:round}"
    ".scratchnet .dot,.scratchnet .halo{paint-order:stroke;stroke-width:2}"
    ".scratchnet .halo{stroke-width:5}"
    ".scratchnet .dashed{stroke-dasharray:6 5}.scratchnet .thin{stroke-width:1.2}"
    ".scratchnet .dot,.scratchnet .area{fill:currentColor}"
    + _theme("#ffffff", "#1f2328", "#59636e", "#818b98", "#e4e8ec", "#f3f5f7", LIGHT)
    + "@media (prefers-color-scheme:dark){"
    + _theme("#16191d", "#e8ebef", "#a3adb8", "#7d8793", "#2c323a", "#1f242a", DARK)
    + "}"
)


def document(
    title: str, description: str, width: float, height: float, contents: "List[str]"
) -> str:
    """Return the whole picture."""
    head = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="scratchnet" role="img" '
        'width="{0}" height="{1}" '
        'viewBox="0 0 {0} {1}" style="max-width:100%;height:auto">'.format(
            number(width), number(height)
        ),
        element("title", escape(title)),
        element("desc", escape(description)),
        "<style>{}</style>".format(STYLE),
        element("rect", width=width, height=height, class_="paper"),
        label(20, 30, title, class_="title"),
    ]
    return "\n".join(head + contents + ["</svg>\n"])


def element(name: str, *contents: str, **attributes: "Any") -> str:
    """Return an element.

    In the name of an attribute, a ``_`` at the end is dropped and any other becomes a hyphen.
    """
    parts = [name]
    for key, value in attributes.items():
        text = value if isinstance(value, str) else number(value)
        parts.append('{}="{}"'.format(key.rstrip("_").replace("_", "-"), html.escape(text)))
    opening = " ".join(parts)
    return (
        "<{}>{}</{}>".format(opening, "".join(contents), name)
        if contents
        else "<{}/>".format(opening)
    )


def label(x: float, y: float, text: str, **attributes: "Any") -> str:
    """Return a text element. Printable characters are valid XML."""
    return element("text", escape(text), x=x, y=y, **attributes)


def tooltip(text: str) -> str:
    """Return a tooltip for the element that contains it."""
    return element("title", escape(text))


def escape(text: str) -> str:
    """Return the text, escaped as the contents of an element."""
    return html.escape(text, quote=False)


def number(value: float) -> str:
    """Return a length in px, rounded to one decimal."""
    text = "{:.1f}".format(value)
    text = text[:-2] if text.endswith(".0") else text
    return "0" if text == "-0" else text


def path(points: "Any", closed: bool = False) -> str:
    """Return the data of a path that joins points (in px) by straight lines."""
    text = "L".join(["{} {}".format(number(x), number(y)) for x, y in points])
    return "M{}{}".format(text, "Z" if closed else "")


def extent(text: str, size: float = SMALL) -> float:
    """Return the approximate width of a text in px."""
    return columns(text) * LETTER * size
