"""A release or a converted folder as one HTML page that needs no network. Needs the extra ``explore``."""
