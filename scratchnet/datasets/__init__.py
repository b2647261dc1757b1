"""Data sets that come with the package, and data from files.

samples.py     Iris and the handwritten digits, which come with the package
shapes.py      logic gates; moons, circles and spirals drawn from a seed
examples.py    what samples.py and shapes.py return: X, Y, labels, features, about
tables/        reads tables, from files and from memory
encoding/      turns a table into the inputs and targets of a network
idx.py         reads the files of MNIST
arrays.py      turns IDX, .npy and .npz files (formats/npy.py) into inputs and targets
compact.py     holds many rows of numbers in little memory
median.py      the median of many numbers
"""
