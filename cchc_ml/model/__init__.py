"""A learned model and what it can say, with numpy and scipy only."""
