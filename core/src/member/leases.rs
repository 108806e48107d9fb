//! Leases in a member: carried out by all, counted by the leader. See [`crate::lease`] for the
//! rules, and for why.

mod answers;
mod desk;

pub(super) use desk::{LeaseAsk, LeaseDesk};

use super::Member;
use super::applying::Expiry;
use super::proposal::Proposal;
use super::view::{LeaseView, Role};
use crate::command::{Alarm, Command, LeaseCheckpoint, LeaseExpire, Reply};
use crate::error::Error;
use crate::id::{Index, LeaseId, Term};
use crate::known_bug::KnownBug;
use crate::lease::{Countdown, Leases};
use crate::limits::{LEASE_CHECKPOINT_MAX, LEASES_ENDED_PER_TICK_MAX};
use crate::mvcc::Task;
use crate::prng;
use crate::trace::TraceKind;

/// A lease that ends, with its keys.
pub(super) struct Revocation {
    lease: LeaseId,
    task: Task,
}

/// What every member does.
impl Member {
    /// The ticks that leases are counted in. A tick that the host has missed moves no timer of
    /// the protocol, but a client's seconds have passed, and a successor's clock has counted them.
    pub(super) fn lease_clock_ticks(&self) -> u64 {
        self.now_ticks.saturating_add(self.missed_ticks)
    }

    /// Chooses an id where the client leaves it to us, and raises what it asks for to the least
    /// that makes sense: one and a half election timeouts, in whole seconds. Both are done
    /// before the grant is proposed, so that all members grant the same.
    pub(super) fn complete_grant(&mut self, command: &mut Command) {
        let Command::LeaseGrant(grant) = command else {
            return;
        };
        let ticks = u64::from(self.config.election_ticks) * 3 / 2;
        let least_ms = ticks * u64::from(self.config.tick_ms);
        let least_seconds = i64::try_from(least_ms.div_ceil(1_000)).unwrap_or(i64::MAX);
        grant.ttl_seconds = grant.ttl_seconds.max(least_seconds);
        if grant.id == LeaseId(0) {
            grant.id = self.next_lease_id();
        }
    }

    /// One that is not in use, drawn as a pure function of who this is and how many it has drawn.
    fn next_lease_id(&mut self) -> LeaseId {
        loop {
            let count = self.leases.count_id();
            let drawn = prng::draw(self.config.incarnation.0, self.config.id.0, count);
            let id = LeaseId((drawn >> 1) as i64);
            if id != LeaseId(0) && !self.store.leases().contains(id) {
                return id;
            }
        }
    }

    /// Carries out a grant or a checkpoint.
    pub(super) fn apply_lease(&mut self, command: &Command) -> Result<Reply, Error> {
        let reply = self.store.apply(command)?;
        self.follow_lease(command, &reply);
        Ok(reply)
    }

    /// The leases that an entry of a term ends: none when a deposed leader had decided it.
    pub(super) fn begin_expiry(&mut self, term: Term, expire: &LeaseExpire) -> Expiry {
        let mut ids = expire.ids.clone();
        if expire.term != term && !self.config.has_bug(KnownBug::LeaseRevokedByDeposedLeader) {
            let decided = expire.term;
            self.tell(TraceKind::LeaseExpiryIgnored { decided, term });
            self.not_expired(&ids);
            ids.clear();
        }
        Expiry {
            current: None,
            rest: ids.into_iter(),
        }
    }

    /// Ends one after the other; nothing when there is more to do than the budget is for.
    pub(super) fn go_on_expiring(&mut self, expiry: &mut Expiry, budget: &mut usize) -> Option<()> {
        loop {
            let next = match expiry.current.take() {
                Some(begun) => Some(begun),
                None => expiry.rest.next().map(|id| self.begin_revocation(id)),
            };
            let Some(mut current) = next else {
                return Some(());
            };
            // A client may have revoked it in between.
            if self.go_on_revoking(&mut current, true, budget).is_none() {
                expiry.current = Some(current);
                return None;
            }
        }
    }

    /// An end of leases was applied and did not end them: the leader that counts tries again.
    pub(super) fn not_expired(&mut self, ids: &[LeaseId]) {
        let applied = self.applied;
        if let Some(countdown) = self.leases.countdown_mut() {
            countdown.not_ended(ids, applied);
        }
    }

    /// A lease begins to end.
    pub(super) fn begin_revocation(&mut self, lease: LeaseId) -> Revocation {
        let task = Task::revoke(lease, &mut self.store);
        Revocation { lease, task }
    }

    /// Deletes some of its keys, and the lease when they are gone.
    pub(super) fn go_on_revoking(
        &mut self,
        revocation: &mut Revocation,
        expired: bool,
        budget: &mut usize,
    ) -> Option<Result<(), Error>> {
        let Revocation { lease, task } = revocation;
        let lease = *lease;
        let ended = self.store.step(task, budget)?;
        if ended.is_ok() {
            if let Some(countdown) = self.leases.countdown_mut() {
                countdown.removed(lease);
            }
            self.tell(TraceKind::LeaseRevoked {
                lease,
                keys: task.revoked_keys(),
                expired,
            });
        }
        Some(ended.map(|_| ()))
    }

