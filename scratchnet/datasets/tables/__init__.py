"""Tables, from files and from memory.

reading.py       reads a CSV file once
files.py         the text of a file: its encoding, its compression, its lines
delimiters.py    the character between the cells, and the cells of a line
headings.py      whether the first lines name the columns
arff.py          the description at the beginning of an ARFF file
rows.py          all rows, block by block, into the columns
growing.py       how columns grow while a file is read
numbers.py       a column of numbers while a file is read
rules.py         what the texts of all columns have in common, and which text does not fit
numerals.py      numbers as people write them
dates.py         dates, and the parts of a date
columns.py       a column that has been read
table.py         a table: columns of equal length
records.py       reads rows in memory
"""

from .reading import read_table as read_table
from .table import Table as Table
