"""Measure what the operations of exported C cost on the emulated boards: ``python boards/calibrate.py`` in the folder
tests prints the table of scratchnet/codegen/boards/costs.py.

Networks are compiled by gcc -Os and run. The costs, none below 0, are those with the smallest sum of relative errors of their
times and sizes. The bytes of library functions are read from the linker's map.
"""

import os
import sys
import tempfile
import textwrap

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS] + [
    os.path.join(TESTS, name) for name in sorted(os.listdir(TESTS)) if name.isalpha()
]

from boards import BOARDS, members  # noqa: E402
from random_networks import Bell, Bent, Scale, Share  # noqa: E402
from test_c import adapted, rows_for  # noqa: E402

import scratchnet as sn  # noqa: E402
from scratchnet import functions  # noqa: E402
from scratchnet.codegen import targets  # noqa: E402
from scratchnet.codegen.boards import budget  # noqa: E402
from scratchnet.codegen.c import templates  # noqa: E402
from scratchnet.scalars.operations import INFIX  # noqa: E402

FUNCTIONS = "exp expm1 log log1p tanh erf sqrt cos".split()


class Apply(sn.Activation):
    """A function of the core, of a number that suits it."""

    arguments = ("name",)

    def __init__(self, name):
        self.name = name

    def function(self, z):
        return getattr(functions, self.name)(z * z if self.name in ("log", "log1p", "sqrt") else z)


class Divide(sn.Activation):
    def function(self, z):
        return (z + 3) / (z * z + 1) / (abs(z) + 2)


class Powers(sn.Activation):
    def function(self, z):
        return z * z * z * z * z


class Sums(sn.Activation):
    def function(self, z):
        return z + (z + (z + (z + 1)) + 2) - (3 - z)


class Choose(sn.Activation):
    def function(self, z):
        z = functions.where(z > 1, z - 1, functions.where(z < -1, z + 1, 3 * z))
        return functions.where(z > 0.5, 2 * z, -z)


def networks():
    """(network, whether it calls functions) for all that is calibrated with."""
    for hidden in (3, 6, 12, 20, 31):
        yield adapted([sn.Dense(7, hidden), sn.ReLU(), sn.Dense(hidden, 2)], 7), False
    for inputs, outputs in ((2, 2), (5, 8), (12, 9), (40, 12), (100, 1), (90, 20), (3, 90)):
        yield adapted([sn.Dense(inputs, outputs)], inputs), False
    for layer in (
        Divide(),
        Powers(),
        Sums(),
        Choose(),
        sn.LeakyReLU(),
        Bent(0.5),
        sn.Threshold(0.25),
        Share(),
    ):
        calls = isinstance(layer, (Divide, Bent))  # They call abs.
        yield adapted([sn.Dense(3, 5), layer], 3), calls
        yield adapted([sn.Dense(6, 48), layer], 6), calls
    for width in (20, 40):
        yield adapted([sn.Normalization(), sn.Dense(width, 10), Scale(10), sn.ReLU()], width), False
    for name in FUNCTIONS:
        yield adapted([sn.Dense(3, 5), Apply(name)], 3), True
        yield adapted([sn.Dense(5, 60), Apply(name)], 5), True
    for width in (3, 12, 30):
        yield adapted([sn.Dense(6, width), Bell(), sn.Dense(width, width), sn.Softmax()], 6), True
    for width in (4, 11):
        hidden = [sn.Dense(5, width), sn.ReLU(), sn.Dense(width, width), sn.ReLU()]
        yield adapted(hidden + [sn.Dense(width, 3)], 5), False
        hidden = [sn.Dense(7, width), sn.Tanh(), sn.Dense(width, width), sn.Tanh()]
        yield adapted(hidden + [sn.Dense(width, 2), sn.Sigmoid()], 7), True


# ---- the smallest squares ----------------------------------------------------------------------------------------


def solved(A, weights, x, sweeps=1000):
    """Return the numbers x >= 0 with the smallest weighted sum of the squares of A·x - 1."""
    count = len(x)
    gram = [
        [sum([w * row[i] * row[j] for w, row in zip(weights, A)]) for j in range(count)]
        for i in range(count)
    ]
    target = [sum([w * row[i] for w, row in zip(weights, A)]) for i in range(count)]
    for _ in range(sweeps):
        for i in range(count):
            if gram[i][i] > 0:
                rest = (
                    target[i] - sum([gram[i][j] * x[j] for j in range(count)]) + gram[i][i] * x[i]
                )
                x[i] = max(0.0, rest / gram[i][i])
    return x


def fit(counts, results, rounds=8):
    """Return {kind: its cost} for these {kind: how many} and their results.

    The weights make it the smallest sum of relative errors, so that a few unusual networks count little.
    """
    kinds = sorted({kind for count in counts for kind in count})
    A = [[count.get(kind, 0) / y for kind in kinds] for count, y in zip(counts, results)]
    x, weights = [0.0] * len(kinds), [1.0] * len(A)
    for _ in range(rounds):
        x = solved(A, weights, x)
        weights = [1 / max(0.02, abs(sum([v * c for v, c in zip(row, x)]) - 1)) for row in A]
    return {kind: cost for kind, cost in zip(kinds, x) if cost > 0.001}