    /// A grant or a checkpoint has been carried out: the leader counts on.
    fn follow_lease(&mut self, command: &Command, reply: &Reply) {
        let now_ticks = self.lease_clock_ticks();
        let leases = self.store.leases();
        match (command, reply) {
            (Command::LeaseGrant(_), Reply::LeaseGrant(granted)) => {
                let (lease, ttl_seconds) = (granted.id, granted.ttl_seconds);
                if let (Some(countdown), Some(found)) =
                    (self.leases.countdown_mut(), leases.get(lease))
                {
                    countdown.granted(lease, found, now_ticks);
                }
                self.tell(TraceKind::LeaseGranted { lease, ttl_seconds });
            }
            (Command::LeaseCheckpoint(checkpoints), _) => {
                let Some(countdown) = self.leases.countdown_mut() else {
                    return;
                };
                for checkpoint in checkpoints {
                    if let Some(found) = leases.get(checkpoint.id) {
                        countdown.schedule_checkpoint(checkpoint.id, found, now_ticks);
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn lease_views(&self) -> Vec<LeaseView> {
        let countdown = self.leases.countdown();
        let now_ticks = self.lease_clock_ticks();
        let leases = self.store.leases().iter().take(LEASES_SHOWN);
        leases
            .map(|(id, lease)| LeaseView {
                id,
                granted_ttl_seconds: lease.granted_ttl_seconds,
                remaining_ticks: countdown
                    .and_then(|countdown| countdown.remaining_ticks(id, now_ticks)),
                keys: lease.keys().len() as u64,
            })
            .collect()
    }
}

/// What the leader does.
impl Member {
    /// Begins to count when this member leads and has applied all that its predecessors left:
    /// until then it may not know of what they had promised. Ends when it leads no more.
    pub(super) fn follow_leadership(&mut self) {
        let term = self.consensus.term();
        let leads = self.consensus.leads(term);
        let counts_in = self.leases.countdown().map(Countdown::term);
        let counts_on = !leads && self.config.has_bug(KnownBug::LeaseRevokedByDeposedLeader);
        if counts_in.is_some_and(|counts_in| !leads || counts_in != term) && !counts_on {
            self.leases.stop_counting();
        }
        let applied_term = Term(self.consensus.applied_position().get_metadata().term);
        if !leads || self.leases.countdown().is_some() || applied_term != term {
            return;
        }
        let none = Leases::default();
        let leases = if self.config.has_bug(KnownBug::LeaseForgottenByNewLeader) {
            &none
        } else {
            self.store.leases()
        };
        let countdown = Countdown::begin(
            term,
            self.config.tick_ms,
            leases,
            self.lease_clock_ticks(),
            u64::from(self.config.election_ticks),
        );
        self.leases.start_counting(countdown);
        let leases = self.store.leases().iter().len();
        if leases > 0 {
            self.tell(TraceKind::LeasesPromoted { term, leases });
        }
    }

    /// A tick: what is over is ended, what is due gets its checkpoint, some of each.
    pub(super) fn count_leases_down(&mut self) {
        self.follow_leadership();
        // Of a store that may be wrong nothing is deleted.
        if !self.may_propose_as_leader() || self.alarms.has(Alarm::Corrupt) {
            return;
        }
        let now_ticks = self.lease_clock_ticks();
        let leases = self.store.leases();
        let Some(countdown) = self.leases.countdown_mut() else {
            return;
        };
        let term = countdown.term();
        let ids = countdown.due(now_ticks, LEASES_ENDED_PER_TICK_MAX);
        let checkpoints: Vec<LeaseCheckpoint> = countdown
            .due_checkpoints(leases, now_ticks, LEASE_CHECKPOINT_MAX)
            .into_iter()
            .map(|(id, remaining_ttl_seconds)| LeaseCheckpoint {
                id,
                remaining_ttl_seconds,
            })
            .collect();
        if !ids.is_empty() {
            let expire = LeaseExpire {
                ids: ids.clone(),
                term,
            };
            // Where the log takes none now, the next tick tries again.
            if let Some(at) = self.propose_as_leader(Command::LeaseExpire(expire))
                && let Some(countdown) = self.leases.countdown_mut()
            {
                countdown.ending(&ids, at);
            }
        }
        if !checkpoints.is_empty() {
            self.propose_checkpoint(checkpoints);
        }
    }

    /// Proposes a checkpoint. Answers where it stands in the log; nothing when the log takes none
    /// now: then what it says stays as it was, and the next one is planned as if it had come.
    fn propose_checkpoint(&mut self, checkpoints: Vec<LeaseCheckpoint>) -> Option<Index> {
        let ids: Vec<LeaseId> = checkpoints.iter().map(|one| one.id).collect();
        let at = self.propose_as_leader(Command::LeaseCheckpoint(checkpoints));
        let (leases, now_ticks) = (self.store.leases(), self.lease_clock_ticks());
        let countdown = self.leases.countdown_mut()?;
        match at {
            Some(at) => countdown.checkpointed(ids, at),
            None => {
                for id in ids {
                    if let Some(lease) = leases.get(id) {
                        countdown.schedule_checkpoint(id, lease, now_ticks);
                    }
                }
            }
        }
        at
    }

    fn may_propose_as_leader(&self) -> bool {
        let leads = self.consensus.role() == Role::Leader
            || self.config.has_bug(KnownBug::LeaseRevokedByDeposedLeader);
        leads && self.consensus.transferee().is_none()
    }

    /// Puts an entry into the log of the term in which it was decided, or nowhere: it does not
    /// queue, and is not passed on to another leader.
    fn propose_as_leader(&mut self, command: Command) -> Option<Index> {
        if !self.may_propose_as_leader() {
            return None;
        }
        let proposal = Proposal {
            origin: self.config.id,
            incarnation: self.config.incarnation,
            sequence: self.writes.next_sequence(),
            command,
        };
        let taken = self.consensus.propose(vec![proposal.encode()]);
        taken.then(|| self.consensus.last())
    }
}

/// Leases in a view.
const LEASES_SHOWN: usize = 1_000;

#[cfg(test)]
mod tests;
