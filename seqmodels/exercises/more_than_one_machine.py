"""Exercises of notebook 14, training on more than one machine."""

import numpy as np
from hypothesis import strategies as st

from seqmodels.exercises import exercise
from seqmodels.exercises._inputs import filled, numbers, size

__all__ = [
    "stretch_of_worker",
    "mean_of_shares",
    "add_along_ring",
    "weak_efficiency",
    "clip_among_workers",
]


@st.composite
def divided_texts(draw) -> tuple[int, int, int, int]:
    """Letters, streams, workers, and which worker; the streams can be divided."""
    number, streams = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    num_letters = draw(st.integers(2 * number * streams + 1, 60))
    return num_letters, number * streams, number, draw(st.integers(0, number - 1))


@exercise(
    difficulty=2,
    minutes=7,
    inputs=divided_texts(),
    num_examples=60,
    hints=[
        "How long is a stream? The last letter of the text can only be answered.",
        "How many streams has a worker, and how many stand before its first?",
        "From its first letter on it reads all letters of its streams; the answer to "
        "the last of them is one place further on.",
    ],
)
def stretch_of_worker(
    num_letters: int, batch_size: int, number: int, index: int
) -> tuple[int, int]:
    """The first place that a worker reads, and the last that it answers.

    The text is cut into `batch_size` streams, as long as can be, one after the other;
    to each letter read the next one of the text is the answer. Each of `number` workers
    reads as many streams, worker 0 the first ones. Places count from 0; `batch_size` is
    a multiple of `number`.
    """
    length = (num_letters - 1) // batch_size
    num_read = batch_size // number * length
    return index * num_read, (index + 1) * num_read


@stretch_of_worker.specification
def _(num_letters, batch_size, number, index):
    length = 0
    while (length + 1) * batch_size + 1 <= num_letters:
        length += 1
    places = [
        [stream * length + n for n in range(length)] for stream in range(batch_size)
    ]
    each = batch_size // number
    own = places[index * each : (index + 1) * each]
    return own[0][0], own[-1][-1] + 1


@stretch_of_worker.wrong(
    "the text divided, not its streams",
    "You cut the text among the workers. What one process would read is cut into "
    "streams, and these are dealt out; streams of another length are other batches.",
)
def _(num_letters, batch_size, number, index):
    length = (num_letters - 1) // number
    return index * length, (index + 1) * length


@stretch_of_worker.wrong(
    "the last letter read in place of the last answered",
    "Your stretch ends with the letter that is read last. What has to be answered "
    "there is the letter after it.",
)
def _(num_letters, batch_size, number, index):
    num_read = batch_size // number * ((num_letters - 1) // batch_size)
    return index * num_read, (index + 1) * num_read - 1


@stretch_of_worker.wrong(
    "one place past the last",
    "Your second place is that of a slice, one past the last letter. Asked for is the "
    "last letter itself: the one that is answered last.",
)
def _(num_letters, batch_size, number, index):
    num_read = batch_size // number * ((num_letters - 1) // batch_size)
    return index * num_read, (index + 1) * num_read + 1


@stretch_of_worker.wrong(
    "streams that leave no letter to answer",
    "Your streams use up the text. Then the last letter of the last one would be read, "
    "and there is none after it to be the answer.",
)
def _(num_letters, batch_size, number, index):
    num_read = batch_size // number * (num_letters // batch_size)
    return index * num_read, (index + 1) * num_read


@stretch_of_worker.wrong(
    "streams dealt out in turn",
    "You give each worker every so-manyth stream. These do not follow one another in "
    "the text; each worker reads neighbouring ones.",
)
def _(num_letters, batch_size, number, index):
    length = (num_letters - 1) // batch_size
    last = index + batch_size - number
    return index * length, (last + 1) * length


@stretch_of_worker.wrong(
    "one stream a worker",
    "You give each worker a single stream. There may be several for each.",
)
def _(num_letters, batch_size, number, index):
    length = (num_letters - 1) // batch_size
    return index * length, (index + 1) * length


