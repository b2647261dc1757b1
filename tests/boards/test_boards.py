"""Exported headers on emulated boards: the bits that Python computes, their own test, and the stack."""

import os
import re
import shutil
import subprocess

import pytest
from boards import BOARDS, WARNINGS, BoardProgram, deepest
from hypothesis import given, settings
from programs import missing
from random_networks import recipes
from test_c import adapted, large_networks, rows_for, small_networks
from test_readme import IRIS, README

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.codegen.c import header

LEVELS = ["-O0", "-O1", "-O2", "-O3"]
TYPES = ["double", "float"]
LARGE = [
    name for name in sorted(BOARDS) if name != "ATmega328P"
]  # They have room for many networks.


def board_of(name):
    """The board; the test is skipped if the programs that it needs are missing."""
    board = BOARDS[name]
    board.check()
    return board


def program(folder, networks, kind, rows=6):
    made = BoardProgram(folder)
    for net in networks:
        made.add(net, kind, True, rows_for(net, rows))
    return made


# ---- the same bits -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LARGE)
@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("networks", [small_networks, large_networks])
def test_the_bits_of_python(name, networks, kind, tmp_path):
    board = board_of(name)
    made = program(tmp_path, networks(), kind)
    for level in LEVELS:
        made.check_bits(board, level, *WARNINGS)


@pytest.mark.parametrize("level", ["-O0", "-Os", "-O3"])
def test_the_bits_of_python_in_2_kb_of_memory(level, tmp_path):
    """On an ATmega328P each network is a program of its own."""
    board = board_of("ATmega328P")
    for k, net in enumerate(small_networks()):
        folder = tmp_path / str(k)
        folder.mkdir()
        program(folder, [net], "float", 3).check_bits(board, level, *WARNINGS)


