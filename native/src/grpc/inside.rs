//! Calls that are made within this process, by the JSON gateway: the same functions answer them,
//! on the same terms.

use http::{Extensions, HeaderMap};
use tokio::time::Instant;
use tonic::Status;

use super::{Api, Services, deadline, gate};

impl Services {
    /// What answers.
    pub(crate) fn api(&self) -> &Api {
        &self.api
    }

    /// The largest message that is taken.
    pub(crate) fn message_size_bytes_max(&self) -> usize {
        self.api.message_size_bytes_max
    }

    /// Lets a call in, or says why not: its terms go with it, and its deadline is for the caller
    /// to keep.
    pub(crate) fn admit(
        &self,
        path: &str,
        headers: &HeaderMap,
        extensions: &mut Extensions,
    ) -> Result<Option<Instant>, Status> {
        let terms = gate::admit(path, headers, self.api.member.standing())?;
        extensions.insert(terms);
        Ok(terms.deadline)
    }

    /// What a caller is told whose time is up.
    pub(crate) fn deadline_exceeded() -> Status {
        deadline::exceeded()
    }
}
