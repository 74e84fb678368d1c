"""What the stand-in answers: a module for each group of endpoints."""
