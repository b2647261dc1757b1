"""The page of an explanation in a browser: Debian's chromium, driven by playwright (`tox -e page`).

The numbers on the page are compared with the record in Python. In each test, the page must write
nothing to the console and send no request to a host. The tests at the end need no browser.
"""

import base64
import functools
import hashlib
import html
import importlib.util
import json
import os
import random
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layers_of_users import LayerNorm, Residual

import scratchnet as sn
from scratchnet.datasets import samples
from scratchnet.explanation import page as page_module
from scratchnet.explanation.page import embed, frame, page
from scratchnet.explanation.recording import explain
from scratchnet.explanation.text import number

FOLDER = os.path.dirname(page_module.__file__)
AND, XOR = (
    ([[0, 0], [1, 0], [0, 1], [1, 1]], [0, 0, 0, 1]),
    ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]),
)
PETALS = [[5.1, 1.4], [4.9, 1.3], [6.0, 4.5], [5.5, 4.0], [6.9, 5.7], [6.3, 6.0]]


# ---- the explanations ----------------------------------------------------------------------------


def article():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[0.4], [0.2]], bias=[1]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    return explain(net, *AND, loss="perceptron", optimizer=sn.SGD(0.1), steps=40)


def xor():
    net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
    return explain(net, *XOR, loss="binary_cross_entropy", optimizer=sn.Adam(0.05), steps=100)


def batches():
    layers = [
        sn.Normalization(),
        sn.Dense(2, 4),
        sn.ReLU(),
        sn.Dropout(0.3),
        sn.Dense(4, 3),
        sn.Softmax(),
    ]
    options = {"batch_size": 2, "shuffle": True, "seed": 3}
    net, adam = sn.Sequential(layers, seed=1), sn.Adam(0.05)
    return explain(
        net, PETALS, [0, 0, 1, 1, 2, 2], "categorical_cross_entropy", adam, steps=9, **options
    )


def exact():
    net = sn.Sequential(
        [sn.Dense(2, 1, weights=[[Fraction("0.4")], [Fraction("0.2")]], bias=[1]), sn.Threshold(0)]
    )
    return explain(net, *AND, loss="perceptron", optimizer=sn.SGD(Fraction("0.1")), steps=9)


def forward_only():
    net = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1)], seed=1)
    return explain(net, [[0.5, -1], [1, 2]])


def folded():
    draw = random.Random(1)
    X = [[draw.uniform(-1, 1) for _ in range(20)] for _ in range(20)]
    net = sn.Sequential([sn.Dense(20, 40), sn.ReLU(), sn.Dense(40, 3), sn.Softmax()], seed=1)
    return explain(
        net, X, [i % 3 for i in range(20)], loss="categorical_cross_entropy", optimizer=sn.SGD(0.1)
    )


def user_defined():
    layers = [sn.Dense(2, 2), LayerNorm(2), Residual(2, 3), sn.Dense(2, 1), sn.Sigmoid()]
    net, X = sn.Sequential(layers, seed=3), [[0.1, 0.5], [2, -1]]
    return explain(net, X, [1, 0], "binary_cross_entropy", sn.SGD(0.5))


def enormous():
    net = sn.Sequential([sn.Dense(2, 2), sn.Dense(2, 1)], seed=1)
    return explain(
        net, [[1, 2], [3, 4]], [1, 2], loss="mean_squared_error", optimizer=sn.SGD(1e3), steps=4
    )


@functools.lru_cache(maxsize=None)
def made(maker):
    """An explanation, its data and its page, each computed once and from the same steps."""
    why = maker()
    why.at = {k: why.at(k) for k in why.numbers}.get
    data = why.to_data()
    return why, data, page(data)


# ---- the browser ---------------------------------------------------------------------------------


@pytest.fixture
def show(chromium, tmp_path):
    """A function that opens a page from a file; at the end, no page may have had an error."""
    wrong, contexts = [], []

    def requested(request):
        if not request.url.startswith(("file://", "data:", "blob:")):
            wrong.append("asked for " + request.url)

    def opened(maker, **options):
        text = maker if isinstance(maker, str) else made(maker)[2]
        path = tmp_path / "page.html"
        path.write_text(text, encoding="utf-8")
        context = chromium.new_context(
            **dict({"viewport": {"width": 1400, "height": 1000}}, **options)
        )
        contexts.append(context)
        context.on("request", requested)
        context.set_default_timeout(10000)
        shown = context.new_page()
        shown.on("console", lambda message: wrong.append(message.text))
        shown.on("pageerror", lambda error: wrong.append(str(error)))
        shown.on("dialog", lambda dialog: (wrong.append("a dialog"), dialog.dismiss()))
        shown.goto(path.as_uri())
        return shown

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


def title(shown):
    return shown.inner_text("#phase-title")


def walk_to(shown, beginning):
    """Click Next until the title of the phase starts with ``beginning``."""
    while not title(shown).startswith(beginning):
        assert shown.get_attribute("#next", "aria-disabled") == "false", beginning
        shown.click("#next")


def ask(shown, name):
    """Click a number in the list below the drawing."""
    shown.locator("#list .entry > .num").get_by_text(name, exact=True).click()


def follow(shown, name):
    """Click a number in the formula of the panel."""
    shown.locator("#panel .by-name").first.get_by_text(name, exact=True).first.click()


def panel(shown):
    """The name, formula, formula with numbers and exact value of the number in the panel."""
    texts = [
        shown.locator("#panel " + part)
        for part in ("#panel-title", ".by-name", ".by-number", "#exact")
    ]
    return [text.first.text_content() if text.count() else None for text in texts]


def recorded(asked):
    """The same texts computed in Python."""
    by_name, by_number = (
        (asked.formula, asked.substituted) if asked.node.operation else (None, None)
    )
    text = str(asked.value) if isinstance(asked.value, Fraction) else repr(asked.value)
    return [asked.name, by_name, by_number, text]


