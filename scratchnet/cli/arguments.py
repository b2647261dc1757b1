"""The parser of the command line, whose errors are one sentence.

>>> parser = Parser(prog="scratchnet train")
>>> _ = parser.add_argument("--epochs", type=int)
>>> _ = parser.add_argument("--activation", choices=("elu", "relu", "tanh"))
>>> describe_unknown_argument(parser, ["--epoch-count", "5"])
'there is no option --epoch-count'
>>> describe_unknown_argument(parser, ["--activaton", "tanh"])
'there is no option --activaton; did you mean --activation?'
>>> describe_unknown_value("--activation", "rellu", ["elu", "relu", "tanh"])
"--activation cannot be 'rellu'; did you mean 'relu'?"
>>> describe_unknown_value("--activation", "maxout", ["elu", "relu", "tanh"])
"--activation cannot be 'maxout'; give elu, relu or tanh"
"""

import argparse
import sys
from difflib import get_close_matches

from ..texts import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, NoReturn

LONGEST = 1000  # characters of an error message; a name in a file may be longer
SHORT_FORMS = {"--lr": "--learning-rate", "--val": "--validation"}


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line, and raises an OSError if it cannot write."""

    def __init__(self, **options: "Any") -> None:
        argparse.ArgumentParser.__init__(self, **options)
        self.register("type", int, parse_int)
        self.register("type", float, parse_float)

    def error(self, message: str) -> "NoReturn":
        sentence = message[len("argument ") :] if message.startswith("argument ") else message
        sentence = sentence.replace(": expected one argument", " needs a value")
        sentence = sentence.replace(": not allowed with argument", " is not allowed with")
        joint = " See" if sentence.endswith("?") else "; see"
        complain(f"{self.prog}: {sentence}{joint} {self.prog} --help")
        self.exit(2)

    def _check_value(self, action: "argparse.Action", value: "Any") -> None:
        # argparse lists the choices, but does not say which is meant.
        if action.choices is not None and value not in action.choices:
            name = "/".join(action.option_strings) or str(action.metavar or action.dest)
            raise argparse.ArgumentError(
                None, describe_unknown_value(name, value, list(action.choices))
            )

    def _print_message(self, message: str, file: "Any" = None) -> None:
        file.write(message)  # argparse would ignore an OSError.


def parse_int(text: str) -> int:
    """Parse the value of an option as an int."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def parse_float(text: str) -> float:
    """Parse the value of an option as a float."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def describe_unknown_value(name: str, value: str, choices: "List[str]") -> str:
    """Return the error of a value that is none of the choices."""
    what = f"there is no command {value!r}" if name == "command" else f"{name} cannot be {value!r}"
    near = get_close_matches(value.lower(), choices, 1, 0.7)
    if near:
        return f"{what}; did you mean {near[0]!r}?"
    others = ", ".join(choices[:-1])
    return f"{what}; give {others + ' or ' if others else ''}{choices[-1]}"


def describe_unknown_argument(parser: "argparse.ArgumentParser", arguments: "List[str]") -> str:
    """Return the error of arguments that are left over."""
    first = arguments[0]
    if first[:1] != "-":
        return f"{first!r} is one argument too many; write a name with spaces in quotes"
    name = first.split("=")[0]
    text = f"there is no option {name}"
    if name in ("-o", "--output"):
        return text + "; redirect the standard output, as in > FILE"
    known = list(parser._option_string_actions)
    short = SHORT_FORMS.get(name)
    near = [short] if short in known else get_close_matches(name, known, 1, 0.8)
    return f"{text}; did you mean {near[0]}?" if near else text


def complain(text: str) -> None:
    """Write an error message as one line of limited length.

    If standard error cannot be written, only the exit status remains.
    """
    if len(text) > LONGEST:
        text = f"{text[: LONGEST // 2]} ... {text[-LONGEST // 2 :]}"
    try:
        sys.stderr.write(printable(text) + "\n")
        sys.stderr.flush()
    except (AttributeError, OSError):
        # The shell closed it, as in `scratchnet 2>&-`, or the disk is full. Without None here,
        # Python would flush it at exit, fail, and change the exit status.
        sys.stderr = None
