"""How well questions are answered whose answers are known."""
