"""The `manifesto` command and its Prefect flows: the only place that knows Prefect."""
