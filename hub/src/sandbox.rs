//! The sandbox tenant: two accounts, one key that opens both, and short-lived tokens.

mod keys;
mod ring_hmac;
mod sign_in;
mod token;

pub(crate) use keys::Keys;
pub(crate) use sign_in::sign_in;
pub(crate) use token::Tokens;

use assist_protocol::PersonId;

use crate::store::PersonRow;

/// The accounts of every sandbox tenant.
pub(crate) fn accounts() -> Vec<PersonRow> {
    let account = |(id, name): (&str, &str)| {
        let id = PersonId::new(id).ok()?;
        Some(PersonRow {
            id,
            name: name.to_owned(),
        })
    };
    [("technician", "Tina Technician"), ("expert", "Ed Expert")]
        .into_iter()
        .filter_map(account)
        .collect()
}
