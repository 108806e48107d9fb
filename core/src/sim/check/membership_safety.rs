//! Membership safety: one configuration for each index, one voter more or less at a time, and
//! nothing decided by those who have no vote.

mod disks;
mod pending;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::disks::Disks;
use self::pending::Pending;
use super::{Broken, Scene, Verdict};
use crate::collections::{BTreeMap, BTreeSet};
use crate::id::{Index, MemberId};
use crate::member::{ConfigurationFacts, Role};
use crate::sim::action::Node;
use crate::trace::{MessageKind, TraceKind};

/// Raft thesis §4.1 and §4.2: any majority of a configuration meets any majority of the next
/// one, because they differ by one voter, and only voters are counted.
#[derive(Debug, Default)]
pub(super) struct MembershipSafety {
    /// By applied index: the configuration there, and on whom it was seen.
    configurations: BTreeMap<Index, (Arc<ConfigurationFacts>, Node)>,
    removed: BTreeSet<MemberId>,
    members: BTreeMap<Node, Member>,
    disks: Disks,
    pending: Pending,
    /// The highest index that is known to be committed.
    committed: Index,
}

/// What is remembered of one member.
#[derive(Debug, Default)]
struct Member {
    start: u64,
    /// How often its members had changed when it was looked at last.
    changed: u64,
    /// Its configuration then.
    configuration: Option<Arc<ConfigurationFacts>>,
    /// The voters, as it has told since.
    told: Vec<MemberId>,
    /// Who has voted for it in the running election.
    votes: BTreeSet<MemberId>,
}

impl MembershipSafety {
    /// Whether a member was removed from the cluster.
    pub(super) fn is_removed(&self, id: MemberId) -> bool {
        self.removed.contains(&id)
    }

    /// A member's disk is another one now.
    pub(super) fn forget(&mut self, node: Node) {
        self.disks.forget(node);
    }

