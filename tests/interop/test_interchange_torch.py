"""PyTorch: modules come in and networks go out, and both predict the same to 1e-12, in float64."""

import copy
import io
import pickle

import pytest
from hypothesis import given
from interchange import ACTIVATIONS, agree, dense, networks, normalization, rows_of

import scratchnet as sn

torch = pytest.importorskip("torch")
torch_prune = pytest.importorskip("torch.nn.utils.prune")
nn = torch.nn

ROWS = rows_of(sn.Generator(3), 6, 4, spread=3)
X = torch.tensor(ROWS, dtype=torch.float64)


def seeded(*modules):
    """Return an nn.Sequential in float64 and eval mode with reproducible random numbers."""
    module = nn.Sequential(*modules).double()
    generator = torch.Generator().manual_seed(1)
    for tensor in list(module.parameters()) + [
        b for b in module.buffers() if b.dtype.is_floating_point
    ]:
        tensor.data.uniform_(0.5, 2, generator=generator)
    return module.eval()


def predicted(module, rows):
    with torch.no_grad():
        return module(torch.tensor(rows, dtype=torch.float64)).tolist()


# ---- in ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module, ours",
    [
        (nn.Identity(), sn.Identity()),
        (nn.ReLU(inplace=True), sn.ReLU()),
        (nn.LeakyReLU(), sn.LeakyReLU(0.01)),
        (nn.LeakyReLU(0.3), sn.LeakyReLU(0.3)),
        (nn.ELU(0.7), sn.ELU(0.7)),
        (nn.SELU(), sn.SELU()),
        (nn.GELU(), sn.GELU()),
        (nn.GELU(approximate="tanh"), sn.GELU("tanh")),
        (nn.SiLU(), sn.SiLU()),
        (nn.Softplus(), sn.Softplus()),
        (nn.Sigmoid(), sn.Sigmoid()),
        (nn.Tanh(), sn.Tanh()),
        (nn.Softmax(dim=1), sn.Softmax()),
        (nn.Softmax(dim=-1), sn.Softmax()),
        (nn.Dropout(0.25), sn.Dropout(0.25)),
    ],
    ids=repr,
)
def test_a_module_in(module, ours):
    net = sn.from_torch(seeded(nn.Linear(4, 3), module))
    assert repr(net.layers[1]) == repr(ours)
    agree(net.predict(ROWS), predicted(seeded(nn.Linear(4, 3), module), ROWS))


def test_softplus_beyond_its_threshold():
    net = sn.from_torch(nn.Sequential(nn.Softplus()))
    rows = [[19.0, 20.5, 30.0, 1000.0]]
    agree(net.predict(rows), predicted(nn.Softplus(), rows), 2.1e-9 / 1000)
    agree(net.predict(rows), predicted(sn.to_torch(net), rows))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_batch_normalization_in(affine, bias):
    module = seeded(
        nn.Linear(4, 3, bias=bias), nn.BatchNorm1d(3, affine=affine), nn.ReLU(), nn.Linear(3, 2)
    )
    net = sn.from_torch(module)
    agree(net.predict(ROWS), predicted(module, ROWS))
    kinds = [type(layer).__name__ for layer in net.layers]
    assert kinds == ["Dense", "Normalization"] + ["Dense"] * affine + ["ReLU", "Dense"]


class Named(nn.Sequential):
    pass


def test_nested_and_flattened():
    shared = nn.Tanh()  # stands in two places
    inner = nn.Sequential(nn.Linear(5, 4, bias=False), shared, Named(nn.Linear(4, 2)))
    module = seeded(nn.Flatten(), nn.Linear(4, 5), shared, inner, nn.Flatten(1), nn.Softmax(1))
    net = sn.from_torch(module)
    kinds = [type(layer).__name__ for layer in net.layers]
    assert kinds == ["Dense", "Tanh", "Dense", "Tanh", "Dense", "Softmax"]
    agree(net.predict(ROWS), module(X.reshape(6, 2, 2)))


def test_a_float32_number_comes_in_exactly():
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        module = nn.Sequential(nn.Linear(4, 3)).to(dtype)
        net = sn.from_torch(module)
        weights, bias = [torch.tensor(p.value, dtype=torch.float64) for p in net.parameters()]
        assert torch.equal(weights.t(), module[0].weight.double())
        assert torch.equal(bias, module[0].bias.double())


def test_a_state_dict_in():
    module = seeded(nn.Linear(4, 3), nn.SiLU(), nn.Linear(3, 2, bias=False), nn.LeakyReLU(0.3))
    net = sn.from_torch(module.state_dict(), ["SiLU", sn.LeakyReLU(0.3)])
    agree(net.predict(ROWS), predicted(module, ROWS))


