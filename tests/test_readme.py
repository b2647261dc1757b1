"""The README's Python runs as it stands there, and prints what it says."""

import os
import re
import shutil
import subprocess
import sys

import scratchnet as sn

PACKAGE = os.path.dirname(os.path.abspath(sn.__file__))
IRIS = os.path.join(PACKAGE, "datasets", "iris.csv")
README = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "README.md")


def test_the_examples_run(tmp_path, monkeypatch, capsys):
    with open(README, encoding="utf-8") as file:
        blocks = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    shutil.copy(IRIS, str(tmp_path))  # as the first of the commands does
    names = {}
    for block in blocks:
        exec(block, names)
        printed = capsys.readouterr().out
        for promised in re.findall(r"^# (.*)$", block, re.MULTILINE):
            assert promised in printed


def test_from_a_csv_file_to_a_model_in_use(tmp_path):
    """Run the README's commands in order."""
    with open(README, encoding="utf-8") as file:
        commands = re.search(
            r"## From a CSV file.*?\n\n((?:    [^\n]*\n)+)", file.read(), re.DOTALL
        ).group(1)
    commands = [command.strip() for command in commands.splitlines()]
    assert commands[0] == "cp scratchnet/datasets/iris.csv ." and len(commands) == 6
    shutil.copy(IRIS, str(tmp_path))
    environment = dict(os.environ, PYTHONPATH=os.path.dirname(PACKAGE), PYTHONIOENCODING="utf-8")
    for command in commands[1:]:
        command = command.replace("python3", '"{}"'.format(sys.executable))
        subprocess.check_call(
            command, shell=True, cwd=str(tmp_path), env=environment, stdout=subprocess.DEVNULL
        )
    assert sorted(os.listdir(str(tmp_path))) == [
        "iris.csv",
        "iris.safetensors",
        "plane.svg",
        "species.csv",
    ]


def test_the_explanation_is_what_it_prints():
    """The indented text after the code is the last thing that the code prints."""
    with open(README, encoding="utf-8") as file:
        text = file.read()
    code, shown = re.search(
        r"```python\n([^`]*sn\.explain.*?)```\n\n((?:    [^\n]*\n)+)", text, re.DOTALL
    ).groups()
    names = {}
    exec("import scratchnet as sn\n" + code.replace("why.to_html", "str"), names)
    assert str(names["why"]["0.weights[1][0].gradient"]) == re.sub(
        "^    ", "", shown, flags=re.MULTILINE
    ).rstrip("\n")


def test_the_spelled_out_network_is_what_it_prints():
    with open(README, encoding="utf-8") as file:
        text = file.read()
    code, shown = re.search(
        r"```python\n([^`]*sn\.unroll.*?)```\n\n((?:    [^\n]*\n|\n)+)", text, re.DOTALL
    ).groups()
    names = {}
    exec("import scratchnet as sn\n" + code, names)
    assert names["predict"].source.rstrip("\n") == re.sub(
        "^    ", "", shown, flags=re.MULTILINE
    ).rstrip("\n")
