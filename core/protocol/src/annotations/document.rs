//! The document: what everybody in a call has drawn.

use std::collections::BTreeMap;

use super::author::Author;
use super::limits::{POINTS_AT_ONCE, POINTS_PER_SECOND, RECEIVED_AT_ONCE, RECEIVED_PER_SECOND};
use super::mark::{Mark, MarkId, MarkView, Placement};
use super::owner::{Owner, Placed, PlacedAt};
use super::pins::PinView;
use super::rate::TokenBucket;
use crate::ids::PersonId;
use crate::messages::annotation::{Anchor, Lens, Space};

/// How much is kept of what one person sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Marks.
    pub marks: usize,
    /// Their points.
    pub points: usize,
    /// Runs of numbers of marks that are gone.
    pub gone_runs: usize,
    /// Frozen frames.
    pub pins: usize,
    /// Places given to marks.
    pub places: usize,
    /// Points of their shapes.
    pub shape_points: usize,
}

/// All that is kept of one person.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) author: Author,
    pub(super) owner: Owner,
    pub(super) received: TokenBucket,
}

impl Person {
    pub(super) fn new(author: Author) -> Self {
        Self {
            author,
            owner: Owner::default(),
            received: TokenBucket::new(RECEIVED_PER_SECOND, RECEIVED_AT_ONCE),
        }
    }
}

/// One replica of what everybody in a call has drawn; see the [module](super).
#[derive(Debug)]
pub struct Document {
    pub(super) me: PersonId,
    pub(super) people: BTreeMap<PersonId, Person>,
    pub(super) revision: u64,
    /// The last numbers we gave.
    pub(super) last_mark: u32,
    pub(super) last_pin: u32,
    pub(super) last_revision: u32,
    /// How fast we may draw.
    pub(super) drawing: TokenBucket,
}

impl Document {
    /// An empty replica. It lasts as long as the call: numbers begin at 1.
    pub fn new(me: PersonId) -> Self {
        Self::above(me, 0)
    }

    /// An empty replica of somebody whose earlier one is lost while others still have theirs: all numbers it gives are
    /// above `number`, and what was drawn under those up to it is gone as soon as others are told
    /// ([`for_newcomer`](Self::for_newcomer)).
    pub fn above(me: PersonId, number: u32) -> Self {
        Self {
            people: BTreeMap::from([(me.clone(), Person::new(Author::above(number)))]),
            me,
            revision: 0,
            last_mark: number,
            last_pin: number,
            last_revision: number,
            drawing: TokenBucket::new(POINTS_PER_SECOND, POINTS_AT_ONCE),
        }
    }

    /// Whose replica this is.
    pub const fn me(&self) -> &PersonId {
        &self.me
    }

    /// Grows with everything that may look different.
    pub const fn revision(&self) -> u64 {
        self.revision
    }

    /// All marks, by author and number.
    pub fn marks(&self) -> impl Iterator<Item = MarkView<'_>> {
        self.people.iter().flat_map(|(author, person)| {
            let marks = person.author.marks.iter();
            marks.map(|(number, mark)| self.view(author, *number, mark))
        })
    }

    /// One mark.
    pub fn mark(&self, id: &MarkId) -> Option<MarkView<'_>> {
        let (author, person) = self.people.get_key_value(&id.author)?;
        let mark = person.author.marks.get(&id.number)?;
        Some(self.view(author, id.number, mark))
    }

    /// The mark that `live` names by the revision of its place.
    pub fn mark_in_picture(&self, owner: &PersonId, revision: u32) -> Option<MarkId> {
        let mut places = self.people.get(owner)?.owner.places();
        let is_it = |placed: &Placed| placed.revision == revision && matches!(placed.at, PlacedAt::Picture { .. });
        let (author, number, _) = places.find(|(_, _, placed)| is_it(placed))?;
        let id = MarkId {
            author: author.clone(),
            number,
        };
        self.mark(&id)
            .is_some_and(|mark| mark.stroke.space.owner == *owner)
            .then_some(id)
    }

    /// All frozen frames, by author and number.
    pub fn pins(&self) -> impl Iterator<Item = PinView<'_>> {
        self.people.iter().flat_map(move |(author, person)| {
            person.author.pins.asked().map(move |(pin, asked)| PinView {
                author,
                pin,
                space: &asked.space,
                epoch: asked.epoch,
                at_us: asked.at_us,
                outcome: self
                    .people
                    .get(&asked.space.owner)
                    .and_then(|owner| owner.owner.answered(author, pin)),
            })
        })
    }

    /// The anchors of a space; none when its owner has not told any.
    pub fn anchors(&self, space: &Space) -> Option<&[Anchor]> {
        let share = self.people.get(&space.owner)?.owner.share(space.share)?;
        share.anchors.as_ref().map(|(_, anchors)| anchors.as_slice())
    }

    /// The lens of a space's camera; none when its owner has not told it.
    pub fn lens(&self, space: &Space) -> Option<Lens> {
        let share = self.people.get(&space.owner)?.owner.share(space.share)?;
        share.lens.map(|(_, lens)| lens)
    }

    /// How much is kept of what a person sent.
    pub fn usage(&self, person: &PersonId) -> Usage {
        let Some(Person { author, owner, .. }) = self.people.get(person) else {
            return Usage::default();
        };
        Usage {
            marks: author.marks.len(),
            points: author.points,
            gone_runs: author.gone.runs(),
            pins: author.pins.asked().len(),
            places: owner.placed,
            shape_points: owner.points,
        }
    }

    /// What we drew.
    pub(super) fn mine(&self) -> &Author {
        &self.ourselves().author
    }

    /// What we say about our space.
    pub(super) fn owned(&self) -> &Owner {
        &self.ourselves().owner
    }

    fn ourselves(&self) -> &Person {
        // There from the beginning, and nobody is ever taken out.
        &self.people[&self.me]
    }

    fn view<'a>(&'a self, author: &'a PersonId, number: u32, mark: &'a Mark) -> MarkView<'a> {
        let Space { owner, share } = &mark.stroke.space;
        let owner = self.people.get(owner).map(|person| &person.owner);
        let placed = owner.and_then(|owner| owner.placed(author, number));
        MarkView {
            author,
            number,
            stroke: &mark.stroke,
            points: mark.ink.ready(),
            is_done: mark.ink.is_complete(),
            placement: placed
                .filter(|placed| placed.share == *share)
                .map_or(Placement::Waiting, Placed::view),
            changed_at: mark.changed_at,
        }
    }
}
