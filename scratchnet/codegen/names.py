"""Which names a file may have in its language. A function returns what is wrong with a name.

>>> complaint_of_c("net"), complaint_of_c("while"), complaint_of_python("while")
('', 'is reserved in C or C++', 'is reserved in Python')
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Set

# The keywords of C and C++, which are not allowed as names.
KEYWORDS = set(
    "_Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert "
    "_Thread_local alignas alignof and and_eq asm auto bitand bitor bool break case catch char "
    "char16_t char32_t char8_t class co_await co_return co_yield compl concept const const_cast "
    "consteval constexpr constinit continue decltype default delete do double dynamic_cast else "
    "enum explicit export extern false float for friend goto if import inline int long module "
    "mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public "
    "register reinterpret_cast requires restrict return short signed sizeof static static_assert "
    "static_cast struct switch template this thread_local throw true try typedef typeid typename "
    "typeof typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq "
    "main linux unix".split()
)
# Macros of the C library begin with these words and an underscore.
LIBRARY = set("ATOMIC DBL E FE FLT FP INT INTMAX LC LDBL PRI SCN SIG SIZE TIME UINT WCHAR".split())
PYTHON_KEYWORDS = set(
    "False None True and as assert async await break class continue def del elif else except exec "
    "finally for from global if import in is lambda nonlocal not or pass print raise return try "
    "while with yield".split()
)
# A module of this name would hide the one that it imports, or that starts Python.
PYTHON_MODULES = set("array builtins encodings math micropython sys".split())


def complaint_of_c(name: str) -> str:
    if not re.match(r"[A-Za-z][A-Za-z0-9_]*\Z", name) or "__" in name:
        return "is not a name in C: letters, digits and single underscores after a letter"
    if name in KEYWORDS or name.upper() in LIBRARY:
        return "is reserved in C or C++"
    return ""


def complaint_of_python(name: str) -> str:
    if not re.match(r"[A-Za-z_][A-Za-z0-9_]*\Z", name):
        return "cannot be imported in Python: letters, digits and underscores after a letter"
    if name in PYTHON_KEYWORDS or name in PYTHON_MODULES:
        return "is reserved in Python"
    return ""


def complaint_of_json(name: str) -> str:
    """Return an empty string: JSON allows any name."""
    return ""


# ---- names made of texts from data ------------------------------------------------------------


def different(name: str, taken: "Set[str]") -> str:
    """Return the name, with a number if it is taken; it is taken then."""
    unique, n = name, 2
    while unique in taken:
        unique = f"{name.rstrip('_')}_{n}"
        n += 1
    taken.add(unique)
    return unique


def plain(text: str) -> str:
    """Return the letters and digits of a text, with single underscores between them."""
    return re.sub("[^A-Za-z0-9]+", "_", text).strip("_")
