"""workers/, by way of fit(executor=...): the same training on any worker, what is sent, and what is refused."""

import pickle
import subprocess
import sys
import threading
import types
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from fractions import Fraction

import pytest
from random_networks import Scale

import scratchnet as sn
from scratchnet import Generator, matrix
from scratchnet.core import training
from scratchnet.core.examples import examples_for
from scratchnet.engines.workers import costs as worker_costs
from scratchnet.engines.workers import tasks
from scratchnet.engines.workers.costs import doubts
from scratchnet.engines.workers.engine import Parallel
from scratchnet.engines.workers.executors import LentKernel
from scratchnet.engines.workers.packing import pack, unpack
from scratchnet.engines.workers.shards import cut, shards_of

pytestmark = pytest.mark.filterwarnings("ignore:executor")  # all work is small here

_generator = Generator(5)
X = [[_generator.normal() for _ in range(3)] for _ in range(11)]
Y = [i % 3 for i in range(11)]
WEIGHTS = [0.5 + i % 4 for i in range(11)]


class Done:
    """A future whose result is known."""

    def __init__(self, value):
        self.value = value

    def result(self):
        return self.value


class Here:
    """An executor that computes at once, in this thread; tasks and results are pickled on the way."""

    def __init__(self, shards=2):
        self.shards = shards
        self.tasks, self.results, self.sizes = [], [], []

    def submit(self, f, *args):
        data = pickle.dumps((f, args))
        f, args = pickle.loads(data)
        back = pickle.dumps(f(*args))
        self.tasks.append(args)
        self.results.append(pickle.loads(back))
        self.sizes.append((len(data), len(back)))
        return Done(self.results[-1])


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2) as pool:
        pool.submit(abs, 1).result()  # they start now, while there are no threads
        yield pool


class Noise(sn.Layer):
    """Adds a random number to each, in training."""

    def forward(self, X):
        if self.generator is None:
            return X
        return [[x + self.generator.normal() for x in row] for row in X]

    def backward(self, dA):
        return dA


class Quartic(sn.Loss):
    def term(self, a, y):
        return (a - y) * (a - y) * (a - y) * (a - y)

    def derivative(self, a, y):
        return 4 * (a - y) * (a - y) * (a - y)


def network(*between, **dense):
    layers = [sn.Dense(3, 4, **dense), sn.Tanh()] + list(between) + [sn.Dense(4, 3), sn.Softmax()]
    return sn.Sequential(layers, seed=2)


def fit(net, executor=None, loss="categorical_cross_entropy", **options):
    options = dict({"epochs": 3, "batch_size": 4, "optimizer": sn.SGD(0.5)}, **options)
    return net.fit(X, Y, loss=loss, executor=executor, **options)


def bits(net):
    """The parameters: repr tells every float from every other."""
    return repr([p.value for p in net.parameters()])


def agree(ours, theirs):
    """Compare to 1e-12 of the largest number of the array."""
    largest = max(abs(v) for row in theirs for v in row)
    assert matrix.shape(ours) == matrix.shape(theirs)
    assert max(abs(u - v) for a, b in zip(ours, theirs) for u, v in zip(a, b)) <= 1e-12 * largest


def both(executor, make=network, **options):
    """Trained with and without the executor."""
    nets = make(), make()
    histories = [fit(net, how, **options) for net, how in zip(nets, (executor, None))]
    for ours, theirs in zip(nets[0].parameters(), nets[1].parameters()):
        agree(ours.rows, theirs.rows)
    agree([histories[0].loss], [histories[1].loss])
    return list(nets) + histories


# ---- the same training -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shards", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"batch_size": None},
        {"batch_size": 3, "optimizer": sn.SGD(0.1, momentum=0.9, clip_norm=0.1)},
        {"sample_weight": WEIGHTS, "batch_size": 5},
        {"sample_weight": WEIGHTS, "class_weight": {0: 1, 1: 3, 2: 0.1}, "engine": "lists"},
        {"optimizer": sn.Adam(0.01), "shuffle": False},
    ],
    ids=str,
)
def test_it_trains_as_without_an_executor(shards, options):
    both(Here(shards), **options)


