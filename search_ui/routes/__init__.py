"""One file of routes per audience."""
