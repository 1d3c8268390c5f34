//! A list that arrives in parts, in any order and more than once.

use std::collections::BTreeMap;

/// The list so far without a gap, and the parts that wait for one to close.
#[derive(Debug, Clone)]
pub(super) struct Assembly<T> {
    ready: Vec<T>,
    /// By the index of their first item, beyond what is ready.
    early: BTreeMap<usize, Vec<T>>,
    early_items: usize,
    /// How long the list will be, once that is known.
    total: Option<usize>,
}

impl<T: Copy> Assembly<T> {
    pub(super) fn new() -> Self {
        Self {
            ready: Vec::new(),
            early: BTreeMap::new(),
            early_items: 0,
            total: None,
        }
    }

    /// Takes a part whose first item is item `from` of the list. Returns whether what is ready, or complete, changed.
    pub(super) fn insert(&mut self, from: usize, items: &[T], is_last: bool) -> bool {
        let before = (self.ready.len(), self.is_complete());
        if is_last && self.total.is_none() {
            self.total = Some(from.saturating_add(items.len()));
        }
        if from <= self.ready.len() {
            self.append(from, items);
            self.close_gaps();
        } else if self.early.get(&from).is_none_or(|known| known.len() < items.len()) {
            self.early_items += items.len();
            let replaced = self.early.insert(from, items.to_vec());
            self.early_items -= replaced.map_or(0, |replaced| replaced.len());
        }
        if self.is_complete() {
            self.early.clear();
            self.early_items = 0;
        }
        before != (self.ready.len(), self.is_complete())
    }

    fn append(&mut self, from: usize, items: &[T]) {
        let until = self.total.unwrap_or(usize::MAX).saturating_sub(from).min(items.len());
        if let Some(new) = items[..until].get(self.ready.len() - from..) {
            self.ready.extend_from_slice(new);
        }
    }

    fn close_gaps(&mut self) {
        while let Some(entry) = self.early.first_entry() {
            if *entry.key() > self.ready.len() {
                return;
            }
            let (from, items) = entry.remove_entry();
            self.early_items -= items.len();
            self.append(from, &items);
        }
    }

    /// The items up to the first gap.
    pub(super) fn ready(&self) -> &[T] {
        &self.ready
    }

    /// All items are there.
    pub(super) fn is_complete(&self) -> bool {
        self.total.is_some_and(|total| total <= self.ready.len())
    }

    /// How many items are kept, those that wait among them.
    pub(super) fn stored(&self) -> usize {
        self.ready.len() + self.early_items
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_in_any_order_make_the_list(
            length in 0_usize..40,
            cuts in prop::collection::vec((0_usize..40, 0_usize..12), 0..20),
            order in any::<u64>(),
        ) {
            let list: Vec<usize> = (0..length).collect();
            // Some parts that overlap as they like, and enough to have everything.
            let mut parts: Vec<(usize, usize)> =
                cuts.iter().map(|(from, count)| ((*from).min(length), (from + count).min(length))).collect();
            parts.extend((0..=length / 7).map(|part| (part * 7, (part * 7 + 7).min(length))));
            let count = parts.len() as u64;
            parts.sort_by_key(|(from, to)| (*from as u64 * 7 + *to as u64 * 13 + order % 97) * 31 % (count + 11));
            let mut assembly = Assembly::new();
            for &(from, to) in parts.iter().chain(&parts) {
                assembly.insert(from, &list[from..to], to == length && from / 7 == length / 7);
                prop_assert!(list.starts_with(assembly.ready()));
            }
            prop_assert_eq!(assembly.ready(), &list[..]);
            prop_assert!(assembly.is_complete());
            prop_assert_eq!(assembly.stored(), length);
        }
    }

    #[test]
    fn what_waits_is_counted_and_what_comes_after_the_end_is_not_taken() {
        let mut assembly = Assembly::new();
        assert!(!assembly.insert(2, &[2, 3], false));
        assert!(!assembly.insert(2, &[2], false));
        assert_eq!((assembly.stored(), assembly.ready().len()), (2, 0));
        assert!(assembly.insert(0, &[0, 1], false));
        assert_eq!(assembly.ready(), [0, 1, 2, 3]);
        assert!(!assembly.is_complete());
        assert!(assembly.insert(4, &[], true));
        assert!(assembly.is_complete());
        assert!(!assembly.insert(4, &[4], true));
        assert!(!assembly.insert(9, &[9], false));
        assert_eq!(assembly.stored(), 4);
    }
}
