"""Files that ``load`` refuses at once, because they are not models that it can read.

refuse            the file of another library, by its ending
refuse_pointer    a pointer of Git LFS in the place of a file
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .files import Path

# Files of other libraries by their endings: what loads such a file and converts the model.
TORCH = "sn.from_torch(torch.load({}))"
KERAS = "sn.from_keras(keras.saving.load_model({}))"
PICKLE = "sn.from_sklearn(pickle.load(open({}, 'rb')))"
FROM = {
    ".weights.h5": "model.load_weights({}) and then sn.from_keras(model)",
    ".pt": TORCH,
    ".pth": TORCH,
    ".bin": TORCH,
    ".ckpt": TORCH,
    ".h5": KERAS,
    ".hdf5": KERAS,
    ".keras": KERAS,
    ".pkl": PICKLE,
    ".pickle": PICKLE,
    ".joblib": "sn.from_sklearn(joblib.load({}))",
}
# Further advice for some of them.
ADVICE = {
    ".bin": "; without PyTorch, convert the file to .safetensors, which sn.load reads",
    ".ckpt": "; without PyTorch, convert its state dict to .safetensors, which sn.load reads",
}
POINTER = b"version https://git-lfs"


def refuse(path: "Path") -> None:
    """Refuse the file of another library, and say how its model is converted."""
    for ending in FROM:
        if str(path).lower().endswith(ending):  # the first that fits is the longest
            hint = "its library must load it, as in " + FROM[ending].format(repr(str(path)))
            more = "".join([ADVICE[end] for end in ADVICE if str(path).lower().endswith(end)])
            raise ValueError(f"{path}: not a scratchnet file; {hint}{more}")


def refuse_pointer(data: bytes) -> None:
    """Refuse what Git leaves in the place of a large file that it did not download."""
    if data.startswith(POINTER):
        raise ValueError(
            "the file is a pointer of Git LFS, without the model; run `git lfs pull`, or download "
            "the file itself"
        )
