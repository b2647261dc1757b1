"""fit(executor=...) on a real Dask cluster, of processes on this machine: the same bits as anywhere else."""

from concurrent.futures import Future

import pytest

import scratchnet as sn

distributed = pytest.importorskip("distributed")

_generator = sn.Generator(5)
X = [[_generator.normal() for _ in range(4)] for _ in range(30)]
Y = [i % 3 for i in range(30)]


@pytest.fixture(scope="module")
def client():
    """Two workers, of two threads each, which share the kernel of their process."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None
    ) as cluster:
        with distributed.Client(cluster) as client:
            yield client


class Inline:
    """An executor that computes at once, in this process."""

    def __init__(self, shards):
        self.shards = shards

    def submit(self, f, *args):
        future = Future()
        future.set_result(f(*args))
        return future


def trained(executor, **options):
    net = sn.Sequential(
        [sn.Dense(4, 5, l2=0.01), sn.Tanh(), sn.Dropout(0.2), sn.Dense(5, 3), sn.Softmax()], seed=2
    )
    with pytest.warns(UserWarning, match="it costs more time than it saves"):
        history = net.fit(
            X, Y, "categorical_cross_entropy", executor=executor, **dict({"epochs": 3}, **options)
        )
    return repr([p.value for p in net.parameters()]), repr(history.loss)


@pytest.mark.parametrize("kernel", ["fast", "portable"])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_the_same_bits_as_in_this_process(client, kernel, batch_size):
    former = sn.set_kernel(kernel)
    try:
        assert trained(client.get_executor(), batch_size=batch_size) == trained(
            Inline(2), batch_size=batch_size
        )
    finally:
        sn.set_kernel(former)
    assert set(client.run(sn.kernel).values()) == {"fast"}


def test_more_shards_than_workers(client):
    executor = client.get_executor()
    executor.shards = 7
    assert trained(executor) == trained(Inline(7))


def test_a_client_is_an_executor_itself(client):
    assert trained(client) == trained(Inline(2))


def test_equal_batches_are_separate_tasks(client):
    """At the learning rate 0 every epoch submits the same calls; Dask would compute equal calls once."""
    options = {"optimizer": sn.SGD(0), "shuffle": False, "batch_size": 8}
    assert trained(client.get_executor(), **options) == trained(Inline(2), **options)


def test_classes_that_the_workers_cannot_import(client):
    class Doubled(sn.Identity):
        pass

    Doubled.__module__, Doubled.__qualname__ = __name__, "Doubled"
    globals()["Doubled"] = Doubled  # here it can be found; the workers do not have this module
    net = sn.Sequential([sn.Dense(4, 3), Doubled()])
    with pytest.warns(UserWarning), pytest.raises(
        TypeError, match="define user-defined classes in a module that the work"
    ):
        net.fit(X, [[0, 0, 0]] * 30, "mean_squared_error", epochs=1, executor=client.get_executor())


def test_the_executor_is_not_shut_down(client):
    executor = client.get_executor()
    trained(executor)
    assert executor.submit(abs, -1).result() == 1
