"""IMDB and its stand-in, from tiny archives made up here, without a network."""

import gzip
import io
import tarfile

import numpy as np
import pytest

from seqmodels.data import _fetch, reviews
from seqmodels.data._source import Source

RATINGS = {"neg": [1, 4, 3], "pos": [7, 10, 8]}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """An empty cache, no network, and a data set of three reviews in each part."""
    monkeypatch.setenv("SEQMODELS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("SEQMODELS_OFFLINE", "1")
    monkeypatch.delenv("SEQMODELS_DATA", raising=False)
    monkeypatch.setitem(reviews.IMDB, "in each part", 3)
    monkeypatch.setitem(reviews.IMDB, "sha256", reviews._digest(make_files()))
    return tmp_path / "cache"


def make_files():
    return {
        f"{part}/{n}_{RATINGS[part[-3:]][n]}.txt": f"{part}, <br />n\u00b0 {n}".encode()
        for part in reviews.PARTS
        for n in range(3)
    }


def pack(files, before="aclImdb/", then=None):
    """A tar.gz of the files, unlabelled reviews and other things among them.

    Args:
        files: Contents by name.
        before: What to put before every name.
        then: A `TarInfo` to put last, its content left out.
    """
    others = {"README": b"read me", "train/unsup/0_0.txt": b"so so", "test/._0_3": b"?"}
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, content in {**others, **files}.items():
            member = tarfile.TarInfo(before + name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        if then is not None:
            tar.fileobj.write(then.tobuf())
    return archive.getvalue()


def check_loaded(loaded):
    (train, test), source = loaded
    assert source == Source("IMDB", "real", "6 + 6 reviews")
    for split, part in [("train", train), ("test", test)]:
        assert part.labels.tolist() == [0, 1, 0, 1, 0, 1]
        assert part.texts == [
            f"{split}/{label}, <br />n\u00b0 {n}"
            for n in range(3)
            for label in ("neg", "pos")
        ]


@pytest.mark.parametrize("before", ["aclImdb/", "./aclImdb/"])
def test_own_archive(own, capsys, before):
    files = dict(reversed(make_files().items()))  # the order in it does not matter
    (own / reviews.ARCHIVE).write_bytes(pack(files, before))
    check_loaded(reviews.load_imdb())
    assert capsys.readouterr().out == "Data: IMDB, 6 + 6 reviews\n"


def test_own_folder(own):
    for name, content in {**make_files(), "train/unsup/0_0.txt": b"?"}.items():
        path = own / "aclImdb" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    check_loaded(reviews.load_imdb())


def test_cached_archive(cache, monkeypatch):
    content = pack(make_files())
    sha256 = reviews.hashlib.sha256(content).hexdigest()
    entry = {"size": len(content), "sha256": sha256, "urls": []}
    monkeypatch.setitem(_fetch.REGISTRY, reviews.ARCHIVE, entry)
    cache.mkdir()
    (cache / reviews.ARCHIVE).write_bytes(content)
    check_loaded(reviews.load_imdb())
    (cache / reviews.ARCHIVE).write_bytes(content[:-1])
    source = reviews.load_imdb()[1]
    assert source.kind == "bundled"
    assert "(the cached aclImdb_v1.tar.gz is damaged; " in str(source)


def flip(content, position):
    return content[:position] + bytes([content[position] ^ 1]) + content[position + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"<html>not found</html>",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:-8],
        lambda content: flip(content, len(content) // 2),
        lambda content: flip(content, len(content) - 6),  # in the CRC
        lambda content: gzip.compress(gzip.decompress(content)[:5000]),
        lambda content: gzip.compress(b"not a tar" * 100),
    ],
)
def test_damaged_archive(own, damage):
    content = damage(pack(make_files()))
    (own / reviews.ARCHIVE).write_bytes(content)
    message = (
        r"^aclImdb_v1.tar.gz in SEQMODELS_DATA (is damaged or cut short after \d+ "
        r"reviews \(.+\); it was left as it is. Copy or download it again|"
        r"has \d reviews in \w+/\w+; expected 3)\.$"
    )
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()
    assert (own / reviews.ARCHIVE).read_bytes() == content


@pytest.mark.parametrize(
    "kind",
    [tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE],
    ids=["folder", "pipe", "symbolic link", "link"],
)
def test_a_review_is_no_file(own, kind):
    member = tarfile.TarInfo("aclImdb/train/neg/9_1.txt")
    member.type, member.linkname = kind, "aclImdb/train/neg/0_1.txt"
    (own / reviews.ARCHIVE).write_bytes(pack(make_files(), then=member))
    message = r"after 12 reviews \(aclImdb/train/neg/9_1.txt is not a file\); it was"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


def test_a_review_is_far_too_long(own):
    member = tarfile.TarInfo("aclImdb/train/neg/9_1.txt")
    member.size = 3 * 2**30
    (own / reviews.ARCHIVE).write_bytes(pack(make_files(), then=member))
    message = (
        r"after 12 reviews \(aclImdb/train/neg/9_1.txt has 3,221,225,472 bytes; "
        r"expected at most 100,000\); it was"
    )
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


def test_a_heading_in_an_archive_makes_no_sense(own):
    member = tarfile.TarInfo("aclImdb/train/neg/9_1.txt")
    member.pax_headers = {"GNU.sparse.map": "one, two"}
    (own / reviews.ARCHIVE).write_bytes(pack(make_files(), then=member))
    message = r"SEQMODELS_DATA is damaged or cut short after 12 reviews \(.*\); it was"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


def test_an_archive_is_far_too_long(own, monkeypatch):
    monkeypatch.setattr(reviews, "MAX_UNPACKED", 100_000)
    (own / reviews.ARCHIVE).write_bytes(pack(make_files()))
    check_loaded(reviews.load_imdb())
    content = gzip.decompress(pack(make_files())) + bytes(2**20)
    (own / reviews.ARCHIVE).write_bytes(gzip.compress(content))
    message = r"after 12 reviews \(unpacked it has more than 100,000 bytes\); it was"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


def test_a_review_is_a_folder_in_a_folder(own):
    (own / "aclImdb" / "train" / "neg" / "0_1.txt").mkdir(parents=True)
    message = "^aclImdb/train/neg/0_1.txt in SEQMODELS_DATA: expected a file; it is a f"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


def test_own_folder_is_a_file(own):
    (own / "aclImdb").write_bytes(b"")
    message = "^aclImdb in SEQMODELS_DATA has 0 reviews in train/neg; expected 3.$"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


@pytest.mark.parametrize("named", [None, ""])
def test_a_folder_that_happens_to_be_here_is_left(own, monkeypatch, named):
    monkeypatch.chdir(own)
    (own / "aclImdb").mkdir()
    monkeypatch.setenv("SEQMODELS_DATA", "")
    if named is None:
        monkeypatch.delenv("SEQMODELS_DATA")
    assert reviews.load_imdb()[1].kind == "bundled"


def test_names_may_be_of_any_kind(own):
    for name, content in {**make_files(), "test/pos/2_\u0663.txt": b"?"}.items():
        path = own / "aclImdb" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (own / "aclImdb" / "test/pos/2_8.txt").unlink()
    with pytest.raises(ValueError, match="aclImdb in SEQMODELS_DATA: expected SHA-256"):
        reviews.load_imdb()


def test_a_review_is_missing(own):
    files = make_files()
    del files["test/pos/1_10.txt"]
    (own / reviews.ARCHIVE).write_bytes(pack(files))
    with pytest.raises(ValueError, match="has 2 reviews in test/pos; expected 3.$"):
        reviews.load_imdb()


@pytest.mark.parametrize("change", ["word", "label"])
def test_a_review_was_changed(own, change):
    files = make_files()
    if change == "word":
        files["train/neg/0_1.txt"] += b" Loved it."
    else:
        one, other = "train/neg/0_1.txt", "train/pos/0_7.txt"
        files[one], files[other] = files[other], files[one]
    (own / reviews.ARCHIVE).write_bytes(pack(files))
    message = "DATA: expected SHA-256 [0-9a-f]{64} of its reviews, got [0-9a-f]{64}.$"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()


# The stand-in


def test_stand_in_is_balanced_and_keeps_the_parts_apart(capsys):
    (train, test), source = reviews.load_imdb()
    assert (source.name, source.kind) == ("IMDB", "bundled")
    size = f"{len(train.texts)} + {len(test.texts)}"
    line = f"Data: bundled reviews, {size}, in place of IMDB (SEQMODELS_OFFLINE is set)"
    assert capsys.readouterr().out == line + "\n"
    for part in (train, test):
        assert len(part.texts) == len(part.labels)
        assert abs(np.mean(part.labels) - 0.5) < 0.01
        assert set(part.labels[:2]) == {0, 1}
    assert not set(train.texts) & set(test.texts)
    assert 0.23 < len(test.texts) / len(train.texts + test.texts) < 0.27


def test_stand_in_with_a_bad_line(monkeypatch, tmp_path):
    (tmp_path / "reviews.tsv").write_text(
        "label\ttopic\ttext\n1\tfilm\tGood.\ngood\tfilm\tBad.\n", encoding="utf-8"
    )
    monkeypatch.setattr("seqmodels.data.bundled.bundled_folder", lambda: tmp_path)
    message = "reviews.tsv, line 3: expected a label 0 or 1, got 'good'"
    with pytest.raises(ValueError, match=message):
        reviews.load_imdb()
