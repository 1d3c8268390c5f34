//! What we do ourselves: checked first, then done as if it had arrived, and handed out for the others.

use super::document::Document;
use super::limits::{
    MAX_MARKS, MAX_PINS, MAX_PLACES, MAX_POINTS, MAX_SHAPE_POINTS, MAX_SHAPES_POINTS, MAX_STROKE_POINTS,
};
use super::mark::{InkPoint, MarkId, Placement, Placing, inks};
use super::refusal::Refusal;
use crate::ids::PersonId;
use crate::messages::annotation::{
    Anchor, Annotation, Ink, Lens, MAX_ANCHORS, MAX_PLACE_POINTS, PICTURE_UNITS, PicturePart, PinOutcome, Place,
    PlaceOutcome, ShapePart, Space, Stroke, Tool,
};
use crate::messages::channel::Operation;
use crate::time::Timestamp;

/// What an author does.
impl Document {
    /// Begins a stroke. Returns its number, and what to send to everybody.
    ///
    /// # Errors
    /// A polite [`Refusal`]: too many or too much, or too fast. Nothing was begun.
    pub fn begin(
        &mut self,
        stroke: Stroke,
        points: &[InkPoint],
        now: Timestamp,
    ) -> Result<(u32, Vec<Operation>), Refusal> {
        let mine = self.mine();
        if mine.marks.len() >= MAX_MARKS {
            return Err(Refusal::TooManyMarks);
        }
        let pin = stroke.pin.map(|pin| mine.pins.get(pin));
        if pin.is_some_and(|asked| asked.is_none_or(|asked| asked.space != stroke.space)) {
            return Err(Refusal::NoSuchPin);
        }
        let number = self.last_mark.checked_add(1).ok_or(Refusal::TooManyMarks)?;
        self.admit(0, points, now)?;
        self.last_mark = number;
        let operations = self.say_inks(inks(number, &stroke, 0, points, false))?;
        Ok((number, operations))
    }

    /// Adds points to a stroke that was begun. Returns what to send to everybody.
    ///
    /// # Errors
    /// A polite [`Refusal`]: too many, or too fast, or not to be extended. None of the points was added.
    pub fn extend(&mut self, mark: u32, points: &[InkPoint], now: Timestamp) -> Result<Vec<Operation>, Refusal> {
        let (stroke, from) = self.unfinished(mark)?;
        if points.is_empty() {
            return Ok(Vec::new());
        }
        self.admit(from, points, now)?;
        self.say_inks(inks(mark, &stroke, from, points, false))
    }

    /// Ends a stroke. Returns what to send to everybody.
    ///
    /// # Errors
    /// [`Refusal::NoSuchMark`] if it is finished or gone.
    pub fn finish(&mut self, mark: u32) -> Result<Vec<Operation>, Refusal> {
        let (stroke, from) = self.unfinished(mark)?;
        self.say_inks(inks(mark, &stroke, from, &[], true))
    }

    /// Takes back our last mark that is left. Returns its number, and what to send to everybody.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`].
    pub fn undo(&mut self) -> Result<(u32, Operation), Refusal> {
        let last = self.mine().marks.last_key_value().map(|(number, _)| *number);
        let mark = last.ok_or(Refusal::NothingToUndo)?;
        Ok((mark, self.say(Annotation::Undo { mark })?))
    }

    /// Takes back all our marks. Returns what to send to everybody.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`].
    pub fn clear(&mut self) -> Result<Operation, Refusal> {
        if self.mine().marks.is_empty() {
            return Err(Refusal::NothingToUndo);
        }
        self.say(Annotation::Clear {
            through: self.last_mark,
            except: Vec::new(),
        })
    }

    /// Asks a space's owner to keep a frame. Returns our number for it, and what to send to everybody.
    ///
    /// # Errors
    /// A polite [`Refusal`]: too many, or too fast.
    pub fn freeze(
        &mut self,
        space: Space,
        epoch: u32,
        at_us: u64,
        now: Timestamp,
    ) -> Result<(u32, Operation), Refusal> {
        if self.mine().pins.asked().len() >= MAX_PINS {
            return Err(Refusal::TooManyPins);
        }
        let pin = self.last_pin.checked_add(1).ok_or(Refusal::TooManyPins)?;
        if !self.drawing.take(1, now) {
            return Err(Refusal::TooFast);
        }
        self.last_pin = pin;
        let operation = self.say(Annotation::Freeze {
            pin,
            space,
            epoch,
            at_us,
        })?;
        Ok((pin, operation))
    }

