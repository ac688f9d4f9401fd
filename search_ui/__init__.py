"""FastAPI application: public portal and staff desk."""
