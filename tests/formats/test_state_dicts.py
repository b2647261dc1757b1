"""Tensors by name become a network: in the right order, or not at all."""

import json
import random
import struct

import pytest

import scratchnet as sn
from scratchnet.formats import npy, npy_archive, state_dicts

GENERATOR = random.Random(5)


def numbers(*shape):
    if len(shape) > 1:
        return [numbers(*shape[1:]) for _ in range(shape[0])]
    return [GENERATOR.uniform(-1, 1) for _ in range(shape[0])]


def linears(widths, names, bias=True):
    """Return a state dict as PyTorch makes it."""
    state = {}
    for name, inputs, outputs in zip(names, widths, widths[1:]):
        state[name + ".weight"] = numbers(outputs, inputs)
        if bias:
            state[name + ".bias"] = numbers(outputs)
    return state


def by_name(state):
    """Return the state dict as a .safetensors file sorts it."""
    return {name: state[name] for name in sorted(state)}


def written(path, state, dtypes=()):
    """Write tensors alone to a .safetensors file; ``dtypes`` gives those that are not F32."""
    header, body = {}, b""
    for name, tensor in state.items():
        shape, flat = [], tensor
        while isinstance(flat, list):
            shape.append(len(flat))
            flat = flat[0]
        values = tensor if shape else [tensor]
        for _ in shape[1:]:
            values = [v for row in values for v in row]
        kind = dict(dtypes).get(name, "F32")
        data = struct.pack("<{}{}".format(len(values), {"F32": "f", "I64": "q"}[kind]), *values)
        header[name] = {
            "dtype": kind,
            "shape": shape,
            "data_offsets": [len(body), len(body + data)],
        }
        body += data
    text = json.dumps(header).encode()
    with open(str(path), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + body)
    return str(path)


def weights(net):
    return [p.value for p in net.parameters()]


