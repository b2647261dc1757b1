"""sn.export(to="c", type="int8" or "int16"): the integers of the program, compiled by gcc and clang; and --progmem."""

import os
import platform
import re
import shutil
import struct
import subprocess
import sys

import pytest
from integer_networks import adapted, between, extremes, networks, programs, rows_for
from programs import missing
from test_c import CLANG, GCC, WARNINGS, found, large_networks, selftest, small_networks
from test_interpreters import OTHERS, run

import scratchnet as sn
from scratchnet.codegen.integers.arithmetic import BITS

LETTERS = {"int8": "b", "int16": "h"}
MAIN = """\
#include <stdio.h>
%s
#define RUN(T, NAME, QUANTIZE, PREDICT) { \\
    static float x[NAME##_INPUTS]; \\
    static T in[NAME##_INPUTS], out[NAME##_OUTPUTS]; \\
    int rows; \\
    if (fread(&rows, sizeof rows, 1, stdin) != 1) { return 1; } \\
    for (; rows > 0; rows--) { \\
        if (fread(in, sizeof in, 1, stdin) != 1) { return 1; } \\
        PREDICT(in, out); \\
        fwrite(out, sizeof out, 1, stdout); \\
    } \\
    if (fread(&rows, sizeof rows, 1, stdin) != 1) { return 1; } \\
    for (; rows > 0; rows--) { \\
        if (fread(x, sizeof x, 1, stdin) != 1) { return 1; } \\
        QUANTIZE(x, in); \\
        fwrite(in, sizeof in, 1, stdout); \\
    } \\
}
int main(void)
{
%s
    return 0;
}
"""


@pytest.fixture(autouse=True)
def compilers():
    for name in ("gcc", "clang"):
        if shutil.which(name) is None:
            missing("there is no {}".format(name))


