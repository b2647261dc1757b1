"""Exported C: the rows of tables as structs, and labels, against what the loaded model predicts."""

import random
import re
import subprocess

import pytest
from test_c import CLANG, GCC, HOSTILE, WARNINGS
from test_c import compilers as needed
from test_python_targets import COLUMNS, EACH_TARGET, MORE, people

import scratchnet as sn
from scratchnet import tabular
from scratchnet.codegen.c import table_rows
from scratchnet.codegen.c.unit import Unit
from scratchnet.codegen.rows import Number, Rows
from scratchnet.formats import npy, npy_archive
from scratchnet.scalars import Single

compilers = needed
COMPILERS = [GCC, CLANG, ["g++", "-x", "c++", "-std=c++11"]]

PROGRAM = """\
#include <stdio.h>
#include "people.h"
int main(void)
{
    static const people_row rows[] = {
        %s
    };
    unsigned n, k;
    for (n = 0; n < sizeof rows / sizeof rows[0]; n++) {
        %s in[PEOPLE_INPUTS], out[PEOPLE_OUTPUTS];
        const char *label = "";
        people_encode(&rows[n], in);
        people_predict(in, out);
        for (k = 0; k < PEOPLE_OUTPUTS; k++) { printf("%%.17g ", (double)out[k]); }
#ifdef PEOPLE_CLASSES
        label = people_label(people_class(out));
#endif
        for (; *label; label++) { printf("%%02x", (unsigned)(unsigned char)*label); }
        printf("\\n");
    }
    return 0;
}
"""


def selftest(folder, text, *command):
    """The status and the output of the test in a header, which a file includes."""
    (folder / "t.h").write_text(text)
    (folder / "t.c").write_text('#define NET_SELFTEST\n#include "t.h"\n')
    command = list(command or GCC) + WARNINGS + ["t.c", "-o", "t", "-lm"]
    subprocess.check_call(command, cwd=str(folder))
    done = subprocess.run([str(folder / "t")], stdout=subprocess.PIPE)
    return done.returncode, done.stdout.decode()


def initializer(model, row):
    labels = {part.name: part.labels for part in model.encoder.categories}
    texts = []
    for name in COLUMNS:
        value = row[name]
        is_missing = value is None or value != value or value in ("NA", "?")
        if name not in labels:
            texts.append("PEOPLE_MISSING" if is_missing else repr(float(value)))
        else:
            value = str(value).strip().replace(".0", "")
            known = labels[name].index(value) if value in labels[name] else 99
            texts.append(str(-1 if is_missing else known))
    return "{" + ", ".join(texts) + "}"


@EACH_TARGET
@pytest.mark.parametrize("kind", ["double", "float"])
def test_the_rows_of_a_table(target, task, kind, tmp_path, portable):
    path = str(tmp_path / "people.json")
    rows = people(path, target, task)[:20] + MORE
    model = tabular.load(path)
    sn.export(model.net, str(tmp_path / "people.h"), type=kind, self_contained=True)
    texts = [initializer(model, row) for row in rows]
    if kind == "float":
        texts = [re.sub(r"(\d\.\d+(e[-+]?\d+)?)", r"\1f", text) for text in texts]
    (tmp_path / "main.c").write_text(PROGRAM % (",\n        ".join(texts), kind))
    number = {"double": float, "float": Single}[kind]
    X = [[number(x) for x in row] for row in model.encoder.inputs_of(model.read(rows))]
    outputs = model.net.copy(number).predict(X)
    answers = [str(y) for y in model.predict(rows)] if model.encoder.classes else [""] * len(rows)
    for compiler in COMPILERS if kind == "double" else COMPILERS[:1]:
        command = [*compiler, "-O1", *WARNINGS, "main.c", "-o", "main"]
        subprocess.check_call(command, cwd=str(tmp_path))
        lines = subprocess.check_output([str(tmp_path / "main")]).decode().splitlines()
        assert len(lines) == len(rows)
        for line, out, answer in zip(lines, outputs, answers):
            numbers = line.split(" ")
            assert [float(v) for v in numbers[:-1]] == [float(v) for v in out]
            assert bytes.fromhex(numbers[-1]).decode() == answer


@pytest.mark.parametrize("compiler", COMPILERS, ids=" ".join)
@pytest.mark.parametrize("kind", ["double", "float"])
def test_the_file_tests_its_rows(kind, compiler, tmp_path):
    people(str(tmp_path / "people.json"), "many")
    text = sn.export(sn.load(str(tmp_path / "people.json")), None, type=kind)
    found = selftest(tmp_path, text, *compiler, "-O2")
    assert found == (0, "all right: 16 vectors\n")


def test_a_wrong_median_and_a_wrong_class_are_caught(tmp_path):
    people(str(tmp_path / "people.json"))
    text = sn.export(sn.load(str(tmp_path / "people.json")), None)
    changes = {
        r"(row->rooms : )[\d.]+": r"net: vector 15: output 0 is ",
        r"(out\[0\] > )0.5": r"net: vector \d+: the class is no, but must be yes",
        r"(in\[2 \+) k\]": "net: vector 8: output 0 is ",
    }
    for pattern, message in changes.items():
        changed, count = re.subn(pattern, r"\g<1>(0.99)" if "k" not in pattern else r"\1 0]", text)
        assert count == 1
        if "k" in pattern:
            changed = changed.replace("in[2 + 0]", "in[3]")
        status, output = selftest(tmp_path, changed)
        assert status == 1 and re.match(message, output)


