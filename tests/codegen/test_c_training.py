"""sn.export(train=...): training steps in C, compiled by gcc and clang, against ``fit`` in batches of one sample."""

import os
import re
import struct
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given, settings
from random_networks import (
    Bell,
    MeanQuarticError,
    Rested,
    RunningMean,
    Scale,
    Share,
    SignDescent,
    Slowing,
    recipes,
)
from test_c import CLANG, EACH_KIND, GCC, LETTERS, WARNINGS, bits, compilers, found, selftest
from test_interpreters import OTHERS, run

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.codegen.c import training
from scratchnet.core.examples import Examples
from scratchnet.core.training import Engine
from scratchnet.scalars import Single

NUMBERS = {"double": float, "float": Single}
X = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
Y = [[0.0], [1.0], [1.0], [0.0]]
__all__ = ["compilers"]  # a fixture that every test uses


def gate(*end):
    """The network 2-4-1 that learns XOR."""
    return sn.Sequential(
        [sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), *(end or (sn.Sigmoid(),))], seed=7
    )


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
        self.parts.append(
            (name, kind, samples, trained(net.copy(number), samples, loss, optimizer))
        )

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
        for (name, kind, _, expected), answer in zip(self.parts, self.run(*command)):
            assert bits(answer, LETTERS[kind]) == bits(expected, LETTERS[kind]), name


def trained(net, samples, loss, optimizer):
    """The loss before each step, the output for the last sample after all of them, and the weights."""
    rows = [[[net.number(v) for v in row] for row in part] for part in zip(*samples)]
    examples = Examples(rows[0], rows[1], None, list(range(len(samples))))
    loss, optimizer = (part.with_numbers(net.number, exactly=True) for part in (loss, optimizer))
    former = sn.set_kernel("portable")
    try:
        losses = Engine(net, loss, optimizer, examples, sn.Generator(0)).epoch(
            [[k] for k in examples.used]
        )
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
        program.add(gate(), "float", optimizer, list(zip(X, Y)) * 10)
    program.add(gate(), "float", sn.SGD(0.5), list(zip(X, Y)) * 200)
    former, training.MOST_WRITTEN_OUT = training.MOST_WRITTEN_OUT, 0  # as loops
    try:
        program.add(gate(), "double", sn.Adam(0.05), list(zip(X, Y)) * 500)
        program.add(gate(), "float", sn.AdamW(0.05, clip_norm=1), list(zip(X, Y)) * 10)
    finally:
        training.MOST_WRITTEN_OUT = former
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
        net.fit(
            X, Y, "binary_cross_entropy", sn.Adam(0.05), epochs=500, batch_size=1, shuffle=False
        )
    finally:
        sn.set_kernel(former)
    expected = [v for p in net.parameters() for row in p.rows for v in row]
    assert every_optimizer.parts[k][3][-17:] == expected
    assert [round(y) for (y,) in net.predict(X)] == [0, 1, 1, 0]


def test_the_bits_in_cpp(every_optimizer):
    every_optimizer.check_bits("g++", "-x", "c++", "-std=c++11", "-O2", *WARNINGS)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_bits_where_the_processor_adds_products_at_once(every_optimizer, compiler):
    every_optimizer.check_bits(compiler, "-O3", "-march=native")


def test_nothing_is_undefined(every_optimizer):
    options = "-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all"
    every_optimizer.check_bits("gcc", "-O1", *options.split())


