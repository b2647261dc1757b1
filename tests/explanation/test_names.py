"""The names of an explanation: every text is a name, and every name of a step is parsed into its parts."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scratchnet as sn
from scratchnet.explanation.names import Name, element, unknown

COUNTS = st.integers(0, 10**9 - 1)
IDENTIFIERS = st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True)
SUFFIXES = st.sampled_from(["", "gradient", "new"])
OF_ARRAYS = st.builds(
    Name,
    st.none() | COUNTS,
    st.lists(IDENTIFIERS, min_size=1, max_size=3).map(".".join),
    st.lists(COUNTS, min_size=1, max_size=3).map(tuple),
    st.none() | COUNTS,
    SUFFIXES,
)
OF_SINGLE_NUMBERS = st.builds(Name, st.none() | COUNTS, IDENTIFIERS, suffix=SUFFIXES)
PIECES = ["0", "12", "007", "[", "]", "[0]", "[3][1]", ".", ".new", ".gradient", ".memory[0]", "w", "é", "\n"]  # fmt: skip


@given(OF_ARRAYS | OF_SINGLE_NUMBERS)
def test_a_name_is_parsed_into_its_parts(name):
    assert Name.parse(str(name)) == name


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_every_text_stays_the_same(text):
    assert str(Name.parse(text)) == text


@pytest.mark.parametrize(
    "text, name",
    [
        ("loss", Name(None, "loss")),
        ("loss.new", Name(None, "loss", suffix="new")),
        ("loss.inner[2].new", Name(None, "loss.inner", (2,), suffix="new")),
        ("x[0][12]", Name(None, "x", (0, 12))),
        ("10.a[0][2].gradient", Name(10, "a", (0, 2), suffix="gradient")),
        ("0.weights[0][1].memory[1].new", Name(0, "weights", (0, 1), 1, "new")),
        ("0.weights[0][1].momentum", Name(0, "weights", (0, 1), "momentum")),
        ("0.bias[1].m.new", Name(0, "bias", (1,), "m", "new")),
        ("0.head.bias[3]", Name(0, "head.bias", (3,))),
        # Layers and parameters can have any names.
        ("0.new", Name(0, "new")),
        ("0.gradient.gradient", Name(0, "gradient", suffix="gradient")),
        ("0.memory[0].memory[1]", Name(0, "memory", (0,), 1)),
        ("0.a.memory[0]", Name(0, "a.memory", (0,))),
        ("0.my.new[0].new", Name(0, "my.new", (0,), suffix="new")),
        ("0.w[a]b[0]", Name(0, "w[a]b", (0,))),
        ("00.x[01]", Name(None, "00.x[01]")),
        ("", Name(None, "")),
        ("x[" + "9" * 5000 + "]", Name(None, "x[" + "9" * 5000 + "]")),
    ],
)
def test_parts(text, name):
    assert Name.parse(text) == name and str(name) == text


def test_what_a_name_tells():
    gradient = Name.parse("0.head.weights[0][1].gradient")
    assert (gradient.kind, gradient.array) == ("weights", "0.head.weights")
    assert gradient.is_gradient and not gradient.is_new
    assert str(gradient.with_suffix("new")) == "0.head.weights[0][1].new"
    assert Name.parse("loss.new").is_new and not Name.parse("0.new").is_new
    assert element("0.weights", False, 2, 3) == "0.weights[2][3]"
    assert element("0.bias", True, 0, 3) == "0.bias[3]"


def test_a_name_cannot_be_changed():
    with pytest.raises(AttributeError):
        Name.parse("loss").role = "x"
    with pytest.raises(AttributeError):
        Name.parse("loss").other = 1


class Mixed(sn.Layer):
    """A layer whose parameters and hyperparameters have names like parts of other names."""

    arguments = numbers = ("gradient", "new")

    def __init__(self, gradient, new):
        self.gradient = gradient
        self.new = new
        roles = ("my.new", "weights[0]", "memory")
        self.parts = [sn.Parameter(role, (1,), [n + 2]) for n, role in enumerate(roles)]

    def parameters(self):
        return self.parts

    def factor(self):
        a, b, c = [part.value[0] for part in self.parts]
        return a * b * c * self.gradient * self.new

    def forward(self, X):
        self.X = X
        return [[x * self.factor() for x in row] for row in X]

    def backward(self, dA):
        total = sum(d * x for row_d, row in zip(dA, self.X) for d, x in zip(row_d, row))
        for part in self.parts:
            part.gradient = [total * self.factor() / part.value[0]]
        return [[d * self.factor() for d in row] for row in dA]


def test_user_defined_layers_may_use_any_names():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), Mixed(gradient=0.5, new=0.25)])
    why = sn.explain(net, [[1.5]], [1], "half_squared_error", optimizer=sn.Adam(0.1))
    assert len(why.names()) == len(set(why.names()))
    for name in why.names():
        assert name in why and str(Name.parse(name)) == name
    assert {"1.new", "1.gradient", "1.my.new[0]", "1.my.new[0].new"} <= set(why.names())
    update = [names for title, names in why.sections() if title == "update"][0]
    assert "1.my.new[0].v.new" in update and "1.new" not in update
    assert why["loss.new"].value < why["loss"].value


def test_a_user_defined_activation_may_derive_at_any_number():
    """Only a derivative at an output of a layer has a name."""

    class Twice(sn.Activation):
        def function(self, z):
            return 2 * z * z

        def derivative(self, z, a):
            return 4 * z

        def backward(self, dA):
            return [
                [d * self.derivative(z * 1.0, None) for d, z in zip(row_d, row)]
                for row_d, row in zip(dA, self.X)
            ]

        def forward(self, X):
            self.X = X
            return [[self.function(z) for z in row] for row in X]

    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.5]]), Twice()])
    why = sn.explain(net, [[3.0]], [1], "half_squared_error", optimizer=sn.SGD(0.1))
    assert "1.derivative[0][0]" not in why
    assert why["0.z[0][0].gradient"].value == (2 * 1.5**2 - 1) * 4 * 1.5


@given(OF_ARRAYS)
def test_an_unknown_index_names_the_range(name):
    known = [str(name._replace(indices=(i,) + name.indices[1:])) for i in (0, 4)]
    asked = str(name._replace(indices=(7,) + name.indices[1:]))
    sentence = "no number is called {!r}; the names go from {} to {}".format(asked, *known)
    assert unknown(asked, known + ["loss"]) == sentence


@given(st.text())
def test_any_unknown_name_gets_a_name_that_exists(text):
    known = ["x[0][0]", "0.weights[0][0]", "loss"]
    found = re.search(r"did you mean '(.*)'\? names\(\) lists them all \(", unknown(text, known))
    assert found and found.group(1) in known or "the names go from" in unknown(text, known)


def test_a_number_of_many_digits_is_an_unknown_name():
    assert unknown("x[{}][0]".format("9" * 5000), ["x[0][0]"]).endswith(
        "did you mean 'x[0][0]'? names() lists them all (at the command line, --names)"
    )
