"""Generated code: straight-line Python from the record of symbolic numbers; the core in one file.

    python        the record of symbolic numbers as Python statements
    unrolled      sn.unroll: the prediction of a network, written out
    step          a whole training step, written out
    device_step   a training step on one sample, for exported code
    proof         how far the outputs of 32-bit floats can be from the exact ones
    own           the package's own classes; the attributes of user-defined ones
    bundle        the core in one file, the package in one archive
    minified      Python source without what only readers need

No module here knows a layer, a loss or an optimizer by name. Their rules run on ``Symbolic``
numbers, and the record of the run becomes the code. The code that is executed contains only names
made here, and numbers printed by ``repr``. The repr of a layer appears only in comments, in
printable ASCII.
"""
