"""The memory and time that an exported network takes on a board.

plan         the estimates of a network, for all targets and types
budget       memory and time of C, estimated without a compiler
micropython  the same for MicroPython
costs        what an operation costs on each processor, as measured
"""
