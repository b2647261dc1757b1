"""The safetensors codec: bit-exact, at one with the official library, and hard to fool."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_models import EXTREME, TEXTS, any_tensors, any_values

from scratchnet.formats import files, safetensors, strict_json


def file(header, data=b""):
    """Return a file with this header, text or bytes, and these bytes of data."""
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header)) + header + data


def entry(name="a", dtype='"F64"', shape="[1]", offsets="[0, 8]"):
    return '"{}": {{"dtype": {}, "shape": {}, "data_offsets": {}}}'.format(
        name, dtype, shape, offsets
    )


def tensor(data=bytes(8), **parts):
    """Return a file of one tensor."""
    return file("{" + entry(**parts) + "}", data)


def refusal(data):
    """Return the error message; it must be one short sentence."""
    with pytest.raises(ValueError) as caught:
        safetensors.loads(data)
    sentence = str(caught.value)
    assert sentence.startswith("safetensors: ") or sentence.startswith("safetensors: header, line ")
    assert "\n" not in sentence and len(sentence) < 1500
    return sentence


def bits(tensor):
    """Return a value that is equal for two tensors if and only if all their bits are."""
    shape, numbers = safetensors.flatten("a", tensor)
    return shape, struct.pack("<{}d".format(len(numbers)), *numbers)


# ---- round trips -------------------------------------------------------------------------------------------------

FLOATS = st.one_of(
    st.floats(),
    st.integers(0, 2**64 - 1).map(lambda word: struct.unpack("<d", struct.pack("<Q", word))[0]),
    st.sampled_from(EXTREME),
)
TENSORS = any_tensors(FLOATS)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
METADATA = st.dictionaries(TEXTS, any_values(FINITE), max_size=4)


@given(TENSORS, METADATA)
def test_a_round_trip_keeps_every_bit(tensors, metadata):
    read, read_metadata = safetensors.loads(safetensors.dumps(tensors, metadata))
    assert {name: bits(read[name]) for name in read} == {
        name: bits(tensors[name]) for name in tensors
    }
    assert repr(read_metadata) == repr(metadata)  # tells 1, 1.0 and True apart, and 0.0 from -0.0


def test_a_nan_keeps_its_payload():
    word = 0xFFF8DEADBEEF0001
    data = tensor(struct.pack("<Q", word))
    tensors, _ = safetensors.loads(data)
    assert struct.unpack("<Q", safetensors.dumps(tensors, {})[-8:]) == (word,)


def test_the_bytes_of_a_file():
    header = (
        rb'{"__metadata__":{"scratchnet":"{\"inputs\":2}"},'
        rb'"b":{"dtype":"F64","shape":[],"data_offsets":[0,8]},'
        rb'"w":{"dtype":"F64","shape":[3,2],"data_offsets":[8,56]}}'
    )
    padded = header + b" " * (-len(header) % 8)
    expected = struct.pack("<Q", len(padded)) + padded + struct.pack("<7d", 7, 1, 2, 3, 4, 5, 6)
    assert len(padded) > len(header)
    assert safetensors.dumps({"w": [[1, 2], [3, 4], [5, 6]], "b": 7}, {"inputs": 2}) == expected


@given(TENSORS, METADATA)
def test_the_order_of_the_tensors_does_not_matter_and_the_numbers_are_aligned(tensors, metadata):
    data = safetensors.dumps(tensors, metadata)
    assert data == safetensors.dumps(
        {name: tensors[name] for name in reversed(sorted(tensors))}, metadata
    )
    assert data[8:9] == b"{" and struct.unpack("<Q", data[:8])[0] % 8 == 0


# ---- what may be read --------------------------------------------------------------------------------------------


def test_empty_tensors_and_an_empty_file():
    assert safetensors.loads(file("{}")) == ({}, {})
    assert safetensors.loads(tensor(b"", shape="[0]", offsets="[0, 0]")) == ({"a": []}, {})


def test_header_entries_in_any_order_and_white_space():
    late, early = entry("late", offsets="[8, 16]"), entry("early")
    data = struct.pack("<2d", 1, 2)
    expected = {"late": [2.0], "early": [1.0]}
    assert safetensors.loads(file("{ " + late + " ,\n" + early + " }   ", data)) == (expected, {})


def test_the_metadata_of_another_program():
    assert safetensors.loads(file('{"__metadata__": {"format": "pt"}}')) == ({}, {})


def test_narrower_floats_are_widened_exactly():
    third = struct.unpack("<f", struct.pack("<f", 1 / 3))[0]
    data = struct.pack("<4f", third, -0.0, 1e-45, float("inf"))
    tensors, _ = safetensors.loads(tensor(data, dtype='"F32"', shape="[2, 2]", offsets="[0, 16]"))
    assert bits(tensors["a"]) == ([2, 2], struct.pack("<4d", third, -0.0, 2**-149, float("inf")))
    # From the definitions: 1 sign, 5 exponent and 10 fraction bits, bias 15; 1 sign, 8 exponent and 7 fraction bits.
    halves = struct.pack("<4H", 0x3555, 0x8000, 0x0001, 0xFC00)
    tensors, _ = safetensors.loads(tensor(halves, dtype='"F16"', shape="[4]"))
    assert bits(tensors["a"])[1] == struct.pack("<4d", 1365 / 4096, -0.0, 2**-24, float("-inf"))
    brains = struct.pack("<4H", 0x3EAB, 0x8000, 0x0001, 0xFF80)
    tensors, _ = safetensors.loads(tensor(brains, dtype='"BF16"', shape="[4]"))
    assert bits(tensors["a"])[1] == struct.pack("<4d", 171 / 512, -0.0, 2**-133, float("-inf"))


# ---- what must be refused ----------------------------------------------------------------------------------------

MALFORMED = {
    # the specification's frame: 8 bytes, a header of that size, at most 100 MB, "{" first
    "nothing": (b"", "0 bytes; a safetensors file has at least 8"),
    "seven bytes": (bytes(7), "7 bytes"),
    "header of size 0": (bytes(8), "the header must begin with {"),
    "header longer than the file": (
        struct.pack("<Q", 3) + b"{}",
        "its header should have 3 bytes, but only 2 are",
    ),
    "header longer than any file": (
        struct.pack("<Q", 2**64 - 1) + b"{}",
        "a header of 18446744073709551615 bytes",
    ),
    "header above the bound": (
        struct.pack("<Q", 10**7 + 1) + b"{}",
        "of 10000001 bytes; at most 10000000",
    ),
    "space before the header": (file(" {}"), "must begin with {"),
    "byte order mark": (file(b"\xef\xbb\xbf{}"), "must begin with {"),
    "an array": (file("[]"), "must begin with {"),
    "a second value": (
        file("{}{}"),
        "header, line 1, column 3: there is more text after the end of the value",
    ),
    "padding with zeros": (file(b"{}\0\0"), "column 3: there is more text"),
    # its JSON
    "not UTF-8": (file(b'{"\xff": 1}'), "header: not UTF-8 text"),
    "an overlong encoding": (file(b'{"\xc0\xaf": 1}'), "not UTF-8 text"),
    "a surrogate in UTF-8": (file(b'{"\xed\xa0\x80": 1}'), "not UTF-8 text"),
    "cut off": (file('{"a": {'), "line 1, column 8: expected a key"),
    "NaN": (tensor(shape="[NaN]"), "expected a JSON value; NaN and Infinity are not JSON"),
    "Infinity": (tensor(shape="[Infinity]"), "expected a JSON value"),
    "-Infinity": (tensor(shape="[-Infinity]"), "expected a digit"),
    "a number of a million digits": (
        tensor(shape="[" + "9" * 10**6 + "]"),
        "more than 308 characters",
    ),
    "a hundred thousand brackets": (
        file('{"a":' + "[" * 10**5),
        "column 37: nested more than 32 levels deep",
    ),
    "a hundred thousand braces": (file('{"a":' * 10**5), "nested more than 32 levels deep"),
    # duplicate keys, at every level
    "a tensor twice": (
        file("{" + entry() + ", " + entry() + "}", bytes(8)),
        "the key 'a' appears twice",
    ),
    "a tensor twice, once escaped": (
        file("{" + entry() + ", " + entry(name="\\u0061") + "}", bytes(8)),
        "the key 'a' appears twice",
    ),
    "dtype twice": (tensor(dtype='"F64", "dtype": "F32"'), "the key 'dtype' appears twice"),
    "metadata twice": (
        file('{"__metadata__": {}, "__metadata__": {}}'),
        "the key '__metadata__' appears twice",
    ),
    "a metadata key twice": (
        file('{"__metadata__": {"a": "", "a": ""}}'),
        "the key 'a' appears twice",
    ),
    # metadata
    "metadata that is no object": (
        file('{"__metadata__": ["a"]}'),
        "__metadata__ must be an object of strings",
    ),
    "metadata that is null": (
        file('{"__metadata__": null}'),
        "__metadata__ must be an object of strings",
    ),
    "metadata that is no string": (
        file('{"__metadata__": {"a": 1}}'),
        "__metadata__ must be an object of strings",
    ),
    "our metadata no object": (
        file('{"__metadata__": {"scratchnet": "[]"}}'),
        "'scratchnet' must hold a JSON object",
    ),
    "our metadata no JSON": (
        file('{"__metadata__": {"scratchnet": "{"}}'),
        "metadata, line 1, column 2: expected a",
    ),
    # an entry
    "no object": (
        file('{"a": 1}'),
        "tensor 'a': its entry must be an object of dtype, shape and data_offsets",
    ),
    "no dtype": (
        file('{"a": {"shape": [1], "data_offsets": [0, 8]}}', bytes(8)),
        "its entry must be an object of dtype",
    ),
    "one key more": (tensor(dtype='"F64", "strides": [1]'), "its entry must be an object of dtype"),
    "another dtype": (
        tensor(dtype='"I64"'),
        "its dtype is 'I64'; F64, F32, F16 and BF16 can be read",
    ),
    "no such dtype": (tensor(dtype='"f64"'), "its dtype is 'f64'"),
    "a dtype that is no string": (tensor(dtype="[64]"), "its dtype is not a string"),
    "a shape that is a number": (tensor(shape="1"), "its shape must be a list of whole numbers"),
    "a negative shape": (tensor(shape="[-1]"), "none negative"),
    "two negatives": (tensor(shape="[-1, -1]"), "none negative"),
    "negative zero": (
        tensor(b"", shape="[-0]", offsets="[0, 0]"),
        "its shape must be a list of whole numbers",
    ),
    "a fractional shape": (tensor(shape="[1.0]"), "its shape must be a list of whole numbers"),
    "a bool for a length": (tensor(shape="[true]"), "its shape must be a list of whole numbers"),
    "a string for a length": (tensor(shape='["1"]'), "its shape must be a list of whole numbers"),
    "three dimensions": (tensor(shape="[1, 1, 1]"), "it has 3 dimensions; at most 2 can be read"),
    "a million dimensions": (tensor(shape="[" + "1," * 10**5 + "1]"), "it has 100001 dimensions"),
    "one offset": (tensor(offsets="[8]"), "its data_offsets must be two whole numbers"),
    "three offsets": (tensor(offsets="[0, 8, 8]"), "its data_offsets must be two whole numbers"),
    "a bool for an offset": (
        tensor(offsets="[false, 8]"),
        "its data_offsets must be two whole numbers",
    ),
    "a negative offset": (
        tensor(offsets="[-8, 0]"),
        "its data_offsets must be two whole numbers, neither negative",
    ),
    # the layout
    "a shape that needs more": (
        tensor(shape="[2]"),
        "bytes 0 to 8, but shape [2] and F64 need 16 bytes",
    ),
    "a shape that needs less": (
        tensor(shape="[]", dtype='"F32"'),
        "but shape [] and F32 need 4 bytes",
    ),
    "a product that overflows": (
        tensor(b"", shape="[4294967296, 536870912]", offsets="[0, 0]"),
        "bytes 0 to 0, but shape [4294967296, 536870912] and F64 need 18446744073709551616 bytes",
    ),
    "a product of huge lengths": (
        tensor(shape="[{0}, {0}]".format("9" * 300)),
        "bytes 0 to 8, but shape [999",
    ),
    "offsets backwards": (
        tensor(offsets="[8, 0]"),
        "begins at byte 8 of the data; it must begin at byte 0",
    ),
    "offsets that end early": (tensor(b"", shape="[0]", offsets="[0, 8]"), "need 0 bytes"),
    "the data cut short": (tensor(bytes(7)), "ends at byte 8 of the data, which has 7"),
    "no data": (tensor(b""), "ends at byte 8 of the data, which has 0"),
    "huge offsets": (tensor(shape="[1]", offsets="[0, {}]".format("9" * 300)), "need 8 bytes"),
    "a hole before": (
        tensor(bytes(16), offsets="[8, 16]"),
        "begins at byte 8 of the data; it must begin at byte 0",
    ),
    "a hole between": (
        file("{" + entry() + ", " + entry("b", offsets="[16, 24]") + "}", bytes(24)),
        "tensor 'b' begins at byte 16 of the data; it must begin at byte 8",
    ),
    "an overlap": (
        file("{" + entry() + ", " + entry("b", offsets="[4, 12]") + "}", bytes(12)),
        "tensor 'b' begins at byte 4 of the data; it must begin at byte 8",
    ),
    "the same bytes twice": (
        file("{" + entry() + ", " + entry("b") + "}", bytes(8)),
        "tensor 'b' begins at byte 0",
    ),
    "trailing bytes": (tensor(bytes(9)), "the last tensor ends at byte 8 of the data, which has 9"),
    "bytes without a tensor": (file("{}", bytes(1)), "ends at byte 0 of the data, which has 1"),
    "a billion empty rows": (
        tensor(b"", shape="[1000000000, 0]", offsets="[0, 0]"),
        "a matrix must not be empty",
    ),
    "no rows": (
        tensor(b"", shape="[0, 3]", offsets="[0, 0]"),
        "has shape [0, 3]; a matrix must not be empty",
    ),
    # what an error shows of a hostile file
    "a name that moves the cursor": (
        file(b'{"\xc2\x9b2J\\n": 1}'),
        r"tensor '\x9b2J\n': its entry",
    ),
    "a name of a megabyte": (
        file('{"' + "a" * 10**6 + '": 1}'),
        "tensor '" + "a" * 56 + "...: its entry",
    ),
}


@pytest.mark.parametrize("case", sorted(MALFORMED))
def test_a_malformed_file_is_refused_in_one_sentence(case):
    data, sentence = MALFORMED[case]
    assert sentence in refusal(data)


def test_every_cut_is_refused():
    data = safetensors.dumps({"w": [[1.0, 2.0]], "b": [0.5]}, {"layers": ["Dense"]})
    for size in range(len(data)):
        refusal(data[:size])


@pytest.mark.parametrize(
    "tensors, metadata, sentence",
    [
        ({"a": "text"}, {}, "tensor 'a' is a str; give a number"),
        ({"a": [True]}, {}, "tensor 'a'[0] is a bool"),
        ({"a": [1.0, [2.0]]}, {}, "tensor 'a'[1] is a list"),
        ({"a": [[1.0], [None]]}, {}, "tensor 'a'[1][0] is a NoneType"),
        (
            {"a": [[1.0, 2.0], [3.0]]},
            {},
            "tensor 'a': row 1 must be a list of length 2, as row 0 is",
        ),
        ({"a": [[1.0], 2.0]}, {}, "tensor 'a': row 1 must be a list of length 1"),
        ({"a": [[]]}, {}, "tensor 'a': row 0 is empty"),
        ({"a": [[[1.0]]]}, {}, "tensor 'a'[0][0] is a list"),
        ({"__metadata__": [1.0]}, {}, "a tensor is called __metadata__"),
        ({1: [1.0]}, {}, "header has a key of type int"),
        ({}, {"rate": float("nan")}, "metadata.rate is nan"),
        ({}, {"file": "\udcff"}, "surrogates not allowed"),
    ],
)
def test_data_that_cannot_be_read_back_are_not_written(tensors, metadata, sentence):
    with pytest.raises(ValueError) as caught:
        safetensors.dumps(tensors, metadata)
    assert sentence in str(caught.value)


def test_a_header_above_the_bound_is_neither_written_nor_read(monkeypatch):
    monkeypatch.setattr(safetensors, "LARGEST_HEADER", 40)
    data = safetensors.dumps({}, {})
    assert len(data) == 8 + 40 and safetensors.loads(data) == ({}, {})
    with pytest.raises(ValueError) as caught:
        safetensors.dumps({"a": 1.0}, {})
    assert str(caught.value) == "safetensors: the header has 88 bytes; the limit is 40"
    assert "a header of 41 bytes; at most 40 are read" in refusal(file("{}" + " " * 39))


# ---- hostile files: whatever the bytes, a ValueError or a model, soon and in little memory --------------------------

VALID = safetensors.dumps(
    {"0.weights": [[1.0, 2.0]], "0.bias": [0.5], "t": 3.0}, {"layers": [{"Dense": 2.5}]}
)
PIECES = [
    b"",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"\\",
    b":",
    b",",
    b"0",
    b"-",
    b"e9",
    b"8",
    b"1.5",
    b"null",
    b'"a":',
]
PIECES += [
    b"\n",
    b" ",
    b"\0",
    b"\xff",
    b"\xc3\xa9",
    b"\\u0061",
    b"\\ud800",
    b'"__metadata__":{},',
    b'"shape":',
    b"NaN",
]


@st.composite
def damaged(draw):
    """Draw a valid file with some pieces replaced, and a header size that fits or not."""
    data = bytearray(VALID)
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = min(len(data), begin + draw(st.sampled_from([0, 1, 1, 2, 5, 20])))
        data[begin:end] = draw(
            st.one_of(st.sampled_from(PIECES), st.binary(min_size=1, max_size=2))
        )
    if draw(st.booleans()):
        data[:8] = struct.pack("<Q", max(0, len(data) - 40))  # VALID ends in 32 bytes of numbers
    return bytes(data)


def read_or_refuse(data):
    """Return the model as bits, or None if a ValueError of one short sentence refuses it."""
    try:
        tensors, metadata = safetensors.loads(data)
    except ValueError:
        refusal(data)
        return None
    return {name: bits(tensors[name]) for name in tensors}, metadata


@given(
    st.one_of(
        damaged(),
        st.binary(),
        st.lists(st.sampled_from(PIECES)).map(lambda pieces: file(b"".join(pieces))),
    )
)
def test_a_damaged_file_is_read_or_refused(data):
    read_or_refuse(data)


@given(st.integers(0, len(VALID) - 1), st.integers(0, 255))
def test_a_damaged_byte_is_read_or_refused(place, byte):
    read_or_refuse(VALID[:place] + bytes([byte]) + VALID[place + 1 :])


def repeated(piece, size, begin=b'{"a":[', end=b"]}"):
    return file(begin + piece * (size // len(piece)) + end)


BOMBS = [
    b"[],",
    b"{},",
    b'"",',
    b'{"":0},',
    b'{"a":[]},',
    b"1.5,",
    b"999,",
    b'"\\u1234\\n",',
    b" ",
    b"\n",
    b"1",
    b"[",
]


@pytest.mark.parametrize("piece", BOMBS)
def test_a_hostile_header_takes_memory_in_proportion_to_its_size(piece):
    tracemalloc = pytest.importorskip("tracemalloc")
    data = repeated(piece, 30000)
    tracemalloc.start()
    refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100 * len(
        data
    )  # ninety times in Python 3.7, where an empty dict takes 240 bytes; now thirty


@pytest.mark.parametrize("dtype, size", [("F64", 8), ("F32", 4), ("F16", 2), ("BF16", 2)])
def test_no_more_numbers_are_read_than_a_model_can_have(dtype, size, monkeypatch):
    """A file can hold many small tensors: their numbers are counted before any is unpacked."""
    half = dict(dtype='"{}"'.format(dtype), shape="[5, 10]")
    entries = [entry(offsets="[0, {}]".format(50 * size), **half)]
    entries.append(entry("b", offsets="[{}, {}]".format(50 * size, 100 * size), **half))
    data = file("{" + ", ".join(entries) + "}", bytes(100 * size))
    monkeypatch.setattr(files, "MOST_NUMBERS", 100)
    assert sorted(safetensors.loads(data)[0]) == ["a", "b"]
    monkeypatch.setattr(files, "MOST_NUMBERS", 99)
    monkeypatch.setattr(safetensors, "_tensor", None)
    assert refusal(data) == "safetensors: 100 numbers; a model has at most 99"


def test_narrow_floats_take_no_more_memory_than_others():
    """Reading takes at most 4 bytes more per number, for BF16 is widened to 32 bits."""
    tracemalloc = pytest.importorskip("tracemalloc")
    count, peaks = 20000, {}
    for dtype, size in (("F32", 4), ("F16", 2), ("BF16", 2)):
        parts = dict(
            dtype='"{}"'.format(dtype),
            shape="[{}]".format(count),
            offsets="[0, {}]".format(size * count),
        )
        data = tensor(bytes(size * count), **parts)
        tracemalloc.start()
        safetensors.loads(data)
        peaks[dtype] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert max(peaks.values()) <= peaks["F32"] + 4 * count


class Searched(bytes):
    """Bytes that count how many of them are searched."""

    count = 0

    def find(self, piece, start, end=None):
        place = bytes.find(self, piece, start, len(self) if end is None else end)
        self.count += (place if place >= 0 else len(self) if end is None else end) - start
        return place


@pytest.mark.parametrize("escape", [b'\\"', b"\\n"])
def test_a_string_is_searched_once_for_its_end(escape):
    reader = strict_json._Reader(b"", "the header")
    reader.data = Searched(b'"' + escape * 5000 + b'"')
    assert len(reader.string()) == 5000
    assert (
        5000 <= reader.data.count < 2 * len(reader.data)
    )  # to search again after every escape: 5000 times as many


# ---- the official library ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def official():
    pytest.importorskip("numpy")
    return pytest.importorskip("safetensors.numpy")


@given(tensors=TENSORS, metadata=METADATA)
def test_the_official_library_writes_the_same_bytes_and_reads_ours(official, tensors, metadata):
    import numpy

    from scratchnet.formats import strict_json

    tensors.pop("__metadata__", None)
    arrays = {name: numpy.array(tensors[name], dtype="<f8") for name in tensors}
    ours = safetensors.dumps(tensors, metadata)
    assert official.save(arrays, {"scratchnet": strict_json.dumps(metadata, "metadata")}) == ours
    theirs = official.load(ours)
    assert {
        name: (theirs[name].dtype, theirs[name].shape, theirs[name].tobytes()) for name in theirs
    } == {name: (arrays[name].dtype, arrays[name].shape, arrays[name].tobytes()) for name in arrays}


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_files_of_the_official_library_are_read(official, dtype):
    import numpy

    random = numpy.random.RandomState(7)
    arrays = {
        "w": random.randn(4, 3),
        "b": random.randn(3),
        "s": numpy.array(0.1),
        "n": numpy.array([6e-8, -0.0]),
    }
    arrays = {name: arrays[name].astype(dtype) for name in arrays}
    tensors, metadata = safetensors.loads(official.save(arrays, {"format": "np"}))
    assert metadata == {}
    for name in arrays:
        assert bits(tensors[name]) == (
            list(arrays[name].shape),
            arrays[name].astype("<f8").tobytes(),
        )


@given(data=damaged())
def test_files_that_we_read_the_official_library_reads_too(official, data):
    model = read_or_refuse(data)
    if model is not None:
        theirs = official.load(data)
        assert {
            name: (list(theirs[name].shape), theirs[name].astype("<f8").tobytes())
            for name in theirs
        } == model[0]


# Files that the official library takes: what our tensors cannot hold, and rules that it states and does not enforce.
LENIENT = [
    "another dtype",
    "three dimensions",
    "a billion empty rows",
    "no rows",
    "one key more",
    "a tensor twice",
]
LENIENT += [
    "a tensor twice, once escaped",
    "a metadata key twice",
    "metadata that is null",
    "space before the header",
]
LENIENT += ["our metadata no object", "our metadata no JSON"]


@pytest.mark.parametrize("case", sorted(set(MALFORMED) - set(LENIENT)))
def test_the_official_library_refuses_it_too(official, case):
    data, _ = MALFORMED[case]
    with pytest.raises(Exception):  # noqa: B017 (its own exception type is part of no interface)
        official.load(data)
