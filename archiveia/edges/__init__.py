"""Side effects: one file or small folder per thing outside the process."""
