"""Saved models and raw articles -> Label Studio tasks with predictions.

From top to bottom: `target` says where a model's labels belong; `finding` asks the models, with `linking`; `regions`
makes items of what they found; `prediction` puts tasks together, in an order; `pushed` reads them again for a push.
"""
