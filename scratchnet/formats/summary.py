"""A network as a table."""

from ..core.layer import widths_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..core.network import Sequential


class Text(str):
    """A string that the interactive prompt shows as ``print()`` does."""

    def __repr__(self) -> str:
        return str(self)


def table(net: "Sequential") -> "Text":
    """Return a table of the layers, their outputs and their numbers of parameters."""
    rows = [("", "layer", "outputs", "parameters")]
    counts = [sum([p.count for p in layer.parameters()]) for layer in net.layers]
    outputs = widths_of(net.layers)[1:]
    for i, layer in enumerate(net.layers):
        rows.append((str(i), repr(layer), str(outputs[i] or "any"), str(counts[i])))
    widths = [max([len(row[k]) for row in rows]) for k in range(4)]
    lines = [
        # MicroPython has no str.ljust.
        "  ".join([cell + " " * (n - len(cell)) for cell, n in zip(row, widths)]).rstrip()
        for row in rows
    ]
    frozen = sum([p.count for p in net.parameters() if p.frozen])
    number = net.number.__name__
    lines.append(f"{sum(counts)} parameters, {frozen} of them frozen; numbers: {number}")
    return Text("\n".join(lines))
