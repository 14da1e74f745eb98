"""The scripts that made the fitted numbers and the weights. Not imported at run time."""
