"""What a recorded training step keeps of each sample, and in which order it is computed.

A Vector is a row of numbers per sample: the input of a matrix product, what a product over the
samples sums, or what a later part of the step needs again. A *stage* is what can be computed when a
product is known: stage 0 before the first product, stage k + 1 after the k-th.
"""

from ...scalars.symbolic import Undecided
from .recording import Prediction, TrainingStep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Set, Tuple

    from .recording import Recording


class Vector:
    """A row of numbers per sample.

    ``rows``     the numbers of each sample in the record
    ``stage``    the stage in which it is computed
    ``alike``    whether each number is computed in the same way, from numbers at its own place
    ``trunk``    whether it is a product that several others are computed from
    ``checked``  whether it is known to be the same of every sample
    """

    def __init__(self, name: str, rows: "Any", stage: int) -> None:
        self.name = name
        self.rows = [list(row) for row in rows]
        self.stage = stage
        self.width = len(self.rows[0])
        self.alike = False
        self.trunk = False
        self.checked = False


class Vectors:
    """The vectors of a recording.

    ``all``      the vectors that are computed, by stage and in their order
    ``place``    {id of a number: (name of its vector, index)}, for inputs and computed vectors
    ``terms``    the vectors of one number that are summed over the samples for the loss
    ``draws``    for each group of random numbers, how many of them each sample takes
    """

    def __init__(self, recording: "Recording") -> None:
        self.recording = recording
        self.place: "Dict[int, Tuple[str, Any]]" = {}
        self.all: "List[Vector]" = []
        self.widths = recording.widths  # of all vectors, by their names
        self.stages: "Dict[int, int]" = {}
        self.same_pairs: "Set[Tuple[int, int]]" = set()  # of numbers of two samples
        self.terms: "List[Vector]" = []
        self.summed: "List[Any]" = []  # the sums over the samples in the loss
        self.draws = recording.group_draws(self.owners())
        for product in recording.products:
            self.name_of(product.rows)
        self.updates: "Dict[int, Tuple[str, str]]" = {}  # {parameter: (left, right)}, left or ""
        self.output = ""
        if isinstance(recording, TrainingStep):
            self.add_gradients_and_loss(recording)
        elif isinstance(recording, Prediction):
            self.output = self.name_of(recording.output)
        self.check_all()
        self.keep_products()
        self.all.sort(key=lambda v: (v.stage, max([node.serial for node in v.rows[0]])))

    # ---- which vectors there are -----------------------------------------------------------------

    def add_gradients_and_loss(self, recording: "TrainingStep") -> None:
        for n, p in enumerate(recording.parameters):
            if not p.frozen:
                self.updates[n] = self.parts_of_gradient(p)
        for node in self.sums_in(recording.value):
            rows = [[v] for v in node.operands]
            recording.check_samples(rows)
            self.terms.append(self.vector(rows))
            self.summed.append(node)

    def name_of(self, rows: "Any") -> str:
        """Return the name of the vector with these rows; make the vector if there is none."""
        first = rows[0]
        name, index = self.place_of(first[0])
        computed = [v.name for v in self.all]
        if index == 0 and (name in computed or name in ("x", "y") or name.startswith("r")):
            if self.width_of(name) == len(first) and all(
                [self.place_of(v) == (name, j) for row in rows for j, v in enumerate(row)]
            ):
                return name
        return self.vector(rows).name

    def vector(self, rows: "Any") -> Vector:
        """Return a new vector."""
        vector = Vector(f"v{len(self.all)}", rows, max(map(self.stage_of, rows[0])))
        self.all.append(vector)
        self.widths[vector.name] = vector.width
        for row in vector.rows:
            for j, node in enumerate(row):
                self.place.setdefault(id(node), (vector.name, j))
        return vector

    def place_of(self, node: "Any") -> "Tuple[str, Any]":
        """Return the vector and the index of a number, or ("", None)."""
        if id(node) in self.place:
            return self.place[id(node)]
        if node.name and not node.operation:
            return node.name, getattr(node, "index", None)
        return "", None

    def is_input(self, node: "Any") -> bool:
        """Return whether a number is known before the first stage: data, a parameter, a setting."""
        return not node.operation and not (
            node.name in self.recording.widths and node.name[0] == "z"
        )

    def stage_of(self, node: "Any") -> int:
        known = self.stages
        waiting = [] if id(node) in known else [node]
        while waiting:
            last = waiting[-1]
            count = len(waiting)
            stage = 0 if last.operation or self.is_input(last) else int(last.name[1:]) + 1
            for operand in last.operands:
                if id(operand) not in known:
                    waiting.append(operand)
                elif known[id(operand)] > stage:
                    stage = known[id(operand)]
            if len(waiting) == count:
                waiting.pop()
                known[id(last)] = stage
        return known[id(node)]

    def owners(self) -> "Dict[int, int]":
        """Return the sample to which each random number belongs, by its id."""
        recording = self.recording
        drawn = {id(r) for r in recording.draws.drawn}
        owners: "Dict[int, int]" = {}
        for product in recording.products if drawn else []:
            for i, row in enumerate(product.rows):
                for node in inputs_of(row):
                    if id(node) in drawn and owners.setdefault(id(node), i) != i:
                        raise Undecided("two samples share a random number")
        return owners

    def parts_of_gradient(self, p: "Any") -> "Tuple[str, str]":
        """Return the vectors whose products a gradient sums, or ("", the vector summed)."""
        if p.flat:
            sums = p.gradient
            if len(sums) != p.shape[0] or not all(
                [g.operation == "total" and len(g.operands) == self.recording.count for g in sums]
            ):
                raise Undecided(f"{p.name}.gradient is not a sum over the samples")
            rows = list(zip(*[g.operands for g in sums]))
            self.recording.check_samples(rows)
            for g in sums:
                self.place[id(g)] = "g", None
            return "", self.name_of(rows)
        names = {
            node.name
            for node in inputs_of([p.gradient[0][0]])
            if node.name[0] == "g" and node.name in self.recording.grids
        }
        if len(names) != 1 or (len(p.gradient), len(p.gradient[0])) != tuple(p.shape):
            raise Undecided(f"{p.name}.gradient is not a product over the samples")
        grid = self.recording.grids[names.pop()]
        return self.name_of(grid.left), self.name_of(grid.right)

    def sums_in(self, value: "Any") -> "List[Any]":
        """Return the sums over the samples in the loss."""
        found: "List[Any]" = []
        seen: "Set[int]" = set()
        waiting = [value]
        while waiting:
            node = waiting.pop()
            bits = self.recording.samples_of(node)
            if id(node) in seen or not bits:
                continue
            seen.add(id(node))
            if node.operation == "total" and len(node.operands) == self.recording.count:
                found.append(node)
            elif bits & (bits - 1):
                waiting.extend(node.operands)
            else:
                raise Undecided("the loss depends on one sample only")
        return found[::-1]

    # ---- products that are needed as such --------------------------------------------------------

    def keep_products(self) -> None:
        """Make vectors of products, unless only one comprehension of their own stage needs them.

        Later stages compute the other numbers again, from the vectors.
        """
        users: "Dict[str, List[Vector]]" = {}
        self.consumers = self.consumers_of([v for vector in self.all for v in vector.rows])
        for vector in self.all:
            for name in {v.name for v in inputs_of(vector.rows[0], self.place) if self.is_open(v)}:
                users.setdefault(name, []).append(vector)
        for name in sorted(users, key=lambda name: int(name[1:])):
            if len(users[name]) > 1 or not users[name][0].alike or users[name][0] in self.terms:
                self.keep_product(name)
            elif users[name][0].stage > int(name[1:]) + 1:
                self.keep_product(name)
        if any([vector.trunk for vector in self.all]):
            self.check_all()  # Others are computed from the new vectors now.

    def is_open(self, node: "Any") -> bool:
        """Return whether a number is the result of a product and no vector holds it."""
        return not self.is_input(node) and not node.operation and id(node) not in self.place

    def keep_product(self, name: str) -> None:
        """Make a vector of a product, after the first operations on each of its numbers."""
        leaves: "Any" = self.recording.results[name]
        rows = [[self.trunk(node) for node in row] for row in leaves]
        if any([id(node) in self.place for row in rows for node in row]):
            rows = leaves
        self.vector(rows).trunk = True

    def trunk(self, node: "Any") -> "Any":
        """Return the last number from which, in place of a product, all others are computed."""
        while len(self.consumers.get(id(node), [])) == 1:
            (consumer,) = self.consumers[id(node)]
            others = [v for v in consumer.operands if v is not node]
            if any([self.stage_of(v) for v in others]) or id(consumer) in self.place:
                break
            node = consumer
        return node

    def consumers_of(self, rows: "Any") -> "Dict[int, List[Any]]":
        """Return the numbers that are computed from each number, by its id."""
        found: "Dict[int, List[Any]]" = {}
        seen: "Set[int]" = set()
        waiting = [v for row in rows for v in row]
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                waiting.extend(node.operands)
                for operand in node.operands:
                    users = found.setdefault(id(operand), [])
                    if not users or users[-1] is not node:  # It may be an operand twice.
                        users.append(node)
        return found

    # ---- whether samples, and places in a row, are alike -----------------------------------------

    def check_all(self) -> None:
        for vector in self.all:
            self.check(vector)

    def check(self, vector: Vector) -> None:
        """Set ``alike``, and raise an error unless the vector is the same of every sample."""
        first = vector.rows[0]
        if not vector.checked:
            for row in vector.rows[1:]:
                if not all([self.same(a, b, None) for a, b in zip(first, row)]):
                    raise Undecided("it does not do the same with every sample")
            vector.checked = True
        # Without a list, the first difference ends it: the outputs of a softmax need the whole row.
        vector.alike = all(self.same(first[0], b, j) for j, b in enumerate(first))
        if vector.width == 1 and max(map(self.width_of, self.references(first[0]))) > 1:
            vector.alike = False  # It combines the numbers of a row.

    def references(self, output: "Any") -> "List[str]":
        """Return the names of the vectors that a number is computed from, and of other inputs."""
        found = [output.name]
        seen: "Set[int]" = set()
        waiting = list(output.operands)
        while waiting:
            node = waiting.pop()
            if id(node) not in seen:
                seen.add(id(node))
                name = self.place_of(node)[0]
                found.append(name)
                waiting.extend([] if name else node.operands)
        return found

    def same(self, a: "Any", b: "Any", j: "Any") -> bool:
        """Return whether two numbers are computed in the same way.

        ``j``   the place of b in a row or a matrix whose first number is a; None for equal places
        """
        known = self.same_pairs if j is None else set()
        top = True
        waiting = [(a, b)]
        while waiting:
            a, b = waiting.pop()
            pair = id(a), id(b)
            if pair not in known or top:
                known.add(pair)
                if a.operation and (top or id(a) not in self.place):
                    if a.operation != b.operation or len(a.operands) != len(b.operands):
                        return False
                    waiting.extend(zip(a.operands, b.operands))
                elif a.value is not None or b.value is not None:
                    if repr(a.value) != repr(b.value):
                        return False
                elif not self.same_place(self.place_of(a), self.place_of(b), j):
                    return False
                top = False
        return True

    def same_place(self, a: "Any", b: "Any", j: "Any") -> bool:
        is_single = isinstance(a[1], int) and self.width_of(a[0]) == 1
        if j is None or a[0] != b[0] or a[1] is None or is_single:
            return bool(a == b)
        return bool(a[1] in (0, (0, 0)) and b[1] == j)

    def width_of(self, name: str) -> int:
        return self.widths.get(name, 1)


def inputs_of(outputs: "Any", known: "Any" = ()) -> "List[Any]":
    """Return the inputs that these numbers depend on, except through those with ``known`` ids."""
    found: "List[Any]" = []
    own = {id(output) for output in outputs}
    seen: "Set[int]" = set()
    waiting = list(outputs)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen and (id(node) not in known or id(node) in own):
            seen.add(id(node))
            waiting.extend(node.operands)
            if node.name and not node.operation:
                found.append(node)
    return found
