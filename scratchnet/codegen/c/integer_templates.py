"""The lines of C of a network of integers that do not depend on the network."""

FUNCTIONS = """\
#if (-1 >> 1) != -1
#error "{name}: shifting a negative number must keep its sign, as all usual compilers do"
#endif
/* v / 2^k, rounded to the nearest integer. */
static inline int32_t {name}_shifted(int32_t v, int k)
{{
    return (v + (((int32_t)1 << k) >> 1)) >> k;
}}
/* sum / 2^before * factor / 2^after, limited to the range of {T}. */
static inline {T} {name}_scaled(int32_t sum, int before, int32_t factor, int after)
{{
    int32_t v = {name}_shifted(sum, before);
    v = v < -32767 ? -32767 : v > 32767 ? 32767 : v;
    v = {name}_shifted(v * factor, after);
    return ({T})(v < {least} ? {least} : v > {largest} ? {largest} : v);
}}
"""
LOOKUP = {
    8: """\
static inline {T} {name}_lookup(const {T} *table, {T} v)
{{
    return {entry};
}}
""",
    16: """\
/* Linear between the entries for every 256th integer. */
static inline {T} {name}_lookup(const {T} *table, {T} v)
{{
    const int32_t place = (int32_t)v + 32768;
    const {T} *entry = table + (place >> 8);
    const int32_t first = {entry}, last = {next};
    return ({T})(first + (((last - first) * (place & 255) + 128) >> 8));
}}
""",
}
QUANTIZE = """\
/* The integers of a row of inputs; numbers beyond the range of the calibration are limited. In
 * memory a number has 32 bits on every processor, so that all find the same integers. */
static inline void {name}_quantize(const float *x, {T} *in)
{{
    for (int k = 0; k < {NAME}_INPUTS; k++) {{
        volatile float stored = x[k] - {edge};
        stored = stored * {steps};
        const float n = stored;
        in[k] = ({T})(!(n > 0.0f) ? {least} : n < {highest}.0f ? (int32_t)n - {above} : {largest});
    }}
}}
"""
SELFTEST = """\
#ifdef {NAME}_SELFTEST
/* gcc -D{NAME}_SELFTEST -x c {name}.h -o selftest && ./selftest */
#include <stdio.h>
int main(void)
{{
    static const float numbers[{vectors}][{NAME}_INPUTS] = {numbers};
    static const {T} inputs[{count}][{NAME}_INPUTS] = {inputs};
    static const {T} outputs[{count}][{NAME}_OUTPUTS] = {outputs};
{rows}    int n, k;
    for (n = 0; n < {count}; n++) {{
        {T} in[{NAME}_INPUTS], out[{NAME}_OUTPUTS];
        {quantize}
        for (k = 0; k < {NAME}_INPUTS; k++) {{
            if (in[k] != inputs[n][k]) {{
                printf("{name}: vector %d: input %d is %d, but must be %d\\n",
                       n, k, in[k], inputs[n][k]);
                return 1;
            }}
        }}
        {name}_predict(in, out);
{check}        for (k = 0; k < {NAME}_OUTPUTS; k++) {{
            if (out[k] != outputs[n][k]) {{
                printf("{name}: vector %d: output %d is %d, but must be %d\\n",
                       n, k, out[k], outputs[n][k]);
                return 1;
            }}
        }}
    }}
    printf("all right: %d vectors\\n", {count});
    return 0;
}}
#endif
"""
ENCODED = """\
float x[{NAME}_INPUTS];
        if (n >= {vectors}) {{ {name}_encode(&rows[n - {vectors}], x); }}
        {name}_quantize(n < {vectors} ? numbers[n] : x, in);"""
REAL = "{NAME}_OUTPUT_OFFSET + {NAME}_OUTPUT_SCALE * (float)(out)[0]"
