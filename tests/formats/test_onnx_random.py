"""Random graphs against onnxruntime: what is read is computed alike, and what no network computes is refused."""

import pytest
from hypothesis import settings
from onnx_files import run

from scratchnet.formats import models
from scratchnet.formats import onnx as codec

pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
random_graphs = pytest.importorskip("random_graphs")

BLOCKS = 10
EACH = 40 if settings.default.max_examples > 10 else 8


def outcome(seed):
    """Return "right", "refused" or "invalid"; a difference to onnxruntime fails."""
    content, in_order, X = random_graphs.graph(seed)
    try:
        expected = run(in_order, X, "float32")
    except Exception:  # onnxruntime has an error of its own for each kind of mistake
        return "invalid"
    try:
        net = models._network(*codec.loads(content), custom=())
    except ValueError as error:
        assert str(error).startswith("ONNX: the ") and len(str(error)) < 250, (seed, str(error))
        return "refused"
    rows = X.tolist()
    if net.inputs == X.size > X.shape[-1]:  # An operator over all rows makes them one sample.
        rows, expected = [X.ravel().tolist()], [[y for row in expected for y in row]]
    found = net.predict(rows)
    assert [len(row) for row in found] == [len(row) for row in expected], seed
    largest = max([1] + [abs(y) for row in expected for y in row])
    differences = [abs(x - y) for u, v in zip(found, expected) for x, y in zip(u, v)]
    assert max(differences) <= 1e-4 * largest, seed
    return "right"


@pytest.mark.parametrize("block", range(BLOCKS))
def test_random_graphs_are_computed_alike(block):
    outcomes = [outcome(seed) for seed in range(block * EACH, (block + 1) * EACH)]
    assert outcomes.count("right") > 0.25 * len(outcomes), outcomes
