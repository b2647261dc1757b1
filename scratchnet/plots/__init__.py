"""Pictures, as SVG and for the terminal.

    loss_curve          how a training went
    decision_boundary   what a network says of every point of a plane
    network             its neurons and weights
    confusion_matrix    which classes are taken for which
    predictions         predicted numbers against their targets

Each returns a ``Picture``: ``.svg`` is its text, ``.save("loss.svg")`` writes it, ``.text(width, height)`` draws it in
characters, and a notebook shows it by itself.

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
