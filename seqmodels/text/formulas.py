"""Formulas in LaTeX: their tokens, and what is left without their names."""

import re

_FONT = r"\\(?:mathrm|mathbb|mathbf|mathcal|mathfrak|boldsymbol|operatorname)"
_TOKEN = re.compile(
    _FONT + r"\{(?:[A-Za-z]+|\\[A-Za-z]+)\}"  # a name in another font is one token
    r"|\\[A-Za-z]+|\\[^A-Za-z]|[0-9]+(?:\.[0-9]+)?|\S"
)
# Spaces without which two tokens would be read as one, or any other.
_NEEDED = re.compile(r"(\\[A-Za-z]+ (?=[A-Za-z])|[0-9.] (?=[0-9.]))| ")
_SPACES = {"\\,", "\\;", "\\:", "\\!", "\\ ", "\\quad", "\\qquad"}


def commands(names: str) -> frozenset[str]:
    """The commands of these names, which stand between spaces."""
    return frozenset("\\" + name for name in names.split())


GREEK = commands(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa "
    "lambda mu nu xi pi rho sigma tau upsilon phi varphi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)


def formula_tokens(formula: str) -> list[str]:
    r"""Cuts a formula into tokens; spaces are dropped.

    >>> formula_tokens(r"\mathbf{F} = m \ddot{x}_{12}")
    ['\\mathbf{F}', '=', 'm', '\\ddot', '{', 'x', '}', '_', '{', '12', '}']

    Args:
        formula: LaTeX, without dollar signs.

    Returns:
        Commands, letters, numbers and signs. A name in a font of its own is one token.
    """
    return [token for token in _TOKEN.findall(formula) if token not in _SPACES]


def join_tokens(tokens: list[str]) -> str:
    r"""LaTeX of tokens, with spaces only where two would else be read as one.

    >>> join_tokens(["\\pi", "r", "^", "{", "2", "}"])
    '\\pi r^{2}'

    (mathtext draws no script where a space stands behind the `_` or `^`.)

    Args:
        tokens: As `formula_tokens` returns them; of the result it returns them again.

    Returns:
        The formula, without dollar signs.
    """
    return _NEEDED.sub(lambda match: match[1] or "", " ".join(tokens))


def rename_symbols(tokens: list[str]) -> list[str]:
    r"""Numbers the symbols in the order of their first appearance.

    >>> rename_symbols(formula_tokens(r"E = m c^{2}"))
    ['s0', '=', 's1', 's2', '^', '{', '2', '}']

    Args:
        tokens: What `formula_tokens` returns.

    Returns:
        Tokens, each letter, Latin or Greek, in whatever font, replaced. Names of more
        letters, commands and numbers stay.
    """
    numbers: dict[str, str] = {}
    return [
        numbers.setdefault(token, f"s{len(numbers)}") if is_symbol(token) else token
        for token in tokens
    ]


def is_symbol(token: str) -> bool:
    """Whether a token is a letter, Latin or Greek, in whatever font."""
    if token.startswith("\\operatorname"):
        return False
    inner = re.sub(_FONT + r"\{(.+)\}", r"\1", token)
    return inner in GREEK or (len(inner) == 1 and inner.isalpha())
