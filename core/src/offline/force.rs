//! A cluster of one member, out of what one member of a larger cluster has on its disk
//! (`--force-new-cluster`): for when the others are gone for good.
//!
//! The log gets one more entry for each other member, which removes it, and all of the log counts
//! as committed. etcd throws away what the log does not say is committed; but a leader answers
//! before its own log says so, and an answered write must not be lost here. So what was under way
//! is carried out, as it may be at any change of leaders: nobody was told that it was not.
//!
//! It must be done on one member alone, and the others' disks must not be started again: each
//! would be a cluster of the same name with another history.

use crate::archive;
use crate::command::MemberInfo;
use crate::disk::{DiskImage, DiskOperation};
use crate::id::{Incarnation, Index, MemberId, Term};
use crate::membership::{Change, ChangeRecord, Membership, MembershipEntry};
use crate::snapshot::{check_log_end, newest_good_marked};
use crate::wal::{self, EntryKind, HardState, LogEntry, Metadata, Recovered, WalOptions};

/// What makes a member the only one of its cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forced {
    /// To be carried out in this order, on the disk that the image is of.
    pub operations: Vec<DiskOperation>,
    /// Whose disk it is.
    pub owner: Metadata,
    /// What the log said was committed.
    pub old_commit: Index,
    /// What it says then.
    pub commit: Index,
    /// The members that are removed, in ascending order of ids.
    pub removed: Vec<MemberId>,
}

/// Makes the member whose disk this is the only one of its cluster; nothing when the disk holds no
/// member.
///
/// # Errors
/// The disk cannot be read, or the member is not in its cluster any more.
pub fn force_new_cluster(image: &DiskImage) -> Result<Option<Forced>, String> {
    let mut recovered = match wal::recover(image, None, WalOptions::default()) {
        Ok(recovered) if recovered.is_blank() => return Ok(None),
        Ok(recovered) => recovered,
        Err(wal::WalError::Empty) => return Ok(None),
        Err(error) => return Err(format!("write-ahead log: {error}")),
    };
    // The entries that this adds would hide what is missing.
    check_log_end(image, &recovered).map_err(|lost| format!("data directory: {lost}"))?;
    let owner = recovered.metadata;
    let members = members_at_the_end(image, &recovered)?;
    let changes = changes_to_one(&members, owner.member)?;
    let removed = members
        .members()
        .map(|member| member.id)
        .filter(|id| *id != owner.member)
        .collect();
    let old = recovered.hard_state;
    let newest_term = recovered.entries.last().map_or(Term(0), |last| last.term);
    let term = old.term.max(newest_term);
    let last = recovered.last_index();
    let entries: Vec<LogEntry> = changes
        .into_iter()
        .zip(last.0 + 1..)
        .map(|(change, index)| LogEntry {
            term,
            index: Index(index),
            kind: EntryKind::ConfChange,
            data: record(owner.member, change),
        })
        .collect();
    let commit = Index(last.0 + entries.len() as u64);
    let vote = if term == old.term {
        old.vote
    } else {
        MemberId::NONE
    };
    let mut operations = recovered.operations;
    recovered.wal.batch_done();
    recovered
        .wal
        .append(&entries, Some(HardState { term, vote, commit }));
    while let Some(batch) = recovered.wal.take_batch() {
        operations.extend(batch.operations);
        recovered.wal.batch_done();
    }
    Ok(Some(Forced {
        operations,
        owner,
        old_commit: old.commit,
        commit,
        removed,
    }))
}

/// Who is in the cluster when all of the log has been carried out.
fn members_at_the_end(image: &DiskImage, recovered: &Recovered) -> Result<Membership, String> {
    let newest = newest_good_marked(image, &recovered.markers);
    let (mut members, from) = match newest.snapshot {
        Some(file) => {
            let members: Vec<MemberInfo> = archive::decode(&file.header.membership)?;
            let removed = file.header.removed;
            (Membership::new(members, removed), file.header.index)
        }
        None => (Membership::default(), Index(0)),
    };
    let entries = recovered
        .entries_after(from)
        .map_err(|error| format!("write-ahead log: {error}"))?;
    let changes = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::ConfChange && !entry.data.is_empty());
    for entry in changes {
        match MembershipEntry::decode(&entry.data)? {
            MembershipEntry::First(member) => members.begin_with(member),
            // As when it is applied: what makes no sense changes nothing.
            MembershipEntry::Change(record) if members.check(&record.change).is_ok() => {
                members.apply(&record.change);
            }
            MembershipEntry::Change(_) => {}
        }
    }
    Ok(members)
}

