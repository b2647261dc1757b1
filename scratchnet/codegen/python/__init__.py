"""A network as Python.

printer           a record as Python statements
branches          choices in it as if statements
unrolled          sn.unroll: the prediction of a network, written out
mostly_zeros      fewer products in it if most inputs are 0
step              a training step, written out
rule              a rule that does the same with every row, as a function
settings          what an optimizer computes once per step, for many steps

expressions       the numbers of the vectors of a recording as expressions
reductions        sums and maxima over a row
stages            the stages of a step as statements
updates           the updates of the parameters as loops over their columns
column_updates    the update of a column, or of a row
column_functions  the functions that change a column
weight_updates    the update of a weight
fused             all of this as a training step in loops over rows
predicted         predictions of many samples
gather            fewer products in fused if most inputs are 0
gathered_updates  the updates of the parameters that multiply these inputs
lanes             the same, with samples of integers and all weights of an input in one integer
kinds             the kinds of such samples
looped            a training step in loops with indices, for PyPy
loop_products     matrix products in it
loop_updates      the updates in it

module            a module for Python or MicroPython with a network of floats
constants         the constants in such a module
integer_module    a module for MicroPython with a network of integers
table_rows        the rows of a table in such a module
templates         the lines of Python that do not depend on the network
integer_templates the same for a network of integers
heap              the memory that a module needs on MicroPython
"""
