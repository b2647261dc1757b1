"""Where a number comes from, told from the record that traced numbers leave behind.

explanation.py    sn.explain: a training step, every number to be asked for by its name
step.py           the step itself, run on traced numbers, and what its numbers are called
replay.py         how a training is brought to a certain step again
text.py           formulas as text
data.py  page.py  the same as JSON, and as a page to click through
worksheet.py      the step with blanks, for the pencil;   mistakes.py    what was filled in, checked
gradients.py      sn.check_gradients: backpropagation beside exact derivatives and differences
"""
