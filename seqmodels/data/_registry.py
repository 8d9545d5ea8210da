"""The data sets' files: how large, with what digest, and where to download them."""

# Addresses are mirrors of one and the same file, tried in turn.
REGISTRY = {
    "text8.zip": {
        "size": 31_344_016,
        "sha256": "a6640522afe85d1963ad56c05b0ede0a0c000dddc9671758a6cc09b7a38e5232",
        "urls": [
            "http://mattmahoney.net/dc/text8.zip",
            "https://data.deepai.org/text8.zip",
        ],
    },
    "enwik8.zip": {
        "size": 36_445_475,
        "sha256": "547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc",
        "urls": [
            "http://mattmahoney.net/dc/enwik8.zip",
            "https://data.deepai.org/enwik8.zip",
        ],
    },
    "shakespeare.txt": {
        "size": 1_115_394,
        "sha256": "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        "urls": [
            "https://storage.googleapis.com/download.tensorflow.org/data/shakespeare.txt",
            "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/"
            "tinyshakespeare/input.txt",
        ],
    },
    "kafka.txt": {
        "size": 137_629,
        "sha256": "836497d1e5a47b1744e68da78822e8af19ddadc565e3a09fde348f300e14ec78",
        "urls": [
            "https://raw.githubusercontent.com/llSourcell/recurrent_neural_network/"
            "06e3cbdafe6105129b8137be15924cbce3371a60/kafka.txt",
        ],
    },
    "aclImdb_v1.tar.gz": {
        "size": 84_125_825,
        "sha256": "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe",
        "urls": ["https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"],
    },
}

# The files inside text8.zip and enwik8.zip. A head tells an excerpt from other texts.
TEXT8 = {
    "size": 100_000_000,
    "digest": ("CRC-32", "7d6be66f"),
    "allowed": (b"abcdefghijklmnopqrstuvwxyz ", "a-z and space"),
    "head_size": 1_000_000,
    "head_sha256": "a29a713419313a2c4f0f38d3907938156a7c088a69c7c30542410124651ab5b2",
}

ENWIK8 = {
    "size": 100_000_000,
    "digest": (
        "SHA-256",
        "2b49720ec4d78c3c9fabaee6e4179a5e997302b3a70029f30f2d582218c024a8",
    ),
    "head_size": 1_000_000,
    "head_sha256": "369b688978f649681136198fb96db14c1616756260c55fb4b65e9bc049552cad",
}

# The labelled reviews inside aclImdb_v1.tar.gz, whichever way they are packed.
IMDB = {
    "in each part": 12_500,
    "sha256": "0c95fccaa815bd8c77f9c0afda21079d1b512a4522c2f0ae639c8406a59b148f",
}
