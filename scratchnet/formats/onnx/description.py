"""A chain of layers as models.py describes a network.

    describe_chain        the tensors, and the description as JSON values
    without_complement    the chain without the column 1 - p of a classifier for two classes

The class labels become metadata if there is one for each output.
"""

from .chain import Chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Tuple

    from ..safetensors import Tensor as Numbers

    Described = Tuple[Dict[str, Numbers], Dict[str, Any]]

# The layers with parameters of their own, except Normalization, whose numbers may be implied.
PARAMETERS = {
    "Dense": ["weights", "bias"],
    "PReLU": ["slope"],
    "LayerNormalization": ["scale", "bias"],
    "RMSNormalization": ["scale"],
}


def without_complement(chain: "Chain", labels: "List[Any]") -> "Chain":
    """Return the chain without the columns 1 - p and p that classifiers make of p.

    A network for two classes has one output, p. The same holds for scores of which the first are
    the negative of the second.
    """
    if len(labels) != 2 or chain.before is None:
        return chain
    if chain.layer.get("weights") == [[-1.0, 1.0]] and chain.layer.get("bias") == [1.0, 0.0]:
        return chain.before
    dense = chain.before
    if chain.layer["type"] == "Sigmoid" and dense.layer.get("type") == "Dense" and dense.before:
        pairs = dense.layer["weights"] + [dense.layer["bias"] or [0.0, 0.0]]
        if all([len(pair) == 2 and pair[0] == -pair[1] for pair in pairs]):
            second = [[pair[1]] for pair in pairs]
            return dense.before.dense(second[:-1], second[-1]).then("Sigmoid")
    return chain


def describe_chain(chain: "Chain", labels: "List[Any]", columns: "List[str]") -> "Described":
    """Return the chain as models.py describes a network."""
    tensors: "Dict[str, Numbers]" = {}
    frozen: "List[str]" = []
    about = []
    width = chain.width
    for i, layer in enumerate(chain.layers() or [{"type": "Identity"}]):
        description = {"type": layer["type"]}
        parameters = _parameters(layer)
        if layer["type"] == "Dense":
            inputs, outputs = len(layer["weights"]), len(layer["weights"][0])
            description.update(inputs=inputs, outputs=outputs, l1=0, l2=0)
            if layer["bias"] is None:
                description["bias"] = False
        elif layer["type"] == "PReLU":
            description["count"] = len(layer["slope"])
        elif layer["type"] in ("LayerNormalization", "RMSNormalization"):
            description.update(inputs=layer["width"], epsilon=layer["epsilon"])
            description.update({name: False for name in parameters if parameters[name] is None})
        elif layer["type"] == "Normalization":
            if width is None:
                raise ValueError(
                    "ONNX: the graph adds or multiplies an unknown number of inputs; "
                    "export it with a fixed number of features"
                )
            frozen += [f"{i}.mean", f"{i}.spread"]
        else:
            description.update(layer)
        tensors.update({f"{i}.{n}": v for n, v in parameters.items() if v is not None})
        about.append(description)
    # One output says which of two classes it is only if it is a probability.
    is_probability = width == 1 and chain.layer.get("type") == "Sigmoid"
    fits = labels and len(labels) == (2 if is_probability else width)
    metadata = {"labels": labels} if fits else {}
    if columns:
        metadata["columns"] = columns
    return tensors, {
        "version": 1,
        "layers": about,
        "frozen": frozen,
        "metadata": metadata,
    }


def _parameters(layer: "Dict[str, Any]") -> "Dict[str, Any]":
    """Return the parameters of a layer by their names."""
    kind = layer["type"]
    if kind == "Normalization":
        n = len(layer["mean"] or layer["spread"])
        return {"mean": layer["mean"] or [0.0] * n, "spread": layer["spread"] or [1.0] * n}
    return {name: layer[name] for name in PARAMETERS.get(kind, [])}
