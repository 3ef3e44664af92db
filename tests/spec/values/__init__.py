"""Values

An expression is made of values and gives one. Numbers are decimal with 34 digits; there are no binary fractions.
"""
