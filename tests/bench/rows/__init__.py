"""The rows of the table: what is compared with what, and the targets.

    row.py           what a row is: two contenders, or a single figure
    trainings.py     trainings in this process
    processes.py     trainings in other processes: PyPy, an earlier version, executors; the import
    files.py         trainings from files
    predictions.py   predictions
    figures.py       figures without a contender: seconds, bytes

A target is how many times faster scratchnet should be than the other (1 / 2: at most twice as slow). None: no target.
"""

from .. import peers, reference
from .figures import CheckingInts, Loading, Making, Memory, Neighbours, OneHotTable
from .files import FromFiles, FromFilesInPython
from .predictions import ManyPredictions, Prediction
from .processes import Before, Import, OnPyPy, Shared, SharedByThreads, TwoThreads, TwoTrainings
from .trainings import (
    AdamAgainstSGD,
    Article,
    DotProducts,
    FromArrays,
    PurePython,
    Training,
    WithOptions,
)

NUMPY, SKLEARN, TORCH, ONNX = [
    kind.name for kind in (peers.NumPy, peers.ScikitLearn, peers.PyTorch, peers.OnnxRuntime)
]
MICROGRAD, MICROGPT, NEAT, BPNN, C = [
    kind.name
    for kind in (
        peers.Micrograd,
        peers.MicroGPT,
        peers.NeatPython,
        peers.Bpnn,
        reference.Reference,
    )
]

# Pure Python.
TRAININGS = {
    "2-4-1": {NUMPY: 5.5, SKLEARN: 24, TORCH: 77, BPNN: None, MICROGRAD: None, MICROGPT: None},
    "4-16-3": {NUMPY: None, SKLEARN: None, TORCH: None, MICROGPT: None},
    "64-32-10": {NUMPY: None, SKLEARN: None, TORCH: None, BPNN: 6, MICROGPT: None},
    "784-30-10": {NUMPY: None, SKLEARN: None, TORCH: None, BPNN: 5.3, MICROGPT: 500},
    "784-30-10 pixels": {NUMPY: None, BPNN: 9.5},
    "784-30-10 sparse pixels": {NUMPY: None, BPNN: 15},
}
DOTS = {"64-32-10": 1 / 1.12, "784-30-10": 1}
BEFORE = {
    "2-4-1": None,
    "4-16-3": 1.25,
    "4-16-3, Adam": 1.35,
    "16-16-16": 1.7,
    "32-32-32": 1.5,
    "64-32-10": None,
    "784-30-10": None,
    "784-30-10, Adam": None,
}
ADAM = ("2-4-1", "4-16-3", "64-32-10", "784-30-10", "784-30-10 pixels", "784-30-10 sparse pixels")
ON_PYPY = {"64-32-10": 1 / 6, "784-30-10": 1 / 8}
PREDICTIONS = {
    "2-4-1": {NUMPY: None, TORCH: None, ONNX: None, SKLEARN: None, NEAT: None},
    "4-16-3": {NUMPY: None, TORCH: None, ONNX: None, SKLEARN: None},
    "64-32-10": {NUMPY: 1 / 2.5, TORCH: None, ONNX: None, SKLEARN: None},
    "784-30-10": {NUMPY: None, TORCH: None, ONNX: None, SKLEARN: None},
    "784-30-10 sparse pixels": {SKLEARN: 1},
}

# Compiled C.
NATIVE = {
    "2-4-1": {NUMPY: 100, SKLEARN: 400, TORCH: 1000, C: 1 / 1.3},
    "4-16-3": {NUMPY: 5, SKLEARN: 15, TORCH: 50, C: 1 / 1.3},
    "64-32-10": {NUMPY: 1.2, SKLEARN: None, TORCH: 6, C: 1 / 1.3},
    "784-30-10": {NUMPY: 1.5, SKLEARN: None, TORCH: 4, C: 1 / 1.3},
    "784-30-10, Adam": {TORCH: 3},
}
NATIVE_FROM_ARRAYS = {"784-30-10": {NUMPY: 1.5, TORCH: 4}}
NATIVE_ON_PYPY = {"2-4-1": 1 / 2, "4-16-3": 1 / 2, "64-32-10": 1 / 2, "784-30-10": 1 / 2}
NATIVE_PREDICTIONS = {
    "2-4-1": {NUMPY: None, ONNX: None},
    "64-32-10": {NUMPY: 8, ONNX: 10},
    "784-30-10": {NUMPY: None, ONNX: None},
}
PURE_PYTHON, CPYTHON = "pure Python", "CPython, native"


def table():
    """Every row, in order."""
    rows = [Article("the article's 1000 iterations", "the article's NumPy", 24)]
    rows += all_of(Training, TRAININGS)
    rows += [DotProducts(name, faster) for name, faster in DOTS.items()]
    rows += [Before(name, faster) for name, faster in BEFORE.items()]
    rows += [AdamAgainstSGD(name, 1 / 1.6) for name in ADAM]
    rows += [WithOptions(name, 1 / 1.1) for name in ("4-16-3", "784-30-10")]
    rows += [OnPyPy(name, NUMPY, faster) for name, faster in ON_PYPY.items()]
    rows += all_of(Training, NATIVE, "native")
    rows += all_of(FromArrays, NATIVE_FROM_ARRAYS, "native")
    rows += [PurePython(name, "native") for name in NATIVE]
    mnist = "train 60,000 images × 784-32-10, Adam, from the files"
    rows.append(FromFiles(mnist, SKLEARN, 2, "native"))
    rows.append(FromFilesInPython(mnist, PURE_PYTHON, None, "native"))
    rows += [OnPyPy(name, CPYTHON, faster, "native") for name, faster in NATIVE_ON_PYPY.items()]
    rows += all_of(Prediction, PREDICTIONS, "unrolled")
    rows += all_of(Prediction, NATIVE_PREDICTIONS, "native")
    rows += [Prediction(name, NUMPY, None, "net.predict") for name in PREDICTIONS]
    rows += [ManyPredictions(name, 1) for name in PREDICTIONS]
    shared = "train 784-30-10, batch 200, two "
    rows.append(Shared(shared + "processes", "without an executor", 1.65))
    rows.append(SharedByThreads(shared + "threads", "without an executor", None, "native"))
    rows.append(TwoTrainings(shared + "trainings in two processes", "one", 1.7))
    rows.append(TwoThreads(shared + "trainings in two threads", "one", None, "native"))
    rows.append(OneHotTable("train a table of 3,000 × 22 categories", "s", 9))
    rows.append(CheckingInts("check 100,000 ints, each", "ns", 70))
    rows.append(Making("make 10 million parameters", "s", 2.5))
    rows.append(Loading("load 10 million parameters", "s", 1.5))
    rows.append(Memory("memory of a parameter after Adam", "B", 150))
    rows.append(Neighbours("largest step between neighboring sizes", "×", 1.5))
    rows.append(Import("import scratchnet, without the interpreter", "ms", 10))
    return rows


def all_of(kind, targets, *requested):
    """The rows of one kind: for each workload, its peers with their targets."""
    return [
        kind(name, against, faster, *requested)
        for name, peers_of_it in targets.items()
        for against, faster in peers_of_it.items()
    ]
