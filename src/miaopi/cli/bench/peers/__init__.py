"""The other engines, each in its fastest documented way: one module each, whose `prepare` gives what decides one case.

They are installed by the launcher for `bench decide` alone (`requirements/bench.in`).
"""
