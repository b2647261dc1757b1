"""The rows of a table in C: what encodes them, and says what outputs mean.

    definitions   NAME_row, NAME_encode; NAME_CLASSES, NAME_class, NAME_label; NAME_VALUE
    about         what the comment at the beginning says about them
    initializer   a row of the file's test
    class_of      the class that outputs represent

They need of a unit only its name, its type ``T`` and how it writes a number, so that they can be
added to a header of integers, too: the unit is then one of floats, whose inputs are quantized.
"""

from ..names import KEYWORDS, different, plain
from ..rows import Number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Set, Tuple

    from ..rows import Category, Rows
    from .unit import Unit

# Macros of the C library that a member would be replaced by, if it is written in lower case.
MACROS = {"errno", "stderr", "stdin", "stdout"}
MISSING = -1

NOT_FAST = """\
#ifdef __FAST_MATH__
#error "{name}: a missing number is NAN, which compilers do not know with -ffast-math"
#endif
#include <math.h>
#define {NAME}_MISSING (({T})NAN)
"""
ENCODE = """\
static inline void {name}_encode(const {name}_row *row, {T} *in)
{{
    int k;
    for (k = 0; k < {NAME}_INPUTS; k++) {{ in[k] = {ZERO}; }}
{body}}}
"""
CLASS = """\
#define {NAME}_CLASSES {count}
static inline int {name}_class(const {outputs} *out)
{{
{body}}}
"""
LARGEST = """\
    int k, largest = 0;
    for (k = 1; k < {NAME}_CLASSES; k++) {{ largest = out[k] > out[largest] ? k : largest; }}
    return largest;
"""
LABEL = """\
static inline const char *{name}_label(int k)
{{
    static const char labels[{NAME}_CLASSES][{size}] = {{
{labels}
    }};
    return k >= 0 && k < {NAME}_CLASSES ? labels[k] : "";
}}
"""
VALUE = """\
#define {NAME}_VALUE(out) ({value})
"""

# For the file's test: rows, and golden outputs with the classes that Python finds.
SAMPLES = """\
    static const {name}_row rows[{count}] = {{
        {rows}
    }};
"""
PREDICT = """\
{T} in[{NAME}_INPUTS];
        if (n >= {count}) {{ {name}_encode(&rows[n - {count}], in); }}
        {name}_predict(n < {count} ? inputs[n] : in, out);"""
CLASSES_OF = """\
    static const int classes[{count}] = {classes};
"""
CHECK = """\
        if ({name}_class(outputs[n]) != classes[n]) {{
            printf("{name}: vector %d: the class is %s, but must be %s\\n", n,
                   {name}_label({name}_class(outputs[n])), {name}_label(classes[n]));
            return 1;
        }}
"""


def definitions(
    unit: "Unit",
    rows: "Rows",
    outputs: int,
    of: str = "",
    half: str = "",
    number: str = "(out)[0]",
) -> "List[str]":
    """Return the definitions for these rows; none if nothing is known about them.

    ``outputs``   how many there are
    ``of, half``  their type and what a single one is where both classes have the same probability,
                  if the outputs are not those of the unit
    ``number``    the number that the first output stands for
    """
    words = dict(unit.words, T=unit.T, outputs=of or unit.T)
    taken: "Set[str]" = set()
    parts = row(unit, rows, words, taken) if rows.columns else []
    if rows.classes is None:
        value = scaled(unit, number.format(**words), rows)
        return parts + [VALUE.format(value=value, **words)] * bool(rows.target)
    labels = [str(label) for label in rows.classes]
    body = LARGEST.format(**words)
    if outputs == 1:
        body = f"    return out[0] > {half or unit.literal(0.5)} ? 1 : 0;\n"
    texts = [f"        {quote(label)}" for label in labels]
    size = 1 + max([len(encode(label)) for label in labels])
    names = constants([f"{words['NAME']}_CLASS"], [labels], taken)[0]
    return parts + [
        enumeration(names, labels),
        CLASS.format(count=len(labels), body=body, **words),
        LABEL.format(size=size, labels=",\n".join(texts), **words),
    ]


def scaled(unit: "Unit", number: str, rows: "Rows") -> str:
    """Return the expression of the target, given that of the number that stands for it."""
    if (rows.mean, rows.spread) == (0, 1):
        return number
    return f"{literal(unit, rows.mean)} + {literal(unit, rows.spread)} * ({number})"


def about(unit: "Unit", rows: "Rows", array: str = "in") -> "List[str]":
    """Return lines that say what there is; ``array`` holds the inputs."""
    name, NAME = unit.name, unit.words["NAME"]
    lines = []
    if rows.columns:
        lines += [f"{name}_encode(&row, {array}) computes the inputs for a row of the table."]
    if rows.classes is not None:
        lines += [f"{name}_class(out) is the class, from 0 to {NAME}_CLASSES - 1,"]
        lines += [f"and {name}_label(k) is its label, in UTF-8."]
    elif rows.target:
        lines += [f"{NAME}_VALUE(out) is the number that is predicted."]
    return lines


