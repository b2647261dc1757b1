"""Pictures: what they show is read back from the SVG and from the characters, and compared with the data.

How they look in a browser, test_plots_page.py tells.
"""

import functools
import math
import random
import re
import xml.etree.ElementTree as ElementTree
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet import metrics, plots
from scratchnet.cli.commands.plot import choose_inputs
from scratchnet.plots.boundary import TEXTURES
from scratchnet.plots.canvas import Canvas, encode_lines
from scratchnet.plots.chart import Chart
from scratchnet.plots.region import Region
from scratchnet.plots.scale import Scale, number
from scratchnet.texts import width as width_of

NAN, INF = float("nan"), float("inf")
XOR = ([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
HOSTILE = [
    "</text><script>alert(1)</script>",
    "a & \"b\" 'c'",
    "\x00\x1b[31m\ud800\ufffe",
    "花" * 30,
    "",
    "x" * 200,
]


# ---- the pictures ----------------------------------------------------------------------------------------------


def and_net():
    return sn.Sequential([sn.Dense(2, 1, weights=[[1], [1]], bias=[-1.5]), sn.Sigmoid()])


def deep_net():
    layers = [
        sn.Normalization(),
        sn.Dense(40, 30),
        sn.ReLU(),
        sn.Dropout(0.3),
        sn.Dense(30, 12),
        sn.Tanh(),
    ]
    return sn.Sequential(layers + [sn.Dense(12, 3), sn.Softmax()], seed=1)


def blobs(classes):
    draw = random.Random(1)
    labels = [k for k in range(classes) for _ in range(6)]
    return [
        [8 * math.cos(k) + draw.gauss(0, 0.5), 5 * math.sin(k) + draw.gauss(0, 0.5)] for k in labels
    ], labels


def of_classes(classes):
    net = sn.Sequential(
        [sn.Dense(2, 8), sn.Tanh(), sn.Dense(8, classes), sn.Softmax()], seed=classes
    )
    return plots.decision_boundary(
        net, *blobs(classes), labels=["class number {}".format(k) for k in range(classes)]
    )


def heat():
    X, _ = blobs(5)
    net = sn.Sequential([sn.Dense(2, 8), sn.Tanh(), sn.Dense(8, 1)], seed=2)
    return plots.decision_boundary(
        net, X, [a * b for a, b in X], names=["width of the petal (cm)", "length (cm)"]
    )


def counts(classes):
    draw = random.Random(2)
    return [
        [draw.randrange(200) if i == j else draw.randrange(4) for j in range(classes)]
        for i in range(classes)
    ]


def falling(n, noise=0.0):
    draw = random.Random(3)
    return [math.exp(-i / n * 3) + noise * draw.random() for i in range(n)]


MAKERS = {
    "loss": lambda: plots.loss_curve(falling(100), [v + 0.1 for v in falling(100, 0.1)]),
    "loss, one epoch": lambda: plots.loss_curve([0.5]),
    "loss, one epoch validated": lambda: plots.loss_curve([0.5], [0.7]),
    "loss, constant": lambda: plots.loss_curve([0.25] * 20),
    "loss, zero": lambda: plots.loss_curve([0, 0]),
    "loss, gaps": lambda: plots.loss_curve(
        [1, NAN, 0.5, 0.4, None, 0.3], [None, 0.9, 0.8, INF, 0.6, NAN]
    ),
    "loss, never validated": lambda: plots.loss_curve([1, 0.5], [None, NAN]),
    "loss, huge": lambda: plots.loss_curve([1.7e308, 1e200, 3, 10**400]),
    "loss, tiny": lambda: plots.loss_curve([3e-8, 2.5e-8, 2.2e-8]),
    "loss, nearly the same": lambda: plots.loss_curve([1e-100, 1e-100 * (1 + 2e-9)]),
    "loss, falls by powers": lambda: plots.loss_curve([10.0**-k for k in range(12)]),
    "loss, negative": lambda: plots.loss_curve([3, -1, -2]),
    "loss, long": lambda: plots.loss_curve(falling(30000, 0.2)),
    "boundary, two classes": lambda: plots.decision_boundary(and_net(), XOR[0], [0, 0, 0, 1]),
    "boundary, one class": lambda: plots.decision_boundary(and_net(), XOR[0], [0, 0, 0, 0]),
    "boundary, three classes": lambda: of_classes(3),
    "boundary, thirty classes": lambda: of_classes(30),
    "boundary, numbers": heat,
    "boundary, constant": lambda: plots.decision_boundary(and_net(), [[3, 3], [3, 3]], [0.5, 0.5]),
    "network": lambda: plots.network(and_net(), names=["p", "q"], labels=["p and q"]),
    "network, deep": lambda: plots.network(
        deep_net(), labels=["setosa", "versicolor", "virginica"]
    ),
    "network, thirty layers": lambda: plots.network(
        sn.Sequential([sn.Dense(n, 33 - n) for n in [30, 3] * 15])
    ),
    "network, hostile": lambda: plots.network(
        sn.Sequential([sn.Dense(6, 6)], seed=1), names=HOSTILE, labels=HOSTILE
    ),
    "matrix, one class": lambda: plots.confusion_matrix([[5]], ["only"]),
    "matrix, two classes": lambda: plots.confusion_matrix([[50, 3], [7, 40]], ["no", "yes"]),
    "matrix, ten classes": lambda: plots.confusion_matrix(counts(10)),
    "matrix, thirty classes": lambda: plots.confusion_matrix(counts(30), ["some class"] * 30),
    "matrix, large and hostile": lambda: plots.confusion_matrix(
        [[10 ** (i + j) for i in range(6)] for j in range(6)], HOSTILE
    ),
    "matrix, huge": lambda: plots.confusion_matrix([[2.0**1023, 1], [0, 2.0**1023]]),
    "matrix, empty": lambda: plots.confusion_matrix([[0, 0], [0, 0]]),
    "predictions": lambda: plots.predictions(falling(50), falling(50, 0.1)),
    "predictions, constant": lambda: plots.predictions([3, 3], [3, 3]),
    "predictions, one": lambda: plots.predictions([3], [4]),
    "predictions, tiny": lambda: plots.predictions(
        [1.1e-300, 1.1e-300 * (1 + 1e-8)], [1.1e-300] * 2
    ),
    "predictions, large": lambda: plots.predictions([-1e7, 2e7], [1e7, 2.5e7]),
    "predictions, many": lambda: plots.predictions(falling(5000), falling(5000, 0.5)),
}


@functools.lru_cache(maxsize=None)
def made(name):
    return MAKERS[name]()


@pytest.fixture(params=sorted(MAKERS))
def picture(request):
    return made(request.param)


# ---- every picture ---------------------------------------------------------------------------------------------


def elements(picture, tag=None, style=None):
    """Return the elements of the picture with this tag and class."""
    root = ElementTree.fromstring(picture.svg)
    found = [
        element
        for element in root.iter()
        if tag is None or element.tag == "{http://www.w3.org/2000/svg}" + tag
    ]
    return [
        element for element in found if style is None or style in element.get("class", "").split()
    ]


def texts(picture):
    return [element.text or "" for element in elements(picture, "text")]


def test_the_svg_is_one_accessible_file(picture):
    root = ElementTree.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert [child.tag.split("}")[1] for child in root][:3] == ["title", "desc", "style"]
    assert root[0].text and len(root[1].text) > 10
    assert root.get("viewBox") == "0 0 {} {}".format(root.get("width"), root.get("height"))
    assert {element.tag.split("}")[1] for element in root.iter()} <= set(
        "svg title desc style rect text path circle".split()
    )
    assert not re.search(r'href|url\(|@import|<[^>]* on\w+="', picture.svg)
    assert not re.search(r'="[^"]*(nan|inf)', picture.svg)
    assert re.findall(r"https?://[^\"]*", picture.svg) == ["http://www.w3.org/2000/svg"]


def test_every_class_has_a_style(picture):
    style = elements(picture, "style")[0].text
    used = {name for element in elements(picture) for name in element.get("class", "").split()} - {
        "scratchnet"
    }
    assert [name for name in sorted(used) if not re.search(r"\." + name + r"[{, .]", style)] == []


def test_lengths_are_rounded_and_stay_inside(picture):
    root = ElementTree.fromstring(picture.svg)
    width, height = float(root.get("width")), float(root.get("height"))
    for element in (
        elements(picture, "path") + elements(picture, "rect") + elements(picture, "circle")
    ):
        for key in ("d", "x", "y", "width", "height", "cx", "cy"):
            for text in re.findall(r"[-\d.e]+", element.get(key, "")):
                assert re.match(r"-?\d+(\.\d)?$", text), text
    for element in elements(picture, "text"):
        if element.get("x"):
            assert 0 <= float(element.get("x")) <= width and 0 <= float(element.get("y")) <= height


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_the_same_input_gives_the_same_bytes(name):
    assert MAKERS[name]().svg == made(name).svg


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp437"])
@pytest.mark.parametrize("width, height", [(20, 8), (40, 12), (80, 24), (120, 40)])
def test_the_text_fits_its_terminal(picture, width, height, encoding):
    text = picture.text(width, height, encoding)
    assert text.encode(encoding).decode(encoding) == text
    assert [
        line for line in text.split("\n") if width_of(line) > width or line != line.rstrip()
    ] == []
    assert all(line.isprintable() for line in text.split("\n"))
    coloured = picture.text(width, height, encoding, colour=True)
    plain = [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).split("\n")]
    assert plain == text.split("\n")


NASTY = [
    0.0,
    5e-324,
    2.3e-308,
    1e-300,
    1e-100,
    1e-100 * (1 + 2e-9),
    1.0,
    1 + 2e-9,
    1e16,
    1e16 + 2,
    1e300,
    1.7e308,
]
NUMBERS = st.sampled_from(NASTY + [-v for v in NASTY]) | st.floats(
    allow_nan=False, allow_infinity=False
)
WIDE, HIGH = st.integers(20, 60), st.integers(8, 20)


def fits(picture, width, height):
    """Return whether the text is not too wide, and every text of the SVG begins inside."""
    lines = picture.text(width, height).split("\n")
    places = [float(x) for x in re.findall(r' x="([^"]*)"', picture.svg)]
    across = float(re.search(' width="([^"]*)"', picture.svg).group(1))
    return max(map(width_of, lines)) <= width and 0 <= min(places) and max(places) <= across


@given(st.lists(NUMBERS | st.sampled_from([NAN, INF, None]), min_size=1, max_size=4), WIDE, HIGH)
def test_any_losses_fit(losses, width, height):
    assert fits(plots.loss_curve(losses + [1.0], losses[::-1] + [None]), width, height)
    if any([v is not None and v - v == 0 for v in losses]):
        assert fits(plots.loss_curve(losses), width, height)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=4), WIDE, HIGH)
