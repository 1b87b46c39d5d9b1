"""Shipped test kit: planted truth and the demo data."""
