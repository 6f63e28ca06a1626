//! A real browser without a window, its console and its connections watched.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What a browser did with a page.
#[derive(Debug)]
pub struct Looked {
    /// Everything the page's console said.
    pub console: Vec<String>,
    /// Whether anything at all was asked of the network.
    pub asked_network: bool,
    /// The picture, a PNG.
    pub picture: Vec<u8>,
}

/// How to look.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Window width in CSS pixels.
    pub width: u32,
    /// Window height.
    pub height: u32,
    /// Whether the person prefers dark pages.
    pub dark: bool,
}

/// Opens a page in headless Chromium (Debian package `chromium`) with an empty profile.
/// Whatever it asks of the network goes to a proxy that only counts.
pub fn look(page: &Path, how: Look) -> Looked {
    let dir = TempDir::new().expect("a folder");
    let proxy = TcpListener::bind("127.0.0.1:0").expect("a port");
    proxy.set_nonblocking(true).expect("a port that does not wait");
    let address = proxy.local_addr().expect("an address");
    let picture: PathBuf = dir.path().join("page.png");
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]);
    command.args(["--no-first-run", "--disable-background-networking"]);
    command.args(["--disable-component-update", "--disable-sync", "--hide-scrollbars"]);
    command.args(["--disable-dev-shm-usage", "--disable-features=Translate,OptimizationHints"]);
    command.args(["--enable-logging=stderr", "--log-level=0"]);
    command.arg(format!("--proxy-server=http://{address}"));
    command.arg("--proxy-bypass-list=<-loopback>");
    command.arg(format!("--user-data-dir={}", dir.path().join("profile").display()));
    command.arg(format!("--window-size={},{}", how.width, how.height));
    command.arg(format!("--screenshot={}", picture.display()));
    // 0 is dark and 1 is light (blink/public/common/css/preferred_color_scheme.mojom).
    let scheme = if how.dark { 0 } else { 1 };
    command.arg(format!("--blink-settings=preferredColorScheme={scheme}"));
    command.arg(format!("file://{}", page.display()));
    command.env("HOME", dir.path()).env("XDG_RUNTIME_DIR", dir.path());
    let output = command.output().expect("chromium, from the Debian package of that name");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let console = said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned);
    let asked_network = match proxy.accept() {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
            false
        }
    };
    let picture = std::fs::read(&picture).unwrap_or_else(|error| panic!("{error}: {said}"));
    Looked { console: console.collect(), asked_network, picture }
}

/// Width and height of a PNG (its first chunk, IHDR).
pub fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (word(16), word(20))
}