def test_any_predictions_fit(pairs, width, height):
    assert fits(plots.predictions(*zip(*pairs)), width, height)


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS, st.sampled_from([0, 1, 0.5])), min_size=1, max_size=3),
    WIDE,
    HIGH,
)
def test_any_decisions_fit(rows, width, height):
    assert fits(
        plots.decision_boundary(and_net(), [row[:2] for row in rows], [row[2] for row in rows]),
        width,
        height,
    )


@given(st.lists(NUMBERS, min_size=4, max_size=4), WIDE, HIGH)
def test_any_weights_and_counts_fit(numbers, width, height):
    rows = [numbers[:2], numbers[2:]]
    assert fits(
        plots.network(sn.Sequential([sn.Dense(2, 2, weights=rows, bias=numbers[1:3])])),
        width,
        height,
    )
    assert fits(plots.confusion_matrix([[abs(v) for v in row] for row in rows]), width, height)


def test_columns_stay_in_line_in_any_encoding():
    picture = plots.confusion_matrix([[5, 1], [0, 7]], ["\u226550", "3\u00d73"])
    for encoding in ("utf-8", "ascii", "cp437", "latin-1"):
        lines = picture.text(60, 10, encoding).split("\n")[1:]
        assert len(lines) == 3 and {len(line) for line in lines} == {len(lines[0])}


