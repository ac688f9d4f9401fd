"""The demonstration: a box of sample scans that the project makes itself, and what becomes of it."""