@pytest.mark.parametrize("name", ["Cortex-M0", "s390x"])
@settings(max_examples=10)
@given(recipes())
def test_random_networks(name, tmp_path_factory, made):
    board = board_of(name)
    net = made.network()
    net.adapt(made.X)
    program = BoardProgram(tmp_path_factory.mktemp("random"))
    for most in (header.MOST_WRITTEN_OUT, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(header, "MOST_WRITTEN_OUT", most)
            for kind in TYPES:
                program.add(net, kind, True, made.X[:3] + rows_for(net, 3))
    program.check_bits(board, "-Os", *WARNINGS)


# ---- the test in the file ----------------------------------------------------------------------------------------


def iris():
    return adapted(
        [sn.Normalization(), sn.Dense(4, 16), sn.Tanh(), sn.Dense(16, 3), sn.Softmax()], 4
    )


@pytest.mark.parametrize("name", sorted(BOARDS))
@pytest.mark.parametrize("own", [True, False])
def test_a_file_tests_itself(name, own, tmp_path):
    board = board_of(name)
    for kind in board.types:
        sn.export(iris(), str(tmp_path / "net.h"), type=kind, self_contained=own)
        made = board.compile(str(tmp_path), ["net.h"], "-Os", "-DNET_SELFTEST")
        assert "all right: 8 vectors\n" in board.run(made)


@pytest.mark.parametrize("name", sorted(BOARDS))
@pytest.mark.parametrize("kind", ["int8", "int16"])
def test_the_integers_of_python(name, kind, tmp_path):
    """The test of the file compares what the network and the quantization of its inputs compute with Python's integers."""
    board = board_of(name)
    for k, net in enumerate([iris(), adapted([sn.Dense(64, 32), sn.ReLU(), sn.Dense(32, 10)], 64)]):
        sn.export(
            net, str(tmp_path / "net.h"), type=kind, calibrate=rows_for(net, 9)[:9], progmem=k == 0
        )
        if name == "ATmega328P" and k:
            break  # The vectors of the test do not fit into its memory.
        for level in ("-O0", "-Os", "-O3"):
            made = board.compile(str(tmp_path), ["net.h"], level, "-DNET_SELFTEST")
            assert re.search(r"all right: \d vectors\n", board.run(made))


def test_where_doubles_have_32_bits(tmp_path, capfd):
    board = board_of("ATmega328P")
    sn.export(iris(), str(tmp_path / "net.h"))
    with pytest.raises(subprocess.CalledProcessError):
        board.compile(str(tmp_path), ["net.h"], "-DNET_SELFTEST")
    assert "net: double does not have 53 binary digits here" in capfd.readouterr().err


# ---- the stack ---------------------------------------------------------------------------------------------------

USER = """\
#include <stdio.h>
#include "net.h"
void use(const {0} *in, {0} *out);
void use(const {0} *in, {0} *out) {{ net_predict(in, out); }}
int main(void) {{ printf("SCRATCH %d\\n", (int)NET_SCRATCH); return 0; }}
"""
IN_REGISTERS = 64  # bytes of numbers that are never on the stack
# Bytes of saved registers, addresses and loop variables. -O3 writes short loops out, and then keeps
# the addresses of all their elements.
MOST_BESIDE = {"-O2": 144, "-Os": 144, "-O3": 208}


@pytest.mark.parametrize("level", ["-O2", "-O3", "-Os"])
@pytest.mark.parametrize("name", sorted(set(BOARDS) - {"s390x"}))
def test_the_scratch_is_what_the_stack_needs(name, level, tmp_path):
    """On s390x every frame has 160 bytes more, by its calling convention."""
    board = board_of(name)
    networks = [iris(), next(small_networks()), next(large_networks())]
    for kind in board.types:
        for net in networks:
            sn.export(net, str(tmp_path / "net.h"), type=kind, self_contained=True)
            (tmp_path / "use.c").write_text(USER.format(kind))
            made = board.compile(str(tmp_path), ["use.c"], level, "-fstack-usage")
            scratch = int(re.search(r"SCRATCH (\d+)", board.run(made)).group(1))
            used = deepest(board.frames(str(tmp_path)))
            assert scratch - IN_REGISTERS <= used <= scratch + MOST_BESIDE[level], (
                kind,
                net,
                scratch,
                used,
            )


# ---- cppcheck ----------------------------------------------------------------------------------------------------

CPPCHECK = (
    "cppcheck --quiet --enable=warning,style,performance,portability --inconclusive --error-exitcode=1 --std=c99 "
    "--language=c -DFLT_RADIX=2 -DFLT_MANT_DIG=24 -DDBL_MANT_DIG=53 -DFLT_EVAL_METHOD=0 -DNET_SELFTEST net.h"
)


def test_cppcheck_finds_nothing(tmp_path):
    if shutil.which("cppcheck") is None:
        missing("there is no cppcheck")
    for net in (iris(), next(large_networks())):
        for kind in TYPES:
            for own in (True, False):
                text = sn.export(net, str(tmp_path / "net.h"), type=kind, self_contained=own)
                subprocess.check_call(CPPCHECK.split(), cwd=str(tmp_path))
    (tmp_path / "net.h").write_text(text + "int f(void) { int a[2] = {1, 2}; return a[2]; }\n")
    assert subprocess.call(CPPCHECK.split(), cwd=str(tmp_path), stderr=subprocess.PIPE) == 1


# ---- the README --------------------------------------------------------------------------------------------------


def test_the_commands_of_the_readme(tmp_path, monkeypatch, capsys):
    """They run the test of the file that the command above them writes."""
    for name in ("Cortex-M0", "ATmega328P"):
        board_of(name)
    with open(README, encoding="utf-8") as file:
        section = file.read().split("## Embed a network")[1].split("\n## ")[0]
    (exporting,) = re.findall(
        r"^    python3 -m scratchnet (export .*--progmem.*)$", section, re.MULTILINE
    )
    commands = re.findall(r"^    ((?:arm|qemu|avr|simavr).*)$", section, re.MULTILINE)
    assert len(commands) == 4
    shutil.copy(IRIS, str(tmp_path))
    (tmp_path / "tests" / "boards").mkdir(parents=True)
    support = os.path.join(os.path.dirname(os.path.abspath(__file__)), "support.c")
    shutil.copy(support, str(tmp_path / "tests" / "boards"))
    shutil.copy(support.replace(".c", ".h"), str(tmp_path / "tests" / "boards"))
    monkeypatch.chdir(tmp_path)
    assert main(["train", "iris.csv", "--target", "species", "-o", "iris.safetensors"]) == 0
    assert main(exporting.split()) == 0
    for command in commands:
        done = subprocess.run(
            command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120
        )
        assert done.returncode == 0, done.stdout
        if "-o" not in command.split():
            assert b"all right: " in done.stdout
