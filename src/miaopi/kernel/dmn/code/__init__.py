"""Decisions as functions: what a decision needs, its tables and its results, in the Python that one would write by hand.

A function knows the plain case alone: every input there and of its declared type, nothing null, nothing wrong. Anything else
it leaves `UNDECIDED`, and the evaluation of `evaluation/` begins anew, which is the meaning of record (ADR 0030).
"""
