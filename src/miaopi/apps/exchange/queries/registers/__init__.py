"""What is known of base registers: their fields, how far they reach, and which numbers may be one party's."""