@pytest.mark.parametrize(
    "make",
    [
        lambda: network(l1=0.01, l2=0.1),
        lambda: network(Scale(4)),
        lambda: network(sn.Normalization()),
        lambda: sn.Sequential([sn.Normalization(), sn.Dense(3, 3), sn.Softmax()], seed=1),
        lambda: sn.Sequential(
            [sn.Tanh(), sn.Softplus(), sn.Dense(3, 3), sn.ReLU(), sn.Dense(3, 3), sn.Softmax()]
        ),
    ],
)
def test_every_layer_trains_as_without_an_executor(make):
    both(Here(3), make)


def test_a_user_defined_loss_trains_as_without_an_executor():
    nets = [sn.Sequential([sn.Dense(3, 2), sn.Tanh(), sn.Dense(2, 1)], seed=1) for _ in range(2)]
    for net, executor in zip(nets, (Here(3), None)):
        net.fit(X, [x[0] for x in X], loss=Quartic(), batch_size=4, epochs=3, executor=executor)
    agree(nets[0].parameters()[0].rows, nets[1].parameters()[0].rows)


def test_validation_and_patience():
    options = {"validation_split": 0.3, "patience": 2, "epochs": 30}
    ours, theirs, history, expected = both(Here(2), **options)
    assert len(history) == len(expected) and history.best_epoch == expected.best_epoch
    agree([history.validation_loss], [expected.validation_loss])


def test_fractions_are_exactly_the_same():
    nets = []
    for executor in (Here(3), None):
        net = sn.Sequential(
            [sn.Dense(3, 2, weights=[[1, 2], [3, 4], [5, Fraction(1, 2)]]), sn.Dense(2, 1)]
        )
        net.parameters()[2].value = [[Fraction(1, 3)], [Fraction(1, 5)]]
        rows = [[Fraction(i, 7), Fraction(i * i, 9), 1] for i in range(7)]
        net.fit(
            rows,
            [[i] for i in range(7)],
            "half_squared_error",
            sn.SGD(Fraction("0.01")),
            2,
            4,
            sample_weight=[1, 2, 3, 4, 5, 6, 7],
            executor=executor,
        )
        nets.append(net)
    assert bits(nets[0]) == bits(nets[1]) and "Fraction" in bits(nets[0])


def test_one_shard_is_bit_for_bit_the_same(portable):
    nets = network(l2=0.1), network(l2=0.1)
    fit(nets[0], Here(1)), fit(nets[1])
    assert bits(nets[0]) == bits(nets[1])


def test_a_frozen_parameter_stays_and_its_gradient_does_not_travel():
    def frozen():
        net = network()
        net.freeze("0.weights", "0.bias", "2.bias")
        return net

    executor = Here(2)
    net = both(executor, frozen)[0]
    assert repr(net.parameters()[0].value) == repr(network().parameters()[0].value)
    assert [len(gradients) for _, gradients, _ in executor.results] == [1] * len(executor.results)


def test_freezing_during_training_is_seen():
    nets = network(), network()
    for net, executor in zip(nets, (Here(2), None)):
        for epoch in sn.epochs(net, X, Y, "categorical_cross_entropy", epochs=3, executor=executor):
            net.parameters()[epoch.number % 2].frozen = True
            net.parameters()[3].value = [epoch.number] * 3
    agree(nets[0].parameters()[0].rows, nets[1].parameters()[0].rows)
    agree(nets[0].parameters()[3].rows, nets[1].parameters()[3].rows)


def test_changes_by_hand_during_training_are_seen():
    nets = network(sn.LeakyReLU(0.1), l2=0.1), network(sn.LeakyReLU(0.1), l2=0.1)
    for net, executor in zip(nets, (Here(2), None)):
        for epoch in sn.epochs(
            net, X, Y, "categorical_cross_entropy", epochs=4, executor=executor, engine="lists"
        ):
            net.layers[0].l2 = 1.0 * epoch.number
            net.layers[2].slope = 0.5
            if epoch.number == 2:
                net.layers[1] = sn.ReLU()
    for ours, theirs in zip(nets[0].parameters(), nets[1].parameters()):
        agree(ours.rows, theirs.rows)


