"""The page's ES module in node, by node's own tests, against Keras and NumPy."""

import base64
import json
import os
import shutil
import subprocess

import numpy as np
import pytest

from seqmodels import NGramLM
from seqmodels.page.assembling import module
from seqmodels.page.counts import pack_counts
from seqmodels.page.knowledge import pack_knowledge
from seqmodels.page.weights import describe, half_weights
from tests.conftest import ROOT
from tests.page.networks import INFORMED, KINDS, make_informed, make_network

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="there is no node")

LENGTH, HOLD = 12, {"layer": 0, "unit": 2, "value": 0.6, "from": 4}


def leans(model, ids, target):
    """The gradient of a logit after all letters with each input's strength."""
    import tensorflow as tf

    strength = tf.ones((1, len(ids), 1))
    x = tf.one_hot([ids], model.vocab_size)
    if model.embedding:
        x = model.embedding(ids[None])
    with tf.GradientTape() as tape:
        tape.watch(strength)
        outputs, _ = model.stack(x * strength)
        logit = model.classifier(outputs)[0, -1, target]
    return tape.gradient(logit, strength).numpy().ravel()


def held(model, ids, hold):
    """Logits and the values of the first layer's cell, held from a letter on."""

    def bend(x):
        return 1 / (1 + np.exp(-x))

    stack, values = model.stack, []
    states = [[s.numpy() for s in layer] for layer in model.initial_states(1)]
    for t, now in enumerate(ids):
        x = np.eye(model.vocab_size, dtype=np.float32)[[now]]
        if model.embedding:
            x = model.embedding(np.array([now])).numpy()
        for n, layer in enumerate(stack.layers):
            kernel, recurrent, bias = (w.numpy() for w in layer.weights)
            h, old = states[n][0], states[n]
            if stack.cell == "lstm":
                i, f, g, o = np.split(x @ kernel + h @ recurrent + bias, 4, axis=1)
                state = [bend(f) * old[1] + bend(i) * np.tanh(g)]
            elif stack.cell == "gru":
                xz, xr, xg = np.split(x @ kernel + bias[0], 3, axis=1)
                hz, hr, hg = np.split(h @ recurrent + bias[1], 3, axis=1)
                z = bend(xz + hz)
                state = [z * h + (1 - z) * np.tanh(xg + bend(xr + hr) * hg)]
            else:
                state = [np.tanh(x @ kernel + h @ recurrent + bias)]
            if n == hold["layer"] and t >= hold["from"]:
                lstm = stack.cell == "lstm"
                to = np.arctanh(hold["value"]) if lstm else hold["value"]
                state[0][0, hold["unit"]] = to
            if stack.cell == "lstm":
                state.insert(0, bend(o) * np.tanh(state[0]))
            states[n], x = state, state[0]
        value = states[hold["layer"]][-1][0, hold["unit"]]
        values.append(np.tanh(value) if stack.cell == "lstm" else value)
    return model.classifier(x).numpy()[0], np.array(values)


def case(kind):
    model, vocab = make_network(**kind)
    rng, size = np.random.default_rng(1), len(vocab)
    # As its weights are in 16 bits: by how much those are off is told by the prompts.
    text = rng.integers(size, size=LENGTH)
    prompts = rng.integers(size, size=(100, LENGTH))
    probs = [np.exp(x - np.logaddexp.reduce(x)) for x in model(prompts)[0][:, -1]]
    packed = base64.b64encode(half_weights(model)).decode()
    model.set_weights([w.astype(np.float16) for w in model.get_weights()])
    logits = model(text[None])[0].numpy()[0]
    target = int(logits[-1].argmax())
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    costs = -log_probs[np.arange(LENGTH - 1), text[1:]] / np.log(2)
    held_logits, held_values = held(model, text, HOLD)
    return {
        "name": ", ".join(f"{k} {v}" for k, v in kind.items()),
        "description": describe(model, vocab),
        "weights": packed,
        "prompts": [
            {"ids": ids.tolist(), "probs": p.tolist()}
            for ids, p in zip(prompts, probs, strict=True)
        ],
        "text": text.tolist(),
        "surprises": costs.tolist(),
        "target": target,
        "leans": leans(model, text, target).tolist(),
        "held": {
            "hold": HOLD,
            "logits": held_logits.tolist(),
            "values": held_values.tolist(),
        },
    }


