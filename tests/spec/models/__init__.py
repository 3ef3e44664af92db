"""In decision models

What stands in a decision model of another tool means there what DMN 1.5 says. Two things are other than in a rule of a
service: names need not be declared, and what goes wrong is null where it happens – the evaluation tells what went wrong
beside the value.
"""
