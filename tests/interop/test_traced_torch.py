"""PyTorch: modules of user-defined classes, whose forward methods are chains, predict the same here to 1e-12."""

import pytest
from interchange import agree, rows_of

import scratchnet as sn

torch = pytest.importorskip("torch")
nn = torch.nn
F = nn.functional

ROWS = rows_of(sn.Generator(3), 6, 4, spread=3)


class Module(nn.Module):
    """A module whose forward method is a function of the module and x."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            if isinstance(part, torch.Tensor) and not isinstance(part, nn.Parameter):
                self.register_buffer(name, part)
            else:
                setattr(self, name, part)

    def forward(self, x):
        return self.function(self, x)


def made(function, training=False, **parts):
    module = Module(function, **parts).double()
    generator = torch.Generator().manual_seed(1)
    for tensor in list(module.parameters()) + list(module.buffers()):
        if tensor.dtype.is_floating_point:
            tensor.data.uniform_(0.5, 2, generator=generator)
    return module.train(training)


def predicted(module, shape=(-1, 4)):
    with torch.no_grad():
        return module.eval()(torch.tensor(ROWS, dtype=torch.float64).reshape(shape)).tolist()


def kinds(net):
    return [type(layer).__name__ for layer in net.layers]


FUNCTIONS = {
    "F.relu": (lambda x: F.relu(x), ["ReLU"]),
    "torch.relu": (lambda x: torch.relu(x), ["ReLU"]),
    "x.relu": (lambda x: x.relu(), ["ReLU"]),
    "x.relu_": (lambda x: x.relu_(), ["ReLU"]),
    "F.relu in place": (lambda x: F.relu(x, inplace=True), ["ReLU"]),
    "F.relu6": (lambda x: F.relu6(x), ["Clip"]),
    "F.leaky_relu": (lambda x: F.leaky_relu(x, 0.3), ["LeakyReLU"]),
    "F.elu": (lambda x: F.elu(x, alpha=0.7), ["ELU"]),
    "F.celu": (lambda x: F.celu(x, 0.7), ["CELU"]),
    "F.selu": (lambda x: F.selu(x), ["SELU"]),
    "F.gelu": (lambda x: F.gelu(x), ["GELU"]),
    "F.gelu tanh": (lambda x: F.gelu(x, approximate="tanh"), ["GELU"]),
    "F.silu": (lambda x: F.silu(x), ["SiLU"]),
    "F.mish": (lambda x: F.mish(x), ["Mish"]),
    "F.hardswish": (lambda x: F.hardswish(x), ["HardSwish"]),
    "F.hardsigmoid": (lambda x: F.hardsigmoid(x), ["HardSigmoid"]),
    "F.hardtanh": (lambda x: F.hardtanh(x, -0.5, 2.0), ["Clip"]),
    "torch.clamp": (lambda x: torch.clamp(x, -0.5, 2.0), ["Clip"]),
    "x.clamp": (lambda x: x.clamp(min=-1), ["Clip"]),
    "clamp to one number": (lambda x: torch.clamp(x, 0.5, 0.5), ["Clip"]),
    "clamp below its minimum": (lambda x: x.clamp(1, 0), ["Clip"]),
    "clamp to no limit": (lambda x: x.clamp(float("-inf"), float("inf")), ["Clip"]),
    "F.hardtanh to one number": (lambda x: F.hardtanh(x, 1, 1), ["Clip"]),
    "F.hardtanh in place": (lambda x: F.hardtanh(x, max_val=0.5, inplace=True), ["Clip"]),
    "x.clamp_max": (lambda x: x.clamp_max(1.5), ["Clip"]),
    "F.softsign": (lambda x: F.softsign(x), ["Softsign"]),
    "F.softplus": (lambda x: F.softplus(x, 1, 50), ["Softplus"]),
    "F.softplus beta": (
        lambda x: F.softplus(x, beta=2, threshold=50),
        ["Normalization", "Softplus", "Normalization"],
    ),
    "F.logsigmoid": (lambda x: F.logsigmoid(x), ["Normalization", "Softplus", "Normalization"]),
    "torch.sigmoid": (lambda x: torch.sigmoid(x), ["Sigmoid"]),
    "x.tanh": (lambda x: x.tanh(), ["Tanh"]),
    "F.softmax": (lambda x: F.softmax(x, dim=1), ["Softmax"]),
    "torch.softmax": (lambda x: torch.softmax(x, -1), ["Softmax"]),
    "x.softmax": (lambda x: x.softmax(dim=-1), ["Softmax"]),
    "F.log_softmax": (lambda x: F.log_softmax(x, dim=1), ["LogSoftmax"]),
    "x + c": (lambda x: x + 1.5, ["Normalization"]),
    "x += c": (lambda x: x.__iadd__(1.5), ["Normalization"]),
    "c - x": (lambda x: 1 - x, ["Normalization"]),
    "x * c": (lambda x: 2.5 * x, ["Normalization"]),
    "x / c": (lambda x: x / 255.0, ["Normalization"]),
    "-x": (lambda x: -x, ["Normalization"]),
    "torch.rsub": (lambda x: torch.rsub(x, 2.0), ["Normalization"]),
    "x.float": (lambda x: x.to(torch.float64).contiguous().clone(), []),
    "flatten": (lambda x: torch.flatten(x, 1), []),
    "x.flatten": (lambda x: x.flatten(start_dim=1), []),
    "x.view": (lambda x: x.view(x.size(0), -1), []),
    "x.view(n, K)": (lambda x: x.view(x.shape[0], 3), []),
    "x.reshape": (lambda x: x.reshape((x.size()[0], -1)), []),
    "x.view(-1, K)": (lambda x: x.view(-1, 3), []),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_in(name):
    function, expected = FUNCTIONS[name]
    module = made(lambda self, x: self.b(function(self.a(x))), a=nn.Linear(4, 3), b=nn.Linear(3, 2))
    net = sn.from_torch(module)
    assert kinds(net) == ["Dense"] + expected + ["Dense"]
    agree(net.predict(ROWS), predicted(module))


MODULES = {
    "ReLU6": (nn.ReLU6(), ["Clip"]),
    "Hardtanh": (nn.Hardtanh(-2, 0.5), ["Clip"]),
    "PReLU": (nn.PReLU(), ["PReLU"]),
    "PReLU of each feature": (nn.PReLU(3), ["PReLU"]),
    "LayerNorm": (nn.LayerNorm(3, eps=0.1), ["LayerNormalization"]),
    "LayerNorm alone": (nn.LayerNorm(3, elementwise_affine=False), ["LayerNormalization"]),
    "LayerNorm without bias": (nn.LayerNorm((3,), bias=False), ["LayerNormalization"]),
    "RMSNorm": (nn.RMSNorm(3), ["RMSNormalization"]),
    "RMSNorm alone": (nn.RMSNorm(3, 0.1, elementwise_affine=False), ["RMSNormalization"]),
    "Threshold": (nn.Threshold(0.25, 0), ["ThresholdedReLU"]),
    "LogSoftmax": (nn.LogSoftmax(-1), ["LogSoftmax"]),
    "LogSigmoid": (nn.LogSigmoid(), ["Normalization", "Softplus", "Normalization"]),
    "Softplus": (nn.Softplus(0.5, 50), ["Normalization", "Softplus", "Normalization"]),
    "CELU": (nn.CELU(0.3), ["CELU"]),
    "Hardsigmoid": (nn.Hardsigmoid(), ["HardSigmoid"]),
    "Hardswish": (nn.Hardswish(), ["HardSwish"]),
    "Mish": (nn.Mish(), ["Mish"]),
    "Softsign": (nn.Softsign(), ["Softsign"]),
    "AlphaDropout": (nn.AlphaDropout(), []),
    "Dropout1d": (nn.Dropout1d(), []),
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_in_and_out(name):
    part, expected = MODULES[name]
    module = made(None, net=nn.Sequential(nn.Linear(4, 3, bias=False), part, nn.Linear(3, 2))).net
    net = sn.from_torch(module)
    assert kinds(net) == ["Dense"] + expected + ["Dense"]
    agree(net.predict(ROWS), predicted(module))
    again = sn.to_torch(net)
    assert again[0].bias is None
    agree(net.predict(ROWS), predicted(again))
    assert sn.from_torch(again).predict(ROWS) == net.predict(ROWS)
    if len(expected) < 2:
        other = sn.Sequential([layer for layer in net.copy().layers])
        for parameter in other.parameters():
            parameter.value = [
                [2 * v for v in row] if isinstance(row, list) else 2 * row
                for row in parameter.value
            ]
        agree(other.predict(ROWS), predicted(sn.to_torch(other, module)))


def net_of_a_tutorial(self, x):
    x = x.view(x.size(0), -1)
    x = self.drop(F.relu(self.bn(self.fc1(x))))
    x = F.dropout(torch.tanh(self.fc2(x)), 0.5, self.training)
    return F.softmax(self.fc3(x), dim=1)


TUTORIAL = {
    "fc1": nn.Linear(4, 8, bias=False),
    "bn": nn.BatchNorm1d(8),
    "drop": nn.Dropout(0.2),
    "fc2": nn.Linear(8, 5),
    "fc3": nn.Linear(5, 3),
}


def test_a_network_of_a_tutorial():
    module = made(net_of_a_tutorial, **TUTORIAL)
    net = sn.from_torch(module)
    agree(net.predict(ROWS), predicted(module, (-1, 2, 2)))
    assert not any(part.training for part in module.modules())
    with pytest.raises(ValueError, match=r"module bn \(BatchNorm1d\) cannot .* call eval\(\)"):
        sn.from_torch(module.train())
    assert all(part.training for part in module.modules())


def test_wrapped_modules():
    inner = nn.Sequential(nn.Linear(4, 3), nn.Sequential(nn.ReLU(), nn.Linear(3, 2)))
    module = made(lambda self, x: self.net(x), net=inner)
    whole = made(lambda self, x: self.part(x) * 2, part=module)
    for each in (module, torch.fx.symbolic_trace(module), nn.DataParallel(module), whole):
        net = sn.from_torch(each)
        agree(net.predict(ROWS), predicted(each))
    net = sn.from_torch(nn.Sequential(module, nn.Tanh()))
    assert kinds(net) == ["Dense", "ReLU", "Dense", "Tanh"]


def test_functions_with_tensors():
    parts = {name: torch.ones(4) for name in ("mean", "std", "rm", "rv")}
    parts.update({name: nn.Parameter(torch.ones(3)) for name in ("b", "s", "slope")})
    parts.update(w=nn.Parameter(torch.ones(3, 4)), g=nn.Parameter(torch.ones(4)))

    def forward(self, x):
        x = (x - self.mean) / self.std
        x = F.batch_norm(x, self.rm, self.rv, self.g, None, self.training, 0.1, 0.5)
        x = F.prelu(F.linear(x, self.w, self.b), self.slope)
        return F.layer_norm(x, (3,), weight=self.s)

    module = made(forward, **parts)
    net = sn.from_torch(module)
    agree(net.predict(ROWS), predicted(module))
    module.w.requires_grad = False
    frozen = [p.name for p in sn.from_torch(module).parameters() if p.frozen]
    assert frozen == ["0.mean", "0.spread", "1.mean", "1.spread", "2.mean", "2.spread", "3.bias", "4.weights"]  # fmt: skip


def test_one_output_without_a_dimension():
    forwards = (
        lambda self, x: torch.sigmoid(self.a(x).squeeze(-1)),
        lambda self, x: self.a(x).squeeze(),
        lambda self, x: self.a(x).view(-1),
    )
    for forward in forwards:
        module = made(forward, a=nn.Linear(4, 1))
        agree(sn.from_torch(module).predict(ROWS), [[v] for v in predicted(module)])


def test_numbers_go_into_a_user_defined_module():
    forward = lambda self, x: F.linear(torch.relu(self.a(x)), self.w)  # noqa: E731
    module = made(forward, a=nn.Linear(4, 3), w=nn.Parameter(torch.ones(2, 3)))
    net = sn.Sequential([sn.Dense(4, 3), sn.ReLU(), sn.Dense(3, 2, bias=False)], seed=9)
    assert sn.to_torch(net, module) is module
    agree(net.predict(ROWS), predicted(module))
    twice = made(lambda self, x: self.a(F.relu(self.a(x))), a=nn.Linear(4, 4))
    agree(sn.from_torch(twice).predict(ROWS), predicted(twice))
    with pytest.raises(ValueError, match="to_torch: the module uses a parameter twice"):
        sn.to_torch(sn.from_torch(twice), twice)


def test_the_mode_of_dropout():
    module = made(lambda self, x: F.dropout(self.a(x)), True, a=nn.Linear(4, 2))
    with pytest.raises(
        ValueError, match=r"^dropout\(\) in the module \(Module\) also drops in a pre"
    ):
        sn.from_torch(module)
    assert module.training


def branches(self, x):
    return self.a(x) + x


def in_place_aside(self, x):
    y = self.a(x)
    F.relu(y, inplace=True)
    return self.a(y)


@torch.fx.wrap
def relu(x):
    return 100 * x


@torch.fx.wrap
def size(x, dim):
    return x.size(dim)


def decides(self, x):
    return self.a(x) if x.sum() > 0 else x


CHAIN = "but a network is a chain of layers: each takes the result of the one before it"
REFUSED = [
    (branches, r"^add\(\) in the module \(Module\) computes from 'a' and 'x', " + CHAIN),
    (lambda self, x: torch.cat([self.a(x), x], 1), r"^cat\(\) in .* computes from 'a' and 'x', "),
    (
        lambda self, x: (self.a(x), x),
        r"^the module \(Module\) returns more, or something else, than",
    ),
    (lambda self, x: self.a(self.a(x)) * x, r"^mul\(\) in .* computes from 'a_1' and 'x'"),
    (in_place_aside, r"computes from 'a', but a network is a chain"),
    (lambda self, x: self.a(x) * self.a.bias[0], r"^getitem\(\) in .* computes from no input"),
    (
        decides,
        r"^the module \(Module\): torch.fx cannot trace its forward method \(.*\); give its st",
    ),
    (
        lambda self, x: torch.exp(self.a(x)),
        r"^exp\(\) in the module \(Module\) is not supported; sup",
    ),
    (
        lambda self, x: self.a(x) ** 2,
        r"^pow\(\) in the module \(Module\) is not supported; supported are",
    ),
    (
        lambda self, x: self.a(x) * self.w,
        r"^mul\(\) in .* computes with something other than a number",
    ),
    (
        lambda self, x: 1 / self.a(x),
        r"^truediv\(\) in .* is not supported: a constant divided by x",
    ),
    (
        lambda self, x: self.a(x).view(-1, 2),
        r"^view\(\) .* gives samples 2 features, but there are 4;",
    ),
    (lambda self, x: self.a(x).squeeze(-1), r"^squeeze\(\) .* gives samples 1 features, but there"),
    (
        lambda self, x: self.a(x.view(-1, 2, 2)),
        r"^view\(\) in .* cannot be converted exactly: a sa",
    ),
    (
        lambda self, x: torch.flatten(self.a(x)),
        r"^flatten\(\) in .* give flatten\(x, 1\), or x.view",
    ),
    (
        lambda self, x: F.softmax(self.a(x), 0),
        r"^softmax\(\) in .* cannot be converted exactly: a s",
    ),
    (
        lambda self, x: self.b(self.b(x[:, :1]).squeeze(1)),
        r"^getitem\(\) in .* is not supported; sup",
    ),
    (
        lambda self, x: F.softmax(self.e(x).squeeze(1), 1),
        r"^softmax\(\) in .* follows a squeeze, wh",
    ),
    (
        lambda self, x: self.a(x).to(torch.int32),
        r"^to\(\) in the module \(Module\) rounds to torch.int",
    ),
    (lambda self, x: self.c(x), r"^module c \(Conv1d\) is not supported; give one of Sequential, "),
    (lambda self, x: self.d(x), r"^module d.1 \(GLU\) is not supported; give one of Sequential, "),
    (
        lambda self, x: self.a(x).half(),
        r"^half\(\) in .* rounds to half, which no layer here does; l",
    ),
    (lambda self, x: self.a(x).bfloat16(), r"^bfloat16\(\) in .* rounds to bfloat16, which no"),
    (
        lambda self, x: self.a(x).to(dtype=torch.float16),
        r"^to\(\) in .* rounds to torch.float16, wh",
    ),
    (lambda self, x: self.a(x).type_as(self.h), r"^type_as\(\) in .* rounds to torch.float16, wh"),
    (lambda self, x: self.a(x).to(self.i), r"^to\(\) in .* rounds to torch.int64, which no layer"),
    (
        lambda self, x: self.a(x).softmax(1, torch.bfloat16),
        r"^softmax\(\) in .* rounds to torch.bfloat16, which",
    ),
    (
        lambda self, x: F.hardtanh(self.a(x), 1.0, 0.0),
        r"^hardtanh\(\) in .* has the limits 1.0 and 0.0; give the lower one first$",
    ),
    (lambda self, x: self.a(x).clamp(float("inf")), r"low is inf"),
    (
        lambda self, x: relu(self.a(x)),
        r"^relu\(\) in the module \(Module\) is a function of test_traced_torch; give one of torch",
    ),
    (
        lambda self, x: self.a(x.view(size(x, 0), -1)),
        r"^size\(\) in .* is a function of test_traced_torch; give one of torch or torch.nn.func",
    ),
    (
        lambda self, x: torch.clamp(self.a(x), self.w[0], None),
        r"^clamp\(\) in .* has limits that are",
    ),
]


@pytest.mark.parametrize("forward, sentence", REFUSED)
def test_a_forward_method_that_is_refused(forward, sentence):
    module = made(
        forward,
        a=nn.Linear(4, 4),
        b=nn.Linear(1, 4),
        c=nn.Conv1d(1, 1, 1),
        e=nn.Linear(4, 1),
        d=nn.Sequential(nn.Linear(4, 4), nn.GLU()),
        w=torch.ones(4, 4),
        h=torch.ones(4),
        i=torch.ones(4, dtype=torch.int64),
    )
    module.h = module.h.half()
    with pytest.raises(ValueError, match=sentence) as raised:
        sn.from_torch(module)
    assert "\n" not in str(raised.value)


def test_hooks_are_refused():
    module = made(lambda self, x: self.a(x), a=nn.Linear(4, 2))
    module.register_forward_hook(lambda module, inputs, output: 2 * output)
    with pytest.raises(ValueError, match=r"the module \(Module\) cannot .* it has forward hooks"):
        sn.from_torch(module)


def test_two_inputs():
    class Two(nn.Module):
        def forward(self, x, y=None):
            return x + y

    with pytest.raises(
        ValueError, match=r"the module \(Two\) has the inputs x and y; a network has o"
    ):
        sn.from_torch(Two())
