"""Networks at the speed of C: the rules, printed as C, compiled and loaded on this machine.

    compiler.py   finds the compiler, and builds a library
    library.py    keeps the libraries, and calls their functions
    engine.py     engine="native": training steps in C
    passes.py     several epochs by one call
    measuring.py  the loss over samples, for validation
    reading.py    checks and converts large data in C
    memory.py     what the optimizer remembers, as arrays
    notice.py     a line on the terminal that says what takes long
    shards.py     engine="native" with an executor: the shards of a batch in C
    lists.py      Python's lists, read and made in C
    predictor.py  sn.compile: predictions in C
    outputs.py    predictions of many samples in C, such as those of a validation

Every result has the bits of the lists in the portable kernel, whichever kernel is active.
"""
