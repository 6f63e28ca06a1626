//! Any datagram on the kernel's event socket: an event about a port, or nothing.
//!
//!     cargo fuzz run uevent fuzz/seeds/uevent
#![no_main]

use keycase::catalog::Catalog;
use keycase::packs::embedded;
use std::sync::OnceLock;

static CATALOG: OnceLock<Catalog> = OnceLock::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let catalog = CATALOG.get_or_init(|| Catalog::load(&embedded()).expect("the packs"));
    let Some(event) = keycase::host::uevent::parse(bytes) else { return };
    let Some(device) = event.device() else { return };
    assert_eq!(device.port, event.port);
    // What a message tells of a device is enough to name it.
    let _ = catalog.drive(&device);
});
