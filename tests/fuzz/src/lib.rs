//! Everything that reads bytes a stranger wrote, as functions over bytes that must return.
//!
//! A new target is a function and a line in [`TARGETS`], with some examples in `corpus/NAME/`. `cargo test -p assist-fuzz`
//! runs every target over its examples and thousands of seeded mutations of them; what makes one panic is printed, and
//! belongs into the corpus. Any fuzzer can drive a target's `run` as it is.

mod mutation;
mod targets;

pub use mutation::Mutator;

/// A function over arbitrary bytes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Its name, and the folder of its examples.
    pub name: &'static str,
    /// Panics when something is wrong.
    pub run: fn(&[u8]),
    /// How many mutations a test run tries: fewer of what decodes pictures.
    pub mutations: usize,
}

/// Keeps a whole run below a few seconds.
const QUICK: usize = 4_000;

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "client_message",
        run: targets::messages::client_message,
        mutations: QUICK,
    },
    Target {
        name: "hub_message",
        run: targets::messages::hub_message,
        mutations: QUICK,
    },
    Target {
        name: "call_body",
        run: targets::messages::call_body,
        mutations: QUICK,
    },
    Target {
        name: "channel_message",
        run: targets::messages::channel_message,
        mutations: QUICK,
    },
    Target {
        name: "call_machine",
        run: targets::call_machine::call_machine,
        mutations: QUICK,
    },
    Target {
        name: "operation_log",
        run: targets::operation_log::operation_log,
        mutations: QUICK,
    },
    Target {
        name: "annotation_document",
        run: targets::annotations::annotation_document,
        mutations: QUICK,
    },
    Target {
        name: "live_message",
        run: targets::messages::live_message,
        mutations: QUICK,
    },
    Target {
        name: "shell_frames",
        run: assist_engine::annotations::fuzz_frames,
        mutations: QUICK,
    },
    Target {
        name: "overlay_lines",
        run: targets::annotations::overlay_lines,
        mutations: QUICK,
    },
    Target {
        name: "audio_packets",
        run: assist_engine::audio::fuzz_audio_packet,
        mutations: 1_000,
    },
    Target {
        name: "wav_file",
        run: assist_headless::microphone::fuzz_wav,
        mutations: QUICK,
    },
    Target {
        name: "mp4_file",
        run: assist_headless::clip::fuzz_clip,
        mutations: 60,
    },
];
