"""A check that this interpreter computes correctly, against reference results.

The cases cover all rules, the kernels and the file formats.

cases     the cases: a few numbers through each rule
golden    their reference results
check()   runs all cases and returns a list of the problems, which is empty if there are none

In the portable kernel, each result must have the same bits as the reference. In the fast kernel it
may differ by rounding. Where floats have fewer than 64 bits, it may differ by their rounding in
both kernels. The check needs only the package and also runs on MicroPython. The tests compare the
reference results with independent ones.

>>> check()
[]
"""

from ..core import functions
from ..core.elementary import DIGITS, WIDE
from .cases import all_cases, network
from .golden import GOLDEN, from_bits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List

    from ..core.types import Row

__all__ = ["all_cases", "check", "check_arithmetic"]

# In the fast kernel, relative to the largest number of a case: about 4,500 times the rounding of a
# 64-bit float. Where floats have fewer bits, 64 times their rounding in both kernels.
TOLERANCE = 1 / 1000000000000 if WIDE else 64 / (1 << DIGITS)


def check() -> "List[str]":
    """Return one line per problem: the case, the kernel, and the number that differs."""
    return check_arithmetic() + [
        f"{codec} format: {wrong}" for codec in ("safetensors", "json") for wrong in _file(codec)
    ]


def check_arithmetic() -> "List[str]":
    """Return the problems of the rules in both kernels. This needs only the core."""
    problems = _rounding()
    former = functions.kernel()
    try:
        for kernel in ("portable", "fast"):
            functions.set_kernel(kernel)
            for name, run in all_cases():
                problems.extend(
                    [f"{name}, {kernel} kernel: {wrong}" for wrong in _wrong(name, run, kernel)]
                )
    finally:
        functions.set_kernel(former)
    return problems


def _rounding() -> "List[str]":
    """Return the problem if sums are rounded twice, as the x87 unit of a PC does without SSE."""
    tie, above = 1 / (1 << 53), 1 / (1 << 78)
    if not WIDE or 1.0 + (tie + above) > 1.0:
        return []
    return ["rounding: sums are rounded twice, as by an x87 unit; use a build for SSE2"]


def _wrong(name: str, run: "Callable[[], Row]", kernel: str) -> "List[str]":
    golden = from_bits(GOLDEN[name])
    try:
        numbers = run()
    except Exception as error:  # a broken interpreter may raise anything
        return [f"{type(error).__name__}: {error}"]
    if len(numbers) != len(golden):
        return [f"{len(numbers)} numbers instead of {len(golden)}"]
    exact = WIDE and kernel == "portable"
    allowed = 0.0 if exact else TOLERANCE * max([abs(g) for g in golden])
    return [
        f"number {i} is {n!r} instead of {g!r}"
        for i, (n, g) in enumerate(zip(numbers, golden))
        if not abs(n - g) <= allowed
    ]


def _file(codec: str) -> "List[str]":
    """Save and load a network in a format. Return the problems."""
    from ..formats import json, safetensors

    net = network()
    tensors = {p.name: p.value for p in net.parameters() if p.value is not None}
    module = {"json": json, "safetensors": safetensors}[codec]
    try:
        loaded = module.loads(module.dumps(tensors, {"labels": ["no", "yes"]}))
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    if loaded == (tensors, {"labels": ["no", "yes"]}):
        return []
    return ["what is loaded differs from what was saved"]