@settings(max_examples=settings.default.max_examples // 3)
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
    former = training.MOST_WRITTEN_OUT
    try:
        for kind, most in (("double", former), ("double", 0), ("float", 0)):
            training.MOST_WRITTEN_OUT = most
            program.add(net, kind, optimizer, list(zip(made.X, made.Y)) * 2, made.loss)
    finally:
        training.MOST_WRITTEN_OUT = former
    program.check_bits("gcc", "-std=c99", "-O1", *WARNINGS)


# ---- the header --------------------------------------------------------------------------------------------------

USER_DEFINED = sn.Sequential(
    [sn.Normalization(), Scale(3), sn.Dense(3, 3), Share(), sn.Dense(3, 2), Bell()], seed=3
)
USER_DEFINED.adapt([[1.0, 2.0, 5.0], [3.0, 2.5, -5.0]])


@EACH_KIND
def test_a_file_tests_its_training(kind, own, tmp_path):
    for net, optimizer, loss in (
        (gate(), "adam", None),
        (gate(sn.Identity()), sn.SGD(0.1, momentum=0.9), None),
        (gate(sn.Tanh()), "sgd", "hinge"),
        (USER_DEFINED, Slowing(0.05), MeanQuarticError()),
    ):
        text = sn.export(net, None, type=kind, self_contained=own, train=optimizer, loss=loss)
        assert selftest(tmp_path, text, "net", "gcc", "-std=c99", *WARNINGS) == (
            0,
            "all right: 8 vectors\n",
        )


@pytest.mark.parametrize("old, new, message", [
    ("{-0.22", "{-0.23", "step 0: the loss is "),
    ("trainer->rate = 0.001", "trainer->rate = 0.002", "step 1: the loss is "),
    ("weights[k] = w - ", "weights[k] = w + ", "step 1: the loss is "),
    ("0.999 * m1", "0.99 * m1", "step 2: the loss is "),
    ("trainer->t = t", "trainer->t = 1.0 + t", "step 2: the loss is "),
])  # fmt: skip
def test_a_changed_step_is_caught(old, new, message, tmp_path):
    text = sn.export(gate(), None, train="adam")
    assert text.count(old) == 1
    status, output = selftest(tmp_path, text.replace(old, new))
    assert status == 1 and output.startswith("net: " + message)


def test_the_prediction_with_what_was_learned_is_tested(tmp_path):
    text = sn.export(gate(), None, train="adam")
    start = text.rindex("net_predict_with(const")
    changed = text[:start] + text[start:].replace("weights[16]", "weights[15]", 1)
    status, output = selftest(tmp_path, changed)
    assert status == 1 and output.startswith("net: after 8 steps: output 0 of vector ")


def test_it_has_no_writable_data(tmp_path):
    """And two networks that learn are in one program."""
    for name in ("one", "two"):
        sn.export(gate(), str(tmp_path / (name + ".h")), self_contained=True, train="adam")
    (tmp_path / "both.c").write_text(
        '#include "one.h"\n#include "two.h"\n#include "one.h"\n'
        "double run(one_trainer *a, two_trainer *b, const double *x);\n"
        "double run(one_trainer *a, two_trainer *b, const double *x)\n"
        "{ return one_train(a, x, x) + two_train(b, x, x); }\n"
    )
    subprocess.check_call(["gcc", "-O0", *WARNINGS, "-c", "both.c"], cwd=str(tmp_path))
    lines = subprocess.check_output(["nm", str(tmp_path / "both.o")]).decode().splitlines()
    kinds = {line.split()[-1]: line.split()[-2] for line in lines}
    assert set(kinds.values()) <= set("tTrU")
    assert [name for name in kinds if kinds[name] == "U"] in ([], ["memcpy"])


def test_a_loss_that_is_not_finite_changes_nothing(tmp_path):
    (tmp_path / "net.h").write_text(sn.export(gate(), None, self_contained=True, train="adam"))
    (tmp_path / "main.c").write_text(
        '#include <math.h>\n#include <stdio.h>\n#include "net.h"\nint main(void) {\n'
        "    net_trainer a, b; const double x[2] = {1.0, 1.0}, y[1] = {0.0}; double loss;\n"
        "    net_start(&a); a.weights[16] = INFINITY; b = a; loss = net_train(&a, x, y);\n"
        '    printf("%d %d", loss - loss == 0, memcmp(&a, &b, sizeof a));\n    return 0;\n}\n'
    )
    subprocess.check_call(["gcc", "main.c", "-o", "main"], cwd=str(tmp_path))
    assert subprocess.check_output([str(tmp_path / "main")]) == b"0 0"


def test_a_larger_network_learns_in_loops(tmp_path):
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(64, 16, l2=0.01), sn.GELU(), sn.Dense(16, 10), sn.Softmax()],
        seed=1,
    )
    generator = sn.Generator(3)
    net.adapt([[generator.normal() for _ in range(64)] for _ in range(9)])
    text = sn.export(net, None, type="float", train="adam")
    assert 30 < text.count("for (int ") < 50
    step = text[text.rindex("float net_train(net_trainer *trainer, const float *in") :]
    step = step[: step.index("\n}\n")]
    arrays = sum(map(int, re.findall(r"float v\d+\[(\d+)\];", step)))
    assert (
        "NET_SCRATCH_OF_TRAINING ((NET_PARAMETERS + {}) * sizeof(float))\n".format(arrays) in text
    )
    assert selftest(tmp_path, text, "net", "gcc", "-std=c99", *WARNINGS) == (
        0,
        "all right: 8 vectors\n",
    )
    net.freeze("1.weights", "1.bias")
    text = sn.export(net, None, type="float", train="adam")
    assert "#define NET_PARAMETERS 170\n" in text
    assert selftest(tmp_path, text, "net", "gcc", "-std=c99", *WARNINGS) == (
        0,
        "all right: 8 vectors\n",
    )


