# keycase.verification/1 of the bundle just written.
include "claims";

claim("schema"; .schema; "keycase.verification/1"),
claim("ok"; .ok; true),
claim("errors"; .errors; [])