def last_logits(model, rows):
    """After each row of symbols, all of one length, told all that counting knows."""
    told = [model.features(row) for row in rows]
    inputs = [np.array(rows), *(np.stack(one) for one in zip(*told, strict=True))]
    inputs[1] = np.stack([model.ngram.next_log_probs(row) for row in rows])
    return model.network(tuple(inputs))[0].numpy()[:, -1]


def softmax(logits):
    return np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))


def letter_probs(logits_after, vocab, symbols):
    """The probability of every letter to come, each half of a pair looked behind."""
    probs = softmax(logits_after(symbols))
    found = probs[: vocab.singles].tolist()
    for first in range(vocab.singles, vocab.size):
        num = min(vocab.size, len(vocab.chars) - len(found))
        logits = logits_after(np.append(symbols, first))
        found += (probs[first] * softmax(logits[:num])).tolist()
    return found


def informed_case(kind, num_prompts=100):
    model, vocab = make_informed(**kind)
    rng, coded = np.random.default_rng(1), "size" in kind
    chars = vocab.chars if coded else vocab
    # In such steps as the text that was counted has them, so that matches are found.
    steps = rng.choice([0, 1, 1, 1, 2, 5], size=(num_prompts, LENGTH)).cumsum(axis=1)
    prompts = []
    for row in (rng.integers(len(chars), size=(num_prompts, 1)) + steps) % len(chars):
        symbols = vocab.encode(chars.decode(row))
        one = {"ids": row.tolist(), "symbols": symbols.tolist()}
        one["probs"] = softmax(last_logits(model, [symbols])[0]).tolist()
        one["counted"] = np.exp(model.ngram.next_log_probs(symbols)[-1]).tolist()
        if model.match:
            one["followed"] = model.match.followed(symbols)[-1].tolist()
        if coded and len(prompts) < 5:
            one["letters"] = letter_probs(
                lambda some: last_logits(model, [some])[0], vocab, symbols
            )
        prompts.append(one)
    knowledge, tables = pack_knowledge(model)
    packed = base64.b64encode(half_weights(model.network)).decode()
    description = describe(model.network, vocab) | {"knowledge": knowledge}
    return {
        "name": ", ".join(f"{k} {v}" for k, v in kind.items()),
        "description": description,
        "weights": packed,
        "tables": tables,
        "prompts": prompts,
    }


def counted(vocab_size, order, room, most):
    rng = np.random.default_rng(0)
    ids = np.cumsum(rng.choice([0, 1, 1, 1, 2, 5], size=400)) % vocab_size
    ngram = NGramLM(vocab_size, order).fit(ids)
    histories = [ids[:n].tolist() for n in (0, 1, 2, 3, 50, 100, 200)]
    histories += [rng.integers(vocab_size, size=6).tolist() for _ in range(20)]
    probs = [ngram.next_probs(np.array(some, int)).tolist() for some in histories]
    packed = pack_counts(ngram, room)
    return {"packed": packed, "histories": histories, "probs": probs, "most": most}


def test_module_in_node(tmp_path):
    (tmp_path / "playground.mjs").write_text(module(), encoding="utf-8")
    halves = np.arange(2**16).astype(np.uint16).view(np.float16)
    halves = halves[np.isfinite(halves)]
    cases = {
        "halves": {
            "base64": base64.b64encode(halves.astype("<f2").tobytes()).decode(),
            "floats": halves.astype(float).tolist(),
        },
        "networks": [case(kind) for kind in KINDS],
        "informed": [informed_case(kind) for kind in INFORMED],
        "ngrams": [
            counted(11, order=4, room=100_000, most=1e-3),
            counted(300, order=3, room=100_000, most=1e-3),
            counted(11, order=1, room=100_000, most=1e-3),
            counted(11, order=4, room=0, most=1.0),
            counted(11, order=4, room=900, most=0.5),
        ],
    }
    (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    files = sorted(str(path) for path in (ROOT / "tests/page").glob("*.test.mjs"))
    assert len(files) == 3
    child = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *files],
        env={**os.environ, "PLAYGROUND": str(tmp_path)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert child.returncode == 0, child.stdout[-6000:]
