//! What one person says about their own space.

use std::collections::BTreeMap;

use super::assembly::Assembly;
use super::limits::{
    MAX_PEOPLE, MAX_PLACES_RECEIVED, MAX_SHAPE_POINTS, MAX_SHAPES_POINTS_RECEIVED, MAX_SHARES, PINS_REMEMBERED,
};
use super::mark::Placement;
use super::numbers::Numbers;
use super::pins::Pins;
use super::refusal::Refusal;
use crate::ids::PersonId;
use crate::messages::annotation::{
    Anchor, Lens, PicturePart, PinOutcome, Place, PlaceOutcome, RefusedBecause, ShapePart, Tool,
};

/// One person's word about places of marks, frozen frames, anchors and lens. Whether it counts is for others to ask.
#[derive(Debug, Default)]
pub(super) struct Owner {
    /// By author and number.
    places: BTreeMap<PersonId, BTreeMap<u32, Placed>>,
    /// How many there are.
    pub(super) placed: usize,
    /// Points of all shapes.
    pub(super) points: usize,
    /// By author and pin.
    answers: BTreeMap<PersonId, BTreeMap<u32, PinOutcome>>,
    shares: BTreeMap<u32, Share>,
}

/// Where a mark is.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) share: u32,
    pub(super) revision: u32,
    pub(super) at: PlacedAt,
}

#[derive(Debug)]
pub(super) enum PlacedAt {
    Shape {
        anchor: u32,
        kind: Tool,
        points_um: Assembly<[i32; 3]>,
    },
    Picture {
        points: Assembly<[i32; 2]>,
    },
    Refused(RefusedBecause),
}

/// What holds for one share: each with its revision.
#[derive(Debug, Default)]
pub(super) struct Share {
    pub(super) anchors: Option<(u32, Vec<Anchor>)>,
    pub(super) lens: Option<(u32, Lens)>,
}

impl Placed {
    fn new(share: u32, revision: u32, outcome: &PlaceOutcome) -> Self {
        let at = match outcome {
            PlaceOutcome::Shape(part) => PlacedAt::Shape {
                anchor: part.anchor,
                kind: part.kind,
                points_um: Assembly::new(),
            },
            PlaceOutcome::Picture(_) => PlacedAt::Picture {
                points: Assembly::new(),
            },
            PlaceOutcome::Refused(because) => PlacedAt::Refused(*because),
        };
        Self { share, revision, at }
    }

    /// Takes a part of the shape this is; anything else contradicts.
    fn add(&mut self, outcome: &PlaceOutcome) -> Result<bool, Refusal> {
        match (&mut self.at, outcome) {
            (
                PlacedAt::Shape {
                    anchor,
                    kind,
                    points_um,
                },
                PlaceOutcome::Shape(part),
            ) if (*anchor, *kind) == (part.anchor, part.kind) => {
                Ok(points_um.insert(part.from as usize, &part.points_um, part.complete))
            }
            (PlacedAt::Picture { points }, PlaceOutcome::Picture(part)) => {
                Ok(points.insert(part.from as usize, &part.points, part.complete))
            }
            (PlacedAt::Refused(before), PlaceOutcome::Refused(now)) if before == now => Ok(false),
            _ => Err(Refusal::Invalid),
        }
    }

    pub(super) fn stored(&self) -> usize {
        match &self.at {
            PlacedAt::Shape { points_um, .. } => points_um.stored(),
            PlacedAt::Picture { points } => points.stored(),
            PlacedAt::Refused(_) => 0,
        }
    }

    pub(super) fn view(&self) -> Placement<'_> {
        match &self.at {
            PlacedAt::Shape {
                anchor,
                kind,
                points_um,
            } => Placement::Shape {
                revision: self.revision,
                anchor: *anchor,
                kind: *kind,
                points_um: points_um.ready(),
                is_complete: points_um.is_complete(),
            },
            PlacedAt::Picture { points } => Placement::Picture {
                revision: self.revision,
                points: points.ready(),
                is_complete: points.is_complete(),
            },
            PlacedAt::Refused(because) => Placement::Refused(*because),
        }
    }
}

