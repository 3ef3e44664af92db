"""The counter: a clerk's day, and one visit with exactly the papers to see."""
