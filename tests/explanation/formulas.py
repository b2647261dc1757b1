"""Evaluates printed formulas, independently of the record they were printed from."""

import math
import re


def evaluated(text, names=None):
    """The value of a formula as it is printed, with numbers, or with names that have these values."""
    text = text.replace(" · ", "*").replace("·", "*").replace("−", "-").replace(" / ", "/")
    for name in sorted(names or {}, key=len, reverse=True):
        text = text.replace(name, "({!r})".format(names[name]))
    text = without_reasons(text)
    while "|" in text:
        text = re.sub(r"\|([^|]*)\|", r"abs(\1)", text, count=1)
    text = text.replace("^", "**")
    known = {
        "e": math.e,
        "ln": math.log,
        "tanh": math.tanh,
        "erf": math.erf,
        "sqrt": math.sqrt,
        "cos": math.cos,
        "max": max,
        "abs": abs,
    }
    return float(eval(text, {"__builtins__": {}}, known))


def without_reasons(text):
    """The text without ", since ..." up to the end of the parentheses around it."""
    found = []
    depth, left = 0, None
    for i, character in enumerate(text):
        if left is None and text.startswith(", since ", i):
            left = depth
        depth += {"(": 1, ")": -1}.get(character, 0)
        if left is not None and depth < left:
            left = None
        if left is None:
            found.append(character)
    return "".join(found)
