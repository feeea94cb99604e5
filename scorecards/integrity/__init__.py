"""What holds of documents: their rows, files, signatures, issues and comparisons."""
