"""The ground: network, OSM reading, tags, territory, relief. Knows nothing of routes or the web."""
