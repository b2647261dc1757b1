"""Data: what comes with the package, and what is read from files.

tables.py      a CSV file, read once, into compact columns
encoding.py    a table as the inputs and targets of a network
compact.py     many rows of numbers in little memory
idx.py         the files of MNIST
arrays.py      these, .npy and .npz (formats/npy.py) as the inputs and targets of a network
samples.py     Iris and the handwritten digits, which come with the package
shapes.py      logic gates; moons, circles and spirals drawn from a seed
examples.py    what the last two give: X, Y, labels, features, about
"""
