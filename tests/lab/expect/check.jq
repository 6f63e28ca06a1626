# keycase.eligibility/1 on the lab's drives. Which verdict is right is the policies' business and
# tested with them; here it is that both drives get one, and that the sums are true.
include "claims";

claim("schema"; .schema; "keycase.eligibility/1"),
claim("the drives' ports"; [.drives[].port] | sort; expected_ports),
(.drives[] | claim("\(.port): a verdict of the contract"; .verdict;
  (.verdict | select(IN("eligible", "not_eligible", "needs_information", "unknown"))) // "one of four")),
claim("the summary's total"; [.summary[]] | add; expected_machines | length)