def test_textures_differ_in_ascii_too():
    for textures in (TEXTURES, ".\u2591\u2592\u2593\u2588"):
        assert len(set(encode_lines([textures], "ascii"))) == len(textures)


@pytest.mark.parametrize(
    "name", ["loss", "boundary, three classes", "network, deep", "predictions"]
)
@pytest.mark.parametrize("height", [10, 16, 30])
def test_the_text_has_the_height_asked_for(name, height):
    assert len(made(name).text(80, height).split("\n")) == height


def test_colours_are_written_only_on_request():
    assert "\x1b[38;5;33m" in made("loss").text(colour=True)
    assert "\x1b" not in made("loss").text()


def test_pictures_are_saved_and_shown(tmp_path):
    picture = made("loss")
    picture.save(tmp_path / "loss.SVG")
    assert (
        (tmp_path / "loss.SVG").read_bytes().decode("utf-8") == picture.svg == picture._repr_svg_()
    )
    assert repr(picture) == "Picture 'Loss': .svg, .save(path), .text(width, height)"
    with pytest.raises(
        ValueError, match=r"loss.png: a picture is saved as SVG; give a name that ends in .svg"
    ):
        picture.save("loss.png")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"width": 19}, "width is 19; give a whole number of 20 or more"),
        ({"height": 8.5}, "height is 8.5; give a whole number of 8 or more"),
        ({"encoding": "utf-88"}, "encoding is 'utf-88'; give one that Python knows"),
        ({"encoding": None}, "encoding is None; give one that Python knows"),
        ({"encoding": "hex"}, "encoding is 'hex'; give one that Python knows"),
    ],
)
def test_an_invalid_size_or_encoding_of_the_text_is_refused(options, message):
    for name in ("loss", "boundary, numbers", "network", "matrix, two classes", "predictions"):
        with pytest.raises(ValueError, match=message):
            made(name).text(**options)


