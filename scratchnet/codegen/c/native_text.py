"""The parts of the C for this machine that are the same for every network."""

from .table_rows import for_comment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Union


def comment(first: str, lines: "List[str]") -> str:
    """Return a comment with these lines, which may contain texts of the user."""
    return (
        "\n".join([f"/* {first}", " *"] + [f" * {for_comment(line)}" for line in lines]) + "\n */"
    )


def places_of(parameters: "Any") -> "List[str]":
    """Return where the numbers of each parameter are in the array w."""
    lines, start = [], 0
    for p in parameters:
        shape = " x ".join([str(n) for n in p.shape])
        lines.append(f"w[{start}] to w[{start + p.count - 1}]: {p.name}, {shape}")
        start += p.count
    return lines


def head(inlined: bool) -> str:
    """Return the includes and macros.

    ``inlined``   whether functions are repeated where they are called, so that loops compute
                  several numbers at once
    """
    return f"#define NET_INLINED {int(inlined)}\n{HEAD}"


HEAD = """\
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#if defined(__TINYC__) && !defined(__i386__) && !defined(FLT_EVAL_METHOD)
#define FLT_EVAL_METHOD 0
#endif
#if defined(__GNUC__) && NET_INLINED
#define NET_INLINE static inline __attribute__((always_inline))
#else
#define NET_INLINE static
#endif
/* Without the barrier, GCC 12 omits calls of functions if it overlooks what vectors store. */
#if defined(__GNUC__) && !defined(__TINYC__)
#define NET_APART static __attribute__((noinline))
#define NET_STORES __asm__ volatile("" ::: "memory");
#else
#define NET_APART static
#define NET_STORES
#endif
#if defined(__GNUC__) && !defined(__clang__) && !defined(__TINYC__)
/* Without the pragma, GCC copies a function for each outcome of a condition in it, and keeps sums
 * in memory instead of registers. NET_VECTOR keeps it from unrolling a short loop instead of
 * vectorizing it. */
#pragma GCC optimize("no-thread-jumps", "no-predictive-commoning")
#define NET_VECTOR _Pragma("GCC unroll 1")
#else
#define NET_VECTOR
#endif
/* Clang computes a short loop with more numbers than it has, and 0 in place of those that are
 * missing. Where these are divisors, that looks like a division by zero. */
#ifdef __clang__
#define NET_SCALAR _Pragma("clang loop vectorize(disable)")
#else
#define NET_SCALAR
#endif
#ifdef _WIN32
#define NET_API __declspec(dllexport)
#else
#define NET_API
#endif
"""

STEP = """\
/* Makes a step on some samples. Returns whether a number is no longer finite. */
static int net_step(long long size, const long long *places, const double *inputs,
    const double *targets, const double *weights, const double *draws, double count,
    const double *setting, double *restrict w, double *restrict m, double *restrict scratch,
    double *value)
{{
    (void)weights, (void)draws, (void)count, (void)setting, (void)m;
{body}}}
"""

TRAIN = """\
/* SplitMix64, as in scratchnet/core/random.py. */
static uint64_t net_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline double net_random(uint64_t *state)
{
    return (double)(net_bits(state) >> 11) * 0x1p-53;
}

/* Draws the random numbers of the samples of a batch. */
static void net_draw(uint64_t *state, double *draws, long long size)
{
FILLING}

/* Makes these steps, if ``again`` each on the first batch; ``stride`` leads to the settings of the
 * next one. Returns how many were made before a number was not finite. */
static long long net_steps(long long steps, long long again, long long stride,
    const long long *sizes,
    const long long *places, const double *inputs, const double *targets, const double *weights,
    double *draws, uint64_t *state, const double *counts, const double *settings, double *w,
    double *m, double *scratch, double *values)
{
    for (long long n = 0; n < steps; n++) {
        const long long size = sizes[again ? 0 : n];
        net_draw(state, draws, size);
        if (net_step(size, places, inputs, targets, weights, draws, counts[again ? 0 : n],
                     settings, w, m, scratch, values + n)) { return n; }
        if (!again) { places += size; }
        settings += stride;
    }
    return steps;
}

/* The same. Returns -1 after a division by zero, which Python refuses. */
NET_API long long net_train(long long steps, long long again, long long stride,
    const long long *sizes,
    const long long *places, const double *inputs, const double *targets, const double *weights,
    double *draws, uint64_t *state, const double *counts, const double *settings, double *w,
    double *m, double *scratch, double *values)
{
    feclearexcept(FE_ALL_EXCEPT);
    const long long done = net_steps(steps, again, stride, sizes, places, inputs, targets, weights,
        draws, state, counts, settings, w, m, scratch, values);
    return fetestexcept(FE_DIVBYZERO | FE_INVALID) ? -1 : done;
}

/* Makes several passes over the samples ``used``; ``order`` is room for their order. Returns their
 * number, or -1 if a number was not finite or after a division by zero. */
NET_API long long net_passes(long long passes, long long shuffled, long long samples,
    long long steps, long long stride, const long long *used, long long *order,
    const long long *sizes, const double *inputs, const double *targets, const double *weights,
    double *draws, uint64_t *state, const double *counts, const double *settings, double *w,
    double *m, double *scratch, double *values)
{
    feclearexcept(FE_ALL_EXCEPT);
    for (long long n = 0; n < passes; n++) {
        memcpy(order, used, (size_t)samples * sizeof *order);
        for (long long i = samples - 1; shuffled && i > 0; i--) {
            /* floor(bits * (i + 1) / 2^64) */
            const uint64_t bits = net_bits(state), count = (uint64_t)i + 1;
            const uint64_t low = (bits & 0xFFFFFFFFu) * count >> 32;
            const uint64_t j = ((bits >> 32) * count + low) >> 32;
            const long long former = order[i];
            order[i] = order[j];
            order[j] = former;
        }
        const long long done = net_steps(steps, 0, stride, sizes, order, inputs, targets, weights,
            draws, state, counts, settings, w, m, scratch, values);
        if (done != steps) { return -1; }
        settings += steps * stride;
        values += steps;
    }
    return fetestexcept(FE_DIVBYZERO | FE_INVALID) ? -1 : passes;
}
"""


def nested(lines: "List[str]") -> "List[str]":
    return [f"    {line}" for line in lines]


def sum_of(*terms: "Union[int, str]") -> str:
    """Return the text of a sum, without the terms that are 0."""
    return " + ".join([str(term) for term in terms if str(term) != "0"])