impl Owner {
    /// Returns whether that is news.
    pub(super) fn place(&mut self, place: &Place) -> Result<bool, Refusal> {
        let (from, incoming) = match &place.outcome {
            PlaceOutcome::Shape(ShapePart { from, points_um, .. }) => (*from, points_um.len()),
            PlaceOutcome::Picture(PicturePart { from, points, .. }) => (*from, points.len()),
            PlaceOutcome::Refused(_) => (0, 0),
        };
        if (from as usize).saturating_add(incoming) > MAX_SHAPE_POINTS {
            return Err(Refusal::Invalid);
        }
        let known = self.placed(&place.author, place.mark).map(|placed| placed.revision);
        if known.is_some_and(|revision| revision > place.revision) {
            return Ok(false);
        }
        let is_new_author = !self.places.contains_key(&place.author);
        if self.points + incoming > MAX_SHAPES_POINTS_RECEIVED
            || (known.is_none() && self.placed >= MAX_PLACES_RECEIVED)
            || (is_new_author && self.places.len() >= MAX_PEOPLE)
        {
            return Err(Refusal::TooMuch);
        }
        let marks = self.places.entry(place.author.clone()).or_default();
        let is_new = known != Some(place.revision);
        if is_new {
            let replaced = marks.insert(place.mark, Placed::new(place.share, place.revision, &place.outcome));
            self.placed += usize::from(replaced.is_none());
            self.points -= replaced.map_or(0, |replaced| replaced.stored());
        }
        let Some(placed) = marks.get_mut(&place.mark).filter(|placed| placed.share == place.share) else {
            return Err(Refusal::Invalid);
        };
        let before = placed.stored();
        let shows_more = placed.add(&place.outcome)?;
        self.points = self.points - before + placed.stored();
        Ok(is_new || shows_more)
    }

    pub(super) fn placed(&self, author: &PersonId, mark: u32) -> Option<&Placed> {
        self.places.get(author)?.get(&mark)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = (&PersonId, u32, &Placed)> {
        self.places
            .iter()
            .flat_map(|(author, marks)| marks.iter().map(move |(number, placed)| (author, *number, placed)))
    }

    /// Marks of an author are gone, and with them their places.
    pub(super) fn forget_marks(&mut self, author: &PersonId, numbers: &Numbers) {
        let Some(marks) = self.places.get_mut(author) else {
            return;
        };
        marks.retain(|number, placed| {
            let is_gone = numbers.contains(*number);
            if is_gone {
                self.points -= placed.stored();
                self.placed -= 1;
            }
            !is_gone
        });
        if marks.is_empty() {
            self.places.remove(author);
        }
    }

    /// Returns whether that is news. Once refused, a frame stays refused.
    pub(super) fn answer(&mut self, by: &PersonId, pin: u32, outcome: PinOutcome) -> Result<bool, Refusal> {
        let is_new_author = !self.answers.contains_key(by);
        if is_new_author && self.answers.len() >= MAX_PEOPLE {
            return Err(Refusal::TooMuch);
        }
        let answers = self.answers.entry(by.clone()).or_default();
        let known = answers.get(&pin).copied();
        // As many again as an author has, for those that are not thawed here yet.
        if known.is_none() && answers.len() >= 2 * PINS_REMEMBERED as usize {
            return Err(Refusal::TooMuch);
        }
        let now = known.map_or(outcome, |known| known.max(outcome));
        answers.insert(pin, now);
        Ok(known != Some(now))
    }

    pub(super) fn answered(&self, by: &PersonId, pin: u32) -> Option<PinOutcome> {
        self.answers.get(by)?.get(&pin).copied()
    }

    pub(super) fn answers(&self) -> impl Iterator<Item = (&PersonId, u32, PinOutcome)> {
        self.answers
            .iter()
            .flat_map(|(by, answers)| answers.iter().map(move |(pin, outcome)| (by, *pin, *outcome)))
    }

    /// Some frozen frames of an author are gone, and with them their answers.
    pub(super) fn forget_pins(&mut self, by: &PersonId, pins: &Pins) {
        let Some(answers) = self.answers.get_mut(by) else {
            return;
        };
        answers.retain(|pin, _| !pins.is_gone(*pin));
        if answers.is_empty() {
            self.answers.remove(by);
        }
    }

    /// Returns whether that is news.
    pub(super) fn anchors(&mut self, share: u32, revision: u32, anchors: &[Anchor]) -> bool {
        let Some(share) = self.share_mut(share) else {
            return false;
        };
        let is_news = share.anchors.as_ref().is_none_or(|(known, _)| *known < revision);
        if is_news {
            share.anchors = Some((revision, anchors.to_vec()));
        }
        is_news
    }

    /// Returns whether that is news.
    pub(super) fn lens(&mut self, share: u32, revision: u32, lens: Lens) -> bool {
        let Some(share) = self.share_mut(share) else {
            return false;
        };
        let is_news = share.lens.is_none_or(|(known, _)| known < revision);
        if is_news {
            share.lens = Some((revision, lens));
        }
        is_news
    }

    pub(super) fn share(&self, share: u32) -> Option<&Share> {
        self.shares.get(&share)
    }

    pub(super) fn shares(&self) -> impl Iterator<Item = (u32, &Share)> {
        self.shares.iter().map(|(share, state)| (*share, state))
    }

    /// None for one older than those that are kept.
    fn share_mut(&mut self, share: u32) -> Option<&mut Share> {
        self.shares.entry(share).or_default();
        if self.shares.len() > MAX_SHARES {
            self.shares.pop_first();
        }
        self.shares.get_mut(&share)
    }
}
