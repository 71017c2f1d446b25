"""What every tool must agree on: the study's area and the grid of its relief."""

AREA = (42.5, 38.0, 50.5, 42.0)
"""West, south, east and north of the study, degrees: Kars, Tbilisi, Baku and the Iranian bank lie in it."""

CELLS_PER_DEGREE = 120
"""GLOBE has cells of 30 arc-seconds: 0.93 km by 0.71 km at 40 N."""

NODATA = -32768
"""The relief's mark for ground at or below sea level, whose height the package does not give."""
