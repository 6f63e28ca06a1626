# keycase.findings/1 on the two drives.
include "claims";

claim("schema"; .schema; "keycase.findings/1"),
claim("the drives' ports"; [.drives[].port] | sort; ["1-1", "2-1"])
