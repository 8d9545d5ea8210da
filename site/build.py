"""Builds the course as a web site, from notebooks and texts as they stand.

    python site/build.py                   build/site
    python site/build.py --out FOLDER

Nothing is executed and nothing fetched; what is built twice is the same, byte by byte.
A page that is not in order (a link without a target, a heading left out) ends it with
status 1.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "notebooks")]

import finishing  # noqa: E402
import staging  # noqa: E402

MARK = Path("_static", "course.css")  # is in every folder that is the site's


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE.parent / "build" / "site")
    return build(parser.parse_args().out.resolve())


def build(out: Path) -> int:
    """Builds the site in a folder, which it empties; returns Sphinx' exit status."""
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        print(f"--out must be a new folder or one of the site; got {out}, which has")
        print("other files.")
        return 1
    work = out.with_name(f".{out.name}-work")
    for folder in (work, out):
        shutil.rmtree(folder, ignore_errors=True)
    source = work / "source"
    staging.stage(source)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-E"]
    command += ["-b", "html", "-c", str(HERE), "-d", str(work / "doctrees")]
    status = subprocess.run([*command, str(source), str(out)]).returncode
    if not status:
        finishing.finish(out)
        shutil.rmtree(work)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        pages = len([*out.rglob("*.html")])
        print(f"{out / 'index.html'}: {pages} pages, {size / 1e6:.1f} MB")
    return status


if __name__ == "__main__":
    sys.exit(main())