/// What leaves one member, with a vote.
fn changes_to_one(members: &Membership, own: MemberId) -> Result<Vec<Change>, String> {
    let Some(itself) = members.member(own) else {
        return Err(format!(
            "member {own} is not in its cluster any more: no cluster can be made of it; take the \
             disk of a member that was not removed"
        ));
    };
    let promotion = itself.is_learner.then_some(Change::Promote(own));
    let removals = members
        .members()
        .filter(|member| member.id != own)
        .map(|member| Change::Remove(member.id));
    Ok(promotion.into_iter().chain(removals).collect())
}

/// A change that nobody waits for.
fn record(origin: MemberId, change: Change) -> bytes::Bytes {
    let record = ChangeRecord {
        origin,
        incarnation: Incarnation(0),
        sequence: 0,
        change,
    };
    MembershipEntry::Change(Box::new(record)).encode()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::ClusterId;
    use crate::wal::Wal;

    const OWN: MemberId = MemberId(1);

    fn info(id: u64, is_learner: bool) -> MemberInfo {
        MemberInfo {
            id: MemberId(id),
            is_learner,
            ..MemberInfo::default()
        }
    }

    fn carry_out(image: &mut DiskImage, operations: Vec<DiskOperation>) {
        for operation in operations {
            if let DiskOperation::Append { path, bytes } = operation {
                let file = image.files.entry(path).or_default();
                *file = [file.as_ref(), bytes.as_ref()].concat().into();
            }
        }
    }

    /// A log of entries about members, so many of them committed.
    fn image(entries: Vec<MembershipEntry>, commit: u64) -> DiskImage {
        let metadata = Metadata {
            member: OWN,
            cluster: ClusterId(9),
        };
        let (mut wal, operations) = Wal::create(metadata, WalOptions::default());
        wal.batch_done();
        let entries: Vec<LogEntry> = entries
            .into_iter()
            .zip(1..)
            .map(|(entry, index)| LogEntry {
                term: Term(3),
                index: Index(index),
                kind: EntryKind::ConfChange,
                data: entry.encode(),
            })
            .collect();
        let hard_state = HardState {
            term: Term(3),
            vote: MemberId(2),
            commit: Index(commit),
        };
        wal.append(&entries, Some(hard_state));
        let mut image = DiskImage::default();
        carry_out(&mut image, operations);
        let batch = wal.take_batch().expect("something to write");
        carry_out(&mut image, batch.operations);
        image
    }

    fn change(change: Change) -> MembershipEntry {
        MembershipEntry::decode(&record(MemberId(2), change)).expect("just written")
    }

    fn founders() -> Vec<MembershipEntry> {
        [1, 2, 3]
            .map(|id| MembershipEntry::First(info(id, false)))
            .to_vec()
    }

    #[test]
    fn the_others_are_removed_behind_all_that_is_there() {
        let mut entries = founders();
        entries.push(change(Change::Remove(MemberId(3))));
        entries.push(change(Change::Add(info(4, true))));
        let mut image = image(entries, 3);
        let forced = force_new_cluster(&image).expect("good").expect("there");
        assert_eq!(forced.removed, [MemberId(2), MemberId(4)]);
        assert_eq!((forced.old_commit, forced.commit), (Index(3), Index(7)));
        carry_out(&mut image, forced.operations);
        let recovered = wal::recover(&image, None, WalOptions::default()).expect("good");
        let state = recovered.hard_state;
        assert_eq!(
            (state.term, state.vote, state.commit),
            (Term(3), MemberId(2), Index(7))
        );
        let members = members_at_the_end(&image, &recovered).expect("good");
        assert_eq!(members.members().collect::<Vec<_>>(), [&info(1, false)]);
        // Once more changes nothing.
        let again = force_new_cluster(&image).expect("good").expect("there");
        assert_eq!((again.removed, again.commit), (Vec::new(), Index(7)));
    }

    #[test]
    fn a_learner_gets_its_vote_and_a_removed_member_is_refused() {
        let mut entries = vec![MembershipEntry::First(info(2, false))];
        entries.push(change(Change::Add(info(1, true))));
        let mut learner = image(entries.clone(), 2);
        let forced = force_new_cluster(&learner).expect("good").expect("there");
        carry_out(&mut learner, forced.operations);
        let recovered = wal::recover(&learner, None, WalOptions::default()).expect("good");
        let members = members_at_the_end(&learner, &recovered).expect("good");
        assert_eq!(members.members().collect::<Vec<_>>(), [&info(1, false)]);
        entries.push(change(Change::Remove(OWN)));
        let refused = force_new_cluster(&image(entries, 3)).expect_err("removed");
        assert!(refused.starts_with("member 1 is not in its cluster any more"));
        assert_eq!(force_new_cluster(&DiskImage::default()), Ok(None));
    }
}