# ---- order -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    "widths, names",
    [
        ([4] * 13, [str(2 * k) for k in range(12)]),
        ([4] * 13, ["net.layers.%d.fc" % k for k in range(12)]),
        ([4] * 12, ["block%d.fc%d" % (k // 2, k % 2) for k in range(11)]),
        ([4] * 4, ["h.%d" % 10**k for k in range(3)]),
        ([5, 7, 7, 3], ["input", "hidden", "output"]),
        ([5, 7, 7, 7, 3], ["input", "hidden1", "hidden2", "output"]),
        ([2, 9, 9, 9, 1], ["stem", "mid.9", "mid.10", "end"]),
        ([6, 3, 6], ["encoder", "decoder"]),
    ],
)
def test_sorted_names_give_the_order_of_the_network(widths, names, bias):
    state = linears(widths, names, bias)
    activations = ["tanh"] * (len(names) - 1) + ["identity"]
    right = sn.from_torch(state, activations, order=names)
    if len(names) == 2:
        # 6-3-6: the widths alone would also allow 3-6-3.
        with pytest.raises(ValueError, match="neither the names nor the widths of the layers"):
            sn.from_torch(by_name(state), activations)
        return
    assert weights(sn.from_torch(by_name(state), activations)) == weights(right)
    assert weights(right)[0] == [list(row) for row in zip(*state[names[0] + ".weight"])]


@pytest.mark.parametrize(
    "names",
    [["encoder", "decoder"], ["fc1", "fc2", "out"], ["a.0", "b.0", "a.1"], ["x", "y", "z", "w"]],
)
def test_an_order_that_stays_unknown_is_refused(names):
    state = linears([8] * (len(names) + 1), names)
    activations = ["relu"] * len(names)
    with pytest.raises(ValueError) as raised:
        sn.from_torch(by_name(state), activations)
    known = sorted(names)
    assert str(raised.value) == (
        "from_torch: neither the names nor the widths of the layers %s show their order; "
        "name them first to last: order=[...]" % ", ".join(known)
    )
    right = sn.from_torch(by_name(state), activations, order=names)
    assert weights(right)[0::2] == [[list(r) for r in zip(*state[n + ".weight"])] for n in names]


@pytest.mark.parametrize(
    "names",
    [
        ["decoder8", "decoder5"],
        ["decoder5", "decoder8"],
        ["in1", "mid7", "mid3", "out2"],
        ["block1.fc9", "block1.fc4", "block2.fc1"],
    ],
)
def test_numbers_with_gaps_do_not_give_the_order(names):
    """The numbers may be those of another model, or count what is not a layer."""
    state = linears([8] * (len(names) + 1), names)
    activations = ["relu"] * len(names)
    with pytest.raises(ValueError, match="neither the names nor the widths of the layers"):
        sn.from_torch(by_name(state), activations)
    right = sn.from_torch(by_name(state), activations, order=names)
    assert weights(right)[0::2] == [[list(r) for r in zip(*state[n + ".weight"])] for n in names]


@pytest.mark.parametrize("sort", [dict, by_name])
@pytest.mark.parametrize("names", [["decoder8", "decoder5"], ["fc3", "fc1"], ["up2", "up1"]])
def test_widths_give_the_order_if_numbers_do_not(sort, names):
    state = linears([3, 5, 7], names)
    if names[0] == "up2" and sort is by_name:  # Numbers without a gap count.
        with pytest.raises(ValueError, match="'up2.weight' takes 3 inputs, but 'up1.weight'"):
            sn.from_torch(sort(state), ["relu", "relu"])
    else:
        net = sn.from_torch(sort(state), ["relu", "relu"])
        assert weights(net) == weights(sn.from_torch(state, ["relu", "relu"], names))


def test_the_order_of_a_module_counts():
    """PyTorch's own order is that of the definitions, which no sorting by name makes."""
    for names in (["encoder", "decoder"], ["fc1", "fc2", "out"], ["z", "a"]):
        state = linears([8] * (len(names) + 1), names)
        net = sn.from_torch(state, ["relu"] * len(names))
        assert weights(net) == weights(sn.from_torch(state, ["relu"] * len(names), names))


def test_numbers_that_contradict_the_order_are_refused():
    state = linears([3] * 4, ["fc3", "fc1", "fc2"])
    with pytest.raises(
        ValueError, match="the numbers in the names contradict the order of the ten"
    ):
        sn.from_torch(state, ["relu"] * 3)


@pytest.mark.parametrize("order", ["ab", ["a"], ["a", "b", "b"], ["a", "c"], 3, [1, 2]])
def test_an_order_that_is_wrong(order):
    state = linears([2, 3, 4], ["a", "b"])
    with pytest.raises(ValueError, match="each of the 2 layers once: a, b$") as raised:
        sn.from_torch(state, ["relu", "relu"], order)
    assert "\n" not in str(raised.value)


def test_the_names_of_two_layers_that_do_not_fit():
    state = linears([2, 3, 4], ["a", "b"])
    with pytest.raises(
        ValueError, match="'a.weight' takes 2 inputs, but 'b.weight' before it has 4"
    ):
        sn.from_torch(state, ["relu", "relu"], ["b", "a"])


def test_many_layers_are_refused_soon():
    names = [chr(97 + k % 26) * (1 + k // 26) for k in range(400)]
    with pytest.raises(ValueError, match="neither the names nor the widths"):
        sn.from_torch(by_name(linears([2] * 401, names)), ["relu"] * 400)
    names = ["%s.%d" % (part, k) for part in "abc" for k in range(100)]
    with pytest.raises(ValueError, match="neither the names nor the widths"):
        sn.from_torch(by_name(linears([2] * 301, names)), ["relu"] * 300)


# ---- BatchNorm1d -------------------------------------------------------------------------------------------------


def batch_norm(state, name, n, affine=True):
    if affine:
        state.update({name + ".weight": numbers(n), name + ".bias": numbers(n)})
    variance = [abs(v) for v in numbers(n)]
    state.update({name + ".running_mean": numbers(n), name + ".running_var": variance})
    state[name + ".num_batches_tracked"] = 7


def normed(names, norms, widths):
    """Return a state dict of Linear and BatchNorm1d in this order."""
    state, k = {}, 0
    for name in names:
        if name in norms:
            batch_norm(state, name, widths[k])
        else:
            state.update(linears(widths[k : k + 2], [name]))
            k += 1
    return state


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


@pytest.mark.parametrize("sorted_by_name", [True, False])
@pytest.mark.parametrize(
    "names, norms, after",
    [
        (["0", "1", "3"], ["1"], True),  # Linear, BatchNorm1d, ReLU, Linear
        (["0", "2", "3"], ["2"], False),  # Linear, ReLU, BatchNorm1d, Linear
        (["net.8", "net.9", "net.11"], ["net.9"], True),
        (["net.8", "net.10", "net.11"], ["net.10"], False),
    ],
)
def test_indices_tell_where_the_activation_is(names, norms, after, sorted_by_name):
    state = normed(names, norms, [4, 5, 2])
    net = sn.from_torch(by_name(state) if sorted_by_name else state, ["relu", "identity"])
    norm = ["Normalization", "Dense"]
    inner = norm + ["ReLU"] if after else ["ReLU"] + norm
    assert kinds(net) == ["Dense"] + inner + ["Dense", "Identity"]


def test_a_batch_normalization_by_hand():
    state = normed(["0", "1", "3"], ["1"], [2, 3, 1])
    net = sn.from_torch(state, ["relu", "identity"])
    x = [0.5, -2.0]
    z = [
        sum(w * v for w, v in zip(row, x)) + b for row, b in zip(state["0.weight"], state["0.bias"])
    ]
    norm = [state["1." + role] for role in ("running_mean", "running_var", "weight", "bias")]
    a = [max(0, (v - m) / (s + 1e-5) ** 0.5 * w + b) for v, m, s, w, b in zip(z, *norm)]
    y = sum(w * v for w, v in zip(state["3.weight"][0], a)) + state["3.bias"][0]
    assert net.predict([x])[0][0] == pytest.approx(y, rel=1e-12)


@pytest.mark.parametrize("names", [["fc1", "bn1", "fc2"], ["0", "2", "4"], ["a.0", "b.1", "a.2"]])
def test_an_activation_whose_place_is_unknown(names):
    state = normed(names, names[1:2], [4, 4, 4])
    with pytest.raises(
        ValueError, match="whether ReLU.. stands before or after .* is not in the n"
    ):
        sn.from_torch(state, ["relu", "identity"])
    net = sn.from_torch(state, ["identity", "relu", "identity"])
    assert kinds(net) == "Dense Identity Normalization Dense ReLU Dense Identity".split()
    assert kinds(sn.from_torch(state, ["identity", "tanh"]))[-1] == "Tanh"


def test_a_first_and_a_last_normalization():
    state = {"mean": [1.0, 2.0], "spread": [2.0, 4.0]}
    state = {"0." + role: row for role, row in state.items()}
    state.update(linears([2, 3], ["1"]))
    net = sn.from_torch(by_name(state), ["tanh"])
    assert kinds(net) == ["Normalization", "Dense", "Tanh"]
    assert net.layers[0].forward([[3.0, 2.0]]) == [[1.0, 0.0]]


def test_a_wide_batch_normalization_alone():
    """Its diagonal matrix would take a gigabyte, for a file of kilobytes."""
    state = {}
    batch_norm(state, "bn", 12000)
    with pytest.raises(
        ValueError, match="'bn' is a BatchNorm1d of 12000 features among small layers"
    ):
        sn.from_torch(state, [])


# ---- names and shapes of programs of one's own -------------------------------------------------------------------

X = [[0.5, -1.0], [2.0, 0.25]]
RIGHT = sn.Sequential([sn.Dense(2, 3), sn.Tanh(), sn.Dense(3, 1), sn.Sigmoid()], seed=3)
W1, B1, W2, B2 = [p.value for p in RIGHT.parameters()]


def turned(rows):
    return [list(column) for column in zip(*rows)]


@pytest.mark.parametrize(
    "names",
    [
        ("W1", "b1", "W2", "b2"),
        ("w_1", "b_1", "w_2", "b_2"),
        ("weights1", "bias1", "weights2", "bias2"),
        ("Wh", "bh", "Wo", "bo"),
        ("W_hidden", "b_hidden", "W_output", "b_output"),
        (
            "params/Dense_0/kernel",
            "params/Dense_0/bias",
            "params/Dense_1/kernel",
            "params/Dense_1/bias",
        ),
        ("0.weights", "0.bias", "2.weights", "2.bias"),
    ],
)
@pytest.mark.parametrize("sort", [sorted, list])
def test_names_of_other_programs(names, sort):
    state = dict(zip(names, [W1, [B1], W2, [B2]]))
    net = state_dicts.network({name: state[name] for name in sort(names)}, ["tanh", "sigmoid"])
    assert net.predict(X) == RIGHT.predict(X)
    if "kernel" not in names[0]:
        columns = [[b] for b in B1], [[b] for b in B2]
        state = dict(zip(names, [turned(W1), columns[0], turned(W2), columns[1]]))
        net = state_dicts.network({name: state[name] for name in sort(names)}, ["tanh", "sigmoid"])
        assert net.predict(X) == RIGHT.predict(X)


def test_a_square_matrix_may_be_either():
    state = {"W1": numbers(2, 2), "b1": numbers(2), "W2": numbers(2, 2), "b2": numbers(2)}
    with pytest.raises(ValueError, match="whether the rows of 'W1' are its inputs or its outputs"):
        state_dicts.network(state, ["tanh", "tanh"])
    rows = dict(state, b1=[state["b1"]], b2=[state["b2"]])
    assert state_dicts.network(rows, ["tanh", "tanh"]).layers[0].weights.value == state["W1"]
    columns = dict(state, b1=turned([state["b1"]]), b2=turned([state["b2"]]))
    net = state_dicts.network(columns, ["tanh", "tanh"])
    assert net.layers[0].weights.value == turned(state["W1"])


def test_a_square_matrix_beside_one_that_is_not():
    state = {"W1": numbers(2, 2), "b1": numbers(2), "W2": numbers(2, 3), "b2": numbers(3)}
    net = state_dicts.network(state, ["tanh", "tanh"])
    assert net.layers[2].weights.value == state["W2"]


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_safetensors_file_of_tensors_alone(tmp_path):
    state = normed(["head.%d" % k for k in (0, 1, 3, 10)], ["head.1"], [2, 3, 3, 1])
    state.update({"head.step": 12, "body.conv.weight": [numbers(2, 2), numbers(2, 2)]})
    integers = {"head.1.num_batches_tracked": "I64", "head.step": "I64"}
    path = written(tmp_path / "model.SafeTensors", by_name(state), integers)
    net = sn.load(path, activations=["relu", "tanh", "identity"], prefix="head")
    del state["body.conv.weight"], state["head.step"]
    same = sn.from_torch(state, ["relu", "tanh", "identity"])
    assert kinds(net) == kinds(same)
    for ours, theirs in zip(weights(net), weights(same)):
        assert ours == pytest.approx(theirs, rel=1e-6) if isinstance(ours[0], float) else ours
    with pytest.raises(
        ValueError, match="'body.conv.weight': it has 3 dimensions; at most 2 can be"
    ) as raised:
        sn.load(path, activations=["relu", "tanh", "identity"])
    assert str(raised.value).startswith(path + ": ")
    with pytest.raises(
        ValueError, match="holds no scratchnet network, only tensors; if they are tho"
    ):
        sn.load(path)
    with pytest.raises(ValueError, match="no tensor's name begins with 'hea'; give another prefix"):
        sn.load(path, activations=["relu"], prefix="hea")
    with pytest.raises(ValueError, match="name the activation after each of the 3 Linear layers"):
        sn.load(path, activations=["relu"], prefix="head.")


def test_a_weight_of_integers_is_not_skipped(tmp_path):
    path = written(tmp_path / "a.safetensors", {"a.weight": [[1, 2]]}, {"a.weight": "I64"})
    with pytest.raises(ValueError, match="'a.weight': its dtype is 'I64'; F64, F32, F16 and BF16"):
        sn.load(path, activations=["relu"])


def test_an_npz_file_of_arrays_alone(tmp_path):
    path = tmp_path / "scratch.npz"
    arrays = {"W1": W1, "b1": [B1], "W2": W2, "b2": [B2]}
    path.write_bytes(npy_archive.dumps({name: npy.array_of(a) for name, a in arrays.items()}))
    assert sn.load(path, activations=["tanh", "sigmoid"]).predict(X) == RIGHT.predict(X)
    with pytest.raises(
        ValueError, match="scratch.npz: the file holds no scratchnet network, only t"
    ):
        sn.load(path)


@pytest.mark.parametrize("ending", ["safetensors", "npz", "json", "onnx"])
def test_a_network_has_its_own_activations(tmp_path, ending):
    path = tmp_path / ("model." + ending.upper())
    sn.save(RIGHT, path)
    assert sn.load(path).predict(X) == RIGHT.predict(X)
    for option in ({"activations": ["tanh", "sigmoid"]}, {"order": ["0", "2"]}, {"prefix": "0"}):
        with pytest.raises(ValueError, match="has the layers of a network; leave out activations"):
            sn.load(path, **option)


@pytest.mark.parametrize("path", [b"model.onnx" * 1000, None, 3, ["model.json"]])
def test_what_is_no_path(path):
    with pytest.raises(TypeError, match="^load: path is a [A-Za-z]+; give the path of a file$"):
        sn.load(path)


@pytest.mark.parametrize("suffix", ["_l0", "_l1_reverse", ""])
def test_a_recurrent_layer_is_not_read_as_two_linear_ones(suffix):
    state = {
        "rnn.weight_ih" + suffix: numbers(8, 4),
        "rnn.weight_hh" + suffix: numbers(8, 8),
        "rnn.bias_ih" + suffix: numbers(8),
        "rnn.bias_hh" + suffix: numbers(8),
        "fc.weight": numbers(2, 8),
        "fc.bias": numbers(2),
    }
    with pytest.raises(
        ValueError, match="'rnn..*_hh.* belongs to a recurrent layer, which is not a"
    ):
        state_dicts.network(state, ["tanh", "tanh", "identity"])


@pytest.mark.parametrize(
    "name", ["0.weight_g", "weight_orig", "0.parametrizations.weight.original0"]
)
def test_tensors_from_which_a_weight_is_computed_are_refused(name):
    with pytest.raises(ValueError, match=name + "' is one of several tensors from which PyTorch c"):
        state_dicts.network({name: numbers(3, 1)}, ["tanh"])


def test_weights_of_hand_written_layers_may_be_named_after_input_hidden_and_output():
    state = {"weight_ih": numbers(3, 2), "weight_ho": numbers(1, 3)}
    net = state_dicts.network(state, ["tanh", "identity"])
    assert (net.inputs, net.outputs) == (2, 1)
