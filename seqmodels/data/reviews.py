"""Reviews and their verdicts: IMDB where it can be had, else the bundled ones."""

import gzip
import hashlib
import io
import itertools
import re
import tarfile
import zlib
from typing import NamedTuple

import numpy as np

from seqmodels.data import bundled
from seqmodels.data._fetch import fetch, own_folder, read_own
from seqmodels.data._registry import IMDB
from seqmodels.data._source import Source, announce, stand_in

ARCHIVE = "aclImdb_v1.tar.gz"
MAX_REVIEW = 100_000  # bytes; the longest has about 14,000
MAX_UNPACKED = 2**30  # bytes, of all there is in an archive
PARTS = [f"{split}/{label}" for split in ("train", "test") for label in ("neg", "pos")]
_MEMBER = re.compile(r"(?:\./)?aclImdb/((?:train|test)/(?:neg|pos)/\d+_\d+\.txt)")


class Reviews(NamedTuple):
    """Reviews as they were written, negative and positive ones taking turns."""

    texts: list[str]
    labels: np.ndarray  # `(num_reviews,)`, `int32`: 1 is positive, 0 is negative


def load_imdb() -> tuple[tuple[Reviews, Reviews], Source]:
    """Loads 25,000 film reviews to train on and 25,000 to test on.

    Half of each are positive. Reviews of one film stand near each other and are never
    in both parts. `SEQMODELS_DATA` may hold the published archive, one packed again
    (with or without its unlabelled reviews) or the unpacked folder `aclImdb`. The
    stand-in is the bundled reviews, every fourth of them to test on.

    Returns:
        `(train, test)`, both `Reviews`, and their `Source`, which is also printed.

    Raises:
        ValueError: If what is found is damaged, not these reviews, or cannot be read.

    Source: A. Maas et al., "Learning Word Vectors for Sentiment Analysis", 2011.
    """
    where, content, reason = f"{ARCHIVE} in SEQMODELS_DATA", read_own(ARCHIVE), ""
    own = own_folder()
    if content is None and own is not None and (own / "aclImdb").exists():
        where, files = "aclImdb in SEQMODELS_DATA", _read_folder(own / "aclImdb")
    else:
        if content is None:
            where, (content, reason) = ARCHIVE, fetch(ARCHIVE)
        if content is None:
            return announce(*_bundled(reason))
        files = _read_archive(content, where)
    _check(files, where)
    splits = _split(files, "train"), _split(files, "test")
    size = " + ".join(f"{len(split.texts):,}" for split in splits)
    source = Source("IMDB", "real", f"{size} reviews")
    return announce(splits, source)


def _read_folder(folder):
    """Contents of the labelled reviews, by names such as "train/neg/0_3.txt"."""
    paths = [path for part in PARTS for path in (folder / part).glob("[0-9]*_*.txt")]
    names = [path.relative_to(folder).as_posix() for path in paths]
    return {name: read_own(f"aclImdb/{name}") for name in names}


def _read_archive(content, where):
    """The same of a tar.gz, unpacked on the way and not on the disk."""
    files = {}
    try:
        with _Unpacked(fileobj=io.BytesIO(content)) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as members:
                for member in members:
                    if found := _MEMBER.fullmatch(member.name):
                        files[found[1]] = _read_member(members, member)
            while stream.read(2**20):  # to the checksum at the end
                pass
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise ValueError(
            f"{where} is damaged or cut short after {len(files):,} reviews ({error}); "
            "it was left as it is. Copy or download it again."
        ) from error
    return files


def _read_member(members, member):
    if not member.isfile():
        raise tarfile.TarError(f"{member.name} is not a file")
    if member.size > MAX_REVIEW:
        raise tarfile.TarError(
            f"{member.name} has {member.size:,} bytes; expected at most {MAX_REVIEW:,}"
        )
    return members.extractfile(member).read()


class _Unpacked(gzip.GzipFile):
    """A gzip that is not read for ever: a few MB of it may hold gigabytes."""

    def read(self, size=-1):
        if self.tell() > MAX_UNPACKED:
            raise OSError(f"unpacked it has more than {MAX_UNPACKED:,} bytes")
        return super().read(size)


def _check(files, where):
    """Raises if the files are not the labelled reviews of IMDB, all of them."""
    for part in PARTS:
        count, expected = sum(n.startswith(part) for n in files), IMDB["in each part"]
        if count != expected:
            raise ValueError(
                f"{where} has {count:,} reviews in {part}; expected {expected:,}."
            )
    if (got := _digest(files)) != IMDB["sha256"]:
        raise ValueError(
            f"{where}: expected SHA-256 {IMDB['sha256']} of its reviews, got {got}."
        )


def _digest(files):
    """SHA-256 of all names and contents, in the order of the names."""
    digest = hashlib.sha256()
    for name in sorted(files):
        encoded = name.encode("utf-8", "surrogateescape")  # any name that a disk has
        digest.update(encoded + b"\0" + files[name] + b"\0")
    return digest.hexdigest()


def _split(files, split):
    """Reviews of a split by their number, each negative one before its positive one."""
    keys = []
    for name in files:
        of_split, label, number_and_rating = name.split("/")
        if of_split == split:
            keys.append((int(number_and_rating.split("_")[0]), label, name))
    keys.sort()
    labels = np.array([label == "pos" for _, label, _ in keys], np.int32)
    return Reviews([files[name].decode("utf-8") for *_, name in keys], labels)


def _bundled(reason):
    """The bundled reviews: of each topic and label every fourth is to test on."""
    rows, counts = {"train": [], "test": []}, {}
    table = bundled.read_table(bundled.bundled_folder() / "reviews.tsv", 3)
    for number, (label, topic, text) in enumerate(table, start=2):
        if label not in ("0", "1"):
            raise ValueError(
                f"reviews.tsv, line {number}: expected a label 0 or 1, got {label!r}."
            )
        counts[label, topic] = counts.get((label, topic), 0) + 1
        split = "train" if counts[label, topic] % 4 else "test"
        rows[split].append((text, int(label)))
    splits = tuple(_in_turns(part) for part in rows.values())
    size = " + ".join(f"{len(split.texts):,}" for split in splits)
    return splits, stand_in("IMDB", f"reviews, {size}", reason)


def _in_turns(rows):
    """Half and half, so that any stretch of them is balanced."""
    by_label = [[row for row in rows if row[1] == label] for label in (0, 1)]
    turns = itertools.zip_longest(*by_label)
    written, labels = zip(*(row for turn in turns for row in turn if row), strict=True)
    return Reviews(list(written), np.array(labels, np.int32))
