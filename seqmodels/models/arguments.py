"""Arguments of Keras' methods that a language model does not take, and why."""

from seqmodels.models.feeding import WINDOWS_PER_CALL

# What Keras' `fit` and `evaluate` take besides, and why a language model does not.
REFUSED = {
    "y": "the targets are the next tokens",
    "batch_size": "`ContiguousBatches` has it",
    "validation_batch_size": "`ContiguousBatches` has it",
    "shuffle": "windows follow one another, the state is carried",
    "validation_split": "split the text, and give `validation_data`",
    "validation_steps": "the whole validation text is read",
    "steps": "the whole text is read",
    "sample_weight": "every token counts alike",
    "class_weight": "every token counts alike",
}


def refuse(method: str, arguments: dict[str, object]) -> None:
    """Raises if any of the other arguments of `fit` or `evaluate` is given.

    Raises:
        TypeError: If one is not `None`.
    """
    for name, value in arguments.items():
        if value is not None:
            why = REFUSED.get(name, "there is no such argument")
            raise TypeError(f"`{method}` does not take `{name}`: {why}.")


def refuse_in_compile(arguments: dict[str, object]) -> None:
    """Raises if `compile` is given a loss, or how many batches are to be one call.

    Raises:
        ValueError: If either is.
    """
    for name, value in arguments.items():
        if name.startswith("loss") and value is not None:
            raise ValueError(
                f"`{name}` must be left out: a language model is trained on the "
                f"cross-entropy of the next token; got {value!r}."
            )
        if name == "steps_per_execution" and value not in (None, 1):
            raise ValueError(
                f"`{name}` must be left out: a call of compiled code reads "
                f"{WINDOWS_PER_CALL} windows as it is; got {value!r}."
            )
