"""From symbolic numbers to straight-line Python, and the engines that train with it.

    python      the record of symbolic numbers as Python statements
    unrolled    sn.unroll: a network's prediction, spelled out
    step        a whole training step, spelled out
    rules       single rules, spelled out for whole rows
    products    matrix products with short rows, spelled out
    engines     which engine computes which training

Nothing here knows a layer, a loss or an optimizer by name: their own rules, run on ``Symbolic`` numbers, say what is
printed. The text that is executed holds names made here, and numbers printed by ``repr``; what a layer calls itself
stands in comments alone, in printable ASCII.
"""
