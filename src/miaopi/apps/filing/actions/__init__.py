"""Writes of a filing: what is put into a draft, how it is confirmed, when it is erased."""
