"""Offices and seats: what must still be seen after an approval, where and when, and that it was seen."""
