"""Generated code: straight-line Python from the record of symbolic numbers; the core in one file.

    program       the record of symbolic numbers as a program, in no language yet
    rescaled      factors that are multiplied once per step
    known_targets the loss of targets that are known to be 0 or 1
    simplified    fewer operations with the same bits
    loops         loops found in the record
    alike         numbers that a loop can compute, because they are computed alike
    loop_parts    the statements, indices and tables that these consist of
    statements    a whole network in a language with loops and functions
    portable      the portable functions on symbolic numbers
    own           the package's own classes; the attributes of user-defined ones

    record/       a step of a network as such a record
    python/       the record as Python: sn.unroll, training steps, modules for devices
    c/            the record as C
    json_program  the record as JSON
    integers/     a network as a program of integers
    boards/       what a network takes on a board

    request       the arguments of sn.export, checked
    targets       sn.export, which writes any of these
    work          the operations of a file, counted while it is printed
    names         names that are allowed in the languages
    rows          the rows of a table, as all languages write them
    device_step   a training step on one sample
    proof         how far the outputs of 32-bit floats can be from the exact ones
    golden        what an exported file carries to prove itself

    bundle        the core in one file, the package in one archive
    minified      Python source without what only readers need

No module here knows a layer, a loss or an optimizer by name. Their rules run on ``Symbolic``
numbers, and the record of the run becomes the code. The code that is executed contains only names
made here, and numbers printed by ``repr``. The repr of a layer appears only in comments, in
printable ASCII.
"""
