"""Mutation testing: how many small faults in the code that answers depend on do the tests find?"""
