"""Pages: each view finds what is visible, asks whether it is permitted, and hands on."""
