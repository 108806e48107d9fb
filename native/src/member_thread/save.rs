//! A client that saves the member's store: it asks for a piece, and gets it.

use quorate_core::command::{SaveAnswer, SaveRequest};
use quorate_core::id::SaveId;
use tokio::sync::mpsc;

use super::handle::MemberHandle;
use super::inbox::Event;
use super::watch_stream::send_soon;

/// A store that is being saved. The member lets go of it when this is dropped.
pub(crate) struct SavedStore {
    save: SaveId,
    events: mpsc::Sender<Event>,
    /// One answer at a time: as many as were asked for.
    answers: mpsc::UnboundedReceiver<SaveAnswer>,
}

impl MemberHandle {
    /// Begins to save the member's store: its first answer; nothing when the member is gone.
    pub(crate) async fn save(&self) -> Option<(SavedStore, SaveAnswer)> {
        let save = SaveId(self.next_name());
        let (answers, receiver) = mpsc::unbounded_channel();
        let opened = Event::SaveOpened { save, answers };
        self.events.send(opened).await.ok()?;
        // From here on it is ended whatever becomes of the caller.
        let mut store = SavedStore {
            save,
            events: self.events.clone(),
            answers: receiver,
        };
        let first = store.answers.recv().await?;
        Some((store, first))
    }
}

impl SavedStore {
    /// Asks for what comes next; nothing when the member is gone.
    pub(crate) async fn next(&mut self) -> Option<SaveAnswer> {
        let next = Event::Save(SaveRequest::Next(self.save));
        self.events.send(next).await.ok()?;
        self.answers.recv().await
    }
}

impl Drop for SavedStore {
    fn drop(&mut self) {
        let save = self.save;
        send_soon(&self.events, Event::SaveClosed { save });
    }
}
