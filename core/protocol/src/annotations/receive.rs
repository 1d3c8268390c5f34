//! What somebody did changes the document.

use super::author::Author;
use super::document::{Document, Person};
use super::limits::MAX_PEOPLE;
use super::mark::MarkId;
use super::numbers::Numbers;
use super::pins::Asked;
use super::refusal::Refusal;
use crate::ids::PersonId;
use crate::messages::annotation::{Annotation, Ink, PinOutcome, Place, Space};
use crate::time::Timestamp;

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// Nothing that shows: seen before, gone already, or waiting for something else.
    Nothing,
    /// A mark is new, has more points, or is done.
    Drawn(MarkId),
    /// Marks are gone.
    Removed {
        /// Whose they were.
        author: PersonId,
        /// Their numbers, ascending.
        numbers: Vec<u32>,
    },
    /// A mark has another place.
    Placed(MarkId),
    /// Somebody wants a frame kept.
    Frozen {
        /// Who.
        author: PersonId,
        /// The author's number for it.
        pin: u32,
    },
    /// Somebody no longer needs a frame.
    Thawed {
        /// Who.
        author: PersonId,
        /// The author's number for it.
        pin: u32,
    },
    /// The owner said what became of a frame that somebody wants kept.
    Pinned {
        /// Who wants it.
        author: PersonId,
        /// The author's number for it.
        pin: u32,
    },
    /// A space has other anchors.
    Anchors(Space),
    /// A space has another lens.
    Lens(Space),
}

impl Document {
    /// Takes what a person did, `from` being whoever the connection says it is. Our own comes back as nothing new.
    ///
    /// # Errors
    /// What an honest person never sends: see [`Refusal`]. The document is as it was before.
    pub fn receive(&mut self, from: &PersonId, annotation: &Annotation, now: Timestamp) -> Result<Changed, Refusal> {
        if *from == self.me {
            return Ok(Changed::Nothing);
        }
        if !self.people.contains_key(from) && self.people.len() >= MAX_PEOPLE {
            return Err(Refusal::TooManyPeople);
        }
        let person = self
            .people
            .entry(from.clone())
            .or_insert_with(|| Person::new(Author::default()));
        if !person.received.take(1, now) {
            return Err(Refusal::TooFast);
        }
        self.apply(from, annotation)
    }

    /// Takes what a person did, ourselves among them.
    pub(super) fn apply(&mut self, from: &PersonId, annotation: &Annotation) -> Result<Changed, Refusal> {
        let changed = match annotation {
            Annotation::Ink(ink) => self.draw(from, ink)?,
            Annotation::Undo { mark } => self.remove(from, &Numbers::one(*mark))?,
            Annotation::Clear { through, except } => self.remove(from, &Numbers::up_to(*through, except))?,
            Annotation::Freeze {
                pin,
                space,
                epoch,
                at_us,
            } => {
                let asked = Asked {
                    space: space.clone(),
                    epoch: *epoch,
                    at_us: *at_us,
                };
                let is_news = self.person(from).author.pins.freeze(*pin, asked);
                self.forget_answers(from);
                if_news(is_news, || frozen(from, *pin))
            }
            Annotation::Thaw { pin } => {
                let is_news = self.person(from).author.pins.thaw(*pin);
                self.forget_answers(from);
                if_news(is_news, || thawed(from, *pin))
            }
            Annotation::Pinned { pin, by, outcome } => self.answer(from, by, *pin, *outcome)?,
            Annotation::Place(place) => self.place_for(from, place)?,
            Annotation::Anchors {
                share,
                revision,
                anchors,
            } => {
                let is_news = self.person(from).owner.anchors(*share, *revision, anchors);
                if_news(is_news, || Changed::Anchors(space(from, *share)))
            }
            Annotation::Lens { share, revision, lens } => {
                let is_news = self.person(from).owner.lens(*share, *revision, *lens);
                if_news(is_news, || Changed::Lens(space(from, *share)))
            }
            Annotation::Unknown => Changed::Nothing,
        };
        if changed != Changed::Nothing {
            self.revision += 1;
        }
        Ok(changed)
    }

