//! Snapshots recorded earlier: one JSON document, or a stream of them, one a line.

use serde::Deserialize;

use crate::snapshot::{SCHEMA, Snapshot};

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Not JSON, or not this shape; the inner error has line and column.
    #[error("not a snapshot document (line {line}, column {column})")]
    Shape {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader found.
        source: serde_json::Error,
    },
    /// Another kind of document.
    #[error("the document says it is `{0}`, not `{SCHEMA}`")]
    Schema(String),
    /// Nothing in it.
    #[error("the recording is empty")]
    Empty,
}

/// Tells other documents apart before their shape is judged.
#[derive(Deserialize)]
struct Header {
    schema: String,
}

/// Reads one snapshot, or several one after the other.
pub fn parse_snapshots(text: &str) -> Result<Vec<Snapshot>, ReplayError> {
    // The schema comes first, so that a wrong document is named as what it is.
    let mut headers = serde_json::Deserializer::from_str(text).into_iter::<Header>();
    match headers.next() {
        None => return Err(ReplayError::Empty),
        Some(Ok(header)) if header.schema != SCHEMA => {
            return Err(ReplayError::Schema(header.schema.chars().take(60).collect()));
        }
        Some(_) => {}
    }
    let documents = serde_json::Deserializer::from_str(text).into_iter::<Snapshot>();
    documents.map(|document| document.map_err(shape)).collect()
}

fn shape(source: serde_json::Error) -> ReplayError {
    ReplayError::Shape { line: source.line(), column: source.column(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"schema":"keycase.snapshot/1","taken_at":"2026-11-22T12:00:00Z",
        "tool":{"name":"keycase","version":"9.9.9","data":{"version":"x","hash":"y"}},
        "host":{"os":"linux","new_field":1},"drives":[{"port":"1-1"}],"problems":[]}"#;

    #[test]
    fn a_stream_is_several_snapshots_and_newer_fields_are_ignored() {
        let line = ONE.replace('\n', "");
        let both = parse_snapshots(&format!("{line}\n{line}\n")).unwrap();
        assert_eq!(both.len(), 2);
        assert_eq!(both[0].drives[0].port.to_string(), "1-1");
    }

    #[test]
    fn wrong_documents_are_named() {
        assert!(matches!(parse_snapshots(" "), Err(ReplayError::Empty)));
        let other = ONE.replace("snapshot/1", "findings/1");
        assert!(matches!(parse_snapshots(&other), Err(ReplayError::Schema(_))));
        let broken = ONE.replace("\"1-1\"", "7");
        let Err(ReplayError::Shape { line, .. }) = parse_snapshots(&broken) else {
            panic!("accepted a number as a port")
        };
        assert_eq!(line, 3);
    }
}
