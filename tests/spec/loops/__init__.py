"""Loops

Over the elements of one list or several, or over whole numbers. The name of an element is seen in the body alone and
hides a name outside.
"""
