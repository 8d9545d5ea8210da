"""PyTorch's `nn.LSTM` in the loops that its users write, `torch.compile` or not."""

import os

import torch
from torch import nn
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
HIDDEN = os.environ.get("CUDA_VISIBLE_DEVICES") == "-1"
DEVICE = "cuda" if torch.cuda.is_available() and not HIDDEN else "cpu"


class Contender:
    def __init__(self, size, weights, compiled=False):
        weights = {name: torch.from_numpy(array.T) for name, array in weights.items()}
        self.size = size
        self.lstm = nn.LSTM(size.vocab_size, size.units, batch_first=True)
        self.classifier = nn.Linear(size.units, size.vocab_size)
        with torch.no_grad():  # the gates' order is Keras': i, f, g, o
            self.lstm.weight_ih_l0.copy_(weights["kernel"])
            self.lstm.weight_hh_l0.copy_(weights["recurrent_kernel"])
            self.lstm.bias_ih_l0.copy_(weights["bias"])
            self.lstm.bias_hh_l0.zero_()
            self.classifier.weight.copy_(weights["classifier"])
            self.classifier.bias.copy_(weights["classifier_bias"])
        self.lstm, self.classifier = self.lstm.to(DEVICE), self.classifier.to(DEVICE)
        # A second bias that learns would double the first one's step.
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.params = [*self.lstm.parameters(), *self.classifier.parameters()]
        self.params = [param for param in self.params if param.requires_grad]
        self.optimizer = torch.optim.SGD(self.params, lr=LEARNING_RATE)
        self.one_hot = torch.eye(size.vocab_size, device=DEVICE)
        inputs, targets = make_windows(size)
        self.inputs = torch.from_numpy(inputs).long().to(DEVICE)
        self.targets = torch.from_numpy(targets).long().to(DEVICE)
        self.loss = torch.compile(self._loss) if compiled else self._loss

    def _loss(self, ids, targets, states):
        outputs, states = self.lstm(self.one_hot[ids], states)
        logits = self.classifier(outputs)
        loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        return loss, tuple(state.detach() for state in states)

    def train(self, windows):
        states = self._zeros(BATCH_SIZE)
        total = torch.zeros((), device=DEVICE)
        pairs = zip(self.inputs[:windows], self.targets[:windows], strict=True)
        for ids, targets in pairs:
            loss, states = self.loss(ids, targets, states)
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.params, CLIP_NORM)
            self.optimizer.step()
            total += loss.detach()
        return total.item() / windows

    @torch.inference_mode()
    def write(self, letters, batch_size, temperature=1):
        states = self._zeros(batch_size)
        ids = torch.zeros(batch_size, dtype=torch.long, device=DEVICE)
        written = []
        for _ in range(letters):
            outputs, states = self.lstm(self.one_hot[ids][:, None], states)
            logits = self.classifier(outputs[:, 0])
            if temperature:
                probs = torch.softmax(logits / temperature, dim=-1)
                ids = torch.multinomial(probs, 1)[:, 0]
            else:
                ids = logits.argmax(dim=-1)
            written.append(ids)
        return torch.stack(written, dim=1).cpu().numpy()

    def _zeros(self, batch_size):
        zeros = torch.zeros(1, batch_size, self.size.units, device=DEVICE)
        return zeros, zeros
