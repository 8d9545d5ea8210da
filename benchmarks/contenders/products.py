"""Nothing but the matrix products that an LSTM cannot do without, by PyTorch.

What is left beside them is the limit of any implementation whose products are no
faster than these.
"""

import os

import torch
from workload import BATCH_SIZE

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


class Contender:
    def __init__(self, size, weights):
        self.size = size
        self.kernel = torch.from_numpy(weights["recurrent_kernel"])
        self.classifier = torch.from_numpy(weights["classifier"])

    @torch.inference_mode()
    def train(self, windows):
        """Of each window: the steps, the classifier and its gradients, the steps
        backwards, the gradient of the recurrent kernel."""
        units, num_steps = self.size.units, self.size.num_steps
        h, gates = torch.zeros(BATCH_SIZE, units), torch.zeros(BATCH_SIZE, 4 * units)
        all_h = torch.zeros(num_steps * BATCH_SIZE, units)
        all_gates = torch.zeros(num_steps * BATCH_SIZE, 4 * units)
        kernel_t = self.kernel.t().contiguous()
        for _ in range(windows):
            for _ in range(num_steps):
                torch.mm(h, self.kernel, out=gates)
            logits = all_h @ self.classifier
            all_h.t() @ logits
            logits @ self.classifier.t()
            for _ in range(num_steps):
                torch.mm(gates, kernel_t, out=h)
            all_h.t() @ all_gates
        return 0.0

    @torch.inference_mode()
    def write(self, letters, batch_size, temperature=1):
        h = torch.zeros(batch_size, self.size.units)
        gates = torch.zeros(batch_size, 4 * self.size.units)
        logits = torch.zeros(batch_size, self.size.vocab_size)
        for _ in range(letters):
            torch.mm(h, self.kernel, out=gates)
            torch.mm(h, self.classifier, out=logits)
        return torch.zeros(batch_size, letters).numpy()
