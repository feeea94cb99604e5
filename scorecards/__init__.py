"""How do they compare, and what do we put our name to?"""