@exercise(
    difficulty=2,
    minutes=5,
    inputs=[
        numbers(size("workers", 2, 4), size("weights", 1, 4)),
        filled(
            lambda rng, sizes: rng.integers(1, 9, size=sizes), (size("workers", 2, 4),)
        ),
    ],
    num_examples=60,
    hints=[
        "Each gradient is a mean over the streams of its worker. Of how many numbers?",
        "From means to sums, from sums to one mean.",
    ],
)
def mean_of_shares(gradients: np.ndarray, num_streams: np.ndarray) -> np.ndarray:
    """The whole's gradient from the workers', each of the mean loss of its streams.

    `gradients` has a row for each worker, `(workers, weights)`; `num_streams` says how
    many streams each has read, `(workers,)`. Returns `(weights,)`.
    """
    return num_streams @ gradients / num_streams.sum()


@mean_of_shares.specification
def _(gradients, num_streams):
    of_streams = []
    for gradient, number in zip(gradients, num_streams, strict=True):
        of_streams += [gradient] * int(number)
    return sum(of_streams) / len(of_streams)


@mean_of_shares.wrong(
    "a plain mean",
    "You give every worker the same say. One that has read a single stream then moves "
    "the weights as much as one that has read eight.",
)
def _(gradients, num_streams):
    return gradients.mean(axis=0)


@mean_of_shares.wrong(
    "divided by the number of workers",
    "You weigh by streams, and divide by workers. The weights must sum to one.",
)
def _(gradients, num_streams):
    return num_streams @ gradients / len(gradients)


@mean_of_shares.wrong(
    "a sum over the streams",
    "You have the sum over all streams. The loss is a mean, and so is its gradient; "
    "with a sum the step would grow with the batch.",
)
def _(gradients, num_streams):
    return num_streams @ gradients


@mean_of_shares.wrong(
    "weighted the wrong way round",
    "The fewer streams a worker has read, the more you let it say.",
)
def _(gradients, num_streams):
    weights = 1 / num_streams
    return weights @ gradients / weights.sum()


@mean_of_shares.wrong(
    "the workers' gradients added up",
    "You add the workers' gradients. That is their mean times their number.",
)
def _(gradients, num_streams):
    return gradients.sum(axis=0)


WORKERS = st.shared(st.integers(2, 5), key="ring")


@exercise(
    difficulty=3,
    minutes=10,
    inputs=[
        numbers(WORKERS, WORKERS, size("size", 1, 3)),
        WORKERS.flatmap(lambda number: st.integers(0, number - 2)),
    ],
    num_examples=60,
    hints=[
        "Which part does worker w send, and who is it sent to? Mind the wrap.",
        "`%` of Python is never negative: -1 % 5 is 4.",
        "The one that sends keeps what it has; the one that is given adds.",
    ],
)
def add_along_ring(parts: np.ndarray, step: int) -> np.ndarray:
    """The parts after one step of the first round, `(workers, workers, size)`.

    `parts[w, p]` is part `p` of what worker `w` holds. In step `step`, from 0, worker
    `w` sends part `w - step`, counted round, to worker `w + 1`, the last to the first;
    who is given a part adds it to its own.
    """
    number = len(parts)
    parts = parts.copy()
    for worker in range(number):
        part = (worker - step) % number
        parts[(worker + 1) % number, part] += parts[worker, part]
    return parts


@add_along_ring.specification
def _(parts, step):
    number = len(parts)
    new = np.array(parts)
    for given in range(number):
        giver = given - 1 if given else number - 1
        for part in range(number):
            if (part + step - giver) % number == 0:
                new[given, part] = parts[given, part] + parts[giver, part]
    return new


def ring_step(parts, step, part_of, to=1, keeps=True, adds=True):
    """A step of a ring with one thing changed."""
    number, new = len(parts), parts.copy()
    for worker in range(number):
        part, other = part_of(worker, step) % number, (worker + to) % number
        new[other, part] = parts[worker, part] + adds * parts[other, part]
        if not keeps:
            new[worker, part] = 0
    return new


def as_asked(worker, step):
    return worker - step


@add_along_ring.wrong(
    "copied, not added",
    "Who is given a part puts it in the place of its own, whose numbers are then lost. "
    "Copying is what the second round does, once the sums are whole.",
)
def _(parts, step):
    return ring_step(parts, step, as_asked, adds=False)


@add_along_ring.wrong(
    "everything sent in one step",
    "Your workers send all that they have. In a step each sends one part alone.",
)
def _(parts, step):
    return parts + np.roll(parts, 1, axis=0)


@add_along_ring.wrong(
    "not closed",
    "Your last worker sends nothing, or the first is given nothing: a chain, not a "
    "ring. The last one's neighbour is worker 0.",
)
def _(parts, step):
    new = ring_step(parts, step, as_asked)
    new[0] = parts[0]
    return new


