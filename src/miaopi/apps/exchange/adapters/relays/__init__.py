"""Connectors to those who stand between us and an agency's rows: a broker of messages, a province's platform, an agency's own gateway."""