XOR_WALK = """The data|Forward: layer 0, Dense|Forward: layer 1, Tanh|Forward: layer 2, Dense|Forward: layer 3, Sigmoid
The loss|Backward: the gradient of the loss|Backward: layer 2, Dense|Backward: layer 1, Tanh|Backward: layer 0, Dense
Update: layer 0, Dense|Update: layer 2, Dense|The same samples again""".replace("\n", "|").split(
    "|"
)


# ---- the walk ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["buttons", "arrow keys"])
def test_the_walk_goes_forward_and_back(show, by):
    shown = show(xor)

    def go(button, key):
        if by == "buttons":
            shown.click(button, force=True)  # also at the ends, where the button is disabled
        else:
            shown.keyboard.press(key)

    titles, texts = [], []
    for _ in XOR_WALK:
        titles.append(title(shown))
        texts.append(shown.inner_text("main"))
        assert shown.locator("#drawing .item.on").count() > 0
        assert shown.locator("#list .entry").count() > 0
        assert len(shown.inner_text("#phase-words")) > 40
        go("#next", "ArrowRight")
    assert titles == XOR_WALK
    assert title(shown) == XOR_WALK[-1]  # the last phase
    for text in reversed(texts):
        assert shown.inner_text("main") == text
        go("#previous", "ArrowLeft")
    assert title(shown) == XOR_WALK[0]


def test_a_phase_highlights_its_part_and_lists_its_numbers(show):
    why = made(xor)[0]
    shown = show(xor)
    walk_to(shown, "Forward: layer 2")
    lit = shown.locator("#drawing .item.on").evaluate_all(
        "items => items.map(one => one.getAttribute('aria-label'))"
    )
    names = [label.split(" = ")[0] for label in lit]
    weights = ["2.weights[%d][0]" % i for i in range(4)]
    assert sorted(names) == sorted(
        weights + ["2.bias[0]", "2.z[1][0]"] + ["1.a[1][%d]" % j for j in range(4)]
    )
    entry = shown.locator("#list .entry").first
    assert entry.locator(".by-name").text_content() == why["2.z[1][0]"].formula
    assert entry.locator(".by-number").text_content() == why["2.z[1][0]"].substituted
    walk_to(shown, "Backward: layer 2")
    edge = shown.locator("#drawing .edge.on").first
    assert edge.get_attribute("aria-label").startswith("2.weights[0][0].gradient = ")


def test_each_layer_has_a_phase_also_a_users(show):
    shown, titles = show(user_defined), []
    while shown.get_attribute("#next", "aria-disabled") == "false":
        shown.click("#next")
        titles.append(title(shown))
        if titles[-1] == "Backward: the gradient of the loss":
            assert "The loss and Sigmoid are differentiated in one step here." in shown.inner_text(
                "#phase-words"
            )
    backward = [text for text in titles if text.startswith("Backward: layer")]
    assert [text.rpartition(" ")[2] for text in backward] == [
        "Dense",
        "Residual",
        "LayerNorm",
        "Dense",
    ]


def test_a_phase_can_be_selected(show):
    shown = show(xor)
    shown.get_by_role("button", name="Backward: layer 1, Tanh").click()
    assert title(shown) == "Backward: layer 1, Tanh"
    assert shown.locator("[data-phase][aria-current=step]").get_attribute("data-phase") == "8"


# ---- where a number comes from -------------------------------------------------------------------

WHY_IT_CHANGED = [
    (
        article,
        "0.weights[0][0].new",
        "0.weights[0][0].gradient|0.z[1][0].gradient|2.a[1][0]|1.a[1][0]|0.z[1][0]|x[1][0]",
    ),
    (
        xor,
        "0.weights[1][2].new",
        "0.weights[1][2].m.new|0.weights[1][2].gradient|0.z[3][2].gradient|1.a[3][2].gradient|2.z[3][0].gradient"
        "|3.a[3][0]|2.z[3][0]|1.a[3][2]|0.z[3][2]|x[3][1]",
    ),
]


@pytest.mark.parametrize("maker, start, way", WHY_IT_CHANGED)
def test_a_weight_is_followed_to_the_data_by_clicking(show, maker, start, way):
    why = made(maker)[0]
    shown = show(maker)
    walk_to(shown, "Update: layer 0")
    ask(shown, start)
    assert panel(shown) == recorded(why[start])
    for name in way.split("|"):
        follow(shown, name)
        assert panel(shown) == recorded(why[name])
        if why[name].source:
            path, line, text = why[name].source
            assert shown.text_content("#panel .source code") == text
            assert shown.inner_text("#panel .source .place") == "{}:{}".format(path, line)
    assert shown.inner_text("#panel .given") == "given"
    crumbs = shown.locator("#panel .trail button")
    assert crumbs.all_text_contents() == [start] + way.split("|")
    crumbs.nth(1).click()
    assert panel(shown) == recorded(why[way.split("|")[0]])
    shown.click("#back")
    assert panel(shown) == recorded(why[start])
    assert crumbs.count() == 0


def test_the_chain_rule_is_shown_with_the_shortcut(show):
    asked = made(xor)[0]["2.z[1][0].gradient"]
    shown = show(xor)
    walk_to(shown, "Backward: the gradient")
    ask(shown, asked.name)
    chains = shown.locator("#panel [data-chain]").all_text_contents()
    assert chains == [asked.chain, asked.chain_substituted]
    follow(shown, "3.a[1][0]")
    assert shown.locator("#panel [data-chain]").count() == 0


def test_a_parameter_leads_to_the_step_that_computed_it(show):
    why = made(article)[0]
    shown = show(article)
    shown.locator("#step").fill("4")
    walk_to(shown, "Update: layer 0")
    ask(shown, "0.bias[0].new")
    follow(shown, "0.bias[0]")
    assert shown.inner_text("#panel .given") == "given"
    shown.click("#earlier")
    assert shown.inner_text("#step-number").startswith("4 of")
    assert panel(shown) == recorded(why.at(4)["0.bias[0].new"])
    shown.click("#back")
    assert shown.inner_text("#step-number").startswith("5 of")
    assert panel(shown) == recorded(why.at(5)["0.bias[0]"])


