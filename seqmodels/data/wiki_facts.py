"""What holds at each character of Wikipedia's markup: facts that a reader knows."""

import re
from collections.abc import Iterator

import mwparserfromhell
import numpy as np
from mwparserfromhell.nodes import ExternalLink, Heading, Tag, Template, Wikilink
from mwparserfromhell.wikicode import Wikicode


def wiki_facts(markup: str) -> dict[str, np.ndarray]:
    """What holds after each character of a page has been read.

    Markup that never closes is text, as it is on Wikipedia. Quotes and parentheses are
    looked for line by line; where a line has an odd number of quotation marks, nobody
    knows which of them open, and none does.

    >>> facts = wiki_facts('see [[a|"b"]] (c)')
    >>> for name in ("links", "quotes", "parentheses"):
    ...     print("".join(map(str, facts[name].astype(int))))
    00000111111000000
    00000000110000000
    00000000000000110

    Args:
        markup: A page as it was typed.

    Returns:
        Arrays of `(len(markup),)`, `bool`:

        - `links`: between the second bracket of `[[` and the first of `]]`,
        - `URLs`: in an address, after its `://` or `mailto:`,
        - `templates`: between the second brace of `{{` and the first of `}}`,
        - `headings`: in a heading, after the signs that open it,
        - `quotes`: in a quotation,
        - `parentheses`: in parentheses.
    """
    facts = {
        name: np.zeros(len(markup), bool)
        for name in ("links", "URLs", "templates", "headings", "quotes", "parentheses")
    }
    for node, start in _nodes(mwparserfromhell.parse(markup), 0):
        end = start + len(str(node))
        match node:
            case Wikilink():
                facts["links"][start + 1 : end - 2] = True
            case Template():
                facts["templates"][start + 1 : end - 2] = True
            case Heading():
                facts["headings"][start + node.level - 1 : end - node.level] = True
            case ExternalLink():
                url = str(node.url)
                scheme = re.match(r"[\w.+-]*:(//)?|//", url)
                first = start + str(node).index(url)
                inside = scheme.end() - 1 if scheme else 0
                facts["URLs"][first + inside : first + len(url)] = True
    chars = np.array(list(markup))
    for line in re.finditer(r"[^\n]+", markup):
        here = slice(*line.span())
        marks = np.cumsum(chars[here] == '"')
        if marks[-1] % 2 == 0:
            facts["quotes"][here] = marks % 2 == 1
        facts["parentheses"][here] = _open(chars[here]) > 0
    return facts


def _open(chars):
    """How many parentheses are open after each character; a stray end closes none."""
    depth = np.cumsum((chars == "(").astype(int) - (chars == ")"))
    return depth - np.minimum(np.minimum.accumulate(depth), 0)


def _nodes(code: Wikicode, start: int) -> Iterator[tuple]:
    """All nodes, those inside of others too, each with the place where it starts."""
    for node in code.nodes:
        yield node, start
        for part, place in _parts(node):
            yield from _nodes(part, start + place)
        start += len(str(node))


def _parts(node):
    """The markup within a node that is read, and where in the node it starts."""
    match node:
        case Wikilink(text=Wikicode() as text):
            yield text, len(f"[[{node.title}|")
        case Heading(title=title, level=level):
            yield title, level
        case ExternalLink(title=Wikicode() as title):
            yield title, str(node).index(str(title), len(str(node.url)))
        case Template(params=params):
            place = len("{{" + str(node.name))
            for param in params:
                value = str(param.value)
                place += len(f"|{param}")
                yield param.value, place - len(value)
        case Tag(contents=Wikicode() as contents) if contents:
            opening = node.wiki_markup or f"<{node.tag}"
            place = len(opening) + sum(len(str(one)) for one in node.attributes)
            yield contents, str(node).index(str(contents), place)
