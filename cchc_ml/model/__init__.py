"""A trained model and what it can say. The model itself needs numpy and scipy only."""
