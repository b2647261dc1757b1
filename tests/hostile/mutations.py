"""Damage to files: bytes at random, numbers at their limits, and JSON values of other kinds.

mutated   returns the bytes of a file, damaged a little
"""

import gzip
import json
import re
import struct

LIMITS = [
    0,
    1,
    2,
    7,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32,
    2**53,
    2**63,
    2**64,
    10**100,
    -1,
    -(2**63),
]
NUMERALS = '0 -0 -1 1e308 1e309 -1e999 5e-324 NaN Infinity -Infinity 1e 01 +1 1. 0x10 1_000 .5 null true {} [] "1"'.split()
WORDS = [
    "",
    "a",
    "0.weights",
    "Dense",
    "Dropout",
    "type",
    "version",
    "__class__",
    "\0",
    "\x1b[31m",
    "\u202e",
    "x" * 300,
    "NaN",
    "..",
    "%s",
    "\n",
]


def mutated(data, name, source):
    """Return the contents of the file ``name`` with some damage; ``source`` is a random.Random."""
    if name.endswith(".gz") and source.random() < 0.6:
        return gzip.compress(mutated(gzip.decompress(data), name[:-3], source))
    if name.endswith(".json") and source.random() < 0.7:
        return json.dumps(other_tree(json.loads(data.decode()), source)).encode()
    if name.endswith(".safetensors") and source.random() < 0.7:
        return with_other_header(data, source)
    for _ in range(source.choice([1, 1, 1, 2, 5, 20])):
        data = other_bytes(bytearray(data), source)
    return data


def other_bytes(data, source):
    """Return the bytes with one change."""
    start = source.randrange(len(data) + 1)
    end = min(len(data), start + source.choice([1, 2, 4, 8, 64]))
    kind = source.randrange(8)
    if kind == 0 and data:
        data[start % len(data)] ^= 1 << source.randrange(8)
    elif kind == 1:
        del data[start:end]
    elif kind == 2:
        del data[start:]
    elif kind == 3:
        data[start:start] = data[start:end] * source.choice([1, 10])
    elif kind == 4:
        form = source.choice(["<B", "<H", "<I", "<Q", ">I"])
        value = source.choice(LIMITS) % (1 << 8 * struct.calcsize(form))
        data[start : start + struct.calcsize(form)] = struct.pack(form, value)
    elif kind == 5:
        numbers = list(re.finditer(rb"-?\d+(\.\d+)?", bytes(data)))
        if numbers:
            number = source.choice(numbers)
            data[number.start() : number.end()] = source.choice(NUMERALS).encode()
    elif kind == 6:
        data[start:start] = source.choice(WORDS).encode()
    else:
        data[start:end] = bytes(end - start)
    return bytes(data)


def with_other_header(data, source):
    """Return a .safetensors file with another header, or with other JSON in its header."""
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + size].decode())
    own = header.get("__metadata__", {}).get("scratchnet")
    if own and source.random() < 0.6:
        header["__metadata__"]["scratchnet"] = json.dumps(other_tree(json.loads(own), source))
    else:
        header = other_tree(header, source)
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + size :]


def other_tree(tree, source):
    """Return a JSON value with some values replaced, removed, repeated or renamed."""
    for _ in range(source.choice([1, 1, 2, 3])):
        places = list(places_in(tree))
        if not places:
            return other_value(source)
        parent, key = source.choice(places)
        kind = source.randrange(5)
        if kind == 0:
            del parent[key]
        elif kind == 1 and isinstance(parent, dict):
            parent[source.choice(WORDS)] = parent.pop(key)
        elif kind == 2 and isinstance(parent[key], (list, str)):
            parent[key] = parent[key] * 2
        else:
            parent[key] = other_value(source)
    return tree


def places_in(tree):
    """Yield each container in a JSON value with each of its keys."""
    if isinstance(tree, (dict, list)):
        keys = list(tree) if isinstance(tree, dict) else range(min(20, len(tree)))
        for key in keys:
            yield tree, key
            yield from places_in(tree[key])


def other_value(source):
    nested = 0
    for _ in range(source.choice([0, 1, 40, 400])):
        nested = [nested]
    return source.choice(
        LIMITS + WORDS + [None, True, 0.5, -0.5, 1e300, float("nan"), [], {}, [0.5] * 3, [[1], []]] + [nested]
    )  # fmt: skip
