"""The network of a run: made, measured, trained, taken up again."""

import contextlib
import time

import numpy as np

from seqmodels._tensorflow import keras
from seqmodels.counting.matching import MatchModel
from seqmodels.models.informed import InformedLM
from seqmodels.models.residual_lm import ResidualLM
from seqmodels.models.resuming import Resume
from seqmodels.models.scoring import restart
from seqmodels.program import measuring, settings
from seqmodels.program.following import Follow, Rate
from seqmodels.program.reading import RefusedError
from seqmodels.program.settings import Network, Plan
from seqmodels.program.together import check_number
from seqmodels.text.batches import ContiguousBatches

SEED = 0
PIECE = 20_000  # symbols of the text to choose by that are read after each round


class Fitting:
    """Trains a network on what a run has counted.

    Args:
        run: The `Run`.
        knows: What the network reads beside the text to train on.
    """

    def __init__(self, run, knows):
        self.run, self.knows, self.seed = run, knows, SEED
        text = run.text
        self.choice = text.parts.choice
        self.match = MatchModel(run.size, settings.MATCH_LENGTHS)
        self.match.fit(text.parts.train)
        self.followed = self.match.followed(self.choice)
        self.features = self._features(run.ngram)
        streams, steps = settings.STREAMS, 50
        while streams > 1 and streams * steps >= len(self.choice):
            streams //= 2
        self.shape = streams, min(steps, len(self.choice) - 1)
        num = min(len(self.choice) - 1, PIECE)
        num = num // (self.shape[0] * self.shape[1]) * self.shape[0] * self.shape[1]
        self.piece = self._batches(num + 1)
        targets = self.choice[1 : num + 1, None].astype(np.int64)
        rival = np.take_along_axis(self.features[0][:num], targets, axis=1)
        self.to_bits = text.to_bits(1)
        self.rival_bits = float(-rival.astype(np.float64).mean() * self.to_bits)

    def gflops(self) -> float:
        """How fast the machine is."""
        return measuring.gflops()

    def make(self, network: Network) -> None:
        """Makes and compiles the network, and cuts the text into streams."""
        self.network_settings = network
        together = self.run.together
        check_number(together.number, network.batch_size, self.shape[0])
        strategy = together.strategy
        with strategy.scope() if strategy else contextlib.nullcontext():
            self.network = ResidualLM(
                self.run.size,
                network.units,
                num_matches=len(settings.MATCH_LENGTHS),
                dropout=network.dropout,
            )
            optimizer = keras.optimizers.Adam(network.rate, global_clipnorm=1.0)
            self.network.compile(optimizer)
        self.weights = self.network.count_params()
        self.batches = ContiguousBatches(
            self.run.text.parts.train,
            network.batch_size,
            network.num_steps,
            features=self.knows,
        )

    def measure(self) -> tuple[float, float]:
        """Windows a second in training, and seconds that the examination will take."""
        per_second = measuring.windows_per_second(self.network, self.batches)
        self.network.evaluate(self.piece)  # compiles
        some = slice(0, min(2001, len(self.choice)))
        beside = [array[some] for array in self.features]
        self.network.log_probs(self.choice[some], beside)
        start = time.perf_counter()
        self.network.log_probs(self.choice[some], beside)
        each = (time.perf_counter() - start) / (some.stop - some.start)
        return per_second, 1.3 * each * len(self.run.text.parts.test)

    def fit(self, plan: Plan) -> list:
        """Trains, or goes on training, and takes the best round's weights.

        Returns:
            The history, as in `Partial`; empty for a worker that is not the chief.

        Raises:
            RefusedError: If the training has diverged.
        """
        run = self.run
        rate = Rate(plan, self.network_settings.rate)
        if not run.together.is_chief:
            if run.together.any(False):
                restart(self.network, self.seed)
                self._train(plan, [rate])
            return []
        rival = f"{run.name} {self.rival_bits:.3f}"
        follow = Follow(run.partial, plan, self.to_bits, rival, run.say)
        if run.together.any(follow.rounds_done < plan.rounds or follow.best is None):
            restart(self.network, self.seed)
            run.say("Training; bits per character of a piece of the text to choose by:")
            try:
                self._train(plan, [rate, follow, Resume(run.partial.folder)])
            finally:
                follow.close()
        self.network = self._alone()
        if follow.best is None:
            raise RefusedError("The training has diverged; its loss is no number.")
        nats, weights = follow.best
        self.network.set_weights(weights)
        round_ = 1 + [row[2] for row in follow.history].index(nats)
        run.say(
            f"Best after round {round_} of {plan.rounds}: "
            f"{nats * self.to_bits:.3f} bits on that piece, the {rival}"
        )
        return follow.history

    def _train(self, plan, callbacks):
        self.network.fit(
            self.batches,
            steps_per_epoch=plan.windows_per_round,
            epochs=plan.rounds,
            validation_data=self.piece,
            callbacks=callbacks,
            verbose=0,
        )

    def _alone(self):
        """The network; of several workers', one that does not wait for the others."""
        if self.run.together.number == 1:
            return self.network
        network = ResidualLM.from_config(self.network.get_config())
        network.set_weights(self.network.get_weights())
        network.compile()
        return network

    def bits_to_choose_by(self, ngram) -> float:
        """Bits per character of the whole text to choose by, told by an n-gram."""
        features, num = self._features(ngram), len(self.choice)
        loss = self.network.evaluate(self._batches(num, features))["loss"]
        return loss * self.to_bits

    def informed(self, ngram, known: np.ndarray) -> InformedLM:
        """The model that is saved: without the optimizer, all that counting knows."""
        network = ResidualLM.from_config(self.network.get_config())
        network.set_weights(self.network.get_weights())
        return InformedLM(network, ngram, self.match.fit(known))

    def _features(self, ngram):
        return ngram.next_log_probs(self.choice).astype(np.float16), self.followed

    def _batches(self, num, features=None):
        features = [array[:num] for array in features or self.features]
        return ContiguousBatches(self.choice[:num], *self.shape, features=features)
