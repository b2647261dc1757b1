"""Optimizers, activations, losses and files against PyTorch, in float64: they claim to have its updates and defaults.

Both start from the same parameters; every number agrees relative to the largest of its array: to 1e-12 after one pass,
to 1e-9 after 50 steps. How the two say the same thing:

    PyTorch                                   scratchnet
    Linear.weight, outputs x inputs           the weights of Dense, inputs x outputs
    lr, eps, betas                            learning_rate, epsilon, beta1 and beta2
    clip_grad_norm_(parameters, c)            the optimizer's clip_norm=c
    Softplus(threshold=20)                    no threshold: beyond 20 theirs is z itself, off by up to log(1 + e^-20),
                                              2e-9, so theirs has a higher one here
    BCELoss                                   binary_cross_entropy; but where a probability is 0 or 1 and wrong, theirs
                                              is 100 and ours infinite: none here is
    HingeEmbeddingLoss of y·a, labelled -1    hinge; but at y·a = 1, its kink, their gradient is -y and ours 0
"""

import inspect

import pytest

import scratchnet as sn

torch = pytest.importorskip("torch")
safetensors_torch = pytest.importorskip("safetensors.torch")
nn = torch.nn

STEPS = 50
DRAW = {"generator": torch.Generator().manual_seed(1), "dtype": torch.float64}
X = torch.randn(8, 4, **DRAW)
REAL = torch.randn(8, 3, **DRAW)
SHARE = torch.rand(8, 3, **DRAW).round(
    decimals=1
)  # among them 0 and 1, the targets of a plain yes or no
SIGN = torch.sign(REAL)
CLASS = torch.tensor([0, 1, 2, 2, 1, 0, 1, 1])
SHARES = torch.softmax(REAL, dim=1)


@pytest.fixture(autouse=True)
def floats_of_64_bits():
    """Use floats of 64 bits in PyTorch, too, and only in these tests."""
    former = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(former)


def agree(ours, theirs, tolerance=1e-12):
    ours, theirs = torch.tensor(ours), theirs.detach()
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() <= tolerance * theirs.abs().max()


def our_way(parameters):
    """Their parameters, or what is shaped like them, as ours lie: a weight transposed, a bias as it is."""
    return [parameter.detach().t() for parameter in parameters]


def twins(our_end, their_end, scale=1):
    """The same network twice; ``scale`` makes the input of its last layer so many times larger."""
    torch.manual_seed(1)
    theirs = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), their_end)
    theirs[2].weight.data *= scale
    W1, b1, W2, b2 = [array.tolist() for array in our_way(theirs.parameters())]
    first, second = sn.Dense(4, 5, weights=W1, bias=b1), sn.Dense(5, 3, weights=W2, bias=b2)
    return sn.Sequential([first, sn.Tanh(), second, our_end]), theirs


# ---- optimizers --------------------------------------------------------------------------------------------------

ADAM = dict(lr=0.02, betas=(0.7, 0.9), eps=1e-3)
OPTIMIZERS = [  # in PyTorch's words; without any, each runs with its own defaults
    ("SGD", dict()),
    ("SGD", dict(lr=0.1)),
    ("SGD", dict(lr=0.1, weight_decay=0.3)),
    ("SGD", dict(lr=0.05, momentum=0.8)),
    ("SGD", dict(lr=0.05, momentum=0.8, nesterov=True)),
    ("SGD", dict(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.3)),
    ("Adagrad", dict()),
    ("Adagrad", dict(lr=0.1, eps=1e-3)),
    ("Adagrad", dict(lr=0.1, weight_decay=0.3)),
    ("RMSprop", dict()),
    ("RMSprop", dict(lr=0.02, alpha=0.8, eps=1e-3)),
    ("RMSprop", dict(lr=0.02, weight_decay=0.3)),
    ("Adam", dict()),
    ("Adam", ADAM),
    ("Adam", dict(ADAM, weight_decay=0.3)),
    ("AdamW", dict()),
    ("AdamW", dict(ADAM, weight_decay=0)),
    ("AdamW", dict(ADAM, weight_decay=0.3)),
]


