//! Whether a management server can be reached: names, connection, certificates.
//!
//! Runs only when a host was named on the command line. Nothing is sent but what opening a
//! TLS connection sends: the connection is closed before a request.

mod certificates;
mod destination;

use std::io;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Asked, Budget, Collector, Context, Ending, Source, Stop, System};
use crate::host::Root;
pub use destination::Destination;

/// Reachability of a management server.
pub(super) struct Reachability;

/// Addresses tried; a service has a few.
const MOST_ADDRESSES: usize = 4;

/// Time for one connection.
const CONNECT: Duration = Duration::from_secs(5);

impl Source for Reachability {
    fn id(&self) -> &'static str {
        "reachability"
    }
    fn reads(&self) -> &'static str {
        "whether a management server can be reached: its addresses, a connection, its TLS \
         certificates; only with --reach HOST"
    }
    fn wanted_for(&self) -> &'static str {
        "managed drives fail when a proxy, a firewall or an exchanged certificate is in the way"
    }
    fn systems(&self) -> &'static [System] {
        &[System::Linux, System::Windows, System::Macos]
    }
    fn budget(&self) -> Budget {
        Budget { time: Duration::from_secs(20), bytes: 256 * 1024 }
    }
    fn is_wanted(&self, asked: &Asked) -> bool {
        asked.reach.is_some()
    }
}

impl Collector for Reachability {
    fn collect(&self, root: &Root, context: &Context) -> Ending {
        let Some(destination) = &context.asked.reach else {
            return Ending::Skipped("no server was named; --reach HOST names one".into());
        };
        if !root.is_live() {
            return Ending::Skipped("this machine's network is not that of the recording".into());
        }
        Ending::fields("reachability.json", look(destination, &context.stop))
    }
}

/// Names, then connections, then certificates; each step says how far it got.
fn look(destination: &Destination, stop: &Stop) -> Value {
    let resolved = (destination.host.as_str(), destination.port).to_socket_addrs();
    let (addresses, dns_problem) = match resolved {
        Ok(addresses) => (addresses.take(MOST_ADDRESSES).collect(), None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let mut open = None;
    let mut tried = Vec::new();
    for address in addresses {
        if stop.is_due() {
            break;
        }
        let connected = TcpStream::connect_timeout(&address, CONNECT.min(stop.left()));
        tried.push(attempt(address, connected.as_ref().err()));
        open = open.or(connected.ok());
    }
    json!({
        "server": destination.host,
        "server_port": destination.port,
        "proxy_configured": proxy_is_configured(),
        "dns": { "problem": dns_problem },
        "connections": tried,
        "tls": open.map(|stream| certificates::look(&destination.host, stream, stop)),
    })
}

fn attempt(address: SocketAddr, error: Option<&io::Error>) -> Value {
    let outcome = match error.map(io::Error::kind) {
        None => "connected",
        Some(io::ErrorKind::ConnectionRefused) => "refused",
        Some(io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => "no answer",
        Some(_) => "failed",
    };
    json!({
        "address": address.ip().to_string(),
        "outcome": outcome,
        "problem": error.map(ToString::to_string),
    })
}

/// Programs that follow these variables would take another way than this look did.
fn proxy_is_configured() -> bool {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::sync::Arc;

    use super::*;

    fn stop() -> Stop {
        Stop::new(Arc::default(), Duration::from_secs(60))
    }

    #[test]
    fn a_closed_port_and_a_name_without_address_are_told() {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let destination = Destination { host: "127.0.0.1".into(), port: free };
        let found = look(&destination, &stop());
        assert_eq!(found["connections"][0]["outcome"], "refused", "{found}");
        assert_eq!(found["tls"], Value::Null);
        let nowhere = Destination { host: "no-such-host.invalid".into(), port: 443 };
        let found = look(&nowhere, &stop());
        assert!(found["dns"]["problem"].is_string(), "{found}");
    }

    #[test]
    fn a_server_that_speaks_no_tls_or_says_nothing_is_told() {
        for greeting in [b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), b""] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let _ = io::Write::write_all(&mut stream, greeting);
            });
            let found = look(&Destination { host: "127.0.0.1".into(), port }, &stop());
            assert_eq!(found["connections"][0]["outcome"], "connected");
            assert!(found["tls"]["problem"].is_string(), "{found}");
            assert_eq!(found["tls"]["trusted"], Value::Null);
        }
    }
}
