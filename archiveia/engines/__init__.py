"""The only place that imports OCR, machine-learning and language libraries."""
