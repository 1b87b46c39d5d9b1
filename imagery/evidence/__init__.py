"""What stands before a judge: manifest, report, exports."""
