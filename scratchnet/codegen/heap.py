"""The heap that a module of MicroPython needs to be compiled on the device, imported and used.

The compiler keeps the whole text as a tree: about a word for each character that is not a number in
bytes. Then each number stands in the bytes and in the array that is made of them; a tuple has a
reference and an object for each. tests/codegen/test_micropython.py holds the estimate against the
smallest heap in which a module runs.

>>> needed(2000, 100, word=4, is_tuple=False), needed(2000, 100, word=4, is_tuple=True)
(10120, 12420)
"""

RESERVE = 15  # percent, because free memory is not in one piece
USUAL = 65536  # bytes; a module is written for this heap if no other is given


def needed(characters: int, numbers: int, word: int, is_tuple: bool) -> int:
    """Return the bytes of heap that a module needs, with some reserve.

    ``characters``   the length of its text without comments and numbers in bytes
    ``numbers``      how many numbers it has, each as long as a word
    ``word``         bytes of a word: 4, or 8 where floats have 64 bits
    ``is_tuple``     whether the numbers become tuples and not arrays
    """
    size = 2 * word + 5 * word * is_tuple  # an object takes a block of four words
    return (word * characters + size * numbers) * (100 + RESERVE) // 100
