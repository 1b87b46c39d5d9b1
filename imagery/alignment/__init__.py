"""How far a moving image lies from its reference, and whether to believe it. The value stands in `domain`."""