@pytest.mark.parametrize("maker", [article, xor, batches, exact, folded])
def test_every_formula_has_the_text_of_python(show, maker):
    """The functions of the page are called directly, because this is faster than clicking."""
    why, data, _ = made(maker)
    shown = show(maker)
    for k in sorted({0, 1 % len(data["steps"]), len(data["steps"]) - 1}):
        step = why.at(data["steps"][k])
        shown.locator("#step").evaluate("(one, k) => setStep(k)", k)
        found = shown.evaluate(
            """() => rows.map((row, place) => [row.name, place]).filter(([name, place]) => name && formulaOf(place))
            .map(([name, place]) => [name, byName(formulaOf(place)).textContent, byNumber(formulaOf(place)).textContent,
                repr(value(place))])"""
        )
        assert len(found) > 8
        for told in found:
            assert told == recorded(step[told[0]])


def test_numbers_are_rounded_and_written_as_in_python(show):
    draw = random.Random(5)
    values = [
        0.03125,
        0.09375,
        -0.03125,
        0.00048828125,
        0.0001220703125,
        0.00006103515625,
        0.5,
        -2.5,
        0.0,
        -0.0,
    ]
    values += [5e-324, 0.99995, 0.00999999, 0.01]
    values += [9.9995e-05, 1e-05, -1.5e-07, 123456.78125, 1e15, 1e16, 1.5e22, 1.7e308, 1 / 3]
    values += [draw.choice([-1, 1]) * draw.random() * 10 ** draw.randint(-9, 6) for _ in range(300)]
    shown = show(article)
    assert shown.evaluate("values => values.map(repr)", values) == [repr(v) for v in values]
    assert shown.evaluate("values => values.map((v) => number(v))", values) == [
        number(v) for v in values
    ]
    assert shown.evaluate("['1/3', 'inf', true, false, null].map(number)") == [
        "1/3",
        "inf",
        "1",
        "0",
        "–",
    ]
    assert shown.evaluate("[true, '-7'].map(repr)") == ["True", "-7"]


# ---- the drawing and the matrices ----------------------------------------------------------------


def test_neurons_edges_and_biases_open_their_numbers(show):
    why = made(xor)[0]
    shown = show(xor)
    for name in ("0.weights[1][1]", "1.a[1][3]", "2.bias[0]", "x[1][1]", "y[1][0]", "loss"):
        shown.locator('#drawing [aria-label^="{} = "]'.format(name)).dispatch_event(
            "click", {"bubbles": True}
        )
        assert panel(shown) == recorded(why[name])
    shown.locator('#drawing .neuron[aria-label^="1.a[1][3] = "]').click()  # a real mouse
    assert panel(shown)[0] == "1.a[1][3]"


def test_neurons_show_the_numbers_that_the_phase_has_reached(show):
    shown = show(batches)
    i = made(batches)[1]["samples"][0][0]

    def names():
        labels = shown.locator("#drawing .neuron").evaluate_all(
            "all => all.map(e => e.getAttribute('aria-label'))"
        )
        return [label.split(" = ")[0] for label in labels]

    def row(name, n):
        return [name.format(i, j) for j in range(n)]

    assert names() == row("x[{}][{}]", 2) + row("3.a[{}][{}]", 4) + row("5.a[{}][{}]", 3)
    walk_to(shown, "Forward: layer 1")
    assert names() == row("0.z[{}][{}]", 2) + row("1.z[{}][{}]", 4) + row("5.a[{}][{}]", 3)
    walk_to(shown, "Backward: layer 3")
    gradients = row("2.a[{}][{}].gradient", 4) + row("4.z[{}][{}].gradient", 3)
    assert names() == row("0.z[{}][{}]", 2) + gradients
    walk_to(shown, "The same samples")
    for name in names()[2:]:
        assert name.endswith(".new") or name == "not in this step"


def test_an_edge_shows_sign_and_size(show):
    shown = show(xor)
    seen = shown.locator("#drawing .edge:has(.wire)").evaluate_all(
        "all => all.map(e => [e.querySelector('title').textContent, e.getAttribute('class'),"
        " Number(e.querySelector('.wire').getAttribute('stroke-width'))])"
    )
    assert len(seen) == 12
    weights = [
        (float(text.split(" = ")[1]), text[0], classes, thick) for text, classes, thick in seen
    ]
    assert all(("positive" in classes) == (w > 0) for w, _, classes, _ in weights)
    assert all(("negative" in classes) == (w < 0) for w, _, classes, _ in weights)
    for layer in "02":
        thick = [
            thick
            for _, thick in sorted((abs(w), thick) for w, k, _, thick in weights if k == layer)
        ]
        assert thick == sorted(set(thick)) and thick[-1] > 4


@pytest.mark.parametrize("maker", [xor, exact, batches])
def test_the_title_of_each_number_has_all_digits(show, maker):
    why, data, _ = made(maker)
    shown, seen = show(maker), set()
    step = data["steps"][-1]
    shown.locator("#step").fill(str(len(data["steps"]) - 1))
    while True:
        for hover in shown.locator("main [data-place][title]").evaluate_all(
            "all => all.map(one => one.title)"
        ):
            if " = " in hover:
                name, value = hover.split(" = ")
                assert [name, value] == [name, recorded(why.at(step)[name])[3]]
                seen.add(name)
        if shown.get_attribute("#next", "aria-disabled") == "true":
            break
        shown.click("#next")
    assert len(seen) > 25


