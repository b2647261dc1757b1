"""A network as Python.

printer         a record as Python statements
unrolled        sn.unroll: the prediction of a network, written out
mostly_zeros    fewer products in it if most inputs are 0
step            a training step, written out
fused           a training step in comprehensions over rows, and predictions of many samples
gather          fewer products in it if most inputs are 0
lanes           the same, with samples of integers and all weights of an input in one integer
looped          a training step in loops, for PyPy
module          a module for Python or MicroPython with a network of floats
integer_module  a module for MicroPython with a network of integers
table_rows      the rows of a table in such a module
templates       the lines of Python that do not depend on the network
heap            the memory that a module needs on MicroPython
"""