class Program:
    """All programs of integers in one C program, with what it reads and what it must write."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.given, self.expected = b"", b""
        includes, runs = [], []
        for n, (net, rows, kind, program) in enumerate(programs()):
            name = "n{}".format(n)
            path = os.path.join(self.folder, name + ".h")
            sn.export(net, path, "c", kind, calibrate=rows, progmem=n % 3 == 0)
            includes.append('#include "{}.h"'.format(name))
            runs.append(
                "    RUN({}_t, {}, {}_quantize, {}_predict)".format(kind, name.upper(), name, name)
            )
            self.add(LETTERS[kind], program, rows)
        with open(os.path.join(self.folder, "all.c"), "w") as file:
            file.write(MAIN % ("\n".join(includes), "\n".join(runs)))

    def add(self, letter, program, rows):
        integers = extremes(program)
        # Rows within the range of the calibration, far beyond it, and no numbers.
        numbers = (
            rows[:10]
            + between(program)
            + [[1e30 * v for v in row] for row in rows[:5]]
            + [[float("nan")] * len(program.inputs)]
        )
        self.given += struct.pack("i", len(integers)) + packed(letter, integers)
        self.given += struct.pack("i", len(numbers)) + packed("f", numbers)
        self.expected += packed(letter, [program.run(row) for row in integers])
        self.expected += packed(letter, [program.quantize(row) for row in numbers])

    def check(self, *command):
        source, program = (os.path.join(self.folder, name) for name in ("all.c", "all"))
        subprocess.check_call(list(command) + [source, "-o", program])
        done = subprocess.run([program], input=self.given, stdout=subprocess.PIPE, check=True)
        assert done.stdout == self.expected


def packed(letter, rows):
    return b"".join([struct.pack("{}{}".format(len(row), letter), *row) for row in rows])


@pytest.fixture(scope="module")
def every_network(tmp_path_factory):
    return Program(tmp_path_factory.mktemp("integers"))


@pytest.mark.parametrize("compiler", [GCC, CLANG], ids=" ".join)
@pytest.mark.parametrize("level", ["-O0", "-O2", "-O3"])
def test_the_same_integers(every_network, compiler, level):
    every_network.check(*(compiler + [level] + WARNINGS))


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="x87 is of x86")
@pytest.mark.parametrize("dialect", ["-std=c99", "-std=gnu99"])
def test_the_same_integers_where_floats_are_computed_with_80_bits(every_network, dialect):
    every_network.check("gcc", dialect, "-O2", "-mfpmath=387")


def test_the_same_integers_in_cpp(every_network):
    every_network.check("g++", "-x", "c++", "-std=c++11", "-O2", *WARNINGS)


@pytest.mark.parametrize(
    "compiler",
    [
        "gcc -fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all",
        "clang -fsanitize=undefined,integer,float-cast-overflow -fsanitize-trap=all",
    ],
)
def test_nothing_is_undefined(every_network, compiler):
    every_network.check(*(compiler.split() + ["-O1"]))


def test_contraction_and_fast_arithmetic_change_nothing(every_network):
    """A product of floats is never followed by a sum."""
    every_network.check("gcc", "-O3", "-march=native", "-ffp-contract=fast")


@pytest.mark.parametrize("kind", sorted(BITS))
def test_a_file_tests_itself(kind, tmp_path):
    for net, rows in list(networks())[-3:]:
        text = sn.export(net, None, "c", kind, calibrate=rows)
        assert selftest(tmp_path, text) == (0, "all right: 8 vectors\n")


@pytest.mark.parametrize("kind", sorted(BITS))
def test_a_flipped_number_is_caught(kind, tmp_path):
    """The largest weight, bias and factor of each stage, and a limit of quantize."""
    rows = rows_for(5)
    net = adapted([sn.Normalization(), sn.Dense(5, 4), sn.ReLU(), sn.Dense(4, 3)], rows)
    text = sn.export(net, None, "c", kind, calibrate=rows)
    places = list(re.finditer(r"net_(weights|bias|factor|edge)\d?\[\d+\] = \{([^}]+)\}", text))
    assert len(places) == 7
    for place in places:
        numbers = re.split(r",\s+", place.group(2))
        sizes = [abs(float(v.rstrip("f"))) for v in numbers]
        k = sizes.index(max(sizes))
        numbers[k] = numbers[k].lstrip("-") if numbers[k][0] == "-" else "-" + numbers[k]
        broken = text[: place.start(2)] + ", ".join(numbers) + text[place.end(2) :]
        status, output = selftest(tmp_path, broken)
        assert status == 1
        assert re.match(r"net: vector \d: (in|out)put \d is -?\d+, but must be -?\d+\n", output)


def test_it_has_no_writable_data(tmp_path):
    net, rows = list(networks())[-1]
    for kind in BITS:
        sn.export(net, str(tmp_path / (kind + ".h")), "c", kind, "n" + kind, calibrate=rows)
    source = tmp_path / "both.c"
    source.write_text('#include "int8.h"\n#include "int16.h"\n#include "int8.h"\n'
                      "void run(const int8_t *a, int8_t *b, const int16_t *c, int16_t *d);\n"
                      "void run(const int8_t *a, int8_t *b, const int16_t *c, int16_t *d)\n"
                      "{ nint8_predict(a, b); nint16_predict(c, d); }\n")  # fmt: skip
    subprocess.check_call(["gcc", "-std=c99", "-O0", *WARNINGS, "-c", "both.c"], cwd=str(tmp_path))
    lines = subprocess.check_output(["nm", str(tmp_path / "both.o")]).decode().splitlines()
    symbols = [line.split() for line in lines]
    assert {fields[-2] for fields in symbols} == set("tTr")
    assert {fields[-1].split("_")[0] for fields in symbols} == {"run", "nint8", "nint16"}


def test_the_arrays_on_the_stack(tmp_path):
    net, rows = list(networks())[-1]
    sn.export(net, str(tmp_path / "net.h"), "c", "int16", calibrate=rows)
    source = tmp_path / "all.c"
    source.write_text('#include <stdio.h>\n#include "net.h"\n'
                      'int main(void) { printf("%zu", (size_t)NET_SCRATCH); return 0; }\n')  # fmt: skip
    subprocess.check_call(["gcc", "all.c", "-o", "all"], cwd=str(tmp_path))
    assert subprocess.check_output([str(tmp_path / "all")]) == b"40"  # 20 units of 16 bits


EXPORTING = """\
import hashlib
import scratchnet as sn
from scratchnet.datasets import samples
data = samples.iris()
layers = [sn.Normalization(), sn.Dense(4, 8), sn.GELU("tanh"), sn.Dense(8, 8), sn.SELU(), sn.Dense(8, 3), sn.Softmax()]
net = sn.Sequential(layers, seed=1)
net.adapt(data.X)
for type in ("int8", "int16"):
    for to in ("c", "micropython"):
        text = sn.export(net, None, to, type, calibrate=data.X)
        print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_python_writes_the_same_bytes():
    expected = run(sys.executable, "-c", EXPORTING)
    assert len(set(expected)) == 4
    others = [name for name in OTHERS if name != "micropython" and found(name)]
    assert others or not os.environ.get("CI")
    for name in others:
        assert run(name, "-c", EXPORTING) == expected, name