@add_along_ring.wrong(
    "sent to the worker before",
    "Your ring turns the other way. Worker w sends to worker w + 1.",
)
def _(parts, step):
    return ring_step(parts, step, as_asked, to=-1)


@add_along_ring.wrong(
    "the same part in every step",
    "Your worker sends the part of its own number in each step. In step 1 it must pass "
    "on what it was given in step 0, which is another part.",
)
def _(parts, step):
    return ring_step(parts, step, lambda worker, step: worker)


@add_along_ring.wrong(
    "the parts counted the other way",
    "You send part w + step. What worker w was given in the step before is part "
    "w - step, and that is what has to go on.",
)
def _(parts, step):
    return ring_step(parts, step, lambda worker, step: worker + step)


@add_along_ring.wrong(
    "all send the part of the step's number",
    "All workers send the same part at the same time, and the others lie still. In a "
    "ring each sends another one, so that all links are busy.",
)
def _(parts, step):
    return ring_step(parts, step, lambda worker, step: step)


@add_along_ring.wrong(
    "given away and not kept",
    "The worker that sends a part has zeros there afterwards. It sends a copy.",
)
def _(parts, step):
    return ring_step(parts, step, as_asked, keeps=False)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        st.sampled_from([1, 2, 3, 10, 100, 1000]),
        st.sampled_from([0.001, 0.02, 1.0]),
        st.sampled_from([1e5, 4.5e6, 7e7]),
        st.sampled_from([1e-6, 2.5e-4, 2e-3]),
        st.sampled_from([1.25e8, 2.5e10]),
    ],
    num_examples=80,
    hints=[
        "How long is a step of one worker, and how long one of all of them?",
        "In a ring: how many messages are there, and how many bytes are in each?",
        "N workers read N times as much in a step, and that is what they are held to.",
    ],
)
def weak_efficiency(
    number: int, compute: float, num_bytes: float, latency: float, bandwidth: float
) -> float:
    """Letters a second of `number` workers, as a share of `number` times one's.

    Each computes for `compute` seconds in a step, whatever their number; then a ring
    averages gradients of `num_bytes`: `2 (number - 1)` messages one after the other,
    each of which has one part of `number` of the gradient, and takes `latency` seconds,
    and what its bytes take at `bandwidth` bytes a second. One worker sends nothing.
    """
    message = latency + num_bytes / number / bandwidth
    return compute / (compute + 2 * (number - 1) * message)


@weak_efficiency.specification
def _(number, compute, num_bytes, latency, bandwidth):
    step = compute
    for _ in range(2):
        for _ in range(number - 1):
            step += latency
            step += (num_bytes / number) / bandwidth
    letters = 1000.0  # that a worker reads in a step
    return (number * letters / step) / (number * letters / compute)