def test_a_state_dict_is_not_frozen():
    """Tensors of a state dict never require a gradient, whatever the module's do."""
    module = seeded(nn.Linear(4, 3), nn.Linear(3, 2, bias=False))
    net = sn.from_torch(module.state_dict(), ["tanh", "identity"])
    assert [p.name for p in net.parameters()] == ["0.weights", "0.bias", "2.weights"]
    assert not any(p.frozen for p in net.parameters())


@pytest.mark.parametrize("missing", ["weight", "bias"])
def test_a_batch_normalization_with_one_of_weight_and_bias(missing):
    module = seeded(nn.BatchNorm1d(4), nn.Linear(4, 2))
    setattr(module[0], missing, None)
    net = sn.from_torch(module)
    agree(net.predict(ROWS), predicted(module, ROWS))
    assert [p.name for p in net.parameters() if p.frozen and p.name[0] == "1"] == [
        {"weight": "1.weights", "bias": "1.bias"}[missing]
    ]


def test_parameters_that_require_no_gradient_are_frozen():
    module = seeded(nn.Linear(4, 3, bias=False), nn.Linear(3, 2), nn.Linear(2, 2))
    module[1].requires_grad_(False)
    module[2].bias.requires_grad = False
    net = sn.from_torch(module)
    assert [p.name for p in net.parameters() if p.frozen] == [
        "1.weights",
        "1.bias",
        "2.bias",
    ]
    again = sn.to_torch(net)
    frozen = [name for name, p in again.named_parameters() if not p.requires_grad]
    assert frozen == ["1.weight", "1.bias", "2.bias"]


def test_a_batch_normalization_that_requires_no_gradient():
    module = seeded(nn.BatchNorm1d(4), nn.Linear(4, 1))
    assert [p.frozen for p in sn.from_torch(module).parameters()] == [
        True,
        True,
        False,
        False,
        False,
        False,
    ]
    module[0].bias.requires_grad = False
    assert [p.frozen for p in sn.from_torch(module).parameters()] == [
        True,
        True,
        False,
        True,
        False,
        False,
    ]


class Own(nn.Module):
    def forward(self, x):
        return 2 * x


class Doubled(nn.Linear):
    def forward(self, x):
        return 2 * super().forward(x)


class Backwards(nn.Sequential):
    def forward(self, x):
        return self[0](self[1](x))


class Called(nn.Linear):
    def __call__(self, x):
        return x


def pruned(name="weight"):
    module = nn.Sequential(nn.Linear(2, 2))
    torch_prune.random_unstructured(module[0], name, 1)
    return module


def parametrized(name):
    module = nn.Linear(2, 2)
    nn.utils.parametrize.register_parametrization(module, name, Own())
    return nn.Sequential(module)


def hooked(module, *at):
    """Return the module with a hook on the submodule at this place, which doubles its output."""
    part = module
    for k in at:
        part = part[k]
    part.register_forward_hook(lambda module, inputs, output: 2 * output)
    return module


def before(module):
    module.register_forward_pre_hook(lambda module, inputs: (2 * inputs[0],))
    return module


def patched():
    module = nn.Linear(2, 2)
    module.forward = lambda x: x
    return nn.Sequential(nn.Tanh(), module)


HOOKS = r" cannot be converted exactly: it has forward hooks, or its forward method is replaced; remove them$"
WAYS = r"; give an nn.Module that torch.fx can trace, or its state_dict\(\) with activations=\[...\], or sn.load its ONNX file$"
META = r": a tensor on the device meta, or a lazy, sparse or quantized one, has no numbers to read; give an ordinary o"


