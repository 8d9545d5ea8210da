"""The program that runs the notebooks, in a process of its own: Ctrl-C and consoles."""

import os
import signal
import time

import pytest

from tests.conftest import ROOT
from tests.test_run import BAD, GOOD, save

pytestmark = pytest.mark.slow

NOTEBOOKS = os.pathsep.join([str(ROOT / "notebooks"), str(ROOT)])
SLOW = "open('started', 'w').close(); import time; time.sleep(600)"
IN_A_CHILD = """if True:  # the program itself, from beside the notebooks
    import runpy, shutil, signal, sys
    import _machine
    from tests.test_run import Measured
    # As in a terminal, also where these tests run in the background, without Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _machine.Product = Measured
    program = shutil.copy(_machine.__file__.replace("_machine", "run"), sys.argv.pop())
    runpy.run_path(program, run_name="__main__")
"""


@pytest.fixture
def notebooks(tmp_path):
    """A folder for notebooks, in place of the course's."""
    (tmp_path / "notebooks").mkdir()
    return tmp_path / "notebooks"


def interrupt(process, sign):
    """Sends Ctrl-C once a file is there; returns what the process has said."""
    for _ in range(600):
        if sign.exists():
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in out + err and "Error" not in out + err
    return out


@pytest.mark.skipif(os.name == "nt", reason="no Ctrl-C for one process on Windows")
def test_ctrl_c_ends_in_the_table_of_what_was_finished(notebooks, start_python):
    save(notebooks, **{"01_good": GOOD, "02_slow": [SLOW], "03_never": GOOD})
    before = (notebooks / "02_slow.ipynb").read_bytes()
    alone = "--jobs", "1"
    process = start_python(IN_A_CHILD, *alone, notebooks, PYTHONPATH=NOTEBOOKS)
    out = interrupt(process, notebooks / "started")
    lines = out.splitlines()
    assert [(line[:7], line[-4:]) for line in lines[2:-2]] == [("01_good", "kept")]
    assert lines[-1] == "Interrupted: 1 of 3 notebooks were finished."
    assert "02_slow" not in out
    assert (notebooks / "02_slow.ipynb").read_bytes() == before


@pytest.mark.skipif(os.name == "nt", reason="no Ctrl-C for one process on Windows")
def test_ctrl_c_while_two_run_at_a_time(notebooks, start_python):
    other = SLOW.replace("started", "also started")
    save(notebooks, **{"01_slow": [SLOW], "02_slow": [other], "03_never": GOOD})
    both = "--jobs", "2"
    process = start_python(IN_A_CHILD, *both, notebooks, PYTHONPATH=NOTEBOOKS)
    for _ in range(600):
        if (notebooks / "started").exists():
            break
        time.sleep(0.1)
    out = interrupt(process, notebooks / "also started")
    assert out.strip() == "Interrupted: 0 of 3 notebooks were finished."
    assert sorted(os.listdir(notebooks.parent / "build")) == []


STARTING = """if True:
    import sys
    from nbclient import NotebookClient
    start = NotebookClient.async_start_new_kernel_client
    sign = sys.argv[1] + "/starting"
    def tell(self):
        open(sign, "w").close()
        return start(self)
    NotebookClient.async_start_new_kernel_client = tell
"""


@pytest.mark.skipif(os.name == "nt", reason="no Ctrl-C for one process on Windows")
def test_ctrl_c_while_a_kernel_starts(notebooks, start_python):
    save(notebooks, **{"01_slow": [SLOW]})
    process = start_python(STARTING + IN_A_CHILD, notebooks, PYTHONPATH=NOTEBOOKS)
    out = interrupt(process, notebooks / "starting")
    assert out.strip() == "Interrupted: 0 of 1 notebooks were finished."


def test_few_characters_are_no_reason_to_hide_an_error(notebooks, start_python):
    save(notebooks, **{"01_bad": BAD})
    process = start_python(
        IN_A_CHILD, notebooks, PYTHONPATH=NOTEBOOKS, PYTHONIOENCODING="cp1252"
    )
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "AssertionError: broken \\U0001f600" in out
    assert "UnicodeEncodeError" not in err