def test_a_cell_highlights_its_row_and_its_column(show):
    why = made(xor)[0]
    shown = show(xor)
    walk_to(shown, "Forward: layer 0")
    lit = "[...document.querySelectorAll('#tables .lit')].map(one => one.getAttribute('aria-label').split(' = ')[0])"
    cell = shown.locator('#tables [aria-label^="0.z[2][3] = "]')
    expected = sorted(["x[2][0]", "x[2][1]", "0.weights[0][3]", "0.weights[1][3]", "0.bias[3]"])
    cell.hover()
    assert sorted(shown.evaluate(lit)) == expected
    assert shown.locator("#spelled .by-number").text_content() == why["0.z[2][3]"].substituted
    shown.locator('#tables [aria-label^="0.z[0][0] = "]').hover()
    assert "0.weights[0][3]" not in shown.evaluate(lit)
    cell.focus()
    assert sorted(shown.evaluate(lit)) == expected
    walk_to(shown, "Backward: layer 0")
    shown.locator('#tables [aria-label^="0.weights[1][2].gradient = "]').hover()
    row, column = ["x[%d][1]" % i for i in range(4)], ["0.z[%d][2].gradient" % i for i in range(4)]
    assert set(row + column) <= set(shown.evaluate(lit))
    assert "x[0][0]" not in shown.evaluate(lit)


def test_a_cell_highlights_the_terms_left_out_of_a_long_sum(show):
    shown = show(folded)
    walk_to(shown, "Forward: layer 0")
    shown.locator('#tables [aria-label^="0.z[2][3] = "]').hover()
    names = "all => all.map(e => e.getAttribute('aria-label').split(' = ')[0])"
    lit = shown.locator("#tables .lit").evaluate_all(names)
    row, column = ["x[2][%d]" % i for i in range(16)], ["0.weights[%d][3]" % i for i in range(16)]
    assert set(row + column + ["0.bias[3]"]) <= set(lit)
    assert not set(lit) & {"x[1][0]", "x[3][3]", "0.weights[0][2]", "0.z[2][4]"}


def test_a_wide_network_is_folded(show):
    why = made(folded)[0]
    shown = show(folded)
    assert shown.locator("#drawing .more").all_text_contents() == ["… 4 more", "… 24 more"]
    assert shown.locator("#drawing .neuron").count() == 16 + 16 + 3
    assert shown.locator("#drawing .edge .wire").count() == 16 * 16 + 16 * 3
    walk_to(shown, "Forward: layer 0")
    assert shown.locator("#list > .entry").count() == 8
    shown.locator("#list summary").click()
    ask(shown, "0.z[0][15]")
    assert panel(shown) == recorded(why["0.z[0][15]"])
    assert "more …" in panel(shown)[1]


# ---- training steps and samples ------------------------------------------------------------------


def test_the_slider_shows_the_recorded_steps(show):
    why = made(xor)[0]
    shown = show(xor)
    walk_to(shown, "Update: layer 2")
    ask(shown, "2.weights[3][0].new")
    before = (
        shown.inner_text("body"),
        shown.locator("#drawing").inner_html(),
        shown.locator("#curve").inner_html(),
    )
    for k in (1, 17, 99, 50, 0):
        shown.locator("#step").fill(str(k))
        step = why.at(k + 1)
        assert shown.inner_text("#step-number") == "{} of 100".format(k + 1)
        assert panel(shown) == recorded(step["2.weights[3][0].new"])
        assert shown.get_attribute("#value", "title") == repr(step["2.weights[3][0].new"].value)
        assert shown.locator("#drawing .loss title").text_content() == "loss = {!r}".format(
            step["loss"].value
        )
        assert (
            shown.locator("#list .by-number").first.text_content()
            == step["2.weights[0][0].new"].substituted
        )
    after = (
        shown.inner_text("body"),
        shown.locator("#drawing").inner_html(),
        shown.locator("#curve").inner_html(),
    )
    assert after == before


def test_the_buttons_and_keys_of_the_step(show):
    shown = show(xor)
    shown.click("#step-on")
    shown.focus("#step")
    shown.keyboard.press("ArrowRight")
    assert shown.inner_text("#step-number") == "3 of 100"
    assert shown.get_attribute("#step", "aria-valuetext") == "training step 3"
    assert title(shown) == "The data"  # The arrow keys on the slider do not change the phase.
    shown.click("#step-back")
    shown.get_by_label("Training step, along the loss curve").fill("41")
    assert shown.inner_text("#step-number") == "42 of 100"
    assert shown.input_value("#step") == "41"
    walk_to(shown, "The same samples")
    shown.click("#onward")
    assert (title(shown), shown.inner_text("#step-number")) == ("The data", "43 of 100")


def test_the_curve_marks_the_step(show):
    data = made(article)[1]
    losses = [row["values"] for row in data["numbers"] if row["name"] == "loss"][0]
    shown = show(article)
    marks = []
    for k in (0, 10, 39):
        shown.locator("#step").fill(str(k))
        circle = shown.locator("#curve circle.now")
        marks.append((float(circle.get_attribute("cx")), float(circle.get_attribute("cy"))))
        assert shown.locator("#curve .num").get_attribute("title") == "loss = {!r}".format(
            losses[k]
        )
    assert marks[0][0] < marks[1][0] < marks[2][0]
    assert marks[0][1] < marks[1][1]  # a smaller loss is further down


def test_a_sample_is_chosen_by_name_or_by_its_point(show):
    why = made(xor)[0]
    shown = show(xor)
    walk_to(shown, "Forward: layer 2")

    def answer():
        return shown.locator("#drawing .neuron title").last.text_content()

    for i in (3, 0, 2):
        shown.select_option("#sample", str(i))
        assert answer() == "2.z[{}][0] = {!r}".format(i, why["2.z[%d][0]" % i].value)
    for i in (1, 3):
        shown.locator('#points [data-sample="{}"]'.format(i)).click()
        assert answer() == "2.z[{}][0] = {!r}".format(i, why["2.z[%d][0]" % i].value)
        assert shown.input_value("#sample") == str(i)
        assert shown.locator("#points [aria-pressed=true]").get_attribute("data-sample") == str(i)


