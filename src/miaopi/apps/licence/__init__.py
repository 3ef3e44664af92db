"""Licences: what was issued to whom, as a row at once and as signed text a moment later."""
