# What the other files of this directory say of a document: one line each, "true" or "false" and
# the sentence to print when it does not hold.
def claim($what; $saw; $want):
  "\($saw == $want) \($what) is \($saw | tojson), not \($want | tojson)";
