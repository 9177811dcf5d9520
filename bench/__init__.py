"""Ratios of the product against the floors it stands on, measured side by side in one run. No test; fails no build."""