def test_the_metadata_and_the_optimizer_stay_here():
    net = network()
    net.metadata["why"] = lambda: None
    fit(net, Here(2), optimizer=sn.Adam(0.01, weight_decay=0.1))
    assert net.metadata


def test_the_optimizers_rule_is_generated(monkeypatch):
    """It updates the weights in the main process, and is set back after each epoch."""
    calls = []
    original = sn.Optimizer.update_rows
    noting = lambda *arguments: calls.append(1) or original(*arguments)  # noqa: E731
    monkeypatch.setattr(sn.Optimizer, "update_rows", noting)
    for engine, is_called in ("lists", True), ("rows", False):
        calls.clear()
        fit(network(), Here(), optimizer=sn.Adam(), engine=engine)
        assert bool(calls) == is_called


# ---- the same bits, whoever computes them ------------------------------------------------------------------------


@pytest.mark.parametrize("kernel", ["fast", "portable"])
def test_threads_and_processes_give_the_same_bits(processes, kernel):
    """The kernel is sent along: worker processes start with the fast one."""
    former = sn.set_kernel(kernel)
    try:
        found = []
        with ThreadPoolExecutor(2) as threads:
            for executor in (Here(2), Here(2), threads, processes):
                net = network(sn.Dropout(0.3), l2=0.01)
                history = fit(net, executor, sample_weight=WEIGHTS)
                found.append((bits(net), repr(history.loss)))
        assert found[1:] == found[:1] * 3
    finally:
        sn.set_kernel(former)
    assert processes.submit(sn.kernel).result() == "fast"


def test_several_tasks_set_the_kernel_at_once():
    seen, first_in, may_go = [], threading.Event(), threading.Event()

    def task():
        with LentKernel("portable"):
            first_in.set()
            may_go.wait(10)

    other = threading.Thread(target=task)
    other.start()
    first_in.wait(10)
    with LentKernel("portable"):
        seen.append(sn.kernel())
        may_go.set()
        other.join(10)
        seen.append(sn.kernel())  # the other is done, but this one is not
    assert seen == ["portable", "portable"] and sn.kernel() == "fast"


def test_an_executor_is_not_shut_down(processes):
    fit(network(), processes)
    assert processes.submit(abs, -1).result() == 1


# ---- random numbers ----------------------------------------------------------------------------------------------


def test_every_shard_draws_random_numbers_of_its_own():
    """The gradient by hand, shard by shard."""
    net, executor = network(sn.Dropout(0.5)), Here(3)
    engine = an_engine(net, executor)
    batch = engine.examples.batch(range(11))
    engine.generator = Generator(7)
    value = engine.backpropagate(batch)
    found = [p.gradient_rows for p in net.parameters()]
    seeds, expected, values = Generator(7), [matrix.scale(rows, 0.0) for rows in found], []
    for part, n in ((slice(0, 3), 3), (slice(3, 7), 4), (slice(7, 11), 4)):
        targets = sn.CategoricalCrossEntropy()
        rows = [targets.target(y, 3, float, 0) for y in Y[part]]
        values.append(
            net.backpropagate(X[part], rows, targets, None, Generator(seeds.bits())) * n / 11
        )
        parts = [matrix.scale(p.gradient_rows, n / 11) for p in net.parameters()]
        expected = [matrix.add(a, b) for a, b in zip(expected, parts)]
    for a, b in zip(found, expected):
        agree(a, b)
    agree([[value]], [[sum(values)]])


@pytest.mark.parametrize("layer", [sn.Dropout(0.5), Noise()], ids=str)
def test_the_generator_moves_on_only_where_it_is_used(layer):
    for net, moves in ((network(layer), True), (network(), False)):
        engine = an_engine(net, Here(2))
        generator = engine.generator = Generator(3)
        for _ in range(2):
            before = generator.state
            engine.backpropagate(engine.examples.batch(range(5)))
            assert (generator.state != before) is moves


