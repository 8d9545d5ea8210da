"""A trained network in one HTML file, and what one does with it there."""
