# What the other files of this directory say of a document: one line each, "true" or "false" and
# the sentence to print when it does not hold.
def claim($what; $saw; $want):
  "\($saw == $want) \($what) is \($saw | tojson), not \($want | tojson)";

# The rows of machines.tsv, which the judge hands over as $ARGS.named.machines.
def expected_machines:
  $ARGS.named.machines | split("\n") | map(select(. != "") | split("\t") | {name: .[0], port: .[1], id: .[2], lock: .[3]});

def expected_ports: [expected_machines[].port] | sort;

def port($name): [expected_machines[] | select(.name == $name)][0].port;
