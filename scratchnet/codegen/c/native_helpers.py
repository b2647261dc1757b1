"""The primitives of the portable functions for doubles, without branches.

Compilers vectorize a loop over a straight-line function. GCC does not if the arms of a choice
compute something, or if conditions are nested. The results have the bits of the primitives in
templates.py.
"""

# The bits of 2^52 + 2^51 + k are those of 2^52 + 2^51 plus k, for whole k of either sign.
HELPERS = {
    "ldexp": """\
/* x * 2^k for a whole k. Only the last product can round. */
NET_INLINE double net_ldexp(double x, double k)
{
    const double whole = k > -2100.0 ? (k < 2100.0 ? k : 2100.0) : -2100.0;
    const double a = whole > 1023.0 ? 0x1p1023 : whole < -1022.0 ? 0x1p-969 : 1.0;
    const double rest = whole > 1023.0 ? whole - 1023.0 : whole < -1022.0 ? whole + 969.0 : whole;
    const double b = rest > 1023.0 ? 0x1p1023 : rest < -1022.0 ? 0x1p-969 : 1.0;
    const double last = rest > 1023.0 ? rest - 1023.0 : rest < -1022.0 ? rest + 969.0 : rest;
    const double shifted = last + 0x1.8p52;
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return x * a * b * power;
}
""",
    "scaled": """\
/* x * 2^k for a whole k from -1000 to 1000. */
NET_INLINE double net_scaled(double x, double k)
{
    const double shifted = k + 0x1.8p52;
    uint64_t bits;
    double power;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 1023) << 52;
    memcpy(&power, &bits, sizeof power);
    return x * power;
}
""",
    "mantissa": """\
/* m of x = m * 2^k with 1/2 <= |m| < 1; x itself if it is 0 or not finite. */
NET_INLINE double net_mantissa(double x)
{
    uint64_t bits;
    double scaled, m;
    memcpy(&bits, &x, sizeof bits);
    const uint64_t exponent = bits >> 52 & 0x7ff;
    scaled = x * (exponent == 0 ? 0x1p54 : 1.0);
    memcpy(&bits, &scaled, sizeof bits);
    bits = (bits & 0x800fffffffffffffu) | 0x3fe0000000000000u;
    memcpy(&m, &bits, sizeof m);
    const double size = fabs(x), result = size > 0.0 ? m : x;
    return size < (double)INFINITY ? result : x;
}
""",
    "exponent": """\
/* k of x = m * 2^k with 1/2 <= |m| < 1; 0 if x is 0 or not finite. */
NET_INLINE double net_exponent(double x)
{
    uint64_t bits;
    double scaled, k;
    memcpy(&bits, &x, sizeof bits);
    const uint64_t exponent = bits >> 52 & 0x7ff;
    scaled = x * (exponent == 0 ? 0x1p54 : 1.0);
    memcpy(&bits, &scaled, sizeof bits);
    bits = (bits >> 52 & 0x7ff) | 0x4330000000000000u;
    memcpy(&k, &bits, sizeof k);
    k = k - (exponent == 0 ? 0x1p52 + 1076.0 : 0x1p52 + 1022.0);
    const double size = fabs(x), result = size > 0.0 ? k : 0.0;
    return size < (double)INFINITY ? result : 0.0;
}
""",
}
