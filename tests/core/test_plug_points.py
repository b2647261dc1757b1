"""plug_points.py: what the core does without the rest of the package, and what the package adds."""

import inspect
from decimal import Decimal

import pytest

import scratchnet as sn
from scratchnet.core import elementary, plug_points
from scratchnet.core.plug_points import PLUG_POINTS, plug_in


def test_products_default_to_one_dot_product_per_element():
    product = plug_points.products("portable", elementary.dot)
    assert product([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [[19, 22], [43, 50]]


def test_no_functions_are_supplemented_by_default():
    assert plug_points.supplement(Decimal, "tanh") is None


@pytest.mark.parametrize("name", ["auto", "lists"])
def test_the_default_engine_is_the_one_of_the_core(name):
    lists = object()
    assert plug_points.engine(lists, 1, name, None, None) is lists


@pytest.mark.parametrize(
    "name, executor, unroll, named",
    [
        ("rows", None, None, "engine='rows'"),
        ("steps", None, None, "engine='steps'"),
        ("auto", object(), None, "executor"),
        ("auto", None, True, "engine='auto'"),
    ],
)
def test_the_core_alone_has_no_other_engine(name, executor, unroll, named):
    with pytest.raises(ValueError, match=named + " is not available here; .* engine='lists'"):
        plug_points.engine(object(), 1, name, executor, unroll)


def test_the_core_alone_writes_no_files(tmp_path):
    path = tmp_path / "file"
    with pytest.raises(ValueError, match="^checkpoint needs the whole package scratchnet"):
        plug_points.checkpoint(object(), path)
    with pytest.raises(ValueError, match="^save needs the whole package scratchnet"):
        plug_points.save(object(), path)
    assert not path.exists()


def test_the_core_alone_is_shown_as_text():
    assert plug_points.html(object()) is None


def test_networks_and_histories_are_shown_as_html():
    net = sn.Sequential([sn.Dense(2, 1)])
    history = net.fit([[1, 2]], [1], "mean_squared_error", epochs=2)
    assert "Dense(inputs=2, outputs=1)" in net._repr_html_()
    assert "2 epochs" in history._repr_html_()


def test_the_package_fills_every_plug_point():
    for name, function in PLUG_POINTS.items():
        assert function is not getattr(plug_points, name)


def test_a_plug_point_that_does_not_exist_is_refused():
    before = dict(PLUG_POINTS)
    with pytest.raises(
        ValueError, match="plug point 'product' is unknown; give one of: draws, products,"
    ):
        plug_in(product=max)
    assert PLUG_POINTS == before


def test_a_network_saves_itself(tmp_path):
    net = sn.Sequential([sn.Dense(2, 1, weights=[[3], [4]], bias=[5])])
    net.save(tmp_path / "net.json")
    assert sn.load(tmp_path / "net.json").predict([[1, 1]]) == [[12.0]]


def test_what_the_core_alone_does_with_names_and_user_defined_classes():
    net = sn.Sequential([sn.Dense(1, 1), sn.Tanh()])
    assert plug_points.name("loss", "mse", {}, None) == "mse"
    assert plug_points.summary(net) == repr(net)
    assert plug_points.check(net) is None and plug_points.apart(net) is net
    assert plug_points.expanded(net.layers) is net.layers
    with pytest.raises(ValueError, match="^activation: list the activation as a layer of its own"):
        plug_points.expanded([sn.Dense(1, 1, activation="tanh")])


def test_the_core_alone_shows_no_progress_and_has_no_metrics():
    training = object()
    assert plug_points.course(training, None, None, 0) is training
    with pytest.raises(ValueError, match="^verbose needs the whole package scratchnet"):
        plug_points.course(training, None, None, 1)
    with pytest.raises(ValueError, match="^metrics need the whole package scratchnet"):
        plug_points.metrics(None, None, ["accuracy"])


def test_a_name_that_the_core_alone_does_not_know_is_refused():
    former = PLUG_POINTS["name"]
    plug_in(name=plug_points.name)
    try:
        with pytest.raises(ValueError, match="^optimizer 'Adam' is unknown; give one of: adagrad"):
            sn.Sequential([sn.Dense(1, 1)]).fit([[1]], [1], "huber", optimizer="Adam")
    finally:
        plug_in(name=former)


def test_help_shows_defaults_as_quotients():
    assert "beta1:scratchnet.core.types.Number=9/10" in str(inspect.signature(sn.Adam)).replace(
        " ", ""
    )


def test_the_core_alone_writes_no_checkpoints(tmp_path):
    former = PLUG_POINTS["checkpoint"]
    plug_in(checkpoint=plug_points.checkpoint)
    try:
        with pytest.raises(ValueError, match="^checkpoint needs the whole package"):
            sn.Sequential([sn.Dense(1, 1)]).fit([[1]], [1], "huber", checkpoint="run.safetensors")
    finally:
        plug_in(checkpoint=former)
