"""The commands of the pipeline, a module each; every other command stands in the package that it belongs to."""
