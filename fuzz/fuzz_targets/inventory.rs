//! Any bytes as a list of drives: as many rows as there can be at most, none longer than allowed,
//! each of them a drive or a flaw, and read the same however the bytes come in.
//!
//!     cargo fuzz run inventory fuzz/corpus/inventory fuzz/seeds/inventory
#![no_main]

use std::io::BufReader;
use std::sync::LazyLock;

use keycase::catalog::Catalog;
use keycase::condition::Facts;
use keycase::inventory::{Columns, Reader};
use keycase::packs::embedded;
use keycase::policy::Policies;
use libfuzzer_sys::fuzz_target;

static PARTS: LazyLock<(Policies, Catalog)> = LazyLock::new(|| {
    let packs = embedded();
    let policies = Policies::load(&packs).expect("the embedded policies");
    (policies, Catalog::load(&packs).expect("the embedded devices"))
});

fuzz_target!(|bytes: &[u8]| {
    assert_eq!(rows(bytes, bytes.len().max(1)), rows(bytes, 7), "cut otherwise, read otherwise");
});

/// What each row says, and how it is told from others; read in pieces of this size.
fn rows(bytes: &[u8], piece: usize) -> Option<Vec<(Result<String, String>, Vec<u8>)>> {
    let (policies, catalog) = &*PARTS;
    let columns = Columns::new(policies.get("datalocker").expect("it is embedded"));
    let none = Facts::default();
    let mut reader = Reader::open(BufReader::with_capacity(piece, bytes), &columns).ok()?;
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row().expect("memory can be read") {
        let mut key = Vec::new();
        row.key(&columns, &mut key);
        assert!(key.len() <= 2 * 64 * 1024, "a row grew");
        let described = row.describe(&columns, catalog, &none);
        rows.push((described.map(|row| row.drive.display_name()), key));
    }
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    assert!(rows.len() <= lines, "more rows than lines");
    Some(rows)
}
