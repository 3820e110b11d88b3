"""Label Studio's JSON export -> annotations."""
