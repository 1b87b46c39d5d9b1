"""Imagery in: what every source answers to, and the sources themselves."""
