"""Tables and a model that tests of several commands use; each file of tests makes its own."""

import pytest
from command_line import HEADER, ROWS, run, written

import scratchnet as sn


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def iris(folder):
    return written(folder / "iris.csv", [HEADER] + ROWS)


@pytest.fixture(scope="module")
def model(folder, iris):
    path = str(folder / "iris.safetensors")
    status, output, errors = run(
        "train", iris, "--target", "species", "-o", path, "--epochs", "60", "--json", "-q"
    )
    assert (status, errors) == (0, "")
    report = folder / "report.json"
    report.write_text(output)
    return path


@pytest.fixture(scope="module")
def houses(folder):
    generator = sn.Generator(5)
    rows = [["area", "district", "age", "price"]]
    for _ in range(200):
        area, district, age = (
            generator.uniform(30, 200),
            "ABC"[generator.below(3)],
            generator.below(90),
        )
        price = 3000 * area * {"A": 1, "B": 1.5, "C": 2}[district] - 500 * age
        rows.append(
            [f"{area:.1f}", district, str(age) if generator.below(10) else "", f"{price:.0f}"]
        )
    return written(folder / "houses.csv", rows, ";")
