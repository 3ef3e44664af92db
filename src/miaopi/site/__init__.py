"""Root addresses, the headers of every answer, health, and what a visitor is told when something went wrong."""
