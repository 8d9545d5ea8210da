"""What counts as the same answer."""

import numpy as np
import pytest

from seqmodels.exercises._comparing import difference


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (1, 1),
        (1.0, 1),
        (True, True),
        (0.33333, 1 / 3),
        ([1, 2], np.array([1, 2])),
        ([1, 2], (1, 2)),
        (np.array([[1, 2], [3, 4]]), ([1, 2], [3, 4])),
        ([[1.0], [2.0, 3.0]], [np.array([1]), np.array([2, 3])]),
        ("ab", "ab"),
        (["a", "b"], ("a", "b")),
        ({"a": 1.0}, {"a": 1}),
        (np.array([np.nan, -np.inf]), np.array([np.nan, -np.inf])),
        ([], []),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (None, None),
    ],
)
def test_the_same(given, wanted):
    assert difference(given, wanted) is None


@pytest.mark.parametrize(
    ("given", "wanted", "message"),
    [
        (1.001, 1.0, "The numbers differ."),
        (100_001, 100_000, "The numbers differ."),
        ("1", 1, "A number is wanted; yours is of type str."),
        (
            None,
            np.zeros(2),
            "An array of numbers is wanted; yours is of type NoneType.",
        ),
        (np.zeros(3), np.zeros(2), "2 numbers are wanted; yours are 3."),
        (np.ones(3), np.zeros(2), "2 numbers are wanted; yours are 3."),
        ([1, 2, 3], [1, 2], "2 numbers are wanted; yours are 3."),
        ([2], [3, 1], "2 numbers are wanted; yours are 1, and other ones from index 0"),
        ([3, 2, 2], [3, 1], "2 numbers are wanted; yours are 3, and other ones from i"),
        ([3, 1], [3], "1 number is wanted; yours are 2."),
        ([], [3, 1], "2 numbers are wanted; yours are 0."),
        ([1, 2], 3, "A single number is wanted; yours has the shape (2,)."),
        (3, [1, 2], "The shape (2,) is wanted; yours is ()."),
        ([1, 2, 3], (1, 2), "2 things are wanted; yours are 3."),
        (1, (1, 2), "2 things are wanted, in a tuple; yours is of type int."),
        ((1, 3), (1, 2), "Of the 2 that you return, the second: The numbers differ."),
        ("ba", ("b", "a"), "2 things are wanted, in a tuple; yours is of type str."),
        ("a", "b", "'b' is wanted."),
        ([np.nan], [1.0], "The numbers differ."),
        ([1.0], [np.nan], "The numbers differ."),
        ({"a": 1}, {"b": 1}, "The keys ['b'] are wanted."),
        ({"a": 2}, {"a": 1}, "At 'a': The numbers differ."),
        ([], {"a": 1}, "A dict is wanted; yours is of type list."),
        ([[1], [2, 3]], np.zeros((2, 2)), "An array of numbers is wanted"),
        ([("a", "b")], [], "Nothing is wanted here: an empty list."),
        (np.zeros(4), np.zeros((2, 2)), "The shape (2, 2) is wanted; yours is (4,)."),
        ([True, False], np.array([True, True]), "True and False differ."),
        (
            [(1, 2), (1, 3)],
            [(1, 2), (3, 3)],
            "At index 1: At index 0: The numbers differ.",
        ),
    ],
)
def test_another(given, wanted, message):
    assert difference(given, wanted).startswith(message)


def test_a_tensor_is_an_array():
    tf = pytest.importorskip("tensorflow")
    assert difference(tf.constant([1.0, 2.0]), [1, 2]) is None
