"""How numbers are written where Django's own formats leave digits ungrouped."""
