"""The parts of a C header that are the same for all networks, as templates for str.format.

{name}  {NAME}    the prefix of all names, and the same in upper case for macros
{T}  {U}          double or float, and an unsigned integer of the same size
{DIGITS}, ...     numbers that describe the type
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict


def _format(digits: int, exponents: int, **names: str) -> "Dict[str, str]":
    """Return what stands for each word in a template, for an IEEE 754 format."""
    highest = (1 << exponents - 1) - 1
    suffix = "f" if names["T"] == "float" else ""
    numbers = {
        "DIGITS": str(digits),
        "PLACES": str(digits - 1),
        "HIGHEST": str(highest),
        "LOWEST": str(1 - highest),
        "LIMIT": str(3 * highest),
        "STEP": str(highest - 1 - digits),
        "MASK": hex((1 << exponents) - 1),
        "FRACTION": hex((1 << digits - 1) - 1 | 1 << digits + exponents - 1) + "u",
        "HALF_BITS": hex(highest - 1 << digits - 1) + "u",
        "LARGE": repr(float(1 << highest)) + suffix,
        "SMALL": repr(1 / (1 << highest - 1 - digits)) + suffix,
        "SCALE": repr(float(1 << digits + 1)) + suffix,
        "SHIFT": str(digits + 1),
        "ZERO": "0.0" + suffix,
    }
    return dict(numbers, **names)


FORMATS = {
    # FLT_EVAL_METHOD 1 widens floats to doubles, but leaves doubles as they are.
    "double": _format(
        53, 11, T="double", WIDENED="1", U="uint64_t", KIND="DBL", SUFFIX="", CONVERSION="%.17g"
    ),
    "float": _format(
        24, 8, T="float", WIDENED="0", U="uint32_t", KIND="FLT", SUFFIX="f", CONVERSION="%.9g"
    ),
}

# With --progmem: the macro that reads a number of each type, and how it does on an AVR.
READERS = {
    "int8_t": ("READ8", "((int8_t)pgm_read_byte(&(x)))"),
    "int16_t": ("READ16", "((int16_t)pgm_read_word(&(x)))"),
    "int32_t": ("READ32", "((int32_t)pgm_read_dword(&(x)))"),
    "float": ("READ_FLOAT", "pgm_read_float(&(x))"),
}
READER = "#define {NAME}_{0}(x) {1}\n"
MEMORY = """\
/* Tables stay in the flash memory of an AVR. For other processors with separate memories, define
 * these macros before this file is included. */
#ifndef {NAME}_DATA
#ifdef __AVR__
#include <avr/pgmspace.h>
#define {NAME}_DATA PROGMEM
{on_avr}#else
#define {NAME}_DATA
{elsewhere}#endif
#endif
"""

CHECK = """\
#if FLT_RADIX != 2 || {KIND}_MANT_DIG != {DIGITS}
#error "{name}: {T} does not have {DIGITS} binary digits here, for which this network was exported"
#endif
"""
CHECK_BITS = """\
#if !defined(FLT_EVAL_METHOD) || FLT_EVAL_METHOD < 0 || FLT_EVAL_METHOD > {WIDENED}
#error "{name}: the bits need arithmetic that rounds every operation (-mfpmath=sse -std=gnu99)"
#endif
#ifdef __FAST_MATH__
#error "{name}: the bits need the order of operations as it is written, without -ffast-math"
#endif
"""

# Some compilers compute a * b + c with one rounding where the processor can; these bits need two.
BEGIN_UNCONTRACTED = """\
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__) && (defined(__FP_FAST_FMA) || defined(__FP_FAST_FMAF))
#pragma GCC push_options
#pragma GCC optimize("fp-contract=off")
#endif
"""
END_UNCONTRACTED = """\
#if defined(__clang__)
#pragma STDC FP_CONTRACT DEFAULT
#elif defined(__GNUC__) && (defined(__FP_FAST_FMA) || defined(__FP_FAST_FMAF))
#pragma GCC pop_options
#endif
"""

# What a function of one number calls, and what the portable functions need from the bits of a
# number. The names are those of the record.
HELPERS = {
    "rounded": """\
/* x as it is in memory: compilers must not simplify x + c - c. */
static {T} {name}_rounded({T} x)
{{
    volatile {T} stored = x;
    return stored;
}}
""",
    "ldexp": """\
/* x * 2^k for a whole k. Only the last product can round. */
static {T} {name}_ldexp({T} x, {T} k)
{{
    int n = k > -{LIMIT}.0{SUFFIX} ? (k < {LIMIT}.0{SUFFIX} ? (int)k : {LIMIT}) : -{LIMIT};
    {U} bits;
    {T} power;
    for (; n > {HIGHEST}; n -= {HIGHEST}) {{ x *= {LARGE}; }}
    for (; n < {LOWEST}; n += {STEP}) {{ x *= {SMALL}; }}
    bits = ({U})(n + {HIGHEST}) << {PLACES};
    memcpy(&power, &bits, sizeof power);
    return x * power;
}}
""",
    "mantissa": """\
