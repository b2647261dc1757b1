"""Which rows a model was trained on, without the rows: the smallest of their hashes.

    of       the fingerprint of training samples
    share    about which fraction of other samples is among them

>>> X = [[i / 7, i % 3] for i in range(1000)]
>>> labels = ["yes", "no"] * 500
>>> known = of(X, labels)
>>> share(X, labels, known), share(X, labels[::-1], known)
(1.0, 0.0)
"""

import hashlib
from heapq import nsmallest

from ..engines.packed import pack_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, Sequence

KEPT = 200  # hashes in a model
BYTES = 5  # of a hash


def of(X: "Any", targets: "Sequence[Any]") -> "Dict[str, Any]":
    """Return the number of samples and the smallest of their hashes, in one text."""
    return {"count": len(X), "hashes": "".join(nsmallest(KEPT, set(_hashes(X, targets))))}


def share(X: "Any", targets: "Sequence[Any]", known: "Any") -> float:
    """Return about which fraction of the samples is known; 0 if that is not known."""
    text = known.get("hashes") if isinstance(known, dict) else None
    if not text or not isinstance(text, str):
        return 0.0
    seen = {text[i : i + 2 * BYTES] for i in range(0, len(text), 2 * BYTES)}
    limit = max(seen) if len(seen) == KEPT else "g"  # above all hexadecimal digits
    near = [text for text in _hashes(X, targets) if text <= limit]
    return len([text for text in near if text in seen]) / len(near) if near else 0.0


def _hashes(X: "Any", targets: "Sequence[Any]") -> "Iterator[str]":
    for target, row in zip(targets, pack_rows(X, list(range(len(X))))):
        # A quantity has lost its last bits when it was scaled.
        text = target if isinstance(target, str) else f"{target:.9g}"
        data = row + text.encode("utf-8")
        yield hashlib.blake2b(data, digest_size=BYTES).hexdigest()
