"""Small data sets for the tests of estimators."""

import math

import scratchnet as sn

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
WORDS = ["no", "yes", "yes", "no"]


def blobs(n=60, classes=3):
    generator = sn.Generator(3)
    y = [i % classes for i in range(n)]
    return [[generator.normal(2 * k, 0.6), generator.normal(-k, 0.6)] for k in y], y


def sines(n=40, outputs=1):
    X = [[i / n, 1 - i / n] for i in range(n)]
    y = [[math.sin(3 * x + k) for k in range(outputs)] for x, _ in X]
    return X, y if outputs > 1 else [row[0] for row in y]
