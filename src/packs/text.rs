//! The text of a pack, which a long embedded one has only when it is asked for.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Deref;
use std::sync::OnceLock;

use flate2::read::DeflateDecoder;

/// A pack's text; reads as a `str`.
#[derive(Clone, Debug)]
pub struct Text(Form);

#[derive(Clone, Debug)]
enum Form {
    Plain(Cow<'static, str>),
    Packed(&'static [u8], OnceLock<String>),
}

impl Text {
    /// A text that `build.rs` packed.
    pub(super) fn packed(bytes: &'static [u8]) -> Self {
        Self(Form::Packed(bytes, OnceLock::new()))
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Form::Plain(text) => text,
            Form::Packed(bytes, text) => text.get_or_init(|| unpacked(bytes)),
        }
    }
}

/// What was packed at build; a test reads every embedded pack.
fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    // Half a text would be read as another pack: it is none then, and refused as empty.
    match DeflateDecoder::new(bytes).read_to_string(&mut text) {
        Ok(_) => text,
        Err(_) => String::new(),
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self(Form::Plain(text.into()))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Form::Plain(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use crate::packs::embedded;

    #[test]
    fn embedded_packs_are_the_files_they_were_made_of() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let packs = embedded();
        let kinds = ["desks", "devices", "policies", "problems", "redaction", "triage"];
        let all: Vec<_> = kinds.iter().flat_map(|kind| packs.of(kind)).collect();
        assert!(all.len() > 150, "{}", all.len());
        for pack in all {
            let file = std::fs::read_to_string(root.join(&pack.path)).unwrap();
            assert!(*pack.text == *file, "{}", pack.path);
        }
    }
}
