//! What a log tells of before its member is started.

use crate::disk::DiskImage;
use crate::id::MemberId;
use crate::member::publisher;
use crate::wal::{self, EntryKind, Metadata, WalError, WalOptions};

/// The earlier life of a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// Whose it was.
    pub owner: Metadata,
    /// Members that have been started, though the log does not say that this is committed: they
    /// told their names, and nobody does so before it has a term on its disk. What is committed
    /// the member itself knows ([`crate::membership::Membership::has_started`]).
    pub started: Vec<MemberId>,
}

/// The earlier life on a disk, if anything was ever promised with its log; nothing when there is
/// no log, or one that a crash left blank.
///
/// # Errors
/// The log cannot be read.
pub fn life(image: &DiskImage) -> Result<Option<Life>, WalError> {
    let recovered = match wal::recover(image, None, WalOptions::default()) {
        Ok(recovered) if recovered.is_blank() => return Ok(None),
        Ok(recovered) => recovered,
        Err(WalError::Empty) => return Ok(None),
        Err(error) => return Err(error),
    };
    let commit = recovered.hard_state.commit;
    let entries = recovered.entries.iter();
    let open = entries.filter(|entry| entry.index > commit && entry.kind == EntryKind::Normal);
    Ok(Some(Life {
        owner: recovered.metadata,
        started: open.filter_map(|entry| publisher(&entry.data)).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, MemberAttributes, Publication};
    use crate::disk::DiskOperation;
    use crate::id::{ClusterId, Index, Term};
    use crate::member::entry_data;
    use crate::version::ServerVersion;
    use crate::wal::{HardState, LogEntry, Wal};

    const OWNER: Metadata = Metadata {
        member: MemberId(7),
        cluster: ClusterId(9),
    };

    /// What a log holds in which these members, one an entry, have told their names.
    fn image(names: &[u64], commit: u64) -> DiskImage {
        let entry = |(id, index): (&u64, u64)| {
            let attributes = MemberAttributes {
                id: MemberId(*id),
                name: format!("m{id}"),
                client_urls: Vec::new(),
            };
            let version = ServerVersion::CLAIMED;
            let command = Command::Publish(Publication {
                attributes,
                version,
            });
            LogEntry {
                term: Term(2),
                index: Index(index),
                kind: EntryKind::Normal,
                data: entry_data(command),
            }
        };
        let entries: Vec<LogEntry> = names.iter().zip(1..).map(entry).collect();
        let (mut wal, mut operations) = Wal::create(OWNER, WalOptions::default());
        wal.batch_done();
        let hard_state = HardState {
            term: Term(2),
            vote: MemberId::NONE,
            commit: Index(commit),
        };
        if !entries.is_empty() {
            wal.append(&entries, Some(hard_state));
            operations.extend(wal.take_batch().expect("something to write").operations);
        }
        let mut image = DiskImage::default();
        for operation in operations {
            if let DiskOperation::Append { path, bytes } = operation {
                let file = image.files.entry(path).or_default();
                *file = [file.as_ref(), bytes.as_ref()].concat().into();
            }
        }
        image
    }

    #[test]
    fn a_log_without_an_entry_is_nobodys() {
        assert_eq!(life(&DiskImage::default()), Ok(None));
        assert_eq!(life(&image(&[], 0)), Ok(None));
    }

    #[test]
    fn names_count_before_they_are_committed() {
        let life = life(&image(&[11, 22, 33], 1))
            .expect("good")
            .expect("there");
        assert_eq!(life.owner, OWNER);
        assert_eq!(life.started, [MemberId(22), MemberId(33)]);
    }
}
