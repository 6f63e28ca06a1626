# keycase.submission/1 to the embedded desk, which only keeps what it gets.
include "claims";

claim("schema"; .schema; "keycase.submission/1"),
claim("desk"; .desk; "outbox-only"),
claim("state"; .state; "ready"),
claim("error"; .error; null),
claim("the bundle has a SHA-256"; .bundle.sha256 // "" | test("^[0-9a-f]{64}$"); true)