# ---- another memory ----------------------------------------------------------------------------------------------


def tables_and_reads(text):
    """The names of the tables of a header, and the code that reads them, without its test."""
    text = text[: text.index("#ifdef NET_SELFTEST")]
    names = re.findall(r"static const \w+ (net_\w+)\[.*NET_DATA = \{", text)
    return names, re.sub(r"static const \w+ net_\w+\[[^;]*;", "", text)


def headers(progmem):
    net, rows = list(networks())[-2]
    for kind in BITS:
        yield sn.export(net, None, "c", kind, calibrate=rows, progmem=progmem)
    yield sn.export(
        next(large_networks()), None, "c", "float", self_contained=True, progmem=progmem
    )


def test_tables_in_another_memory_are_read_by_macros_alone():
    for text in headers(progmem=True):
        names, code = tables_and_reads(text)
        assert len(names) > 2
        read = re.sub(r"NET_READ\w*\(", "(", code)
        assert len(read) < len(code)
        for name in names:
            for use in re.finditer(re.escape(name) + r"\b(.)", code):
                before = code[: use.start()]
                pointer = use.group(1) != "["
                assert pointer or re.search(r"NET_READ\w+\($", before), before[-40:]


def test_the_macros_can_be_defined_by_the_user(tmp_path):
    """Here they count. All tables are read by them, and the results are the same."""
    for text in headers(progmem=True):
        own = "static int reads;\n#define NET_DATA\n"
        own += "".join(
            [
                "#define {}(x) (reads++, (x))\n".format(m)
                for m in sorted(set(re.findall(r"NET_READ\w+", text)))
            ]
        )
        text = own + text.replace('printf("all right', 'if (reads > 100) printf("all right')
        assert selftest(tmp_path, text) == (0, "all right: 8 vectors\n")


def test_without_the_option_there_are_no_macros():
    for text in headers(progmem=False):
        assert "NET_DATA" not in text and "NET_READ" not in text


def test_a_small_network_has_no_tables(tmp_path):
    text = sn.export(next(small_networks()), None, type="float", progmem=True)
    assert text == sn.export(next(small_networks()), None, type="float")
    assert selftest(tmp_path, text) == (0, "all right: 8 vectors\n")


def test_tables_stay_in_the_flash_of_an_avr(tmp_path):
    """Nothing of the network is in its 2 KB of RAM."""
    if shutil.which("avr-gcc") is None:
        pytest.skip("there is no avr-gcc")
    for kind, options in (("int8", {}), ("int16", {}), ("float", {"self_contained": True})):
        net, rows = list(networks())[-1]
        calibrate = rows if kind in BITS else None
        sn.export(
            net, str(tmp_path / "net.h"), "c", kind, calibrate=calibrate, progmem=True, **options
        )
        T = kind + "_t" * (kind in BITS)
        source = '#include "net.h"\nvoid run(const {0} *a, {0} *b);\nvoid run(const {0} *a, {0} *b) {{ net_predict(a, b); }}\n'
        (tmp_path / "net.c").write_text(source.format(T))
        subprocess.check_call(
            ["avr-gcc", "-mmcu=atmega328p", "-std=c99", "-Os", *WARNINGS, "-c", "net.c"],
            cwd=str(tmp_path),
        )
        sizes = (
            subprocess.check_output(["avr-size", str(tmp_path / "net.o")])
            .decode()
            .split("\n")[1]
            .split()
        )
        assert sizes[1:3] == ["0", "0"] and int(sizes[0]) > 500
