"""What notification does: write, carry, ask whether it arrived, note that it was read."""
