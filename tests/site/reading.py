"""Reads a built site as a browser would, as far as links and files go."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

URL = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
LOADED = ("stylesheet", "icon", "preload", "modulepreload", "manifest")


@dataclass
class Page(HTMLParser):
    """What a page says of itself, links to and loads."""

    path: Path
    ids: set = field(default_factory=set)
    links: list = field(default_factory=list)  # that a reader may follow
    assets: list = field(default_factory=list)  # that the browser fetches by itself
    images: list = field(default_factory=list)  # (address, alternative text)
    headings: list = field(default_factory=list)
    title: str = ""
    lang: str = ""

    def __post_init__(self):
        super().__init__()
        self._inside = ""
        self.text = self.path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids |= {attrs[k] for k in ("id", "name") if attrs.get(k)}
        self._inside = tag if tag in ("title", "style") else self._inside
        if tag == "html":
            self.lang = attrs.get("lang", "")
        elif tag == "h1":
            self.headings.append(tag)
        elif tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        elif tag == "link" and attrs.get("href"):
            loaded = set(attrs.get("rel", "").split()) & {*LOADED}
            (self.assets if loaded else self.links).append(attrs["href"])
        elif tag == "img":
            self.images.append((attrs.get("src", ""), attrs.get("alt")))
        if tag in ("img", "script", "iframe", "source", "video", "audio", "embed"):
            self.assets += [attrs[k] for k in ("src", "srcset") if attrs.get(k)]
        if attrs.get("style"):
            self.assets += urls(attrs["style"])

    def handle_endtag(self, tag):
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data):
        if self._inside == "title":
            self.title += data
        elif self._inside == "style":
            self.assets += urls(data)


def urls(style: str) -> list[str]:
    """What a style sheet loads."""
    return [one or other for one, other in URL.findall(style)]


def read(folder: Path) -> dict[Path, Page]:
    """All pages of a site."""
    return {path: Page(path) for path in sorted(folder.rglob("*.html"))}


def is_elsewhere(address: str) -> bool:
    return bool(re.match(r"[a-z][a-z+.-]*:|//", address)) and address[:5] != "data:"


def broken(folder: Path) -> list[str]:
    """Links and files that lead nowhere, each behind the page or style that has it."""
    pages = read(folder)
    wanted = [(p, a) for p in pages.values() for a in [*p.links, *p.assets]]
    found = []
    for page, address in wanted:
        path, _, anchor = unquote(address).partition("#")
        path = path.partition("?")[0]
        target = (page.path.parent / path).resolve() if path else page.path
        if is_elsewhere(address) or address.startswith("data:"):
            continue
        is_page = target in pages
        if not target.is_file() or is_page and anchor not in {"", *pages[target].ids}:
            found.append(f"{page.path.relative_to(folder)}: {address}")
    for style in sorted(folder.rglob("*.css")):
        for address in urls(style.read_text(encoding="utf-8")):
            path = re.split("[?#]", unquote(address))[0]
            local = not is_elsewhere(address) and not address.startswith(("data:", "#"))
            if local and not (style.parent / path).is_file():
                found.append(f"{style.relative_to(folder)}: {address}")
    return found


def fetched(folder: Path) -> list[str]:
    """What pages and styles would have a browser fetch from elsewhere."""
    found = [
        f"{path.relative_to(folder)}: {address}"
        for path, page in read(folder).items()
        for address in page.assets
        if is_elsewhere(address)
    ]
    return found + [
        f"{path.relative_to(folder)}: {address}"
        for path in sorted(folder.rglob("*.css"))
        for address in urls(path.read_text(encoding="utf-8"))
        if is_elsewhere(address)
    ]
