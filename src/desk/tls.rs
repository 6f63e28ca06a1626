//! Whom to trust over TLS: the system's roots, and a CA of one's own. Remembers the issuer
//! that was not trusted, for the person to recognise.

use std::sync::{Arc, Mutex};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::text::visible;

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub(super) enum TrustError {
    /// The file of CA certificates is not one.
    #[error("the CA file holds no PEM certificate")]
    NoCertificate,
    /// A certificate in it cannot be read, or the system's roots cannot.
    #[error("can't set up TLS")]
    Tls(#[from] rustls::Error),
}

/// The issuer that was not trusted last.
#[derive(Clone, Debug, Default)]
pub(super) struct Untrusted(Arc<Mutex<Option<String>>>);

impl Untrusted {
    /// Takes it.
    pub(super) fn take(&self) -> Option<String> {
        self.0.lock().ok()?.take()
    }

    fn set(&self, issuer: String) {
        if let Ok(mut place) = self.0.lock() {
            *place = Some(issuer);
        }
    }
}

/// Certificates of a PEM file.
pub(super) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    all.ok().filter(|all| !all.is_empty()).ok_or(TrustError::NoCertificate)
}

/// A client that trusts the system's roots and those of `ca` (PEM).
pub(super) fn client(ca: Option<&[u8]>) -> Result<(ClientConfig, Untrusted), TrustError> {
    let provider = Arc::new(ring::default_provider());
    let own = ca.map(certificates).transpose()?.unwrap_or_default();
    let untrusted = Untrusted::default();
    let verifier = Remembering {
        inner: Verifier::new_with_extra_roots(own, provider.clone())?,
        untrusted: untrusted.clone(),
    };
    let config = builder(provider)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok((config, untrusted))
}

type Builder = rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>;

fn builder(provider: Arc<CryptoProvider>) -> Result<Builder, rustls::Error> {
    ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}

/// The system's verifier. What it decides stands; only the reason is written down.
#[derive(Debug)]
struct Remembering {
    inner: Verifier,
    untrusted: Untrusted,
}

impl ServerCertVerifier for Remembering {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        if let Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer)) = verified {
            // The last certificate sent is the nearest to the root, and names it.
            let last = intermediates.last().unwrap_or(end_entity);
            self.untrusted.set(issuer(last).unwrap_or_else(|| "it names none".into()));
        }
        verified
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// What a person reads about an issuer that is not trusted.
pub(super) fn not_trusted(issuer: &str) -> String {
    format!(
        "issuer not trusted: {}, is your network inspecting TLS? If it is meant to, \
         --ca-file takes its CA certificate",
        visible(issuer)
    )
}

/// Common name and organisation of a certificate's issuer.
fn issuer(certificate: &CertificateDer<'_>) -> Option<String> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let name = certificate.issuer();
    let parts = [COMMON_NAME, ORGANISATION].into_iter().filter_map(|id| attribute(name, id));
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Object identifiers 2.5.4.3 and 2.5.4.10 as they stand in a name.
const COMMON_NAME: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x03];
const ORGANISATION: &[u8] = &[0x06, 0x03, 0x55, 0x04, 0x0a];

/// The text after an object identifier: type, length, bytes. Longer names than 127 bytes
/// are not shown.
fn attribute(name: &[u8], id: &[u8]) -> Option<String> {
    let at = name.windows(id.len()).position(|window| window == id)?;
    let rest = name.get(at + id.len()..)?;
    let length = usize::from(*rest.get(1).filter(|length| **length < 128)?);
    let text = rest.get(2..2 + length)?;
    Some(String::from_utf8_lossy(text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_read_from_its_name() {
        // SET { SEQUENCE { 2.5.4.10, UTF8String "Acme" } },
        // SET { SEQUENCE { 2.5.4.3, "Proxy CA" } }
        let mut name = vec![0x31, 0x0d, 0x30, 0x0b];
        name.extend([ORGANISATION, &[0x0c, 4], b"Acme"].concat());
        name.extend([0x31, 0x11, 0x30, 0x0f]);
        name.extend([COMMON_NAME, &[0x13, 8], b"Proxy CA"].concat());
        assert_eq!(attribute(&name, COMMON_NAME).as_deref(), Some("Proxy CA"));
        assert_eq!(attribute(&name, ORGANISATION).as_deref(), Some("Acme"));
        for cut in 0..name.len() {
            // Cut anywhere, it says less and never fails.
            let _ = attribute(&name[..cut], COMMON_NAME);
        }
        assert_eq!(attribute(&[COMMON_NAME, &[0x0c, 0xff, b'x']].concat(), COMMON_NAME), None);
    }

    #[test]
    fn a_file_without_certificates_is_refused() {
        for text in ["", "hello", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n"] {
            assert!(certificates(text.as_bytes()).is_err(), "{text}");
        }
    }
}
