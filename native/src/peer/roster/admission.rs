//! Whether somebody who dials may have a stream.

use std::sync::Arc;

use super::super::handshake::{Introduced, Refusal};
use super::super::link::Link;
use super::{Known, REMOTES_MAX, Roster, Target};

impl Roster {
    /// The way to whoever dials, if it may have a stream; a stranger of this cluster becomes a
    /// remote. Decided under one lock: of two connections of one stranger one opens the way, and
    /// the other finds it.
    pub(in super::super) fn admit(
        &self,
        caller: Introduced,
        is_new: bool,
    ) -> Result<Arc<Link>, Refusal> {
        let mut known = self.write();
        let from = caller.from;
        // Before anything it says is heard: a vote that it gives now may be its second one.
        if caller.is_new && known.has_started(from) {
            return Err(Refusal::Bootstrapped(from));
        }
        if known.members.is_removed(from) {
            return Err(Refusal::Removed(from));
        }
        let way = known.ways.get(&from);
        let is_member = way.is_some_and(|way| way.target.borrow().is_kept);
        if caller.knows_us && is_new {
            // It is heard of nothing in any case; but only a member may stop this server.
            return Err(match is_member {
                true => Refusal::SelfBootstrapped,
                false => Refusal::Unknown(from),
            });
        }
        if let Some(way) = way {
            return Ok(way.link.clone());
        }
        if caller.urls.is_empty() || known.remotes() >= REMOTES_MAX {
            return Err(Refusal::Unknown(from));
        }
        let target = Target {
            urls: caller.urls,
            is_kept: false,
        };
        let link = self.open(&mut known, from, target);
        drop(known);
        self.opened.notify_one();
        Ok(link)
    }
}

impl Known {
    fn remotes(&self) -> usize {
        let ways = self.ways.values();
        ways.filter(|way| !way.target.borrow().is_kept).count()
    }
}

#[cfg(test)]
mod tests {
    use quorate_core::id::MemberId;

    use super::super::tests::{kept, members, peer, roster};
    use super::*;

    fn caller(id: u64) -> Introduced {
        Introduced {
            from: MemberId(id),
            urls: peer(id).urls,
            is_new: false,
            knows_us: false,
        }
    }

    #[test]
    fn a_remote_becomes_a_member() {
        let roster = roster(&[]);
        roster.set_members(members(&[1, 2], &[]));
        assert!(roster.admit(caller(5), false).is_ok());
        assert_eq!(kept(&roster), [2]);
        roster.set_members(members(&[1, 2, 5], &[]));
        assert_eq!(kept(&roster), [2, 5]);
    }

    #[test]
    fn a_stranger_that_dials_twice_is_one_remote() {
        let roster = roster(&[]);
        let first = roster.admit(caller(5), false).expect("let in");
        let second = roster.admit(caller(5), false).expect("let in");
        assert!(Arc::ptr_eq(&first, &second));
        assert_eq!(roster.write().new.len(), 1);
    }

    #[test]
    fn remotes_are_few() {
        let roster = roster(&[2]);
        for id in 0..REMOTES_MAX as u64 {
            assert!(roster.admit(caller(100 + id), false).is_ok());
        }
        let refusal = roster.admit(caller(50), false).err();
        assert_eq!(refusal, Some(Refusal::Unknown(MemberId(50))));
        let generation = roster.read().ways[&MemberId(100)].generation;
        roster.close(MemberId(100), generation);
        assert!(roster.admit(caller(50), false).is_ok());
        let nowhere = Introduced {
            urls: Vec::new(),
            ..caller(51)
        };
        assert!(roster.admit(nowhere, false).is_err());
    }

    #[test]
    fn only_a_member_can_say_that_this_one_has_lost_its_data() {
        let roster = roster(&[2]);
        let told_by = |id| {
            let caller = Introduced {
                knows_us: true,
                ..caller(id)
            };
            roster.admit(caller, true).err()
        };
        assert_eq!(told_by(2), Some(Refusal::SelfBootstrapped));
        let stranger = MemberId(5);
        assert_eq!(told_by(5), Some(Refusal::Unknown(stranger)));
        // Nor can it become somebody who may.
        assert!(roster.admit(caller(5), true).is_ok());
        assert_eq!(told_by(5), Some(Refusal::Unknown(stranger)));
        roster.set_members(members(&[2], &[5]));
        assert_eq!(told_by(5), Some(Refusal::Removed(stranger)));
    }
}
