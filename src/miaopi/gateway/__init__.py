"""What an agency runs beside its own database: it answers signed questions with rows that are cut at home and signed."""
