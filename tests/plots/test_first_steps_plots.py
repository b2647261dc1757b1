"""Read this first: a picture is an SVG file, and the same in characters."""

import xml.etree.ElementTree as ElementTree

import scratchnet as sn
from scratchnet import plots


def test_a_loss_curve_in_characters():
    text = plots.loss_curve([4, 2, 1, 0.5]).text(40, 11, "ascii")
    assert text.splitlines()[3].startswith("4 +***")  # the first epoch, the largest loss
    assert "epoch" in text.splitlines()[-1]


def test_a_picture_is_an_svg_file(tmp_path):
    path = tmp_path / "loss.svg"
    plots.loss_curve([4, 2, 1, 0.5]).save(path)
    assert ElementTree.parse(str(path)).getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_a_decision_boundary_shows_both_classes():
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1.0], [1.0]], bias=[-1.5]), sn.Sigmoid()])
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 0, 0, 1]
    text = plots.decision_boundary(net, X, Y).text(40, 15, "ascii")
    assert "class 0" in text and "class 1" in text
