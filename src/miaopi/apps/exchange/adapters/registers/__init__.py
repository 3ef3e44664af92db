"""Base registers as this room sees them: their definition, how sources combine, what is counted and compared where the rows stand."""
