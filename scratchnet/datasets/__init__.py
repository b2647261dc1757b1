"""Data sets that come with the package, and data from files.

tables.py      reads a CSV file once
headings.py    tells whether the first lines name the columns
arff.py        the description at the beginning of an ARFF file
columns.py     compact columns, and how they grow while a file is read
numerals.py    numbers as people write them
dates.py       dates, and the parts of a date
records.py     reads rows in memory
encoding.py    turns a table into the inputs and targets of a network
decisions.py   what is done with each column, and why
parts.py       the encoding of one column
compact.py     holds many rows of numbers in little memory
idx.py         reads the files of MNIST
arrays.py      turns IDX, .npy and .npz files (formats/npy.py) into inputs and targets
samples.py     Iris and the handwritten digits, which come with the package
shapes.py      logic gates; moons, circles and spirals drawn from a seed
examples.py    what samples.py and shapes.py return: X, Y, labels, features, about
"""
