//! What the leader counts.

use super::{Lease, Leases};
use crate::collections::{BTreeMap, BTreeSet};
use crate::id::{Index, LeaseId, Term};

/// When each lease ends, by the ticks of one leader in one term.
#[derive(Clone, Debug)]
pub struct Countdown {
    term: Term,
    tick_ms: u64,
    clocks: BTreeMap<LeaseId, Clock>,
    /// Those whose end is not proposed yet.
    deadlines: BTreeSet<(u64, LeaseId)>,
    /// Those that are to have a checkpoint.
    checkpoints: BTreeSet<(u64, LeaseId)>,
}

/// One lease's clock.
#[derive(Clone, Copy, Debug, Default)]
struct Clock {
    /// The tick at which it has ended.
    deadline_ticks: u64,
    /// The tick of its next checkpoint.
    checkpoint_ticks: Option<u64>,
    /// Where in the log the newest checkpoint of it stands that this leader proposed.
    checkpoint_at: Index,
    /// Where in the log its end stands.
    end_at: Option<Index>,
}

/// What becomes of a keep-alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Its time has begun anew: so many seconds.
    Renewed(i64),
    /// There is no such lease.
    NotFound,
    /// An entry on its way decides: ask again when it is applied.
    Wait(Index),
    /// Its time is over, and its end will be proposed: ask again later.
    Ended,
    /// A checkpoint of it must be wiped out first: see [`Countdown::checkpointed`].
    WipeFirst,
}

impl Countdown {
    /// A leader begins to count: all leases get what the store says is left of them, and
    /// `extend_ticks` on top.
    pub fn begin(
        term: Term,
        tick_ms: u32,
        leases: &Leases,
        now_ticks: u64,
        extend_ticks: u64,
    ) -> Self {
        let mut countdown = Self {
            term,
            tick_ms: u64::from(tick_ms.max(1)),
            clocks: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            checkpoints: BTreeSet::new(),
        };
        for (id, lease) in leases.iter() {
            countdown.set(id, lease.ttl_seconds(), now_ticks, extend_ticks);
            countdown.schedule_checkpoint(id, lease, now_ticks);
        }
        countdown
    }

    /// The term it counts in.
    pub fn term(&self) -> Term {
        self.term
    }

    /// A lease was granted.
    pub fn granted(&mut self, id: LeaseId, lease: &Lease, now_ticks: u64) {
        self.set(id, lease.ttl_seconds(), now_ticks, 0);
        self.schedule_checkpoint(id, lease, now_ticks);
    }

    /// A lease is gone.
    pub fn removed(&mut self, id: LeaseId) {
        if let Some(clock) = self.clocks.remove(&id) {
            self.deadlines.remove(&(clock.deadline_ticks, id));
            if let Some(ticks) = clock.checkpoint_ticks {
                self.checkpoints.remove(&(ticks, id));
            }
        }
    }

    /// A keep-alive.
    pub fn renew(&mut self, id: LeaseId, leases: &Leases, applied: Index, now: u64) -> Renewal {
        let (Some(lease), Some(clock)) = (leases.get(id), self.clocks.get(&id)) else {
            return Renewal::NotFound;
        };
        if let Some(end_at) = clock.end_at {
            return Renewal::Wait(end_at);
        }
        if clock.deadline_ticks <= now {
            return Renewal::Ended;
        }
        if clock.checkpoint_at > applied {
            return Renewal::Wait(clock.checkpoint_at);
        }
        if lease.remaining_ttl_seconds > 0 {
            return Renewal::WipeFirst;
        }
        self.set(id, lease.granted_ttl_seconds, now, 0);
        Renewal::Renewed(lease.granted_ttl_seconds)
    }

    /// The leases whose time is over and whose end is to be proposed.
    pub fn due(&self, now_ticks: u64, limit: usize) -> Vec<LeaseId> {
        let over = self.deadlines.iter();
        over.take_while(|(ticks, _)| *ticks <= now_ticks)
            .map(|(_, id)| *id)
            .take(limit)
            .collect()
    }

    /// The end of leases has been proposed, and stands in the log at an index.
    pub fn ending(&mut self, ids: &[LeaseId], at: Index) {
        for id in ids {
            if let Some(clock) = self.clocks.get_mut(id) {
                clock.end_at = Some(at);
                self.deadlines.remove(&(clock.deadline_ticks, *id));
            }
        }
    }

