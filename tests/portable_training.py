"""Trains three small networks and prints every loss and parameter, bit by bit (for test_interpreters.py).

In the core's dialect: it also runs on MicroPython.
"""

import struct
from array import array

import scratchnet as sn
from scratchnet.core.random import Generator


def bits(values):
    return " ".join([struct.pack(">d", value).hex() for value in values])


def report(net, history):
    print(bits(history.loss))
    for parameter in net.parameters():
        value = parameter.value
        print(
            parameter.name,
            " ".join([bits(row) for row in value]) if isinstance(value[0], list) else bits(value),
        )


sn.set_kernel("portable")
generator = Generator(1)

X = [[generator.uniform(-1.0, 1.0) for _ in range(2)] for _ in range(7)]
Y = [[1.0 if x * y > 0 else 0.0] for x, y in X]
net = sn.Sequential([sn.Dense(2, 4), sn.Tanh(), sn.Dense(4, 1), sn.Sigmoid()], seed=7)
report(
    net,
    net.fit(
        X,
        Y,
        loss="binary_cross_entropy",
        optimizer=sn.Adam(0.05),
        epochs=50,
        batch_size=2,
        shuffle=True,
        seed=7,
    ),
)

X = [[generator.normal() for _ in range(3)] for _ in range(12)]
Y = [i % 3 for i in range(12)]
net = sn.Sequential(
    [sn.Dense(3, 5), sn.ReLU(), sn.Dropout(0.25), sn.Dense(5, 3), sn.Softmax()], seed=8
)
momentum = sn.SGD(0.1, momentum=0.9)
report(
    net,
    net.fit(
        X, Y, loss="categorical_cross_entropy", optimizer=momentum, epochs=50, batch_size=5, seed=8
    ),
)
print(bits([value for row in net.predict(X) for value in row]))

# Every option of training, the other layers and schedules, and rows that are compact arrays.
X = [array("d", [generator.normal() for _ in range(2)]) for _ in range(20)]
Y = array("d", [1.0 if x[0] > x[1] else -1.0 for x in X])
layers = [
    sn.Normalization(),
    sn.Dense(2, 4, l1=1 / 1000, l2=1 / 100),
    sn.GELU(),
    sn.Dense(4, 3),
    sn.SELU(),
]
net = sn.Sequential(layers + [sn.Dense(3, 1, initializer="orthogonal")], seed=9)
net.freeze("3.bias")
history = net.fit(
    X, Y, loss="hinge", optimizer=sn.AdamW(sn.WarmUp(5, sn.CosineDecay(1 / 10, 60)), clip_norm=1), epochs=40,
    batch_size=6, seed=9, validation_split=1 / 4, patience=5, sample_weight=[1 + i % 3 for i in range(20)],
    class_weight={-1: 1, 1: 2},
)  # fmt: skip
report(net, history)
print(history.best_epoch, bits(history.validation_loss))