@pytest.mark.parametrize(
    "module, sentence",
    [
        (
            nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.GLU())),
            r"module 1.0 \(GLU\) is not supported",
        ),
        (nn.Sequential(nn.Tanhshrink()), r"module 0 \(Tanhshrink\) is not supported"),
        (nn.Sequential(nn.Conv1d(1, 1, 1)), r"module 0 \(Conv1d\) is not supported"),
        (nn.Sequential(nn.LazyLinear(1)), r"module 0 \(LazyLinear\) is not supported"),
        (nn.Sequential(nn.LogSoftmax(0)), r"module 0 \(LogSoftmax\) cannot be .* give dim=1"),
        (nn.ModuleList([nn.ReLU()]), r"the module \(ModuleList\) is not supported"),
        (nn.ModuleList([nn.ReLU()]), r"Softplus, Softsign, Tanh, Threshold$"),
        (
            Own(),
            r"^mul\(\) in the module \(Own\) cannot be converted: the number of features is u",
        ),
        (
            nn.Sequential(Called(2, 2)),
            r"^module 0 \(Called\) has a __call__ method of its own; give its s",
        ),
        ("model.pt", r"the module \(str\), of builtins, is not supported.*" + WAYS),
        (None, r"the module \(NoneType\), of builtins, is not supported.*" + WAYS),
        (
            nn.Sequential(nn.Softmax(0)),
            r"module 0 \(Softmax\) cannot be converted exactly: a sample is a row here;",
        ),
        (
            nn.Sequential(nn.Softplus(-2)),
            r"module 0 \(Softplus\) cannot be converted exactly: give a beta above 0",
        ),
        (
            nn.Sequential(nn.Softplus(1, 10)),
            r"module 0 \(Softplus\) cannot be converted exactly: give a beta abov",
        ),
        (
            nn.Sequential(nn.Flatten(0)),
            r"module 0 \(Flatten\) cannot be converted exactly: give Flatten\(1, -1\)",
        ),
        (
            nn.Sequential(nn.BatchNorm1d(2)),
            r"module 0 \(BatchNorm1d\) cannot be converted exactly: in training mode it.",
        ),
        (
            nn.Sequential(nn.BatchNorm1d(2, track_running_stats=False)).eval(),
            r"\(BatchNorm1d\).*track running statisti",
        ),
        (
            pruned(),
            r"module 0 \(Linear\) cannot be converted exactly: its weight or bias is recomputed",
        ),
        (
            pruned("bias"),
            r"module 0 \(Linear\) cannot be converted exactly: its weight or bias is recomputed",
        ),
        (
            parametrized("weight"),
            r"module 0 \(ParametrizedLinear\) cannot be .* its weight or bias is recomputed",
        ),
        (
            parametrized("bias"),
            r"module 0 \(ParametrizedLinear\) cannot be .* its weight or bias is recomputed",
        ),
        (hooked(nn.Sequential(nn.Tanh(), nn.Linear(2, 2)), 1), r"module 1 \(Linear\)" + HOOKS),
        (hooked(nn.Sequential(nn.Sequential(nn.ReLU())), 0), r"module 0 \(Sequential\)" + HOOKS),
        (hooked(nn.Sequential(nn.Sequential(nn.ReLU())), 0, 0), r"module 0.0 \(ReLU\)" + HOOKS),
        (hooked(nn.Sequential(nn.Flatten(), nn.ReLU()), 0), r"module 0 \(Flatten\)" + HOOKS),
        (hooked(nn.Sequential(nn.ReLU())), r"the module \(Sequential\)" + HOOKS),
        (before(nn.Sequential(nn.ReLU())), r"the module \(Sequential\)" + HOOKS),
        (nn.Sequential(before(nn.BatchNorm1d(2)).eval()), r"module 0 \(BatchNorm1d\)" + HOOKS),
        (patched(), r"module 1 \(Linear\)" + HOOKS),
        (nn.Sequential(nn.Linear(2, 2, device="meta")), r"module 0 \(Linear\).weight" + META),
        (
            nn.Sequential(nn.BatchNorm1d(2, device="meta")).eval(),
            r"module 0 \(BatchNorm1d\)" + META,
        ),
        (
            nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))),
            r"module 0 \(ParametrizedLinear\) ",
        ),
        (nn.Sequential(), "a network has at least one layer"),
    ],
)
def test_a_module_that_is_refused(module, sentence):
    with pytest.raises(ValueError, match=sentence):
        sn.from_torch(module)


def test_modules_of_changed_classes():
    """They are traced."""
    for module in (
        Backwards(nn.Linear(3, 2), nn.Sequential(nn.Linear(4, 3), nn.Tanh())),
        nn.Sequential(Doubled(4, 2), nn.Sigmoid()),
    ):
        module.double()
        agree(sn.from_torch(module).predict(ROWS), predicted(module, ROWS))


