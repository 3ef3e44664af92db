"""秒批: what the rules say of confirmed facts, kept with its receipt; cases that wait; the way to a person."""
