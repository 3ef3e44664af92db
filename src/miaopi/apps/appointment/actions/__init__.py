"""Writes of appointment: inviting, booking, seeing papers at the counter, and what happens by itself."""
