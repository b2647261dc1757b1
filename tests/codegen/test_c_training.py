"""sn.export(train=...): training steps in C, compiled by gcc and clang, against ``fit`` in batches of one sample."""

import os
import re
import struct
import subprocess
from fractions import Fraction

import pytest
from hypothesis import given, settings
from random_networks import Bell, MeanQuarticError, Rested, RunningMean, Scale, Share, SignDescent, Slowing, recipes
from test_c import CLANG, EACH_KIND, GCC, LETTERS, WARNINGS, bits, compilers, selftest

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.codegen import c_training
from scratchnet.core.examples import Examples
from scratchnet.core.training import Engine
from scratchnet.scalars import Single

NUMBERS = {"double": float, "float": Single}
X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
Y = [[0.0], [1.0], [1.0], [0.0]]
__all__ = ["compilers"]  # a fixture that every test uses


def gate(*end):
    """The network 2-4-1 that learns XOR."""
    return sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), *(end or (sn.Sigmoid(),))], seed=7)


PROGRAM = """\
#include <stdio.h>
%s
#define RUN(T, NAME, name) { \\
    static T in[NAME##_INPUTS], target[NAME##_OUTPUTS], out[NAME##_OUTPUTS]; \\
    static name##_trainer trainer; \\
    int steps; \\
    if (fread(&steps, sizeof steps, 1, stdin) != 1) { return 1; } \\
    name##_start(&trainer); \\
    for (; steps > 0; steps--) { \\
        T loss; \\
        if (fread(in, sizeof in, 1, stdin) != 1) { return 1; } \\
        if (fread(target, sizeof target, 1, stdin) != 1) { return 1; } \\
        loss = name##_train(&trainer, in, target); \\
        fwrite(&loss, sizeof loss, 1, stdout); \\
    } \\
    name##_predict_with(&trainer, in, out); \\
    fwrite(out, sizeof out, 1, stdout); \\
    fwrite(trainer.weights, sizeof trainer.weights, 1, stdout); \\
}
int main(void)
{
%s
    return 0;
}
"""


