"""What a reader sees: figures, coloured text, one bar, one line of set-up."""
