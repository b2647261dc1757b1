"""Exported C compared with what other generators write for the same network: instructions on emulated Cortex-M boards, and
nanoseconds on this machine. ``python -m bench.embedded`` in the folder tests; nothing but the compilers is needed for
our own rows. The others are used if they are there:

    emx-onnx-cgen, emlearn (with scikit-learn)   Python packages
    --onnx2c PROGRAM                             built from its sources
    --genann FOLDER, --cmsis-nn FOLDER           their sources

All are compiled by gcc -O2. The times are medians of interleaved pairs.
"""

import argparse
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from statistics import median

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.dirname(TESTS), TESTS] + [
    os.path.join(TESTS, name) for name in sorted(os.listdir(TESTS)) if name.isalpha()
]

import scratchnet as sn  # noqa: E402

PAIRS = 21
PROCESSORS = ["Cortex-M0", "Cortex-M3", "Cortex-M4F"]

TIMED = """\
#include <stdint.h>
#include <stdio.h>
#include "support.h"
void use(const {T} *in, {T} *out);
static const {T} rows[][{inputs}] = {{{rows}}};
int main(void)
{{
    static {T} out[{outputs}];
    unsigned n;
    for (n = 0; n < sizeof rows / sizeof rows[0]; n++) {{
        uint32_t begin = ticks();
        const uint32_t none = ticks_since(begin);
        begin = ticks();
        use(rows[n], out);
        printf("TICKS %lu\\n", (unsigned long)(ticks_since(begin) - none));
    }}
    return 0;
}}
"""
HOST = """\
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <time.h>
void use(const {T} *in, {T} *out);
static {T} rows[][{inputs}] = {{{rows}}};
int main(void)
{{
    static {T} out[{outputs}];
    const unsigned count = sizeof rows / sizeof rows[0];
    struct timespec a, b;
    long n;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (n = 0; n < {times}; n++) {{ use(rows[n % count], out); }}
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("NS %g\\n", ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / {times});
    printf("OUT %g\\n", (double)out[0]);
    return 0;
}}
"""


class Contender:
    """Sources that define ``use(in, out)``.

    ``sources``   {name of a file: its text}
    ``options``   further options of the compiler
    """

    def __init__(self, name, sources, options=()):
        self.name, self.sources, self.options = name, sources, list(options)

    def compile(self, folder, compiler, main, *more):
        """Return the path of a program with this main function."""
        place = os.path.join(folder, self.name)
        os.makedirs(place, exist_ok=True)
        for name, text in dict(self.sources, **{"main.c": main}).items():
            with open(os.path.join(place, name), "w") as file:
                file.write(text)
        program = os.path.join(place, "program")
        own = [name for name in self.sources if name.endswith(".c")] + ["main.c"]
        command = (
            compiler + ["-O2", "-w"] + self.options + own + list(more) + ["-o", program, "-lm"]
        )
        subprocess.check_call(command, cwd=place)
        return program


def networks():
    """The networks, small enough for every contender."""
    generator = sn.Generator(5)
    for inputs, hidden, outputs, last in ((4, 16, 3, sn.Softmax), (64, 32, 10, sn.Softmax)):
        net = sn.Sequential(
            [sn.Dense(inputs, hidden), sn.ReLU(), sn.Dense(hidden, outputs), last()], seed=7
        )
        for parameter in net.parameters():
            if parameter.role == "bias":
                parameter.value = [generator.normal() / 4 for _ in parameter.value]
        yield "{}-{}-{}".format(inputs, hidden, outputs), net


# ---- contenders --------------------------------------------------------------------------------------------------

USE = "{includes}\nvoid use(const {T} *in, {T} *out);\nvoid use(const {T} *in, {T} *out) {{ {call}; }}\n"


def ours(net, kind="float", own=False, rows=None):
    T = {"int8": "int8_t"}.get(kind, kind)
    text = sn.export(net, None, "c", kind, "net", own, rows)
    use = USE.format(T=T, includes='#include "net.h"', call="net_predict(in, out)")
    return Contender("scratchnet", {"net.h": text, "use.c": use})


def saved(net, folder):
    path = os.path.join(folder, "model.onnx")
    sn.save(net, path, "float32")
    return path


def emx(net, folder, options):
    program = os.path.join(os.path.dirname(sys.executable), "emx-onnx-cgen")
    if not os.path.exists(program):
        return None
    path = os.path.join(folder, "emx.c")
    command = [program, "compile", saved(net, folder), path, "--input-dim", "samples=1"]
    subprocess.check_call(command, stdout=subprocess.DEVNULL)
    with open(path) as file:
        text = file.read()
    head = re.search(r"\nvoid (\w+)\(([^)]*)\)\s*\{", text)
    types = [part.strip() for part in head.group(2).split(",")]
    assert len(types) == 2, types
    call = "void *p = out; const void *q = in; {}(q, p)".format(head.group(1))
    text += USE.format(T="float", includes="", call=call)
    return Contender("emx-onnx-cgen", {"emx.c": text})


