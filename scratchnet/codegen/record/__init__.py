"""A step of a network as a record of symbolic numbers, in no language.

step_inputs   the settings and the random numbers of a training step
samples       what one sample adds to a step, and sums over samples
batch_record  a training step recorded number by number, for batches of any size
recording     a training step or a prediction recorded for rows, in which a product is one entry
vectors       what such a recording keeps of each sample, and in which order it is computed
"""