EXPORTING = """\
import hashlib
import scratchnet as sn
gate = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 2), sn.Softmax()], seed=7)
generator = sn.Generator(7)
rows = [[generator.normal(), generator.normal()] for _ in range(9)]
for own, optimizer in ((True, sn.SGD(0.1, momentum=0.9)), (False, sn.AdamW(0.05, clip_norm=1.0))):
    text = sn.export(gate, None, type="float", self_contained=own, calibrate=rows, train=optimizer)
    print(hashlib.sha256(text.encode()).hexdigest())
"""


def test_every_python_writes_the_same_bytes():
    expected = run(sys.executable, "-c", EXPORTING)
    assert len(set(expected)) == 2
    for name in OTHERS:
        if name != "micropython" and found(name):
            assert run(name, "-c", EXPORTING) == expected, name


class Forgetful(sn.Optimizer):
    """A rule that ignores what it remembers, and the learning rate."""

    memory = 2

    def rule(self, w, g, state):
        return g / 8, (w, g)


class Deaf(sn.Layer):
    """Its outputs do not depend on what learned before it."""

    def forward(self, X):
        self.N = len(X[0])
        return [[x[0] * 0 + 1] for x in X]

    def backward(self, dA):
        return [[0] * self.N for _ in dA]


def test_what_is_not_used_gives_no_warning(tmp_path):
    text = sn.export(gate(), None, train=Forgetful())
    assert selftest(tmp_path, text, "net", "gcc", "-std=c99", *WARNINGS) == (
        0,
        "all right: 8 vectors\n",
    )
    net = sn.Sequential([sn.Dense(2, 3), Deaf()])
    text = sn.export(net, None, train="sgd", loss="mean_squared_error")
    assert selftest(tmp_path, text, "net", "clang", "-std=c99", *WARNINGS) == (
        0,
        "all right: 8 vectors\n",
    )


# ---- the loss, and what is refused -------------------------------------------------------------------------------


def test_the_loss_pairs_with_the_last_activation():
    for end, loss in [
        ([sn.Sigmoid()], "BinaryCrossEntropy()"),
        ([sn.Softmax()], "CategoricalCrossEntropy()"),
        ([sn.Identity()], "HalfSquaredError()"),
        ([], "HalfSquaredError()"),
        ([sn.Threshold()], "Perceptron()"),
    ]:
        net = sn.Sequential([sn.Dense(2, 2)] + end)
        text = sn.export(net, None, train="sgd")
        assert " *   loss:      {}\n".format(loss) in text and "for classes 1 or 0.\n" in text
    text = sn.export(sn.Sequential([sn.Dense(2, 2)]), None, train="sgd", loss="hinge")
    assert " *   loss:      Hinge()\n" in text and "for classes 1 or -1.\n" in text
    text = sn.export(gate(), None, train="sgd", loss=sn.Huber(2))
    assert " *   loss:      Huber(delta=2.0)\n" in text


