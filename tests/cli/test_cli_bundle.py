"""`python -m scratchnet bundle`, and what works in the archive that it writes."""

import os
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.cli.commands import bundle

PACKAGE = os.path.dirname(os.path.abspath(sn.__file__))


def run(*arguments, cwd=None, path=""):
    """(exit status, standard output, standard error)"""
    process = subprocess.Popen(
        [sys.executable, "-W", "error"] + list(arguments),
        cwd=str(cwd) if cwd else None,
        env=dict(os.environ, PYTHONIOENCODING="utf-8", PYTHONPATH=path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    output, errors = process.communicate(timeout=120)
    return process.returncode, output.decode("utf-8"), errors.decode("utf-8")


def in_folder(*arguments, cwd=None):
    return run("-m", "scratchnet", *arguments, cwd=cwd, path=os.path.dirname(PACKAGE))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the archive."""
    folder = tmp_path_factory.mktemp("bundle")
    status, output, errors = in_folder("bundle", "--pyz", "-o", "scratchnet.pyz", cwd=folder)
    assert (status, errors) == (0, "")
    assert re.match(r"scratchnet\.pyz: \d+ KB\n$", output)
    return folder


def test_the_help_states_the_sizes(tmp_path, capsys):
    stated = [int(size) for size in re.findall(r"about (\d+) KB", bundle.DESCRIPTION)]
    for size, option in zip(stated, ([], ["--minify"], ["--pyz"])):
        path = tmp_path / "output"
        assert main(["bundle", "-o", str(path)] + option) == 0
        assert abs(path.stat().st_size / 1000 / size - 1) < 0.1
    assert len(stated) == 3


@pytest.mark.parametrize("option", [[], ["--minify"]])
def test_the_core_is_importable(option, tmp_path):
    path = tmp_path / "braincell.py"
    assert main(["bundle", "-o", str(path)] + option) == 0
    assert sn.__version__ in path.read_text(encoding="utf-8").splitlines()[0]
    program = "import braincell; print(braincell.Dense(2, 1))"
    assert run("-c", program, path=str(tmp_path)) == (0, repr(sn.Dense(2, 1)) + "\n", "")


def test_the_archive_is_complete_and_always_the_same(folder, tmp_path):
    path = tmp_path / "again.pyz"
    assert main(["bundle", "--pyz", "-o", str(path)]) == 0
    assert path.read_bytes() == (folder / "scratchnet.pyz").read_bytes()
    with zipfile.ZipFile(str(path)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    for there, folders, files in os.walk(PACKAGE):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in files:
            relative = os.path.relpath(os.path.join(there, name), os.path.dirname(PACKAGE))
            assert names.count(relative.replace(os.sep, "/")) == 1
    assert names.count("__main__.py") == 1 and not any("__pycache__" in name for name in names)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--version"],
        ["demo", "iris"],
        ["explain"],
        ["explain", "--number", "0.z[0][0]"],
        ["selftest"],
    ],
    ids=" ".join,
)
def test_the_archive_prints_what_the_package_prints(arguments, folder):
    found = run("scratchnet.pyz", *arguments, cwd=folder)
    expected = in_folder(*arguments, cwd=folder)
    steady = r"\d+(\.\d+)? (s|ms)\b"  # times differ from run to run
    assert re.sub(steady, "", found[1]) == re.sub(steady, "", expected[1])
    assert (found[0], found[2]) == (0, "")


def test_a_page_shows_the_source_lines(folder):
    """Called by a relative path and by an absolute one, from another folder."""
    assert run("scratchnet.pyz", "explain", "--html", "relative.html", cwd=folder)[0] == 0
    archive = str(folder / "scratchnet.pyz")
    assert run(archive, "explain", "--html", str(folder / "absolute.html"), cwd="/")[0] == 0
    assert in_folder("explain", "--html", "expected.html", cwd=folder)[0] == 0
    expected = (folder / "expected.html").read_bytes()
    assert b'"scratchnet/core/layers.py",' in expected
    assert (folder / "relative.html").read_bytes() == expected
    assert (folder / "absolute.html").read_bytes() == expected


def test_train_and_predict(folder):
    shutil.copy(os.path.join(PACKAGE, "datasets", "iris.csv"), str(folder / "iris.csv"))
    training = ["train", "iris.csv", "--target", "species", "-o", "iris.json", "--epochs", "5"]
    assert run("scratchnet.pyz", *training, cwd=folder)[0] == 0
    status, output, errors = run("scratchnet.pyz", "predict", "iris.json", "iris.csv", cwd=folder)
    assert (status, errors, len(output.splitlines())) == (0, "", 151)


def test_the_lessons_can_be_unpacked_as_the_command_says(folder):
    status, output, errors = run("scratchnet.pyz", "lessons", cwd=folder)
    assert (status, errors) == (0, "")
    line = output.splitlines()[-1].strip()
    arguments = re.match(r"python3 (-m zipfile -e \S+ unpacked) && cd unpacked$", line).group(1)
    assert run(*arguments.split(), cwd=folder)[0] == 0
    unpacked = folder / "unpacked"
    assert run("-m", "scratchnet.lessons.and_gate", cwd=unpacked)[0] == 0
    assert (unpacked / "scratchnet" / "lessons" / "and_gate.py").exists()


def test_the_archive_writes_the_core(folder):
    assert run("scratchnet.pyz", "bundle", "-o", "core.py", cwd=folder)[0] == 0
    assert in_folder("bundle", "-o", "expected.py", cwd=folder)[0] == 0
    assert (folder / "core.py").read_bytes() == (folder / "expected.py").read_bytes()


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "scratchnet bundle: the following arguments are required: -o/--output; see"),
        (["--minify", "--pyz", "-o", "x"], "scratchnet bundle: --pyz is not allowed with --minify"),
        (["-o", "."], "scratchnet bundle: . cannot be written: it is a directory"),
        (["-o", "no/such/core.py"], "scratchnet bundle: no/such/core.py cannot be written: its"),
        (["-o", "scratchnet.pyz"], "scratchnet bundle: scratchnet.pyz is also an input; give"),
        (["--pyz", "-o", "x.pyz"], "scratchnet bundle: the package is in an archive; copy "),
    ],
)
def test_mistakes(arguments, message, folder):
    before = sorted(os.listdir(str(folder)))
    status, output, errors = run("scratchnet.pyz", "bundle", *arguments, cwd=folder)
    assert (status, output) == (2, "")
    assert errors.startswith(message) and errors.count("\n") == 1
    assert sorted(os.listdir(str(folder))) == before


def test_a_file_of_the_package_is_not_overwritten(capsys):
    path = os.path.join(PACKAGE, "core", "layers.py")
    assert main(["bundle", "-o", path]) == 2
    assert capsys.readouterr().err.endswith("is also an input; give the output another name\n")