def test_names_are_escaped_and_shortened():
    for name in ("matrix, large and hostile", "network, hostile"):
        shown = "".join(texts(made(name)))
        assert "<script>" not in made(name).svg and "</text><…</script>" not in made(name).svg
        assert (
            "</text>" in shown and "xxx…xxx" in shown and "花…花" in shown and "\x1b" not in shown
        )


# ---- scales ----------------------------------------------------------------------------------------------------

FINITE = st.floats(allow_nan=False, allow_infinity=False)
MODERATE = st.floats(-1e9, 1e9) | st.integers(-1000, 1000).map(float)


@given(st.lists(FINITE, min_size=1, max_size=5), st.integers(3, 10))
@example([1e-100, 1e-100 * (1 + 2e-9)], 4)
@example([1.1e-300, 1.1e-300 * (1 + 1e-8)], 4)
def test_no_numbers_are_too_large_or_too_small_for_a_scale(values, most):
    scale = Scale(values, margin=0.04)
    assert all(0 <= scale.place(v) <= 1 for v in values)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most + 2
    assert all(-1e-6 <= scale.place(v) <= 1 + 1e-6 and len(text) < 25 for v, text in ticks)


@given(st.lists(MODERATE, min_size=2, max_size=5), st.integers(3, 10))
def test_ticks_are_1_2_or_5_apart_and_say_where_they_are(values, most):
    scale = Scale(values)
    ticks = scale.ticks(most)
    shown = [float(text.replace("−", "-")) for _, text in ticks]
    ends = scale.at(1) - scale.at(0)
    assert [v for v, _ in ticks] == pytest.approx(shown, abs=1e-6 * ends)
    steps = [b - a for a, b in zip(shown, shown[1:])]
    assert len({text for _, text in ticks}) == len(ticks)
    if steps:
        mantissa = float("{:.6e}".format(steps[0]).split("e")[0])
        assert mantissa in (1, 2, 5) and steps == pytest.approx([steps[0]] * len(steps), rel=1e-4)
        assert ends / steps[0] <= most * (1 + 1e-9) and len(ticks) > ends / steps[0] - 2


@given(st.lists(st.floats(1e-12, 1e12), min_size=1, max_size=5), st.integers(3, 10))
def test_logarithmic_ticks_are_powers(values, most):
    scale = Scale(values, 0.04, logarithmic=True)
    ticks = scale.ticks(most)
    assert 1 <= len(ticks) <= most + 2
    for v, text in ticks:
        assert v == pytest.approx(float(text)) and 0 <= scale.place(v) <= 1
    assert scale.at(scale.place(values[0])) == pytest.approx(values[0])


def test_whole_ticks_are_whole():
    assert [text for _, text in Scale([1, 3], whole=True).ticks(8)] == ["1", "2", "3"]
    assert [text for _, text in Scale([1, 1], whole=True).ticks(8)] == ["1"]
    assert [text for _, text in Scale([1, 3]).ticks(4)] == ["1.0", "1.5", "2.0", "2.5", "3.0"]


def test_numbers_are_four_digits():
    assert [number(v) for v in (0.0, -0.0, 1 / 3, 1234567, -1e-7, 2.0)] == [
        "0",
        "0",
        "0.3333",
        "1.235e6",
        "−1e-7",
        "2",
    ]


# ---- loss curves -----------------------------------------------------------------------------------------------


def drawn(picture, style="line"):
    """Return the parts of each path of a style, as points; the legend's come first."""
    paths = [path.get("d") for path in elements(picture, "path", style)]
    parts = [
        [part.rstrip("Z").split("L") for part in d.split("M")[1:]] for d in paths if "a" not in d
    ]
    return [
        [[tuple(map(float, point.split())) for point in part] for part in path] for path in parts
    ]


def test_the_history_of_a_training_is_drawn():
    net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
    options = {"validation_data": XOR, "epochs": 60, "patience": 50, "optimizer": sn.Adam(0.05)}
    history = net.fit(*XOR, loss="binary_cross_entropy", **options)
    picture = plots.loss_curve(history)
    best = number(history.validation_loss[history.best_epoch - 1])
    assert "best epoch {}: {}".format(history.best_epoch, best) in texts(picture)
    assert picture.svg == plots.loss_curve(history.loss, history.validation_loss).svg
    for (points,), losses in zip(drawn(picture)[2:], (history.loss, history.validation_loss)):
        assert len(points) == len(losses) == 60
        for (_, y), (_, below), loss, later in zip(points, points[1:], losses, losses[1:]):
            assert (y <= below) if loss >= later else (y >= below)  # in SVG y grows downwards


