"""Names, labels and paths that would control a terminal, become code, or fill the screen."""

import csv
import json
import os
import re
import subprocess
import sys
import time

import pytest
from command_line import ROOT, run

import scratchnet as sn
from scratchnet.core.matrix import transpose
from scratchnet.explanation.mistakes import checking
from scratchnet.lessons import and_gate, and_gate_network

ODD = [
    "a\x1b[31mred",
    "b\u202egnp.exe",
    "c\x9bH",
    "=cmd|' /C calc'!A0",
    "d\u2066x\u2069",
    "e\x07\x08",
    "coding: unicode_escape \\nprint('code')",
    "line\x85x",
]
LABELS = ["x\x1b]0;title\x07", "y\u202e", "=1+1", "z\nz"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    with open(str(folder / "odd.csv"), "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(ODD + ["kind\x1b[2J", "target\x1b[5m"])
        for k in range(80):
            numbers = [(k * n) % 17 / 10 for n in range(1, 9)]
            rows.writerow(numbers + [["k\x1b[1m", "l\u202e"][k % 2], LABELS[k % 4]])
    path = str(folder / "model.json")
    options = ["--epochs", "2", "-q", "-o", path]
    status, _, errors = run("train", str(folder / "odd.csv"), "--target", "10", *options)
    assert (status, errors) == (0, "")
    net = sn.load(path)
    net.metadata["more\x1b[2J"] = "\u202e"
    sn.save(net, path)
    return folder


def is_plain(text):
    return text.replace("\n", "").isprintable()


COMMANDS = [
    ["train", "DATA", "--target", "10", "--epochs", "2", "-o", "OUT"],
    ["train", "DATA", "--target", "10", "--epochs", "2", "-o", "OUT", "--json"],
    ["summary", "MODEL"],
    ["summary", "MODEL", "--json"],
    ["summary", "MODEL", "--verify"],
    ["evaluate", "MODEL", "DATA"],
    ["evaluate", "MODEL", "DATA", "--json"],
    ["predict", "MODEL", "DATA", "--json"],
    ["unroll", "MODEL"],
    ["plot", "MODEL", "network"],
    ["plot", "MODEL", "mistakes", "DATA"],
    ["plot", "MODEL", "network", "-o", "-"],
    ["plot", "MODEL", "boundary", "DATA", "--inputs", "1,2"],
    ["explain", "MODEL", "DATA", "--row", "2"],
    ["explain", "MODEL", "DATA", "--row", "2", "--worksheet"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command))
def test_names_from_data_never_control_the_terminal(command, folder, tmp_path):
    places = {
        "DATA": str(folder / "odd.csv"),
        "MODEL": str(folder / "model.json"),
        "OUT": str(tmp_path / "m.json"),
    }
    status, output, errors = run(*[places.get(word, word) for word in command])
    assert status == 0 and output and is_plain(output) and is_plain(errors)


def test_json_keeps_every_name(folder):
    _, output, _ = run("summary", str(folder / "model.json"), "--json")
    inputs = json.loads(output)["metadata"]["table"]["numbers"]
    assert [column["name"] for column in inputs] == ODD


def test_predictions_are_the_labels_for_a_program_and_safe_on_a_terminal(folder):
    command = ["predict", str(folder / "model.json"), str(folder / "odd.csv"), "-q"]
    status, output, _ = run(*command)
    found = set([cell for row in list(csv.reader(output.splitlines(True)))[1:] for cell in row])
    assert status == 0 and found <= set(LABELS) and not is_plain(output)
    pty = pytest.importorskip("pty")
    main, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scratchnet"] + command, cwd=ROOT, stdout=other
    )
    os.close(other)
    shown = b""
    while True:
        try:
            part = os.read(main, 65536)
        except OSError:  # Linux reports the end of a terminal as an error.
            break
        if not part:
            break
        shown += part
    assert process.wait() == 0
    assert shown and is_plain(shown.decode().replace("\r\n", "\n"))


def test_no_name_becomes_code(folder, tmp_path):
    """The first two lines of the file are fixed, and all is ASCII, whatever the columns are called."""
    _, output, _ = run("unroll", str(folder / "model.json"))
    path = tmp_path / "predict.py"
    path.write_bytes(output.encode("ascii"))
    assert subprocess.check_output([sys.executable, str(path)]) == b""
    assert not re.search("coding", "".join(output.splitlines(True)[:2]))
    for encoding in ("unicode_escape", "utf-8", "latin-1", "cp1252"):
        code = compile(output.encode("ascii").decode(encoding), "predict.py", "exec")
        assert "print" not in code.co_names


# ---- errors ------------------------------------------------------------------------------------------------------

LONG = "n" * 100000
MISTAKES = [
    ["predict", "no\x1b[2J\nfile.json", "DATA"],
    ["summary", "no\u202efile.json"],
    ["train", "no\nfile.csv", "--target", "y", "-o", "m.json"],
    ["train", "DATA", "--target", LONG, "-o", "m.json"],
    ["train", "DATA", "--target", "no\x1b[1m", "-o", "m.json"],
    ["train", "DATA", "--target", "10", "--ignore", "z\nz", "-o", "m.json"],
    ["train", "DATA", "--target", "10", "-o", "no\x1b[2J/m.json"],
    ["train", "DATA", "--target", "10", "--delimiter", "\x1b", "-o", "m.json"],
    ["train", "DATA", "--target", "10", "--encoding", "\x1b[2J\n", "-o", "m.json"],
    ["evaluate", "MODEL", "MODEL"],
    ["x\x1b[2J\ny"],
    ["explain", "--loss", "\x1b[2J\n" + LONG],
    ["explain", "--x", "1," + LONG],
    ["export", "MODEL", "--to", "c", "-o", "m.h", "--name", "\x1b[2J" + LONG],
]


@pytest.mark.parametrize("command", MISTAKES, ids=lambda command: repr(command)[:60])
def test_an_error_is_one_printable_line_of_limited_length(command, folder):
    places = {"DATA": str(folder / "odd.csv"), "MODEL": str(folder / "model.json")}
    status, output, errors = run(*[places.get(word, word) for word in command])
    assert (status, output) == (2, "")
    assert errors.endswith("\n") and errors.count("\n") == 1
    assert errors[:-1].isprintable() and 20 < len(errors) < 1100


# ---- the output --------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="limits of the size of files as POSIX has them")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_an_output_that_ends_early_is_an_error(unbuffered, tmp_path):
    """A limit of 4,096 bytes per file stands for a full disk."""
    import resource

    net = sn.Sequential([sn.Dense(20, 20), sn.Tanh(), sn.Dense(20, 1)], seed=1)
    sn.save(net, str(tmp_path / "model.json"))
    with open(str(tmp_path / "predict.py"), "wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "scratchnet", "unroll", str(tmp_path / "model.json")],
            cwd=ROOT,
            env=dict(os.environ, PYTHONUNBUFFERED=unbuffered),
            stdout=file,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),
        )
        _, errors = process.communicate()
    assert process.returncode == 1
    assert b"standard output cannot be written: File too large" in errors


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize("command", ["", "--help", "--version", "train --help", "summary"])
def test_a_full_disk_is_an_error(command, folder):
    words = command.split() + [str(folder / "model.json")] * (command == "summary")
    with open("/dev/full", "wb") as full:
        status, _, errors = run(*words, stdout=full)
    expected = "scratchnet: standard output cannot be written: No space left on device\n"
    assert (status, errors) == (1, expected)


SEARCH = """
import multiprocessing, time
from scratchnet.tabular import trials

def started(done, count):
    print(*[child.pid for child in multiprocessing.active_children()], flush=True)

if __name__ == "__main__":
    trials.run_tasks(time.sleep, [(60,), (60,)], 2, started)
"""


def is_running(pid):
    try:
        with open("/proc/{}/stat".format(pid)) as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="it looks at /proc")
@pytest.mark.parametrize("signal", [15, 1, 9])
def test_the_workers_of_a_search_end_with_their_parent(signal, tmp_path):
    path = tmp_path / "search.py"
    path.write_text(SEARCH)
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([ROOT, *sys.path]))
    process = subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, env=environment)
    workers = process.stdout.readline().split()
    workers = [int(pid) for pid in workers]
    assert len(workers) == 2 and all(map(is_running, workers))
    process.send_signal(signal)
    process.wait()
    end = time.time() + 20
    while any(map(is_running, workers)) and time.time() < end:
        time.sleep(0.1)
    assert not any(map(is_running, workers))


