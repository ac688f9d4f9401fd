"""Pure functions, one file per subject, in the order a scan meets them."""