class Program:
    """Networks that learn, in one program, each from samples of its own."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.parts = []

    def add(self, net, kind, optimizer, samples, loss=None, own=True):
        """Add a network, and train it in Python, step by step: what C must compute."""
        name = "n{}".format(len(self.parts))
        path = os.path.join(self.folder, name + ".h")
        sn.export(net, path, type=kind, self_contained=own, train=optimizer, loss=loss)
        number = NUMBERS[kind]
        samples = [[[float(number(v)) for v in row] for row in sample] for sample in samples]
        loss = loss or sn.BinaryCrossEntropy()
        self.parts.append((name, kind, samples, trained(net.copy(number), samples, loss, optimizer)))

    def run(self, *command):
        """Return the losses, the output and the weights of each network, from the program that this compiles."""
        includes = "\n".join(['#include "{}.h"'.format(part[0]) for part in self.parts])
        runs = ["    RUN({1}, {2}, {0})".format(*part[:2], part[0].upper()) for part in self.parts]
        source, program = (os.path.join(self.folder, name) for name in ("all.c", "all"))
        with open(source, "w") as file:
            file.write(PROGRAM % (includes, "\n".join(runs)))
        subprocess.check_call(list(command) + [source, "-o", program, "-lm"])
        given = b""
        for _, kind, samples, _ in self.parts:
            row = [v for sample in samples for part in sample for v in part]
            given += struct.pack("=i{}{}".format(len(row), LETTERS[kind]), len(samples), *row)
        output = subprocess.run([program], input=given, stdout=subprocess.PIPE, check=True).stdout
        results, start = [], 0
        for _, kind, _, expected in self.parts:
            form = "{}{}".format(len(expected), LETTERS[kind])
            results.append(list(struct.unpack_from(form, output, start)))
            start += struct.calcsize(form)
        assert start == len(output)
        return results

    def check_bits(self, *command):
        for (name, kind, _, expected), found in zip(self.parts, self.run(*command)):
            assert bits(found, LETTERS[kind]) == bits(expected, LETTERS[kind]), name


def trained(net, samples, loss, optimizer):
    """The loss before each step, the output for the last sample after all of them, and the weights."""
    rows = [[[net.number(v) for v in row] for row in part] for part in zip(*samples)]
    examples = Examples(rows[0], rows[1], None, list(range(len(samples))))
    loss, optimizer = (part.with_numbers(net.number, exactly=True) for part in (loss, optimizer))
    former = sn.set_kernel("portable")
    try:
        losses = Engine(net, loss, optimizer, examples, sn.Generator(0)).epoch([[k] for k in examples.used])
        out = net.predict(rows[0][-1:])[0]
    finally:
        sn.set_kernel(former)
    weights = [v for p in net.parameters() if not p.frozen for row in p.rows for v in row]
    return [float(v) for v in losses + out + weights]


# ---- the same bits -----------------------------------------------------------------------------------------------

OPTIMIZERS = [
    sn.SGD(0.5),
    sn.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    sn.Adagrad(0.1, clip_norm=0.25),
    sn.RMSprop(0.01),
    sn.Adam(0.05),
    sn.AdamW(0.05, clip_norm=1000),
    SignDescent(0.01),
    RunningMean(0.05),
    Slowing(0.05),
]


@pytest.fixture(scope="module")
def every_optimizer(tmp_path_factory):
    """XOR learned by each of them; by Adam for 2,000 steps. (Single is slow.)"""
    program = Program(tmp_path_factory.mktemp("all"))
    for optimizer in OPTIMIZERS:
        steps = 2000 if type(optimizer) is sn.Adam else 200
        program.add(gate(), "double", optimizer, list(zip(X, Y)) * (steps // 4))
    for optimizer in OPTIMIZERS[1:6:2]:
        program.add(gate(), "float", optimizer, list(zip(X, Y)) * 25)
    program.add(gate(), "float", sn.SGD(0.5), list(zip(X, Y)) * 500)
    return program


@pytest.mark.parametrize("compiler", [GCC, CLANG], ids=" ".join)
@pytest.mark.parametrize("level", ["-O0", "-O1", "-O2", "-O3"])
def test_xor_learns_with_the_bits_of_python(every_optimizer, compiler, level):
    every_optimizer.check_bits(*(compiler + [level] + WARNINGS))


def test_it_is_what_fit_computes(every_optimizer):
    k = next(k for k, part in enumerate(every_optimizer.parts) if len(part[2]) == 2000)
    former = sn.set_kernel("portable")
    try:
        net = gate()
        net.fit(X, Y, "binary_cross_entropy", sn.Adam(0.05), epochs=500, batch_size=1, shuffle=False)
    finally:
        sn.set_kernel(former)
    expected = [v for p in net.parameters() for row in p.rows for v in row]
    assert every_optimizer.parts[k][3][-17:] == expected
    assert [round(y) for y, in net.predict(X)] == [0, 1, 1, 0]


def test_the_bits_in_cpp(every_optimizer):
    every_optimizer.check_bits("g++", "-x", "c++", "-std=c++11", "-O2", *WARNINGS)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_bits_where_the_processor_adds_products_at_once(every_optimizer, compiler):
    every_optimizer.check_bits(compiler, "-O3", "-march=native")


def test_nothing_is_undefined(every_optimizer):
    options = "-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all"
    every_optimizer.check_bits("gcc", "-O1", *options.split())


@settings(max_examples=settings.default.max_examples // 2)
@given(recipes())
def test_random_networks(tmp_path_factory, made):
    """Without what cannot be written: Dropout, and learning rates that are functions."""
    net = sn.Sequential([v for v in made.network().layers if not isinstance(v, sn.Dropout)])
    net.adapt(made.X)
    optimizer = made.optimizer
    if callable(optimizer.learning_rate):
        optimizer = type(optimizer)(**dict(optimizer.config(), learning_rate=0.05))
    if isinstance(optimizer, Rested):
        optimizer = sn.SGD(0.05, momentum=0.5)
    program = Program(tmp_path_factory.mktemp("random"))
    for kind in ("double", "float"):
        program.add(net, kind, optimizer, list(zip(made.X, made.Y)) * 2, made.loss)
    program.check_bits("gcc", "-std=c99", "-O1", *WARNINGS)
