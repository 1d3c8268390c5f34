//! HTTPS: a certificate from files, or one the hub makes itself for trials on a local network.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{HubError, Tls, private_file};

/// Phones refuse certificates that are good for more than 825 days.
const VALID_DAYS: i64 = 365;
/// A certificate is replaced when it has less than this left.
const RENEW_DAYS: i64 = 30;

/// What the hub needs for HTTPS, or nothing for plain HTTP.
pub(crate) fn server_config(tls: &Tls, listen: SocketAddr, data: &Path) -> Result<Option<Arc<ServerConfig>>, HubError> {
    match tls {
        Tls::Off => Ok(None),
        Tls::Files { certificate, key } => load(certificate, key).map(Some),
        Tls::SelfSigned => {
            let (certificate, key) = self_signed(listen, data)?;
            load(&certificate, &key).map(Some)
        }
    }
}

fn load(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, HubError> {
    let unusable = |path: &Path, reason: String| HubError::Certificate {
        path: path.to_owned(),
        reason,
    };
    let text = fs::read(certificate).map_err(|error| unusable(certificate, error.to_string()))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| unusable(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable(certificate, "it holds no certificate".to_owned()));
    }
    let text = fs::read(key).map_err(|error| unusable(key, error.to_string()))?;
    let private =
        PrivateKeyDer::from_pem_slice(&text).map_err(|_| unusable(key, "it holds no private key".to_owned()))?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private))
        .map_err(|error| unusable(certificate, format!("it does not work with {}: {error}", key.display())))?;
    // WebSockets are asked for over HTTP/1.1.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What a certificate of ours was made for, kept beside it so that it need not be read back.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MadeFor {
    names: Vec<String>,
    expires_at_s: i64,
}

/// The certificate and the key in the data folder, made anew when this machine's addresses have changed.
fn self_signed(listen: SocketAddr, data: &Path) -> Result<(PathBuf, PathBuf), HubError> {
    let folder = data.join("tls");
    let [certificate, key, made_for] = ["certificate.pem", "key.pem", "made_for.json"].map(|name| folder.join(name));
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| HubError::DataFolder { path, source }
    };
    fs::create_dir_all(&folder).map_err(failed(&folder))?;
    let names = names(listen);
    let now = OffsetDateTime::now_utc();
    let known = fs::read(&made_for)
        .ok()
        .and_then(|text| serde_json::from_slice::<MadeFor>(&text).ok());
    let is_good = known.is_some_and(|known| {
        known.names == names && known.expires_at_s > (now + Duration::days(RENEW_DAYS)).unix_timestamp()
    });
    if is_good && certificate.exists() && key.exists() {
        return Ok((certificate, key));
    }
    let expiry = now + Duration::days(VALID_DAYS);
    let (certificate_pem, key_pem) = make(&names, now, expiry).map_err(|error| HubError::Certificate {
        path: certificate.clone(),
        reason: error.to_string(),
    })?;
    let made = MadeFor {
        names,
        expires_at_s: expiry.unix_timestamp(),
    };
    private_file::write(&key, &key_pem).map_err(failed(&key))?;
    private_file::write(&certificate, &certificate_pem).map_err(failed(&certificate))?;
    private_file::write(&made_for, &serde_json::json!(made).to_string()).map_err(failed(&made_for))?;
    Ok((certificate, key))
}

fn make(names: &[String], now: OffsetDateTime, expiry: OffsetDateTime) -> Result<(String, String), rcgen::Error> {
    let mut params = CertificateParams::new(names.to_vec())?;
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Assist hub on this network");
    // Clocks of phones on the same network may be a little behind.
    params.not_before = now - Duration::days(1);
    params.not_after = expiry;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    Ok((certificate.pem(), key.serialize_pem()))
}

/// The names and addresses by which this machine may be asked.
fn names(listen: SocketAddr) -> Vec<String> {
    let mut addresses = vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
    addresses.extend(reachable(listen));
    addresses.sort();
    addresses.dedup();
    std::iter::once("localhost".to_owned())
        .chain(addresses.iter().map(IpAddr::to_string))
        .collect()
}

/// The addresses at which something that listens there is reached from elsewhere.
pub(crate) fn reachable(listen: SocketAddr) -> Vec<IpAddr> {
    if !listen.ip().is_unspecified() {
        return vec![listen.ip()];
    }
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let wanted = |address: &IpAddr| {
        let link_local = matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
        !address.is_loopback() && !link_local && (listen.is_ipv6() || address.is_ipv4())
    };
    interfaces.iter().map(if_addrs::Interface::ip).filter(wanted).collect()
}