@pytest.mark.skipif(os.name != "posix", reason="links as POSIX has them")
def test_train_follows_no_link_beside_its_output(folder, tmp_path):
    diary = tmp_path / "diary.txt"
    diary.write_text("precious")
    for name in ("m.checkpoint.safetensors.probe", "m.json.tmp"):
        (tmp_path / name).symlink_to(diary)
    options = ["--epochs", "1", "-q", "-o", str(tmp_path / "m.json")]
    status, _, _ = run("train", str(folder / "odd.csv"), "--target", "10", *options)
    assert status == 0 and diary.read_text() == "precious"


def and_gate_step():
    X, Y = transpose(and_gate.X), transpose(and_gate.Y)
    return sn.explain(and_gate_network.network(), X, Y, "perceptron", sn.SGD(0.1))


# ---- worksheets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, message",
    [
        ("0.z[0][0] = 1e-99999999", "line 1: '1e-99999999' is too long; give at most 400 decimals"),
        ("loss = " + "1" * 100000, "is too long; give at most 400 decimals"),
        ("# scratchnet explain --step=99999999999999999999\nloss = 1", "give a whole number from 1 to 1,000,000"),
        ("# scratchnet explain --step=1000000\nloss = 1", "takes too long to compute; give a step up to"),
        ("# scratchnet explain --layers=99999999,99\nloss = 1", "an exercise has at most 100,000 weights"),
        ("# scratchnet explain --layers=300,300\nloss = 1", "too large for a worksheet"),
        ("# scratchnet explain .\nloss = 1", "the worksheet names ., which is not a file"),
        ("loss = 1\n" * 100000, "line 2: 'loss' is in line 1 already"),
        ("# scratchnet explain \n" * 20000, "has 20,000 worksheets; give at most 1,000"),
    ],
    ids=range(9),
)  # fmt: skip
def test_a_worksheet_that_asks_for_too_much(text, message, tmp_path):
    path = tmp_path / "sheet.txt"
    path.write_text(text)
    status, output, errors = run("check", str(path))
    assert (status, output) == (2, "") and message in errors


