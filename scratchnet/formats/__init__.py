"""Models on disk.

models.py         save, load: a network to a file and back, the format by the ending
safetensors.py    .safetensors: binary, exact, read by PyTorch, NumPy and many others
json.py           .json: for people
onnx.py           .onnx: a graph of operators, which many programs run; what others write is read, too
protobuf.py       the binary form of such a file; onnx_graph.py, onnx_operators.py and onnx_reader.py, its parts
npz.py            .npz: NumPy's
sklearn.py, torch.py, keras.py    from_sklearn, to_sklearn ...: the objects of other libraries; exchange.py, for all
strict_json.py    the JSON text in both, read by every rule
files.py          writing a file so that nothing is lost
"""
