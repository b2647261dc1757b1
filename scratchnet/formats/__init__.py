"""Models on disk.

    models.py         save, load: a network to a file and back, the format by the ending
    safetensors.py    .safetensors: binary, exact, read by PyTorch, NumPy and many others
    json.py           .json: for people
    strict_json.py    the JSON text in both, read by every rule
    files.py          writing a file so that nothing is lost
"""
