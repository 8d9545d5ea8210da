"""Text to ids, windows of them, scores, and back. NumPy alone."""
