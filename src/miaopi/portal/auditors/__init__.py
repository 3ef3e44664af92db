"""The desk of an auditor: who looked at whom, what is not shown yet, how offices answer, and whether the log is whole."""
