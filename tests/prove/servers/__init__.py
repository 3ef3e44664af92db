"""Servers that no wheel brings: unpacked from Debian's packages into a folder, and run from there."""
