//! Whatever happens: no lease ends within the time that a client was promised, none lives on
//! when nobody keeps it alive, and all members agree.

use std::collections::{BTreeMap, BTreeSet};

use quorate_core::command::{Command, LeaseGrant, Reply};
use quorate_core::id::LeaseId;
use quorate_core::prng::Prng;
use quorate_core::rules::{Rule, Rules};
use quorate_core::trace::TraceKind;

use super::cluster::{Cluster, put};

/// What clients were told.
#[derive(Default)]
struct Model {
    /// Until when each lease lives at least; what a client revoked is not in it.
    promised: BTreeMap<i64, u64>,
    /// Asked and not answered.
    open: BTreeMap<u64, (i64, Kind)>,
    granted: u32,
    kept_alive: u32,
    expired: u32,
    leaders: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Grant,
    KeepAlive,
    Revoke,
    Other,
}

impl Model {
    fn act(&mut self, cluster: &mut Cluster, prng: &mut Prng) {
        let ids = cluster.ids();
        let at = *prng.choose(&ids).unwrap();
        let lease = 1 + prng.below(12) as i64;
        let (command, kind) = match prng.below(100) {
            0..25 => {
                let ttl_seconds = *prng.choose(&[2, 3, 5, 8, 400, 900]).unwrap();
                let id = LeaseId(lease);
                let grant = LeaseGrant { id, ttl_seconds };
                (Command::LeaseGrant(grant), Kind::Grant)
            }
            25..60 => (Command::LeaseKeepAlive(LeaseId(lease)), Kind::KeepAlive),
            60..64 => {
                // From now on nobody may count on it.
                self.promised.remove(&lease);
                (Command::LeaseRevoke(LeaseId(lease)), Kind::Revoke)
            }
            64..85 => {
                let key = format!("key {}", prng.below(20));
                (put(&key, lease * i64::from(prng.chance(800))), Kind::Other)
            }
            85..89 => return self.cut(cluster, at),
            89..93 => return cluster.cut_off.clear(),
            93..95 => {
                cluster.stuck.insert(at);
                return;
            }
            95..98 => return cluster.stuck.clear(),
            _ => {
                cluster.stuck.remove(&at);
                return cluster.restart(at);
            }
        };
        let request = cluster.ask(at, command);
        self.open.insert(request, (lease, kind));
    }

    fn cut(&mut self, cluster: &mut Cluster, at: u64) {
        if cluster.cut_off.len() < cluster.ids().len() / 2 {
            cluster.cut_off.insert(at);
        }
    }

    /// Takes in what clients were answered.
    fn hear(&mut self, cluster: &mut Cluster) {
        // Nothing that is answered while one is revoked is a promise.
        let revoking: BTreeSet<i64> = self
            .open
            .values()
            .filter(|(_, kind)| *kind == Kind::Revoke)
            .map(|(lease, _)| *lease)
            .collect();
        let requests: Vec<u64> = self.open.keys().copied().collect();
        for request in requests {
            let Some(reply) = cluster.reply(request) else {
                continue;
            };
            let (lease, kind) = self.open[&request];
            // A revocation that timed out may still come: nothing is promised after it.
            if kind != Kind::Revoke || reply.is_ok() {
                self.open.remove(&request);
            }
            let ttl_seconds = match reply {
                Ok(Reply::LeaseGrant(reply)) => reply.ttl_seconds,
                Ok(Reply::LeaseKeepAlive(reply)) => reply.ttl_seconds,
                _ => continue,
            };
            if ttl_seconds == 0 || revoking.contains(&lease) {
                continue;
            }
            match kind {
                Kind::Grant => self.granted += 1,
                _ => self.kept_alive += 1,
            }
            let until = cluster.now_ticks + ttl_seconds as u64 * 10;
            let promised = self.promised.entry(lease).or_default();
            *promised = until.max(*promised);
        }
        for (_, _, kind) in cluster.trace.drain(..) {
            match kind {
                TraceKind::LeaseRevoked { expired: true, .. } => self.expired += 1,
                TraceKind::LeasesPromoted { .. } => self.leaders += 1,
                _ => {}
            }
        }
    }
}

/// Restarts and members that lag carry an old end out again, of a lease that has been granted
/// anew since. So it is the leader that is asked, once it counts: its store is the newest.
fn check_promises(cluster: &Cluster, model: &Model) {
    let Some(leader) = cluster.leader() else {
        return;
    };
    let view = cluster.member(leader).view();
    let counts = view
        .leases
        .iter()
        .all(|lease| lease.remaining_ticks.is_some());
    // One whose disk is stuck may know of what it cannot carry out yet.
    if !counts || view.applied != view.commit {
        return;
    }
    for (lease, until) in &model.promised {
        if *until > cluster.now_ticks {
            assert!(
                view.leases.iter().any(|there| there.id.0 == *lease),
                "tick {}: lease {lease} is gone, promised until {until}",
                cluster.now_ticks
            );
        }
    }
}

fn run(seed: u64) -> Model {
    let mut prng = Prng::new(seed);
    let members = *prng.choose(&[1, 3, 3, 5]).unwrap();
    let mut cluster = if prng.chance(500) {
        Cluster::new(members, |config| {
            config.snapshot_count = 20;
            config.snapshot_catch_up_entries = 5;
        })
    } else {
        Cluster::new(members, |config| {
            config.rules = Rules::without(&[Rule::CheckQuorum])
        })
    };
    let mut model = Model::default();
    for _ in 0..200 {
        for _ in 0..prng.below(4) {
            model.act(&mut cluster, &mut prng);
        }
        let ticks = match prng.below(100) {
            0 => 3_100,
            1..=10 => 1 + prng.below(30),
            _ => 1,
        };
        for tick in 0..ticks {
            cluster.tick(1);
            model.hear(&mut cluster);
            if tick < 30 || tick % 20 == 0 {
                check_promises(&cluster, &model);
            }
        }
    }
    cluster.cut_off.clear();
    cluster.stuck.clear();
    cluster.elect(None);
    cluster.seconds(10);
    cluster.check_agreement();
    // Nobody keeps any of them alive: a leader's time, and an election on top.
    cluster.seconds(910);
    for id in cluster.ids() {
        assert_eq!(cluster.leases(id), [], "seed {seed}: at {id}");
    }
    cluster.check_agreement();
    model
}

#[test]
fn no_promise_is_broken_and_nothing_lives_forever() {
    let (mut granted, mut kept_alive, mut expired, mut leaders) = (0, 0, 0, 0);
    for seed in 0..12 {
        let model = run(seed);
        granted += model.granted;
        kept_alive += model.kept_alive;
        expired += model.expired;
        leaders += model.leaders;
    }
    assert!(granted > 100 && kept_alive > 100, "{granted} {kept_alive}");
    assert!(expired > 100 && leaders > 30, "{expired} {leaders}");
}
