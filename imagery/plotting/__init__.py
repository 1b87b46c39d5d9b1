"""Pictures: curves, before and after; used by notebooks, report and page alike."""
