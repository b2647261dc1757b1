"""The functions of native code, computed for several numbers at once, have the bits of the portable kernel."""

import ctypes
import math
import random
import struct
from array import array

import pytest

from scratchnet.codegen.c import native_step, native_unit, templates
from scratchnet.core import elementary
from scratchnet.engines.native import compiler

try:
    compiler.find_compiler()
except compiler.CompilerError as none:
    pytest.skip(str(none), allow_module_level=True)

OF_THE_CORE = ["exp", "expm1", "log", "log1p", "tanh", "erf", "cos", "sqrt"]
EXPECTED = {name: getattr(elementary, name) for name in OF_THE_CORE}
EXPECTED["mantissa"] = lambda x: elementary.frexp(x)[0]
EXPECTED["exponent"] = lambda x: elementary.frexp(x)[1]
EDGES = [0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, -5e-324, 2.0**-1022, 1.7976931348623157e308, 1.0, -1.0,
         -40.0, -744.5, -745.5, -746.0, 709.78, 710.0, 711.0]  # fmt: skip
WHOLE = [0.0, 1.0, -1.0, 1023.0, 1024.0, -1022.0, -1023.0, -1074.0, -1075.0, 2047.0, -2045.0]


def numbers():
    chance, found = random.Random(5), list(EDGES)
    while len(found) < 2000:
        found.append(chance.uniform(-3, 3))
        found.append(chance.uniform(-800, 800))
        found.append(struct.unpack("d", struct.pack("Q", chance.getrandbits(64)))[0])
        found.append(chance.uniform(-1, 1) * 10 ** chance.uniform(-320, 10))
        found.append(1 + chance.uniform(-1, 1) * 2.0 ** -chance.randrange(53))
    return array("d", found)


def library():
    unit = native_unit.NativeUnit("net")
    called = {name: unit.function(name) for name in sorted(EXPECTED)}
    ldexp = unit.function("ldexp")
    parts = [native_step.head(True), templates.CHECK_BITS.format(**unit.words)]
    parts += [templates.BEGIN_UNCONTRACTED] + unit.functions()
    loop = "NET_API void f_{}(const double *restrict x, const double *restrict k, double *restrict y, int n)\n{{\n"
    loop += "    (void)k;\n    for (int i = 0; i < n; i++) {{ y[i] = {}; }}\n}}\n"
    parts += [loop.format(name, "{}(x[i])".format(function)) for name, function in called.items()]
    parts.append(loop.format("ldexp", "{}(x[i], k[i])".format(ldexp)))
    return compiler.build("\n".join(parts))


def same(a, b):
    return struct.pack("d", a) == struct.pack("d", b) or a != a and b != b


def test_every_function_has_the_bits_of_the_portable_kernel():
    built, x = library(), numbers()
    y = array("d", bytes(8 * len(x)))
    chance = random.Random(7)
    k = array("d", [float(chance.choice(WHOLE + [chance.randrange(-2200, 2200)])) for _ in x])
    places = [ctypes.c_void_p(v.buffer_info()[0]) for v in (x, k, y)]
    for name, function in EXPECTED.items():
        getattr(built, "f_" + name)(*places, len(x))
        wrong = [(v, found) for v, found in zip(x, y) if not same(function(v), found)]
        assert not wrong, (name, wrong[:3])
    built.f_ldexp(*places, len(x))
    for v, n, found in zip(x, k, y):
        try:
            expected = math.ldexp(v, int(n))
        except OverflowError:
            expected = math.copysign(math.inf, v)
        assert same(expected, found), (v, n)
