"""The same doors for programs: JSON over HTTP, one gate an operation, errors as RFC 9457 wants them. No rules here."""