    /// Lets a frozen frame go. Returns what to send to everybody.
    ///
    /// # Errors
    /// [`Refusal::NoSuchPin`].
    pub fn thaw(&mut self, pin: u32) -> Result<Operation, Refusal> {
        self.mine().pins.get(pin).ok_or(Refusal::NoSuchPin)?;
        self.say(Annotation::Thaw { pin })
    }

    fn admit(&mut self, from: usize, points: &[InkPoint], now: Timestamp) -> Result<(), Refusal> {
        if points.iter().any(|point| point.x.max(point.y) > PICTURE_UNITS) {
            return Err(Refusal::Invalid);
        }
        if from + points.len() > MAX_STROKE_POINTS {
            return Err(Refusal::StrokeTooLong);
        }
        if self.mine().points + points.len() > MAX_POINTS {
            return Err(Refusal::TooManyPoints);
        }
        let taken = self.drawing.take(points.len().max(1) as u64, now);
        taken.then_some(()).ok_or(Refusal::TooFast)
    }

    fn unfinished(&self, mark: u32) -> Result<(Stroke, usize), Refusal> {
        let mark = self.mine().marks.get(&mark).filter(|mark| !mark.ink.is_complete());
        let mark = mark.ok_or(Refusal::NoSuchMark)?;
        Ok((mark.stroke.clone(), mark.ink.ready().len()))
    }

    fn say_inks(&mut self, inks: Vec<Ink>) -> Result<Vec<Operation>, Refusal> {
        inks.into_iter().map(|ink| self.say(Annotation::Ink(ink))).collect()
    }
}

/// What the owner of a space does.
impl Document {
    /// Places a mark of our space, or places it anew. Returns what to send to everybody.
    ///
    /// # Errors
    /// A [`Refusal`]: not our space, no such mark, or too much.
    pub fn place(&mut self, id: &MarkId, placing: Placing<'_>) -> Result<Vec<Operation>, Refusal> {
        let share = self.share_of(id)?;
        let owner = self.owned();
        let known = owner.placed(&id.author, id.number);
        if known.is_none() && owner.placed >= MAX_PLACES {
            return Err(Refusal::TooManyPlaces);
        }
        let freed = known.map_or(0, super::owner::Placed::stored);
        let revision = self.last_revision.checked_add(1).ok_or(Refusal::TooManyPlaces)?;
        let outcomes = match placing {
            Placing::Shape {
                anchor,
                kind,
                points_um,
                is_complete,
            } => {
                self.admit_shape(0, points_um.len(), freed)?;
                shapes(anchor, kind, 0, points_um, is_complete)
            }
            Placing::Picture { points, is_complete } => {
                self.admit_shape(0, points.len(), freed)?;
                lines(0, points, is_complete)
            }
            Placing::Refused(because) => vec![PlaceOutcome::Refused(because)],
        };
        self.last_revision = revision;
        self.say_places(id, share, revision, outcomes)
    }

    /// Adds points to the shape of a mark that is not complete. Returns what to send to everybody.
    ///
    /// # Errors
    /// A [`Refusal`]: not our space, no such shape, or too much.
    pub fn extend_place(
        &mut self,
        id: &MarkId,
        points_um: &[[i32; 3]],
        is_complete: bool,
    ) -> Result<Vec<Operation>, Refusal> {
        let share = self.share_of(id)?;
        let placed = self.owned().placed(&id.author, id.number).ok_or(Refusal::NoSuchMark)?;
        let Placement::Shape {
            revision,
            anchor,
            kind,
            points_um: before,
            is_complete: false,
        } = placed.view()
        else {
            return Err(Refusal::NoSuchMark);
        };
        let from = before.len();
        self.admit_shape(from, points_um.len(), 0)?;
        let outcomes = shapes(anchor, kind, from, points_um, is_complete);
        self.say_places(id, share, revision, outcomes)
    }

    /// Adds points to a mark in the picture that is not complete. Returns what to send to everybody.
    ///
    /// # Errors
    /// A [`Refusal`]: not our space, no such line, or too much.
    pub fn extend_picture(
        &mut self,
        id: &MarkId,
        points: &[[i32; 2]],
        is_complete: bool,
    ) -> Result<Vec<Operation>, Refusal> {
        let share = self.share_of(id)?;
        let placed = self.owned().placed(&id.author, id.number).ok_or(Refusal::NoSuchMark)?;
        let Placement::Picture {
            revision,
            points: before,
            is_complete: false,
        } = placed.view()
        else {
            return Err(Refusal::NoSuchMark);
        };
        let from = before.len();
        self.admit_shape(from, points.len(), 0)?;
        self.say_places(id, share, revision, lines(from, points, is_complete))
    }

