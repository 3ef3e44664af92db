"""Writing the log: one transaction for what happened, one sequencer, and the readers behind it."""
