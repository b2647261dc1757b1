"""Python source without what only readers need, for a device with little flash memory.

Docstrings, comments, annotations and spaces are left out; a level of indentation is one space.

>>> minified("def area(width: float, height: float = 1) -> float:\\n    return width * height")
'def area(width,height=1):\\n return width*height\\n'

The statements are the same as before, and the text is the same on every Python.
"""

import io
import keyword
import tokenize

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator, List, Tuple

    Words = List[str]

LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENDMARKER)


def minified(source: str) -> str:
    """Return the source with the same statements in fewer characters."""
    kept = []
    for level, words in _statements(source):
        words = _without_annotations(words)
        if words and not _is_docstring(words):
            kept.append((level, _joined(words)))
    kept.append((0, ""))
    lines = []
    for (level, text), (following, _) in zip(kept, kept[1:]):
        is_empty_block = text[-1] == ":" and following <= level
        lines.append(" " * level + text + "pass" * is_empty_block + "\n")
    return "".join(lines)


def _statements(source: str) -> "Iterator[Tuple[int, Words]]":
    """Yield the level and the words of each simple statement, and of each head of a block.

    From Python 3.12 on, an f-string is several tokens; here it is always one word.
    """
    lines = source.splitlines(True)
    level, words = 0, []
    f_strings = []  # where those that are not at their end begin
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        name = tokenize.tok_name[token.type]
        if name == "FSTRING_START":
            f_strings.append(token.start)
        elif name == "FSTRING_END":
            start = f_strings.pop()
            if not f_strings:
                words.append(_between(lines, start, token.end))
        elif f_strings or token.type in LAYOUT:
            continue
        elif token.type == tokenize.NEWLINE:
            yield level, words
            words = []
        elif token.type in (tokenize.INDENT, tokenize.DEDENT):
            level += 1 if token.type == tokenize.INDENT else -1
        else:
            words.append(token.string)


def _between(lines: "List[str]", start: "Tuple[int, int]", end: "Tuple[int, int]") -> str:
    """Return the text between two places, each a line, counted from 1, and a column."""
    text = "".join(lines[start[0] - 1 : end[0]])
    return text[start[1] : len(text) - len(lines[end[0] - 1]) + end[1]]


def _is_docstring(words: "Words") -> bool:
    return len(words) == 1 and words[0][-1] in "'\""


def _without_annotations(words: "Words") -> "Words":
    """Return the words of a statement without its annotations. Nothing may be left of it."""
    if words[0] == "def":
        return _without_annotations_of_arguments(words)
    colon = words.index(":") if ":" in words else 0
    target = words[:colon]
    if colon and words[-1] != ":" and all([_is_name(word) or word == "." for word in target]):
        return target + words[words.index("=") :] if "=" in words else []
    return words


def _is_name(word: str) -> bool:
    return word.isidentifier() and not keyword.iskeyword(word)


def _without_annotations_of_arguments(words: "Words") -> "Words":
    kept: "Words" = []
    depth = 0  # of brackets
    is_annotation = False
    for i, word in enumerate(words):
        depth -= word in (")", "]", "}")
        at_end = (depth, word) in ((0, ")"), (0, ":"), (1, ","), (1, "="))
        follows_argument = depth == 1 and word == ":" and words[i - 2] in ("(", ",", "*", "**")
        is_annotation = word == "->" or follows_argument or is_annotation and not at_end
        if not is_annotation:
            kept.append(word)
        depth += word in ("(", "[", "{")
    return kept


def _joined(words: "Words") -> str:
    """Return the words as text, with spaces only where they are needed."""
    text = words[0]
    for word in words[1:]:
        text += " " * _would_merge(text[-1], word[0]) + word
    return text


def _would_merge(last: str, first: str) -> bool:
    """Return whether two words with these characters at their border would become one."""
    both_in_names = all([c.isalnum() or c == "_" for c in (last, first)])
    return both_in_names or last == first and first in "'\""
