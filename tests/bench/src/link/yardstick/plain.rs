//! No cryptography: in virtual time nobody listens, and only sizes matter. What has to be computed is a constant or a copy, so that
//! both ends agree; every packet is as long as it would be with AES-128-CM and HMAC-SHA1-80.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use str0m_virtual::config::DtlsVersion;
use str0m_virtual::crypto::dtls::{
    DtlsCert, DtlsImplError, DtlsInstance, DtlsOutput, DtlsProvider, KeyingMaterial, ProtocolVersion, SrtpProfile,
};
use str0m_virtual::crypto::{
    AeadAes128GcmCipher, AeadAes256GcmCipher, Aes128CmSha1_80Cipher, CryptoError, CryptoProvider, Sha1HmacProvider,
    Sha1Provider, Sha256Provider, SrtpProvider, SupportedAeadAes128Gcm, SupportedAeadAes256Gcm,
    SupportedAes128CmSha1_80,
};

/// What DTLS puts before and after application data, bytes.
const RECORD_BYTES: usize = 13 + 24;
/// RFC 5764: the first byte of a record of application data.
const APPLICATION_DATA: u8 = 23;
/// Two keys of 16 and two salts of 14 bytes (RFC 5764, 4.2).
const KEYING_BYTES: usize = 60;
const A_LONG_TIME: Duration = Duration::from_secs(3_600);

/// Everything in plain sight.
#[derive(Debug)]
struct Plain;

/// For `RtcConfig::set_crypto_provider`.
pub(super) fn provider() -> CryptoProvider {
    CryptoProvider {
        srtp_provider: &Plain,
        sha1_hmac_provider: &Plain,
        sha1_provider: &Plain,
        sha256_provider: &Plain,
        dtls_provider: &Plain,
    }
}

impl Sha1HmacProvider for Plain {
    fn sha1_hmac(&self, _key: &[u8], _payloads: &[&[u8]]) -> [u8; 20] {
        [1; 20]
    }
}

impl Sha1Provider for Plain {
    fn sha1(&self, _data: &[u8]) -> [u8; 20] {
        [2; 20]
    }
}

impl Sha256Provider for Plain {
    fn sha256(&self, _data: &[u8]) -> [u8; 32] {
        [3; 32]
    }
}

impl SrtpProvider for Plain {
    fn aes_128_cm_sha1_80(&self) -> &'static dyn SupportedAes128CmSha1_80 {
        &Plain
    }

    fn aead_aes_128_gcm(&self) -> &'static dyn SupportedAeadAes128Gcm {
        &Plain
    }

    fn aead_aes_256_gcm(&self) -> &'static dyn SupportedAeadAes256Gcm {
        &Plain
    }

    fn srtp_aes_128_ecb_round(&self, _key: &[u8], _input: &[u8], _output: &mut [u8]) {}

    fn srtp_aes_256_ecb_round(&self, _key: &[u8], _input: &[u8], _output: &mut [u8]) {}
}

impl SupportedAes128CmSha1_80 for Plain {
    fn create_cipher(&self, _key: [u8; 16], _encrypt: bool) -> Box<dyn Aes128CmSha1_80Cipher> {
        Box::new(Plain)
    }
}

impl SupportedAeadAes128Gcm for Plain {
    fn create_cipher(&self, _key: [u8; 16], _encrypt: bool) -> Box<dyn AeadAes128GcmCipher> {
        Box::new(Plain)
    }
}

impl SupportedAeadAes256Gcm for Plain {
    fn create_cipher(&self, _key: [u8; 32], _encrypt: bool) -> Box<dyn AeadAes256GcmCipher> {
        Box::new(Plain)
    }
}

impl Aes128CmSha1_80Cipher for Plain {
    fn encrypt(&mut self, _iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        copy(input, output).map(drop)
    }

    fn decrypt(&mut self, _iv: &[u8; 16], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        copy(input, output).map(drop)
    }
}

impl AeadAes128GcmCipher for Plain {
    fn encrypt(&mut self, _iv: &[u8; 12], _aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        copy(input, output).map(drop)
    }

