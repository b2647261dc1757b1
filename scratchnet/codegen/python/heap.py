"""The heap that a module of MicroPython needs to be compiled on the device, imported and used.

The compiler keeps the whole text as a tree, about a word for each character that is not a number in
bytes; the compiled code takes less than half of that. Each number is then in the bytes and in
the array that is made of them; a tuple has a reference and an object for each.
tests/codegen/test_micropython_targets.py compares with the smallest heap in which modules run.

>>> needed(2000, 100, word=4, is_tuple=False), needed(2000, 600, word=4, is_tuple=True)
(10920, 27040)
"""

RESERVE = 30  # percent, because free memory is not in one piece
USUAL = 65536  # bytes; a module is written for this heap if no other is given


def needed(characters: int, numbers: int, word: int, is_tuple: bool) -> int:
    """Return the bytes of heap that a module needs, with some reserve.

    ``characters``   the length of its text without comments and numbers in bytes
    ``numbers``      how many numbers it has, each as long as a word
    ``word``         bytes of a word: 4, or 8 where floats have 64 bits
    ``is_tuple``     whether the numbers become tuples and not arrays
    """
    compiling = characters + numbers  # in words, like the following
    running = characters // 2 + (2 + 5 * is_tuple) * numbers  # an object takes four words
    return word * max(compiling, running) * (100 + RESERVE) // 100


def needed_by_integers(characters: int, data: int, word: int, bits: int) -> int:
    """Return the same for a module with integers of ``bits`` bits in ``data`` bytes."""
    compiling = word * characters + data + data // 2
    # Bytes are read in place; integers of 16 bits become tuples.
    running = word * characters // 2 + data * (2 if bits == 8 else 1 + word // 2)
    return max(compiling, running) * (100 + RESERVE) // 100
