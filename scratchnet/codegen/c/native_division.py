"""The loop over the samples of a step; many statements are divided among functions.

Compiling takes a time that grows faster than the length of a function: a network of many layers
would take minutes.
"""

from .native_blocks import BLOCK, words_of
from .native_text import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

    from .native_blocks import Blocks

MOST_LINES = 400  # of a function


def over_all_samples(blocks: "Blocks") -> "Tuple[List[str], List[str]]":
    """Return functions, and the statements that compute the sums over all samples with them."""
    functions: "List[str]" = []
    before, lines = blocks.before, blocks.lines
    if len(lines) > MOST_LINES and not blocks.updates:
        parts = parts_of(lines)
        functions = [function(n, part, before) for n, part in enumerate(parts)]
        before, lines = [], [CALL.format(n=n) for n in range(len(parts))]
    loop = [
        "{",
        *nested(before),
        f"    for (long long start = 0; start < size; start += {BLOCK}) {{",
        "        const long long left = size - start;",
        f"        const int block = left < {BLOCK} ? (int)left : {BLOCK};",
        *nested(nested(lines)),
        "    }",
        "}",
    ]
    return functions, loop


def parts_of(lines: "List[str]") -> "List[List[str]]":
    """Return the lines in parts, each of which ends where a statement does."""
    parts: "List[List[str]]" = [[]]
    for line in lines:
        if len(parts[-1]) > MOST_LINES // 4 and parts[-1][-1] == "}":
            parts.append([])
        parts[-1].append(line)
    return parts


def function(n: int, lines: "List[str]", before: "List[str]") -> str:
    """Return the function of a part, with those declarations ``before`` that it needs."""
    names = words_of(lines)
    declared = [line for line in before if names & words_of([line.split(" = ")[0]])]
    return FUNCTION.format(n=n, body="\n".join(nested(declared + lines)))


CALL = (
    "net_part{n}(start, block, places, inputs, targets, weights, draws, count, w, scratch, sums);"
)

FUNCTION = """\
/* Part {n} of the statements for a block of samples. */
NET_APART void net_part{n}(long long start, int block, const long long *places,
    const double *inputs, const double *targets, const double *weights, const double *draws,
    double count, const double *restrict w, double *scratch, double *sums)
{{
    (void)start, (void)places, (void)inputs, (void)targets, (void)weights, (void)draws;
    (void)count, (void)w, (void)scratch, (void)sums;
{body}
}}
"""