def test_a_missing_loss_leaves_a_gap():
    picture = plots.loss_curve([1, NAN, 0.5, 0.4, None, 0.3], [None, 0.9, 0.8, INF, 0.6, NAN])
    training, validation = drawn(picture)[2:]
    assert [len(part) for part in training] == [2] and [len(part) for part in validation] == [2]
    dots = "".join(path.get("d") for path in elements(picture, "path", "dot"))
    assert dots.count("M") == 4  # epochs 1 and 6; epoch 5, twice: it is the best
    assert "best epoch 5: 0.6" in texts(picture)
    assert not [
        text
        for text in texts(made("loss, never validated"))
        if "best" in text or "validation" in text
    ]


def test_the_scale_is_logarithmic_where_it_helps():
    assert "loss, log scale" in texts(plots.loss_curve([1, 0.05]))
    assert "loss" in texts(plots.loss_curve([1, 0.06]))
    assert "loss" in texts(plots.loss_curve([1, 0.01, 0]))
    assert {"1", "0.1", "0.01"} <= set(texts(plots.loss_curve([1, 0.01])))


def test_other_types_of_numbers_are_drawn():
    assert (
        plots.loss_curve([Fraction(1, 2), Fraction(1, 4)]).svg == plots.loss_curve([0.5, 0.25]).svg
    )


def test_a_long_training_keeps_its_peaks():
    losses = [1.0] * 30000
    losses[12345] = 3.0
    (points,) = drawn(plots.loss_curve(losses))[1]
    assert len(points) < 2000 and len({y for _, y in points}) == 2


# ---- decision boundaries ---------------------------------------------------------------------------------------


def area(parts):
    return sum(
        abs(sum(a * d - b * c for (a, b), (c, d) in zip(part, part[1:] + part[:1]))) / 2
        for part in parts
    )


def box(picture):
    """Return the inside of the axes in px: left, top, right, bottom."""
    grid = drawn(picture, "grid")[0][0]
    regions = [point for parts in drawn(picture, "area") for part in parts for point in part]
    return grid[0][0], min(y for _, y in regions), grid[1][0], max(y for _, y in regions)


def test_the_border_is_where_the_prediction_changes():
    """x0 + x1 = 1.5: the axes go from -0.08 to 1.08, and the corner of 0.66 by 0.66 is the second class."""
    picture = made("boundary, two classes")
    left, top, right, bottom = box(picture)
    first, second = [
        area(parts) / ((right - left) * (bottom - top)) for parts in drawn(picture, "area")
    ]
    assert second == pytest.approx(0.66**2 / 2 / 1.16**2, abs=2e-3)
    assert first + second == pytest.approx(1, abs=2e-3)
    for x, y in [point for part in drawn(picture, "border")[0] for point in part]:
        a, b = (
            -0.08 + 1.16 * (x - left) / (right - left),
            -0.08 + 1.16 * (bottom - y) / (bottom - top),
        )
        assert a + b == pytest.approx(1.5, abs=3e-3)


def test_the_border_of_a_threshold_is_straight():
    hard = sn.Sequential(
        [sn.Dense(2, 1, weights=[[1], [1]], bias=[-1.5]), sn.Sigmoid(), sn.Threshold(0.5)]
    )
    assert (
        plots.decision_boundary(hard, XOR[0], [0, 0, 0, 1]).svg == made("boundary, two classes").svg
    )


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3))
def test_regions_of_linear_fields_are_exact(field):
    """The area is compared with a sum over many points of the square."""
    a, b, c = field
    scale = Scale([0, 1])
    grid = [[a * u / 6 + b * v / 6 + c for u in range(7)] for v in range(7)]
    areas, _ = Region(Chart("", "", scale, scale, "", ""), grid, 0, 1, "x")._outlines()
    places = [(k + 0.5) / 150 for k in range(150)]
    share = sum(a * x + b * y + c >= 0 for x in places for y in places) / 150**2
    assert area([list(part) for part in areas]) / 36 == pytest.approx(share, abs=0.02)


def test_regions_fill_the_plane():
    picture = made("boundary, three classes")
    left, top, right, bottom = box(picture)
    covered = sum(area(parts) for parts in drawn(picture, "area"))
    assert covered == pytest.approx((right - left) * (bottom - top), rel=2e-3)