def onnx2c(net, folder, options):
    if not options.onnx2c:
        return None
    text = subprocess.check_output([options.onnx2c, saved(net, folder)]).decode()
    call = "const void *q = in; void *p = out; entry(q, p)"
    return Contender("onnx2c", {"model.c": text + USE.format(T="float", includes="", call=call)})


def emlearn(net, folder, options):
    if importlib.util.find_spec("emlearn") is None or importlib.util.find_spec("sklearn") is None:
        return None
    import emlearn as package
    from sklearn.neural_network import MLPClassifier

    model = sn.to_sklearn(net, MLPClassifier())
    converted = package.convert(model, method="loadable", dtype="float")
    path = os.path.join(folder, "model.h")
    converted.save(file=path, name="model")
    with open(path) as file:
        text = file.read()
    call = "eml_net_predict_proba(&model, in, {}, out, {})".format(
        net.inputs, net.layers[2].outputs
    )
    use = USE.format(T="float", includes='#include "model.h"', call=call)
    return Contender("emlearn", {"model.h": text, "use.c": use}, ["-I", package.includedir])


GENANN = """\
#include "genann.h"
#include <math.h>
static double relu(const genann *ann, double a) {{ (void)ann; return a > 0 ? a : 0; }}
static genann *net;
static const float weights[] = {{{weights}}};
void use(const float *in, float *out);
void use(const float *in, float *out)
{{
    double row[{inputs}];
    int k;
    const double *found;
    if (!net) {{
        net = genann_init({inputs}, 1, {hidden}, {outputs});
        net->activation_hidden = relu;
        net->activation_output = genann_act_linear;
        for (k = 0; k < net->total_weights; k++) {{ net->weight[k] = weights[k]; }}
    }}
    for (k = 0; k < {inputs}; k++) {{ row[k] = in[k]; }}
    found = genann_run(net, row);
    double total = 0, most = found[0], e[{outputs}];
    for (k = 1; k < {outputs}; k++) {{ if (found[k] > most) most = found[k]; }}
    for (k = 0; k < {outputs}; k++) {{ e[k] = exp(found[k] - most); total += e[k]; }}
    for (k = 0; k < {outputs}; k++) {{ out[k] = (float)(e[k] / total); }}
}}
"""


def genann(net, folder, options):
    """Its numbers are doubles; the first weight of each unit is multiplied by -1."""
    if not options.genann:
        return None
    sources = {}
    for name in ("genann.c", "genann.h"):
        with open(os.path.join(options.genann, name)) as file:
            sources[name] = file.read()
    numbers = []
    for layer in (net.layers[0], net.layers[2]):
        for unit, bias in zip(zip(*layer.weights.value), layer.bias.value):
            numbers += [-bias] + list(unit)
    sources["use.c"] = GENANN.format(
        weights=", ".join(map(repr, numbers)),
        inputs=net.inputs,
        hidden=net.layers[0].outputs,
        outputs=net.layers[2].outputs,
    )
    return Contender("genann", sources)


CMSIS = """\
#include "arm_nnfunctions.h"
static const int8_t w0[] = {{{w0}}}, w1[] = {{{w1}}};
static const int32_t b0[] = {{{b0}}}, b1[] = {{{b1}}};
static const int32_t m0[] = {{{m0}}}, m1[] = {{{m1}}}, s0[] = {{{s0}}}, s1[] = {{{s1}}};
static void layer(const int8_t *in, int8_t *out, int n, int m, const int8_t *w, const int32_t *b,
                  const int32_t *factor, const int32_t *shift)
{{
    const cmsis_nn_context none = {{0, 0}};
    const cmsis_nn_fc_params params = {{0, 0, 0, {{-128, 127}}}};
    const cmsis_nn_per_channel_quant_params quant = {{(int32_t *)factor, (int32_t *)shift}};
    const cmsis_nn_dims x = {{1, 1, 1, n}}, f = {{n, 1, 1, m}}, bias = {{1, 1, 1, m}}, y = {{1, 1, 1, m}};
    arm_fully_connected_per_channel_s8(&none, &params, &quant, &x, in, &f, w, &bias, b, &y, out);
}}
void use(const int8_t *in, int8_t *out);
void use(const int8_t *in, int8_t *out)
{{
    int8_t hidden[{hidden}];
    layer(in, hidden, {inputs}, {hidden}, w0, b0, m0, s0);
    layer(hidden, out, {hidden}, {outputs}, w1, b1, m1, s1);
}}
"""


