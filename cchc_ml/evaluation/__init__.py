"""Measuring a trained model: scores, baselines, splits, spelling variants, and the report page."""
