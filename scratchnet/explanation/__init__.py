"""From traced numbers to what a person reads."""
