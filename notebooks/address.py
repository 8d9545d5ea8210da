"""Writes the course's address into what needs it: set-up cells and Colab badges.

    python notebooks/address.py owner/name v0.2.0
    python notebooks/address.py            writes no address: the state before any

The address stands once, in pyproject.toml, as the page of a tag; a tag, so that a
notebook installs what it was written for. Set it only once the repository is there
and yours: what lies at the address runs on every learner's machine.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLAB = "https://colab.research.google.com"
SECTION = '[project.urls]\nSource = "{}/tree/{}"\n\n'
STORED = re.compile(r'\[project\.urls\]\nSource = "(.*)/tree/(.*)"\n\n')
BADGE = re.compile(r"\n\n\[!\[Open in Colab\].*\Z")

FIND = """\
# Find the course's package: in the clone that holds this notebook, or installed.
import importlib.util
{imports}import sys
{metadata}from pathlib import Path

advice = \"\"\"Upload the package's wheel beside this notebook (`make wheel` makes it), run
%pip install seqmodels-*.whl in a cell of its own, then this cell again.\"\"\"
folders = [Path.cwd(), *Path.cwd().parents]
checkout = [f for f in folders if (f / "seqmodels" / "__init__.py").is_file()]
if checkout:
    sys.path.insert(0, str(checkout[0]))
elif importlib.util.find_spec("seqmodels") is None:
"""  # noqa: E501, for what is escaped is shorter in the notebook

WITHOUT_ADDRESS = """\
{find}    raise SystemExit(f"This notebook needs the package seqmodels. {{advice}}")

import seqmodels

seqmodels.setup(seed=0)"""

# What is there of TensorFlow, Keras and NumPy stays as it is, by being asked for.
WITH_ADDRESS = """\
{find}    source = "git+{url}@{tag}"
    here = {{d.metadata["Name"]: d.version for d in metadata.distributions()}}
    kept = [f"{{n}}=={{here[n]}}" for n in ("tensorflow", "keras", "numpy") if n in here]
    pip = [sys.executable, "-m", "pip", "install", "-q", source, *kept]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        reason = [*done.stderr.strip().splitlines(), "pip failed"][0]
        raise SystemExit(f"{{source}} cannot be installed ({{reason}}). {{advice}}")

import seqmodels

if not checkout and seqmodels.__version__ != "{version}":
    found = f"This notebook needs seqmodels {version}; found {{seqmodels.__version__}}."
    raise SystemExit(f"{{found}} Restart the kernel. {{advice}}")
seqmodels.setup(seed=0)"""  # noqa: E501


def main() -> None:
    repo, tag = [*sys.argv[1:], "", ""][:2]
    url = f"https://github.com/{repo}" if repo else ""
    try:
        check(url, tag, package_version())
    except ValueError as problem:
        sys.exit(str(problem))
    write(url, tag)
    print(f"Address: {url} at {tag}" if url else "Address: none")


def check(url: str, tag: str, version: str) -> None:
    """Refuses an address that Colab could not open, and another version's tag."""
    if not url and not tag:
        return
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", url):
        raise ValueError(
            f"`REPO` must be OWNER/NAME of a repository at github.com, for Colab opens "
            f"notebooks from there; got {url.removeprefix('https://github.com/')!r}."
        )
    if tag != f"v{version}":
        raise ValueError(f"`TAG` must be v{version}, as the package; got {tag!r}.")


def package_version() -> str:
    text = (ROOT / "seqmodels" / "__init__.py").read_text(encoding="utf-8")
    return re.search(r'^__version__ = "(.*)"$', text, re.MULTILINE)[1]


def read(root: Path = ROOT) -> tuple[str, str]:
    """The address and the tag in pyproject.toml, or two empty strings."""
    found = STORED.search((root / "pyproject.toml").read_text(encoding="utf-8"))
    return found.groups() if found else ("", "")


def write(url: str, tag: str, root: Path = ROOT) -> None:
    """Puts the address into pyproject.toml and into every notebook."""
    project = root / "pyproject.toml"
    text = STORED.sub("", project.read_text(encoding="utf-8"))
    if url:
        head, mark, tail = text.partition("[tool.hatch.version]")
        text = head + SECTION.format(url, tag) + mark + tail
    project.write_text(text, encoding="utf-8", newline="\n")
    folder = root / "notebooks"
    for path in sorted(folder.glob("**/[0-9][0-9]*_*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        title = notebook["cells"][0]
        first = next(c for c in notebook["cells"] if c["cell_type"] == "code")
        name = path.relative_to(folder).as_posix()
        set_source(title, BADGE.sub("", source_of(title)) + badge(name, url, tag))
        set_source(first, setup_cell(url, tag))
        text = json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
        path.write_text(text, encoding="utf-8", newline="\n")


def setup_cell(url: str, tag: str) -> str:
    """The first code cell of every notebook."""
    find = FIND.format(
        imports="import subprocess\n" if url else "",
        metadata="from importlib import metadata\n" if url else "",
    )
    cell = WITH_ADDRESS if url else WITHOUT_ADDRESS
    return cell.format(find=find, url=url, tag=tag, version=tag[1:])


def badge(name: str, url: str, tag: str) -> str:
    """The end of a title cell: a link that opens the notebook in Colab."""
    if not url:
        return ""
    page = f"{COLAB}/github{url.removeprefix('https://github.com')}"
    image = f"{COLAB}/assets/colab-badge.svg"
    return f"\n\n[![Open in Colab]({image})]({page}/blob/{tag}/notebooks/{name})"


def source_of(cell: dict) -> str:
    return "".join(cell["source"])


def set_source(cell: dict, text: str) -> None:
    cell["source"] = text.splitlines(keepends=True)


if __name__ == "__main__":
    main()
