"""The benchmarks' program and report, on made-up figures: nothing is measured."""

import importlib.util
import json
import sys
import types

import psutil
import pytest

from tests.conftest import ROOT, forget_modules

FOLDER = ROOT / "benchmarks"


def condition(*sizes):
    """What a run finds: ours twice as fast as the only other."""
    rest = {"losses": [3.0, 2.0], "settings": {}, "bytes": 2**20}
    training = {"ours": {"rates": [200.0], **rest}, "JAX": {"rates": [100.0], **rest}}
    machine = {"cpu": "a processor", "features": [], "system": "Linux"}
    return {
        "runs": [{size: {"training": training} for size in sizes}],
        "rounds": 1,
        "gflops": 9,
        "date": "2026-11-26",
        "machine": machine,
        "versions": {},
    }


@pytest.fixture
def load(monkeypatch):
    """A function that loads a module of the benchmarks under a name of its own."""
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")  # or a worker would set it

    def load(name):
        path = FOLDER / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    yield load
    forget_modules(FOLDER)


@pytest.fixture
def bench(load, tmp_path, monkeypatch):
    """A function that calls the program, which finds what is made up."""
    program = load("run")
    monkeypatch.setattr(program, "use_two_cores", lambda: None)
    monkeypatch.setattr(program, "measure", lambda *_: condition("64/10", "128/20"))

    def bench(*options):
        argv = ["run.py", *options, "--out", str(tmp_path / "new")]
        monkeypatch.setattr(sys, "argv", argv)
        program.main()

    return bench


BESIDE = ("--busy", "1")


def test_beside_a_busy_process_with_nothing_to_compare(bench, capsys):
    bench(*BESIDE)
    out = capsys.readouterr().out
    assert "## Training, beside one busy process" in out
    assert "| ours ÷ fastest other | 2.00 | 2.00 |" in out
    assert "of that ratio when idle" not in out


@pytest.mark.parametrize(
    "sizes, compared", [(["64/10", "128/20", "512/50"], True), (["64/10"], False)]
)
def test_beside_a_busy_process_what_is_left(bench, tmp_path, capsys, sizes, compared):
    folder = tmp_path / "new"
    folder.mkdir()
    idle = json.dumps({"idle": condition(*sizes)})
    (folder / "results.json").write_text(idle, encoding="utf-8")
    bench(*BESIDE)
    out = capsys.readouterr().out
    assert ("| of that ratio when idle | 1.00 | 1.00 |" in out) == compared


@pytest.mark.parametrize("options", [("--busy", "3"), (*BESIDE, "--isa", "avx2")])
def test_what_has_no_table_is_not_measured(bench, tmp_path, capsys, options):
    with pytest.raises(SystemExit, match="2"):
        bench(*options)
    assert "--busy" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "sizes, expected",
    [
        ([], {"idle": "cpu", "writing": "cpu", "gpu": "gpu"}),
        (["1024/100"], {"gpu": "gpu"}),
        (["64/10"], {"idle": "cpu", "writing": "cpu"}),
    ],
)
def test_a_card_has_sizes_of_its_own(load, monkeypatch, sizes, expected):
    program, measured = load("run"), {}
    every = list(load("workload").SIZES)
    monkeypatch.setattr(program, "has_gpu", lambda: True)
    options = types.SimpleNamespace(
        busy=0, isa=None, training=False, sizes=sizes or every
    )
    for name, (device, _) in program.conditions(options).items():
        measured[name] = device
        sizes_there = load("measure").sizes_of(options, device)
        assert all(("/100" in size) == (device == "gpu") for size in sizes_there)
    assert measured == expected


def test_memory_is_told_on_windows_too(load, monkeypatch):
    told = types.SimpleNamespace(memory_info=lambda: types.SimpleNamespace(peak_wset=7))
    worker = load("worker")
    monkeypatch.setattr(psutil, "Process", lambda: told)
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(sys, "platform", "win32")
    assert worker.peak_memory() == 7
