//! Text, numbers and file types as desks have them on the wire, whichever desk it is.

use serde_json::Value;

use super::Failure;

/// An id, written as a number or as text; ids exceed 32 bits.
pub(super) fn id_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// A ticket number on its way into a path.
pub(super) fn number(id: &str) -> Result<u64, Failure> {
    id.parse().map_err(|_| Failure::Unfit(format!("`{id}` is not a ticket number of this desk")))
}

/// Servers decode percent signs in multipart file names, so only plain characters go out
/// (<https://github.com/rack/rack/issues/323>).
pub(super) fn plain_file_name(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    name.chars().map(|c| if plain(c) { c } else { '-' }).collect()
}

/// The media type of any bytes.
pub(super) const OCTETS: &str = "application/octet-stream";

/// The media type of a bundle: a zip, or one that is sealed.
pub(super) fn media_type(name: &str) -> &'static str {
    if name.ends_with(".zip") { "application/zip" } else { OCTETS }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn file_names_are_plain_on_the_wire() {
        assert_eq!(plain_file_name("a%2f\"ü\r\n.zip"), "a-2f----.zip");
    }

    #[test]
    fn a_sealed_bundle_is_no_zip() {
        assert_eq!(media_type("b.zip"), "application/zip");
        assert_eq!(media_type("b.zip.age"), OCTETS);
    }

    #[test]
    fn large_ids_and_ids_in_quotes_are_read() {
        assert_eq!(id_of(&json!(158_018_097_111_u64)), Some(158_018_097_111));
        assert_eq!(id_of(&json!("158018097111")), Some(158_018_097_111));
        assert_eq!(id_of(&json!(-1)), None);
        assert!(number("../agents/me").is_err());
    }
}
