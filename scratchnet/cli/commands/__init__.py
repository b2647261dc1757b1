"""The commands, one file each.

and_gate.py    no command: a neuron learns AND, with every step shown
train.py       train a model from a CSV file
predict.py     predict new rows
evaluate.py    measure the quality of a model
summary.py     show the contents of a model
plot.py        draw a model
demo.py        train on data sets that come with the package
lessons.py     list the lessons in reading order
explain.py     show where each number of a training step comes from
check.py       check calculations made by hand
unroll.py      print a saved network as straight-line Python
bundle.py      write the core as one file, or the package as one archive
export.py      write a saved network as source code
convert.py     write a model in another format
budget.py      say what a network takes on a board
bench.py       measure the speed of this interpreter
selftest.py    check that this interpreter computes correctly
"""
