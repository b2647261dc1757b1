"""A network as C.

printer             a record as C expressions and statements
unit                the functions, statements and tables of a C file
header              a header file with a network of floats
integer_header      a header file with a network of integers
training            the training step of a header
table_rows          the rows of a table in C
templates           the lines of C that do not depend on the network
integer_templates   the same for a network of integers

The C that runs on this machine (engines/native/):

native_step         training steps
native_parts        their statements for one sample, and those that follow from sums
native_blocks       their statements for the samples of a block
native_rows         their statements in a large network
native_row_sums     rows of sums for several samples of a block at once
native_sums         what the samples of a block add to sums, such as gradients
native_packs        rows of sums, computed with SIMD vectors
native_penalties    penalties of weights, and clipped gradients, in a large network
native_division     many statements divided among functions
native_bounds       bounds of numbers that follow from constants and choices
native_measurement  the loss over samples, for validation
native_predictor    predictions
native_lists        how a prediction takes and returns Python's lists
native_data         how a training run reads and copies its data
native_helpers      the primitives of the portable functions, without branches
native_unit         a unit of C for the compiler of this machine
native_text         the lines of it that do not depend on the network
"""
