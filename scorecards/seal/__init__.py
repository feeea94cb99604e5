"""How a document proves where it is from: the organisation's key, signatures made and checked."""
