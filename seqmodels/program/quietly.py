"""TensorFlow without the lines that it writes while it is imported."""

import os
import sys
import tempfile


def import_tensorflow() -> None:
    """Imports it; what it writes to stderr is shown only if that fails."""
    if "tensorflow" in sys.modules:
        return
    try:
        where = sys.stderr.fileno()
        before = os.dup(where)
    except (AttributeError, OSError, ValueError):  # a stream that is no file
        import seqmodels._tensorflow  # noqa: F401

        return
    with tempfile.TemporaryFile() as said:
        sys.stderr.flush()
        os.dup2(said.fileno(), where)
        try:
            import seqmodels._tensorflow  # noqa: F401
        except BaseException:
            said.seek(0)
            os.write(before, said.read())
            raise
        finally:
            os.dup2(before, where)
            os.close(before)
