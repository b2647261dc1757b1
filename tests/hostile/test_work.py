"""The work of reading a file grows only with its length, for any content."""

import contextlib
import gzip
import io
import json
import os
import struct
import time
import zipfile

import pytest
from work import lines_run

from scratchnet.datasets.tables import read_table
from scratchnet.explanation import worksheet
from scratchnet.formats import json as json_format
from scratchnet.formats import models, npy, npz, safetensors

try:
    import tracemalloc
except ImportError:  # PyPy
    tracemalloc = None

# As the README says: the seconds and the bytes of memory that reading takes per byte of a file, and
# per column of a table.
PER_BYTE, PER_COLUMN = (5e-6, 100), (1e-4, 4000)


def model(inside, tensors="{}"):
    text = '{"format": "scratchnet", "metadata": {"version": 1, "layers": [{"type": "ReLU"}], '
    text += '"frozen": [], "metadata": {"a": ' + inside + '}}, "tensors": ' + tensors + "}"
    return lambda: models._network(*json_format.loads(text), custom=()), len(text)


def listed(piece, n):
    return "[" + ",".join([piece] * n) + "]"


def with_layers(layer, n):
    about = {"version": 1, "layers": [layer] * n, "frozen": [], "metadata": {}}
    size = len(json.dumps(about))
    return lambda: models._network({}, about, custom=()), size


def of_tensors(n):
    entries = {"a%d" % k: {"dtype": "F64", "shape": [0], "data_offsets": [0, 0]} for k in range(n)}
    text = json.dumps(entries).encode()
    data = struct.pack("<Q", len(text)) + text
    return lambda: safetensors.loads(data), len(data)


def of_arrays(n):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for k in range(n):
            archive.writestr("a%d.npy" % k, npy.dumps(npy.array_of([])))
    return lambda: npz.loads(file.getvalue()), len(file.getvalue())


def sheet(line):
    return lambda n: (lambda: worksheet.read(line * n), len(line) * n)


def table(head, line, pack=bytes, **options):
    def made(n):
        data = (head(n) if callable(head) else head) + line * n
        return lambda: read_table(io.BytesIO(pack(data.encode())), **options), len(data)

    return made


def names(n):
    return ",".join(["c%d" % k for k in range(n)]) + "\n" + ",".join(["1"] * n) + "\n"


def labels(n):
    return "a,b\n" + "".join(["x%d,%d\n" % (k, k) for k in range(n)])


FILES = {
    "JSON: lists": lambda n: model(listed("[]", n)),
    "JSON: objects": lambda n: model(listed("{}", n)),
    "JSON: deep lists": lambda n: model(listed("[" * 20 + "]" * 20, n)),
    "JSON: numbers": lambda n: model(listed("-1.5e-7", n)),
    "JSON: escapes": lambda n: model('"' + "\\ud83d\\ude00\\n" * n + '"'),
    "JSON: keys": lambda n: model("{" + ",".join(['"%d":1' % k for k in range(n)]) + "}"),
    "JSON: quotes": lambda n: model('"' + '\\"' * n + '"'),
    "JSON: no end": lambda n: model('"' + '\\"' * n),
    "JSON: space": lambda n: model("\n \t" * n + "1"),
    "JSON: rows": lambda n: model("1", '{"a": ' + listed("[1]", n) + "}"),
    "layers": lambda n: with_layers({"type": "ReLU"}, n),
    "layers that lack numbers": lambda n: with_layers({"type": "Dense", "inputs": 9, "outputs": 9, "l1": 0, "l2": 0}, n),
    "tensors": of_tensors,
    "arrays": of_arrays,
    "worksheet": sheet("loss = 1\n"),
    "worksheet: signs": sheet("a:=:=,,1\n"),
    "table": table("a,b\n", "1,x\n"),
    "table: empty lines": table("a,b\n", "\n\n\n\n1,2\n"),
    "table: quotes": table("a,b\n", '"a""b","1"\n'),
    "table: a cell of lines": table('a,b\n1,"', "\n\n"),
    "table: columns": table(names, ""),
    "table: columns of one number": table(lambda n: "1," * (n - 1) + "1\n", ""),
    "table: columns of one name": table(lambda n: "a," * (n - 1) + "b\n" + "1," * (n - 1) + "1\n", ""),
    "table: labels": table(labels, ""),
    "table: numbers of many kinds": table("a,b\n", "1.234,5%\n€ 3,-\n1'000,x\n"),
    "table: blanks": table("a b\n", "1  2\n"),
    "table: dates": table("a,b\n1,2020-01-01\n", "1,2020-13-41\n", dates="b"),
    "table: bytes that are no text": table("a,b\n", "\udc80,1\n".encode("utf-8", "surrogatepass").decode("latin-1")),
    "ARFF": table("@relation x\n@attribute a real\n@data\n", "1\n%\n"),
    "ARFF: attributes": table("@relation x\n", "@attribute 'a\n"),
    "gzip": table("a,b\n", "1,x\n", gzip.compress),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_work_grows_with_the_length_only(name):
    def work(n):
        read, size = FILES[name](n)

        def quietly():
            with contextlib.suppress(TypeError, ValueError):
                read()

        return lines_run(quietly), size

    work(10)  # imports
    (few, small), (many, large) = work(100), work(1000)
    assert many < 1.2 * few * large / small + 1000


@pytest.mark.skipif("FUZZ" not in os.environ, reason="it takes some minutes")
@pytest.mark.parametrize("name", sorted(FILES))
def test_time_and_memory_are_what_the_readme_promises(name):
    count = 100000
    read, size = FILES[name](count)
    start = time.process_time()
    with contextlib.suppress(TypeError, ValueError):
        read()
    seconds = time.process_time() - start
    tracemalloc.start()
    with contextlib.suppress(TypeError, ValueError):
        read()
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print("{:32} {:6.2f} µs {:5.0f} bytes".format(name, 1e6 * seconds / size, memory / size))
    columns = count if "columns" in name else 0
    assert seconds < PER_BYTE[0] * size + PER_COLUMN[0] * columns + 1
    assert memory < PER_BYTE[1] * size + PER_COLUMN[1] * columns + 10000000
