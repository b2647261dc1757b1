"""The selftest: it finds what is wrong, in every rule; where nothing is wrong it says so."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import selftest
from scratchnet.cli import main
from scratchnet.core import (
    activations,
    elementary,
    functions,
    initializers,
    layers,
    losses,
    optimizers,
    random,
    schedules,
)
from scratchnet.engines import generated, prediction, rules
from scratchnet.formats import json, safetensors
from scratchnet.selftest import golden


@pytest.fixture(autouse=True)
def code_is_generated_anew():
    """Cached code would hide a rule that a test replaces, or contain that rule in later tests."""
    caches = generated.programs, rules._sources, prediction._predictions
    for cache in caches:
        cache.clear()
    yield
    for cache in caches:
        cache.clear()


def test_every_case_is_right_here():
    assert selftest.check() == []


def test_the_kernel_is_restored():
    former = functions.set_kernel("portable")
    try:
        selftest.check()
        assert functions.kernel() == "portable"
    finally:
        functions.set_kernel(former)


def test_the_golden_numbers_are_those_that_the_table_prints():
    names = {}
    exec(golden.table(), names)
    assert names["GOLDEN"] == golden.GOLDEN


def test_every_rule_has_its_case():
    names = " ".join(name for name, _ in selftest.all_cases())
    rules = (
        set(functions.ELEMENTARY)
        | set(initializers.INITIALIZERS)
        | set(layers.LAYERS)
        | set(losses.LOSSES)
    )
    rules |= {kind.__name__ for kind in optimizers.OPTIMIZERS.values()}
    rules |= {"StepDecay", "ExponentialDecay", "CosineDecay", "WarmUp"}
    rules |= {"random", "training", "GELU, tanh", "nesterov=True"}
    assert [rule for rule in rules if not re.search(r"\b" + rule + r"\b", names)] == []
    assert sorted(golden.GOLDEN) == sorted(name for name, _ in selftest.all_cases())


@pytest.mark.parametrize(
    "owner, name, wrong, case",
    [
        (activations.Tanh, "derivative", lambda self, z, a: 1 - a, "Tanh"),
        (activations.Softmax, "gradient", lambda self, a, da: da, "Softmax"),
        (layers.Dense, "penalty_derivative", lambda self, w: self.l2 * w, "Dense"),
        (layers.Dropout, "draw", lambda self, row: [1.0 for _ in row], "Dropout"),
        (losses.Huber, "derivative", lambda self, a, y: a - y, "huber"),
        (
            losses.BinaryCrossEntropy,
            "terms_from_logits",
            lambda self, z, a, y: z,
            "binary_cross_entropy, paired",
        ),
        (
            optimizers.Adagrad,
            "rule",
            lambda self, w, g, state: (w - self.rate * g, state),
            "Adagrad",
        ),
        (schedules.CosineDecay, "__call__", lambda self, t: 0.5, "CosineDecay"),
        (random.Generator, "normal", lambda self, mean=0.0, deviation=1.0: 0.5, "random"),
        (elementary, "total", lambda values: sum(values) * (1 + 1e-15), None),
    ],
)
def test_a_wrong_rule_is_found_and_named(owner, name, wrong, case, monkeypatch):
    if (
        owner is elementary
    ):  # an error in the last digit, which only the portable kernel's bits can tell
        monkeypatch.setitem(functions.KERNELS["portable"], "total", wrong)
    else:
        monkeypatch.setattr(owner, name, wrong)
    problems = selftest.check()
    assert problems and all("\n" not in problem for problem in problems)
    if case is None:
        assert all("portable kernel" in problem for problem in problems)
    else:
        assert any(problem.startswith(case) for problem in problems)
        for kernel in ("portable", "fast"):
            assert any(kernel + " kernel: number" in problem for problem in problems)


def test_an_exception_is_reported(monkeypatch):
    def broken(self, z):
        raise OverflowError("math range error")

    monkeypatch.setattr(activations.Softplus, "function", broken)
    assert selftest.check() == [
        "Softplus, portable kernel: OverflowError: math range error",
        "Softplus, fast kernel: OverflowError: math range error",
    ]
    assert functions.kernel() == "fast"


def test_a_case_that_gives_too_few_numbers_is_reported(monkeypatch):
    monkeypatch.setattr(activations.Identity, "forward", lambda self, X: X[:1])
    monkeypatch.setattr(activations.Identity, "backward", lambda self, dA: dA[:1])
    assert any(
        re.match(r"Identity, .*: \d+ numbers instead of \d+$", problem)
        for problem in selftest.check()
    )


@pytest.mark.parametrize("codec, name", [(json, "json"), (safetensors, "safetensors")])
def test_a_broken_format_is_reported(codec, name, monkeypatch):
    monkeypatch.setattr(codec, "loads", lambda data: ({}, {}))
    assert selftest.check() == [name + " format: what is loaded differs from what was saved"]
    monkeypatch.setattr(codec, "loads", None)
    assert [problem.split(": ")[:2] for problem in selftest.check()] == [
        [name + " format", "TypeError"]
    ]


def test_the_command_says_what_it_found(capsys, monkeypatch):
    assert main(["selftest"]) == 0
    output = capsys.readouterr().out
    assert re.match(
        r"scratchnet \S+ on \S+ [\d.]+ \(\S+\)\nall right: {} cases".format(
            len(selftest.all_cases())
        ),
        output,
    )
    monkeypatch.setattr(activations.Tanh, "function", lambda self, z: z)
    assert main(["selftest"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith("wrong: Tanh, ")]) >= 2
    assert re.match(r"failed: \d+ results are wrong on this interpreter$", lines[-1])


@given(st.lists(st.floats(allow_nan=False)))
def test_bits_are_read_as_they_were_written(numbers):
    text = golden.bits(numbers)
    assert len(text) == 16 * len(numbers)
    assert repr(golden.from_bits(text)) == repr(numbers)
