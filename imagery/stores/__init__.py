"""Run folders, the ledger, GeoPackages and COGs: plain files out, and in again."""
