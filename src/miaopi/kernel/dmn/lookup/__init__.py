"""Decision tables read beforehand: which rules a value lets through, found without trying them one by one (ADR 0030).

The plain evaluation (`evaluation/tables.py`) is the meaning of record; what is found here is what it would find.
"""
