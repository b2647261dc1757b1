"""Generated code: straight-line Python from the record of symbolic numbers; the core in one file.

    program       the record of symbolic numbers as a program, in no language yet
    loops         loops found in the record
    python        the record as Python statements
    unrolled      sn.unroll: the prediction of a network, written out
    step          a whole training step, written out
    own           the package's own classes; the attributes of user-defined ones

    targets       sn.export; its languages are c_header, c_integers, python_module,
                  micropython_integers and json_program
    statements    a whole network in a language with loops and functions
    rows          the rows of a table, as c_rows and python_rows write them
    stages        a network as stages of sums and functions, which integers compute
    quantized     these stages with integers, calibrated on rows
    integers      what these integers compute
    device_step   a training step on one sample; c_training writes it
    proof         how far the outputs of 32-bit floats can be from the exact ones
    golden        what an exported file carries to prove itself

    bundle        the core in one file, the package in one archive
    minified      Python source without what only readers need

No module here knows a layer, a loss or an optimizer by name. Their rules run on ``Symbolic``
numbers, and the record of the run becomes the code. The code that is executed contains only names
made here, and numbers printed by ``repr``. The repr of a layer appears only in comments, in
printable ASCII.
"""
