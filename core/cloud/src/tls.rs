//! Whom this project's clients trust: the public roots that come with it, and those that the app adds.
//!
//! The platform's own verifier is left alone on purpose: on Android it works only after the app has set it up through JNI, and
//! panics before. A company's root comes as an additional certificate.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// Why nobody can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsSetupError {
    /// An additional root is none.
    #[error("the additional certificate cannot be used: it must be an X.509 certificate in PEM form")]
    Certificate,
    /// The cryptography of this build lacks what TLS needs.
    #[error("secure connections are not possible with this build")]
    Cryptography,
}

/// The certificates of a PEM text; at least one.
///
/// # Errors
/// [`TlsSetupError::Certificate`].
pub fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsSetupError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or(TlsSetupError::Certificate)
}

/// A TLS client that trusts the public roots and `extra_roots`.
///
/// # Errors
/// See [`TlsSetupError`].
pub fn client_config(extra_roots: &[CertificateDer<'static>]) -> Result<ClientConfig, TlsSetupError> {
    let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for root in extra_roots {
        roots.add(root.clone()).map_err(|_| TlsSetupError::Certificate)?;
    }
    // The provider is named, not looked up: the process may have another default, or none.
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| TlsSetupError::Cryptography)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rubbish_is_no_certificate() {
        for pem in [
            "",
            "rubbish",
            "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----",
        ] {
            assert_eq!(certificates(pem.as_bytes()), Err(TlsSetupError::Certificate), "{pem}");
        }
        let not_one = CertificateDer::from(vec![1, 2, 3]);
        assert_eq!(client_config(&[not_one]).err(), Some(TlsSetupError::Certificate));
        assert!(client_config(&[]).is_ok());
    }
}
