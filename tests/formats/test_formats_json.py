"""The JSON codec, and the strict JSON under both codecs: exact, readable, at one with the standard library's."""

import json as standard
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_models import EXTREME, TEXTS, any_tensors, any_values

from scratchnet.formats import json, strict_json


def refusal(text):
    """Return the error message; it must be one short sentence."""
    with pytest.raises(ValueError) as caught:
        json.loads(text)
    sentence = str(caught.value)
    assert "\n" not in sentence and len(sentence) < 1500
    return sentence


def bits(tensor):
    if isinstance(tensor, list):
        return [bits(part) for part in tensor]
    return struct.pack(">d", tensor)


# ---- round trips -------------------------------------------------------------------------------------------------

FLOATS = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(EXTREME))
TENSORS = any_tensors(FLOATS)
METADATA = st.dictionaries(TEXTS, any_values(FLOATS), max_size=4)


@given(TENSORS, METADATA)
def test_a_round_trip_keeps_every_bit(tensors, metadata):
    text = json.dumps(tensors, metadata)
    for written in (text, text.encode()):
        read, read_metadata = json.loads(written)
        assert {name: bits(read[name]) for name in read} == {
            name: bits(tensors[name]) for name in tensors
        }
        assert repr(read_metadata) == repr(
            metadata
        )  # tells 1, 1.0 and True apart, and 0.0 from -0.0


@given(TENSORS)
def test_the_standard_library_reads_the_decimals_without_loss(tensors):
    model = standard.loads(json.dumps(tensors, {}))
    assert {name: bits(model["tensors"][name]) for name in tensors} == {
        name: bits(tensors[name]) for name in tensors
    }


def test_the_exact_numbers_are_ieee_754_big_endian_row_by_row():
    model = standard.loads(json.dumps({"w": [[0.4], [-2]], "s": -0.0}, {}))
    assert model["exact"] == {"w": "3fd999999999999ac000000000000000", "s": "8000000000000000"}


def test_every_digit_and_zero_are_read():
    (number,) = struct.unpack(">d", bytes([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]))
    text = json.dumps({"a": [number, 0.0, -0.0]}, {})
    assert "0123456789abcdef" in text
    assert bits(json.loads(text)[0]["a"]) == bits([number, 0.0, -0.0])


def test_the_text_is_readable():
    metadata = {
        "format version": 1,
        "layers": [{"Dense": [2, 1]}, {"Sigmoid": []}],
        "labels": [],
        "seed": None,
    }
    tensors = {"0.weights": [[0.4, 1e-07], [-0.2, 3]], "0.bias": [1, 2.5], "scale": 1e300}
    assert (
        json.dumps(tensors, metadata)
        == """{
  "format": "scratchnet",
  "metadata": {
    "format version": 1,
    "layers": [
      {
        "Dense": [2, 1]
      },
      {
        "Sigmoid": []
      }
    ],
    "labels": [],
    "seed": null
  },
  "tensors": {
    "0.weights": [
      [0.4, 1e-07],
      [-0.2, 3.0]
    ],
    "0.bias": [1.0, 2.5],
    "scale": 1e+300
  },
  "exact": {
    "0.weights": "3fd999999999999a3e7ad7f29abcaf48bfc999999999999a4008000000000000",
    "0.bias": "3ff00000000000004004000000000000",
    "scale": "7e37e43c8800759c"
  }
}
"""
    )


# ---- a text changed by hand --------------------------------------------------------------------------------------

TEXT = json.dumps({"w": [[0.4], [0.2]], "b": [0.1, 0.3], "s": 0.7}, {})


