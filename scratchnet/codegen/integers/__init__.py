"""A network as a program of integers, in no language yet.

stages      the network as stages of sums and functions of sums
order       whether a layer keeps the order of the outputs
quantizer   the stages with integers, calibrated on rows
arithmetic  what these integers compute
"""
