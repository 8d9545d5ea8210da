"""A small grammar of formulas in LaTeX.

It asks for what a reader would ask for: a relation with an expression on each side, an
operand for each operator, an argument for each function and each sum, brackets and
scripts that close, and as many groups as a command takes. It knows no truth.
"""

import re

from seqmodels.text.formulas import commands, formula_tokens, is_symbol

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")

CONSTANTS = commands(
    "partial nabla infty hbar ell aleph emptyset varnothing ldots cdots dots"
)
FUNCTIONS = commands(
    "sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan exp log ln "
    "det dim ker deg gcd arg max min sup inf lim limsup liminf Pr Re Im"
)
LARGE = commands("sum prod int oint iint iiint bigcup bigcap bigoplus bigotimes")
ACCENTS = commands(
    "hat bar vec dot ddot dddot tilde widehat widetilde overline "
    "mathbf mathrm boldsymbol"
)
SIGNS = frozenset("+-") | commands("pm mp neg")  # before a term
OPERATORS = frozenset("+-/*") | commands(
    "pm mp cdot times otimes oplus wedge vee cap cup circ ast star setminus odot"
)
RELATIONS = frozenset("=<>:") | commands(
    "leq geq neq approx equiv sim simeq cong propto ll gg lesssim gtrsim in notin ni "
    "subset subseteq supset supseteq mid nmid parallel perp to rightarrow mapsto "
    "succeq preceq succ prec"
)
BETWEEN = frozenset(",") | commands("Rightarrow Leftrightarrow")  # two relations
CLOSING = {
    "(": (")", "]"),  # intervals may be open at one end
    "[": ("]", ")"),
    "\\{": ("\\}",),
    "\\lfloor": ("\\rfloor",),
    "\\lceil": ("\\rceil",),
    "|": ("\\rangle",),  # a ket
}
DEEPEST = 50  # more than a reader could follow
ALONE = frozenset("+-*") | commands(  # what may stand in a script by itself
    "dagger top prime ast star circ perp parallel pm mp times odot oplus otimes cdot to"
)


def check_formula(formula: str) -> None:
    r"""Raises unless a formula is well-formed.

    >>> check_formula(r"\frac{a}{b} = c")
    >>> check_formula(r"\frac{a} = b")
    Traceback (most recent call last):
    ...
    ValueError: formula: expected '{' at token 4, got '='.

    Args:
        formula: LaTeX, without dollar signs.

    Raises:
        ValueError: If it is not; says where, what was expected and what came.
    """
    reader = _Reader(formula_tokens(formula))
    reader.relation()
    while reader.next in BETWEEN:
        reader.take()
        reader.relation()
    if reader.next:
        reader.fail("an operator, a relation or the end")


def is_well_formed(formula: str) -> bool:
    """Whether `check_formula` accepts a formula."""
    try:
        check_formula(formula)
    except ValueError:
        return False
    return True


class _Reader:
    """Reads tokens by recursive descent, one method for each kind of thing."""

    def __init__(self, tokens):
        self.tokens, self.at = tokens, 0
        self.depth = 0
        self.in_bra_ket = False  # there a bar ends what it follows

    @property
    def next(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self):
        self.at += 1
        return self.tokens[self.at - 1]

    def fail(self, expected):
        got = f"'{self.next}'" if self.next else "the end"
        where = f"at token {self.at}"
        raise ValueError(f"formula: expected {expected} {where}, got {got}.")

    def expect(self, *wanted):
        if self.next not in wanted:
            self.fail(" or ".join(f"'{token}'" for token in wanted))
        return self.take()

    def relation(self):
        self.expression()
        if self.next not in RELATIONS:
            self.fail("a relation")
        self.more_relations()

    def more_relations(self):
        while self.next in RELATIONS:
            self.take()
            self.expression()

    def expression(self):
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"at most {DEEPEST} expressions within each other")
        if self.next in SIGNS:
            self.take()
        self.term()
        while self.next in OPERATORS:
            self.take()
            self.term()
        self.depth -= 1

    def term(self):
        self.factor()
        while self.starts_factor():
            self.factor()

    def starts_factor(self):
        token = self.next
        if token == "|":
            return not self.in_bra_ket
        return (
            token in CONSTANTS | FUNCTIONS | LARGE | ACCENTS
            or token in ("\\frac", "\\binom", "\\sqrt", "\\left", "\\langle")
            or token in CLOSING
            or is_symbol(token)
            or bool(_NUMBER.fullmatch(token))
            or token.startswith(("\\mathrm{", "\\operatorname{", "\\mathbb{"))
        )

    def factor(self):
        if not self.starts_factor():
            self.fail("an expression")
        token = self.take()
        needs_argument = token in FUNCTIONS | LARGE or token.startswith(
            "\\operatorname"
        )
        if token in ("\\frac", "\\binom"):
            self.group()
            self.group()
        elif token == "\\sqrt":
            if self.next == "[":
                self.take()
                self.expression()
                self.expect("]")
            self.group()
        elif token in ACCENTS:
            self.group()
        elif token == "\\left":
            self.between_bars()
        elif token == "\\langle":
            self.bra_ket()
        elif token in CLOSING:
            self.bracket(CLOSING[token])
        self.scripts()
        if needs_argument and not self.starts_factor():
            self.fail(f"an argument of {token}")

    def group(self):
        self.expect("{")
        outer, self.in_bra_ket = self.in_bra_ket, False
        self.expression()
        self.in_bra_ket = outer
        self.expect("}")

    def bracket(self, closing):
        outer, self.in_bra_ket = self.in_bra_ket, False
        self.items()
        self.in_bra_ket = outer
        self.expect(*closing)

    def between_bars(self):
        bar = self.expect("|", "\\|")
        outer, self.in_bra_ket = self.in_bra_ket, True
        self.expression()
        self.in_bra_ket = outer
        self.expect("\\right")
        self.expect(bar)

    def bra_ket(self):
        outer, self.in_bra_ket = self.in_bra_ket, True
        start, depth = self.at, self.depth
        try:  # <a|b>, <a|b|c>, <a>, <a, b>
            self.items("|")
            self.expect("\\rangle")
        except ValueError:  # <a|
            self.at, self.depth = start, depth
            self.items()
            self.expect("|")
        finally:
            self.in_bra_ket = outer

    def items(self, *also_between):
        self.item()
        while self.next in (",", ";", *also_between):
            self.take()
            self.item()

    def item(self):
        if self.next == "\\cdot":  # a place to be filled
            self.take()
            return
        self.expression()
        self.more_relations()

    def scripts(self):
        done = set()
        while self.next in ("_", "^", "'", "!"):
            if self.next in done and self.next in "_^":
                self.fail("one script of a kind")
            kind = self.take()
            done.add(kind)
            if kind in "_^":
                self.script()

    def script(self):
        if self.next != "{":  # a single token
            if not (self.starts_factor() and self.next not in CLOSING):
                self.fail("a script")
            self.take()
            return
        self.take()
        if self.tokens[self.at + 1 : self.at + 2] == ["}"] and (
            self.next in ALONE | FUNCTIONS
        ):
            self.take()
            self.take()
            return
        self.bracket(("}",))
