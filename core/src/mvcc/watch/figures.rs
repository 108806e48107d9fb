//! The watches in numbers.

use super::Watches;

/// All watches of a member, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WatchFigures {
    /// Streams.
    pub streams: usize,
    /// Watches.
    pub watches: usize,
    /// Watches that read history: they began in the past, or their clients do not keep up.
    pub unsynced: usize,
    /// Responses that clients have not taken in.
    pub in_flight: u64,
}

impl Watches {
    /// Counts them.
    pub fn figures(&self) -> WatchFigures {
        let mut figures = WatchFigures {
            streams: self.streams.len(),
            ..WatchFigures::default()
        };
        for stream in self.streams.values() {
            figures.watches += stream.watches.len();
            figures.unsynced += stream.unsynced.len();
            figures.in_flight += u64::from(stream.in_flight);
        }
        figures
    }
}
