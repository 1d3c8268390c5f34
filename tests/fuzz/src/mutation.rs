//! Examples, changed a little at random.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// Bytes that parsers tend to treat specially.
const SPECIAL: &[&[u8]] = &[
    b"\0",
    b"\xff",
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\u0000",
    b"null",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"\xc3",
];

/// Makes new inputs out of examples; the same seed makes the same ones.
#[derive(Debug)]
pub struct Mutator {
    random: ChaCha8Rng,
}

impl Mutator {
    /// A source of mutations.
    pub fn new(seed: u64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    /// One of the examples, changed in one to eight places. Empty without examples.
    pub fn mutate(&mut self, examples: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = self.pick(examples);
        for _ in 0..self.random.random_range(1..=8) {
            self.change(&mut bytes, examples);
        }
        bytes
    }

    fn pick(&mut self, examples: &[Vec<u8>]) -> Vec<u8> {
        if examples.is_empty() {
            return Vec::new();
        }
        examples[self.random.random_range(0..examples.len())].clone()
    }

    fn change(&mut self, bytes: &mut Vec<u8>, examples: &[Vec<u8>]) {
        let at = self.random.random_range(0..=bytes.len());
        let until = self.random.random_range(at..=bytes.len().min(at + 32));
        match self.random.random_range(0..7) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << self.random.random_range(0..8);
                }
            }
            1 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = self.random.random();
                }
            }
            2 => drop(bytes.drain(at..until)),
            3 => {
                let copy = bytes[at..until].to_vec();
                bytes.splice(at..at, copy);
            }
            4 => {
                let special = SPECIAL[self.random.random_range(0..SPECIAL.len())];
                bytes.splice(at..until, special.iter().copied());
            }
            5 => {
                let other = self.pick(examples);
                let from = self.random.random_range(0..=other.len());
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            _ => bytes.truncate(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_replays_and_changes_something() {
        let examples = vec![b"an example".to_vec(), b"another".to_vec()];
        let of_seed = |seed| {
            let mut mutator = Mutator::new(seed);
            (0..200).map(|_| mutator.mutate(&examples)).collect::<Vec<_>>()
        };
        assert_eq!(of_seed(1), of_seed(1));
        assert_ne!(of_seed(1), of_seed(2));
        assert!(of_seed(1).iter().filter(|bytes| !examples.contains(bytes)).count() > 150);
    }

    #[test]
    fn no_examples_make_nothing_much() {
        assert!(Mutator::new(1).mutate(&[]).len() < 256);
    }
}
