"""How the fitted numbers and the weights were made; nothing of it is imported at run time."""
