"""sn.export(to="c"): headers, compiled by gcc and clang, against what the network itself predicts.

Many networks are compiled into one program, which reads rows of inputs and writes rows of outputs, in binary.
"""

import math
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from programs import missing
from random_networks import BUILT_IN_LAYERS, Bell, Bent, Scale, Share, recipes
from test_interpreters import OTHERS, run
from test_readme import README

import scratchnet as sn
from scratchnet import functions
from scratchnet.cli import main
from scratchnet.codegen.c import header
from scratchnet.scalars import Interval, Single

WARNINGS = "-Werror -Wall -Wextra -Wpedantic -Wconversion -Wdouble-promotion".split()
GCC, CLANG = ["gcc", "-std=c99"], ["clang", "-std=c99"]
KINDS = [("double", True), ("float", True), ("double", False), ("float", False)]
EACH_KIND = pytest.mark.parametrize("kind, own", KINDS)
INF = math.inf


@pytest.fixture(autouse=True)
def compilers():
    for name in ("gcc", "clang"):
        if shutil.which(name) is None:
            missing("there is no {}".format(name))


# ---- networks ----------------------------------------------------------------------------------------------------


class Squares(sn.Layer):
    """Each number less the mean of the squares of all; user-defined, with sums of its own."""

    def forward(self, X):
        return [[x - functions.total([v * v for v in row]) / len(row) for x in row] for row in X]


class Rising(sn.Layer):
    """Each number is computed in another way, so that there is no loop."""

    def forward(self, X):
        return [[functions.power(x, 1 + k % 3) for k, x in enumerate(row)] for row in X]


class Capped(sn.Layer):
    """A limit for each number, of which every second is infinite, so that a table has infinities."""

    def forward(self, X):
        limits = [INF if k % 2 else k / 4 for k in range(len(X[0]))]
        return [[functions.where(x > limit, 0, x) for x, limit in zip(row, limits)] for row in X]


class Everything(sn.Activation):
    """Every function there is, at every sign of its argument."""

    def function(self, z):
        parts = [functions.exp(z), functions.expm1(z), functions.log(abs(z)), functions.tanh(z), functions.erf(z),
                 functions.sqrt(abs(z)), functions.cos(z), functions.log1p(abs(z)), functions.log(z), functions.sqrt(z),
                 functions.sign(z), functions.expm1(20 * z), functions.cos(1000 * z)]  # fmt: skip
        return functions.total([functions.where(part == part, part, 0) for part in parts])


def adapted(layers, inputs, seed=3):
    """A network whose normalizations have seen data, among them a column that does not change."""
    net = sn.Sequential(layers, seed=seed)
    generator = sn.Generator(seed)
    net.adapt([[generator.normal() * (k != 1) for k in range(inputs)] for _ in range(9)])
    for parameter in net.parameters():
        if parameter.role == "bias":
            parameter.value = [generator.normal() / 4 for _ in parameter.value]
    return net


LAYERS = BUILT_IN_LAYERS + [
    Share,
    Bell,
    lambda: Bent(0.5),
    lambda: sn.Threshold(0.25),
    Squares,
    Rising,
]


def small_networks():
    """Networks that are written out, with two of the layers each."""
    for first, second in zip(LAYERS[::2], LAYERS[1::2]):
        yield adapted([sn.Dense(3, 4), first(), sn.Dense(4, 2), second()], 3)
    yield adapted([sn.Dense(2, 3), Everything(), sn.Dense(3, 1)], 2)
    yield adapted([sn.Normalization(), sn.Dropout(0.5), Scale(3), sn.Dense(3, 1)], 3)


def large_networks():
    """Networks that are loops."""
    for first, second in zip(LAYERS[::2], LAYERS[1::2]):
        yield adapted([sn.Dense(12, 24), second(), sn.Dense(24, 5), first()], 12)
    yield adapted([sn.Normalization(), sn.Dense(40, 8), Scale(8), sn.Identity(), Scale(8)], 40)
    yield sn.Sequential([sn.Dense(40, 8, initializer="zeros"), sn.Softmax()])
    yield sn.Sequential([sn.Dense(40, 8), Capped(), sn.Dense(8, 2)], seed=1)
    yield sn.Sequential([sn.Dense(300, 1), sn.Tanh()], seed=1)
    yield sn.Sequential([sn.Dense(1, 300), sn.Softmax(), sn.Dense(300, 1)], seed=1)


