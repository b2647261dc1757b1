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
from conftest import missing
from hypothesis import given, settings
from random_networks import BUILT_IN_LAYERS, Bell, Bent, Scale, Share, recipes

import scratchnet as sn
from scratchnet import functions
from scratchnet.cli import main
from scratchnet.codegen import c_header
from scratchnet.scalars import Single

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


def each_layer():
    """A network per layer, small enough to be written out, and one large enough for loops."""
    for make in BUILT_IN_LAYERS + [Share, Bell, lambda: Bent(0.5), lambda: sn.Threshold(0.25), Squares, Rising]:
        yield adapted([sn.Dense(3, 4), make(), sn.Dense(4, 2)], 3)
        yield adapted([sn.Dense(12, 24), make(), sn.Dense(24, 5), make()], 12)
    yield adapted([sn.Dense(2, 3), Everything(), sn.Dense(3, 1)], 2)
    yield adapted([sn.Normalization(), sn.Dropout(0.5), Scale(3), sn.Dense(3, 1)], 3)
    yield adapted([sn.Normalization(), sn.Dense(40, 8), Scale(8), sn.Identity(), Scale(8)], 40)
    yield sn.Sequential([sn.Dense(40, 8, initializer="zeros"), sn.Softmax()])
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
        runs = ["    RUN({1}, {2}, {0}_predict)".format(name, kind, name.upper()) for name, kind in names]
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
                    assert a == b or a != a and b != b or abs(a - b) <= tolerance, (name, row, y, answer)


def bits(values, letter):
    return [None if v != v else struct.pack(letter, v) for v in values]


def with_loops(monkeypatch):
    monkeypatch.setattr(c_header, "MOST_WRITTEN_OUT", 0)


@pytest.fixture(scope="module")
def every_network(tmp_path_factory):
    """Self-contained, as doubles and as floats, as they are exported and with loops alone."""
    program = Program(tmp_path_factory.mktemp("all"))
    for net in each_layer():
        for kind in ("double", "float"):
            program.add(net, kind, True, rows_for(net))
    former, c_header.MOST_WRITTEN_OUT = c_header.MOST_WRITTEN_OUT, 0
    try:
        for net in each_layer():
            program.add(net, "double", True, rows_for(net))
    finally:
        c_header.MOST_WRITTEN_OUT = former
    return program


# ---- the same bits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compiler", [GCC, CLANG, ["g++", "-x", "c++", "-std=c++11"]], ids=" ".join)
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3"])
def test_the_bits_of_the_portable_kernel(every_network, compiler, level):
    every_network.check_bits(*(compiler + [level] + (WARNINGS if level == "-O2" else [])))
