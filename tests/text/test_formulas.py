"""Formulas: tokens, names taken away, and the grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqmodels.text.formulas import formula_tokens, join_tokens, rename_symbols
from seqmodels.text.grammar import check_formula, is_well_formed

# A % joins a line with the next.
WELL_FORMED = (
    r"""
E = m c^{2}
\mathbf{F} = m \frac{d \mathbf{v}}{dt}
\frac{d}{dt} \frac{\partial L}{\partial \dot{q}_{i}} - \frac{\partial L}{\partial %
    q_{i}} = 0
\nabla \times \mathbf{B} - \frac{1}{c^{2}} \frac{\partial \mathbf{E}}{\partial t} = %
    \mu_{0} \mathbf{J}
\oint_{C} \mathbf{B} \cdot d \mathbf{l} = \mu_{0} I
i \hbar \frac{\partial}{\partial t} | \psi \rangle = \hat{H} | \psi \rangle
\langle \psi | \hat{A} | \phi \rangle = \langle \phi | \hat{A}^{\dagger} | \psi %
    \rangle^{*}
\sum_{n} | n \rangle \langle n | = 1
[ \hat{x}, \hat{p} ] = i \hbar
\Delta x \Delta p \geq \frac{\hbar}{2}
R_{\mu \nu} - \frac{1}{2} R g_{\mu \nu} + \Lambda g_{\mu \nu} = \frac{8 \pi %
    G}{c^{4}} T_{\mu \nu}
P(A \mid B) = \frac{P(B \mid A) P(A)}{P(B)}
\sum_{d \mid n} \varphi(d) = n
a^{p - 1} \equiv 1 (\operatorname{mod} p)
p \mid n! \Rightarrow p \leq n
\lim_{x \to 0} \frac{\sin x}{x} = 1
\operatorname{tr}(A B) = \operatorname{tr}(B A)
\left\| A x \right\|_{2} \leq \sigma_{\max} \left\| x \right\|_{2}
\left| \langle x, y \rangle \right|^{2} \leq \langle x, x \rangle \langle y, y \rangle
f(x) = \sum_{n=0}^{\infty} \frac{f^{(n)}(0)}{n!} x^{n}
\theta_{t+1} = \theta_{t} - \eta \nabla f(\theta_{t})
\hat{\theta} = \arg \max_{\theta} \sum_{i=1}^{n} \log p(x_{i} \mid \theta)
X \sim \mathcal{N}(\mu, \sigma^{2})
\int_{-\infty}^{\infty} e^{-x^{2}} dx = \sqrt{\pi}
\Gamma^{\lambda}_{\mu \nu} = \frac{1}{2} g^{\lambda \sigma} (\partial_{\mu} g_{\nu %
    \sigma} + \partial_{\nu} g_{\mu \sigma} - \partial_{\sigma} g_{\mu \nu})