    pub(super) fn hear(&mut self, node: Node, kind: &TraceKind) -> Verdict {
        self.disks.hear(node, kind);
        let member = self.members.entry(node).or_default();
        match kind {
            // What comes next begins anew: from its snapshot, or from the leader's.
            TraceKind::Restarted { .. } | TraceKind::SnapshotApplied { .. } => {
                member.told.clear();
            }
            TraceKind::ConfigurationSwitched { voters, .. } => {
                let before = std::mem::replace(&mut member.told, voters.clone());
                let changed = difference(&before, voters);
                if !before.is_empty() && changed > 1 {
                    return Err(broken(format!(
                        "{node} went from voters {} to {}: {changed} changed at a time",
                        list(&before),
                        list(voters)
                    )));
                }
            }
            TraceKind::BecameCandidate { .. } => member.votes.clear(),
            TraceKind::VoteReceived {
                kind: MessageKind::VoteResponse,
                from,
                granted: true,
                ..
            } => {
                member.votes.insert(*from);
            }
            TraceKind::BecameLeader { term } => {
                let is_elected = is_majority(&member.told, |id| member.votes.contains(&id));
                if !member.told.is_empty() && !is_elected {
                    let votes: Vec<MemberId> = member.votes.iter().copied().collect();
                    return Err(broken(format!(
                        "{node} leads term {term} by the votes of {}, no majority of {}",
                        list(&votes),
                        list(&member.told)
                    )));
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn look(&mut self, scene: &Scene<'_>) -> Verdict {
        self.disks.look(scene);
        let (before, now) = self.configuration_of(scene);
        self.look_at_configuration(scene, &now)?;
        look_at_leader(scene, &now)?;
        self.look_at_commit(scene, before.as_deref(), &now)?;
        match self.pending.look(scene, self.committed) {
            Some(text) => Err(broken(text)),
            None => Ok(()),
        }
    }

    /// A member's configuration at its last look, if that was in this life, and now.
    fn configuration_of(
        &mut self,
        scene: &Scene<'_>,
    ) -> (Option<Arc<ConfigurationFacts>>, Arc<ConfigurationFacts>) {
        let member = self.members.entry(scene.node).or_default();
        let is_new_life = member.start != scene.start;
        let before = member.configuration.take().filter(|_| !is_new_life);
        let is_same = member.changed == scene.facts.members_changed;
        let now = match before.clone().filter(|_| is_same) {
            Some(known) => known,
            None => Arc::new(scene.subject.configuration()),
        };
        member.start = scene.start;
        member.changed = scene.facts.members_changed;
        member.configuration = Some(Arc::clone(&now));
        if member.told.is_empty() {
            member.told.clone_from(&now.voters);
        }
        (before, now)
    }

    /// All that have applied as far have the same configuration and the same members.
    fn look_at_configuration(
        &mut self,
        scene: &Scene<'_>,
        now: &Arc<ConfigurationFacts>,
    ) -> Verdict {
        let applied = scene.facts.applied;
        let Some((seen, on)) = self.configurations.get(&applied) else {
            self.removed.extend(now.removed.iter().copied());
            let seen = (Arc::clone(now), scene.node);
            self.configurations.insert(applied, seen);
            return Ok(());
        };
        if Arc::ptr_eq(seen, now) || seen == now {
            return Ok(());
        }
        Err(broken(format!(
            "after index {applied} the configuration of {} is {now:?}, that of {on} was {seen:?}",
            scene.node
        )))
    }

    /// What is committed is on the disks of a majority of the voters, by the configuration
    /// before what was just applied, or behind it.
    fn look_at_commit(
        &mut self,
        scene: &Scene<'_>,
        before: Option<&ConfigurationFacts>,
        now: &ConfigurationFacts,
    ) -> Verdict {
        let commit = scene.facts.commit;
        if commit <= self.committed {
            return Ok(());
        }
        let is_first = std::mem::replace(&mut self.committed, commit) == Index(0);
        let entries = scene.subject.entries_from(commit);
        let entry = entries.first().filter(|entry| entry.index == commit);
        let Some(entry) = entry.filter(|_| !is_first && !now.voters.is_empty()) else {
            // It has come in a snapshot, or is what the cluster begins with: the same on all
            // members, whenever they begin anew.
            return Ok(());
        };
        let has = |id| self.disks.have(id, commit, entry.term);
        let is_durable = is_majority(&now.voters, has)
            || before.is_some_and(|before| is_majority(&before.voters, has));
        if is_durable {
            return Ok(());
        }
        let on: Vec<MemberId> = self.disks.all(commit, entry.term).collect();
        Err(broken(format!(
            "{} has committed index {commit}, which is on the disks of {}, no majority of {}",
            scene.node,
            list(&on),
            list(&now.voters)
        )))
    }
}

/// Thesis §4.2.2 lets a leader that is removed lead on until that is committed. Here a
/// configuration counts from when it is applied, so by then it has stepped down.
fn look_at_leader(scene: &Scene<'_>, now: &ConfigurationFacts) -> Verdict {
    let facts = &scene.facts;
    if facts.role == Role::Leader && !now.voters.contains(&facts.id) {
        return Err(broken(format!(
            "{} leads term {} and is none of its own voters, {}",
            scene.node,
            facts.term,
            list(&now.voters)
        )));
    }
    Ok(())
}

fn is_majority(voters: &[MemberId], has: impl Fn(MemberId) -> bool) -> bool {
    voters.iter().filter(|id| has(**id)).count() > voters.len() / 2
}

/// How many are in one list and not in the other.
fn difference(one: &[MemberId], other: &[MemberId]) -> usize {
    let only =
        |one: &[MemberId], other: &[MemberId]| one.iter().filter(|id| !other.contains(id)).count();
    only(one, other) + only(other, one)
}

fn list(ids: &[MemberId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("({})", ids.join(" "))
}

fn broken(text: String) -> Broken {
    Broken {
        property: "membership safety",
        source: "Raft thesis §4.1, §4.2",
        text,
    }
}
