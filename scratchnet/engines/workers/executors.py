"""Executors, and what their workers need. Workers may be other threads, processes or machines.

EXECUTOR     what an executor is
LentKernel   sets the kernel of this process during a task
"""

from threading import Lock

from ...core.functions import set_kernel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXECUTOR = (
    lambda v: callable(getattr(v, "submit", None)) and not isinstance(v, type),
    "an object with submit(f, *args), such as a ProcessPoolExecutor",
)


class LentKernel:
    """A context that sets the kernel of this process during a task.

    Several threads may run tasks at once. The last one to finish restores the former kernel.
    """

    lock = Lock()
    borrowers = 0
    former = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        with LentKernel.lock:
            former = set_kernel(self.name)
            if not LentKernel.borrowers:
                LentKernel.former = former
            LentKernel.borrowers += 1

    def __exit__(self, *error: "Any") -> None:
        with LentKernel.lock:
            LentKernel.borrowers -= 1
            if not LentKernel.borrowers:
                set_kernel(LentKernel.former)
