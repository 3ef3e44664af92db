"""Reads of licences: rows, keys, pictures of them."""
