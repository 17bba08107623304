"""Django plumbing without one domain word: errors, forms, API shape, template tags."""
