"""Make the pictures of the README, in .github/pictures: ``tox -e pictures``.

    page.png       the page of an explanation: a gradient of XOR, its formula, its numbers, its source line
    boundary.svg   what a network learned about two of Iris' columns

The page is shown by Debian's chromium; its picture is made with playwright.
"""

import os
import shutil
import tempfile

from playwright.sync_api import sync_playwright

import scratchnet as sn
from scratchnet import plots
from scratchnet.datasets import samples

FOLDER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ".github", "pictures"
)
SIZE = {"width": 1120, "height": 700}


def page(path):
    """The page of XOR's first step, after a click on the gradient of a hidden weight."""
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()], seed=7)
    X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    why = sn.explain(net, X, Y, "binary_cross_entropy", sn.SGD(0.5), steps=20)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as browsers:
        file = os.path.join(folder, "xor.html")
        why.to_html(file)
        chromium = shutil.which("chromium")
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport=SIZE, color_scheme="light")
        tab.goto("file://" + file)
        tab.get_by_role("button", name="Backward: layer 0, Dense").click()
        tab.locator('#drawing .edge[aria-label^="0.weights[1][0]"]').dispatch_event("click")
        tab.evaluate("scrollTo(0, 190)")
        tab.screenshot(path=path)
        browser.close()


def iris():
    """What a network that learned two columns of Iris says everywhere."""
    data = samples.iris()
    X = [row[2:] for row in data.X]
    net = sn.Sequential(
        [sn.Normalization(), sn.Dense(2, 8), sn.Tanh(), sn.Dense(8, 3), sn.Softmax()], seed=7
    )
    net.fit(X, data.Y, "categorical_cross_entropy", sn.Adam(0.02), 200, 30, seed=7)
    plots.decision_boundary(net, X, data.Y).save(os.path.join(FOLDER, "boundary.svg"))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    page(os.path.join(FOLDER, "page.png"))
    iris()


if __name__ == "__main__":
    main()