@pytest.mark.parametrize(
    "old, new, sentence",
    [
        (
            "[0.2]",
            "[0.25]",
            "JSON: tensor 'w'[1][0] is 0.25, but 0.2 in exact; change both, or delete the tensor from exact",
        ),
        ("0.3]", "0.3000001]", "JSON: tensor 'b'[1] is 0.3000001, but 0.3 in exact"),
        ('"s": 0.7', '"s": -0.7', "JSON: tensor 's' is -0.7, but 0.7 in exact"),
        ('"s": 0.7', '"s": 0', "JSON: tensor 's' is 0.0, but 0.7 in exact"),
        (
            "3fe6666666666666",
            "3fe666666666666",
            "JSON: exact: tensor 's' needs a string of 16 hexadecimal digits (0-9",
        ),
        (
            "3fe6666666666666",
            "3fe6666666666666" * 2,
            "tensor 's' needs a string of 16 hexadecimal digits",
        ),
        ("3fe6666666666666", "3FE6666666666666", "hexadecimal digits"),
        ("3fe6666666666666", "0x3fe66666666666", "hexadecimal digits"),
        ("3fe6666666666666", "+3fe666666666666", "hexadecimal digits"),
        ("3fe6666666666666", "3fe6666666666_66", "hexadecimal digits"),
        ("3fe6666666666666", "\\u0663" * 16, "hexadecimal digits"),
        ('"3fe6666666666666"', "null", "hexadecimal digits"),
        ('"3fe6666666666666"', "0.7", "hexadecimal digits"),
        ("3fe6666666666666", "7ff0000000000000", "tensor 's' is 0.7, but inf in exact"),
        ("3fe6666666666666", "7ff8000000000000", "tensor 's' is 0.7, but nan in exact"),
        ('"s": 0.7', '"S": 0.7', "JSON: exact has 's', but tensors does not"),
        ("[0.1, 0.3]", "[0.1]", "JSON: exact: tensor 'b' needs a string of 16 hexadecimal digits"),
    ],
)
def test_a_number_changed_in_one_place_is_refused(old, new, sentence):
    assert TEXT.count(old) == 1
    assert sentence in refusal(TEXT.replace(old, new))


def test_a_number_changed_in_both_places_is_read():
    tensors, _ = json.loads(
        TEXT.replace('"s": 0.7', '"s": 0.5').replace("3fe6666666666666", "3fe0000000000000")
    )
    assert tensors["s"] == 0.5


def test_exact_wins_over_a_decimal_that_was_rounded():
    tensors, _ = json.loads(TEXT.replace("0.4", "0.4000000001"))
    assert tensors["w"] == [[0.4], [0.2]]


def test_without_exact_the_decimals_are_read():
    model = standard.loads(TEXT)
    model["tensors"]["s"] = 7
    del model["exact"]["s"]
    assert json.loads(standard.dumps(model))[0] == {"w": [[0.4], [0.2]], "b": [0.1, 0.3], "s": 7.0}
    model["tensors"]["b"] = [8]
    del model["exact"]
    assert json.loads(standard.dumps(model))[0] == {"w": [[0.4], [0.2]], "b": [8.0], "s": 7.0}


def test_a_byte_order_mark_is_skipped():
    assert json.loads(b"\xef\xbb\xbf" + TEXT.encode()) == json.loads(TEXT)


# ---- what must be refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "JSON: the file is empty"),
        (" \n", "JSON: the file is empty"),
        ("[]", 'JSON: a model is an object with "format": "scratchnet"'),
        ("{}", 'JSON: a model is an object with "format": "scratchnet"'),
        (
            '{"format": 1, "metadata": {}, "tensors": {}}',
            'JSON: a model is an object with "format": "scratchnet"',
        ),
        (
            '{"format": "scratchnet", "metadata": {}}',
            "JSON: a model has format, metadata, tensors and perhaps exact",
        ),
        (
            '{"format": "scratchnet", "tensors": {}}',
            "JSON: a model has format, metadata, tensors and perhaps exact",
        ),
        (
            '{"format": "scratchnet", "metadata": {}, "tensors": {}, "exakt": {}}',
            "and no other key",
        ),
        (
            '{"format": "scratchnet", "metadata": [], "tensors": {}}',
            "JSON: metadata must be an object",
        ),
        (
            '{"format": "scratchnet", "metadata": {}, "tensors": null}',
            "JSON: tensors must be an object",
        ),
        (
            '{"format": "scratchnet", "metadata": {}, "tensors": {}, "exact": null}',
            "JSON: exact must be an object",
        ),
        (
            b'{"format": "\xff"}',
            "JSON: not UTF-8 text: 'utf-8' codec can't decode byte 0xff in position 12",
        ),
        ('{"format": "\udc80"}', "surrogates not allowed"),
    ],
)
def test_other_json_than_models_is_refused(text, sentence):
    assert sentence in refusal(text)


