"""What `explain` and `check` share.

setting.py      what is explained: a network, its data and a training step
samples.py      the samples to explain
exercises.py    exercises without a model
why.py          why a model predicts what it predicts for one row of a table
about.py        the lines above an explanation
header.py       the first line of a worksheet
"""