/* m of x = m * 2^k with 1/2 <= |m| < 1; x itself if it is 0 or not finite. */
static {T} {name}_mantissa({T} x)
{{
    {U} bits;
    if (!(x - x == {ZERO}) || x == {ZERO}) {{ return x; }}
    memcpy(&bits, &x, sizeof bits);
    if ((bits >> {PLACES} & {MASK}) == 0) {{
        x *= {SCALE};
        memcpy(&bits, &x, sizeof bits);
    }}
    bits = (bits & {FRACTION}) | {HALF_BITS};
    memcpy(&x, &bits, sizeof x);
    return x;
}}
""",
    "exponent": """\
/* k of x = m * 2^k with 1/2 <= |m| < 1; 0 if x is 0 or not finite. */
static {T} {name}_exponent({T} x)
{{
    {U} bits;
    int k = {LOWEST};
    if (!(x - x == {ZERO}) || x == {ZERO}) {{ return {ZERO}; }}
    memcpy(&bits, &x, sizeof bits);
    if ((bits >> {PLACES} & {MASK}) == 0) {{
        x *= {SCALE};
        k -= {SHIFT};
        memcpy(&bits, &x, sizeof bits);
    }}
    return ({T})((int)(bits >> {PLACES} & {MASK}) + k);
}}
""",
    "power": """\
/* x^n for a whole n >= 0, by repeated squaring. */
static {T} {name}_power({T} x, {T} n)
{{
    {T} result = 1;
    uint32_t k = n < 4294967040.0{SUFFIX} ? (uint32_t)n : 4294967040u;
    for (; k != 0; k >>= 1) {{
        if (k & 1) {{ result *= x; }}
        x *= x;
    }}
    return result;
}}
""",
}

SELFTEST = """\
#ifdef {NAME}_SELFTEST
/* gcc -D{NAME}_SELFTEST -x c {name}.h -o selftest{library} && ./selftest */
#include <stdio.h>
int main(void)
{{
    static const {T} inputs[{vectors}][{NAME}_INPUTS] = {inputs};
    static const {T} outputs[{count}][{NAME}_OUTPUTS] = {outputs};
{rows}    const {T} tolerance = {tolerance};
    int n, k;
    for (n = 0; n < {count}; n++) {{
        {T} out[{NAME}_OUTPUTS];
        {predict}
{check}        for (k = 0; k < {NAME}_OUTPUTS; k++) {{
            const {T} error = out[k] - outputs[n][k];
            if (!(error >= -tolerance && error <= tolerance)) {{
                printf("{name}: vector %d: output %d is {CONVERSION}, but must be {CONVERSION}\\n",
                       n, k, (double)out[k], (double)outputs[n][k]);
                return 1;
            }}
        }}
    }}
{training}    printf("all right: %d vectors\\n", {count});
    return 0;
}}
#endif
"""

# ---- training ------------------------------------------------------------------------------------

ABOUT_TRAINING = """

Training: the weights of the struct {name}_trainer learn.
void {name}_start({name}_trainer *trainer)
  sets its weights to those of the network.
{T} {name}_train({name}_trainer *trainer, const {T} *in, const {T} *target)
  makes a step on one sample and returns the loss before it. If the loss is not finite, the step
  changes nothing.
void {name}_predict_with(const {name}_trainer *trainer, const {T} *in, {T} *out)
  predicts with its weights.
target has a number for each of out, as the loss takes it: for classes 1 or {other}.
trainer->rate is the learning rate, which may be changed between two steps.
  loss:      {loss}
  optimizer: {optimizer}
"""

START = """\
static inline void {name}_start({name}_trainer *trainer)
{{
    static const {T} weights[{NAME}_PARAMETERS] = {weights};
    for (int k = 0; k < {NAME}_PARAMETERS; k++) {{
        trainer->weights[k] = weights[k];
{zeros}    }}
    trainer->rate = {rate};
    trainer->t = {zero};
}}
"""

TRAIN = """\
static inline {T} {name}_train({name}_trainer *trainer, const {T} *in, const {T} *target)
{{
{body}}}
"""

PREDICT_WITH = """\
static inline void {name}_predict_with(const {name}_trainer *trainer, const {T} *in, {T} *out)
{{
{body}}}
"""

TEST_OF_TRAINING = """\
    {{
        static const {T} targets[{count}][{NAME}_OUTPUTS] = {targets};
        static const {T} losses[{count}] = {losses};
        static const {T} trained[{count}][{NAME}_OUTPUTS] = {outputs};
        const {T} most = {tolerance};
        {name}_trainer trainer;
        {name}_start(&trainer);
        for (n = 0; n < {count}; n++) {{
            const {T} loss = {name}_train(&trainer, inputs[n], targets[n]);
            if (!(loss - losses[n] >= -most && loss - losses[n] <= most)) {{
                printf("{name}: step %d: the loss is {CONVERSION}, but must be {CONVERSION}\\n",
                       n, (double)loss, (double)losses[n]);
                return 1;
            }}
        }}
        for (n = 0; n < {count}; n++) {{
            {T} out[{NAME}_OUTPUTS];
            {name}_predict_with(&trainer, inputs[n], out);
            for (k = 0; k < {NAME}_OUTPUTS; k++) {{
                if (!(out[k] - trained[n][k] >= -most && out[k] - trained[n][k] <= most)) {{
                    printf("{name}: after %d steps: output %d of vector %d is {CONVERSION}, "
                           "but must be {CONVERSION}\\n",
                           {count}, k, n, (double)out[k], (double)trained[n][k]);
                    return 1;
                }}
            }}
        }}
    }}
"""
