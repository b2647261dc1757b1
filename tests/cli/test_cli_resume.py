"""scratchnet train that Ctrl-C breaks off: what is saved, and what --resume continues."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest
from command_line import FLOWERS, ROOT, run, within

import scratchnet as sn
from scratchnet.cli.progress import Watched
from scratchnet.engines import generated
from scratchnet.formats import safetensors


def begin(*arguments, prepare=None, stderr=subprocess.PIPE):
    """Return a process that trains and hears Ctrl-C, as a background job would not.

    ``prepare``   a function that the process calls first
    """

    def hear():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if prepare is not None:
            prepare()

    command = [sys.executable, "-u", "-m", "scratchnet", "train", *arguments]
    hearing = {} if os.name == "nt" else {"preexec_fn": hear}
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, **hearing)


@pytest.fixture
def pressed(monkeypatch):
    """A function that trains, with Ctrl-C after so many epochs."""

    def train(epochs, *arguments):
        left, kept = [epochs], Watched.kept

        def press(self, training):
            kept(self, training)
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Watched, "kept", press)
            return within("train", *arguments)

    return train


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
@pytest.mark.parametrize("workers", [[], ["--workers", "2"]])
def test_ctrl_c_before_the_training_itself(workers, iris, tmp_path):
    given = [iris, "-o", str(tmp_path / "m.json")]
    given += "--target species --search 50 --patience 9999 --epochs 9999".split()
    process = begin(*given, *workers)
    for line in iter(process.stdout.readline, b""):
        if b"the target" in line:  # the search begins after it
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130
    assert errors == "interrupted before the training started; nothing is saved\n"
    assert not os.listdir(str(tmp_path))


def test_ctrl_c_leaves_an_older_model_as_it_is(pressed, iris, tmp_path):
    path = tmp_path / "m.json"
    given = [iris, "--target", "species", "--patience", "99", "-o", str(path), "-q"]
    assert within("train", "--epochs", "2", *given)[0] == 0
    before = path.read_bytes()
    for resume in ([], ["--resume"]):
        status, _, errors = pressed(3, "--epochs", "99", *(given + resume))
        assert (
            status == 130
            and errors == f"{path}: not written; the same command with --resume continues\n"
        )
        assert path.read_bytes() == before
    status, output, _ = within("train", "--resume", "--epochs", "1", *given)
    assert status == 0 and output.count("\n6 epochs done; the best was epoch ") == 1
    assert path.read_bytes() != before


def test_a_training_broken_off_before_its_first_epoch(pressed, iris, tmp_path, monkeypatch):
    monkeypatch.setattr(generated, "STEPS_AT_ONCE", 1)  # so that it is looked at after every batch
    path = str(tmp_path / "m.json")
    given = [iris, "--target", "species", "-o", path, "-q"]
    status, _, errors = pressed(2, *given)
    assert (
        status == 130
        and errors == f"{path}: saved after 0 epochs; the same command with --resume continues\n"
    )
    before = sn.load(path).predict(FLOWERS.X)
    assert within("summary", path)[1].endswith(
        "\n\nthe training was interrupted in its first epoch\n"
    )
    assert (
        "was interrupted in its first epoch; continue with scratchnet train --resume"
        in within("plot", path, "loss")[2]
    )
    status, _, errors = pressed(2, "--resume", *given)  # another one, of the same training
    assert (
        status == 130
        and ": saved after 0 epochs; " in errors
        and sn.load(path).predict(FLOWERS.X) != before
    )


def test_what_was_searched_is_not_searched_again(pressed, iris, tmp_path):
    path, whole = str(tmp_path / "m.json"), str(tmp_path / "whole.json")
    given = [iris] + "--target species --search 3 --epochs 9 --patience 9 -q -o".split()
    assert "\nsearch: validation loss" in within("train", *(given + [whole]))[1]
    assert pressed(4, *(given + [path]))[0] == 130
    checkpoint = tmp_path / "m.checkpoint.safetensors"
    assert within("predict", str(checkpoint), iris)[0] == 0  # it is a model, too
    whole_file = checkpoint.read_bytes()
    # Settings that train never wrote.
    for name, value in (("activation", "foo"), ("optimizer", ["sgd"]), ("hidden", 5)):
        tensors, about = safetensors.loads(whole_file)
        about["metadata"]["recipe"][name] = value
        checkpoint.write_bytes(safetensors.dumps(tensors, about))
        assert "search: " in within("train", "--resume", *(given + [path]))[1]
    checkpoint.write_bytes(whole_file)
    status, output, _ = within("train", "--resume", *(given + [path]))
    assert status == 0 and "search: " not in output
    assert sn.load(path).predict(FLOWERS.X) == sn.load(whole).predict(FLOWERS.X)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_ctrl_c_saves_and_resume_goes_on_to_the_same_bits(iris, tmp_path):
    given = [iris] + "--target species --epochs 400 --patience 400 --batch-size 4".split()
    whole, path = str(tmp_path / "whole.json"), str(tmp_path / "m.json")
    assert run("train", *(given + ["-o", whole, "-q"]))[0] == 0
    process = begin(*(given + ["-o", path, "--checkpoint-every", "0.1"]))
    for _ in range(600):
        if os.path.exists(str(tmp_path / "m.checkpoint.safetensors")) or process.poll() is not None:
            break
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130, errors
    assert (
        "m.json: saved after" in errors
        and "--resume continues" in errors
        and "Traceback" not in errors
    )
    assert run("evaluate", path, iris)[0] == 0
    status, _, errors = run("train", *(given + ["-o", path]))
    assert status == 2 and errors.endswith(
        "belongs to an interrupted training run; continue with --resume, or delete it\n"
    )
    status, _, errors = run("train", *(given + ["-o", path, "--resume", "--batch-size", "8"]))
    assert (
        status == 2
        and "it belongs to a training run with batch_size 4, not 8; repeat its options (and"
        in errors
    )
    assert run("train", *(given + ["-o", path, "--resume", "-q"]))[0] == 0
    assert sn.load(path).predict(FLOWERS.X) == sn.load(whole).predict(FLOWERS.X)
    assert sn.load(path).metadata == sn.load(whole).metadata
    assert sorted(os.listdir(str(tmp_path))) == ["m.json", "whole.json"]


@pytest.mark.skipif(os.name != "posix", reason="only there a file's size can be limited")
@pytest.mark.parametrize("older", [False, True])
@pytest.mark.parametrize("interrupted", [False, True])
def test_where_no_checkpoint_can_be_written_the_model_is_saved_all_the_same(
    interrupted, older, iris, tmp_path
):
    import resource

    def limit_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    path = str(tmp_path / "m.safetensors")
    before = b"an older model"
    if older:
        (tmp_path / "m.safetensors").write_bytes(before)
    given = [iris, "-o", path] + "--target species --hidden 64 --checkpoint-every 0".split()
    given += "--epochs 100000 --patience 100000".split() if interrupted else ["--epochs", "3"]
    process = begin(*given, prepare=limit_files)
    for errors in iter(process.stderr.readline, b""):
        if b"m.checkpoint.safetensors cannot be written: " in errors:
            break
    assert errors.startswith(b"scratchnet train: ") and errors.endswith(
        b"; training continues without the checkpoint\n"
    )
    if interrupted:
        process.send_signal(signal.SIGINT)
    output, errors = process.communicate()
    assert process.returncode == (130 if interrupted else 0) and b"Traceback" not in errors
    assert (b"there is no checkpoint" in errors) == interrupted and (
        b"m.safetensors: saved" in output
    ) != interrupted
    if older and interrupted:
        assert (tmp_path / "m.safetensors").read_bytes() == before
        path = str(tmp_path / "m.interrupted.safetensors")
    assert (
        len(os.listdir(str(tmp_path))) == 1 + (older and interrupted)
        and run("evaluate", path, iris)[0] == 0
    )


@pytest.mark.skipif(os.name != "posix", reason="terminals are made by pty")
def test_a_terminal_gets_a_live_line(iris, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    given = [iris, "-o", str(tmp_path / "m.json")] + "--target species --epochs 120".split()
    process = begin(*given, stderr=theirs)
    output, _ = process.communicate()
    os.close(theirs)
    seen = b""
    try:
        while True:
            part = os.read(ours, 65536)
            if not part:
                break
            seen += part
    except OSError:
        pass  # Linux's word for the end
    os.close(ours)
    text = seen.decode()
    assert process.returncode == 0 and "Traceback" not in text
    assert re.search(
        r"\r(\[=* *\] )?epoch \d+/120  \d+:\d\d left  loss [\d.e-]+  validation [\d.e-]+  acc", text
    )
    assert max(map(len, text.split("\r"))) < 80
    assert text.count("\n") == 0  # it clears the line when it is done