ODD = [0.0, -0.0, 1.0, 1e-310, -1e-40, 1e30, -700.0, 1000.0]


def rows_for(net, count=12, seed=5):
    source = random.Random(seed)
    ordinary = [[source.gauss(0, 2) for _ in range(net.inputs)] for _ in range(count)]
    return ordinary + [[source.choice(ODD) for _ in range(net.inputs)] for _ in range(count // 3)]


# ---- programs ----------------------------------------------------------------------------------------------------

PROGRAM = """\
#include <stdio.h>
%s
#define RUN(T, NAME, PREDICT) { \\
    static T in[NAME##_INPUTS], out[NAME##_OUTPUTS]; \\
    int rows; \\
    if (fread(&rows, sizeof rows, 1, stdin) != 1) { return 1; } \\
    for (; rows > 0; rows--) { \\
        if (fread(in, sizeof in, 1, stdin) != 1) { return 1; } \\
        PREDICT(in, out); \\
        fwrite(out, sizeof out, 1, stdout); \\
    } \\
}
int main(void)
{
%s
    return 0;
}
"""
LETTERS = {"double": "d", "float": "f"}


class Program:
    """Networks in one program, each as a header of its own, with the rows that they are given."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.parts = []

    def add(self, net, kind, own, rows):
        name = "n{}".format(len(self.parts))
        text = sn.export(net, os.path.join(self.folder, name + ".h"), type=kind, self_contained=own)
        number = {"double": float, "float": Single}[kind]
        rows = [[float(number(x)) for x in row] for row in rows]
        former = sn.set_kernel("portable")
        try:
            Y = net.copy(number).predict([[number(x) for x in row] for row in rows])
        finally:
            sn.set_kernel(former)
        self.parts.append((name, LETTERS[kind], rows, [[float(y) for y in row] for row in Y]))
        return text

    def run(self, *command, **options):
        """What each network answers to its rows, in the program that this command compiles."""
        names = [(name, {"d": "double", "f": "float"}[letter]) for name, letter, _, _ in self.parts]
        includes = "\n".join(['#include "{}.h"'.format(name) for name, _ in names])
        runs = [
            "    RUN({1}, {2}, {0}_predict)".format(name, kind, name.upper())
            for name, kind in names
        ]
        source, program = (os.path.join(self.folder, name) for name in ("all.c", "all"))
        with open(source, "w") as file:
            file.write(PROGRAM % (includes, "\n".join(runs)))
        libraries = options.get("libraries", ["-lm"])
        subprocess.check_call(list(command) + [source, "-o", program] + libraries)
        given = b""
        for _, letter, rows, _ in self.parts:
            given += struct.pack("i", len(rows))
            given += b"".join([struct.pack("{}{}".format(len(row), letter), *row) for row in rows])
        output = subprocess.run([program], input=given, stdout=subprocess.PIPE, check=True).stdout
        answers, start = [], 0
        for _, letter, _, expected in self.parts:
            form = "{}{}".format(len(expected[0]), letter)
            answers.append([])
            for _ in expected:
                answers[-1].append(list(struct.unpack_from(form, output, start)))
                start += struct.calcsize(form)
        assert start == len(output)
        return answers

    def check_bits(self, *command, **options):
        for (name, letter, rows, expected), found in zip(self.parts, self.run(*command, **options)):
            for row, y, answer in zip(rows, expected, found):
                assert bits(answer, letter) == bits(y, letter), (name, row, y, answer)

    def check_close(self, *command):
        """Equal to rounding, relative to the largest number of each network."""
        for (name, letter, rows, expected), found in zip(self.parts, self.run(*command)):
            sizes = [abs(y) for row in expected for y in row if abs(y) < INF]
            tolerance = max(sizes) * {"d": 2.0**-43, "f": 2.0**-14}[letter]
            for row, y, answer in zip(rows, expected, found):
                for a, b in zip(y, answer):
                    assert a == b or a != a and b != b or abs(a - b) <= tolerance, (
                        name,
                        row,
                        y,
                        answer,
                    )


def bits(values, letter):
    return [None if v != v else struct.pack(letter, v) for v in values]


@pytest.fixture
def loops_alone(monkeypatch):
    monkeypatch.setattr(header, "MOST_WRITTEN_OUT", 0)


@pytest.fixture(scope="module")
def every_network(tmp_path_factory):
    """All of them as doubles and as floats; the small ones once more as loops."""
    program = Program(tmp_path_factory.mktemp("all"))
    for net in list(small_networks()) + list(large_networks()):
        for kind in ("double", "float"):
            program.add(net, kind, True, rows_for(net))
    former, header.MOST_WRITTEN_OUT = header.MOST_WRITTEN_OUT, 0
    try:
        for net in small_networks():
            program.add(net, "double", True, rows_for(net))
    finally:
        header.MOST_WRITTEN_OUT = former
    return program


# ---- the same bits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiler", [GCC, CLANG], ids=" ".join)
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3"])
def test_the_bits_of_the_portable_kernel(every_network, compiler, level):
    every_network.check_bits(*(compiler + [level] + WARNINGS))


@pytest.mark.parametrize("inputs", [7, 8, 9, 33])
def test_loops_that_add_two_products_at_each_turn(inputs, tmp_path):
    program = Program(tmp_path)
    net = adapted([sn.Dense(inputs, 40)], inputs)
    for kind in ("double", "float"):
        text = program.add(net, kind, True, rows_for(net))
        assert (" += 2)" in text) == (inputs >= 8)
        last = "in[{}] * ".format(inputs - 1)
        assert (last in text) == (inputs in (9, 33)), "an odd number of products"
    program.check_bits("gcc", "-O2", *WARNINGS)


def test_the_bits_in_cpp(every_network):
    every_network.check_bits("g++", "-x", "c++", "-std=c++11", "-O2", *WARNINGS)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_bits_where_the_processor_adds_products_at_once(every_network, compiler):
    """By default gcc and clang would contract a * b + c; the header forbids it."""
    every_network.check_bits(compiler, "-O3", "-march=native")


@pytest.mark.parametrize(
    "compiler",
    [
        "gcc -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all",
        "clang -fsanitize=undefined,float-cast-overflow -fsanitize-trap=all",
    ],
)
def test_nothing_is_undefined(every_network, compiler):
    every_network.check_bits(*(compiler.split() + ["-O1"]))


def test_no_library_is_needed(every_network):
    """But the C library's own functions for bytes."""
    every_network.check_bits("gcc", "-O1", "-fno-builtin", libraries=[])


@settings(max_examples=20)
@given(recipes())
def test_random_networks(tmp_path_factory, made):
    net = made.network()
    net.adapt(made.X)
    program = Program(tmp_path_factory.mktemp("random"))
    rows = made.X + rows_for(net, 6)
    former = header.MOST_WRITTEN_OUT
    try:
        for most in (former, 0):
            header.MOST_WRITTEN_OUT = most
            for kind in ("double", "float"):
                program.add(net, kind, True, rows)
    finally:
        header.MOST_WRITTEN_OUT = former
    program.check_bits("gcc", "-std=c99", "-O1", *WARNINGS)


# ---- with the C library ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_the_library(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("library"))
    for net in list(small_networks()) + list(large_networks()):
        if not any([isinstance(layer, sn.Threshold) for layer in net.layers]):
            for kind in ("double", "float"):
                program.add(net, kind, False, rows_for(net)[:12])
    return program


@pytest.mark.parametrize("compiler", [GCC, CLANG, ["g++", "-x", "c++", "-std=c++11"]], ids=" ".join)
def test_the_c_library_agrees_to_rounding(with_the_library, compiler):
    with_the_library.check_close(*(compiler + ["-O2"] + WARNINGS))


def test_the_c_library_keeps_within_the_proven_bound(tmp_path):
    program, bounds = Program(tmp_path), []
    for net in list(small_networks()) + list(large_networks())[:4]:
        rows = rows_for(net)[:6]
        program.add(net, "float", False, rows)
        bounds.append(net.copy(Interval).predict(rows))
    triples = [
        triple
        for groups in zip(bounds, program.run("gcc", "-O2", "-march=native"))
        for pair in zip(*groups)
        for triple in zip(*pair)
    ]
    finite = [(bound, answer) for bound, answer in triples if bound.error < INF]
    assert len(finite) > 0.9 * len(triples) > 100
    for bound, answer in finite:
        assert abs(answer - bound.value) <= bound.error + bound.radius


def test_a_function_of_the_library_can_be_replaced(tmp_path):
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1.0]], bias=[0]), sn.Tanh()])
    program = Program(tmp_path)
    program.add(net, "double", False, [[0.5]])
    assert program.run("gcc", "-DN0_TANH(x)=((x)*3.0)") == [[[1.5]]]


