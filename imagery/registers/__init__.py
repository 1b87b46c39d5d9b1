"""Permit registers in, whatever their format, columns or reference system."""
