"""Generated code: straight-line Python from the record of symbolic numbers; the core in one file.

    python      the record of symbolic numbers as Python statements
    unrolled    sn.unroll: the prediction of a network, written out
    step        a whole training step, written out
    stages      a network as stages: functions of weighted sums
    order       whether a layer keeps the order of the outputs
    quantizer   from a network to a program of integers
    integers    that program, and what it changes
    own         the package's own classes; the attributes of user-defined ones
    bundle      the core in one file, the package in one archive
    minified    Python source without what only readers need

No module here knows a layer, a loss or an optimizer by name. Their rules run on ``Symbolic``
numbers, and the record of the run becomes the code. The code that is executed contains only names
made here, and numbers printed by ``repr``. The repr of a layer appears only in comments, in
printable ASCII.
"""
