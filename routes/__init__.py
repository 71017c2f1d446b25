"""The question: study, candidates, search, metrics, provisions, export."""
