"""How questions travel: conversations that one thread holds with many agencies at once."""
