"""Pictures in a real browser: Debian's chromium, driven by playwright (`tox -e page`).

No text is clipped or lies on another, all can be read on light and on dark paper, and nothing is asked of any host.
"""

import pytest
from test_plots import MAKERS, made

MEASURE = """
() => {
    const svg = document.querySelector("svg"), whole = svg.getBoundingClientRect();
    const colour = (element, name) => getComputedStyle(element)[name];
    const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim()).map(text => {
        const box = text.getBoundingClientRect();
        return {text: text.textContent, left: box.left - whole.left, top: box.top - whole.top,
                right: box.right - whole.left, bottom: box.bottom - whole.top, fill: colour(text, "fill"),
                size: parseFloat(colour(text, "fontSize")), upright: text.hasAttribute("transform"),
                inverse: text.classList.contains("inverse")};
    });
    const strokes = [...svg.querySelectorAll("path, circle, rect")].map(e => [colour(e, "fill"), colour(e, "stroke")]);
    const paper = colour(svg.querySelector(".paper"), "fill"), scroll = document.documentElement.scrollWidth;
    return {texts, strokes, paper, scroll, width: whole.width, height: whole.height};
}
"""


@pytest.fixture(scope="module")
def measured(chromium):
    """Return the layout of a picture in a page of this width; the page must report no error."""

    page, wrong = chromium.new_page(), []
    page.on("request", lambda request: wrong.append(request.url))
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append("a dialog"), dialog.dismiss()))

    def measure(name, theme="light", width=1400):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.set_content("<!DOCTYPE html><body style='margin: 0'>" + made(name).svg)
        found = page.evaluate(MEASURE)
        assert wrong == []
        return found

    return measure


def luminance(colour):
    """Return the relative luminance of "rgb(1, 2, 3)" by WCAG 2."""
    shares = [int(v) / 255 for v in colour[4:-1].split(",")]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_no_text_is_clipped_or_lies_on_another(measured, name):
    found = measured(name)
    texts = found["texts"]
    assert texts
    for text in texts:
        assert text["left"] >= 0 and text["top"] >= 0, text
        assert text["right"] <= found["width"] and text["bottom"] <= found["height"], text
        assert text["size"] >= 7
    for i, a in enumerate(texts):
        for b in texts[:i]:
            apart = (
                a["right"] <= b["left"]
                or b["right"] <= a["left"]
                or a["bottom"] <= b["top"] + 3
                or b["bottom"] <= a["top"] + 3
            )  # the line's height holds air
            assert apart or a["upright"] and b["upright"] and abs(a["left"] - b["left"]) >= 12, (
                a,
                b,
            )


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "name",
    ["loss", "boundary, three classes", "network, deep", "matrix, ten classes", "predictions"],
)
def test_texts_can_be_read_on_their_paper(measured, name, theme):
    found = measured(name, theme)
    paper = luminance(found["paper"])
    assert paper > 0.9 if theme == "light" else paper < 0.02
    for text in found["texts"]:
        if not text["inverse"]:
            assert contrast(text["fill"], found["paper"]) >= 4.5, text
    assert not [
        pair for pair in found["strokes"] if pair[1] == "rgb(0, 0, 0)"
    ]  # what no rule gives a colour


@pytest.mark.parametrize("name", ["loss", "network, deep"])
def test_pictures_shrink_to_narrow_pages(measured, name):
    wide, narrow = measured(name), measured(name, width=320)
    assert narrow["width"] == 320 and narrow["scroll"] == 320
    assert narrow["height"] / narrow["width"] == pytest.approx(
        wide["height"] / wide["width"], rel=0.01
    )


def test_pictures_are_valid_as_files(chromium, tmp_path):
    """A file must be valid XML; the HTML of a page is more tolerant."""
    page = chromium.new_page()
    for name in sorted(MAKERS):
        path = tmp_path / "picture.svg"
        made(name).save(path)
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.nodeName") == "svg"
        assert page.evaluate("document.querySelector('parsererror')") is None
        assert page.evaluate("document.querySelectorAll('text').length") > 0
    page.close()
