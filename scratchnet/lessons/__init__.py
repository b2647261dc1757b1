"""Lessons for beginners: one idea per file, each short enough to type in. In reading order:

1. and_gate                a neuron learns AND, line by line as in the article
2. and_gate_network        the same neuron as a network of layers
3. xor_by_hand             a hidden layer, with backpropagation written out
4. loss_and_gradient       why the gradient of cross-entropy with sigmoid is simple
5. softmax_classes         softmax and cross-entropy for three classes
6. minibatches_and_adam    gradient descent, mini-batches, momentum and Adam
7. overfitting             many weights, few samples; L2 and dropout
8. exact                   the training of lesson 1 in exact fractions

Each lesson prints its numbers, for example:

    python3 -m scratchnet.lessons.and_gate

>>> for number, (name, summary) in enumerate(LESSONS[:2], 1):
...     print(number, name + ":", summary)
1 and_gate: a neuron learns AND, line by line as in the article
2 and_gate_network: the same neuron as a network of layers
"""

# The lessons in reading order: the name of the module, and what it is about.
LESSONS = [
    ("and_gate", "a neuron learns AND, line by line as in the article"),
    ("and_gate_network", "the same neuron as a network of layers"),
    ("xor_by_hand", "a hidden layer, with backpropagation written out"),
    ("loss_and_gradient", "why the gradient of cross-entropy with sigmoid is simple"),
    ("softmax_classes", "softmax and cross-entropy for three classes"),
    ("minibatches_and_adam", "gradient descent, mini-batches, momentum and Adam"),
    ("overfitting", "many weights, few samples; L2 and dropout"),
    ("exact", "the training of lesson 1 in exact fractions"),
]
