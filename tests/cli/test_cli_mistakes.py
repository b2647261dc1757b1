"""What a user does wrong at the command line: one line on standard error, status 2, and nothing is changed."""

import os
import shlex

import pytest
from command_line import HEADER, ROWS, within, written

import scratchnet as sn
from scratchnet.cli.commands import selftest

TRAIN = "train IRIS --target species -o m.json"
# The command and the sentence that it prints; words in capitals are files.
MISTAKES = {
    "no such file": ("train nowhere.csv --target y -o m.json", "nowhere.csv: No such file"),
    "no such column": ("train IRIS --target kind -o m.json", "has no column 'kind'; it has "),
    "no such ending": ("train IRIS --target species -o m.txt", "m.txt: the ending gives"),
    "no such folder": (
        "train IRIS --target species -o no/m.json",
        "no/m.json cannot be written: its directory does not exist",
    ),
    "no target": ("train IRIS -o m.json", "the following arguments are required: --target"),
    "widths": (TRAIN + " --hidden 4,x", "as in 16,8"),
    "epochs": (TRAIN + " --epochs 0", "--epochs is 0; give"),
    "validation": (TRAIN + " --validation 1", "--validation is 1"),
    "few rows": (TRAIN + " --validation 0.999", "150 rows"),
    "texts": (TRAIN + " --task regression", "regression needs"),
    "numeric": ("train IRIS --target 'sepal width' -o m.json --numeric species", "column"),
    "nothing to resume": (TRAIN + " --resume", "leave out --resume"),
    "both": ("train IRIS --target 5 -o m.json --search --cross-validate 3", "cannot be combined"),
    "workers": (TRAIN + " --workers 2", "--workers needs"),
    "directory": ("train IRIS --target species -o FOLDER", "is a directory"),
    "money": ("train MONEY --target price -o m.json", "too many for classes"),
    "thousands": (
        "train MILES --target b -o m.json",
        "1.900 may mean 1900 or 1.9; give the decimal mark",
    ),
    "folds": (TRAIN + " --cross-validate 0", "validate is 0"),
    "rows too few": (
        "train TWO --target b -o m.json",
        "no class of 'b' has more than one row; give",
    ),
    "nothing known": (
        "train UNKNOWN --target b -o m.json",
        "no row has a value of the target 'b'; give at",
    ),
    "diverges": (
        "train IRIS --target 2 -o m.json --optimizer sgd --activation relu --learning-rate 1e200 -q --json",
        "nothing is saved; try a smaller --learning-rate",
    ),
    "ragged": ("train RAGGED --target b -o m.json", "ragged.csv, line 3"),
    "missing columns": ("predict MODEL RAGGED", "has no columns 'sepal length', 'sepal width'"),
    "no model": ("predict IRIS IRIS", "iris.csv: the ending gives the format"),
    "own model": (
        "predict OWN IRIS",
        "iris.csv has 5 columns, but the network has 4 inputs; give one column per input",
    ),
    "probabilities": ("predict HOUSES PRICES --proba", "--proba"),
    "targets": ("evaluate MODEL NOTARGET", "notarget.csv has no column 'species'"),
    "unknown class": ("evaluate MODEL STRANGE", "of row 1 is 'rosa'"),
    "plot without data": ("plot MODEL boundary", "boundary needs a table"),
    "plot with data": ("plot MODEL loss IRIS", "loss needs no table"),
    "plot without history": (
        "plot OWN loss",
        "own.json: the model has no history of its training; give",
    ),
    "plot which inputs": ("plot MODEL boundary IRIS --inputs 1,9", "no numeric column '9'"),
    "plot of no inputs": (
        "plot MODEL boundary IRIS",
        "with --inputs A,B; the numeric columns are: sepal length",
    ),
    "plot the same input twice": (
        "plot MODEL boundary IRIS --inputs '3,petal length'",
        "--inputs names 'petal length' twice; give two different columns",
    ),
    "plot ending": ("plot MODEL loss -o loss.png", "loss.png: a picture is saved as SVG"),
    "demo": ("demo mnist", "NAME cannot be 'mnist'; give and, or, xor, iris, digits, moons,"),
    "demo page": ("demo and --html no/and.html", "no/and.html cannot be written: its"),
    "unknown option": (
        "unroll MODEL -o x.py",
        "there is no option -o; redirect the standard output, as in > FILE; see scratchnet unr",
    ),
    "mistyped option": (
        TRAIN + " --learnig-rate 1",
        "there is no option --learnig-rate; did you mean --learning-rate? See scratchnet train",
    ),
    "mistyped value": (
        TRAIN + " --activation rellu",
        "--activation cannot be 'rellu'; did you mean 'relu'? See scratchnet train --help",
    ),
    "one value only": (
        TRAIN + " --class-weight 9",
        "--class-weight cannot be '9'; give balanced; see scratchnet train --help",
    ),
    "value left out": (
        "train IRIS --target species -o",
        "train: -o/--output needs a value; see scratchnet train --help",
    ),
    "no number": (
        TRAIN + " --learning-rate fast",
        "train: --learning-rate: 'fast' is not a number; see scratchnet train --help",
    ),
    "a name with a space": (
        "train IRIS --target sepal width -o m.json",
        "'width' is one argument too many; write a name with spaces in quotes; see scratchnet",
    ),
    "mistyped file": (
        "summary DAMAGD",
        "damagd.safetensors: No such file or directory; did",
    ),
    "a directory": ("predict FOLDER IRIS", "dir.json is a directory; give a file"),
    "swapped": ("predict IRIS MODEL", "the model comes first; write "),
    "damaged": ("summary DAMAGED", "damaged.safetensors: "),
}


