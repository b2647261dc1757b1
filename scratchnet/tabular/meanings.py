"""What the inputs and outputs of a network mean, if it was trained on a table or on arrays."""

from .model import has_encoder, model_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Tuple

    from ..core.network import Sequential


def meanings_of(net: "Sequential") -> "Tuple[List[str], List[str]]":
    """Return a text for each input, and one for each output; no texts if they are not known.

    A single output of a classification is the probability of the second class.
    """
    if not has_encoder(net):
        return [], []
    try:
        encoder = model_of(net, "the model").encoder
    except ValueError:  # Commands that read a table report the error.
        return [], []
    if not encoder.classes:
        return list(encoder.features), [encoder.target.name]
    classes = encoder.classes[-encoder.outputs :]
    return list(encoder.features), [f"probability of {label}" for label in classes]
