"""The stages of a recorded step as statements: one per vector, or one loop over the samples."""

from ...scalars.operations import CHOICE, PRODUCT
from ...scalars.symbolic import Undecided
from .expressions import Expressions, indented, is_short, loop, transposed
from .gather import ONES, VALUES
from .printer import imports, pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence, Tuple

    from ..record.recording import Product
    from ..record.vectors import Vector

    Loops = List[Tuple[str, str]]  # targets and sources

# The widest row whose numbers are written out one by one, such as the outputs and their loss. This
# takes about 0.7 ms for each number, which pays off after 1000 to 2500 samples.
WIDEST = 1024
# A function for each row pays off if at least this many products are written out.
FEWEST_PRODUCTS = 4


class Stages(Expressions):
    """The printer of the vectors of a Recording.

    ``calls_functions``   whether rows with products that are written out are computed by functions
    """

    calls_functions = False

    def all_stages(self) -> "List[str]":
        """Return the statements that compute all vectors."""
        lines: "List[str]" = []
        if self.gathered and self.gather == VALUES:
            lines.append(self.nonzero())
        for stage in sorted({v.stage for v in self.vectors.all}):
            lines += self.stage(stage)
        return lines

    def nonzero(self) -> str:
        """Return the statement that makes the non-zero entries of the samples."""
        row = "[0.0, *filter(None, x_row)] for x_row in X"
        # A generator makes each row just before it is read, so that the row is in the cache.
        is_read_once = len(self.gathered_products()) == 1
        return f"NONZERO = ({row})" if is_read_once else f"NONZERO = [{row}]"

    def function(self, signature: str, lines: "Sequence[str]") -> str:
        """Return the source of a function, after the imports of what it calls."""
        text = "\n".join(lines)
        called = ["from itertools import compress"] * ("compress(" in text)
        called += imports(self.calls, False) + ["from operator import mul"] * self.multiplies
        parts = [f"def {signature}:", *indented(lines)]
        sources = ["\n".join(called)] * bool(called)
        return "\n\n\n".join([*sources, *self.functions.sources(), "\n".join(parts)]) + "\n"

    def name_of(self, n: int) -> str:
        """Return the name of a parameter: a list of columns, a list of rows, or a flat list."""
        if n in self.gathered:
            return f"W{n}"
        return f"P{n}" if self.recording.parameters[n].flat else f"C{n}"

    def zeros(self) -> "List[str]":
        """Return the statements that make a row of zeros for each parameter that is gathered."""
        shapes = [(n, self.recording.parameters[n].shape) for n in sorted(self.gathered)]
        return [f"Z{n} = [0.0] * {columns}" for n, (_, columns) in shapes]

    def stage(self, stage: int) -> "List[str]":
        """Return the statements that compute the vectors of a stage."""
        vectors = [v for v in self.vectors.all if v.stage == stage]
        lines: "List[str]" = []
        if stage and self.recording.products[stage - 1].transposed:
            n = int(self.recording.products[stage - 1].parameter[1:])
            if n not in self.gathered:
                width = self.recording.parameters[n].shape[1]
                target = "" if is_short(width) else "c"
                lines += self.once([f"W{n} = {transposed(f'C{n}', target)}"])
        together = [v for v in vectors if not v.trunk]
        if all([v.alike and v not in self.vectors.terms for v in vectors]):
            together = []
        for vector in vectors:
            if vector not in together:
                lines += self.comprehension(vector)
                self.written.add(vector.name)
        return lines + self.spelled(together) if together else lines

    def factors(self, product: str, found: "List[str]") -> "Tuple[Any, Tuple[str, str], str]":
        """Return the loops over the samples and over the weights of a product, and its text."""
        recorded = self.recording.products[int(product[1:])]
        if recorded in self.gathered_products():
            return self.gathered_factors(recorded.parameter[1:], found)
        left = self.vectors.name_of(recorded.rows)
        whole = f"{left}_row" if left in found else ""
        length = self.vectors.width_of(left)
        row, column, text = self.product(f"{left}_", "c", length, whole)
        if row == f"{left}_":
            row, text = f"{left}_row", text.replace(f"{left}_,", f"{left}_row,")
        n = recorded.parameter[1:]
        outer = [] if whole else [(row, left.upper())]
        return outer, (column, f"W{n}" if recorded.transposed else f"C{n}"), text

    def gathered_products(self) -> "List[Product]":
        """Return the products of the samples and parameters that are gathered."""
        products = self.recording.products
        return [p for p in products if int(p.parameter[1:]) in self.gathered and not p.transposed]

    def gathered_factors(self, n: str, found: "List[str]") -> "Tuple[Any, Tuple[str, str], str]":
        outer = [] if "x" in found else [("x_row", "X")]
        weights = "c", f"zip(Z{n}, *compress(W{n}, x_row))"
        if self.gather == ONES:
            return outer, weights, self.total("c")
        return [*outer, ("nonzero", "NONZERO")], weights, self.dot("nonzero", "c")

    def comprehension(self, vector: "Vector") -> "List[str]":
        """Return the statements that compute a vector whose numbers are computed alike."""
        output = vector.rows[0][0]
        code, found = self.code([output], {}, False)
        inner, outer, product = self.sources(found, vector.width)
        clauses = []
        factors = ""
        if product:
            more, weights, factors = self.factors(product, found)
            outer += more
            inner.append(weights)
            clauses = self.named(code, product, factors)
        clauses += self.clauses(code)
        text = code.text(code.outputs[0])
        self.calls.functions.update(code.functions)
        if not inner and vector.width > 1:
            raise Undecided("all numbers of a row are equal")
        row = f"[{text}{loop(inner)}{''.join(clauses)}]"
        if self.calls_functions and factors.count("*") >= FEWEST_PRODUCTS:
            row = self.functions.row(row, outer, factors)
            outer = [(t if t.isidentifier() else f"{s.lower()}_row", s) for t, s in outer]
        return self.of_all_samples(vector, row, outer)

    def spelled(self, vectors: "List[Vector]") -> "List[str]":
        """Return the loop that computes vectors with every number of a row written out."""
        outputs = [node for v in vectors for node in v.rows[0]]
        code, found = self.code(outputs, {}, True)
        widths = {name: self.vectors.width_of(name) for name in found}
        if max(list(widths.values()) + [v.width for v in vectors]) > WIDEST:
            raise Undecided("the row is too wide to be written out")
        lines: "List[str]" = []
        outer: "Loops" = []
        for name in found:
            names = pattern([f"{name}_{j}" for j in range(widths[name])])
            if name[0] == "b":
                lines.append(f"{names} = P{name[1:]}")
            elif name == "weight":
                outer.append(("weight_0", "WEIGHT"))
            elif name[0] in "vz" and name not in self.written:
                raise Undecided("its parts are computed in another order")
            else:
                outer.append((names, name.upper()))
        body = code.statements()
        for v in vectors:
            is_term = v in self.vectors.terms
            nodes = [code.same[id(node)] for node in v.rows[0]]
            row = [code.text(node, PRODUCT if is_term else CHOICE) for node in nodes]
            if is_term:
                lines.append(f"{v.name} = -0.0")  # -0.0 + x is x, even if x is 0.0 or -0.0.
                body.append(f"{v.name} = {v.name} + {row[0]}")
            else:
                lines += self.before_loop(v)
                body.append(self.store(v, f"[{', '.join(row)}]"))
            self.written.add(v.name)
        self.calls.functions.update(code.functions)
        return self.once(lines) + self.for_each_sample(outer, body)

    # ---- the loops over the samples --------------------------------------------------------------

    def once(self, lines: "List[str]") -> "List[str]":
        """Return statements that do not depend on the sample."""
        return lines

    def of_all_samples(self, vector: "Vector", row: str, outer: "Loops") -> "List[str]":
        """Return the statements that compute a vector, given the expression of a row."""
        return [f"{vector.name.upper()} = [{row}{loop(outer)}]"]

    def before_loop(self, vector: "Vector") -> "List[str]":
        """Return the statements before the loop that computes a vector."""
        return [f"{vector.name.upper()} = []"]

    def store(self, vector: "Vector", row: str) -> str:
        """Return the statement that adds a sample's row to a vector."""
        return f"{vector.name.upper()}.append({row})"

    def for_each_sample(self, outer: "Loops", body: "List[str]") -> "List[str]":
        """Return the loop over the samples."""
        return [f"{loop(outer)[1:]}:"] + indented(body)
