"""The scores as pure mathematics: no Django, no clock, no database. SCORES.md is the definition.

parameters     what a ScoreModelVersion freezes: half-lives, prior weights, baselines, exponents
facts          one row of the ledger and the unitless x it stands for; fact_arrays for many rows
satisfaction   one customer: the score, its four factors and the points of every piece of evidence
population     the same for everyone at once, in numpy; agrees with `satisfaction` to 1e-9
waterfall      the exact split of a change between two scores
baselines      the average customer, measured on a population
preference     what a customer likes, by category; preference_arrays for many customers, preference_parameters
habits         how a customer likes to be served: channel, language, hour, topic
"""