def in_our_words(options):
    words = {"lr": "learning_rate", "eps": "epsilon"}
    said = {words.get(name, name): value for name, value in options.items() if name != "betas"}
    if "betas" in options:
        said["beta1"], said["beta2"] = options["betas"]
    return said


@pytest.mark.parametrize("kind", ["SGD", "Adagrad", "RMSprop", "Adam", "AdamW"])
def test_defaults(kind):
    signature = inspect.signature(getattr(torch.optim, kind)).parameters
    theirs = in_our_words(
        {name: p.default for name, p in signature.items() if p.default is not p.empty}
    )
    ours = getattr(sn, kind)().config()
    assert (
        ours.pop("clip_norm") is None
    )  # to them it is a function beside the optimizer, to be called or not
    assert ours == {name: theirs[name] for name in ours}
    assert not any(
        theirs[name] for name in set(theirs) - set(ours)
    )  # what only they have is off unless asked for


def descend(net, optimizer, clip_norm):
    """The loss before each of their steps, and the length of its gradient before it was clipped, if it was."""
    losses, lengths = [], []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = nn.MSELoss()(net(X), REAL)
        loss.backward()
        losses.append(loss.item())
        if clip_norm is not None:
            lengths.append(nn.utils.clip_grad_norm_(net.parameters(), clip_norm).item())
        optimizer.step()
    return torch.tensor(losses), lengths


@pytest.mark.parametrize("clip_norm", [None, 0.2, 100])
@pytest.mark.parametrize("kind, options", OPTIMIZERS)
def test_trajectory(kind, options, clip_norm):
    ours, theirs = twins(sn.Identity(), nn.Identity())
    start = [array.clone() for array in our_way(theirs.parameters())]
    losses, lengths = descend(
        theirs, getattr(torch.optim, kind)(theirs.parameters(), **options), clip_norm
    )
    assert all(
        (length > clip_norm) == (clip_norm < 1) for length in lengths[:5]
    )  # the short one clips, the long not
    optimizer = getattr(sn, kind)(clip_norm=clip_norm, **in_our_words(options))
    history = ours.fit(
        X.tolist(), REAL.tolist(), "mean_squared_error", optimizer, epochs=STEPS, shuffle=False
    )
    agree(history.loss, losses, 1e-9)
    for parameter, array, before in zip(ours.parameters(), our_way(theirs.parameters()), start):
        assert (array - before).abs().max() > 1e-4  # something was learned
        agree(parameter.value, array, 1e-9)


# ---- activations -------------------------------------------------------------------------------------------------

ACTIVATIONS = [
    (sn.Identity(), nn.Identity()),
    (sn.ReLU(), nn.ReLU()),
    (sn.LeakyReLU(), nn.LeakyReLU()),
    (sn.LeakyReLU(0.3), nn.LeakyReLU(0.3)),
    (sn.ELU(), nn.ELU()),
    (sn.ELU(0.7), nn.ELU(0.7)),
    (sn.SELU(), nn.SELU()),
    (sn.GELU(), nn.GELU()),
    (sn.GELU("tanh"), nn.GELU("tanh")),
    (sn.Softplus(), nn.Softplus(threshold=50)),
    (sn.SiLU(), nn.SiLU()),
    (sn.Sigmoid(), nn.Sigmoid()),
    (sn.Tanh(), nn.Tanh()),
    (sn.Softmax(), nn.Softmax(dim=1)),
]


@pytest.mark.parametrize(
    "size", [1e-3, 1, 15, 1000]
)  # near 0, where they bend, in the tails, and where e^z overflows
@pytest.mark.parametrize("ours, theirs", ACTIVATIONS, ids=repr)
def test_activation(ours, theirs, size):
    Z = torch.cat([X * size, torch.zeros(1, 4)]).requires_grad_()  # and the kink itself
    dA = torch.randn(9, 4, generator=torch.Generator().manual_seed(2))
    A = theirs(Z)
    A.backward(dA)
    agree(ours.forward(Z.tolist()), A)
    agree(ours.backward(dA.tolist()), Z.grad)


# ---- losses ------------------------------------------------------------------------------------------------------

