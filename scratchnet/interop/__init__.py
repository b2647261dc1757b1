"""Models of other libraries as objects.

sklearn  torch  keras    from_sklearn, to_sklearn, from_torch, to_torch, from_keras, to_keras
sklearn_steps            scikit-learn's steps as layers
sklearn_network          a network as scikit-learn represents it
torch_modules            PyTorch's modules as layers
torch_chain              a module of any class as a chain; torch_functions: the steps of its trace
keras_layers             Keras's layers as layers
affine                   operations that are the same for samples of any width
names                    the names that other libraries use

Each file imports its library only when it is used. The shared part is formats/exchange.py.
"""
