"""The bundled data is what datasets/README.md promises."""

import gzip
import hashlib
import re
import unicodedata
from collections import Counter, namedtuple
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from seqmodels.data import texts

FOLDER = Path(texts.__file__).resolve().parents[2] / "datasets"
TEXTS = sorted(FOLDER.glob("encyclopedia/*.txt"))
EMOJI_WORDS = FOLDER / "emoji_words.tsv"
SOURCES = FOLDER / "encyclopedia_sources.tsv"
REVIEWS = FOLDER / "reviews.tsv"
FORMULAS = sorted(FOLDER.glob("formulas/*.tsv"))
FILES = [*TEXTS, *FORMULAS, EMOJI_WORDS, SOURCES, REVIEWS]
README = (FOLDER / "README.md").read_text(encoding="utf-8")

Article = namedtuple("Article", "topic title body")


def parse(topic, text):
    before, *parts = re.split(r"(?m)^= (.+) =\n", text)
    assert before == "", f"{topic}: text before the first heading"
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [Article(topic, title, body.strip("\n")) for title, body in pairs]


def read(path):
    return path.read_bytes().decode("utf-8")  # every line end as it is


ARTICLES = [a for path in TEXTS for a in parse(path.stem, read(path))]
TITLES = {a.title.lower() for a in ARTICLES}
WHOLE = "\n".join(map(read, TEXTS))


def find_faults(article, titles):
    """Names what is wrong with an article; the empty list if nothing is."""
    title, body = article.title, article.body
    faults = []
    if not 900 <= len(body) <= 1200:
        faults.append("length")
    if any(len(line) > 72 for line in body.split("\n")):
        faults.append("columns")
    if not re.fullmatch(r"[ -~\n]*", body):
        faults.append("characters")

    for paragraph in body.split("\n\n"):
        text = " ".join(paragraph.split("\n"))
        if text.count('"') % 2:
            faults.append("quotes")
        if re.search("[()]", re.sub(r"\([^()]*\)", "", text)):
            faults.append("parentheses")
        if re.search(r"[\[\]]", re.sub(r"\[\[[^\[\]]+\]\]", "", text)):
            faults.append("brackets")

    flat = " ".join(body.split())
    links = [link.lower() for link in re.findall(r"\[\[(.*?)\]\]", flat)]
    if not set(links) <= titles:
        faults.append("link to nowhere")
    if title.lower() in links:
        faults.append("link to itself")
    if not links:
        faults.append("no links")
    if not re.search('"[^"]*[a-z][^"]*"', flat):
        faults.append("no quotation")
    if not re.search(r"\([^()]*\w[^()]*\)", flat):
        faults.append("no parentheses")
    return faults


def get_repeated_share(texts, size=8):
    """Share of the runs of `size` words that occur more than once in all texts."""
    runs = Counter()
    for text in texts:
        words = re.findall("[a-z]+", text.lower())
        runs.update(zip(*(words[i:] for i in range(size)), strict=False))
    return sum(n for n in runs.values() if n > 1) / sum(runs.values())


def is_one_emoji(text):
    """Whether a text is one picture: a symbol, or several that are joined into one."""
    for piece in text.split("\u200d"):  # the joiner, as in families
        symbol = re.sub("[\ufe0f\U0001f3fb-\U0001f3ff]", "", piece)  # colour variants
        if len(symbol) != 1 or unicodedata.category(symbol) != "So":
            return False
    return True


# The encyclopedia


def test_size_and_topics():
    assert len(WHOLE) >= 120_000
    counts = Counter(article.topic for article in ARTICLES)
    assert len(counts) == len(TEXTS) == 10
    assert min(counts.values()) >= 12
    assert len(TITLES) == len(ARTICLES)


@pytest.mark.parametrize("topic", [path.stem for path in TEXTS])
def test_articles(topic):
    faults = {a.title: find_faults(a, TITLES) for a in ARTICLES if a.topic == topic}
    assert faults
    assert {title: found for title, found in faults.items() if found} == {}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_layout(path):
    text = read(path)
    assert re.fullmatch(r"(= [^=\n]+ =\n\n([^=\n].*\n+)+)+", text)
    assert text.endswith("\n")
    assert not re.search(r"\n{3}|\n\n$| \n|\r|\t", text)


def test_words_are_many_and_runs_are_not_repeated():
    assert get_repeated_share(article.body for article in ARTICLES) < 0.005
    assert len(set(re.findall("[a-z]+", WHOLE.lower()))) >= 5_500


def test_text_packs_like_prose():
    content = WHOLE.encode("ascii")
    assert 2.0 <= len(content) / len(gzip.compress(content)) <= 3.0


def test_stand_in_for_text8(monkeypatch, tmp_path):
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    monkeypatch.setenv("SEQMODELS_CACHE", str(tmp_path))
    monkeypatch.delenv("SEQMODELS_DATA", raising=False)
    text, source = texts.load_text8()
    assert source.kind == "bundled"
    assert len(text) >= 120_000
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz ")
    assert text.split(" ") == text.split()  # single spaces, none at the ends


