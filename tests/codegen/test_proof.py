"""sn.export(calibrate=...) with 32-bit floats: the bound of their error, in the file and at the command line."""

import re

import pytest

import scratchnet as sn
from scratchnet.cli import main
from scratchnet.codegen.proof import Proof
from scratchnet.scalars import Single

INF = float("inf")
NET = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 2), sn.Softmax()], seed=7)
ROWS = [[0.5, -1.25], [3.0, 1.1], [0.0, 0.0]]
SENTENCE = (
    r"on 3 rows the outputs of 32-bit floats differ from the exact ones by at most (\d\.\de-\d\d) "
    r"\(proven, if floats are rounded as in IEEE 754 and exp, tanh, ... are wrong by at most 3 "
    r"units in the last place\)"
)


def test_the_bound_holds_and_is_printed_rounded_up():
    proof = Proof(NET, ROWS)
    floats = NET.copy(Single).predict([[Single(x) for x in row] for row in ROWS])
    errors = [
        abs(float(a) - b)
        for one, other in zip(floats, NET.predict(ROWS))
        for a, b in zip(one, other)
    ]
    assert max(errors) < proof.error < 50 * max(errors)
    match = re.match(SENTENCE + r"\Z", str(proof))
    assert proof.error <= float(match.group(1)) < 1.12 * proof.error
    for proof.error in (1.0, 9.949e-5, 9.96e-5, 1.449e-7, 1.5e-7, 2.05e-7):
        assert (
            proof.error
            <= float(re.search(r"at most (\S+)", str(proof)).group(1))
            < 1.12 * proof.error
        )


def test_the_bound_is_in_the_file():
    text = sn.export(NET, None, type="float", calibrate=ROWS)
    comment = " ".join([line[3:] for line in text[: text.index("*/\n")].splitlines()])
    assert re.search("The error: " + SENTENCE, comment)
    assert max([len(line) for line in text.splitlines() if "rows" in line]) <= 100
    assert "rows" not in sn.export(NET, None, type="float")


def test_of_many_rows_some_are_used():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.1]])])
    X = [[k % 10] for k in range(2500)]
    X[2497] = [1e30]
    proof = Proof(net, X)
    assert len(proof.rows) == 1000 and proof.rows[:3] == [0, 2, 5] and proof.worst == 2497
    assert str(proof).startswith("on 1,000 of 2,500 rows the outputs ")


def test_no_bound():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[1e30]]), sn.Tanh()])
    proof = Proof(net, [[1], [1e30]])
    assert (proof.error, proof.worst) == (INF, 1)
    assert str(proof) == (
        "on 2 rows the error of 32-bit floats has no bound; "
        "row 1 makes a number too large, or divides by one near 0"
    )
    assert "The error: on 2 rows" in sn.export(net, None, type="float", calibrate=[[1], [1e30]])


def test_a_decision_that_the_bound_does_not_tell_can_differ():
    net = sn.Sequential([sn.Dense(1, 1, weights=[[0.1]], bias=[-0.3]), sn.Threshold()])
    assert Proof(net, [[2], [4]]).error == 0
    assert 1 <= Proof(net, [[3]]).error < 1.001


class Branching(sn.Activation):
    def function(self, z):
        return z if z > 0 else 0


@pytest.mark.parametrize("options, message", [
    (dict(type="double"), "^calibrate is for the types 'float', 'int8' and 'int16'; leave it out$"),
    (dict(calibrate=[[1]]), "^X has 1 column|^X: row 0|1"),
    (dict(calibrate=[]), "X"),
    (dict(calibrate=[["a", 1]]), "^X: row 0, column 0"),
    (dict(net=sn.Sequential([sn.Dense(2, 1, weights=[[0.1], [-0.1]]), Branching()]), calibrate=[[3, 3]]),
     "^calibrate: the error cannot be bounded: the bounds do not show which is larger"),
])  # fmt: skip
def test_what_is_refused(options, message):
    given = dict(dict(net=NET, path=None, type="float", calibrate=ROWS), **options)
    with pytest.raises((TypeError, ValueError), match=message):
        sn.export(**given)


# ---- the command line --------------------------------------------------------------------------------------------


def run(capsys, *command):
    status = main(list(command))
    output = capsys.readouterr()
    return status, output.out, output.err


def test_a_table_of_numbers(tmp_path, capsys):
    model, data, header = (str(tmp_path / name) for name in ("net.json", "rows.csv", "net.h"))
    NET.save(model)
    (tmp_path / "rows.csv").write_text("a,b\n0.5,-1.25\n3,1.1\n0,0\n")
    command = ["export", model, "--to", "c", "--type", "float", "--calibrate", data, "-o", header]
    status, output, errors = run(capsys, *command)
    assert (status, errors) == (0, "") and re.match(SENTENCE + r"\n\Z", output)
    with open(header, encoding="ascii") as file:
        assert file.read() == sn.export(NET, None, type="float", calibrate=ROWS)
    for text, message in [
        ("a\n1\n2\n", "X: row 0 has 1 column where the network takes 2"),
        ("a,b\n1,x\n2,y\n", "holds texts"),
        ("a,b\n1,\n2,3\n", "row 0, column 1"),
    ]:
        (tmp_path / "rows.csv").write_text(text)
        status, output, errors = run(capsys, *command)
        assert (status, output) == (2, "") and message in errors and errors.count("\n") == 1


def test_the_table_of_a_model(tmp_path, capsys):
    """Its own encoder reads the rows: other columns are ignored, and the median replaces what is missing."""
    table, model, header = (str(tmp_path / name) for name in ("fruit.csv", "fruit.json", "fruit.h"))
    lines = [
        "{},{},{}\n".format(90 + k % 7 + 40 * (k % 2), "NI"[k % 2], ["pear", "fig"][k % 2])
        for k in range(40)
    ]
    (tmp_path / "fruit.csv").write_text("weight,island,kind\n" + "".join(lines))
    assert main(["train", table, "--target", "kind", "--epochs", "5", "-o", model]) == 0
    (tmp_path / "fruit.csv").write_text("other,island,weight\nx,N,92\ny,I,\nz,I,130\n")
    capsys.readouterr()
    status, output, _ = run(
        capsys, "export", model, "--to", "c", "--type", "float", "--calibrate", table, "-o", header
    )
    assert status == 0 and re.match(SENTENCE + r"\n\Z", output)
