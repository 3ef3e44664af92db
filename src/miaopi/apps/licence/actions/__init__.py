"""What licence does: issue, sign, register."""
