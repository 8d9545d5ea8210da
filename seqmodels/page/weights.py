"""What of a model and its vocabulary the page is given."""

from __future__ import annotations

import numpy as np

from seqmodels._tensorflow import keras
from seqmodels.models.char_lm import CharLM
from seqmodels.models.informed import InformedLM
from seqmodels.models.residual_lm import ResidualLM
from seqmodels.page.knowledge import check_counted
from seqmodels.text.codes import CodedVocab
from seqmodels.text.vocab import CharVocab


def check_model(
    model: keras.Model | InformedLM, vocab: CharVocab | CodedVocab
) -> CharLM | ResidualLM:
    """The model's network; raises if the page could not compute what it computes.

    Args:
        model: A `CharLM` or an `InformedLM`.
        vocab: Its `CharVocab` or `CodedVocab`.

    Raises:
        TypeError: If they are of another kind, or an `InformedLM` has another n-gram
            than a `CompactNGramLM`. A subclass may compute otherwise.
        ValueError: If the vocabulary is of another size, the model cannot read all that
            it writes, is quantized, or has counted nothing.
    """
    informed = isinstance(model, InformedLM)
    network = model.network if informed else model
    if type(network) is not (ResidualLM if informed else CharLM):
        raise TypeError(
            "`model` must be a CharLM or an InformedLM, whose steps the page computes; "
            f"got {type(network).__name__}."
        )
    if not isinstance(vocab, (CharVocab, CodedVocab)):
        raise TypeError(
            "`vocab` must be a CharVocab or a CodedVocab: in the page one types "
            f"letters; got {type(vocab).__name__}."
        )
    if len(vocab) != network.vocab_size:
        raise ValueError(
            f"`vocab` must have the model's {network.vocab_size} characters; got "
            f"{len(vocab)}."
        )
    if network.input_size < network.vocab_size:
        raise ValueError(
            f"`model` writes ids up to {network.vocab_size - 1}, but reads them up to "
            f"{network.input_size - 1} only: it cannot go on from what it writes."
        )
    for layer in [network.embedding, *network.stack.layers, network.classifier]:
        if getattr(layer, "quantization_mode", None):
            raise ValueError(
                f"`model` must not be quantized; its {layer.name} is, as "
                f"{layer.quantization_mode}."
            )
    if informed:
        check_counted(model)
    return network


def half_weights(model: CharLM) -> bytes:
    """All weights as little-endian float16, in the order in which the page reads them.

    The embedding, if there is one; of each layer kernel, recurrent kernel and bias;
    the classifier's kernel and bias; of a `ResidualLM` what it adds to the logits.

    Raises:
        ValueError: If a weight is not finite, or too large for 16 bits.
    """
    vocab_size, arrays = model.vocab_size, []
    if model.embedding:
        arrays.append(("embedding", model.embedding.embeddings, vocab_size))
    for n, layer in enumerate(model.stack.layers):
        # Of ids that the page never reads, because none is written, nothing is kept.
        reads_ids = type(model) is CharLM and not n and not model.embedding
        rows = vocab_size if reads_ids else None
        cell, name = layer.cell, f"layer {n}"
        arrays.append((f"{name}: kernel", cell.kernel, rows))
        arrays.append((f"{name}: recurrent kernel", cell.recurrent_kernel, None))
        arrays.append((f"{name}: bias", cell.bias, None))
    arrays.append(("classifier: kernel", model.classifier.kernel, None))
    arrays.append(("classifier: bias", model.classifier.bias, None))
    if isinstance(model, ResidualLM):
        arrays.append(("trust", model.trust, None))
        if model.num_matches:
            arrays.append(("follow", model.follow, None))
    return b"".join(_halves(*array) for array in arrays)


def _halves(name, variable, rows):
    values = keras.ops.convert_to_numpy(keras.ops.cast(variable, "float32"))[:rows]
    if not np.isfinite(values).all():
        raise ValueError(f"`model` has a weight that is no finite number, in {name}.")
    largest = np.abs(values).max()
    if largest > np.finfo(np.float16).max:
        raise ValueError(
            f"`model` has a weight of {largest:.3g} in {name}; the page keeps them in "
            "16 bits, up to 65504."
        )
    return values.astype("<f2").tobytes()


def describe(model: CharLM, vocab: CharVocab | CodedVocab) -> dict[str, object]:
    """What the page must know beside the weights, as JSON has it."""
    coded = isinstance(vocab, CodedVocab)
    chars = vocab.chars.chars if coded else vocab.chars
    pairs = None
    if coded and vocab.pairs:
        pairs = {"singles": vocab.singles, "size": vocab.size}
    split = any("\ud800" <= char <= "\udfff" for char in chars)
    found = {
        "cell": model.stack.cell,
        "units": model.units,
        "num_layers": model.num_layers,
        "vocab_size": model.vocab_size,
        "embed_dim": model.embed_dim or 0,
        "num_weights": model.count_params(),
        # In one string two halves of a surrogate pair would come back as one.
        "chars": list(chars) if split else chars,
        "pairs": pairs,
    }
    if isinstance(model, ResidualLM):
        found["num_matches"] = model.num_matches
    return found
