//! Sets of numbers that are mostly without gaps.

/// A set of numbers, kept as runs of numbers that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Numbers {
    /// First and last of each run; ascending, with a gap between any two.
    runs: Vec<(u32, u32)>,
}

impl Numbers {
    /// All numbers from 1 to `through`, but for `except`.
    pub(super) fn up_to(through: u32, except: &[u32]) -> Self {
        let mut except = except.to_vec();
        except.sort_unstable();
        let mut runs = Vec::new();
        let mut next = 1_u32;
        for &number in except.iter().filter(|number| **number <= through) {
            if number > next {
                runs.push((next, number - 1));
            }
            next = next.max(number.saturating_add(1));
        }
        if next <= through && !except.contains(&next) {
            runs.push((next, through));
        }
        Self { runs }
    }

    pub(super) fn one(number: u32) -> Self {
        Self {
            runs: vec![(number, number)],
        }
    }

    pub(super) fn contains(&self, number: u32) -> bool {
        let after = self.runs.partition_point(|(first, _)| *first <= number);
        after > 0 && self.runs[after - 1].1 >= number
    }

    /// The numbers that are in either.
    pub(super) fn union(&self, other: &Self) -> Self {
        let mut runs: Vec<(u32, u32)> = Vec::with_capacity(self.runs.len() + other.runs.len());
        let (mut ours, mut theirs) = (self.runs.iter().peekable(), other.runs.iter().peekable());
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some(our), Some(their)) if our <= their => ours.next(),
                (_, Some(_)) => theirs.next(),
                (_, None) => ours.next(),
            };
            let Some(&(first, last)) = next else { break };
            match runs.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => runs.push((first, last)),
            }
        }
        Self { runs }
    }

    /// How many runs there are.
    pub(super) fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The highest number.
    pub(super) fn last(&self) -> Option<u32> {
        self.runs.last().map(|(_, last)| *last)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = Numbers> {
        prop_oneof![
            (0_u32..30, prop::collection::vec(0_u32..35, 0..12))
                .prop_map(|(through, except)| Numbers::up_to(through, &except)),
            (1_u32..30).prop_map(Numbers::one),
        ]
    }

    fn set(numbers: &Numbers) -> BTreeSet<u32> {
        (0..40).filter(|number| numbers.contains(*number)).collect()
    }

    proptest! {
        #[test]
        fn up_to_is_what_it_says(through in 0_u32..30, except in prop::collection::vec(0_u32..35, 0..12)) {
            let expected: BTreeSet<_> = (1..=through).filter(|number| !except.contains(number)).collect();
            prop_assert_eq!(set(&Numbers::up_to(through, &except)), expected);
        }

        #[test]
        fn a_union_is_what_it_says(parts in prop::collection::vec(numbers(), 0..6)) {
            let all = parts.iter().fold(Numbers::default(), |all, part| all.union(part));
            prop_assert_eq!(set(&all), parts.iter().flat_map(set).collect());
            prop_assert_eq!(all.last(), set(&all).last().copied());
            prop_assert!(all.runs.windows(2).all(|pair| pair[0].1 + 1 < pair[1].0), "{:?}", all);
        }
    }

    #[test]
    fn the_highest_numbers_are_numbers_too() {
        let all = Numbers::up_to(u32::MAX, &[u32::MAX]);
        assert!(all.contains(1) && all.contains(u32::MAX - 1) && !all.contains(u32::MAX));
        let all = all.union(&Numbers::one(u32::MAX));
        assert_eq!((all.runs(), all.last()), (1, Some(u32::MAX)));
    }
}