def an_engine(net, executor, size=4):
    examples = examples_for(net, X, Y, sn.CategoricalCrossEntropy())
    engine = training.Engine(net, sn.CategoricalCrossEntropy(), sn.SGD(0.5), examples, Generator())
    return Parallel(engine, size, executor)


# ---- what travels ------------------------------------------------------------------------------------------------


def test_shards_are_equal_to_a_sample_and_never_empty():
    for n in range(1, 12):
        for shards in range(1, 6):
            parts = list(cut(([[float(i)] for i in range(n)], [[0.0]] * n, None), shards, float))
            sizes = [len(rows) for rows, _, _, _ in parts]
            assert len(parts) == min(n, shards) and max(sizes) - min(sizes) <= 1
            assert [x for rows, _, _, _ in parts for (x,) in unpack(rows)] == list(range(n))
            assert sum(share for _, _, _, share in parts) == pytest.approx(1)


@pytest.mark.parametrize(
    "executor, shards",
    [
        (types.SimpleNamespace(submit=print), 2),
        (types.SimpleNamespace(submit=print, _max_workers=5), 5),
        (types.SimpleNamespace(submit=print, _max_workers=5, shards=3), 3),
        (types.SimpleNamespace(submit=print, _max_workers=None), 2),
    ],
)
def test_the_number_of_shards(executor, shards):
    assert shards_of(executor) == shards


def test_an_executors_workers_are_counted(processes):
    with ThreadPoolExecutor(3) as threads:
        assert [shards_of(executor) for executor in (processes, threads)] == [2, 3]


def test_each_sample_travels_once_an_epoch():
    executor = Here(2)
    fit(network(), executor, epochs=2)
    rows = [tuple(x) for task in executor.tasks for x in unpack(task[5])]
    assert len(executor.tasks) == 2 * 6
    assert sorted(rows[:11]) == sorted(rows[11:]) == sorted(map(tuple, X))
    assert rows[:11] != rows[11:]  # in a new order


def test_a_number_takes_8_bytes():
    net = sn.Sequential([sn.Dense(50, 40), sn.Dropout(0.5), sn.Dense(40, 2), sn.Softmax()])
    net.metadata["notes"] = "x" * 10000
    rows = [[i / 7 + j for j in range(50)] for i in range(60)]
    for _ in range(2):  # the second time there is a mask of the first training
        executor = Here(2)
        net.fit(
            rows,
            [i % 2 for i in range(60)],
            "categorical_cross_entropy",
            epochs=1,
            executor=executor,
        )
        parameters = 50 * 40 + 40 + 40 * 2 + 2
        numbers = parameters + 30 * 52
        for sent, back in executor.sizes:
            assert 8 * numbers < sent < 1.1 * 8 * numbers + 1500
            assert 8 * parameters < back < 8 * parameters + 300


def test_no_two_calls_are_alike():
    """Dask would compute equal calls once."""
    executor = Here(2)
    net = sn.Sequential([sn.Dense(1, 1)])
    net.fit([[1]] * 4, [1] * 4, "mean_squared_error", sn.SGD(0), epochs=3, executor=executor)
    assert len({repr(task) for task in executor.tasks}) == len(executor.tasks) == 6


def test_a_worker_keeps_few_networks():
    for k in range(2 * tasks.MOST):
        fit(network(sn.Dropout(k / 100)), Here(2), epochs=1)
        assert len(tasks._engines) <= tasks.MOST


def test_rows_are_read_when_they_are_needed():
    class Counted:
        def __init__(self):
            self.reads = []

        def __len__(self):
            return 11

        def __getitem__(self, i):
            self.reads.append(i)
            return X[i]

    data, net = Counted(), network()
    steps = sn.epochs(
        net, data, Y, "categorical_cross_entropy", batch_size=4, epochs=2, executor=Here(2)
    )
    before = len(data.reads)
    next(steps)
    assert sorted(data.reads[before:]) == list(range(11))


