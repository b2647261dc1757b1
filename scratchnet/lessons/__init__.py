"""Published worked examples, to run and to read, in this order.

and_gate.py            the article's AND gate, line by line, in the article's own orientation
and_gate_network.py    the same network as layers, one sample a row, with the same numbers
exact.py               the same training in fractions: how far the floats drift from the truth

python3 -m scratchnet.lessons.and_gate
"""
