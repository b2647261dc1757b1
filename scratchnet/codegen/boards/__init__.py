"""What an exported network takes on a board.

budget  memory and time, estimated without a compiler
costs   what an operation costs on each processor, as measured
work    the operations of a file, counted while it is printed
"""