def row(unit: "Unit", rows: "Rows", words: "Dict[str, str]", taken: "Set[str]") -> "List[str]":
    """Return the type of a row, the constants of its labels, and the function that encodes it."""
    names = members(rows)
    categories = [part for part in rows.columns if not isinstance(part, Number)]
    prefixes = [
        f"{words['NAME']}_{names[k].strip('_').upper()}"
        for k, part in enumerate(rows.columns)
        if not isinstance(part, Number)
    ]
    labels = [part.labels for part in categories]
    found = zip(constants(prefixes, labels, taken), labels)
    parts = [enumeration(c, texts) for c, texts in found if texts]
    if len(categories) < len(names):
        parts.insert(0, NOT_FAST.format(**words))
    lines = []
    body = []
    for name, part in zip(names, rows.columns):
        if isinstance(part, Number):
            about = f"{for_comment(part.name)}; {words['NAME']}_MISSING if it is missing"
            lines.append(f"    {unit.T} {name}; /* {about} */\n")
            median = literal(unit, part.median)
            body.append(f"in[{part.place}] = row->{name} == row->{name} ? row->{name} : {median};")
        else:
            about = f"{for_comment(part.name)}; {MISSING} if it is missing"
            lines.append(f"    int {name}; /* {about}; another number for other labels */\n")
            body += encode_category(part, name, unit.literal(1.0))
    code = "".join([f"    {line}\n" for line in body])
    parts.append("typedef struct {\n" + "".join(lines) + f"}} {unit.name}_row;\n")
    return parts + [ENCODE.format(body=code, **words)]


def encode_category(part: "Category", name: str, one: str) -> "List[str]":
    """Return the statements that encode a member of categories."""
    count = len(part.labels)
    known = f"row->{name} >= 0 && row->{name} < {count}"
    other = f"({known} ? row->{name} : {part.other})"
    return [
        f"k = row->{name} == {MISSING} ? {part.missing} : {other};",
        f"if (k >= 0) {{ in[{part.place} + k] = {one}; }}",
    ]


def initializer(unit: "Unit", rows: "Rows", values: "List[Any]") -> str:
    """Return the initializer of a row with these values."""
    texts = []
    for part, value in zip(rows.columns, values):
        if isinstance(part, Number):
            missing = f"{unit.words['NAME']}_MISSING"
            texts.append(missing if value is None else literal(unit, value))
        elif value is None:
            texts.append(str(MISSING))
        else:
            labels = part.labels
            texts.append(str(labels.index(value) if value in labels else len(labels)))
    return "{" + ", ".join(texts) + "}"


def declare(unit: "Unit", rows: "Rows", classes: "List[int]") -> "Tuple[str, str]":
    """Return, for the file's test, the sample rows and the classes of all vectors, and a check."""
    declarations = check = ""
    if rows.samples:
        texts = [initializer(unit, rows, values) for values, _ in rows.samples]
        declarations = SAMPLES.format(
            count=len(texts), rows=",\n        ".join(texts), **unit.words
        )
    if rows.classes is not None:
        numbers = "{" + ", ".join(map(str, classes)) + "}"
        declarations += CLASSES_OF.format(count=len(classes), classes=numbers)
        check = CHECK.format(**unit.words)
    return declarations, check


def literal(unit: "Unit", value: float) -> str:
    """Return the literal of a number, rounded to the type of the unit."""
    return unit.literal(float(unit.number(value)))


def class_of(out: "List[float]") -> int:
    """Return the number of the class that outputs represent."""
    if len(out) == 1:
        return int(out[0] > 0.5)
    return out.index(max(out))


# ---- names and texts from data -------------------------------------------------------------------


def members(rows: "Rows") -> "List[str]":
    """Return a name for each column: different ones, in lower case, which C does not reserve.

    >>> from ..rows import Rows
    >>> members(Rows("y", [Number(name, 0, 0.0) for name in ("Age", "age?", "int", "2nd", "*/")]))
    ['age', 'age_2', 'int_', 'column_4', 'column_5']
    """
    taken: "Set[str]" = set()
    names = []
    for k, part in enumerate(rows.columns):
        name = plain(part.name).lower()
        if not name or name[0].isdigit():
            name = f"column_{k + 1}"
        if name in KEYWORDS or name in MACROS:
            name += "_"
        names.append(different(name, taken))
    return names


def constants(
    prefixes: "List[str]", labels: "List[List[str]]", taken: "Set[str]"
) -> "List[List[str]]":
    """Return a name for each label of each column, all different."""
    return [
        [
            different(f"{prefix}_IS_{plain(label).upper() or f'LABEL_{k}'}", taken)
            for k, label in enumerate(column)
        ]
        for prefix, column in zip(prefixes, labels)
    ]


def enumeration(names: "List[str]", labels: "List[str]") -> str:
    """Return the constants of some labels, with their texts as comments."""
    lines = [
        f"    {name} = {k}{',' * (k < len(names) - 1)} /* {for_comment(label)} */\n"
        for k, (name, label) in enumerate(zip(names, labels))
    ]
    return "enum {\n" + "".join(lines) + "};\n"


def for_comment(text: str) -> str:
    """Return a text from data as printable ASCII without ends of comments and trigraphs."""
    plain = "".join([c if " " <= c <= "~" else "?" for c in text])
    return plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")


def encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def quote(text: str) -> str:
    """Return the literal of a text in UTF-8, without trigraphs.

    >>> print(quote('1"??'))
    "1\\042\\077\\077"
    """
    characters = [
        chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in encode(text)
    ]
    return f'"{"".join(characters)}"'
