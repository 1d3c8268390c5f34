//! Access tokens: JSON Web Tokens (RFC 7519), HS256, a quarter of an hour.

use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use assist_protocol::PersonId;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use super::{Keys, ring_hmac};

const ISSUER: &str = "assist-hub";
const AUDIENCE: &str = "signal";
/// How long a token is good for. Sessions that it opened go on.
pub(super) const LIFETIME: Duration = Duration::from_secs(15 * 60);

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: PersonId,
    iat: u64,
    exp: u64,
}

/// Issues and checks access tokens.
pub(crate) struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(crate) fn new(keys: &Keys) -> Self {
        ring_hmac::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Issued and checked by one clock.
        validation.leeway = 0;
        Self {
            encoding: EncodingKey::from_secret(&keys.signing),
            decoding: DecodingKey::from_secret(&keys.signing),
            validation,
        }
    }

    /// A token that says its bearer is this person.
    pub(crate) fn issue(&self, person: &PersonId) -> Option<String> {
        self.issue_at(person, SystemTime::now())
    }

    fn issue_at(&self, person: &PersonId, now: SystemTime) -> Option<String> {
        let iat = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: person.clone(),
            iat,
            exp: iat + LIFETIME.as_secs(),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.encoding).ok()
    }

    /// Who the bearer of this token is, if it is ours and still good.
    pub(crate) fn person(&self, token: &str) -> Option<PersonId> {
        let data = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation).ok()?;
        Some(data.claims.sub)
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Tokens(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> (tempfile::TempDir, Tokens) {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::load(folder.path()).unwrap();
        (folder, Tokens::new(&keys))
    }

    #[test]
    fn a_token_names_its_bearer_until_it_expires() {
        let (_folder, tokens) = tokens();
        let expert = PersonId::new("expert").unwrap();
        let fresh = tokens.issue(&expert).unwrap();
        assert_eq!(tokens.person(&fresh), Some(expert.clone()));
        let old = tokens
            .issue_at(&expert, SystemTime::now() - LIFETIME - Duration::from_secs(1))
            .unwrap();
        assert_eq!(tokens.person(&old), None);
    }

    #[test]
    fn tokens_of_another_hub_and_changed_or_unsigned_ones_are_refused() {
        let (_folder, ours) = tokens();
        let (_other_folder, theirs) = tokens();
        let expert = PersonId::new("expert").unwrap();
        assert_eq!(ours.person(&theirs.issue(&expert).unwrap()), None);
        let token = ours.issue(&expert).unwrap();
        let mut parts = token.split('.');
        let (_, claims, tag) = (parts.next(), parts.next().unwrap(), parts.next().unwrap());
        // {"alg":"none","typ":"JWT"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
        assert_eq!(ours.person(&format!("{none}.{claims}.")), None);
        assert_eq!(ours.person(&format!("{none}.{claims}.{tag}")), None);
        assert_eq!(ours.person(&token.replace(claims, &claims.to_lowercase())), None);
    }
}
