"""The terminal: verbs that ask a door and print its answer. No rules here."""
