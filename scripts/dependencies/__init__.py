"""What goldspan depends on: listed with licences, and audited."""
