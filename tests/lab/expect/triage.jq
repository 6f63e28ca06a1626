# keycase.triage/1 of a question. How it is classified is tested with the packs.
include "claims";

claim("schema"; .schema; "keycase.triage/1"),
claim("type"; .type; "question")
