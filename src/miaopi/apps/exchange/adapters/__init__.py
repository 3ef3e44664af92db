"""The outside as this room sees it: connectors by configuration, sources of our own rooms, and how answers become facts."""