def test_wrong_numbers_are_counted_before_they_are_examined(monkeypatch):
    why = and_gate_step()
    sheet = [(name, "77", line) for line, name in enumerate(why.step.numbers, 1)]
    monkeypatch.setattr(checking, "LOOKED_FOR", 2 * len(why.step.numbers))
    assert [bool(wrong.mistake) for wrong in checking.check(why, sheet).wrongs].count(True) <= 2
    monkeypatch.setattr(checking, "CHECKED", 5 * len(why.step.numbers))
    with pytest.raises(ValueError, match="are wrong or rounded for a step of"):
        checking.check(why, sheet)
    right = [(name, repr(float(why[name].value)), line) for name, _, line in sheet]
    assert checking.check(why, right).passed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_worksheet_cannot_make_check_wait_for_a_pipe(tmp_path):
    os.mkfifo(str(tmp_path / "model.json"))
    path = tmp_path / "sheet.txt"
    path.write_text("# scratchnet explain {}\nloss = 1".format(tmp_path / "model.json"))
    status, _, errors = run("check", str(path))
    assert status == 2 and "which is not a file" in errors


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there is no /dev/zero")
@pytest.mark.parametrize("command", ["check", "summary", "explain"])
def test_a_device_is_refused(command, tmp_path):
    (tmp_path / "x.json").symlink_to("/dev/zero")
    status, _, errors = run(command, str(tmp_path / "x.json"))
    assert status == 2 and "is a device; give a file" in errors
