"""Type checkers see real types: in a user's script a misspelt option or attribute fails mypy."""

import os
import subprocess
import sys

import pytest

pytest.importorskip("mypy", reason="mypy is in the environment `lint`")

RIGHT = """
import scratchnet as sn
from scratchnet import metrics

X, Y = [[0, 0], [0, 1]], [0, 1]
net = sn.Sequential([sn.Dense(2, 4, activation="relu", bias=False), sn.Dense(4, 1)], seed=7)
for epoch in sn.epochs(net, X, Y, "mse", epochs=2, verbose=0):
    print(epoch.loss + 1, epoch.validation_loss)
history = net.fit(X, Y, "mse", epochs=3)
print(history.loss[-1], history.best_epoch, len(history), history["loss"], history.history)
print(net.evaluate(X, Y, metrics=["r2"]), net(X), net[0])
print(metrics.report("classification", [0, 1], [0, 1]).accuracy)
print(metrics.report("regression", [0, 1], [0, 1]).to_dict())
X_train, X_test = sn.train_test_split(X, test_size=1)
net.save("model.json")
why = sn.explain(net, X, Y, "mse", sn.SGD(0.1), step=2)
print(why["loss"].formula, why.names(), sn.check_gradients(net, X, Y, "mse").passed)
print(sn.unroll(net).source, sn.unroll(net)([0.5, 1])[0] + 1)
print(sn.MLPClassifier((8,)).fit(X, Y).predict(X), sn.MLPRegressor().fit(X, Y).loss_)
sn.load_model("model.json").predict(X_test)
"""
BEGINNING = """
import scratchnet as sn
from scratchnet import metrics

net = sn.Sequential([sn.Dense(2, 4), sn.Dense(4, 1)])
X, Y = [[0, 0], [0, 1]], [0, 1]
"""
WRONG = {  # each line, and a part of what mypy says
    'net.fit(X, Y, "mse", epoch=3)': 'Argument "epoch" to "fit"',
    'net.fit(X, Y, "mse").losses': '"History" has no attribute "losses"',
    'sn.epochs(net, X, Y, "mse", epoch=2)': 'Argument "epoch" to "epochs"',
    '[e.los for e in sn.epochs(net, X, Y, "mse")]': '"Epoch" has no attribute "los"',
    'metrics.reprot("classification", [0], [0])': 'no attribute "reprot"',
    'metrics.report("classification", [0], [0]).acuracy': 'no attribute "acuracy"',
    'metrics.report("classification", [0], [0], label=[1])': '"label"',
    "sn.train_test_split(X, testsize=1)": 'Unexpected keyword argument "testsize"',
    'sn.Dense(2, 4, activations="relu")': 'Unexpected keyword argument "activations"',
    "sn.Adam(rate=0.1)": 'Unexpected keyword argument "rate"',
    "net.layer": '"Sequential" has no attribute "layer"',
    "sn.Sequentail([])": 'no attribute "Sequentail"',
    "sn.MLPClassifier(hidden_layers=(8,))": 'Unexpected keyword argument "hidden_layers"',
    "sn.MLPClassifier().fit(X, Y).clases_": '"MLPClassifier" has no attribute "clases_"',
    "sn.MLPRegressor().fit(X, Y).set_params().scores": '"MLPRegressor" has no attribute "scores"',
    "sn.unroll(net).src": '"Unrolled" has no attribute "src"',
    'sn.explain(net, X, Y, "mse", stepp=2)': 'Argument "stepp" to "explain"',
    'sn.explain(net, X, Y, "mse")["loss"].formulas': '"Number" has no attribute "formulas"',
    'sn.check_gradients(net, X, Y, "mse").pased': '"GradientCheck" has no attribute "pased"',
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """The lines that mypy writes about both scripts."""
    folder = str(tmp_path_factory.mktemp("scripts"))
    scripts = {"right.py": RIGHT, "wrong.py": BEGINNING + "\n".join(WRONG)}
    for name, text in scripts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    if os.environ.get("PYTHONPATH"):  # the sources, where the package is not installed
        environment["MYPYPATH"] = os.path.abspath(os.environ["PYTHONPATH"])
    command = [sys.executable, "-m", "mypy", "--strict"] + sorted(scripts)
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, universal_newlines=True
    )
    return done.stdout.splitlines()


def test_a_right_script_has_no_errors(said):
    assert [line for line in said if line.startswith("right.py")] == []


@pytest.mark.parametrize("place", range(len(WRONG)))
def test_each_misspelling_is_an_error(place, said):
    line, message = list(WRONG.items())[place]
    number = BEGINNING.count("\n") + 1 + place
    found = [text for text in said if text.startswith("wrong.py:{}:".format(number))]
    assert any([message in text for text in found]), (line, said)
