"""The estimates of `scratchnet budget` for MicroPython against emulated boards, on request: set MICROPYTHON to the folder that
devices.py describes. Continuous integration does not build MicroPython.
"""

import os

import devices
import pytest
from test_estimates import NETWORKS

from scratchnet.codegen.boards import micropython
from scratchnet.codegen.boards.budget import total

if "MICROPYTHON" not in os.environ:
    pytest.skip("MICROPYTHON is not set", allow_module_level=True)


@pytest.mark.parametrize("processor", sorted(devices.MACHINES))
def test_the_time_on_a_device(processor):
    device = devices.Device(os.environ["MICROPYTHON"], processor)
    try:
        for kind in micropython.TYPES:
            for name, make in NETWORKS.items():
                counts, text, rows, function = devices.written(make(), kind)
                found = device.time(text, rows, function)
                estimate = total(counts, micropython.TIME[processor, kind])
                assert abs(estimate - found) <= 0.2 * found, (kind, name, estimate, found)
    finally:
        device.close()
