//! The certificates a server shows, and whether this system trusts them.
//!
//! The chain is recorded whether or not it is trusted: an untrusted one is what support
//! wants to see. Nothing is sent over the connection, so recording it risks nothing.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::collect::Stop;

/// Time for the handshake.
const HANDSHAKE: Duration = Duration::from_secs(8);

/// Certificates shown; a chain has three or four.
const MOST: usize = 10;

/// What the server showed, and what this system thinks of it.
pub(super) fn look(host: &str, stream: TcpStream, stop: &Stop) -> Value {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let ended = handshake(host, stream, stop, seen.clone());
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let (version, problem) = match ended {
        Ok(version) => (version, None),
        Err(why) => (None, Some(why)),
    };
    json!({
        "version": version,
        "problem": problem,
        "trusted": seen.trusted.as_ref().map(Result::is_ok),
        "not_trusted_because": seen.trusted.as_ref().and_then(|trusted| trusted.as_ref().err()),
        "certificates": seen.chain.iter().map(|der| describe(der)).collect::<Vec<_>>(),
    })
}

/// Shakes hands; the version agreed on, or why there was no agreement.
fn handshake(
    host: &str,
    mut stream: TcpStream,
    stop: &Stop,
    seen: Arc<Mutex<Seen>>,
) -> Result<Option<String>, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let inner = Verifier::new(provider.clone()).map_err(|error| error.to_string())?;
    let verifier = Arc::new(Recorder { inner, seen });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let mut connection =
        ClientConnection::new(Arc::new(config), name).map_err(|error| error.to_string())?;
    let patience = Some(HANDSHAKE.min(stop.left()).max(Duration::from_millis(1)));
    let told = |error: io::Error| error.to_string();
    stream.set_read_timeout(patience).map_err(told)?;
    stream.set_write_timeout(patience).map_err(told)?;
    while connection.is_handshaking() {
        if stop.is_due() {
            return Err("no time was left for the handshake".into());
        }
        connection.complete_io(&mut stream).map_err(told)?;
    }
    Ok(connection.protocol_version().map(|version| format!("{version:?}")))
}

/// What was shown.
#[derive(Debug, Default)]
struct Seen {
    chain: Vec<Vec<u8>>,
    trusted: Option<Result<(), String>>,
}

/// Notes the chain and the system's verdict, and lets the handshake go on.
#[derive(Debug)]
struct Recorder {
    inner: Verifier,
    seen: Arc<Mutex<Seen>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verdict = self.inner.verify_server_cert(own, others, name, ocsp, now);
        let chain = std::iter::once(own).chain(others).take(MOST);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.chain = chain.map(|der| der.to_vec()).collect();
        seen.trusted = Some(verdict.map(|_| ()).map_err(|error| error.to_string()));
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Who a certificate is for, who issued it, when it holds.
fn describe(der: &[u8]) -> Value {
    let hash = crate::text::hex(&Sha256::digest(der));
    let Ok(certificate) = Certificate::from_der(der) else {
        return json!({ "sha256": hash, "problem": "it is not a readable certificate" });
    };
    let about = &certificate.tbs_certificate;
    json!({
        "sha256": hash,
        "subject": about.subject.to_string(),
        "issuer": about.issuer.to_string(),
        "not_before": about.validity.not_before.to_string(),
        "not_after": about.validity.not_after.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use rustls::pki_types::PrivateKeyDer;
    use rustls::{ServerConfig, ServerConnection};

    use super::*;

    const CERTIFICATE: &[u8] = include_bytes!("../../../tests/reach/certificate.der");
    const KEY: &[u8] = include_bytes!("../../../tests/reach/key.der");

    /// A server that shakes hands once, and reports what it was sent after that.
    fn server() -> (u16, std::thread::JoinHandle<usize>) {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(CERTIFICATE.to_vec())],
                PrivateKeyDer::try_from(KEY.to_vec()).unwrap(),
            )
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            let mut sent = Vec::new();
            while connection.complete_io(&mut stream).is_ok_and(|(read, _)| read > 0) {
                let _ = io::Read::read_to_end(&mut connection.reader(), &mut sent);
            }
            sent.len()
        });
        (port, served)
    }

    #[test]
    fn an_exchanged_certificate_is_shown_and_not_trusted_and_nothing_is_sent() {
        let (port, served) = server();
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let stop = Stop::new(Arc::default(), Duration::from_secs(60));
        let found = look("localhost", stream, &stop);
        assert_eq!(found["trusted"], false, "{found:#}");
        assert!(found["not_trusted_because"].is_string(), "{found:#}");
        let shown = &found["certificates"][0];
        assert!(shown["issuer"].as_str().unwrap().contains("Example Interception"), "{shown}");
        assert!(shown["not_after"].as_str().unwrap().starts_with("21"), "{shown}");
        assert_eq!(served.join().unwrap(), 0, "a request was sent");
    }
}
