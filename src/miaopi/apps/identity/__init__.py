"""Who somebody is, how surely, and what she may do: parties, verified identities, sessions, rights."""
