"""fit(executor=...) on mpi4py.futures, with MPI's own processes: the same bits as anywhere else."""

import os
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("mpi4py")

PROGRAM = """
import warnings
from concurrent.futures import ProcessPoolExecutor

import scratchnet as sn
from mpi4py.futures import MPIPoolExecutor

generator = sn.Generator(5)
X = [[generator.normal() for _ in range(4)] for _ in range(30)]
Y = [i % 3 for i in range(30)]


def trained(executor):
    net = sn.Sequential([sn.Dense(4, 5, l2=0.01), sn.Tanh(), sn.Dropout(0.2), sn.Dense(5, 3), sn.Softmax()], seed=2)
    history = net.fit(X, Y, "categorical_cross_entropy", epochs=3, batch_size=8, executor=executor)
    return repr([p.value for p in net.parameters()]), repr(history.loss)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sn.set_kernel("portable")
    with MPIPoolExecutor(2) as mpi, ProcessPoolExecutor(2) as processes:
        print(trained(mpi) == trained(processes), mpi.submit(sn.kernel).result())
"""


@pytest.mark.skipif(not shutil.which("mpiexec"), reason="no mpiexec here")
def test_the_same_bits_as_other_processes(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = ["mpiexec", "-n", "3", sys.executable, "-m", "mpi4py.futures", str(program)]
    output = subprocess.check_output(
        command, env=dict(os.environ), universal_newlines=True, timeout=100
    )
    assert output.split() == ["True", "fast"]
