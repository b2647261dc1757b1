"""The engines, which make training fast, and checkpoints.

    choice          which engine computes a training run
    generated       Steps, which runs whole steps that are written out
    rows            Rows, which runs a step as loops over rows
    lanes           Lanes, which runs such a step with the weights of the inputs in integers
    lane_numbers    rows of numbers as single integers
    grid            samples that are multiples of a common step
    rules           each rule of one number or one row, written out
    measuring       the loss of many samples, by generated code
    standardized    samples that are standardized once, not in every step
    prediction      predictions of many samples
    rows_of_floats  lists of floats, checked together
    threads         one network in several threads
    progress        the progress of a training run, and warnings
    columns         parameters, and what an optimizer remembers, as the code keeps them
    zeros           whether samples are mostly zeros
    draws           many random numbers at once
    products        matrix products of floats
    native/         the engine Native: training steps in C, compiled on this machine
    workers/        batches divided among the workers of an executor
    checkpoints     a training run that saves itself to a file and continues from there
    identity        which training run a checkpoint belongs to
    saved_state     the state of a training run in that file
    packed          rows as bytes, for checksums

The core's engine, "lists", is in core/training.py. The code of Steps is in codegen/python/step.py,
and that of Native in codegen/c/native_step.py.
"""
