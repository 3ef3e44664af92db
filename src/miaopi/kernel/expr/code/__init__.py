"""The fast reader: a tree as a code object of Python's, made of syntax nodes. The interpreter beside it is the oracle."""
