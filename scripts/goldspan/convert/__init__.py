"""Any export -> four tables: `conversion` tells the story."""
