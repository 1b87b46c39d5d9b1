"""Masks, indices, radiometry and regions: small pure array functions used by the steps."""