@pytest.mark.parametrize(
    "tensor, sentence",
    [
        ("true", "tensor 'a' is a bool; give a number"),
        ("null", "tensor 'a' is a NoneType; give a number"),
        ('["1"]', "tensor 'a'[0] is a str"),
        ("{}", "tensor 'a' is a dict"),
        ("[[]]", "tensor 'a': row 0 is empty"),
        ("[[1, 2], [3]]", "tensor 'a': row 1 must be a list of length 2, as row 0 is"),
        ("[[1], 2]", "tensor 'a': row 1 must be a list of length 1"),
        ("[1, [2]]", "tensor 'a'[1] is a list"),
        ("[[[1]]]", "tensor 'a'[0][0] is a list"),
        ("[NaN]", "line 1, column 61: expected a JSON value; NaN and Infinity are not JSON"),
        ("[1e999]", "line 1, column 61: 1e999 is beyond the range of a float"),
        ("9" * 10**6, "the number has more than 308 characters"),
        ('1, "a": 1', "the key 'a' appears twice in one object"),
    ],
)
def test_malformed_tensors_are_refused(tensor, sentence):
    text = '{"format": "scratchnet", "metadata": {}, "tensors": {"a":  ' + tensor + "}}"
    assert sentence in refusal(text)


LOOP = []
LOOP.append(LOOP)
DEEP = []
for _ in range(30):
    DEEP = [DEEP]  # 31 lists, and with the two objects around them one level too many


@pytest.mark.parametrize(
    "metadata, sentence",
    [
        ({"rate": float("nan")}, "model.metadata.rate is nan: JSON can hold finite numbers only"),
        ({"rates": [1, {"a": -float("inf")}]}, "model.metadata.rates[1].a is -inf"),
        ({"set": {1}}, "model.metadata.set is of type set: JSON can hold None, bools, numbers"),
        ({"bytes": b""}, "model.metadata.bytes is of type bytes"),
        ({"i": 1j}, "model.metadata.i is of type complex"),
        (
            {"seed": 10**307},
            "model.metadata.seed is of type int: JSON can hold None, bools, numbers of at most 308",
        ),
        ({"seed": -(10**307)}, "model.metadata.seed is of type int"),
        ({1: "one"}, "model.metadata has a key of type int: in JSON a key is a string"),
        ({"a": {None: 1}}, "model.metadata.a has a key of type NoneType"),
        ({"loop": LOOP}, "is nested more than 32 levels deep"),
        ({"deep": DEEP}, "is nested more than 32 levels deep"),
        ({"half": "\ud800"}, "surrogates not allowed"),
        ({"\udfff": 1}, "surrogates not allowed"),
    ],
)
def test_data_that_cannot_be_read_back_are_not_written(metadata, sentence):
    with pytest.raises(ValueError) as caught:
        json.dumps({}, metadata)
    assert sentence in str(caught.value)


def test_the_largest_metadata_that_can_be_written():
    metadata = {"deep": DEEP[0], "seeds": [10**307 - 1, 1 - 10**307]}
    assert json.loads(json.dumps({}, metadata)) == ({}, metadata)


@pytest.mark.parametrize(
    "value, place", [(float("nan"), "a[0]"), ([[1.0, -float("inf")]], "a[0][1]")]
)
def test_a_tensor_that_is_not_finite_is_not_written(value, place):
    with pytest.raises(ValueError) as caught:
        json.dumps({"a": value if isinstance(value, list) else [value]}, {})
    assert str(caught.value).startswith("model.tensors." + place + " is ")


def test_numbers_of_a_subclass_are_written_as_plain_numbers():
    class Celsius(float):
        def __repr__(self):
            return "warm"

    class Level(int):
        def __repr__(self):
            return "high"

    assert strict_json.dumps([Celsius(20.5), Level(3), (1, 2)], "x") == "[20.5,3,[1,2]]"


# ---- the strict reader -------------------------------------------------------------------------------------------


def strictly(text):
    return strict_json.loads(text if isinstance(text, bytes) else text.encode(), "x")


