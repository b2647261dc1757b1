"""Explanations: where a number comes from, read from the record of traced numbers.

recording     sn.explain: records training steps, every number by its name
explanation   what it returns: the numbers, as text, data or a page
number        one of these numbers: its value, formula and source line
step          the step itself, run on traced numbers, and the names of the numbers
updates       the new weights, each computed when it is asked for
naming        traced numbers get names, and are kept in the order of their computation
within        which numbers within a rule get names
names         a name as its parts: layer, role, indices, suffix
replay        repeats a training run up to a given step
text          formulas as text
patterns      parts of a record that a formula writes in another way
digits        how many digits a formula needs, so that the printed line is true
docstrings    the formula of a rule as books write it, from its docstring
textbook      the same for the numbers of a step
data          an explanation as JSON
page          an explanation as an interactive page
worksheet     the step with blanks, to be computed by hand
mistakes/     checks a worksheet that was filled in, and recognizes common mistakes
attribution   what each input contributes to an output
gradients     sn.check_gradients: backpropagation, exact derivatives and differences compared
"""
