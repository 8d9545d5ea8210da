"""The program that runs the notebooks: what it says, what it keeps, how it ends."""

import contextlib
import itertools
import json
import os
import re
import statistics

import nbformat
import pytest

import _execute
import _machine
import run
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

SPEED = "1024x1024x1024 float32 product: 7 GFLOP/s"
SMALL = _machine.PRODUCT.replace("1024, 1024", "8, 8")
NOTEBOOKS = os.path.dirname(_machine.__file__)
GOOD = ["print('Data: made up')", "print('Result: kept')"]
BAD = ["print('Result: \U0001f600')", "assert False, 'broken \U0001f600'"]


class Measured(contextlib.AbstractContextManager):
    """A machine that is a little faster at each measure."""

    def __init__(self):
        self.speeds = itertools.count(4.0, 2.0)

    def __exit__(self, *_):
        pass

    def measure(self):
        return [next(self.speeds)] * 5

    def __str__(self):
        return SPEED


def save(folder, **notebooks):
    for name, sources in notebooks.items():
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of notebooks, in place of the course's."""
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setattr(run, "HERE", tmp_path / "notebooks")
    monkeypatch.setattr(run, "BUILD", tmp_path / "build")
    monkeypatch.setattr(run, "Product", Measured)
    return tmp_path / "notebooks"


@pytest.fixture
def no_kernel(monkeypatch):
    """Notebooks that are over at once, each with one line as its output."""

    def execute(notebook, folder, on_cell, jobs):
        for cell in notebook.cells:
            cell.outputs = [nbformat.v4.new_output("stream", text="Result: new\n")]
            on_cell()
        return 1.6, 2 * 10**9, ""

    monkeypatch.setattr(run, "execute", execute)


def test_all_promises_kept(folder, capsys):
    save(folder, **{"01_good": GOOD, "02_good": GOOD})
    assert run.main([]) == 0
    out = capsys.readouterr().out
    assert re.match(rf"{SPEED}; all of it took \d+ s\nnotebook", out)
    for line, name in zip(out.splitlines()[2:4], ["01_good", "02_good"], strict=True):
        assert line.startswith(name) and line.endswith("made up  kept")
    copy = nbformat.read(folder.parent / "build" / "01_good.ipynb", 4)
    assert copy.cells[1].outputs[0].text == "Result: kept\n"


@pytest.mark.parametrize("name", ["SEQMODELS_DATA", "SEQMODELS_CACHE"])
def test_kernels_find_the_same_folders(name, folder, no_kernel, tmp_path, monkeypatch):
    save(folder, **{"01_good": GOOD})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "data")
    assert run.main([]) == 0
    assert os.environ[name] == os.path.join(os.getcwd(), "data")


@pytest.mark.skipif(os.name == "nt", reason="Windows guesses where a home would be")
@pytest.mark.parametrize("name", ["SEQMODELS_DATA", "SEQMODELS_CACHE"])
def test_a_home_that_nobody_has(name, folder, no_kernel, monkeypatch):
    """A folder that cannot be is the loaders' to complain of."""
    save(folder, **{"01_good": GOOD})
    monkeypatch.setenv(name, "~nobody-of-this-name/data")
    assert run.main([]) == 0
    assert os.environ[name] == "~nobody-of-this-name/data"


def test_one_promise_broken(folder, capsys):
    save(folder, **{"01_bad": BAD, "02_good": GOOD})
    before = (folder / "01_bad.ipynb").read_bytes()
    assert run.main(["--store"]) == 1
    out = capsys.readouterr().out
    bad, good = out.splitlines()[2:4]
    assert bad.startswith("01_bad") and bad.endswith("FAILED")
    assert good.startswith("02_good") and good.endswith("kept")
    assert "01_bad failed:" in out and "AssertionError: broken \U0001f600" in out
    assert (folder / "01_bad.ipynb").read_bytes() == before
    assert "broken" in (folder.parent / "build" / "01_bad.ipynb").read_text("utf-8")


def test_a_kernel_that_dies_is_a_failure(folder, capsys):
    save(folder, **{"01_dead": ["import os; os._exit(3)"], "02_good": GOOD})
    assert run.main([]) == 1
    out = capsys.readouterr().out
    assert "01_dead failed:\nKernel died" in out
    assert out.splitlines()[3].endswith("kept")


def test_only_those_asked_for_are_run(folder, no_kernel, capsys):
    save(folder, **{"01_a": GOOD, "02_b": GOOD, "03_c": GOOD})
    assert run.main(["03", "01"]) == 0
    out = capsys.readouterr().out
    assert "01_a" in out and "03_c" in out and "02_b" not in out
    with pytest.raises(SystemExit, match="no notebook is numbered 07"):
        run.main(["01", "07"])


