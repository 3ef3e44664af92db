"""Functions

There are these and no others. Each takes its arguments in order; an unknown argument makes the result unknown, and null
makes it null, where nothing else is said.
"""