    fn person(&mut self, id: &PersonId) -> &mut Person {
        self.people
            .entry(id.clone())
            .or_insert_with(|| Person::new(Author::default()))
    }

    fn draw(&mut self, from: &PersonId, ink: &Ink) -> Result<Changed, Refusal> {
        if !self.person(from).author.ink(ink)? {
            return Ok(Changed::Nothing);
        }
        Ok(Changed::Drawn(self.touch(from, ink.mark)))
    }

    fn remove(&mut self, from: &PersonId, numbers: &Numbers) -> Result<Changed, Refusal> {
        let removed = self.person(from).author.remove(numbers)?;
        for person in self.people.values_mut() {
            person.owner.forget_marks(from, numbers);
        }
        Ok(if_news(!removed.is_empty(), || Changed::Removed {
            author: from.clone(),
            numbers: removed,
        }))
    }

    fn answer(&mut self, from: &PersonId, by: &PersonId, pin: u32, outcome: PinOutcome) -> Result<Changed, Refusal> {
        let pins = self.people.get(by).map(|person| &person.author.pins);
        if pin == 0 || pins.is_some_and(|pins| pins.is_gone(pin)) {
            return Ok(Changed::Nothing);
        }
        let asked = pins.and_then(|pins| pins.get(pin));
        if asked.is_some_and(|asked| asked.space.owner != *from) {
            return Err(Refusal::NotTheOwner);
        }
        let is_asked = asked.is_some();
        let is_news = self.person(from).owner.answer(by, pin, outcome)?;
        Ok(if_news(is_news && is_asked, || Changed::Pinned {
            author: by.clone(),
            pin,
        }))
    }

    fn place_for(&mut self, from: &PersonId, place: &Place) -> Result<Changed, Refusal> {
        if place.mark == 0 {
            return Err(Refusal::Invalid);
        }
        let author = self.people.get(&place.author).map(|person| &person.author);
        if author.is_some_and(|author| author.gone.contains(place.mark)) {
            return Ok(Changed::Nothing);
        }
        let mark = author.and_then(|author| author.marks.get(&place.mark));
        if mark.is_some_and(|mark| mark.stroke.space != space(from, place.share)) {
            return Err(Refusal::NotTheOwner);
        }
        let is_drawn = mark.is_some();
        let is_news = self.person(from).owner.place(place)?;
        if !is_news || !is_drawn {
            return Ok(Changed::Nothing);
        }
        Ok(Changed::Placed(self.touch(&place.author, place.mark)))
    }

    /// Notes that a mark changes now.
    fn touch(&mut self, author: &PersonId, number: u32) -> MarkId {
        let now = self.revision + 1;
        if let Some(mark) = self.person(author).author.marks.get_mut(&number) {
            mark.changed_at = now;
        }
        MarkId {
            author: author.clone(),
            number,
        }
    }

    /// Answers about frozen frames that are gone are not needed.
    fn forget_answers(&mut self, author: &PersonId) {
        let pins = std::mem::take(&mut self.person(author).author.pins);
        for person in self.people.values_mut() {
            person.owner.forget_pins(author, &pins);
        }
        self.person(author).author.pins = pins;
    }
}

fn if_news(is_news: bool, changed: impl FnOnce() -> Changed) -> Changed {
    if is_news { changed() } else { Changed::Nothing }
}

fn frozen(author: &PersonId, pin: u32) -> Changed {
    Changed::Frozen {
        author: author.clone(),
        pin,
    }
}

fn thawed(author: &PersonId, pin: u32) -> Changed {
    Changed::Thawed {
        author: author.clone(),
        pin,
    }
}

fn space(owner: &PersonId, share: u32) -> Space {
    Space {
        owner: owner.clone(),
        share,
    }
}
