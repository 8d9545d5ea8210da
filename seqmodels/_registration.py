"""Lets Keras find this package's classes in a file, without importing Keras.

`keras.models.load_model` knows a class once its module has been imported. To import
them with the package would make everybody wait for TensorFlow, also who only counts;
so they are imported as soon as Keras is.
"""

import importlib
import sys
from importlib.abc import MetaPathFinder
from importlib.util import find_spec


def register() -> None:
    """Imports what Keras must know, now or when Keras is imported."""
    if "keras" in sys.modules:
        import_all()
    else:
        sys.meta_path.insert(0, _AfterKeras())


def import_all() -> None:
    """Imports all layers and models, if Keras runs on TensorFlow."""
    if sys.modules["keras"].backend.backend() == "tensorflow":
        importlib.import_module("seqmodels.models")


class _AfterKeras(MetaPathFinder):
    """Finds nothing itself, but adds a step behind the import of Keras."""

    looking = False

    def find_spec(self, name, path, target=None):
        if name != "keras" or self.looking:
            return None
        self.looking = True
        spec = find_spec(name)
        self.looking = False
        if spec is None:
            return None
        run = spec.loader.exec_module

        def run_and_register(module):
            sys.meta_path.remove(self)
            run(module)
            # Where the package itself imports Keras, its rooms are on their way.
            if "seqmodels._tensorflow" not in sys.modules:
                import_all()

        spec.loader.exec_module = run_and_register
        return spec
