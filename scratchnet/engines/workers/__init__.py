"""Training on several cores or machines: each batch is divided among the workers of an executor.

    engine       the engine Parallel of ``fit(executor=...)``
    shards       the shards of a batch, and the sum of their gradients
    packing      what is sent to the workers
    tasks        what a worker computes: the loss and the gradients of one shard
    costs        whether an executor saves time
    executors    what an executor is

The caller provides the executor: an object with ``submit(f, *args)``, which returns an object with
``result()``. Examples are ``concurrent.futures.ProcessPoolExecutor``, Dask's
``Client.get_executor()`` and ``mpi4py.futures.MPIPoolExecutor``. The executor is never shut down.
Each batch is divided into as many shards as the attribute ``shards`` of the executor says, which
the caller may set; otherwise into as many as it has workers (``_max_workers``), otherwise into 2.
The gradients are summed in the order of the shards. The same number of shards therefore gives the
same bits, on any worker and in any order of computation. A different number gives the same result
except for rounding (and except for the masks of Dropout, which are drawn per shard):

>>> import scratchnet as sn
>>> from fractions import Fraction
>>> from types import SimpleNamespace
>>> class Here:  # a minimal executor
...     shards = 3
...     def submit(self, f, *args):
...         value = f(*args)
...         return SimpleNamespace(result=lambda: value)
>>> for executor in (None, Here()):
...     net = sn.Sequential([sn.Dense(1, 1, weights=[[Fraction(1)]])])
...     X, Y = [[1], [2], [3], [4]], [3, 5, 7, 9]
...     history = net.fit(X, Y, "half_squared_error", sn.SGD(1), 2, executor=executor)
...     print(net.parameters()[0].value, net.parameters()[1].value)
[[Fraction(-251, 4)]] [Fraction(-43, 2)]
[[Fraction(-251, 4)]] [Fraction(-43, 2)]

A task carries the parameters and the samples of its shard as bytes, so each sample is sent once per
epoch. The rest of the network and the loss are a pickle, which a worker reads once. What a
user-defined layer stores for later batches stays in the worker. A loss is a mean over samples, and
the loss of a batch is the weighted mean of the losses of its shards.
"""
