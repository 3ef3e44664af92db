"""Logic

Conditions are true, false, null or unknown. The logic is Kleene's: what is open leaves the result open, unless the rest
decides it alone.
"""
