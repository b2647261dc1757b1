"""What a notebook shows of networks, training runs, reports and numbers: HTML in which no name is markup."""

import re
from html.parser import HTMLParser

import pytest

import scratchnet as sn
from scratchnet import metrics
from scratchnet.texts import html_table, text_table, width

EVIL = "</td><script>alert(1)</script>"
X, Y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]


class Evil(sn.Tanh):
    def __repr__(self):
        return EVIL


class Page(HTMLParser):
    """The tags of an HTML text, each closed in order, and its text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.text = [], set(), ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.tags.add(tag)
        assert not any(name.startswith("on") for name, _ in attributes)

    def handle_startendtag(self, tag, attributes):
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data + "\n"


def trained(epochs=30, **options):
    net = sn.Sequential([sn.Dense(2, 4), Evil(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
    return net, net.fit(X, Y, "binary_cross_entropy", sn.Adam(0.1), epochs=epochs, **options)


def explained():
    return sn.explain(trained()[0], X, Y, "binary_cross_entropy")


THINGS = {
    "network": (lambda: trained()[0], [EVIL, "Dense(inputs=2, outputs=4)", "17 parameters"]),
    "without weights": (lambda: sn.Sequential([Evil()]), [EVIL, "any", "0 parameters"]),
    "not built": (lambda: sn.Sequential([sn.Normalization()]), ["Normalization()"]),
    "history": (lambda: trained()[1], ["30 epochs", "learning rate"]),
    "validated": (
        lambda: trained(validation_data=(X, Y), patience=50)[1],
        ["the best is epoch", "validation loss"],
    ),
    "one epoch": (lambda: trained(epochs=1)[1], ["1 epoch\n"]),
    "no epoch": (sn.History, ["0 epochs"]),
    "gradient": (
        lambda: explained()["2.weights[0][0].gradient"],
        ["with numbers", "by the chain rule", "layers.py:", "2.z[3][0].gradient"],
    ),
    "input": (lambda: explained()["x[1][1]"], ["x[1][1] = 1", "given"]),
    "classes": (
        lambda: metrics.report("classification", [EVIL, "b", "b"], ["b", "b", EVIL]),
        ["precision", "truth \\ predicted", "accuracy"],
    ),
    "numbers": (lambda: metrics.report("regression", [1, 2, 3], [1, 2, 4]), ["R²", "3 samples"]),
}


@pytest.mark.parametrize("name", sorted(THINGS))
def test_a_notebook_shows(name):
    make, texts = THINGS[name]
    page = Page(make()._repr_html_())
    for text in texts:
        assert text in page.text
    assert "table" in page.tags and "script" not in page.tags
    if name in ("network", "history"):
        assert "svg" in page.tags


def test_the_value_of_a_number_has_all_digits():
    number = explained()["2.weights[0][0].gradient"]
    assert repr(number.value) in Page(number._repr_html_()).text


def test_every_epoch_of_a_short_run_is_shown_and_of_a_long_one_the_first_and_the_last():
    def epochs(count):
        return re.findall("<tr><td[^>]*>(\\d+)</td>", trained(epochs=count)[1]._repr_html_())

    assert epochs(10) == [str(n) for n in range(1, 11)]
    assert epochs(11) == ["1", "11"]


# ---- tables --------------------------------------------------------------------------------------


def test_columns_of_numbers_are_aligned_right():
    sides = re.findall("text-align:(left|right)", html_table(["a", "b"], [["x", "1,000"], [2, ""]]))
    assert sides == ["left", "right"] * 3


ROWS = [
    ("column", "what is done", "why"),
    ("sepal length", "1 input, standardized; missing: 5.8", "all values are numbers"),
    ("花の長さと花の幅", "left out", "x" * 60),
]


@pytest.mark.parametrize("columns", [20, 40, 79, 200])
def test_a_table_is_wrapped_at_words(columns):
    lines = text_table(ROWS, columns).split("\n")
    assert max(map(width, lines)) <= columns and lines == [line.rstrip() for line in lines]
    together = "".join("".join(lines).split())
    for row in ROWS:
        for cell in row:  # no letter is lost
            assert not set(cell.replace(" ", "")) - set(together)
    if columns == 200:
        assert len(lines) == 3
    if columns == 79:
        assert any(line.endswith("all its") or line.endswith("numbers") for line in lines)
        assert any("standardized;" in line.split() for line in lines)  # a whole word


def test_a_narrow_table_is_not_changed():
    assert text_table([("a", "bb"), ("ccc", "d")]) == "a    bb\nccc  d"
