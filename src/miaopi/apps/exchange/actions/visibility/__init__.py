"""Acts around looks that are not shown at once, that somebody objects to, and that an auditor watches over (ADR 0037)."""