@pytest.mark.parametrize(
    "text, value",
    [
        (" [ ] ", []),
        ("\t{\r\n}", {}),
        ('{"a" : [ 1 , {} ] , "b":null}', {"a": [1, {}], "b": None}),
        ("[true, false]", [True, False]),
        ("0", 0),
        ("-0", -0.0),
        ("-12", -12),
        ("0.5e+2", 50.0),
        ("1E-2", 0.01),
        ("1e0", 1.0),
        ("9" * 308, 10**308 - 1),
        ("0." + "1" * 306, 1 / 9),
        ('"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'),
        ('"\\u00e9\\uD834\\uDd1e\\u0000"', "\u00e9\U0001d11e\0"),
        ('"\u00e9\U0001d11e\x7f"', "\u00e9\U0001d11e\x7f"),
        ('["a\\"b", " c"]', ['a"b', " c"]),
        ("[" * 32 + "]" * 32, eval("[" * 32 + "]" * 32)),
    ],
)
def test_json_is_read(text, value):
    assert repr(strictly(text)) == repr(value)


@pytest.mark.parametrize(
    "text, line, column, sentence",
    [
        ("", 1, 1, "expected a JSON value"),
        ("\n ", 2, 2, "expected a JSON value"),
        ("nul", 1, 1, "expected a JSON value"),
        ("nulls", 1, 5, "there is more text after the end of the value"),
        ("True", 1, 1, "expected a JSON value"),
        ("1 2", 1, 3, "there is more text"),
        ("1\0", 1, 2, "there is more text"),
        ("\0", 1, 1, "expected a JSON value"),
        ("\u00a01", 1, 1, "expected a JSON value"),
        ("\ufeff1", 1, 1, "expected a JSON value"),
        ("/**/1", 1, 1, "expected a JSON value"),
        ("+1", 1, 1, "expected a JSON value"),
        (".5", 1, 1, "expected a JSON value"),
        ("-", 1, 2, "expected a digit"),
        ("-.5", 1, 2, "expected a digit"),
        ("1.", 1, 3, "expected a digit"),
        ("1.e5", 1, 3, "expected a digit"),
        ("1e", 1, 3, "expected a digit"),
        ("1e+", 1, 4, "expected a digit"),
        ("01", 1, 2, "there is more text"),
        ("-01", 1, 3, "there is more text"),
        ("1_0", 1, 2, "there is more text"),
        ("0x1", 1, 2, "there is more text"),
        ("\u0661", 1, 1, "expected a JSON value"),
        (" 1e400", 1, 2, "1e400 is beyond the range of a float"),
        (" " + "1" * 309, 1, 2, "the number has more than 308 characters"),
        ("[", 1, 2, "expected a JSON value"),
        ("[1", 1, 3, "expected a comma or ]"),
        ("[1 2]", 1, 4, "expected a comma or ]"),
        ("[1,]", 1, 4, "expected a JSON value"),
        ("[,1]", 1, 2, "expected a JSON value"),
        ("[1}", 1, 3, "expected a comma or ]"),
        ("]", 1, 1, "expected a JSON value"),
        ("{", 1, 2, "expected a key in double quotes"),
        ("{a: 1}", 1, 2, "expected a key in double quotes"),
        ("{'a': 1}", 1, 2, "expected a key in double quotes"),
        ('{"a"}', 1, 5, "expected a colon"),
        ('{"a": }', 1, 7, "expected a JSON value"),
        ('{"a": 1 "b"', 1, 9, "expected a comma or }"),
        ('{"a": 1,}', 1, 9, "expected a key in double quotes"),
        ('{"a": 1]', 1, 8, "expected a comma or }"),
        ('{"a": 1,\n "\u00e9": 2, "a": 3}', 2, 10, "the key 'a' appears twice in one object"),
        ('{"a": {"b": 1, "b": 1}}', 1, 16, "the key 'b' appears twice in one object"),
        ('"', 1, 1, "this string never ends"),
        ('["\u00e9", "a', 1, 7, "this string never ends"),
        ('"\\"', 1, 1, "this string never ends"),
        ('"\\', 1, 1, "this string never ends"),
        ('"a\nb"', 1, 2, "the control characters in this string must be written as escapes"),
        ('" \x1f"', 1, 2, "the control characters in this string"),
        ('"a\\n\0"', 1, 5, "the control characters in this string"),
        ('"\\x41"', 1, 2, "this escape does not stand for a character"),
        ('"\\u12"', 1, 2, "this escape does not stand for a character"),
        ('"\\u', 1, 1, "this string never ends"),
        ('"\\u+123"', 1, 2, "this escape does not stand for a character"),
        ('"a\\ud800"', 1, 3, "this escape does not stand for a character"),
        ('"\\udc00"', 1, 2, "this escape does not stand for a character"),
        ('"\\ud800\\u0041"', 1, 2, "this escape does not stand for a character"),
        ('"\\ud800\\ud800"', 1, 2, "this escape does not stand for a character"),
        ('"\\ud800\\u"', 1, 2, "this escape does not stand for a character"),
        ("[" * 33, 1, 33, "nested more than 32 levels deep"),
        ("[" * 100000, 1, 33, "nested more than 32 levels deep"),
        ('{"a":' * 33, 1, 161, "nested more than 32 levels deep"),
    ],
)
def test_invalid_json_is_refused_with_its_position(text, line, column, sentence):
    with pytest.raises(ValueError) as caught:
        strictly(text)
    assert str(caught.value).startswith("x, line {}, column {}: {}".format(line, column, sentence))


