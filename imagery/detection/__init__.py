"""Change detection: arrays in, scores and regions out. It knows no permits, files or services."""