@pytest.mark.filterwarnings("ignore")
def test_a_compiled_module_is_refused():
    module = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    for compiled in (torch.jit.script(module), torch.jit.trace(module, torch.ones(1, 2))):
        kind = type(compiled).__name__
        with pytest.raises(
            ValueError, match=rf"the module \({kind}\), of torch.jit.\w+, is not supported.*{WAYS}"
        ):
            sn.from_torch(compiled)
        with pytest.raises(ValueError, match=rf"module 0 \({kind}\), of torch.jit"):
            sn.from_torch(nn.Sequential(compiled))
        assert repr(sn.from_torch(compiled.state_dict(), ["relu"])) == repr(sn.from_torch(module))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "make",
    [
        lambda: torch.ones(2, 2, device="meta"),
        lambda: torch.eye(2).to_sparse(),
        lambda: nn.UninitializedParameter(),
        lambda: torch.quantize_per_tensor(torch.ones(2, 2), 0.1, 0, torch.qint8),
    ],
    ids=["meta", "sparse", "lazy", "quantized"],
)
def test_a_tensor_without_numbers(make):
    with pytest.raises(ValueError, match="^from_torch: 'fc.weight'" + META):
        sn.from_torch({"fc.weight": make()}, ["relu"])


def test_a_network_goes_into_no_module_with_hooks():
    module = hooked(nn.Sequential(nn.Linear(2, 2)), 0)
    with pytest.raises(ValueError, match=r"module 0 \(Linear\)" + HOOKS):
        sn.to_torch(sn.Sequential([sn.Dense(2, 2)]), module)


def test_a_number_that_is_none():
    module = seeded(nn.Linear(2, 2))
    module[0].weight.data[1, 0] = float("nan")
    with pytest.raises(
        ValueError,
        match=r"module 0 \(Linear\).weight: row 1, column 0 is nan; give a finite number",
    ):
        sn.from_torch(module)
    with pytest.raises(ValueError, match="activations, order and prefix are for a state dict"):
        sn.from_torch(module, ["relu"])


# ---- out ---------------------------------------------------------------------------------------------------------


@given(
    networks(ACTIVATIONS + [lambda: sn.GELU("tanh")], [[], [sn.Sigmoid], [sn.Softmax], [sn.SELU]])
)
def test_out_and_back(case):
    net, rows = case
    module = sn.to_torch(net)
    agree(net.predict(rows), predicted(module, rows))
    assert not module.training and len(module) == len(net.layers)
    assert {tensor.dtype for tensor in module.state_dict().values()} == {torch.float64}
    for again in (module, copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        back = sn.from_torch(again)
        assert repr(back) == repr(net)
        assert [p.value for p in back.parameters()] == [p.value for p in net.parameters()]
        assert back.predict(rows) == net.predict(rows)


def test_the_state_dict_has_the_numbers_of_the_layers():
    net = sn.Sequential(
        [normalization(ROWS), sn.Dropout(), sn.Dense(4, 3), sn.ReLU(), sn.Dense(3, 2)], seed=1
    )
    module = sn.to_torch(net)
    assert list(module.state_dict()) == [
        "0.mean",
        "0.spread",
        "2.weight",
        "2.bias",
        "4.weight",
        "4.bias",
    ]
    assert module[2].weight.t().tolist() == net.layers[2].weights.value
    file = io.BytesIO()
    torch.save(module.state_dict(), file)
    file.seek(0)
    other = sn.to_torch(
        sn.Sequential(
            [normalization([[1] * 4, [2] * 4])] + [layer for layer in net.copy().layers[1:]]
        )
    )
    other.load_state_dict(torch.load(file, weights_only=True))
    assert predicted(other, ROWS) == predicted(module, ROWS)


def test_training_continues_in_pytorch():
    """In train mode the Normalization does not change, and a step of gradient descent is the same in both."""
    net = sn.Sequential([normalization(ROWS), sn.Dense(4, 3), sn.Tanh(), sn.Dense(3, 1)], seed=1)
    module = sn.to_torch(net).train()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    nn.MSELoss()(module(X), X[:, :1]).backward()
    optimizer.step()
    net.fit(ROWS, [row[:1] for row in ROWS], "mean_squared_error", sn.SGD(0.1), epochs=1)
    agree(net.predict(ROWS), predicted(module, ROWS))


def test_memory_that_holds_no_numbers():
    torch.use_deterministic_algorithms(True)  # fills new memory with nan
    try:
        module = sn.to_torch(NET)
    finally:
        torch.use_deterministic_algorithms(False)
    agree(NET.predict(ROWS), predicted(module, ROWS))


def test_no_random_number_is_drawn():
    before = torch.get_rng_state()
    sn.to_torch(sn.Sequential([sn.Dense(4, 3)]))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_into_a_given_module(dtype):
    inner = nn.Sequential(nn.Linear(4, 3), nn.LeakyReLU(0.3), nn.Dropout(0.1))
    module = (
        nn.Sequential(nn.Flatten(), inner, nn.Linear(3, 2, bias=False), nn.Softmax(-1))
        .to(dtype)
        .train()
    )
    net = sn.Sequential(
        [dense(sn.Generator(1), 4, 3), sn.LeakyReLU(0.3), sn.Dense(3, 2), sn.Softmax()], seed=5
    )
    assert sn.to_torch(net, module) is module
    assert module.training
    for parameter, ours in zip(module.parameters(), net.parameters()):
        theirs = torch.tensor(ours.value, dtype=dtype)
        assert parameter.dtype == dtype and parameter.requires_grad
        assert torch.equal(parameter, theirs.t() if ours.role == "weights" else theirs)
    if dtype == torch.float64:
        agree(net.predict(ROWS), predicted(module.eval(), ROWS))


def test_into_a_user_defined_module():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second = nn.Linear(4, 3), nn.Linear(3, 2)

        def forward(self, x):
            return self.second(torch.relu(self.first(x)))

    net = sn.Sequential([sn.Dense(4, 3), sn.ReLU(), sn.Dense(3, 2)], seed=1)
    theirs = Net().double()
    theirs.load_state_dict(dict(zip(theirs.state_dict(), sn.to_torch(net).state_dict().values())))
    agree(net.predict(ROWS), predicted(theirs, ROWS))


NET = sn.Sequential(
    [sn.Dense(4, 3, bias=[1, 2, 3]), sn.ReLU(), sn.Dense(3, 2), sn.Softmax()], seed=1
)


@pytest.mark.parametrize(
    "modules, sentence",
    [
        (
            [nn.Linear(4, 4)],
            r"layer 0, Dense\(inputs=4, outputs=3\): it does not fit module 0 \(Linear\), which corresponds to De",
        ),
        (
            [nn.Linear(4, 3), nn.Tanh()],
            r"layer 1, ReLU\(\): it does not fit module 1 \(Tanh\), which corresponds to Tanh\(\)",
        ),
        (
            [nn.Linear(4, 3), nn.LeakyReLU()],
            r"layer 1, ReLU\(\): it does not fit module 1 \(LeakyReLU\)",
        ),
        (
            [nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)],
            r"layer 3, Softmax\(\): the given model ends befor",
        ),
        (
            [nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2), nn.Softmax(1), nn.Tanh()],
            r"the network ends before module 4",
        ),
        (
            [nn.Linear(4, 3, bias=False), nn.ReLU(), nn.Linear(3, 2), nn.Softmax(1)],
            r"layer 0, .*: module 0 \(Linear\)",
        ),
        ([nn.GLU()], r"module 0 \(GLU\) is not supported"),
    ],
)
def test_a_module_that_does_not_fit(modules, sentence):
    module = nn.Sequential(*modules)
    before = copy.deepcopy(module.state_dict())
    with pytest.raises(ValueError, match=sentence):
        sn.to_torch(NET, module)
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


