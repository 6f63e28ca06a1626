//! A real browser without a window, its console and its connections watched.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tempfile::TempDir;

/// What a browser did with a page.
#[derive(Debug)]
pub struct Looked {
    /// Everything the page's console said.
    pub console: Vec<String>,
    /// What was asked of the network, but for what the browser asks of its own accord.
    pub asked: Vec<String>,
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

/// Whom Chromium asks whatever it shows: the time, updates, an account.
const OF_ITS_OWN: [&str; 3] =
    ["clients2.google.com", "update.googleapis.com", "accounts.google.com"];

/// Opens a page in headless Chromium (Debian package `chromium`) with an empty profile.
/// Whatever it asks of the network goes to a proxy that hangs up.
pub fn look(page: &Path, how: Look) -> Looked {
    let dir = TempDir::new().expect("a folder");
    let proxy = Proxy::start();
    let picture: PathBuf = dir.path().join("page.png");
    let mut command = Command::new("chromium");
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic"]);
    command.args(["--no-first-run", "--disable-background-networking"]);
    command.args(["--disable-component-update", "--disable-sync", "--hide-scrollbars"]);
    command.args(["--disable-dev-shm-usage", "--disable-features=Translate,OptimizationHints"]);
    command.args(["--enable-logging=stderr", "--log-level=0"]);
    command.arg(format!("--proxy-server=http://{}", proxy.address));
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
    let asked = proxy.stop();
    let picture = std::fs::read(&picture).unwrap_or_else(|error| panic!("{error}: {said}"));
    Looked { console: console.collect(), asked, picture }
}

/// A proxy that hangs up on everybody and remembers what they asked for.
struct Proxy {
    address: SocketAddr,
    stop: Arc<AtomicBool>,
    listening: JoinHandle<Vec<String>>,
}

impl Proxy {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let listening = thread::spawn(move || {
            let mut asked = Vec::new();
            while let Ok((client, _)) = listener.accept() {
                if told.load(Ordering::SeqCst) {
                    break;
                }
                asked.extend(request(client));
            }
            asked
        });
        Self { address, stop, listening }
    }

    /// The request lines, but for the browser's own.
    fn stop(self) -> Vec<String> {
        self.stop.store(true, Ordering::SeqCst);
        // The last connection only wakes the listener.
        drop(TcpStream::connect(self.address));
        self.listening.join().expect("the proxy came to its end")
    }
}

/// The first line of what a client asks, unless it asks nothing or only for the browser.
fn request(mut client: TcpStream) -> Option<String> {
    client.set_read_timeout(Some(Duration::from_secs(5))).expect("a time limit");
    let mut start = [0; 512];
    let read = client.read(&mut start).unwrap_or_default();
    let text = String::from_utf8_lossy(&start[..read]).into_owned();
    let line = text.lines().next().unwrap_or_default();
    let target = line.split(' ').nth(1).unwrap_or_default().trim_start_matches("http://");
    let host = target.split(['/', ':']).next().unwrap_or_default();
    (read > 0 && !OF_ITS_OWN.contains(&host)).then(|| line.to_owned())
}

/// Width and height of a PNG (its first chunk, IHDR).
pub fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (word(16), word(20))
}