def test_the_text_shows_the_predictions():
    X, Y = blobs(3)
    net = sn.Sequential([sn.Dense(2, 8), sn.Tanh(), sn.Dense(8, 3), sn.Softmax()], seed=3)
    lines = plots.decision_boundary(net, X, Y).text(80, 30, "ascii").split("\n")
    rows = [line.split("|", 1)[-1].split("+", 1)[-1] for line in lines[3:-3]]
    x, y = [Scale([row[k] for row in X], margin=0.08) for k in (0, 1)]
    right = total = 0
    for j, row in enumerate(rows):
        for i, c in enumerate(row.ljust(len(lines[-3].split("+", 1)[1]))):
            if c in " :.":
                at = [
                    [
                        x.at((i + 0.5) / len(lines[-3].split("+", 1)[1])),
                        y.at(1 - (j + 0.5) / len(rows)),
                    ]
                ]
                shares = net.predict(at)[0]
                right += " :.".index(c) == shares.index(max(shares))
                total += 1
    assert total > 1000 and right / total > 0.97  # except the cells on a border


def test_two_of_several_inputs_are_chosen():
    draw = random.Random(4)
    X = [[draw.random(), draw.random(), draw.choice([0, 0, 1]), draw.random()] for _ in range(25)]
    wide = sn.Sequential(
        [sn.Dense(4, 1, weights=[[1], [0.5], [100], [1]], bias=[-1]), sn.Sigmoid()]
    )
    median = sorted(row[1] for row in X)[12]
    narrow = sn.Sequential(
        [sn.Dense(2, 1, weights=[[1], [1]], bias=[0.5 * median - 1]), sn.Sigmoid()]
    )
    Y = [k % 2 for k in range(25)]
    chosen = plots.decision_boundary(wide, X, Y, features=(3, 0), names=["a", "b", "c", "d"])
    plain = plots.decision_boundary(narrow, [[row[3], row[0]] for row in X], Y, names=["d", "a"])
    assert drawn(chosen, "area") == drawn(plain, "area") and drawn(chosen, "border") == drawn(
        plain, "border"
    )
    assert "Decision boundary, the other inputs at their median" in texts(chosen) and {
        "d",
        "a",
    } <= set(texts(chosen))


def test_targets_may_be_rows_or_class_numbers():
    X, Y = blobs(3)
    net = sn.Sequential([sn.Dense(2, 8), sn.Tanh(), sn.Dense(8, 3), sn.Softmax()], seed=3)
    picture = plots.decision_boundary(net, X, Y)
    assert (
        plots.decision_boundary(net, X, [[int(k == y) for k in range(3)] for y in Y]).svg
        == picture.svg
    )
    assert plots.decision_boundary(net, X, [[float(y)] for y in Y]).svg == picture.svg
    one = sn.Sequential([sn.Dense(2, 1, weights=[[2], [2]], bias=[-3])])
    sides = plots.decision_boundary(one, XOR[0], [-1, -1, -1, 1])
    assert drawn(sides, "border") == drawn(made("boundary, two classes"), "border")
    exact = sn.Sequential(
        [sn.Dense(2, 1, weights=[[Fraction(2)], [Fraction(2)]], bias=[Fraction(-3)])]
    )
    assert plots.decision_boundary(exact, XOR[0], [-1, -1, -1, 1]).svg == sides.svg


def test_the_shades_of_a_heat_map_follow_the_numbers():
    """The network is x0 itself: each shade begins further to the right."""
    net = sn.Sequential([sn.Dense(2, 1, weights=[[1], [0]])])
    picture = plots.decision_boundary(net, [[0, 0], [10, 1]], [0.3, 9.6])
    starts = [
        min(x for part in parts for x, _ in part)
        for parts in drawn(picture, "area")
        if len(parts) > 3
    ]
    assert len(starts) >= 5 and starts == sorted(starts) and len(set(starts)) == len(starts)
    assert {"from 0", "2", "4", "6", "8", "10"} <= set(texts(picture))


# ---- networks --------------------------------------------------------------------------------------------------


def test_every_weight_is_drawn_with_its_value():
    net = sn.Sequential([sn.Dense(3, 5), sn.Tanh(), sn.Dense(5, 2), sn.Softmax()], seed=5)
    titles = [title.text for title in elements(plots.network(net), "title")]
    for layer in (0, 2):
        weights, bias = net.layers[layer].parameters()
        for i, row in enumerate(weights.value):
            for j, w in enumerate(row):
                assert "{}.weights[{}][{}] = {}".format(layer, i, j, number(w)) in titles
        for j, b in enumerate(bias.value):
            assert "layer {}, neuron {}: bias {}".format(layer, j, number(b)) in titles
    assert len(titles) == 1 + 3 + 15 + 5 + 10 + 2  # the picture, inputs, weights, neurons