@pytest.mark.parametrize(
    "number, found", [("04", ["04a_x", "04b_y"]), ("04b", ["04b_y"])]
)
def test_a_lesson_in_two_parts(number, found, folder, no_kernel, capsys):
    save(folder, **{"03_w": GOOD, "04a_x": GOOD, "04b_y": GOOD})
    assert run.main([number]) == 0
    lines = capsys.readouterr().out.strip().splitlines()[2:]
    names = [line.split()[0] for line in lines]
    assert names == found
    with pytest.raises(SystemExit, match="no notebook is numbered 04c"):
        run.main(["04c"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_kernels_at_a_time_share_the_cores(jobs, folder, monkeypatch, capsys):
    for name in _machine.THREADS:
        monkeypatch.delenv(name, raising=False)
    told = f"import os; print('Result:', set(map(os.environ.get, {_machine.THREADS})))"
    save(folder, **{"01_a": [told], "02_b": [told]})
    assert run.main(["--jobs", str(jobs)]) == 0
    wanted = {1: None, 2: str(max(1, os.cpu_count() // 2))}[jobs]
    lines = capsys.readouterr().out.strip().splitlines()
    assert [line.rpartition("  ")[2] for line in lines[2:]] == [f"{{{wanted!r}}}"] * 2


def test_storing_keeps_outputs_seconds_and_speed(folder, no_kernel):
    save(folder, **{"01_a": GOOD})
    assert run.main(["--store"]) == 0
    notebook = nbformat.read(folder / "01_a.ipynb", 4)
    assert notebook.cells[0].outputs[0].text == "Result: new\n"
    assert notebook.metadata["seqmodels"] == {"gflops": 7, "seconds": 2}
    nbformat.validate(notebook)
    assert os.listdir(folder) == ["01_a.ipynb"]


def test_stored_notebooks_keep_their_form(tmp_path):
    # A notebook that is stored anew differs only where its outputs do.
    path = run.HERE / "02_hello_world.ipynb"
    assert not _execute.write(nbformat.read(path, 4), tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()


FULL_DISK = """if True:
    import resource, sys
    import run
    from tests.test_run import stand_ins
    stand_ins(run, sys.argv[1])
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    sys.exit(run.main(sys.argv[2:]))
"""


def stand_ins(run, folder):
    """Another folder, no kernel, and large outputs, in a process of its own."""
    run.HERE = run.Path(folder)
    run.BUILD = run.HERE.parent / "build"
    run.Product = Measured

    def execute(notebook, folder, on_cell, jobs):
        large = "Result: " + "a" * 10_000 + "\n"
        notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text=large)]
        return 1.0, 0, ""

    run.execute = execute


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on a file's size")
@pytest.mark.parametrize("store", [True, False])
def test_a_full_disk_leaves_the_notebook_whole(store, folder, run_python):
    save(folder, **{"01_a": GOOD, "02_b": GOOD})
    before = (folder / "01_a.ipynb").read_bytes()
    options = ["--store"] * store
    path = os.pathsep.join([NOTEBOOKS, str(ROOT)])
    child = run_python(FULL_DISK, folder, *options, check=False, PYTHONPATH=path)
    assert child.returncode == 1 and "Traceback" not in child.stderr
    assert (folder / "01_a.ipynb").read_bytes() == before
    assert sorted(os.listdir(folder)) == ["01_a.ipynb", "02_b.ipynb"]
    assert not store or not os.listdir(folder.parent / "build")
    lines = child.stdout.splitlines()
    assert [line[:4] for line in lines[2:4]] == ["01_a", "02_b"]
    left = "it is as it was" if store else "there is no copy"
    assert lines[4].endswith(f"could not be written (File too large); {left}.")


def test_ctrl_c_leaves_nothing_half_written(tmp_path, monkeypatch):
    def replace(source, target):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        _execute.write(nbformat.v4.new_notebook(), tmp_path / "01_a.ipynb")
    assert os.listdir(tmp_path) == []


def test_a_checkout_that_cannot_be_written_is_run_all_the_same(
    folder, no_kernel, capsys
):
    save(folder, **{"01_a": GOOD})
    (folder.parent / "build").write_text("a file where the folder should be")
    assert run.main([]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    # The words in the brackets are the system's.
    assert re.search(r"build cannot be written \(.+\); no copies are kept\.$", first)
    assert rest[0].startswith(SPEED) and rest[2].endswith("new")


def test_the_product_is_measured_in_a_process_of_its_own():
    with _machine.Product(SMALL) as product:
        first, second = product.measure(), product.measure()
        assert product.all == first + second and len(first) == len(second) == 5
    assert min(product.all) > 0
    gflops = f"{statistics.median(product.all):.0f}"
    line = f"1024x1024x1024 float32 product: {gflops} GFLOP/s (TensorFlow 2."
    assert str(product).startswith(line) and str(product).endswith("median of 10)")


def test_what_was_measured_stays_when_the_process_has_ended():
    with _machine.Product(SMALL) as product:
        product.measure()
        product._child.kill()
        assert product.measure() == product.measure() == []
    assert len(product.all) == 5 and " GFLOP/s (TensorFlow" in str(product)


@pytest.mark.parametrize(
    "code, said",
    [("raise SystemExit('no memory')", "no memory"), ("", "no result came back")],
)
def test_a_machine_that_cannot_be_measured_stops_nothing(
    code, said, folder, no_kernel, monkeypatch, capsys
):
    save(folder, **{"01_a": GOOD})
    monkeypatch.setattr(run, "Product", lambda: _machine.Product(code))
    assert run.main(["--store"]) == 0
    line = f"The machine's speed could not be measured: {said}"
    assert capsys.readouterr().out.startswith(f"{line}; all of it took ")
    notebook = json.loads((folder / "01_a.ipynb").read_text("utf-8"))
    assert notebook["metadata"]["seqmodels"] == {"seconds": 2}