    fn decrypt(
        &mut self,
        _iv: &[u8; 12],
        _aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        copy(input, output)
    }
}

impl AeadAes256GcmCipher for Plain {
    fn encrypt(&mut self, _iv: &[u8; 12], _aad: &[u8], input: &[u8], output: &mut [u8]) -> Result<(), CryptoError> {
        copy(input, output).map(drop)
    }

    fn decrypt(
        &mut self,
        _iv: &[u8; 12],
        _aads: &[&[u8]],
        input: &[u8],
        output: &mut [u8],
    ) -> Result<usize, CryptoError> {
        copy(input, output)
    }
}

fn copy(input: &[u8], output: &mut [u8]) -> Result<usize, CryptoError> {
    let too_small = || CryptoError::Other("the output is too small".to_owned());
    output
        .get_mut(..input.len())
        .ok_or_else(too_small)?
        .copy_from_slice(input);
    Ok(input.len())
}

impl DtlsProvider for Plain {
    fn generate_certificate(&self) -> Option<DtlsCert> {
        Some(DtlsCert {
            certificate: vec![4; 32],
            private_key: vec![5; 32],
        })
    }

    fn new_dtls(
        &self,
        _cert: &DtlsCert,
        now: Instant,
        _dtls_version: DtlsVersion,
        _mtu: Option<usize>,
    ) -> Result<Box<dyn DtlsInstance>, CryptoError> {
        Ok(Box::new(PlainDtls {
            now,
            is_active: false,
            said: 0,
            outgoing: VecDeque::new(),
            incoming: VecDeque::new(),
        }))
    }
}

/// Is connected from the beginning; passes on what it is given.
#[derive(Debug)]
struct PlainDtls {
    now: Instant,
    is_active: bool,
    /// How much of what follows a handshake was told.
    said: u8,
    outgoing: VecDeque<Vec<u8>>,
    incoming: VecDeque<Vec<u8>>,
}

impl DtlsInstance for PlainDtls {
    fn set_active(&mut self, active: bool) {
        self.is_active = active;
    }

    fn handle_packet(&mut self, packet: &[u8]) -> Result<(), DtlsImplError> {
        self.incoming
            .push_back(packet.get(RECORD_BYTES..).unwrap_or_default().to_vec());
        Ok(())
    }

    fn poll_output<'a>(&mut self, buf: &'a mut [u8]) -> DtlsOutput<'a> {
        self.said = self.said.saturating_add(1);
        match self.said {
            1 => return DtlsOutput::Connected,
            2 => {
                return DtlsOutput::KeyingMaterial(
                    KeyingMaterial::new(&[6; KEYING_BYTES]),
                    SrtpProfile::AES128_CM_SHA1_80,
                );
            }
            _ => {}
        }
        let outgoing = self.outgoing.pop_front();
        let is_outgoing = outgoing.is_some();
        match outgoing.or_else(|| self.incoming.pop_front()) {
            Some(bytes) => {
                let length = bytes.len().min(buf.len());
                buf[..length].copy_from_slice(&bytes[..length]);
                if is_outgoing {
                    DtlsOutput::Packet(&buf[..length])
                } else {
                    DtlsOutput::ApplicationData(&buf[..length])
                }
            }
            None => DtlsOutput::Timeout(self.now + A_LONG_TIME),
        }
    }

    fn handle_timeout(&mut self, now: Instant) -> Result<(), DtlsImplError> {
        self.now = now;
        Ok(())
    }

    fn send_application_data(&mut self, data: &[u8]) -> Result<usize, DtlsImplError> {
        let mut record = vec![0; RECORD_BYTES];
        record[0] = APPLICATION_DATA;
        record.extend_from_slice(data);
        self.outgoing.push_back(record);
        Ok(data.len())
    }

    fn is_active(&self) -> bool {
        self.is_active
    }

    fn protocol_version(&self) -> Option<ProtocolVersion> {
        None
    }

    fn close(&mut self) -> Result<(), DtlsImplError> {
        Ok(())
    }
}
