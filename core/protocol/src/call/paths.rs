//! The peer connections of one call: the newest, and the one before it until the newest is up.

/// Where the newest connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Newest {
    /// It was never up.
    #[default]
    Coming,
    Up,
    /// It was up.
    Down,
}

/// Which connections carry media.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The newest one's number: the round it was made for.
    number: u32,
    newest: Newest,
    older_is_up: bool,
}

impl Paths {
    /// A new connection is made for this round.
    pub(super) fn renew(&mut self, round: u32) {
        self.older_is_up = self.is_up();
        self.number = round;
        self.newest = Newest::Coming;
    }

    /// The connection of this number is up. An older one does not count any more when the newest was up.
    pub(super) fn connected(&mut self, number: u32) {
        if number == self.number {
            self.newest = Newest::Up;
            self.older_is_up = false;
        } else if number < self.number {
            self.older_is_up = self.is_coming();
        }
    }

    /// The connection of this number is down; it may come back.
    pub(super) fn disconnected(&mut self, number: u32) {
        if number != self.number {
            self.older_is_up = false;
        } else if self.newest == Newest::Up {
            self.newest = Newest::Down;
        }
    }

    /// Whether media flows.
    pub(super) fn is_up(&self) -> bool {
        self.newest_is_up() || self.older_is_up
    }

    /// Whether the newest connection carries media: then new ICE credentials are all that another network needs.
    pub(super) fn newest_is_up(&self) -> bool {
        self.newest == Newest::Up
    }

    /// Whether the newest connection was never up.
    pub(super) fn is_coming(&self) -> bool {
        self.newest == Newest::Coming
    }
}