def test_colour_and_width_tell_sign_and_size():
    net = sn.Sequential([sn.Dense(2, 1, weights=[[0.5], [-2]])])
    weak, strong = elements(plots.network(net), "path", "line")[2:]
    assert "s0" in weak.get("class") and "s1" in strong.get("class")
    width = [
        float(re.search(r"stroke-width:([\d.]+)", line.get("style")).group(1))
        for line in (weak, strong)
    ]
    assert width[1] == pytest.approx(4 * width[0], abs=0.3)


def test_wide_layers_are_folded():
    picture = made("network, deep")
    assert {"25 more", "15 more", "40", "30", "12", "3"} <= set(texts(picture))
    assert len(elements(picture, "circle")) == 15 + 15 + 12 + 3
    assert texts(picture)[0] == "Network 40-30-12-3"
    sixteen = plots.network(sn.Sequential([sn.Dense(16, 17)]))
    assert len(elements(sixteen, "circle")) == 16 + 15 and "2 more" in texts(sixteen)


def test_layers_without_weights_stand_with_the_one_before():
    shown = texts(made("network, deep"))
    assert shown.index("inputs") + 1 == shown.index("Normalization")
    assert shown.index("ReLU") + 1 == shown.index("Dropout")


def test_networks_of_any_number_are_drawn():
    exact = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1, 2)]], bias=[Fraction(0)])])
    assert (
        plots.network(exact).svg
        == plots.network(sn.Sequential([sn.Dense(1, 1, weights=[[0.5]], bias=[0])])).svg
    )
    assert (
        "0.weights[0][0] = 0" in plots.network(sn.Sequential([sn.Dense(1, 1, weights=[[0]])])).svg
    )


# ---- confusion matrices and predictions ------------------------------------------------------------------------


def test_the_counts_are_written_and_shaded():
    picture = made("matrix, two classes")
    assert {"50", "3", "7", "40", "no", "yes", "Confusion matrix: 90 of 100 right"} <= set(
        texts(picture)
    )
    cells = elements(picture, "rect", "area")
    assert [cell[0].text for cell in cells][:2] == [
        "no predicted as no: 50 (94.3%)",
        "no predicted as yes: 3 (5.7%)",
    ]
    assert [float(cell.get("fill-opacity")) for cell in cells] == pytest.approx(
        [math.sqrt(v) for v in (50 / 53, 3 / 53, 7 / 47, 40 / 47)], abs=0.005
    )


def test_matrices_of_metrics_are_drawn():
    truth, predicted = ["b", "a", "b"], ["b", "a", "a"]
    report = metrics.report("classification", truth, predicted)
    picture = plots.confusion_matrix(report.confusion_matrix, report.labels)
    assert picture.text(60, 10) == "\n".join([
        "Confusion matrix: 2 of 3 right",
        "truth ↓ predicted →  a  b",
        "                  a  1  0",
        "                  b  1  1",
    ])  # fmt: skip


def test_many_classes_are_shades_in_characters():
    matrix = [
        [9 if i == j else 1 if (i, j) == (0, 29) else 0 for j in range(30)] for i in range(30)
    ]
    lines = plots.confusion_matrix(matrix).text(40, 10, "ascii").split("\n")
    assert (
        lines[2] == " 0 @............................:"
        and lines[31] == "29 .............................@"
    )
    wide = plots.confusion_matrix([[int(i == j) for j in range(99)] for i in range(99)]).text(
        60, 10
    )
    assert wide.endswith("44 more classes are not shown")


def test_predictions_stand_by_their_targets():
    targets, predicted = [0, 1, 2, 4], [0.5, 1, 3, 4]
    (dots,) = elements(plots.predictions(targets, [[v] for v in predicted]), "path", "dot")[1:]
    points = [
        (float(x) + 3.5, float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)a", dots.get("d"))
    ]
    (x0, y0), (x1, y1) = points[1], points[3]
    for (x, y), target, value in zip(points, targets, predicted):
        assert x == pytest.approx(x0 + (target - 1) * (x1 - x0) / 3, abs=0.2)
        assert y == pytest.approx(y0 + (value - 1) * (y1 - y0) / 3, abs=0.2)


# ---- mistakes --------------------------------------------------------------------------------------------------


