"""Where a manifesto stands: labels of its sentences in, values on scales with intervals out.

labels → counts of each label → counts that a coder would be expected to have → value, low, high
"""
