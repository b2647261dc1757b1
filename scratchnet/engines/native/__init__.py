"""Networks at the speed of C: the rules, printed as C, compiled and loaded on this machine.

    compiler.py   finds the compiler, and builds a library
    engine.py     engine="native": training steps in C
    predictor.py  sn.compile: predictions in C

Every result has the bits of the lists in the portable kernel, whichever kernel is active.
"""
