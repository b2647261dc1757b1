/* The trainings of workloads.py by hand: plain SGD, each sum from left to right. Weights lie [input][output], so that
   the compiler computes several outputs at once without a change of the order. */
#include <math.h>
#include <stdlib.h>

static void layer(int I, int O, const double *x, const double *W, const double *b, double *z)
{
    for (int j = 0; j < O; j++) z[j] = 0;
    for (int i = 0; i < I; i++)
        for (int j = 0; j < O; j++) z[j] += x[i] * W[i * O + j];
    for (int j = 0; j < O; j++) z[j] += b[j];
}

static void update(int I, int O, int m, const double *X, const double *d, double *W, double *b, double rate, double *g)
{
    for (int i = 0; i < I; i++) {
        for (int j = 0; j < O; j++) g[j] = 0;
        for (int k = 0; k < m; k++)
            for (int j = 0; j < O; j++) g[j] += X[k * I + i] * d[k * O + j];
        for (int j = 0; j < O; j++) W[i * O + j] -= rate * g[j];
    }
    for (int j = 0; j < O; j++) g[j] = 0;
    for (int k = 0; k < m; k++)
        for (int j = 0; j < O; j++) g[j] += d[k * O + j];
    for (int j = 0; j < O; j++) b[j] -= rate * g[j];
}

/* hidden: 't' tanh, 's' sigmoid; the output is sigmoid for one output, else softmax. Returns 0 without memory. */
int train(int I, int H, int O, int n, int batch, int epochs, int hidden, double rate, double *restrict W1,
    double *restrict b1, double *restrict W2, double *restrict b2, const double *restrict X, const double *restrict Y,
    double *restrict losses)
{
    const int most = H > O ? H : O;
    double *memory = malloc(sizeof *memory * ((size_t)batch * (2 * H + O) + most));
    if (!memory) return 0;
    double *a = memory, *d1 = a + (size_t)batch * H, *d2 = d1 + (size_t)batch * H, *g = d2 + (size_t)batch * O;
    for (int epoch = 0; epoch < epochs; epoch++) {
        double loss = 0;
        for (int s = 0; s < n; s += batch) {
            const int m = s + batch <= n ? batch : n - s;
            for (int k = 0; k < m; k++) {
                const double *y = Y + (size_t)(s + k) * O;
                double *h = a + k * H, *d = d2 + k * O;
                layer(I, H, X + (size_t)(s + k) * I, W1, b1, h);
                for (int j = 0; j < H; j++) h[j] = hidden == 't' ? tanh(h[j]) : 1 / (1 + exp(-h[j]));
                layer(H, O, h, W2, b2, d);
                if (O == 1) {
                    d[0] = 1 / (1 + exp(-d[0]));
                    loss -= log(y[0] > 0 ? d[0] : 1 - d[0]);
                } else {
                    double largest = d[0], total = 0;
                    for (int j = 1; j < O; j++) if (d[j] > largest) largest = d[j];
                    for (int j = 0; j < O; j++) total += d[j] = exp(d[j] - largest);
                    for (int j = 0; j < O; j++) {
                        d[j] /= total;
                        if (y[j] > 0) loss -= log(d[j]);
                    }
                }
                for (int j = 0; j < O; j++) d[j] = (d[j] - y[j]) / m;
                for (int i = 0; i < H; i++) {
                    double sum = 0;
                    for (int j = 0; j < O; j++) sum += d[j] * W2[i * O + j];
                    d1[k * H + i] = sum * (hidden == 't' ? 1 - h[i] * h[i] : h[i] * (1 - h[i]));
                }
            }
            update(H, O, m, a, d2, W2, b2, rate, g);
            update(I, H, m, X + (size_t)s * I, d1, W1, b1, rate, g);
        }
        losses[epoch] = loss / n;
    }
    free(memory);
    return 1;
}
