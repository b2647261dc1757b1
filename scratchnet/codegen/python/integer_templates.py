"""The lines of Python of a network of integers that do not depend on the network."""

from . import templates

SCALED = """\
def scaled(v, j, units):
    bias, before, factor, after, tables = units
    k = before[j]
    v = (v + bias[j] + (1 << k >> 1)) >> k
    if v < -32767:
        v = -32767
    elif v > 32767:
        v = 32767
    k = after[j]
    v = (v * factor[j] + (1 << k >> 1)) >> k
    if v < LEAST:
        v = LEAST
    elif v > LARGEST:
        v = LARGEST
    return {result}
"""
LOOKUP = {
    8: """\
def lookup(table, v):
    return table[v + 128] - 128
""",
    16: """\
def lookup(table, v):  # linear between the entries for every 256th integer
    k = (v + 32768) >> 8
    return table[k] + (((table[k + 1] - table[k]) * (v & 255) + 128) >> 8)
""",
}
DENSE = """\
def dense(a, rows, units):  # each unit reads all numbers
    start = {start}
    out = [0] * len(rows)
    j = 0
    for row in rows:
        v = start
        i = 0
        for w in row:
            v += w * a[i]
            i += 1
        out[j] = scaled(v, j, units)
        j += 1
    return out
"""
ELEMENTWISE = """\
def elementwise(a, weights, units):  # each unit reads the number at its own index
    return [scaled({weight} * a[j], j, units) for j in range(len(a))]
"""
WORDS = {
    8: {"start": "-128 * sum(a)", "weight": "(weights[j] - 128)"},
    16: {"start": "0", "weight": "weights[j]"},
}
VIPER = """\
@micropython.viper
def stage(a: ptr8, count: int, step: int, w: ptr8, u: ptr16, table: ptr8, out: ptr8, n: int):
    j = 0
    k = 0
    p = 0
    while j < n:
        v = ((int(u[p]) - 32768) << 16) + int(u[p + 1])
        i = j * step
        end = i + count
        while i < end:
            v += (int(w[k]) - 128) * (int(a[i]) - 128)
            i += 1
            k += 1
        v >>= int(u[p + 2])
        if v < -32767:
            v = -32767
        elif v > 32767:
            v = 32767
        v = (v * int(u[p + 3]) + ((1 << int(u[p + 4])) >> 1)) >> int(u[p + 4])
        if v < -128:
            v = -128
        elif v > 127:
            v = 127
        v += 128
        if int(u[p + 5]):
            v = int(table[((int(u[p + 5]) - 1) << 8) + v])
        out[j] = v
        j += 1
        p += 6
"""
# Every number is rounded to 32 bits, so that all devices find the same integers.
QUANTIZE = """\
def quantize(row):  # numbers beyond the range of the calibration are limited
    out = []
    single = array("f", (0,))
    for k in range(INPUTS):
        single[0] = row[k]
        single[0] -= {edge}
        single[0] *= {steps}
        n = single[0]
        out.append(LEAST if not n > 0 else int(n) + LEAST if n < LARGEST - LEAST else LARGEST)
    return out
"""
SIGNED = {
    8: """\
def signed(row):
    return [v - 128 for v in row]
""",
    16: """\
def signed(row):
    return list(row)
""",
}
SELFTEST = """\
def selftest():  # compare with golden vectors; raise an error if a number differs
    vectors = ({vectors}
    )
    for n in range({count}):
        row, expected = [signed(v) for v in vectors[n]]
        found = run(row)
        if found != expected:
            raise ValueError("{name}: vector %d gives %s, but must give %s" % (n, found, expected))
    found = quantize({numbers})
    if found != row:
        raise ValueError("{name}: the numbers of the last vector give %s" % found)
{rows}    print("all right: %d vectors" % ({count} + {tested}))


if __name__ == "__main__":
    selftest()
"""
# Floats of less than 24 digits may read other integers from the last rows.
TEST_OF_ROWS = """\
    rows = {samples}
    if 1 + 1 / 8388608 == 1:
        rows = rows[:{certain}]
    for values, expected in rows:
        found = run(quantize(_encode(values)))
        if found != list(expected):
            what = "{name}: the row %s gives %s, but must give %s"
            raise ValueError(what % (values, found, expected))
"""
OUTPUTS = (
    templates.OUTPUTS + "    return [OUTPUT_OFFSET + OUTPUT_SCALE * q for q in run(quantize(x))]\n"
)