# ---- the test in the file ----------------------------------------------------------------------------------------


def selftest(folder, text, name="net", *command):
    """The status and the output of the test in a header."""
    path, program = os.path.join(str(folder), "t.h"), os.path.join(str(folder), "t")
    with open(path, "w") as file:
        file.write(text)
    command = command or ("gcc",)
    options = ["-D{}_SELFTEST".format(name.upper()), "-x", "c", path, "-o", program, "-lm"]
    subprocess.check_call(list(command) + options)
    done = subprocess.run([program], stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode()


@EACH_KIND
def test_a_file_tests_itself(kind, own, tmp_path):
    for net in (next(small_networks()), next(large_networks())):
        text = sn.export(net, None, type=kind, self_contained=own)
        assert selftest(tmp_path, text) == (0, "all right: 8 vectors\n")


def weights_in(text):
    """Where the numbers of the network stand in a header: before its test, with a fraction."""
    end = text.index("#ifdef NET_SELFTEST")
    start = re.search(r"static (const|inline) ", text).start()
    places = re.finditer(r"(?<![\w.])\d+\.\d{4,}(e-?\d+)?", text[start:end])
    return [(start + m.start(), start + m.end()) for m in places]


@pytest.mark.parametrize("kind", ["double", "float"])
@pytest.mark.parametrize("networks", [small_networks, large_networks])
def test_a_flipped_weight_is_caught(kind, networks, tmp_path):
    text = sn.export(next(networks()), None, type=kind)
    places = weights_in(text)
    assert len(places) > 20
    for start, end in random.Random(7).sample(places, 6):
        changed = text[:start] + "-" * (text[start - 1] == "(") + "1.5" + text[end:]
        status, output = selftest(tmp_path, changed)
        assert status == 1 and re.match(r"net: vector \d: output \d is .*, but must be ", output)


def test_the_inputs_of_the_vectors_suit_a_normalization():
    """They are near what the layer has seen, so that every weight counts."""
    net = sn.Sequential([sn.Normalization(), sn.Dense(2, 1)], seed=1)
    net.adapt([[1000.0, 5e-3], [1002.0, 5e-3], [1001.0, 6e-3]])
    text = sn.export(net, None)
    rows = re.findall(r"\{(\d+\.\d*), (0\.00\d*)\}", text)
    assert len(rows) == 8 and all(990 < float(x) < 1010 for x, _ in rows)


# ---- what is refused ---------------------------------------------------------------------------------------------

BIASED = sn.Sequential([sn.Dense(1, 1, weights=[[1e39]])])


class Branching(sn.Activation):
    def function(self, z):
        return z if z > 0 else 0


class Twice(sn.Layer):
    """A layer that contains others, which its copies lack: it does not name them as arguments."""

    def __init__(self, *parts):
        self.parts = parts

    def forward(self, X):
        for part in self.parts:
            X = part.forward(X)
        return [[2 * x for x in row] for row in X]


REFUSED = {
    "arguments": (
        dict(net=sn.Sequential([sn.Dense(2, 2), Twice(sn.Tanh())], seed=1)),
        "^a copy of the network gives different predictions; a user-defined layer must return all its parameters in",
    ),
    "target": (dict(to="rust"), "^to is 'rust'; give 'c' or 'python' or 'micropython' or 'json'$"),
    "type": (dict(type="half"), "^type is 'half'; give 'double' or 'float' or 'int8' or 'int16'$"),
    "keyword": (dict(name="while"), "^'while' is reserved in C or C\\+\\+; give another name"),
    "keyword of C++": (dict(name="class"), "is reserved"),
    "macros": (dict(name="flt"), "is reserved"),
    "digit": (dict(name="2nd"), "^'2nd' is not a name in C: "),
    "underscore": (dict(name="_net"), "is not a name"),
    "underscores": (dict(name="my__net"), "is not a name"),
    "text": (dict(name='net"\n#error'), "is not a name"),
    "accent": (dict(name="réseau"), "is not a name"),
    "range": (dict(net=BIASED, type="float"), "^0.weights holds 1e\\+39, which is not a finite float of 32 bits"),
    "net": (dict(net=[[1]]), r"^net is \[\[1\]\]; give a network$"),
    "width": (dict(net=sn.Sequential([sn.Tanh()])), "^no layer says how many inputs"),
    "fractions": (dict(net=BIASED.copy(Fraction)), "^the network computes with Fraction; use net.copy.float"),
    "not adapted": (dict(net=sn.Sequential([sn.Normalization(), sn.Dense(1, 1)])), "^Normalization has seen no data"),
    "layer": (
        dict(net=sn.Sequential([sn.Dense(1, 1), Branching()])),
        r"^Branching\(\) cannot be written out: a symbolic number is neither true nor false",
    ),
    "overflow": (
        dict(net=sn.Sequential([sn.Dense(2, 1, weights=[[1e200]] * 2), sn.Dense(1, 1, weights=[[1e200]])])),
        "^the network predicts numbers that are not finite",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_refused(what):
    options, message = REFUSED[what]
    given_options = dict(dict(net=sn.Sequential([sn.Dense(1, 1)]), path=None), **options)
    with pytest.raises((TypeError, ValueError), match=message):
        sn.export(**given_options)


def test_weights_that_are_not_finite():
    for weight in (INF, -INF, math.nan):
        net = sn.Sequential([sn.Dense(1, 1)])
        net.parameters()[0].rows = [[weight]]
        with pytest.raises(
            ValueError, match="^0.weights holds -?(inf|nan), which is not a finite number"
        ):
            sn.export(net, None)


@pytest.mark.parametrize(
    "option, message",
    [
        ("-ffast-math", "without -ffast-math"),
        ("-Ofast", "without -ffast-math"),
        ("-D__FLT_EVAL_METHOD__=2", "rounds every operation"),
        ("-D__DBL_MANT_DIG__=24", "does not have 53 binary digits here"),
    ],
)
def test_compilers_that_would_compute_something_else(option, message, tmp_path):
    path = str(tmp_path / "net.h")
    sn.export(sn.Sequential([sn.Dense(1, 1)]), path, self_contained=True)
    done = subprocess.run(
        ["gcc", option, "-Wno-builtin-macro-redefined", "-fsyntax-only", "-x", "c", path],
        stderr=subprocess.PIPE,
    )
    assert done.returncode != 0 and message in done.stderr.decode()


# ---- texts from data ---------------------------------------------------------------------------------------------

HOSTILE = [
    "*/ int x; /*",
    "/*",
    "*/",
    "\\",
    "??/",
    "a\nint x;",
    "\r",
    "é\u2028",
    '"',
    "*\\",
    "/" * 9 + "*",
    "%s",
]


class Named(sn.Layer):
    arguments = ("name",)

    def __init__(self, name):
        self.name = name

    def forward(self, X):
        return X

    def __repr__(self):
        return self.name


def without_comments(text):
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_a_text_from_data_stays_in_its_comment(text, tmp_path):
    harmless, hostile = [
        sn.export(sn.Sequential([sn.Dense(2, 1, weights=[[1], [2]]), Named(name)]), None)
        for name in ("x", text)
    ]
    assert without_comments(harmless) == without_comments(hostile)
    assert hostile.isascii() if hasattr(str, "isascii") else hostile.encode("ascii")
    assert selftest(tmp_path, hostile, "net", "gcc", "-std=c99", *WARNINGS)[0] == 0


def test_a_parameter_may_have_any_name():
    for role in ("w", "*/", "int", "in", ""):

        class Own(Scale):
            pass

        Own.role = role
        net = sn.Sequential([sn.Dense(2, 2, weights=[[1, 2], [3, 4]]), Own(2)])
        assert without_comments(sn.export(net, None)).count("1.25") == 1


# ---- the whole file ----------------------------------------------------------------------------------------------


def test_it_has_no_writable_data_and_no_names_of_its_own(tmp_path):
    for name in ("one", "two"):
        sn.export(
            next(large_networks()), str(tmp_path / (name + ".h")), type="float", self_contained=True
        )
    source, object_file = str(tmp_path / "both.c"), str(tmp_path / "both.o")
    with open(source, "w") as file:
        file.write('#include "one.h"\n#include "two.h"\n#include "one.h"\n'
                   "void run(const float *in, float *out);\n"
                   "void run(const float *in, float *out) { one_predict(in, out); two_predict(in, out); }\n")  # fmt: skip
    subprocess.check_call(["gcc", "-std=c99", "-O0", *WARNINGS, "-c", source, "-o", object_file])
    symbols = [
        line.split() for line in subprocess.check_output(["nm", object_file]).decode().splitlines()
    ]
    defined = {fields[2]: fields[1] for fields in symbols if len(fields) == 3}
    assert set(defined.values()) == set("tTr") and {
        fields[1] for fields in symbols if len(fields) == 2
    } <= {"memcpy"}
    assert {name.split("_")[0] for name in defined} - {"run"} == {"one", "two"}
    assert [name for name in defined if defined[name] == "T"] == ["run"]


def test_the_arrays_on_the_stack(tmp_path):
    """NAME_SCRATCH is what they take up; beside it there are only a few variables."""
    sn.export(next(large_networks()), str(tmp_path / "net.h"))
    source = tmp_path / "all.c"
    source.write_text('#include <stdio.h>\n#include "net.h"\nvoid run(const double *in, double *out);\n'
                      "void run(const double *in, double *out) { net_predict(in, out); }\n"
                      'int main(void) { printf("%zu", (size_t)NET_SCRATCH); return 0; }\n')  # fmt: skip
    subprocess.check_call(
        ["gcc", "-Os", "-fstack-usage", "all.c", "-o", "all", "-lm"], cwd=str(tmp_path)
    )
    scratch = int(subprocess.check_output([str(tmp_path / "all")]))
    usage = [path for path in os.listdir(str(tmp_path)) if path.endswith(".su")]
    used = re.search(r":run\s+(\d+)", (tmp_path / usage[0]).read_text()) or re.search(
        r":net_predict\s+(\d+)", (tmp_path / usage[0]).read_text()
    )
    assert 0 < scratch <= int(used.group(1)) <= scratch + 160


def test_a_large_network_is_written_and_compiled_at_once(tmp_path):
    net = sn.Sequential([sn.Dense(784, 30), sn.Sigmoid(), sn.Dense(30, 10), sn.Softmax()], seed=7)
    text = sn.export(net, None, type="float")
    assert text.count("for (int ") == 9 and text.count("\n") < 6000
    assert selftest(tmp_path, text) == (0, "all right: 2 vectors\n")


EXPORTING = """\
import hashlib, sys
import scratchnet as sn
from scratchnet.datasets import samples
data = samples.iris()
small = sn.Sequential([sn.Normalization(), sn.Dense(4, 8), sn.GELU("tanh"), sn.Dense(8, 3), sn.Softmax()], seed=1)
small.adapt(data.X)
large = sn.Sequential([sn.Dense(30, 20), sn.SELU(), sn.Dense(20, 3), sn.GELU(), sn.Softplus()], seed=2)
for net in (small, large):
    for type in ("double", "float"):
        for own in (True, False):
            text = sn.export(net, None, type=type, self_contained=own)
            assert text == sn.export(net, None, type=type, self_contained=own)
            print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_python_writes_the_same_bytes():
    expected = run(sys.executable, "-c", EXPORTING)
    assert len(set(expected)) == 8
    others = [name for name in OTHERS if name != "micropython" and found(name)]
    assert others or not os.environ.get("CI")
    for name in others:
        assert run(name, "-c", EXPORTING) == expected, name


def found(name):
    """Whether there is such an interpreter, and not only the stand-in of a version manager."""
    try:
        run(name, "-c", "print()")
    except (OSError, RuntimeError):
        return False
    return True


# ---- the command line --------------------------------------------------------------------------------------------


def test_a_model_from_a_table(tmp_path, capsys):
    """Its columns and classes are in the comment, and it predicts what the model does."""
    table, model, header = (str(tmp_path / name) for name in ("fruit.csv", "fruit.json", "fruit.h"))
    with open(table, "w", encoding="utf-8") as file:
        file.write("weight,*/ origin,kind\n")
        for k in range(40):
            file.write(
                "{},{},{}\n".format(
                    90 + k % 7 + 40 * (k % 2), "NI"[k % 3 == 0], ["pear", "*/"][k % 2]
                )
            )
    assert main(["train", table, "--target", "kind", "--epochs", "5", "-o", model]) == 0
    assert main(["export", model, "--to", "c", "-o", header]) == 0
    with open(header, encoding="ascii") as file:
        text = file.read()
    net = sn.load(model)
    assert text == sn.export(net, None, name="fruit")
    assert " *   in[0]  weight\n" in text and "in[1]  * / origin" in text
    assert "\n *   out[0]  probability of " in text
    assert selftest(tmp_path, text, "fruit") == (0, "all right: 16 vectors\n")


@pytest.mark.parametrize(
    "arguments, message",
    [
        ("--to c -o {0}/2.h", "'2' is not a name in C"),
        ("--to c -o {0}/net.json", "is also an input"),
        ("--to c -o {0}/no/net.h", "cannot be written"),
        ("--to rust -o {0}/net.h", "--to cannot be 'rust'; give c, python, micropython or json"),
        ("-o {0}/net.h", "--to"),
    ],
)
def test_a_wrong_command(arguments, message, tmp_path, capsys):
    model = str(tmp_path / "net.json")
    sn.save(sn.Sequential([sn.Dense(1, 1)]), model)
    try:
        status = main(["export", model] + arguments.format(tmp_path).split())
    except SystemExit as stopped:
        status = stopped.code
    error = capsys.readouterr().err
    assert status == 2 and message in error and error.count("\n") == 1
    assert os.listdir(str(tmp_path)) == ["net.json"]


ARDUINO = """
#include <stdint.h>
#include <stdio.h>
struct { void begin(long) {} void println(const char *text) { puts(text); } } Serial;
#include "sketch.ino"
int main() { setup(); loop(); }
"""


def test_the_examples_of_the_readme(tmp_path, monkeypatch, capsys):
    """The commands and the programs as they stand there; the model is the one trained above them."""
    with open(README, encoding="utf-8") as file:
        section = file.read().split("## Embed a network")[1].split("\n## ")[0]
    commands = re.findall(r"^    python3 -m scratchnet (export .*)$", section, re.MULTILINE)
    exporting, integers = [command for command in commands if "--to c " in command]
    building, testing = re.findall(r"^    (gcc .*)$", section, re.MULTILINE)
    (program,) = re.findall(r"```c\n(.*?)```", section, re.DOTALL)
    (sketch,) = re.findall(r"```cpp\n(.*?)```", section, re.DOTALL)
    data = os.path.join(os.path.dirname(sn.__file__), "datasets", "iris.csv")
    shutil.copy(data, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["train", "iris.csv", "--target", "species", "-o", "iris.safetensors"]) == 0
    assert main(exporting.split()) == 0
    (tmp_path / "main.c").write_text(program)
    tested = subprocess.check_output(testing, shell=True).decode()
    assert tested.startswith("all right: ") and "    " + tested in section
    printed = subprocess.check_output(building, shell=True).decode()
    numbers = sn.load("iris.safetensors").predict([[6.0, 2.7, 5.0, 1.6]])[0]
    assert printed == "virginica: {:.2f}\n".format(numbers[2])
    assert "    " + printed in section
    assert main(integers.split()) == 0
    (tmp_path / "sketch.ino").write_text(sketch)
    (tmp_path / "board.cpp").write_text(ARDUINO)
    subprocess.check_call("g++ -std=c++11 -Werror -Wall -Wextra board.cpp -o board".split())
    assert subprocess.check_output("./board") == b"virginica\n"
