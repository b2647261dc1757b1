"""Models of other libraries as objects: from_sklearn, to_sklearn, from_torch, to_torch, from_keras, to_keras.

sklearn  torch  keras   one file per library; the libraries are imported only when they are used
exchange                what they share
"""