def test_arrays_have_labels(tmp_path):
    source = random.Random(3)
    X = [[source.random() for _ in range(4)] for _ in range(30)]
    path = str(tmp_path / "data.npz")
    with open(path, "wb") as file:
        arrays = {"X": npy.array_of(X), "y": npy.array_of([3 if x[0] > 0.5 else 8 for x in X])}
        file.write(npy_archive.dumps(arrays))
    net = tabular.train(tabular.read(path, "y"), epochs=2).net
    text = sn.export(net, None)
    assert '        "3",\n        "8"\n' in text and "net_row" not in text
    assert selftest(tmp_path, text) == (0, "all right: 8 vectors\n")


VALUE = """\
#include <stdio.h>
#include "net.h"
int main(void)
{{
    const net_row row = {{120, NET_KIND_IS_B}};
    {F} {x}[NET_INPUTS];
    {T} {in_}out[NET_OUTPUTS];
    net_encode(&row, {x});
    {quantize}
    net_predict(in, out);
    printf("%.9g", (double)NET_VALUE(out));
    return 0;
}}
"""


def test_a_quantity_in_its_own_unit():
    rows = Rows("price", mean=1000.0, spread=250.0)
    (text,) = table_rows.definitions(Unit("double", "net", True), rows, 1)
    assert text == "#define NET_VALUE(out) (1000.0 + 250.0 * ((out)[0]))\n"


@pytest.mark.parametrize("kind", ["double", "float", "int8", "int16"])
def test_the_number_that_is_predicted(kind, tmp_path):
    """NAME_VALUE is the target, whatever the outputs are; a row of the table in, its number out."""
    source = random.Random(3)
    rows = [{"size": source.randint(30, 200), "kind": source.choice("ab")} for _ in range(80)]
    for row in rows:
        row["price"] = 2000 * row["size"] + 9000 * (row["kind"] == "a")
    model = tabular.train(rows, "price", epochs=20)
    X = model.encoder.inputs_of(model.read(rows))
    integers = kind.startswith("int")
    calibrate = X if integers else None
    sn.export(model.net, str(tmp_path / "net.h"), type=kind, calibrate=calibrate)
    words = {"T": kind + "_t" * integers, "quantize": "net_quantize(x, in);" * integers}
    words.update(x="x" if integers else "in", F="float" if integers else kind)
    words["in_"] = "in[NET_INPUTS], " * integers
    (tmp_path / "main.c").write_text(VALUE.format(**words))
    command = (
        "gcc -std=c99 -Wall -Wextra -Wconversion -Wdouble-promotion -Werror main.c -o main -lm"
    )
    subprocess.check_call(command.split(), cwd=str(tmp_path))
    found = float(subprocess.check_output([str(tmp_path / "main")]))
    (expected,) = model.predict([{"size": 120, "kind": "b"}])
    assert found == pytest.approx(expected, rel=0.05 if kind == "int8" else 1e-3)


NAMES = HOSTILE + ["int", "errno", "class", "in", "k", "row", "x__y", "_x", "9 lives", "", "a b", "a-b", "A B"]  # fmt: skip


def test_all_names_and_labels_can_be_written(tmp_path):
    """Names and labels of all kinds, all in one table, in C and in C++, and the labels are unchanged."""
    names = [name or "empty" for name in dict.fromkeys(map(str.strip, NAMES)) if name]
    source = random.Random(5)
    rows = []
    for k in range(60):
        row = {
            name: source.choice(names) if j % 2 else source.random() for j, name in enumerate(names)
        }
        rows.append(dict(row, y=names[k % len(names)]))
    net = tabular.train(rows, "y", hidden=(8,), epochs=1).net
    text = sn.export(net, None)
    text.encode("ascii")
    for compiler in COMPILERS:
        found = selftest(tmp_path, text, *compiler, "-trigraphs")
        assert found == (0, "all right: 16 vectors\n")
    program = (
        '#include <stdio.h>\n#include "t.h"\nint main(void) { int k; for (k = 0; k < NET_CLASSES; k++)'
        ' { printf("%s%c", net_label(k), 0); } printf("%s%s", net_label(-1), net_label(NET_CLASSES)); return 0; }\n'
    )
    (tmp_path / "main.c").write_text(program)
    subprocess.check_call(["gcc", "-std=c99", *WARNINGS, "main.c", "-o", "main"], cwd=str(tmp_path))
    printed = subprocess.check_output([str(tmp_path / "main")]).decode("utf-8")
    assert printed.split("\0")[:-1] == sorted(names) and printed.split("\0")[-1] == ""


def test_a_column_and_the_classes_may_share_a_label(tmp_path):
    rows = [{"class": "ab"[k % 2], "CLASS": "ab"[k // 3 % 2], "y": "ab"[k // 2 % 2]} for k in range(40)]  # fmt: skip
    text = sn.export(tabular.train(rows, "y", epochs=1).net, None)
    assert selftest(tmp_path, text)[0] == 0
    names = re.findall(r"(NET_\w+) = ", text)
    assert len(names) == len(set(names)) == 6


def test_members_are_different():
    names = ["a", "A", "a_2", "a!", "2", "int"]
    found = table_rows.members(Rows("y", [Number(name, 0, 0.0) for name in names]))
    assert found == ["a", "a_2", "a_2_2", "a_3", "column_5", "int_"]


def test_fast_math_is_refused_where_a_number_may_be_missing(tmp_path):
    people(str(tmp_path / "people.json"))
    path = str(tmp_path / "net.h")
    sn.export(sn.load(str(tmp_path / "people.json")), path)
    command = ["gcc", "-ffast-math", "-fsyntax-only", "-x", "c", path]
    done = subprocess.run(command, stderr=subprocess.PIPE)
    assert done.returncode != 0 and "a missing number is NAN" in done.stderr.decode()
