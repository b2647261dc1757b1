"""Files that the version of November 2026 wrote (before the core had a folder of its own) load, and mean the same.

The folder written_by_0.1 holds a network that learned XOR in four formats, a checkpoint of its training after 10 of
20 epochs, and a worksheet of one step, filled in. All were made in the portable kernel.
"""

import os
import re
import shutil

import pytest

import scratchnet as sn
from scratchnet.cli import main

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "written_by_0.1")
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
OUTPUTS = [[0.1595286660919607], [0.5158236602083961], [0.5549676425771699], [0.2908302591494159]]
LAST_LOSS = 0.6148908825586028


def network():
    layers = [
        sn.Normalization(),
        sn.Dense(2, 3, l2=1 / 100),
        sn.LeakyReLU(1 / 8),
        sn.Dropout(1 / 4),
    ]
    return sn.Sequential(layers + [sn.Dense(3, 1), sn.Sigmoid()], seed=7)


@pytest.mark.parametrize("ending", ["json", "npz", "safetensors", "onnx"])
def test_a_model(ending, portable):
    net = sn.load(os.path.join(FOLDER, "xor." + ending))
    assert net.predict(X) == OUTPUTS
    if ending != "onnx":  # which holds no Dropout
        assert repr(net) == repr(network())


def test_a_checkpoint(portable, tmp_path):
    """The training continues to the same bits."""
    path = str(tmp_path / "xor-checkpoint.safetensors")
    shutil.copy(os.path.join(FOLDER, "xor-checkpoint.safetensors"), path)
    net = network()
    options = dict(epochs=20, batch_size=3, seed=7, patience=50, checkpoint=path)
    history = net.fit(X, Y, "binary_cross_entropy", sn.Adam(1 / 10), **options)
    assert net.predict(X) == OUTPUTS
    assert len(history) == 20 and history.loss[-1] == LAST_LOSS


def test_a_worksheet(tmp_path, monkeypatch, capsys):
    for name in os.listdir(FOLDER):
        shutil.copy(os.path.join(FOLDER, name), str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert main(["check", "xor-worksheet.txt"]) == 0
    assert "right: 53 numbers; missing: 4 numbers" in capsys.readouterr().out
    text = (tmp_path / "xor-worksheet.txt").read_text(encoding="utf-8")
    wrong = re.sub(r"(?m)^1\.z\[0\]\[0\] = .*$", "1.z[0][0] = 12", text)
    assert wrong != text
    (tmp_path / "xor-worksheet.txt").write_text(wrong, encoding="utf-8")
    assert main(["check", "xor-worksheet.txt"]) == 1
    assert "1.z[0][0]" in capsys.readouterr().out
