"""Files that version 0.1.0 wrote."""

import json
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parent / "data_0_1_0"
NAMES = sorted(path.stem for path in FOLDER.glob("*.keras"))

# All of them in one process: the names that Keras counts up must not matter.
READ = """if True:
    import json, sys
    import numpy as np
    import seqmodels
    import keras

    def outputs(model, data):
        if "source" in data:
            return model((data["source"], data["inputs"]))
        return model(data["ids"])[0]

    def train(model, data):
        if "source" in data:
            x = data["source"], data["inputs"]
            return model.fit(x, data["inputs"], epochs=2, verbose=0).history["loss"]
        ids = np.tile([1, 2, 3, 4], 10)
        text = seqmodels.ContiguousBatches(ids, 2, 4)
        return model.fit(text, epochs=2, verbose=0).history["loss"]

    folder, saved, *names = sys.argv[1:]
    keras.utils.set_random_seed(0)  # some drop out
    found = {}
    for name in names:
        data = dict(np.load(f"{folder}/{name}.npz"))
        model = keras.models.load_model(f"{folder}/{name}.keras")
        found[name] = {
            "logits": outputs(model, data).numpy().tolist(),
            "compiled": model.compiled,
            "iterations": int(model.optimizer.iterations),
            "moments": float(np.abs(model.optimizer.variables[2]).max()),
        }
        model.compile(model.optimizer, model.loss, run_eagerly=True)  # for less time
        losses = train(model, data)
        found[name]["losses"] = losses
        found[name]["more"] = int(model.optimizer.iterations)
        model.save(f"{saved}/{name}.keras")
        again = keras.models.load_model(f"{saved}/{name}.keras")
        found[name]["again"] = int(again.optimizer.iterations)
        apart = np.abs(outputs(again, data) - outputs(model, data)).max()
        found[name]["apart"] = float(apart)
    print(json.dumps(found))
"""


def test_old_files_give_what_they_gave_and_go_on(run_python, tmp_path):
    assert len(NAMES) == 6
    found = json.loads(run_python(READ, FOLDER, tmp_path, *NAMES).stdout)
    for name in NAMES:
        result = found[name]
        with np.load(FOLDER / f"{name}.npz") as data:
            logits = data["logits"]
        np.testing.assert_allclose(result["logits"], logits, atol=1e-6, err_msg=name)
        assert result["compiled"], name
        assert result["iterations"] > 0 < result["moments"], name
        assert result["losses"][1] < result["losses"][0], name
        assert result["again"] == result["more"] > result["iterations"], name
        assert result["apart"] < 1e-6, name
