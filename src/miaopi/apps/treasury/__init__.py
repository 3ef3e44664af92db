"""Payments: who is entitled from when, what is ordered for which month, and that each month is paid once."""
