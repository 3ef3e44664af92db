"""Settings, street, clock and city: what this instance is, read from `MIAOPI_*` and validated at start."""
