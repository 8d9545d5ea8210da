"""PyTorch's `nn.LSTM` in the loop that its users write."""

import torch
from torch import nn
from workload import BATCH_SIZE, CLIP_NORM, LEARNING_RATE, make_windows

torch.set_num_threads(2)


class Contender:
    def __init__(self, size, weights):
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
        # A second bias that learns would double the first one's step.
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.params = [*self.lstm.parameters(), *self.classifier.parameters()]
        self.params = [param for param in self.params if param.requires_grad]
        self.optimizer = torch.optim.SGD(self.params, lr=LEARNING_RATE)
        self.one_hot = torch.eye(size.vocab_size)
        inputs, targets = make_windows(size)
        self.inputs = torch.from_numpy(inputs).long()
        self.targets = torch.from_numpy(targets).long()

    def train(self, num_windows):
        zeros = torch.zeros(1, BATCH_SIZE, self.size.units)
        states = (zeros, zeros)
        total = torch.zeros(())
        pairs = zip(self.inputs[:num_windows], self.targets[:num_windows], strict=True)
        for ids, targets in pairs:
            outputs, states = self.lstm(self.one_hot[ids], states)
            states = tuple(state.detach() for state in states)
            logits = self.classifier(outputs)
            loss = nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.params, CLIP_NORM)
            self.optimizer.step()
            total += loss.detach()
        return total.item() / num_windows