# ---- the boards --------------------------------------------------------------------------------------------------


def kinds_of(T, suffix):
    """{kind: C code that computes it from a and b} for what may call functions of libraries."""
    found = {name: "return ({})(a{}b);".format(T, INFIX[name].sign) for name in INFIX}
    found["add"] = "return a + b - (b - a);"
    for name in FUNCTIONS + ["abs"]:
        found[name] = "return {}{}(a);".format("fabs" if name == "abs" else name, suffix)
    for name in templates.HELPERS:
        found[name] = "return k_{}(a{});".format(name, ", b" * (name in ("ldexp", "power")))
    return found


KIND = """\
#include <math.h>
#include <stdint.h>
#include <string.h>
{helper}
{T} use({T} a, {T} b);
__attribute__((noinline)) {T} use({T} a, {T} b) {{ {code} }}
int main(void)
{{
    volatile {T} x = 1;
#ifdef LINKED
    x = use(x, x);
#endif
    return 0;
}}
"""


def linked(board, folder, source, which):
    mapping = os.path.join(folder, "map")
    board.compile(
        folder,
        [source],
        "-Os",
        "-ffunction-sections",
        "-fdata-sections",
        "-Wl,--gc-sections",
        which,
        "-Wl,-Map=" + mapping,
    )
    return members(mapping)


def library(board, folder):
    """Return {object: (bytes, [(type, kind)])}."""
    found = {}
    for T in board.types:
        for kind, code in kinds_of(T, "f" * (T == "float")).items():
            if kind in board.lacks:
                continue
            helper = templates.HELPERS.get(kind, "").format(name="k", **templates.FORMATS[T])
            source = os.path.join(folder, "kind.c")
            with open(source, "w") as file:
                file.write(KIND.format(T=T, code=code, helper=helper))
            empty = linked(board, folder, source, "-DEMPTY")
            for member, size in linked(board, folder, source, "-DLINKED").items():
                if member not in empty:
                    found.setdefault(member, (size, []))[1].append((T, kind))
    return found


def measured(board, progmem, folder, T):
    """Yield the Count and the Measurement of each network."""
    integers = T.startswith("int")
    seen = []  # All functions of integers are tables, so that many networks count alike.
    for net, calls in networks():
        if integers and isinstance(net.layers[-1], Apply) and net.layers[-1].name != "tanh":
            continue  # All functions are tables.
        for own in (False, True)[: 1 + (calls and not integers)]:
            rows = rows_for(net, 3)[:3]
            calibrate = rows if integers else None
            try:
                request = targets.request_for(
                    net, None, "", type=T, self_contained=own, calibrate=calibrate, progmem=progmem
                )
                count = targets.generate_from(request, budget.count)
            except ValueError:
                continue  # Integers cannot express it.
            if not own and board.lacks & count.calls or integers and count.executed in seen:
                continue
            seen.append(count.executed)
            path = os.path.join(folder, "net.h")
            sn.export(net, path, "c", T, None, own, calibrate, progmem)
            if integers:
                rows = [request.integers.quantize(row) for row in rows]
            yield count, board.measure(folder, T, rows)


def line(*words):
    """Return the words as a line, wrapped."""
    text = textwrap.wrap(" ".join(words), 96, subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(text)


def costs_of(name, board, folder):
    """Yield the lines of the table for a board."""
    progmem = name == "ATmega328P"
    for T in board.types + ("int8", "int16"):
        found = list(measured(board, progmem, folder, T))
        counts = [count.executed for count, _ in found]
        time = fit(counts, [m.time for _, m in found])
        code = fit(
            [count.written for count, _ in found], [m.file - count.tables for count, m in found]
        )
        stack = sorted([m.stack - count.scratch for count, m in found])[len(found) // 2]
        for what, cost in (("time", time), ("code", code), ("stack", {"beside": stack})):
            items = [
                "{}={:.4g}".format(kind.replace(" ", "_"), x) for kind, x in sorted(cost.items())
            ]
            yield line(name, T, what, *items)
        errors = sorted(
            [abs(budget.total(c, time) / m.time - 1) for c, (_, m) in zip(counts, found)]
        )
        print(
            name,
            T,
            "errors of the time:",
            ["{:.0%}".format(e) for e in errors[-6:]],
            file=sys.stderr,
        )
        rest = [(budget.total(c.written, code) + c.tables) / m.file - 1 for c, m in found]
        print(
            name,
            T,
            "errors of the code:",
            ["{:.0%}".format(e) for e in sorted(rest, key=abs)[-6:]],
            file=sys.stderr,
        )
    groups = {}
    for size, users in library(board, folder).values():
        key = tuple(sorted(users))
        groups[key] = groups.get(key, 0) + size
    for users, size in sorted(groups.items()):
        yield line(
            name,
            str(size),
            "library",
            *["{}:{}".format(T, kind.replace(" ", "_")) for T, kind in users],
        )


def main():
    names = sys.argv[1:] or [name for name in BOARDS if name != "s390x"]
    with tempfile.TemporaryDirectory() as folder:
        lines = [text for name in names for text in costs_of(name, BOARDS[name], folder)]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
