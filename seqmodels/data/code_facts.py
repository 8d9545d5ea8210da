"""What holds at each character of Python code: facts that a reader knows."""

import io
import re
import tokenize

import numpy as np

LINES = {"if": "if lines", "elif": "if lines", "while": "if lines"}
LINES |= {"def": "def lines", "class": "def lines"}
QUIET = {"NL", "COMMENT", "INDENT", "DEDENT"}  # a statement has not begun


def code_facts(code: str) -> dict[str, np.ndarray]:
    """What holds after each character of Python code has been read.

    >>> facts = code_facts('if a:  # why\\n    b("c")\\n')
    >>> "".join(map(str, facts["comments"].astype(int)))
    '000000011111000000000000'
    >>> print(facts["indentation"].max(), facts["column"].max())
    4 12

    Args:
        code: Python, as Python itself would read it.

    Returns:
        Arrays of `(len(code),)`, `bool`:

        - `comments`: from `#` to the end of the line,
        - `strings`: between the quotation marks of a string in one line's quotes,
        - `docstrings`: between those of a string in triple quotes,
        - `if lines`: from `if`, `elif` or `while` at a statement's start to its end,
        - `def lines`: from `def` or `class` to the end of that statement,
        - `brackets`: within round, square or curly brackets;

        and `int`:

        - `indentation`: how far the block is indented, known from a line's first sign
          that is no space,
        - `column`: characters since the line began; 0 after its end.

    Raises:
        ValueError: If it is not Python; says why.
    """
    try:
        return _facts(code)
    except (tokenize.TokenError, SyntaxError) as error:
        raise ValueError(f"`code` must be Python; got {error}.") from None


def _facts(code):
    lines = io.StringIO(code, newline="").readlines()
    starts = np.cumsum([0, *map(len, lines)])
    names = {*LINES.values(), "comments", "strings", "docstrings", "brackets"}
    facts = {name: np.zeros(len(code), bool) for name in sorted(names)}
    facts["indentation"] = np.zeros(len(code), int)
    facts["column"] = np.arange(1, len(code) + 1) - np.repeat(
        starts[:-1], np.diff(starts)
    )
    facts["column"][np.array(list(code)) == "\n"] = 0
    last, depth, indents, opened, statement = 0, 0, [0], [], None
    first = True  # of a statement
    for token in tokenize.generate_tokens(io.StringIO(code, newline="").readline):
        name = tokenize.tok_name[token.type]
        start, end = (
            starts[min(row - 1, len(lines))] + at
            for row, at in (token.start, token.end)
        )
        before = indents[-1]
        facts["indentation"][last:start] = before
        facts["brackets"][last:start] = depth > 0
        if name == "COMMENT":
            facts["comments"][start:end] = True
        elif name == "STRING":
            _mark_string(facts, start, token.string, end)
        elif name.endswith("STRING_START"):  # an f-string comes in parts since 3.12
            opened.append((start, token.string))
        elif name.endswith("STRING_END"):
            _mark_string(facts, *opened.pop(), end)
        elif name == "OP":
            depth += (token.string in "([{") - (token.string in ")]}")
        elif name == "INDENT":
            indents.append(len(token.string))
        elif name == "DEDENT":
            indents.pop()
        elif name == "NAME" and first and token.string in LINES:
            statement = LINES[token.string], end - 1
        if name == "NEWLINE":
            if statement:
                facts[statement[0]][statement[1] : start] = True
            statement = None
        first = name == "NEWLINE" or (first and name in QUIET)
        # Spaces of their own do not yet say where the indentation ends.
        facts["indentation"][start:end] = before if name == "INDENT" else indents[-1]
        facts["brackets"][start:end] = depth > 0
        last = end
    return facts


def _mark_string(facts, start, text, end):
    """Marks what stands between a string's quotation marks; text begins it."""
    prefix, marks = re.match(r"([a-zA-Z]*)('''|\"\"\"|'|\")", text).groups()
    name = "docstrings" if len(marks) == 3 else "strings"
    facts[name][start + len(prefix) + len(marks) - 1 : end - len(marks)] = True
