"""Exchange: facts are fetched from whoever keeps them, as far as granted and consented, and every fetch leaves an entry."""
