"""The first layer of an unrolled network: fewer products if most of its many inputs are 0.

    nonzero = [0.0, *filter(None, x)]
    if len(nonzero) < 40:
        t0, t1, t2 = [sumprod(nonzero, c) for c in zip(ZEROS, *compress(ROWS, x))]
    else:
        t0, t1, t2 = [sumprod(x, c) for c in COLUMNS]

``compress(ROWS, x)`` are the weights of the non-zero inputs, as in gather.py.
"""

from ...core.functions import kernel
from .printer import long_dot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

    from ...core.types import Row
    from ...scalars import Symbolic
    from .printer import Code

FEWEST_INPUTS = 100
FEWEST_PRODUCTS = 24
MOST = 0.4  # Up to this share of non-zero inputs, collecting their weights saves time.


def gathered_products(code: "Code", x: "Row", results: "Row") -> "List[str]":
    """Return the statements that multiply the inputs by weights.

    The products get names in the code, and the weights are in its tables. The list is empty if that
    saves no time, or if the inputs have other uses.

    ``results``   what the function returns
    """
    found = products_of(code, x, results)
    # Without its zeros, a sum that is 0 may have another sign; the portable kernel keeps them.
    if kernel() == "portable" or long_dot() == "dot":
        return []
    if len(x) < FEWEST_INPUTS or len(found) < FEWEST_PRODUCTS:
        return []
    names = [code.new_name() for _ in found]
    targets = ", ".join(names)
    tables, product, otherwise = tables_of(code, found), "sumprod(nonzero, c)", []
    if long_dot():
        code.functions["sumprod"] = False
        tables.append("COLUMNS = [tuple([w * 1.0 for w in column]) for column in zip(*ROWS)]")
        otherwise.append(f"{targets} = [sumprod(x, c) for c in COLUMNS]")
    else:
        tables.insert(1, "from operator import mul")
        tables.append("ROWS = [tuple([w * 1.0 for w in row]) for row in ROWS]")
        product = "sum(map(mul, nonzero, c))"
        otherwise.append(f"{', '.join([v.name for v in x])} = x")
        for node, name in zip(found, names):
            code.assign(node, name, otherwise)
    code.names.update({id(node): name for node, name in zip(found, names)})
    lines = [f"if len(x) != {len(x)}:"]
    lines.append(f'    raise ValueError(f"x has {{len(x)}} numbers; give {len(x)}")')
    lines += ["nonzero = [0.0, *filter(None, x)]", f"if len(nonzero) < {int(MOST * len(x))}:"]
    lines.append(f"    {targets} = [{product} for c in zip(ZEROS, *compress(ROWS, x))]")
    code.tables = tables
    return [*lines, "else:", *[f"    {line}" for line in otherwise]]


def products_of(code: "Code", x: "Row", results: "Row") -> "List[Symbolic]":
    """Return the sums of products of all inputs and constants if nothing else uses the inputs."""
    inputs = [id(code.same.get(id(v))) for v in x]
    found = [node for node in code.numbers if is_product(node, inputs)]
    products = {id(node) for node in found}
    others = [v for node in code.numbers if id(node) not in products for v in node.operands]
    others += [code.same[id(v)] for v in results]
    return [] if set(map(id, others)) & set(inputs) else found


def is_product(node: "Symbolic", inputs: "List[int]") -> bool:
    if node.operation != "dot" or [id(v) for v in node.operands[::2]] != inputs:
        return False
    return all([v.is_constant for v in node.operands[1::2]])


def tables_of(code: "Code", found: "List[Symbolic]") -> "List[str]":
    """Return the lines of the table of weights, with a row for each input."""
    rows = zip(*[node.operands[1::2] for node in found])
    tables = ["from itertools import compress", "", "ROWS = ["]
    tables += [f"    ({', '.join([code.text(w) for w in row])})," for row in rows]
    tables += ["]", f"ZEROS = (0.0,) * {len(found)}"]
    return [*tables, "# New numbers lie side by side in memory, which is faster to read."]
