"""The coalition in the API, on the services of the screens."""
