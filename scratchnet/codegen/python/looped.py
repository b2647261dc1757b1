"""A training step as loops with indices, for PyPy, which compiles such loops to machine code.

The Recording and the signatures are those of fused.py. A matrix parameter is a list of its columns,
which are changed in place. There are no comprehensions over pairs of rows, because PyPy would make
an object for each number. Products of matrices are functions of loop_products.py. Everything else
is a loop over the samples, and loops over their rows. Nothing is rearranged.
"""

from ...scalars.operations import CHOICE, PRODUCT
from ...scalars.symbolic import Undecided
from ..own import generate_from_samples
from ..program import reachable
from ..record.recording import TrainingStep
from .expressions import indented
from .fused import Fused, FusedProgram
from .loop_products import source_of
from .loop_updates import MOST_WRITTEN_OUT, LoopUpdates
from .printer import Code
from .reductions import Reduction, VectorsInLoops

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Sequence, Set, Tuple

    from ..record.vectors import Vector

# The widest row whose numbers are written out one by one; PyPy compiles only short functions.
WIDEST = 64


class Looped(Fused):
    """The printer of a TrainingStep as loops, for batches of any size if ``size`` is 0.

    ``kept``     the names of the vectors whose numbers of all samples are kept
    ``known``    the names of what the loop over the samples has computed
    ``read``     the names of the rows that it reads
    ``hoisted``  {statements before a loop over a row: the name of their result}, for what is the
                 same for all numbers of the row
    ``products_used``   the functions of loop_products.py that are called
    """

    kind_of_vectors = VectorsInLoops
    kind_of_updates = LoopUpdates

    def all_stages(self) -> "List[str]":
        self.kept = self.names_to_keep()
        self.products_used: "Set[str]" = set()
        return Fused.all_stages(self)

    def function(self, signature: str, lines: "Sequence[str]") -> str:
        source = Fused.function(self, signature, lines)
        return source + "".join([f"\n\n{text}\n" for text in source_of(self.products_used)])

    def names_to_keep(self) -> "Set[str]":
        """Return the names of the vectors that are needed after their stage."""
        vectors = self.vectors
        found = {vectors.name_of(product.rows) for product in self.recording.products}
        found.update([name for pair in vectors.updates.values() for name in pair])
        stages = {v.name: v.stage for v in vectors.all}
        for vector in vectors.all:
            for node in vector.rows[0]:
                names = vectors.references(node)
                found.update([name for name in names if stages.get(name, 99999) < vector.stage])
        return found

    def stage(self, stage: int) -> "List[str]":
        lines = []
        if stage:
            product = self.recording.products[stage - 1]
            function = "combinations" if product.transposed else "products"
            self.products_used.add(function)
            left = self.vectors.name_of(product.rows).upper()
            lines.append(f"Z{stage - 1} = {function}({left}, C{product.parameter[1:]})")
        terms = self.vectors.terms
        vectors = [v for v in self.vectors.all if v.stage == stage and v not in terms]
        vectors += [v for v in terms if v.stage == stage]
        lines += [f"{v.name} = -0.0" for v in vectors if v in terms]
        kept = [v.name for v in vectors if v.name in self.kept]
        lines += [f"{name.upper()} = []" for name in kept]
        self.known: "Set[str]" = set()
        self.read: "List[str]" = []
        body: "List[str]" = []
        for group in self.groups(vectors):
            body += self.group(group)
            self.known.update([v.name for v in group])
        body += [f"{name.upper()}.append({name})" for name in kept]
        head = [f"{name} = {name.upper()}[i]" for name in self.read]
        self.written.update(self.known)
        return lines + ["for i in range(len(X)):"] + indented(head + body)

    def groups(self, vectors: "List[Vector]") -> "List[List[Vector]]":
        """Divide vectors, in their order, into those that are computed in the same loop."""
        found: "List[List[Vector]]" = []
        for vector in vectors:
            former = found[-1] if found else []
            reductions = [v.name for v in former if isinstance(v, Reduction)]
            needed = self.vectors.references(vector.rows[0][0])
            if (
                former
                and length_of(vector) == length_of(former[0])
                and not any([name in needed for name in reductions])
            ):
                former.append(vector)
            else:
                found.append([vector])
        return found

    def group(self, vectors: "List[Vector]") -> "List[str]":
        """Return the statements that compute vectors of the same length."""
        length = length_of(vectors[0])
        if not length:
            return self.spelled(vectors)
        before: "List[str]" = []
        self.hoisted: "Dict[Tuple[str, ...], str]" = {}
        outputs = [first_of(v) for v in vectors]
        code = self.code_at("k", outputs)
        lines = code.statements()
        for v, node in zip(vectors, outputs):
            text = code.text(code.same[id(node)], PRODUCT if isinstance(v, Reduction) else CHOICE)
            if not isinstance(v, Reduction):
                before.append(f"{v.name} = [0.0] * {length}")
                lines.append(f"{v.name}[k] = {text}")
            elif v.is_sum:
                before.append(f"{v.name} = -0.0")  # -0.0 + x is x, even if x is 0.0 or -0.0.
                lines.append(f"{v.name} = {v.name} + {text}")
            else:
                first = self.code_at("0", [first_of(v)])
                self.calls.functions.update(first.functions)
                before += first.statements() + [f"{v.name} = {first.text(first.outputs[0])}"]
                if " " in text:
                    lines.append(f"u = {text}")
                    text = "u"
                lines.append(f"{v.name} = {text} if {text} > {v.name} else {v.name}")
        self.calls.functions.update(code.functions)
        hoisted: "List[str]" = []
        for (*statements, text), name in self.hoisted.items():
            hoisted += statements + [f"{name} = {text}"]
        return hoisted + before + [f"for k in range({length}):"] + indented(lines)

    def spelled(self, vectors: "List[Vector]") -> "List[str]":
        """Return the statements that compute rows whose numbers are written out one by one."""
        outputs = [node for v in vectors for node in v.rows[0]]
        code = self.code_at("", outputs)
        if len(outputs) > len(vectors):
            if any([v.width > WIDEST for v in vectors]):
                raise Undecided("the row is too wide to be written out")
            if any([node.operation == "where" for node in code.numbers]):
                raise Undecided("PyPy would compile one path for each of many choices")
        lines = code.statements()
        for v in vectors:
            is_term = v in self.vectors.terms
            nodes = [code.same[id(node)] for node in v.rows[0]]
            texts = [code.text(node, PRODUCT if is_term else CHOICE) for node in nodes]
            if is_term:
                lines.append(f"{v.name} = {v.name} + {texts[0]}")
            else:
                lines.append(f"{v.name} = [{', '.join(texts)}]")
        self.calls.functions.update(code.functions)
        return lines

    # ---- references ------------------------------------------------------------------------------

    def code_at(self, place: str, outputs: "Sequence[Any]") -> "Code":
        """Return the code of numbers at a place of their rows; "" means each at its own place."""
        names: "Dict[int, str]" = {}
        own = {id(output) for output in outputs}
        seen: "Set[int]" = set()
        waiting = list(outputs)[::-1]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            vector, index = self.vectors.place_of(node)
            if id(node) in own and not self.is_computed(vector):
                vector, index = "" if node.operation else node.name, getattr(node, "index", None)
            if node.operation and not vector:
                if id(node) not in own and self.is_scalar(node):
                    names[id(node)] = self.scalar(node)
                elif place and id(node) not in own and self.is_single(node):
                    names[id(node)] = self.hoist(node)
                else:
                    waiting.extend(node.operands[::-1])
            elif index is not None and node.kind != "unit":
                names[id(node)] = self.reference(vector, index, place)
        return Code(outputs, names)

    def reference(self, vector: str, index: "Any", place: str) -> str:
        """Return the expression of a number of a vector."""
        if isinstance(index, tuple):  # one weight
            return f"C{vector[1:]}[{index[1]}][{index[0]}]"
        width = self.vectors.width_of(vector)
        at = place if width > 1 and place else index
        if vector[0] == "b":
            return f"P{vector[1:]}[{at}]"
        if vector[0] == "v" and not self.is_computed(vector):
            raise Undecided("its parts are computed in another order")
        if vector not in self.known and vector not in self.read:
            self.read.append(vector)
        is_number = vector == "weight" or vector in [
            v.name for v in self.vectors.all if isinstance(v, Reduction)
        ]
        return vector if is_number else f"{vector}[{at}]"

    def is_computed(self, vector: str) -> bool:
        return vector in self.known or vector in self.written

    def is_single(self, node: "Any") -> bool:
        """Return whether a number is the same for all places of the rows of a sample."""
        leaves = [v for v in reachable([node], self.vectors.place) if not v.is_constant]
        places = [self.vectors.place_of(v) for v in leaves if id(v) in self.vectors.place or v.name]
        return all([self.vectors.width_of(name) == 1 for name, _ in places])

    def hoist(self, node: "Any") -> str:
        """Return the name of a number that is computed before a loop over a row."""
        code = self.code_at("", [node])
        lines = code.statements()
        key = tuple(lines + [code.text(code.outputs[0])])
        self.calls.functions.update(code.functions)
        return self.hoisted.setdefault(key, f"u{len(self.hoisted)}")

    # ---- the loss --------------------------------------------------------------------------------

    def penalty(self, node: "Any", grid: "Any", w: "Any") -> str:
        """Add the loop that computes a sum over all weights, and return its name."""
        name = f"p{len(self.penalties)}"
        rows, columns = grid.shape
        code = Code([node], {id(w): "w"})
        statements = code.statements()
        body = [f"w = C{grid.name[1:]}[j][i]"] + statements
        body.append(f"{name} = {name} + {code.text(code.outputs[0], PRODUCT)}")
        loops = [f"for j in range({columns}):"] + indented(body)
        self.penalties += [f"{name} = -0.0", f"for i in range({rows}):"] + indented(loops)
        self.calls.functions.update(code.functions)
        return name


def length_of(vector: "Vector") -> int:
    """Return how many numbers the loop over a row computes; 0 if there is no such loop."""
    if isinstance(vector, Reduction):
        return len(vector.terms[0])
    return vector.width if vector.alike and vector.width > 1 else 0


def first_of(vector: "Vector") -> "Any":
    """Return what the loop over a row computes at the first place."""
    return vector.terms[0][0] if isinstance(vector, Reduction) else vector.rows[0][0]


def size_in_code(size: int, largest: int, samples: int) -> int:
    """Return the batch size of the program that runs batches of this size; 0 means any size.

    ``largest``   the size of all batches except the last one
    """
    return 0 if largest > MOST_WRITTEN_OUT or samples % largest > 0 else size


def of_batches(
    net: "Any", loss: "Any", optimizer: "Any", shape: "Tuple[int, int, bool]", size: int
) -> "FusedProgram":
    """Return the program of a step, like that of fused.py, for batches of any size if it is 0."""
    return generate_from_samples(  # type: ignore[no-any-return]
        lambda count: Looped(TrainingStep(net, loss, optimizer, shape, count), size).program(),
        net,
        loss,
    )
