"""Pictures, as SVG and for the terminal.

    loss_curve          the loss of each epoch
    decision_boundary   the predictions of a network in the plane of two inputs
    network             the neurons and weights of a network
    confusion_matrix    the number of samples of each true and predicted class
    predictions         predicted numbers against their targets

They are in curve.py, boundary.py, diagram.py, counts.py and scatter.py. These use chart.py (two
axes), marks.py (lines and points in it), region.py (areas in it), scale.py (one axis), svg.py
(SVG), canvas.py (characters) and picture.py (the base class). notebook.py shows networks and
training runs in a notebook.

Each function returns a ``Picture``: ``.svg`` is its text, ``.save("loss.svg")`` writes it, and
``.text(width, height)`` draws it in characters. A notebook displays it.

>>> from scratchnet import plots
>>> picture = plots.confusion_matrix([[9, 1], [0, 10]], ["cat", "dog"])
>>> picture.svg[:58]
'<svg xmlns="http://www.w3.org/2000/svg" class="scratchnet"'
>>> print(plots.loss_curve([4, 2, 1, 0.5]).text(40, 11, "ascii"))
Loss
* training
loss
4 +***
  |   ******
2 +         **********
  |                   ******************
0 +
  ++-----------+-----------+-----------+
   1           2           3           4
                   epoch
"""

from .boundary import decision_boundary
from .counts import confusion_matrix
from .curve import loss_curve
from .diagram import network
from .picture import Picture
from .scatter import predictions

__all__ = [
    "Picture",
    "confusion_matrix",
    "decision_boundary",
    "loss_curve",
    "network",
    "predictions",
]