# ---- what goes wrong ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("executor", [4, "processes", ThreadPoolExecutor, object()])
def test_objects_that_are_no_executors_are_refused(executor):
    with pytest.raises(
        ValueError,
        match=r"^executor is .*; give an object with submit\(f, \*args\), such as a Proc",
    ):
        fit(network(), executor)


@pytest.mark.parametrize("shards", [0, -1, 1.5, "two", True])
def test_an_invalid_number_of_shards_is_refused(shards):
    with pytest.raises(
        ValueError, match=r"^executor.shards is .*; give a whole number of 1 or more$"
    ):
        fit(network(), Here(shards))


def test_objects_that_cannot_be_pickled_are_named():
    class Local(Scale):
        pass

    class Odd(sn.CategoricalCrossEntropy):
        pass

    with pytest.raises(
        TypeError,
        match=r"^executor: layer 2, Local\(inputs=4\), cannot be pickled for the workers: ",
    ):
        fit(network(Local(4)), Here(2))
    with pytest.raises(TypeError, match=r"^executor: Odd\(\) cannot be pickled for the workers: "):
        fit(network(), Here(2), loss=Odd())
    net = network()
    net.note = lambda: None
    with pytest.raises(
        TypeError, match=r"^executor: the network cannot be pickled for the workers: "
    ):
        fit(net, Here(2))


@pytest.mark.parametrize(
    "there", [types.ModuleType("elsewhere"), None], ids=["without the class", "no such module"]
)
def test_classes_that_a_worker_cannot_import_are_explained(there, monkeypatch):
    module = types.ModuleType("elsewhere")
    module.Own = type("Own", (Scale,), {"__module__": "elsewhere"})
    monkeypatch.setitem(sys.modules, "elsewhere", module)

    class There(Here):
        def submit(self, f, *args):
            monkeypatch.setitem(sys.modules, "elsewhere", there)
            return Here.submit(self, f, *args)

    with pytest.raises(
        TypeError, match=r"^executor: a worker cannot unpickle the network \(.*\); define user-"
    ):
        fit(network(module.Own(4)), There())


class Forgetful(Scale):
    """Does not set its gradient."""

    def backward(self, dA):
        return dA


class Bad(Scale):
    """Fails in one batch."""

    def forward(self, X):
        if self.generator is not None and X[0][0] == 3.0:
            raise LookupError("three")
        return Scale.forward(self, X)


def test_a_gradient_that_is_not_set_is_named():
    with pytest.raises(
        ValueError, match="^2.s.gradient is None; give an array of the parameter's shape"
    ):
        fit(network(Forgetful(4)), Here(2))


@pytest.mark.parametrize("place", ["here", "processes"])
def test_an_error_in_a_worker_is_raised_as_it_is(place, processes):
    net = sn.Sequential([Bad(1), sn.Dense(1, 1)], seed=1)
    expected = sn.Sequential([Bad(1), sn.Dense(1, 1)], seed=1)
    rows, executor = [[0], [1], [2], [3]], processes if place == "processes" else Here(2)
    with pytest.raises(LookupError, match="three"):
        net.fit(
            rows,
            rows,
            "mean_squared_error",
            batch_size=2,
            epochs=1,
            shuffle=False,
            executor=executor,
        )
    expected.fit(rows[:2], rows[:2], "mean_squared_error", epochs=1, executor=executor)
    assert bits(net) == bits(expected)


def test_an_infinite_loss_ends_the_training_as_without_an_executor():
    for executor in (Here(2), None):
        net = sn.Sequential([sn.Dense(1, 1)], seed=1)
        with pytest.raises(sn.Diverged, match="the loss became inf|nan") as caught:
            net.fit(
                [[1e5], [2e5]],
                [1, 2],
                "mean_squared_error",
                sn.SGD(1.0),
                epochs=100,
                executor=executor,
            )
        assert len(caught.value.history) < 60
        assert "inf" not in bits(net) and "nan" not in bits(net)


class Slow:
    """An executor whose third task never ends; Ctrl-C comes instead."""

    shards = 2

    def __init__(self):
        self.futures = []

    def submit(self, f, *args):
        self.futures.append(Pending(f(*args) if len(self.futures) < 2 else None))
        return self.futures[-1]


