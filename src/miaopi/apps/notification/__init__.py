"""Messages: what people are told, by whom it was carried, and that it was told once."""