def test_a_number_too_large():
    net = sn.Sequential([sn.Dense(1, 1), sn.Dense(1, 1, weights=[[1e39]])])
    module = nn.Sequential(nn.Linear(1, 1), nn.Linear(1, 1))
    before = module[0].weight.item()
    with pytest.raises(
        ValueError, match=r"layer 1, Dense.*: it has a number too large for torch.float32"
    ):
        sn.to_torch(net, module)
    assert module[0].weight.item() == before


def test_batch_normalization_takes_nothing_back():
    module = seeded(nn.BatchNorm1d(4, affine=False), nn.Linear(4, 1))
    with pytest.raises(
        ValueError,
        match=r"layer 0, Normalization\(\): module 0 \(BatchNorm1d\) cannot take the numbers",
    ):
        sn.to_torch(sn.from_torch(module), module)


def test_layers_that_pytorch_lacks():
    with pytest.raises(
        ValueError,
        match=r"layer 0, Clip\(low=1.0, high=1.0\): the limits of PyTorch's Hardtanh must not be e",
    ):
        sn.to_torch(sn.Sequential([sn.deep.Clip(1, 1), sn.Dense(1, 1)]))
    with pytest.raises(
        ValueError,
        match=r"layer 1, Threshold\(threshold=0.0\): PyTorch has no such module; torch.nn has",
    ):
        sn.to_torch(sn.Sequential([sn.Dense(1, 1), sn.Threshold(0)]))
    with pytest.raises(
        ValueError, match=r"layer 0, Normalization\(\): it has seen no data yet; fit the network"
    ):
        sn.to_torch(sn.Sequential([sn.Normalization(), sn.Dense(1, 1)]))