class Pending(Done):
    cancelled = False

    def result(self):
        if self.value is None:
            raise KeyboardInterrupt
        return self.value

    def cancel(self):
        self.cancelled = True


def test_ctrl_c_keeps_the_parameters_and_cancels_the_tasks():
    executor, net, expected = Slow(), network(), network()
    history = fit(net, executor, batch_size=None)
    fit(expected, Here(2), batch_size=None, epochs=1)
    assert history.interrupted and len(history) == 1
    assert bits(net) == bits(expected)
    assert [future.cancelled for future in executor.futures] == [False, False, True, True]


# ---- what is said ------------------------------------------------------------------------------------------------


def said(executor, batch_size, width=50, epochs=1):
    """The warnings of a training of width² weights."""
    net = sn.Sequential([sn.Dense(width, width)])
    rows = [[0] * width] * batch_size
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in sn.epochs(net, rows, rows, "mean_squared_error", epochs=epochs, executor=executor):
            pass
    return [str(warning.message) for warning in caught]


@pytest.fixture
def costs(monkeypatch):
    """The estimate is the same on every interpreter."""
    for name, value in zip("SAMPLE WEIGHT COPY DATUM SHARD".split(), (25, 300, 160, 15, 250000)):
        monkeypatch.setattr(worker_costs, name, value)
    monkeypatch.setattr(worker_costs, "PACE", {"portable": 4.0})


class Nowhere(Here):
    """An executor that computes nothing."""

    def submit(self, f, *args):
        return Done((0.0, [pack([[0.0] * 2500])[0], pack([[0.0] * 50])[0]], False))


def test_small_work_is_warned_about_once(costs):
    small = "executor: it costs more time than it saves with batches of {}; "
    small += "use batches of 67 or more, or omit it"
    assert said(Nowhere(), 2, epochs=3) == [small.format(2)]
    assert said(Nowhere(), 66) == [small.format(66)]
    assert said(Nowhere(), 67) == []


def test_more_shards_need_larger_batches_and_slower_arithmetic_smaller_ones(costs, portable):
    portable = said(Nowhere(), 1)[0]
    sn.set_kernel("fast")
    fast, more = said(Nowhere(), 1)[0], said(Nowhere(8), 1)[0]
    assert least(portable) < least(fast) < least(more)


def least(text):
    return int(text.split("use batches of ")[1].split()[0])


@pytest.mark.parametrize("layers", [[sn.Softmax()], [sn.Dense(3, 1), sn.Sigmoid()]], ids=str)
def test_no_batch_is_large_enough(layers, costs, monkeypatch):
    monkeypatch.setattr(worker_costs, "DATUM", 100)  # as if the way were that long
    text = "it costs more time than it saves with batches of 4; omit it"
    assert doubts(sn.Sequential(layers), 4, Here(), 2) == text


def test_a_single_shard_is_no_faster():
    text = "executor: a single shard is no faster than no executor; use more workers, or set executor.shards to 2 or more"
    assert said(Nowhere(1), 1000) == [text]


@pytest.mark.parametrize("locked", [True, False])
def test_threads_that_take_turns_are_no_faster(locked, monkeypatch):
    monkeypatch.setattr(sys, "_is_gil_enabled", lambda: locked, raising=False)
    text = "the threads of this Python run one at a time; use a ProcessPoolExecutor to use several cores"
    with ThreadPoolExecutor(2) as threads:
        assert (doubts(network(), 4, threads, 2) == text) is locked


def test_the_warning_is_where_fit_is_called():
    with pytest.warns(UserWarning, match="^executor: ") as caught:
        fit(network(), Here())
    assert [warning.filename for warning in caught] == [__file__]


def test_slow_arithmetic_is_always_worth_it():
    assert doubts(network().copy(Fraction), 1, Here(), 2) == ""


def test_the_executor_is_not_imported():
    program = "import sys, scratchnet.engines.workers; print([m for m in sys.modules if m.startswith('concurrent')])"
    assert (
        subprocess.check_output([sys.executable, "-c", program], universal_newlines=True).strip()
        == "[]"
    )
