//! What is typed at the terminal beside lines for the expert: it begins with a slash.

use assist_engine::call::{Call, CallError};

use super::drawing;
use crate::bad_link::{LinkChoice, RelayedFactory};

/// What there is to type, in words.
const COMMANDS: &str = "/arrow X Y, /circle X Y (0 to 1 over the picture), /undo, /delete, /pause, /resume, \
    /accept and /dismiss (what is offered because of the link), /save KBIT/S or /save off, \
    /link KBIT/S[,MS[,%]] (if the demo began with --link)";

/// Does what a line that begins with a slash says; none for any other line. What came of it, in words.
pub(super) fn obeyed(call: &Call, network: Option<&RelayedFactory>, line: &str) -> Option<String> {
    let mut words = line.strip_prefix('/')?.split_whitespace();
    let what = words.next().unwrap_or_default();
    let rest: Vec<&str> = words.collect();
    let done = |done: Result<(), CallError>| done.map(|()| "done".to_owned()).map_err(|error| error.to_string());
    let result = match (what, rest.as_slice()) {
        ("pause", []) => done(call.set_camera_paused(true)),
        ("resume", []) => done(call.set_camera_paused(false)),
        ("accept" | "dismiss", []) if call.link_snapshot().offer.is_none() => Err("nothing is offered now".to_owned()),
        ("accept", []) => done(call.accept_link_offer()),
        ("dismiss", []) => done(call.dismiss_link_offer()),
        ("save", ["off"]) => done(call.set_sending_ceiling(None)),
        ("save", [kbps]) => match kbps.parse::<u32>() {
            Ok(kbps) => done(call.set_sending_ceiling(Some(kbps.saturating_mul(1_000)))),
            Err(_) => Err(format!("{kbps:?} is no number of kbit/s")),
        },
        ("link", [choice]) => changed(network, choice),
        _ => drawing::drawn(call, what, &rest).unwrap_or_else(|| Err(format!("there are {COMMANDS}"))),
    };
    Some(result.unwrap_or_else(|error| error))
}

fn changed(network: Option<&RelayedFactory>, choice: &str) -> Result<String, String> {
    let choice: LinkChoice = choice.parse()?;
    let network = network.ok_or("the demo began without --link: there is nothing between the two to change")?;
    network.set(choice.into());
    Ok("the link is another one now".to_owned())
}
