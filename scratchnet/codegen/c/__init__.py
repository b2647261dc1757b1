"""A network as C.

printer         a record as C expressions, statements and functions
header          a header file with a network of floats
integer_header  a header file with a network of integers
training        the training step of a header
table_rows      the rows of a table in C
templates       the lines of C that do not depend on the network
"""
