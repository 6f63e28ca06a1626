//! Any bytes as a manifest: refused, or read back as it was written.
#![no_main]

use keycase::bundle::Manifest;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(bytes) else { return };
    let text = serde_json::to_vec(&manifest).expect("a manifest is JSON");
    let again: Manifest = serde_json::from_slice(&text).expect("it was just written");
    assert_eq!(manifest, again);
    let _ = keycase::render::bundle::manifest(&manifest);
});
