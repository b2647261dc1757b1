/* XOR with 2-4-1 in C for GCC and Clang: the float operations of each step on all four samples, and nothing else. The
   exponentials are those of scratchnet's portable kernel, which defines the bits. A vector of four numbers has one for
   each sample; the outputs of two units are computed by one vector of eight. */
#include <stdint.h>
#include <string.h>

typedef double Four __attribute__((vector_size(32)));
typedef double Eight __attribute__((vector_size(64)));
typedef int64_t Bits4 __attribute__((vector_size(32)));
typedef int64_t Bits8 __attribute__((vector_size(64)));

#define INLINE static inline __attribute__((always_inline))
#define NEAREST(x) ((x) + 0x1.8p52 - 0x1.8p52)
#define POWER_OF_2(Bits, k) (((Bits)((k) + 0x1.8p52) + 1023) << 52)
#define SIGN ((int64_t)1 << 63)
/* (e^r - 1 - r)/r^2 */
#define SERIES(r)                                                                                                     \
    ((((((((((((1.1470745597729725e-11 * r + 1.6059043836821613e-10) * r + 2.08767569878681e-09) * r                  \
    + 2.505210838544172e-08) * r + 2.755731922398589e-07) * r + 2.7557319223985893e-06) * r + 2.48015873015873e-05)   \
    * r + 0.0001984126984126984) * r + 0.001388888888888889) * r + 0.008333333333333333) * r                          \
    + 0.041666666666666664) * r + 0.16666666666666666) * r + 0.5)

INLINE Eight tanh_of(Eight x)
{
    const Bits8 sign = (Bits8)x & SIGN;
    const Eight given = -2.0 * (Eight)((Bits8)x ^ sign);
    const Bits8 small = given < -40.0;
    const Eight u = (Eight)((small & (Bits8)(given * 0.0 - 40.0)) | (~small & (Bits8)given));
    const Eight k = NEAREST(u * 1.4426950408889634);
    const Eight high = u - k * 0.6931471805598903, low = k * 5.497923018708371e-14, r = high - low;
    const Eight rest = r * r * SERIES(r) - low;
    const Eight inverse = -(Eight)POWER_OF_2(Bits8, -k), power = (Eight)POWER_OF_2(Bits8, k);
    const Eight one = 1.0 + inverse, a = one - 1.0, value = one + high, b = value - one;
    const Eight tail = rest + (1.0 - (one - a) + (inverse - a) + (one - (value - b) + (high - b)));
    const Eight sum = value + tail, c = sum - value;
    const Eight t = sum * power, lost = (value - (sum - c) + (tail - c)) * power;
    const Eight d = t * 134217729.0, t_short = d - (d - t), below = 2.0 + t;
    const Eight e = -t / below * 134217729.0, q = e - (e - -t / below);
    const Eight more = (t - t_short + lost) * (1.0 + q);
    const Eight result = q - (t_short + 2.0 * q + t_short * q + more) / below;
    return (Eight)((Bits8)result | sign);
}

INLINE Four exp_of(Four x)
{
    const Bits4 small = x < -746.0;
    const Four u = (Four)((small & (Bits4)(x * 0.0 - 746.0)) | (~small & (Bits4)x));
    const Four k = NEAREST(u * 1.4426950408889634), half = NEAREST(k / 2.0);
    const Four high = u - k * 0.6931471805598903, low = k * 5.497923018708371e-14, r = high - low;
    const Four value = 1.0 + high, a = value - 1.0;
    const Four sum = value + (r * r * SERIES(r) - low + (1.0 - (value - a) + (high - a)));
    return sum * (Four)POWER_OF_2(Bits4, half) * (Four)POWER_OF_2(Bits4, k - half);
}

INLINE double total(Four v) { return v[0] + v[1] + v[2] + v[3]; }

/* w: the weights of the hidden units, first those of x0, then of x1, their biases, the weights of the output, its bias */
void train(int steps, double rate, double *w)
{
    const Four x0 = {0, 0, 1, 1}, x1 = {0, 1, 0, 1}, y = {0, 1, 1, 0};
    for (int step = 0; step < steps; step++) {
        Four h[4];
        Eight pairs[2];
        for (int j = 0; j < 4; j++) h[j] = x0 * w[j] + x1 * w[4 + j] + w[8 + j];
        memcpy(pairs, h, sizeof h);
        for (int j = 0; j < 2; j++) pairs[j] = tanh_of(pairs[j]);
        memcpy(h, pairs, sizeof h);
        const Four z = h[0] * w[12] + h[1] * w[13] + h[2] * w[14] + h[3] * w[15] + w[16];
        const Bits4 positive = z >= 0.0;
        const Four power = exp_of((Four)((Bits4)z | SIGN));
        const Four quotient = 1.0 / (1.0 + power), other = power / (1.0 + power);
        const Four a = (Four)((positive & (Bits4)quotient) | (~positive & (Bits4)other));
        const Four d = (a - y) / 4.0;
        for (int j = 0; j < 4; j++) {
            const Four dz = d * w[12 + j] * (1.0 - h[j] * h[j]);
            w[j] -= rate * total(x0 * dz);
            w[4 + j] -= rate * total(x1 * dz);
            w[8 + j] -= rate * total(dz);
            w[12 + j] -= rate * total(h[j] * d);
        }
        w[16] -= rate * total(d);
    }
}
