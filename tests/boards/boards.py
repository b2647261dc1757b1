"""Boards without an operating system, emulated: what compiles for them, what runs a program, and what it costs.

The programs are Debian's: gcc-arm-none-eabi, libnewlib-arm-none-eabi, qemu-system-arm; gcc-avr, avr-libc, simavr;
gcc-s390x-linux-gnu, qemu-user.
"""

import os
import re
import shutil
import struct
import subprocess

from programs import missing
from test_c import LETTERS, Program

FOLDER = os.path.dirname(os.path.abspath(__file__))
SUPPORT = os.path.join(FOLDER, "support.c")
NEWLIB = "--specs=rdimon.specs"  # printf writes through the emulator
SECTIONS = (
    "-ffunction-sections",
    "-fdata-sections",
    "-Wl,--gc-sections",
)  # What is not used is left out.
WARNINGS = "-Werror -Wall -Wextra -Wpedantic -Wdouble-promotion".split()


class Board:
    """A processor, and the board that is emulated.

    ``compiler``   the command that compiles for it
    ``tools``      the prefix of its binutils
    ``emulator``   the command that runs a program, whose name stands for {}
    ``types``      the types of numbers that it has
    ``ticks``      how many instructions (on AVR: cycles) one tick of ``ticks()`` is
    """

    lacks = set()  # the functions that its C library lacks

    def __init__(self, compiler, tools, emulator, types, ticks=None):
        self.compiler, self.tools, self.emulator = compiler.split(), tools, emulator
        self.types, self.ticks = types, ticks

    def check(self):
        """Skip the test unless all programs are here."""
        for program in (self.compiler[0], self.emulator.split()[0]):
            if shutil.which(program) is None:
                missing("there is no {}".format(program))

    def compile(self, folder, sources, *options):
        """Return the path of the program that is made of these sources, with the support for the board."""
        program = os.path.join(folder, "program")
        command = self.compiler + ["-I", folder, "-I", FOLDER] + list(options)
        command += ["-x", "c"] + list(sources) + [SUPPORT, "-o", program, "-lm"]
        subprocess.check_call(command, cwd=folder)
        return program

    def run(self, program, *options):
        """Return what the program prints."""
        command = self.emulator.format(program).split() + list(options)
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300
        )
        # simavr prints a point for the end of a line, and colors.
        text = re.sub(r"\x1b\[\d*m", "", done.stdout.decode())
        return re.sub(r"\.?\r?\n", "\n", text)

    def frames(self, folder):
        """Return {function: bytes on the stack}, as -fstack-usage wrote them when a program was made here."""
        found = {}
        for name in os.listdir(folder):
            if name.endswith(".su"):
                with open(os.path.join(folder, name)) as file:
                    for line in file:
                        place, size = line.split("\t")[:2]
                        found[place.rsplit(":", 1)[1]] = int(size)
        return found

    def size(self, program):
        """Return the bytes of flash and of static RAM of a program, or of an object file."""
        output = subprocess.check_output([self.tools + "size", program]).decode()
        text, data, bss = [int(field) for field in output.splitlines()[1].split()[:3]]
        return text + data, data + bss

    def measure(self, folder, kind, rows, *options):
        """Return the Measurement of a prediction by net.h in the folder, the median over these rows."""
        source = os.path.join(folder, "measure.c")
        with open(source, "w") as file:
            file.write(MEASURE.format(T=C_TYPES.get(kind, kind), rows=table(kind, "net", rows)))
        options = ("-Os",) + SECTIONS + options
        command = self.compiler + ["-I", folder, "-I", FOLDER, "-fstack-usage"] + list(options)
        subprocess.check_call(command + ["-c", source], cwd=folder)
        made = Measurement()
        made.file, made.static = self.size(os.path.join(folder, "measure.o"))
        made.stack = deepest(self.frames(folder))
        program = self.compile(folder, [source], "-DTIMED", *options)
        found = sorted(map(int, re.findall(r"TICKS (\d+)", self.run(program))))
        assert len(found) == len(rows)
        made.time = round(found[len(found) // 2] * self.ticks)
        return made

    def linked(self, folder, *options):
        """Return the bytes of flash that the prediction of measure.c adds to a program, with its libraries."""
        source = os.path.join(folder, "measure.c")
        options = ("-Os",) + SECTIONS + options
        sizes = [
            self.size(self.compile(folder, [source], which, *options))[0]
            for which in ("-DLINKED", "-DEMPTY")
        ]
        return sizes[0] - sizes[1]


class Measurement:
    """What a prediction costs on a board.

    ``file``     the bytes of flash of the file, without libraries
    ``static``   the bytes of static RAM
    ``stack``    the bytes on the stack
    ``time``     instructions; on AVR cycles
    """


def members(mapping):
    """Return {object: bytes} of the libraries in a program, from the linker's map."""
    with open(mapping) as file:
        text = file.read().split("Linker script and memory map")[1]
    found = {}
    pattern = r"\n \.(?:text|rodata|data|progmem)\S*\s+0x\w+\s+0x(\w+)\s+\S+\((\S+)\.o\)"
    for size, name in re.findall(pattern, text):
        found[name] = found.get(name, 0) + int(size, 16)
    return {name: size for name, size in found.items() if size}


def deepest(frames):
    """Return how many bytes are on the stack at most: the functions call the helpers, and those nothing."""
    helpers = "_(ldexp|rounded|mantissa|exponent|abs|scaled|shifted|lookup)"
    functions = "_(exp|expm1|log|log1p|tanh|erf|sqrt|cos)$"
    found = [frames["use"], frames.get("net_predict", 0)]
    for pattern in (helpers, functions):
        found.append(max([frames[name] for name in frames if re.search(pattern, name)] + [0]))
    return sum(found)


def cortex(processor, machine, nanoseconds, options=""):
    """Return a Cortex-M. ``nanoseconds`` is the period of its SysTick; one instruction takes 128 ns."""
    return Board(
        "arm-none-eabi-gcc -std=c99 -mthumb -mcpu={} {} {} -Wl,-Tdata=0x20000000".format(
            processor, options, NEWLIB
        ),
        "arm-none-eabi-",
        "qemu-system-arm -M {} -semihosting -nographic -monitor none -icount shift=7 "
        "-device loader,file={{}},cpu-num=0".format(machine),
        ("double", "float"),
        nanoseconds / 128,
    )


BOARDS = {
    "Cortex-M0": cortex("cortex-m0", "microbit", 62.5),
    "Cortex-M3": cortex("cortex-m3", "mps2-an385", 40),
    # The FPU could add products at once; the header forbids what this option allows.
    "Cortex-M4F": cortex(
        "cortex-m4", "mps2-an386", 40, "-mfloat-abi=hard -mfpu=fpv4-sp-d16 -ffp-contract=fast"
    ),
    "ATmega328P": Board(
        "avr-gcc -std=gnu99 -mmcu=atmega328p",
        "avr-",
        "simavr -m atmega328p -f 16000000 {}",
        ("float",),
        64,
    ),
    "s390x": Board(
        "s390x-linux-gnu-gcc -std=gnu99 -static",
        "s390x-linux-gnu-",
        "qemu-s390x {}",
        ("double", "float"),
    ),
}
BOARDS["ATmega328P"].lacks = {"erf", "expm1", "log1p"}

MAIN = """\
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
{includes}
#define RUN(NAME, PREDICT, T, BITS, ROWS) for (n = 0; n < (int)(sizeof ROWS / sizeof ROWS[0]); n++) {{ \\
    T out[NAME##_OUTPUTS]; \\
    int k; \\
    PREDICT(ROWS[n], out); \\
    for (k = 0; k < NAME##_OUTPUTS; k++) {{ \\
        BITS bits; \\
        memcpy(&bits, &out[k], sizeof bits); \\
        printf("%08" PRIx32 "%08" PRIx32 "\\n", (uint32_t)((uint64_t)bits >> 32), (uint32_t)bits); \\
    }} \\
}}
{rows}
int main(void)
{{
    int n;
{runs}
    return 0;
}}
"""
MEASURE = """\
#include <stdio.h>
#include "support.h"
#include "net.h"
void use(const {T} *in, {T} *out);
__attribute__((noinline)) void use(const {T} *in, {T} *out) {{ net_predict(in, out); }}
#ifdef TIMED
{rows}
int main(void)
{{
    static {T} out[NET_OUTPUTS];
    unsigned n;
    for (n = 0; n < sizeof rows_net / sizeof rows_net[0]; n++) {{
        uint32_t begin = ticks();
        const uint32_t none = ticks_since(begin);
        begin = ticks();
        use(rows_net[n], out);
        printf("TICKS %lu\\n", (unsigned long)(ticks_since(begin) - none));
    }}
    return 0;
}}
#elif defined(LINKED)
int main(void)
{{
    static {T} row[NET_INPUTS + NET_OUTPUTS];
    use(row, row + NET_INPUTS);
    return 0;
}}
#elif defined(EMPTY)
int main(void) {{ return 0; }}
#endif
"""
C_TYPES = {"int8": "int8_t", "int16": "int16_t"}
INTEGERS = {"d": "uint64_t", "f": "uint32_t"}


class BoardProgram(Program):
    """Networks in one program for a board, with the rows that they are given in its flash."""

    def run(self, board, *options):
        """What each network answers to its rows."""
        kinds = {letter: kind for kind, letter in LETTERS.items()}
        includes, tables, runs = [], [], []
        for name, letter, rows, _ in self.parts:
            includes.append('#include "{}.h"'.format(name))
            tables.append(table(kinds[letter], name, rows))
            runs.append(
                "    RUN({}, {}_predict, {}, {}, rows_{})".format(
                    name.upper(), name, kinds[letter], INTEGERS[letter], name
                )
            )
        source = os.path.join(self.folder, "main.c")
        with open(source, "w") as file:
            file.write(
                MAIN.format(
                    includes="\n".join(includes), rows="\n".join(tables), runs="\n".join(runs)
                )
            )
        program = board.compile(self.folder, [source], *options)
        found = re.findall(r"^[0-9a-f]{16}$", board.run(program), re.MULTILINE)
        numbers = [bytes.fromhex(text) for text in found]
        return self.answers(numbers)

    def answers(self, numbers):
        """Return the numbers, eight bytes each, as the rows that the networks answer."""
        assert len(numbers) == sum([len(row) for part in self.parts for row in part[3]])
        answers, left = [], iter(numbers)
        for _, letter, _, expected in self.parts:
            size = struct.calcsize(letter)
            answers.append(
                [[struct.unpack(">" + letter, next(left)[-size:])[0] for _ in y] for y in expected]
            )
        return answers


def table(kind, name, rows):
    """Return the definition of an array that holds these rows, exactly."""
    suffix = "f" * (kind == "float")
    number = "{}".format if kind in C_TYPES else lambda x: x.hex() + suffix
    texts = ["{" + ", ".join(map(number, row)) + "}" for row in rows]
    return "static const {} rows_{}[][{}_INPUTS] = {{{}}};".format(
        C_TYPES.get(kind, kind), name, name.upper(), ",\n".join(texts)
    )