PAIRED = [  # computed from the logits, so that theirs, too, are exact however large these are
    ("binary_cross_entropy", sn.Sigmoid(), nn.BCEWithLogitsLoss(), nn.Identity(), SHARE),
    ("categorical_cross_entropy", sn.Softmax(), nn.CrossEntropyLoss(), nn.Identity(), CLASS),
    ("categorical_cross_entropy", sn.Softmax(), nn.CrossEntropyLoss(), nn.Identity(), SHARES),
]
LOSSES = [
    ("mean_squared_error", sn.Identity(), nn.MSELoss(), nn.Identity(), REAL),
    (
        "half_squared_error",
        sn.Identity(),
        lambda A, Y: 1.5 * nn.MSELoss()(A, Y),
        nn.Identity(),
        REAL,
    ),  # 3 outputs / 2
    ("mean_absolute_error", sn.Identity(), nn.L1Loss(), nn.Identity(), REAL),
    ("huber", sn.Identity(), nn.HuberLoss(), nn.Identity(), REAL),
    (sn.Huber(0.3), sn.Identity(), nn.HuberLoss(delta=0.3), nn.Identity(), REAL),
    (
        "hinge",
        sn.Identity(),
        lambda A, Y: nn.HingeEmbeddingLoss()(A * Y, torch.tensor(-1)),
        nn.Identity(),
        SIGN,
    ),
    ("binary_cross_entropy", sn.Sigmoid(), nn.BCELoss(), nn.Sigmoid(), SHARE),
    (
        "binary_cross_entropy",
        sn.Softmax(),
        nn.BCELoss(),
        nn.Softmax(dim=1),
        SHARE,
    ),  # not a pair
]
CASES = [case + (scale,) for scale in (1, 5, 1000) for case in PAIRED + LOSSES * (scale < 1000)]


@pytest.mark.parametrize("ours, our_end, theirs, their_end, Y, scale", CASES)
def test_loss(ours, our_end, theirs, their_end, Y, scale):
    our_net, their_net = twins(our_end, their_end, scale)
    loss = theirs(their_net(X), Y)
    loss.backward()
    value, gradients = our_net.gradients(X.tolist(), Y.tolist(), ours)
    agree(value, loss)
    for gradient, array in zip(
        gradients, our_way(parameter.grad for parameter in their_net.parameters())
    ):
        agree(gradient, array)


@pytest.mark.parametrize(
    "ours, theirs", [(sn.MeanAbsoluteError(), nn.L1Loss()), (sn.Huber(), nn.HuberLoss())]
)
def test_kinks(ours, theirs):
    A = torch.tensor(
        [[-2.0, -1.0, 0.0, 1.0, 2.0]], requires_grad=True
    )  # at 0 that of |a|, at -1 and 1 that of Huber
    theirs(A, torch.zeros(1, 5)).backward()
    agree(ours.gradient(A.tolist(), [[0.0] * 5]), A.grad)


# ---- files -------------------------------------------------------------------------------------------------------


def test_file(tmp_path):
    net = sn.Sequential([sn.Dense(4, 5), sn.LeakyReLU(0.3), sn.Dense(5, 3), sn.Softmax()], seed=7)
    net.fit(
        X.tolist(), CLASS.tolist(), "categorical_cross_entropy", epochs=5
    )  # else the biases are all 0
    sn.save(net, str(tmp_path / "net.safetensors"))
    tensors = safetensors_torch.load_file(str(tmp_path / "net.safetensors"))
    slope = tensors.pop("1.slope").item()
    assert slope == 0.3
    assert list(tensors) == sorted(parameter.name for parameter in net.parameters())
    for parameter in net.parameters():
        assert tensors[parameter.name].dtype == torch.float64
        assert torch.equal(tensors[parameter.name], torch.tensor(parameter.value))
    theirs = nn.Sequential(nn.Linear(4, 5), nn.LeakyReLU(slope), nn.Linear(5, 3), nn.Softmax(dim=1))
    theirs.load_state_dict(
        {name.replace("weights", "weight"): array.t() for name, array in tensors.items()}
    )
    agree(net.predict(X.tolist()), theirs(X))