def boundary(inputs, outputs, X, Y, **options):
    return plots.decision_boundary(sn.Sequential([sn.Dense(inputs, outputs)]), X, Y, **options)


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: plots.loss_curve([]),
            "history is empty; give the result of fit, or a list of losses",
        ),
        (lambda: plots.loss_curve(0.5), "history is float; give the result of fit"),
        (lambda: plots.loss_curve([NAN, None]), "history has no finite loss; give at least one"),
        (lambda: plots.loss_curve(["a"]), "history: epoch 1 has a str; give a number or None"),
        (
            lambda: plots.loss_curve([1, 2], [1]),
            "there are 2 losses and 1 validation losses; give one of each per epoch",
        ),
        (lambda: plots.loss_curve(sn.History()), "history is empty"),
        (lambda: boundary(4, 1, [[1, 2, 3, 4]], [1]), r"has 4 inputs, but the plane two; choose"),
        (
            lambda: boundary(4, 1, [[1, 2, 3, 4]], [1], features=(0, 4)),
            r"features is \(0, 4\); give two diff",
        ),
        (
            lambda: boundary(4, 1, [[1, 2, 3, 4]], [1], features=(1, 1)),
            r"features is \(1, 1\); give two diff",
        ),
        (
            lambda: boundary(4, 1, [[1, 2, 3, 4]], [1], features="ab"),
            "features is 'ab'; give two different",
        ),
        (lambda: boundary(4, 1, [[1, 2]], [1]), "X: row 0 has 2 columns where the network takes 4"),
        (lambda: boundary(2, 1, [[1, 2]], [1, 2]), "X has 1 rows and Y has 2"),
        (
            lambda: boundary(2, 1, [[1, 2]], ["a"]),
            "Y: row 0, column 0: 'a' is a str; give a number",
        ),
        (lambda: boundary(2, 1, [[1, 2]], [1], names=["a"]), "names: 1 given, 2 needed"),
        (lambda: boundary(2, 1, [[1, 2]], [1], labels=["a"]), "labels: 1 given, 2 needed"),
        (lambda: plots.decision_boundary(None, [[1, 2]], [1]), "net is None; give a network"),
        (lambda: boundary(1, 1, [[1]], [1]), "a plane has two inputs"),
        (lambda: boundary(2, 3, [[1, 2]], [3]), "Y: row 0 is 3.0; give a class from"),
        (lambda: boundary(2, 3, [[1, 2]], [0.5]), "Y: row 0 is 0.5; give a class"),
        (
            lambda: boundary(2, 3, [[1, 2]], [[1, 2]]),
            "Y: row 0 has 2 columns where the outputs are 3",
        ),
        (lambda: boundary(2, 2, [[1, 2]], [[1, 7]]), "give a row with a 1 at the class"),
        (
            lambda: boundary(2, 1, [[1, 2]], [[1, 0]]),
            "Y: row 0 has 2 columns where the outputs are 1",
        ),
        (lambda: plots.network(3), "net is 3; give a network"),
        (
            lambda: plots.network(sn.Sequential([sn.Tanh()])),
            "the network has no layer with weights",
        ),
        (lambda: plots.network(and_net(), names="p"), "names is str; give a list"),
        (lambda: plots.network(and_net(), names=["p"]), "names: 1 given, 2 needed"),
        (
            lambda: plots.confusion_matrix([[1, 2]]),
            "matrix is 1×2; give one row and one column per class",
        ),
        (lambda: plots.confusion_matrix([[1, 2], [3, 4]], ["a"]), "labels: 1 given, 2 needed"),
        (
            lambda: plots.confusion_matrix([[1, -2], [3, 4]]),
            "matrix: row 0, column 1 is -2.0; give a finite",
        ),
        (lambda: plots.confusion_matrix([1, 2]), "matrix: row 0 is 1, not a row"),
        (lambda: plots.predictions([1, 2], [1]), "there are 2 targets and 1 predictions"),
        (
            lambda: plots.predictions([1, NAN], [1, 2]),
            "targets: number 1 is nan; give a finite number",
        ),
    ],
)
def test_wrong_arguments_are_refused(call, message):
    with pytest.raises((TypeError, ValueError), match=message):
        call()


def test_the_inputs_of_a_plane_are_named_or_numbered():
    for inputs in ("2, 1", "b,a", "\u0662,\u0661"):
        assert choose_inputs(inputs, ["a", "b"], ["a", "kind", "b"]) == (2, 0)
    assert choose_inputs(None, ["a", "b"], ["a", "kind", "b"]) == (0, 2)
    for name in ("\u00b2", "0", "3", "-1", ""):
        with pytest.raises(
            ValueError, match=f"^--inputs: there is no numeric column '{name}'; give two of: a, b$"
        ):
            choose_inputs("a," + name, ["a", "b"], ["a", "kind", "b"])


def test_a_canvas_ignores_points_outside():
    canvas = Canvas(4, 2, "ascii")
    for point in ((0, 0), (1, 1), (1.1, 0), (0, -0.2), (0.4, 5)):
        canvas.dot(point, 0)
    assert encode_lines(canvas.lines(), "ascii") == "   *\n*"
