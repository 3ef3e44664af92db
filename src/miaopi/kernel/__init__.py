"""How to decide, prove and sign. Pure: no Django, no files, no clock, no chance; same input, same bytes."""
