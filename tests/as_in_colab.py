"""Runs notebooks as Colab does: each alone, where only TensorFlow and Jupyter are.

    python -m tests.as_in_colab            all notebooks; needs a package registry
    python -m tests.as_in_colab 02 06      only these

The address that the set-up cells install from is a git repository in a temporary
folder, which holds this checkout under a tag. Each notebook lies in an empty folder,
the package is not installed before it, and TensorFlow, Keras and NumPy must be the
same after it. Exit status 1 means that a notebook failed or that they were not.
"""

import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "notebooks"))

import address  # noqa: E402

VERSIONS = """\
import keras, numpy, tensorflow
print(tensorflow.__version__, keras.__version__, numpy.__version__)"""


def main() -> int:
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        notebooks = publish(folder / "published")
        python = fresh_python(folder / "python")
        before = said(python, "-c", VERSIONS)
        print(f"TensorFlow, Keras, NumPy: {before}")
        for path in notebooks:
            if len(sys.argv) > 1 and path.name.split("_")[0] not in sys.argv[1:]:
                continue
            said(python, "-m", "pip", "uninstall", "-q", "-y", "seqmodels")
            alone = folder / path.stem
            alone.mkdir()
            shutil.copy(path, alone)
            run = [python, "-m", "jupyter", "execute", "--timeout=1800", path.name]
            done = subprocess.run(run, cwd=alone, capture_output=True, text=True)
            same = said(python, "-c", VERSIONS) == before
            result = "ran" if done.returncode == 0 else done.stderr[-2000:]
            print(f"{path.stem}: {result}{'' if same else '; versions changed'}")
            failed += done.returncode != 0 or not same
    return int(failed > 0)


def publish(folder: Path) -> list[Path]:
    """A repository of this checkout under a tag that its notebooks install."""
    files = said("git", "-C", ROOT, "ls-files", "-z").split("\0")
    for name in filter(None, files):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    tag = f"v{address.package_version()}"
    address.write(folder.as_uri(), tag, folder)
    git = ["git", "-C", folder, "-c", "user.name=test", "-c", "user.email=test@test"]
    for command in (
        ["init", "-q"],
        ["add", "-A"],
        ["commit", "-qm", tag],
        ["tag", tag],
    ):
        said(*git, *command)
    return sorted((folder / "notebooks").glob("[0-9][0-9]*_*.ipynb"))


def fresh_python(folder: Path) -> Path:
    """A Python that has TensorFlow and Jupyter, and nothing else."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    said(python, "-m", "pip", "install", "-q", "tensorflow", "jupyter")
    return python


def said(*command) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
