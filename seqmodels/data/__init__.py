"""The course's data sets: the real file, or the bundled stand-in, and which it was."""
