"""A release or a converted folder -> the file formats of other tools."""