def test_what_is_frozen_stays():
    net = gate()
    net.freeze("0.weights", "2.bias")
    text = sn.export(net, None, train="sgd")
    assert "#define NET_PARAMETERS 8\n" in text and "memory" not in text


class Counting(sn.SGD):
    def rule(self, w, g, state):
        self.count = getattr(self, "count", 0) + 1
        return sn.SGD.rule(self, w, g, state)


class Uneven(sn.SGD):
    """The first weight learns otherwise."""

    def update_rows(self, rows, gradients, states, factor):
        new_rows, new_states = sn.SGD.update_rows(self, rows, gradients, states, factor)
        return [[rows[0][0]] + new_rows[0][1:]] + new_rows[1:], new_states


FROZEN = gate()
FROZEN.freeze(*[p.name for p in FROZEN.parameters()])
REFUSED = {
    "name": (dict(train="lbfgs"), "^train 'lbfgs' is unknown; give one of: .*sgd"),
    "loss": (dict(train="sgd", loss="l2"), "^loss 'l2' is unknown; give one of: "),
    "loss without a step": (dict(loss="huber"), "^loss is 'huber'; give None: only a training step has a loss$"),
    "no partner": (
        dict(net=gate(sn.Tanh()), train="sgd"),
        r"^train: no loss pairs with Tanh\(\), the last layer; give one, such as loss='mean_squared_error'$",
    ),
    "no probabilities": (
        dict(net=gate(sn.Tanh()), train="sgd", loss="binary_cross_entropy"),
        r"^BinaryCrossEntropy: Tanh\(\) gives no probabilities",
    ),
    "random numbers": (
        dict(net=gate(sn.Dropout(0.5), sn.Sigmoid()), train="sgd"),
        "^the training step cannot be written out: it draws random numbers",
    ),
    "schedule": (
        dict(train=sn.SGD(sn.StepDecay(0.1, 3))),
        "^the training step cannot be written out: its learning rate is a function; give a number",
    ),
    "frozen": (dict(net=FROZEN, train="sgd"), "^the training step cannot be written out: all its parameters are frozen"),
    "t": (dict(train=Rested(0.1)), "^the training step cannot be written out: unsupported operand"),
    "memory": (dict(train=Counting(0.1)), "^the training step cannot be written out: Counting stores something"),
    "uneven": (dict(train=Uneven(0.1)), "^the training step cannot be written out: it does not do the same with"),
    "size": (
        dict(net=sn.Sequential([sn.Dense(64, 64), sn.Tanh(), sn.Dense(64, 1)]), train="sgd"),
        "^train: 4225 weights learn, but at most 4096 can; freeze some of them, or give a smaller network$",
    ),
    "fractions": (dict(net=gate().copy(Fraction), train="sgd"), "^the network computes with Fraction"),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_what_is_refused(what):
    options, message = REFUSED[what]
    with pytest.raises((TypeError, ValueError), match=message):
        sn.export(**dict(dict(net=gate(), path=None), **options))


def test_the_command_line(tmp_path, capsys):
    model, header = str(tmp_path / "gate.json"), str(tmp_path / "gate.h")
    gate().save(model)
    command = ["export", model, "--to", "c", "-o", header, "--train", "adam"]
    assert main(command + ["--loss", "mean_squared_error"]) == 0
    with open(header, encoding="ascii") as file:
        assert file.read() == sn.export(
            gate(), None, name="gate", train="adam", loss="mean_squared_error"
        )
    assert main(command + ["--loss", "perceptron"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
