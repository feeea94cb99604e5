"""Who are they, what did they answer, what is it worth?"""
