"""The README's Python runs as it stands there, and prints what it says."""

import os
import re

README = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "README.md")


def test_the_examples_run(tmp_path, monkeypatch, capsys):
    with open(README, encoding="utf-8") as file:
        blocks = re.findall(r"```python\n(.*?)```", file.read(), re.DOTALL)
    assert len(blocks) >= 3
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in blocks:
        exec(block, names)
        printed = capsys.readouterr().out
        for promised in re.findall(r"^# (.*)$", block, re.MULTILINE):
            assert promised in printed