def test_sources():
    rows = read_table(SOURCES, "topic", "title", "address", "label")
    assert len({(title, address) for _, title, address, _ in rows}) == len(rows)
    counts = Counter((topic, title) for topic, title, *_ in rows)
    assert [*counts] == [(a.topic, a.title) for a in ARTICLES]  # all, in their order
    assert min(counts.values()) == 2 and max(counts.values()) == 5
    for *_, address, label in rows:
        url = urlsplit(address)
        assert url.scheme in ("http", "https") and re.fullmatch(
            r"[a-z0-9.-]+", url.netloc
        )
        assert re.fullmatch(r"[!-~]+", address) and not set(address) & set('[]"<>|')
        assert re.fullmatch(r"[ -~]+", label) and not set(label) & set('[]"')
    for article in texts.load_encyclopedia()[0]:
        assert len(article.sources) == counts[article.topic, article.title]


# The table of emoji


def read_table(path, *columns):
    heading, *lines = read(path).removesuffix("\n").split("\n")
    assert heading == "\t".join(columns)
    rows = [line.split("\t") for line in lines]
    assert [row for row in rows if len(row) != len(columns)] == []
    return rows


def test_emoji_words():
    rows = read_table(EMOJI_WORDS, "word", "emoji")
    assert len(rows) >= 150
    words = [word for word, _ in rows]
    assert [word for word in words if not re.fullmatch("[a-z]{1,12}", word)] == []
    assert [word for word, count in Counter(words).items() if count > 1] == []
    assert [row for row in rows if not is_one_emoji(row[1])] == []
    assert texts.load_emoji_words()[0] == [tuple(row) for row in rows]


# The reviews


def test_reviews():
    rows = read_table(REVIEWS, "label", "topic", "text")
    assert len(rows) >= 400
    labels, topics, texts = zip(*rows, strict=True)
    by_label = Counter(labels)
    assert set(labels) == {"0", "1"} and by_label["0"] == by_label["1"]
    counts = Counter(zip(labels, topics, strict=True))
    assert set(topics) == {"book", "film", "journey", "meal"}
    assert len(counts) == 8 and min(counts.values()) >= 50
    assert len(set(texts)) == len(texts)
    assert [t for t in texts if not 15 <= len(t.split()) <= 80 or t != t.strip()] == []
    assert get_repeated_share(texts, size=5) < 0.005  # no templates


# The read-me


def test_readme_has_sizes_and_checksums(run_python):
    rows = re.findall(r"(?m)^\| (\S+) \| (\d+) \| (\d+) \| ([0-9a-f]{64}) \|$", README)
    expected = []
    for path in FILES:
        name, content = path.relative_to(FOLDER).as_posix(), path.read_bytes()
        sizes = str(len(content.decode("utf-8"))), str(len(content))
        expected.append((name, *sizes, hashlib.sha256(content).hexdigest()))
    assert rows == expected
    files = {path for path in FOLDER.rglob("[!.]*") if path.is_file()}
    others = {FOLDER / "README.md", FOLDER / "LICENSE"}
    assert files - others == {*FILES}

    command = re.search('(?m)^python -c "(.+)"$', README)[1]
    printed = run_python(command).stdout.splitlines()
    assert printed == [f"| {' | '.join(row)} |" for row in expected]


def test_readme_counts():
    words = len(read(EMOJI_WORDS).splitlines()) - 1
    reviews = len(read(REVIEWS).splitlines()) - 1
    assert f"{len(ARTICLES)} articles" in README
    assert f"{words} everyday words" in README
    assert f"{reviews} short reviews" in README


# The checks themselves

GOOD = (
    'It is "the moon" (a rock), seen with the\n[[black\nhole]] and [[comet]]s.\n'
    + ("Some more words about it stand here.\n" * 25)
    + "\nThe end."
)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("", "", None),
        ("The end.", "The end. " + "More.\n" * 50, "length"),
        ("The end.", "The end" + " and so on" * 7, "columns"),
        ("The end.", "The \u201cend\u201d.", "characters"),
        ("The end.", 'The "end.', "quotes"),
        ('the moon" (a rock)', 'the moon (a\n\nrock)"', "quotes"),
        ("The end.", "The end).", "parentheses"),
        ("(a rock)", "(a (small) rock)", "parentheses"),
        ("(a rock)", "(a\n\nrock)", "parentheses"),
        ("[[comet]]s", "[[comet]s", "brackets"),
        ("[[comet]]s", "[comet]s", "brackets"),
        ("[[comet]]s", "[[comets]]", "link to nowhere"),
        ("[[comet]]s", "[[moon]]", "link to itself"),
        ("[", "", "no links"),
        ('"', "", "no quotation"),
        ("(a rock)", "", "no parentheses"),
    ],
)
def test_faults_are_found(old, new, fault):
    body = GOOD.replace(old, new) if old else GOOD
    faults = find_faults(Article("sky", "Moon", body), {"moon", "black hole", "comet"})
    assert fault in faults if fault else faults == []


def test_repeats_are_found():
    text = "a b c d e f g h i"
    assert get_repeated_share([text, "i h g f e d c b a"]) == 0
    assert get_repeated_share([text, "A b,\nc d e f g h!"]) == 2 / 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\U0001f980", True),
        ("\u2600\ufe0f", True),
        ("\U0001f44d\U0001f3fd", True),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", True),
        ("", False),
        ("x", False),
        ("\ufe0f", False),
        ("\U0001f980\U0001f980", False),
        ("\U0001f980 ", False),
        ("\U0001f468\u200d", False),
    ],
)
def test_emoji_are_counted(text, expected):
    assert is_one_emoji(text) == expected
