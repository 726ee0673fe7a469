"""Mail by its letters: pure, without Django."""
