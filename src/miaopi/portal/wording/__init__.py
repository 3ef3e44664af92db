"""What the pages say, in both languages: one home, so that a word that several surfaces say is written once."""