@pytest.fixture(scope="module")
def files(folder, iris, model, houses):
    """The path of each file, by its name in the commands."""
    sn.save(sn.Sequential([sn.Dense(4, 1)]), str(folder / "own.json"))
    (folder / "dir.json").mkdir()
    with open(model, "rb") as file:
        (folder / "damaged.safetensors").write_bytes(file.read()[:200])
    priced = str(folder / "houses.json")
    within("train", houses, "--target", "price", "-o", priced, "--epochs", "1", "-q")
    tables = {
        "RAGGED": [["a", "b"], ["1", "2"], ["3"]],
        "TWO": [["a", "b"], ["1", "x"], ["2", "y"]],
        "UNKNOWN": [["a", "b"]] + [[str(i), ""] for i in range(9)],
        "NOTARGET": [HEADER[:4]] + [row[:4] for row in ROWS],
        "MONEY": [["price", "x"]] + [["$€"[i % 2] + str(i), str(i)] for i in range(40)],
        "MILES": [["a", "b"], ["1.900", "1"], ["2.000", "2"]],
        "STRANGE": [HEADER, ROWS[0][:4] + ["rosa"]],
    }
    paths = {
        name: written(folder / f"{name.lower()}.csv", rows, ";" if name == "MILES" else ",")
        for name, rows in tables.items()
    }
    return dict(
        paths,
        IRIS=iris,
        PRICES=houses,
        MODEL=model,
        HOUSES=priced,
        OWN=str(folder / "own.json"),
        DAMAGED=str(folder / "damaged.safetensors"),
        DAMAGD=str(folder / "damagd.safetensors"),
        FOLDER=str(folder / "dir.json"),
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("what", sorted(MISTAKES))
def test_a_mistake_is_one_line_and_status_2(what, files, folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command, sentence = MISTAKES[what]
    before = sorted(os.listdir(str(folder)))
    arguments = [files.get(word, word) for word in shlex.split(command)]
    status, output, errors = within(*arguments)
    assert (status, output) == (2, "")
    assert errors.startswith("scratchnet " + arguments[0])
    assert errors.count("\n") == 1 and sentence in errors, errors
    assert sorted(os.listdir(str(folder))) == before
    assert os.listdir(str(tmp_path)) == []


def test_an_error_of_the_system_that_has_only_a_message(monkeypatch):
    def failing(options, write):
        raise OSError("the device is busy")

    monkeypatch.setattr(selftest, "run", failing)
    assert within("selftest") == (2, "", "scratchnet selftest: the device is busy\n")