    /// An end was applied and did not end these: they are tried again.
    pub fn not_ended(&mut self, ids: &[LeaseId], applied: Index) {
        for id in ids {
            let clock = self.clocks.get_mut(id);
            if let Some(clock) = clock.filter(|clock| clock.end_at.is_some_and(|at| at <= applied))
            {
                clock.end_at = None;
                self.deadlines.insert((clock.deadline_ticks, *id));
            }
        }
    }

    /// The leases that are to have a checkpoint now, with what is left of them in seconds. As in
    /// etcd one that has ended has none, nor one that has just begun anew: that one's next turn
    /// comes later.
    pub fn due_checkpoints(
        &mut self,
        leases: &Leases,
        now_ticks: u64,
        limit: usize,
    ) -> Vec<(LeaseId, i64)> {
        let mut due = Vec::new();
        while let Some((ticks, id)) = self.checkpoints.first().copied()
            && ticks <= now_ticks
            && due.len() < limit
        {
            self.checkpoints.remove(&(ticks, id));
            let (Some(clock), Some(lease)) = (self.clocks.get_mut(&id), leases.get(id)) else {
                continue;
            };
            clock.checkpoint_ticks = None;
            if clock.deadline_ticks <= now_ticks {
                continue;
            }
            let left_ms = (clock.deadline_ticks - now_ticks).saturating_mul(self.tick_ms);
            let left_seconds = i64::try_from(left_ms.div_ceil(1_000)).unwrap_or(i64::MAX);
            if left_seconds < lease.granted_ttl_seconds {
                due.push((id, left_seconds));
            } else {
                self.schedule_checkpoint(id, lease, now_ticks);
            }
        }
        due
    }

    /// Checkpoints of leases have been proposed, and stand in the log at an index.
    pub fn checkpointed(&mut self, ids: impl IntoIterator<Item = LeaseId>, at: Index) {
        for id in ids {
            if let Some(clock) = self.clocks.get_mut(&id) {
                clock.checkpoint_at = at;
            }
        }
    }

    /// Plans a lease's next checkpoint, if there is more left of it than the time between two:
    /// when it begins, and when one was applied.
    pub fn schedule_checkpoint(&mut self, id: LeaseId, lease: &Lease, now_ticks: u64) {
        let Some(clock) = self.clocks.get_mut(&id) else {
            return;
        };
        if let Some(ticks) = clock.checkpoint_ticks.take() {
            self.checkpoints.remove(&(ticks, id));
        }
        if lease.ttl_seconds() > CHECKPOINT_INTERVAL_SECONDS {
            let ticks =
                now_ticks.saturating_add(to_ticks(CHECKPOINT_INTERVAL_SECONDS, self.tick_ms));
            clock.checkpoint_ticks = Some(ticks);
            self.checkpoints.insert((ticks, id));
        }
    }

    /// How many ticks a lease still has; nothing for one that is not counted.
    pub fn remaining_ticks(&self, id: LeaseId, now_ticks: u64) -> Option<u64> {
        let clock = self.clocks.get(&id)?;
        Some(clock.deadline_ticks.saturating_sub(now_ticks))
    }

    /// The same in whole seconds, rounded down as etcd does.
    pub fn remaining_seconds(&self, id: LeaseId, now_ticks: u64) -> Option<i64> {
        // The last tick is only there because the first may be over in no time.
        let ticks = self.remaining_ticks(id, now_ticks)?.saturating_sub(1);
        i64::try_from(ticks.saturating_mul(self.tick_ms) / 1_000).ok()
    }

    fn set(&mut self, id: LeaseId, ttl_seconds: i64, now_ticks: u64, extend_ticks: u64) {
        let clock = self.clocks.entry(id).or_default();
        self.deadlines.remove(&(clock.deadline_ticks, id));
        // The tick that is running may be over in a moment: it does not count.
        clock.deadline_ticks = now_ticks
            .saturating_add(1)
            .saturating_add(extend_ticks)
            .saturating_add(to_ticks(ttl_seconds, self.tick_ms));
        self.deadlines.insert((clock.deadline_ticks, id));
    }
}

fn to_ticks(seconds: i64, tick_ms: u64) -> u64 {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    seconds.saturating_mul(1_000).div_ceil(tick_ms)
}

/// Time between two checkpoints of a lease: etcd's 5 minutes.
const CHECKPOINT_INTERVAL_SECONDS: i64 = 300;
