# keycase.findings/1 on the lab's drives.
include "claims";

claim("schema"; .schema; "keycase.findings/1"),
claim("the drives' ports"; [.drives[].port] | sort; expected_ports)