@weak_efficiency.wrong(
    "how many times as fast",
    "This is how many times as many letters they read. Divided by their number it is "
    "the share of what they could.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return number * compute / (compute + 2 * (number - 1) * message)


@weak_efficiency.wrong(
    "the share spent waiting",
    "This is the share of a step in which nothing is computed. The efficiency is what "
    "is left of it.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return 1 - compute / (compute + 2 * (number - 1) * message)


@weak_efficiency.wrong(
    "latency counted once",
    "You wait for the latency of two messages. There are two rounds of N - 1 of them, "
    "and each has its own.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    sending = 2 * (number - 1) / number * num_bytes / bandwidth
    return compute / (compute + 2 * (number > 1) * latency + sending)


@weak_efficiency.wrong(
    "one latency for all",
    "You wait for the latency of one message. There are two rounds of N - 1 of them, "
    "one after the other, and each has its own.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    sending = 2 * (number - 1) / number * num_bytes / bandwidth
    return compute / (compute + (number > 1) * latency + sending)


@weak_efficiency.wrong(
    "divided by their number once more",
    "You divide by the number of workers once more. That each of them reads as much as "
    "one alone is in the ratio of the two steps already.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return compute / (compute + 2 * (number - 1) * message) / number


@weak_efficiency.wrong(
    "the whole gradient in every message",
    "Each of your messages has the whole gradient. In a ring it has one part of N.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / bandwidth
    return compute / (compute + 2 * (number - 1) * message)


@weak_efficiency.wrong(
    "one round",
    "You count N - 1 messages. After the first round each worker has one part whole; "
    "a second has to carry the parts to everybody.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return compute / (compute + (number - 1) * message)


@weak_efficiency.wrong(
    "the work divided",
    "You divide the computing among the workers. That is strong scaling; here each "
    "computes as much as one alone.",
)
def _(number, compute, num_bytes, latency, bandwidth):
    message = latency + num_bytes / number / bandwidth
    return compute / number / (compute / number + 2 * (number - 1) * message)


@exercise(
    difficulty=3,
    minutes=8,
    inputs=[
        st.tuples(
            numbers(size("workers", 2, 4), st.just(2)),
            numbers(size("workers", 2, 4), st.just(3)),
        ).map(list),
        st.sampled_from([0.2, 0.5, 1.0, 3.0]),
    ],
    num_examples=80,
    hints=[
        "What would one process with the whole batch do? First it has the gradient.",
        "The joint length is the root of the sum of all squares, of all weights.",
        "Where it is below the limit already, nothing is scaled.",
    ],
)
def clip_among_workers(gradients: list[np.ndarray], limit: float) -> list[np.ndarray]:
    """The mean gradients, clipped by their joint length: a list, an array a weight.

    `gradients` is a list with an array for each *weight*, `(workers, size)`, in which
    each row is one worker's. All workers have read as much. What is returned is
    `(size,)` for each weight, and all of it together is `limit` long at most.
    """
    means = [of_all.mean(axis=0) for of_all in gradients]
    length = np.sqrt(sum((mean**2).sum() for mean in means))
    return [mean * limit / max(length, limit) for mean in means]


@clip_among_workers.specification
def _(gradients, limit):
    number = len(gradients[0])
    means = [sum(rows) / number for rows in gradients]
    squares = [float(entry) ** 2 for mean in means for entry in mean]
    length = sum(squares) ** 0.5
    return [mean / length * limit if length > limit else mean for mean in means]


def clipped(weights, limit):
    """Arrays of all weights, scaled down where their joint length is above."""
    length = np.sqrt(sum((weight**2).sum() for weight in weights))
    return [weight * limit / max(length, limit) for weight in weights]


def of_each(gradients):
    """For each worker its gradients."""
    return [list(rows) for rows in zip(*gradients, strict=True)]


def added(workers):
    return [sum(rows) for rows in zip(*workers, strict=True)]


@clip_among_workers.wrong(
    "each worker clipped before the mean",
    "You clip what each worker has found, and then average. Where they disagree their "
    "gradients are long and the mean is short; one process would clip the mean.",
)
def _(gradients, limit):
    workers = [clipped(own, limit) for own in of_each(gradients)]
    return [total / len(workers) for total in added(workers)]


@clip_among_workers.wrong(
    "clipped shares added up",
    "You divide by the number of workers, clip each share and add up. The sum of so "
    "many shares can be as many times longer than the limit.",
)
def _(gradients, limit):
    number = len(gradients[0])
    shares = [[row / number for row in own] for own in of_each(gradients)]
    return added([clipped(own, limit) for own in shares])


@clip_among_workers.wrong(
    "each weight by itself",
    "You clip each weight by its own length. Then the one with a long gradient is "
    "scaled and the other not, and the step points elsewhere.",
)
def _(gradients, limit):
    return [clipped([each.mean(axis=0)], limit)[0] for each in gradients]


@clip_among_workers.wrong(
    "always scaled to the limit",
    "You make every gradient as long as the limit, short ones too. Clipping leaves "
    "alone what is shorter.",
)
def _(gradients, limit):
    means = [of_all.mean(axis=0) for of_all in gradients]
    length = np.sqrt(sum((mean**2).sum() for mean in means))
    return [mean * limit / max(length, 1e-12) for mean in means]


@clip_among_workers.wrong(
    "the sum in place of the mean",
    "You add up the workers' gradients. The limit then bites sooner, the more workers "
    "there are, and where it does not the step is as many times too long.",
)
def _(gradients, limit):
    return clipped([of_all.sum(axis=0) for of_all in gradients], limit)


@clip_among_workers.wrong(
    "nothing clipped",
    "You return the mean as it is. Where it is longer than the limit it has to be "
    "scaled down.",
)
def _(gradients, limit):
    return [of_all.mean(axis=0) for of_all in gradients]