    /// Tells where the anchors of one of our shares are now, all of them. Returns what to send to everybody.
    ///
    /// # Errors
    /// [`Refusal::Invalid`]: more than [`MAX_ANCHORS`], or an orientation that is none.
    pub fn set_anchors(&mut self, share: u32, anchors: Vec<Anchor>) -> Result<Operation, Refusal> {
        let are_turns = anchors.iter().all(|anchor| Anchor::is_turn(anchor.orientation_ppm));
        if anchors.len() > MAX_ANCHORS || !are_turns {
            return Err(Refusal::Invalid);
        }
        let revision = self.next_revision()?;
        self.say(Annotation::Anchors {
            share,
            revision,
            anchors,
        })
    }

    /// Tells the lens of the camera of one of our shares. Returns what to send to everybody.
    ///
    /// # Errors
    /// Only after 2³² revisions.
    pub fn set_lens(&mut self, share: u32, lens: Lens) -> Result<Operation, Refusal> {
        let revision = self.next_revision()?;
        self.say(Annotation::Lens { share, revision, lens })
    }

    /// Says what became of a frame of ours that somebody wants kept; refusing one that was kept says that it no longer
    /// is. Returns what to send to everybody.
    ///
    /// # Errors
    /// A [`Refusal`]: not our space, or no such frozen frame.
    pub fn answer_pin(&mut self, by: &PersonId, pin: u32, outcome: PinOutcome) -> Result<Operation, Refusal> {
        let author = self.people.get(by).map(|person| &person.author);
        let asked = author
            .and_then(|author| author.pins.get(pin))
            .ok_or(Refusal::NoSuchPin)?;
        if asked.space.owner != self.me {
            return Err(Refusal::NotTheOwner);
        }
        self.say(Annotation::Pinned {
            pin,
            by: by.clone(),
            outcome,
        })
    }

    fn share_of(&self, id: &MarkId) -> Result<u32, Refusal> {
        let space = self
            .mark(id)
            .map(|mark| &mark.stroke.space)
            .ok_or(Refusal::NoSuchMark)?;
        if space.owner != self.me {
            return Err(Refusal::NotTheOwner);
        }
        Ok(space.share)
    }

    fn admit_shape(&self, from: usize, added: usize, freed: usize) -> Result<(), Refusal> {
        if from + added > MAX_SHAPE_POINTS {
            return Err(Refusal::StrokeTooLong);
        }
        if self.owned().points - freed + added > MAX_SHAPES_POINTS {
            return Err(Refusal::TooManyPlaces);
        }
        Ok(())
    }

    fn next_revision(&mut self) -> Result<u32, Refusal> {
        self.last_revision = self.last_revision.checked_add(1).ok_or(Refusal::TooManyPlaces)?;
        Ok(self.last_revision)
    }

    fn say_places(
        &mut self,
        id: &MarkId,
        share: u32,
        revision: u32,
        outcomes: Vec<PlaceOutcome>,
    ) -> Result<Vec<Operation>, Refusal> {
        let places = outcomes.into_iter().map(|outcome| Place {
            author: id.author.clone(),
            mark: id.number,
            share,
            revision,
            outcome,
        });
        places.map(|place| self.say(Annotation::Place(place))).collect()
    }

    fn say(&mut self, annotation: Annotation) -> Result<Operation, Refusal> {
        let me = self.me.clone();
        self.apply(&me, &annotation)?;
        Ok(Operation::Annotation(annotation))
    }
}

/// Messages with the points of a shape from number `from` on; without points there is one all the same.
pub(super) fn shapes(
    anchor: u32,
    kind: Tool,
    from: usize,
    points_um: &[[i32; 3]],
    is_complete: bool,
) -> Vec<PlaceOutcome> {
    parts(from, points_um, is_complete, |from, points_um, complete| {
        PlaceOutcome::Shape(ShapePart {
            anchor,
            kind,
            from,
            points_um,
            complete,
        })
    })
}

/// The same of a line in the picture.
pub(super) fn lines(from: usize, points: &[[i32; 2]], is_complete: bool) -> Vec<PlaceOutcome> {
    parts(from, points, is_complete, |from, points, complete| {
        PlaceOutcome::Picture(PicturePart { from, points, complete })
    })
}

fn parts<T: Clone>(
    from: usize,
    points: &[T],
    is_complete: bool,
    part: impl Fn(u32, Vec<T>, bool) -> PlaceOutcome,
) -> Vec<PlaceOutcome> {
    let count = points.len().div_ceil(MAX_PLACE_POINTS).max(1);
    let message = |index: usize| {
        let start = index * MAX_PLACE_POINTS;
        let end = (start + MAX_PLACE_POINTS).min(points.len());
        let first = u32::try_from(from + start).unwrap_or(u32::MAX);
        part(first, points[start..end].to_vec(), is_complete && index + 1 == count)
    };
    (0..count).map(message).collect()
}
