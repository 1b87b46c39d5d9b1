"""The chain for one site and for a whole register."""
