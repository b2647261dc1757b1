"""How training gets fast.

    choice        which engine computes a training
    generated     the engines that run generated code: Rows and Steps
    rules         the code of Rows: each rule of one number or one row, written out
    products      matrix products of rows of floats
    workers       batches shared out to the workers of an executor
    checkpoints   a training that saves itself to a file, and continues from there

The core's own engine, "lists", is in core/training.py. The code of Steps is in codegen/step.py.
"""