def cmsis(net, options):
    """Two fully connected layers of its plain C; its numbers do not matter for the time."""
    if not options.cmsis_nn:
        return None
    words = dict(inputs=net.inputs, hidden=net.layers[0].outputs, outputs=net.layers[2].outputs)
    for k, layer in enumerate((net.layers[0], net.layers[2])):
        columns = list(zip(*layer.weights.value))
        words["w%d" % k] = ", ".join([str(int(60 * w)) for unit in columns for w in unit])
        words["b%d" % k] = ", ".join(["100"] * len(columns))
        words["m%d" % k] = ", ".join(["1500000000"] * len(columns))
        words["s%d" % k] = ", ".join(["-7"] * len(columns))
    folder = os.path.join(options.cmsis_nn, "Source")
    parts = (
        "FullyConnectedFunctions/arm_fully_connected_per_channel_s8.c NNSupportFunctions/arm_nn_vec_mat_mult_t_per_ch_s8.c"
    ).split()
    flags = ["-I", os.path.join(options.cmsis_nn, "Include"), "-U__ARM_FEATURE_DSP"]
    return Contender(
        "CMSIS-NN",
        {"use.c": CMSIS.format(**words)},
        flags + [os.path.join(folder, p) for p in parts],
    )


# ---- measuring ---------------------------------------------------------------------------------------------------


def words_of(kind, rows, outputs):
    texts = ["{" + ", ".join(["{!r}".format(x) for x in row]) + "}" for row in rows]
    T = {"int8": "int8_t"}.get(kind, kind)
    return dict(T=T, rows=",\n".join(texts), inputs=len(rows[0]), outputs=outputs)


def instructions(contender, folder, processor, kind, rows, outputs):
    """The median of the rows."""
    from boards import BOARDS, FOLDER, SUPPORT

    board = BOARDS[processor]
    main = TIMED.format(**words_of(kind, rows, outputs))
    compiler = [word for word in board.compiler if word != "-ffp-contract=fast"]
    program = contender.compile(
        folder,
        compiler + ["-std=gnu99", "-I", FOLDER],
        main,
        SUPPORT,
        "-ffunction-sections",
        "-Wl,--gc-sections",
    )
    found = sorted(map(int, re.findall(r"TICKS (\d+)", board.run(program))))
    return round(found[len(found) // 2] * board.ticks), board.size(program)[0]


def nanoseconds(programs):
    """The time of each program, and its ratio to the first one: medians of interleaved runs."""
    times = [
        [
            float(re.search(r"NS (\S+)", subprocess.check_output([p]).decode()).group(1))
            for p in programs
        ]
        for _ in range(PAIRS)
    ]
    return [
        (median([row[k] for row in times]), median([row[0] / row[k] for row in times]))
        for k in range(len(programs))
    ]


def compare(title, kind, contenders, rows, outputs, folder):
    print("{}, {}".format(title, kind))
    print(
        "  {:15}".format("")
        + "".join(["{:>12}".format(p) for p in PROCESSORS])
        + "   x86 ns   ours/it"
    )
    words = words_of(kind, rows, outputs)
    times = 4000000 // (len(rows[0]) * 32)
    host = HOST.format(times=times, **words)
    programs = [c.compile(folder, ["gcc", "-std=gnu99"], host) for c in contenders]
    outs = [re.search("OUT (.*)", subprocess.check_output([p]).decode()).group(1) for p in programs]
    kept = [shutil.copy(p, os.path.join(folder, "host%d" % k)) for k, p in enumerate(programs)]
    found = nanoseconds(kept)
    for c, (ns, ratio), out in zip(contenders, found, outs):
        counts = []
        for processor in PROCESSORS:
            try:
                counts.append(
                    "{:,}".format(instructions(c, folder, processor, kind, rows, outputs)[0])
                )
            except (subprocess.CalledProcessError, IndexError):
                counts.append("-")
        print("  {:15}".format(c.name) + "".join(["{:>12}".format(n) for n in counts])
              + "{:9.1f}   {:7.2f}   (out[0] {})".format(ns, ratio, out))  # fmt: skip


def main():
    parser = argparse.ArgumentParser(prog="bench.embedded", description=__doc__.split("\n\n")[0])
    parser.add_argument("--onnx2c", metavar="PROGRAM")
    parser.add_argument("--genann", metavar="FOLDER")
    parser.add_argument("--cmsis-nn", metavar="FOLDER")
    options = parser.parse_args()
    generator = sn.Generator(1)
    for title, net in networks():
        rows = [[round(generator.normal(), 3) for _ in range(net.inputs)] for _ in range(5)]
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)  # emlearn writes to the working directory.
            made = [other(net, folder, options) for other in (emx, onnx2c, emlearn, genann)]
            compare(
                title,
                "float",
                [ours(net)] + [c for c in made if c],
                rows,
                len(net.predict(rows)[0]),
                folder,
            )
            if net.inputs > 16:
                integers = [[round(40 * x) for x in row] for row in rows]
                made = [ours(net, "int8", False, rows)] + [c for c in [cmsis(net, options)] if c]
                compare(title, "int8", made, integers, len(net.predict(rows)[0]), folder)


if __name__ == "__main__":
    main()
