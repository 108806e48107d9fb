//! Entries that no member of today proposes: what an older or deposed one could have left.

use bytes::Bytes;

use super::super::proposal::Proposal;
use super::super::{Member, MemberConfig};
use crate::Input;
use crate::Output;
use crate::command::{Command, LeaseExpire, LeaseGrant, MemberInfo, Put};
use crate::consensus::new_entry;
use crate::disk::DiskImage;
use crate::id::{ClusterId, Incarnation, LeaseId, MemberId, Term};
use crate::trace::TraceKind;

const LEASE: LeaseId = LeaseId(7);

fn member() -> Member {
    let bootstrap = (1..=3).map(|id| MemberInfo {
        id: MemberId(id),
        ..MemberInfo::default()
    });
    let config = MemberConfig::new(MemberId(1), ClusterId(5), bootstrap.collect());
    let mut member = Member::start(config, &DiskImage::default()).expect("an empty disk");
    member.step(Input::Tick);
    member
}

fn apply(member: &mut Member, term: u64, index: u64, command: Command) {
    let proposal = Proposal {
        origin: MemberId(2),
        incarnation: Incarnation(1),
        sequence: index,
        command,
    };
    let entry = new_entry(false, term, index, proposal.encode());
    member.apply(vec![entry]);
}

fn with_a_lease() -> Member {
    let mut member = member();
    let grant = LeaseGrant {
        id: LEASE,
        ttl_seconds: 10,
    };
    apply(&mut member, 2, 4, Command::LeaseGrant(grant));
    let put = Put {
        key: Bytes::from_static(b"k"),
        lease: LEASE,
        ..Put::default()
    };
    apply(&mut member, 2, 5, Command::Put(put));
    member
}

fn expire(term: u64) -> Command {
    Command::LeaseExpire(LeaseExpire {
        ids: vec![LeaseId(3), LEASE],
        term: Term(term),
    })
}

/// etcd issues 12528 and 15247: the deposed leader's proposal was passed on to its successor, and
/// came into the log in *its* term.
#[test]
fn an_end_in_another_term_than_it_was_decided_in_is_void() {
    let mut member = with_a_lease();
    let hash = member.store_hash();
    for (term, decided) in [(3, 2), (3, 4), (4, 0)] {
        apply(&mut member, term, 6, expire(decided));
        assert!(member.store.leases().contains(LEASE));
        assert_eq!(member.store_hash(), hash);
        let told = member.outputs.drain(..).any(|output| {
            matches!(output, Output::Trace(event)
                if matches!(event.kind, TraceKind::LeaseExpiryIgnored { .. }))
        });
        assert!(told);
    }
    apply(&mut member, 4, 9, expire(4));
    assert!(!member.store.leases().contains(LEASE));
    assert_eq!(member.view().keys, []);
    assert_eq!(member.store.revision().0, 3);
}

#[test]
fn ids_are_chosen_alike_in_the_same_life_and_differ_otherwise() {
    let mut seen = crate::collections::BTreeSet::new();
    for (id, incarnation) in [(1, 1), (1, 2), (2, 1)] {
        let choose = || {
            let mut member = member();
            member.config.id = MemberId(id);
            member.config.incarnation = Incarnation(incarnation);
            let ids: Vec<LeaseId> = (0..5).map(|_| member.next_lease_id()).collect();
            ids
        };
        assert_eq!(choose(), choose());
        for id in choose() {
            assert!(id.0 > 0 && seen.insert(id));
        }
    }
}
