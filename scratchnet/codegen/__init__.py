"""From symbolic numbers to straight-line Python.

    python      the record of symbolic numbers as Python statements
    unrolled    sn.unroll: the prediction of a network, written out
    step        a whole training step, written out
    own         what the package's own classes and user-defined ones keep from call to call

Nothing here knows a layer, a loss or an optimizer by name: their own rules, run on ``Symbolic`` numbers, give the code.
The code that is executed contains only names made here, and numbers printed by ``repr``. The repr of a layer appears
only in comments, in printable ASCII.
"""
