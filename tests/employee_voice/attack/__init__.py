"""An attack on closed waves: whoever holds every table, place, time, log and page joins people to answers."""