def by_the_standard_library(text):
    """Return the standard library's value of a JSON text, and refuse what strict JSON refuses."""

    def members(pairs):
        if len({key for key, _ in pairs}) < len(pairs):
            raise ValueError("a key appears twice")
        return dict(pairs)

    def constant(name):
        raise ValueError(name)

    def whole(text):
        return -0.0 if text == "-0" else int(text)

    value = standard.loads(
        text, object_pairs_hook=members, parse_constant=constant, parse_int=whole
    )
    standard.dumps(
        value, ensure_ascii=False, allow_nan=False
    ).encode()  # refuses infinity and half surrogate pairs
    return value


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    " ",
    "\n",
    '"',
    '"',
    "\\",
    "/",
    "u",
    "\\u0061",
    "\\ud834",
    "\\udd1e",
    "\\n",
]
PIECES += [
    "0",
    "1",
    "-",
    "+",
    ".",
    "e",
    "E5",
    "9999",
    "true",
    "false",
    "null",
    "NaN",
    "a",
    '"a":',
    '"b":',
    "\u00e9",
]
PIECES += ["\t", "\0", "1e999", "\ufeff", "\u00a0", "\U0001d11e", "[]", "{}", '""', "1,", '"a",']


@given(
    st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=12),
        any_values(FLOATS).map(standard.dumps).map(list),
    ),
    st.data(),
)
def test_texts_and_values_are_those_of_the_standard_library(pieces, data):
    for _ in range(data.draw(st.integers(0, 2))):
        place = data.draw(st.integers(0, len(pieces)))
        pieces = (
            pieces[:place]
            + [data.draw(st.sampled_from(PIECES))]
            + pieces[place + data.draw(st.integers(0, 1)) :]
        )
    text = "".join(pieces)
    try:
        expected = by_the_standard_library(text)
    except ValueError:
        with pytest.raises(ValueError):
            strictly(text)
    else:
        assert repr(strictly(text)) == repr(expected)


@given(METADATA, st.sampled_from(["", "\n"]))
def test_the_standard_library_reads_our_json(value, margin):
    text = strict_json.dumps(value, "x", margin)
    assert repr(by_the_standard_library(text)) == repr(value)
    assert margin or text == standard.dumps(value, ensure_ascii=False, separators=(",", ":"))


@given(
    st.one_of(
        st.binary(max_size=40),
        st.lists(st.sampled_from(PIECES)).map(lambda them: "".join(them).encode()),
    )
)
def test_any_bytes_are_read_or_refused(data):
    try:
        strictly(data)
    except ValueError as error:
        assert str(error).startswith("x") and "\n" not in str(error) and len(str(error)) < 500


@given(st.integers(0, len(TEXT)), st.integers(0, 3), st.sampled_from(PIECES))
def test_a_damaged_model_is_read_or_refused(begin, length, piece):
    text = TEXT[:begin] + piece + TEXT[begin + length :]
    try:
        json.loads(text)
    except ValueError:
        refusal(text)
