"""The kinds of samples on a grid, for which lanes.py prints different code."""

BINARY = "binary"  # all inputs are 0 or 1
REPEATED = "repeated"  # the same positive integers occur several times in each sample
OFTEN_REPEATED = "often repeated"
ANY = "any"