\lim_{x \to 0^{+}} x \ln x = 0
f : A \to B
x \in [0, 1)
\sqrt[3]{x} = x^{\frac{1}{3}}
A^{\top} A = 1
(f \circ g)'(x) = f'(g(x)) g'(x)
\langle \hat{A} \rangle = \langle \psi | \hat{A} \psi \rangle
\{ q_{i}, p_{j} \} = \delta_{i j}
\langle n | \hat{a} = \sqrt{n + 1} \langle n + 1 |
\max_{x} \min_{y} f(x, y) \leq \min_{y} \max_{x} f(x, y)
\lfloor x \rfloor \leq x < \lfloor x \rfloor + 1
""".replace("%\n", "")
    .strip()
    .splitlines()
)


@pytest.mark.parametrize("formula", WELL_FORMED)
def test_well_formed(formula):
    check_formula(formula)
    assert is_well_formed(formula)
    assert is_well_formed(" ".join(formula_tokens(formula)))


# What is wrong, and how the error goes on after "formula: expected".
ILL_FORMED = {
    "": "an expression at token 0, got the end",
    "=": "an expression at token 0, got '='",
    "===": "an expression at token 0, got '='",
    "x =": "an expression at token 2, got the end",
    "x": "a relation at token 1, got the end",
    "= x": "an expression at token 0",
    "a = b +": "an expression at token 4",
    "a + + b = c": "an expression at token 2, got '+'",
    r"a \cdot = b": "an expression at token 2",
    "a = b ,": "an expression at token 4",
    r"a = b \Rightarrow c": "a relation at token 5",
    r"\frac{a} = b": "'{' at token 4, got '='",
    r"\frac ab = c": "'{' at token 1, got 'a'",
    r"\frac{}{b} = c": "an expression at token 2, got '}'",
    r"\sqrt = x": "'{' at token 1",
    r"\sqrt[3 = x": "']' at token 3, got '='",
    r"\hat x = 1": "'{' at token 1",
    "a = (b": "')' or ']' at token 4, got the end",
    "a = b)": "an operator, a relation or the end at token 3, got ')'",
    r"\{ a ) = b": r"'\}' at token 2",
    r"\lfloor x = 1": r"'\rfloor' at token 4",
    "a = {b}": "an expression at token 2, got '{'",
    "x^{} = 1": "an expression at token 3, got '}'",
    "x_{a = 1": "'}' at token 6, got the end",
    "x^{2}^{3} = 1": "one script of a kind at token 5",
    "x^ = 1": "a script at token 2",
    r"\sum_{n} = 3": r"an argument of \sum at token 5",
    r"\sin = 1": r"an argument of \sin at token 1",
    r"\operatorname{tr} = 1": r"an argument of \operatorname{tr} at token 1",
    r"\left| x = 1": r"'\right' at token 3",
    r"\left| x \right\| = 1": "'|' at token 4",
    r"\left( x \right) = 1": r"'|' or '\|' at token 1",
    "| x | = 3": "an expression at token 3, got '='",
    r"\langle a = b": "'|' at token 4",
    r"\text{if} x = 1": "an expression at token 0",
    "x = 1.2.3": "an operator, a relation or the end at token 3, got '.'",
    "x # y = 1": "a relation at token 1, got '#'",
}


@pytest.mark.parametrize("formula", ILL_FORMED)
def test_ill_formed(formula):
    with pytest.raises(ValueError) as caught:
        check_formula(formula)
    assert str(caught.value).startswith(f"formula: expected {ILL_FORMED[formula]}")
    assert not is_well_formed(formula)


@pytest.mark.parametrize(
    ("formula", "tokens"),
    [
        ("", []),
        (r"a \, b \quad c", ["a", "b", "c"]),
        (r"\mathbf{x}12.5ab", [r"\mathbf{x}", "12.5", "a", "b"]),
        (r"\boldsymbol{\mu}\mu", [r"\boldsymbol{\mu}", r"\mu"]),
        (r"\mathrm{kin}\{x\}", [r"\mathrm{kin}", r"\{", "x", r"\}"]),
        (r"\operatorname{tr}A", [r"\operatorname{tr}", "A"]),
        (r"\mathbf{\hat{x}}", [r"\mathbf", "{", r"\hat", "{", "x", "}", "}"]),
        (r"\left\|x\right\|", [r"\left", r"\|", "x", r"\right", r"\|"]),
        ("\\", ["\\"]),
    ],
)
def test_tokens(formula, tokens):
    assert formula_tokens(formula) == tokens


def test_symbols_are_letters_in_any_font():
    formula = r"\mathbf{F} \mu F \mathrm{m} \mathrm{kin} \hbar \sin 2 \mu'"
    renamed = r"s0 s1 s2 s3 \mathrm{kin} \hbar \sin 2 s1 '"
    assert rename_symbols(formula_tokens(formula)) == renamed.split()


@given(st.permutations("abcdxyz"))
def test_other_letters_are_the_same_formula(letters):
    swap = dict(zip("abcdxyz", letters, strict=True))
    tokens = formula_tokens(r"\frac{a}{b + c} = \sin(d x) - a^{y} \int z dz")
    swapped = [swap.get(token, token) for token in tokens]
    assert rename_symbols(swapped) == rename_symbols(tokens)
    other = [*swapped]
    other[2] = "m"  # one of two that were the same
    assert rename_symbols(other) != rename_symbols(tokens)


PIECES = [*"ab=+-(){}[]|^_'!,12"] + [
    rf"\{name}"
    for name in "frac sum sin left right langle rangle sqrt hat mid cdot".split()
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_no_text_is_too_strange(formula):
    is_well_formed(formula)


def test_deep_nesting_is_refused_and_no_crash():
    deep = "(" * 5000 + "a" + ")" * 5000 + " = b"
    assert not is_well_formed(deep)


PIECES = r"a B 1 2.5 . ' _ ^ { } ( | \{ \pi \left \frac \mathbf{x} = -".split()


@given(st.lists(st.sampled_from(PIECES)))
def test_joined_tokens_are_read_again(tokens):
    assert formula_tokens(join_tokens(tokens)) == tokens


def test_joined_tokens_have_their_scripts():
    tokens = formula_tokens(r"L _ { 0 } = \gamma ^ { \mu } x")
    assert join_tokens(tokens) == r"L_{0}=\gamma^{\mu}x"