def test_the_plane_has_the_lowest_row_at_the_bottom(show):
    boundary = made(article)[1]["boundary"]
    shown = show(article)
    shown.locator("#step").fill("39")
    size, bytes_ = boundary["size"], base64.b64decode(boundary["frames"][39])
    pixels = shown.evaluate(
        "() => [...$('boundary').getContext('2d').getImageData(0, 0, 32, 32).data]"
    )
    colours = {0: shown.evaluate("colour('--low')"), 255: shown.evaluate("colour('--high')")}
    for n in range(size * size):
        at = 4 * ((size - 1 - n // size) * size + n % size)
        assert pixels[at : at + 3] == colours[bytes_[n]]
    assert bytes_[0] == 0 and bytes_[-1] == 255  # the network has learned AND
    corners = [shown.locator('#points [data-sample="%d"]' % i).bounding_box() for i in (0, 3)]
    assert corners[0]["x"] < corners[1]["x"] and corners[0]["y"] > corners[1]["y"]
    shapes = shown.locator("#points path").evaluate_all(
        "all => all.map(one => one.getAttribute('d'))"
    )
    assert shapes[0] == shapes[1] == shapes[2] != shapes[3]


def test_batches_have_their_own_samples(show):
    why, data, _ = made(batches)
    shown = show(batches)
    for k in range(len(data["steps"])):
        shown.locator("#step").fill(str(k))
        there = shown.locator("#sample option").evaluate_all(
            "all => all.map(one => Number(one.value))"
        )
        assert there == data["samples"][k]
        here = shown.locator("#points .point:not(.absent)").evaluate_all(
            "all => all.map(one => +one.dataset.sample)"
        )
        assert sorted(here) == sorted(there)
    first = data["samples"][0][0]
    other = [k for k, batch in enumerate(data["samples"]) if first not in batch][0]
    shown.locator("#step").fill("0")
    walk_to(shown, "Forward: layer 1")
    shown.select_option("#sample", str(first))
    ask(shown, "1.z[%d][0]" % first)
    assert panel(shown) == recorded(why.at(1)["1.z[%d][0]" % first])
    shown.locator("#step").fill(str(other))
    assert "not in this training step" in shown.inner_text("#panel")
    shown.locator("#step").fill("0")
    assert panel(shown) == recorded(why.at(1)["1.z[%d][0]" % first])
    assert shown.input_value("#sample") == str(first)


# ---- other explanations --------------------------------------------------------------------------


def test_only_the_forward_pass(show):
    why = made(forward_only)[0]
    shown = show(forward_only)
    assert shown.locator("[data-phase]").count() == 4
    assert not shown.locator("#training").is_visible() and not shown.locator("#steps").is_visible()
    assert shown.locator("#drawing .target, #drawing .loss").count() == 0
    walk_to(shown, "Forward: layer 2")
    ask(shown, "2.z[0][0]")
    assert panel(shown) == recorded(why["2.z[0][0]"])


def test_fractions_stay_exact(show):
    shown = show(exact)
    walk_to(shown, "Update: layer 0")
    ask(shown, "0.weights[0][0].new")
    assert panel(shown)[2:] == ["2/5 − 1/10·(1/4)", "3/8"]
    assert shown.inner_text("#value") == "3/8"
    assert "positive" in shown.get_attribute("#value", "class")


HOSTILE = """
import scratchnet as sn

class Hostile(sn.Layer):
    def forward(self, X):
        return [[x * x for x in row] for row in X] # </script><img src=x onerror="window.pwned=1">

    def backward(self, dA):
        return dA

    def __repr__(self):
        return '</script><img src=x onerror="window.pwned=1">{{script}}<!--'
"""


def test_hostile_names_do_nothing(show, tmp_path):
    path = tmp_path / "'\"><img src=x onerror='window.pwned=1'>.py"
    path.write_text(HOSTILE)
    spec = importlib.util.spec_from_file_location("hostile", str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = sn.Sequential([sn.Dense(2, 2), module.Hostile()], seed=1)
    why = explain(
        net, XOR[0], [[0, 1]] * 4, loss="mean_squared_error", optimizer=sn.SGD(0.1), steps=2
    )
    shown = show(page(why.to_data()))
    assert repr(net) in shown.inner_text("#about").replace("\u00a0", " ")
    walk_to(shown, "Forward: layer 1")
    ask(shown, "1.a[1][0]")
    assert str(path) in shown.inner_text("#panel .source .place")
    walk_to(shown, "The same samples")
    assert shown.evaluate("[window.pwned, document.images.length]") == [None, 0]


def test_without_javascript_a_sentence_says_so(show):
    shown = show(xor, java_script_enabled=False)
    assert shown.locator("noscript").is_visible()
    assert "needs JavaScript" in shown.inner_text("noscript")
    assert not shown.locator("#page").is_visible()


# ---- accessibility -------------------------------------------------------------------------------


def test_every_control_has_a_name(show):
    for maker in (xor, batches):
        shown = show(maker)
        while True:
            unnamed = shown.evaluate(
                """() => [...document.querySelectorAll(
                    'button, input, select, summary, [role=button], [role=img], [tabindex]')]
                .filter(one => !(one.getAttribute('aria-label') || one.textContent.trim()
                    || one.labels && one.labels.length))
                .map(one => one.outerHTML)"""
            )
            assert unnamed == []
            if shown.get_attribute("#next", "aria-disabled") == "true":
                break
            shown.click("#next")


def test_everything_works_by_keyboard(show):
    shown = show(xor)
    within = "document.activeElement.closest('{}') !== null"
    walk_to(shown, "Forward: layer 0")
    reached = set()
    for _ in range(200):
        shown.keyboard.press("Tab")
        for part in ("#drawing", "#tables", "#list", "#panel", "#points", "#curve", "#sample"):
            if shown.evaluate(within.format(part)):
                reached.add(part)
        if shown.evaluate(within.format("#drawing")):
            break
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("ArrowDown")
    item = shown.evaluate("document.activeElement.getAttribute('aria-label')")
    shown.keyboard.press("Enter")
    assert item.startswith(panel(shown)[0] + " = ")
    assert shown.evaluate("document.activeElement.id") == "panel-title"
    shown.keyboard.press("Tab")
    assert shown.evaluate(within.format("#panel"))
    shown.keyboard.press("Escape")
    assert shown.evaluate("document.activeElement.getAttribute('aria-label')") == item
    for _ in range(200):
        shown.keyboard.press("Tab")
        for part in ("#drawing", "#tables", "#list", "#panel", "#points", "#curve", "#sample"):
            if shown.evaluate(within.format(part)):
                reached.add(part)
    # The panel is still empty.
    assert reached == {"#drawing", "#tables", "#list", "#points", "#curve", "#sample"}
    ask(shown, "0.z[1][0]")
    shown.focus("#sample")
    for _ in range(200):
        shown.keyboard.press("Tab")
        if shown.evaluate(within.format("#panel")):
            break
    assert shown.evaluate(within.format("#panel"))


def test_backspace_goes_back_along_the_trail(show):
    shown = show(xor)
    walk_to(shown, "Forward: layer 1")
    ask(shown, "1.a[1][0]")
    follow(shown, "0.z[1][0]")
    shown.keyboard.press("Backspace")
    assert panel(shown)[0] == "1.a[1][0]"


def test_the_phase_is_announced(show):
    shown = show(xor)
    live = shown.locator("[aria-live]")
    assert live.count() == 1
    shown.keyboard.press("ArrowRight")
    assert "Forward: layer 0, Dense" in live.inner_text() and "adds its bias" in live.inner_text()


def test_the_focus_is_visible(show):
    shown = show(xor)
    shown.keyboard.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    outline = shown.evaluate("{0}.outlineStyle + {0}.outlineWidth".format(style))
    assert outline == "solid2px"


@pytest.mark.parametrize("maker", [xor, batches, folded, forward_only, exact, enormous])
def test_a_phone_never_scrolls_sideways(show, maker):
    shown = show(maker, viewport={"width": 390, "height": 844}, has_touch=True)
    wide = "[document.documentElement.scrollWidth, document.body.scrollWidth]"
    shown.locator("#step").evaluate("one => setStep(Number(one.max))")
    while True:
        shown.locator("#list .entry > .num").first.click()
        assert shown.evaluate(wide) == [390, 390], title(shown)
        assert shown.locator("#panel").bounding_box()["height"] < 844 / 2
        if shown.get_attribute("#next", "aria-disabled") == "true":
            break
        shown.click("#next")
    shown.click("#panel .close")
    assert not shown.locator("#panel").is_visible()


def test_light_and_dark(show):
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = [show(article, color_scheme=scheme).evaluate(ground) for scheme in ("light", "dark")]
    sums = [sum(int(part) for part in re.findall(r"\d+", ground)) for ground in grounds]
    assert sums[0] > 600 and sums[1] < 150


def test_the_page_of_xor_is_small_and_fast(show):
    text = made(xor)[2]
    assert len(text.encode()) < 2000000
    shown = show(xor)
    milliseconds = int(shown.evaluate("document.documentElement.dataset.ready"))
    print("{} bytes, ready after {} ms".format(len(text.encode()), milliseconds))
    assert milliseconds < 5000  # under one second on an idle machine
    assert title(shown) == "The data"


def test_a_notebook_shows_the_page_in_a_frame(show):
    shown = show("<!DOCTYPE html><title>notebook</title><p>" + frame(made(article)[2]))
    inner = shown.frame_locator("iframe")
    inner.locator("#next").click()
    assert inner.locator("#phase-title").inner_text() == "Forward: layer 0, Dense"


# ---- names, labels, playing, links, paper --------------------------------------------------------


def flowers():
    """4-16-3, with the names of columns and classes, and batches from all samples."""
    data = samples.iris()
    layers = [sn.Normalization(), sn.Dense(4, 16), sn.Tanh(), sn.Dense(16, 3), sn.Softmax()]
    options = {"batch_size": 4, "shuffle": True, "steps": 2}
    net, adam = sn.Sequential(layers, seed=7), sn.Adam(0.05)
    why = explain(net, data.X, data.Y, "categorical_cross_entropy", adam, **options)
    why.to_data = functools.partial(why.to_data, data.features, data.labels)
    return why


MEASURED = """() => {
    const box = (one) => one.getBoundingClientRect();
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const tags = [...document.querySelectorAll('#drawing .tag')].filter((one) => one.textContent);
    const shapes = [...document.querySelectorAll('#drawing .body')];
    const covering = tags.filter((one, n) =>
        [...tags.slice(n + 1), ...shapes].some((other) => meet(box(one), box(other))));
    return [tags.length, covering.map((one) => one.textContent)];
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("maker, edges", [(xor, (8, 4)), (flowers, (64, 48))])
def test_no_label_of_an_edge_covers_another_or_a_neuron(show, maker, edges, width):
    shown = show(maker, viewport={"width": width, "height": 900})
    first, second = [min(16, count) for count in edges]
    counts = {}
    while True:
        counts[title(shown)], covering = shown.evaluate(MEASURED)
        assert covering == [], title(shown)
        if shown.get_attribute("#next", "aria-disabled") == "true":
            break
        shown.click("#next")
    labelled = {name: count for name, count in counts.items() if count}
    layers = (0, 2) if maker is xor else (1, 3)
    expected = {"The same samples again": first + second}
    for k, count in zip(layers, (first, second)):
        for phase in ("Forward", "Backward", "Update"):
            expected["{}: layer {}, Dense".format(phase, k)] = count
    # On a phone, one or two of the many labels may find no place.
    missing = 0 if maker is xor or width > 390 else 2
    assert labelled.keys() == expected.keys()
    for name, count in labelled.items():
        assert expected[name] - missing <= count <= expected[name], name


def test_a_label_is_on_its_edge(show):
    shown = show(xor)
    walk_to(shown, "Forward: layer 0")
    away = shown.evaluate(
        """() => items.filter((one) => one.tag && one.tag.textContent).map(({ tag, element }) => {
            const wire = element.querySelector('.wire');
            const at = (n) => wire.getPointAtLength(wire.getTotalLength() * n / 200);
            const [x, y] = ['x', 'y'].map((name) => Number(tag.getAttribute(name)));
            return Math.min(...[...Array(201).keys()].map((n) => Math.hypot(at(n).x - x, at(n).y - y)));
        })"""
    )
    assert len(away) == 8 and max(away) < 1


def test_a_neuron_never_shows_another_number(show):
    """A number that is too long is rounded, never cut."""
    values = [123456, -123456, 1.2e300, -1.5e-200, 99999, 0.004, "12345/6789", "-1/3", "inf", True]
    texts = show(article).evaluate("values => values.map(short)", values)
    assert texts == [
        "1e+5",
        "-1e+5",
        "1e+300",
        "-1e-200",
        "100000",
        "4e-3",
        "1.82",
        "-1/3",
        "inf",
        "true",
    ]


def test_columns_and_classes_have_their_names(show):
    data = samples.iris()
    shown = show(flowers)
    beside = shown.locator("#drawing .beside").evaluate_all(
        "all => all.map(one => one.querySelector('title').textContent)"
    )
    assert sorted(beside) == sorted(data.features + data.labels)
    for text in shown.locator("#sample option").all_text_contents():
        i = int(text.split(":")[0])
        assert text.endswith(" → " + data.labels[data.Y[i]])
    heads = shown.locator("#tables th[scope=col]").all_text_contents()
    names = data.features + data.labels
    assert [head.split(" ", 1)[1] for head in heads] == names
    i = made(flowers)[1]["samples"][0][0]
    ask(shown, "x[%d][2]" % i)
    assert "input 2 (petal length) of sample %d" % i in shown.inner_text("#panel")


def test_two_classes_of_one_output_have_their_names(show):
    data = made(xor)[0].to_data(["a", "b"], ["off", "on"])
    shown = show(page(data))
    assert shown.locator("#sample option").all_text_contents() == [
        "0: (0, 0) → off",
        "1: (0, 1) → on",
        "2: (1, 0) → on",
        "3: (1, 1) → off",
    ]
    assert "● off, ■ on" in shown.inner_text("#plane-legend")
    assert "Across: a from" in shown.inner_text("#plane-legend")


def test_hostile_column_names_stay_text(show):
    evil = '</script><img src=x onerror="window.pwned=1">'
    shown = show(page(made(xor)[0].to_data([evil, "b"], ["no", evil])))
    walk_to(shown, "Forward: layer 0")
    assert evil in shown.locator("#drawing .beside title").all_text_contents()
    assert shown.evaluate("[window.pwned, document.images.length]") == [None, 0]


@pytest.mark.parametrize("names, labels", [(["a"], None), (None, ["a", "b", "c"]), ([], None)])
def test_wrong_numbers_of_names_are_refused(names, labels):
    with pytest.raises(ValueError, match="needed|is empty"):
        made(xor)[0].to_data(names, labels)


def test_every_step_of_shuffled_batches_shows_its_samples(show):
    """Samples beyond the first 16 of the data are recorded, too."""
    why, data, _ = made(flowers)
    assert max(max(batch) for batch in data["samples"]) > 16
    shown = show(flowers)
    for k, batch in enumerate(data["samples"]):
        shown.locator("#step").fill(str(k))
        options = shown.locator("#sample option").evaluate_all("all => all.map(o => +o.value)")
        assert options == batch
        walk_to(shown, "Forward: layer 1")
        name = "1.z[%d][0]" % int(shown.input_value("#sample"))
        ask(shown, name)
        assert panel(shown) == recorded(why.at(data["steps"][k])[name])


def test_play_goes_through_the_phases_and_the_steps(show):
    shown = show(batches)
    shown.clock.install()
    count = shown.locator("[data-phase]").count()
    assert shown.inner_text("#play").strip() == "▶ Play"
    shown.click("#play")
    assert shown.get_attribute("#play", "aria-label") == "Pause"
    for n in range(1, count):
        shown.clock.run_for(2500)
        assert shown.get_attribute("[aria-current=step]", "data-phase") == str(n)
    shown.clock.run_for(2500)
    assert (title(shown), shown.inner_text("#step-number")) == ("The data", "2 of 9")
    shown.click("#next")  # whoever goes on by hand is not overtaken
    here = title(shown)
    shown.clock.run_for(10000)
    assert title(shown) == here and shown.get_attribute("#play", "aria-label") == "Play"


def test_play_ends_with_the_record(show):
    shown = show(forward_only)
    shown.clock.install()
    shown.click("#play")
    shown.clock.run_for(60000)
    assert shown.get_attribute("#next", "aria-disabled") == "true"
    assert shown.get_attribute("#play", "aria-label") == "Play"
    shown.click("#play")  # again from the start
    assert title(shown) == "The data" and shown.get_attribute("#play", "aria-label") == "Pause"


def test_a_link_leads_to_a_phase(show):
    shown = show(xor)
    walk_to(shown, "Backward: layer 2")
    shown.locator("#step").fill("16")
    shown.select_option("#sample", "3")
    target = shown.locator("#link").evaluate("one => one.href")
    assert target == shown.url and target.endswith("#phase=backward-2&step=17&sample=3")
    here = shown.inner_text("main")
    shown.goto("about:blank")
    shown.goto(target)
    assert shown.inner_text("main") == here
    shown.evaluate("location.hash = '#phase=update-0&step=2'")
    shown.get_by_role("heading", name="Update: layer 0, Dense").wait_for()
    assert shown.inner_text("#step-number") == "2 of 100"
    assert shown.input_value("#sample") == "3"


@pytest.mark.parametrize(
    "fragment", ["#", "#phase=nothing&step=0&sample=99", "#phase", "#%", "#step=1e9&sample=x"]
)
def test_a_wrong_link_shows_the_start(show, fragment):
    shown = show(xor)
    shown.evaluate("fragment => { location.hash = fragment; }", fragment)
    shown.reload()
    assert title(shown) == "The data" and shown.input_value("#sample") == "1"


def test_a_phone_has_no_hints_about_keys(show):
    for options in ({"viewport": {"width": 390, "height": 844}}, {"is_mobile": True}):
        shown = show(xor, has_touch=True, **options)
        walk_to(shown, "Forward: layer 0")
        assert not re.search("↑|Backspace|Esc|Tab", shown.inner_text("body"))
    assert "Backspace" in show(xor).inner_text("body")


@pytest.mark.parametrize("maker", [xor, flowers, exact, enormous])
def test_paper_has_all_phases_and_cuts_nothing(show, maker):
    shown = show(maker, viewport={"width": 690, "height": 1000}, color_scheme="dark")  # A4
    names, titles = [], []
    while True:
        titles.append(title(shown))
        names += shown.evaluate("numbersOf(phase()).map((place) => rows[place].name)")
        if shown.get_attribute("#next", "aria-disabled") == "true":
            break
        shown.click("#next")
    before = shown.inner_text("main")
    shown.emulate_media(media="print")
    shown.wait_for_selector("#paper section")
    heads = shown.locator("#paper h2").all_inner_texts()
    assert heads[: len(titles)] == ["{}. {}".format(n, text) for n, text in enumerate(titles, 1)]
    assert shown.locator("#paper .entry > .num").all_inner_texts() == names
    assert shown.locator("#paper section svg[width]").count() == len(titles)
    cut = shown.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((one) => one.getClientRects().length
            && (one.getBoundingClientRect().right > innerWidth + 1
                || getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1))
            .map((one) => one.outerHTML.slice(0, 200))"""
    )
    assert cut == []
    assert shown.evaluate("colour('--ground').reduce((a, b) => a + b)") > 600  # light colours
    assert not shown.locator(".bar").is_visible() and not shown.locator("main").is_visible()
    shown.emulate_media(media="screen")
    shown.wait_for_selector("#paper section", state="detached")
    assert shown.inner_text("main") == before


def test_the_browser_prints_the_paper(show):
    """A PDF comes from the events of a printer, not from emulated media."""
    shown = show(xor)
    shown.evaluate(
        "addEventListener('beforeprint', () => { window.count = $('paper').childElementCount; })"
    )
    assert shown.pdf(format="A4").startswith(b"%PDF")
    assert shown.evaluate("window.count") > len(XOR_WALK)
    assert shown.locator("#paper section").count() == 0


# ---- without a browser ---------------------------------------------------------------------------


def data_of(text):
    return json.loads(
        re.search(
            '<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL
        ).group(1)
    )


def test_the_page_holds_the_record():
    _, data, text = made(xor)
    told = json.loads(json.dumps(data))
    for row in told["numbers"]:  # The page distinguishes integers from floats.
        row["values"] = [str(v) if type(v) is int else v for v in row["values"]]
    assert data_of(text) == told


def test_the_page_is_complete_and_loads_nothing():
    _, data, text = made(article)
    assert "{{" not in text and "http://" not in text and "https://" not in text
    for frame_ in data["boundary"]["frames"]:  # Base64 can contain any text.
        text = text.replace(frame_, "")
    assert not re.search(
        r"\bhttps?:|[\"'(]//|@import|\burl\(|\bfetch\(|XMLHttp|WebSocket|\bimport\(", text
    )
    assert not re.search(r"<(img|iframe|object|embed|base|form)\b", text)


def test_the_policy_allows_only_the_script_of_the_page():
    text = made(article)[2]
    policy = html.unescape(
        re.search('http-equiv="Content-Security-Policy" content="(.*?)"', text).group(1)
    )
    for tag in ("style", "script"):
        inside = re.search("<{0}>(.*?)</{0}>".format(tag), text, re.DOTALL).group(1)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert "{}-src 'sha256-{}'".format(tag, digest) in policy
    assert policy.startswith("default-src 'none'") and "unsafe" not in policy


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_text_becomes_markup(value):
    text = embed(value)
    assert json.loads(text) == value
    assert not set(text) & set("<>&")
    text.encode("ascii")


@pytest.mark.parametrize(
    "name", ["</script>", "<!--<script>", "{{script}}", "\\u003c", "\ud800", "&lt;", "\u2028"]
)
def test_hostile_names_stay_data(name):
    text = page({"title": name, "numbers": []})
    assert data_of(text)["title"] == name
    assert text.count("</script>") == 2
    text.encode()


def test_a_frame_holds_the_whole_page():
    text = made(article)[2]
    framed = frame(text)
    assert html.unescape(re.search('srcdoc="(.*?)"', framed, re.DOTALL).group(1)) == text
    assert 'sandbox="allow-scripts"' in framed


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contrast_of_text(scheme):
    """Each colour of text has a contrast of at least 4.5 to 1 with each of its backgrounds."""
    with open(os.path.join(FOLDER, "page.css"), encoding="utf-8") as file:
        blocks = re.findall(r":root[^{]* \{(.*?)\}", file.read(), re.DOTALL)
    light, dark = [dict(re.findall(r"--(\w[\w-]*): (#[0-9a-f]{6});", block)) for block in blocks]
    assert set(light) == set(dark) and len(light) > 15
    colours = light if scheme == "light" else dark
    pairs = [
        (text, ground)
        for text in ("ink", "positive", "negative")
        for ground in ("surface", "soft", "lit")
    ]
    pairs += [
        (text, ground) for text in ("muted", "accent") for ground in ("surface", "ground", "soft")
    ]
    pairs += [("ink", "ground"), ("on-accent", "accent")]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
