"""Language models that count. NumPy alone."""
