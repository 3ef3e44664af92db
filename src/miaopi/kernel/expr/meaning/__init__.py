"""What operators, tests, calls and loops mean on values that have been reckoned already: one meaning for every reader."""
