//! Alarms in a member: when it raises one, and who waits for that.
//!
//! A put that may not fit is refused before it is proposed, and its caller is told when the alarm
//! is raised: whoever is told "no space" finds the alarm when it looks. What has been proposed by
//! then is carried out, on all members alike (their stores may differ in size, their answers may
//! not), and is answered as what it is: done. etcd answers "no space" to such a write as well,
//! though it has happened.

use super::Member;
use super::requests::Waiter;
use crate::collections::BTreeMap;
use crate::command::{Alarm, AlarmMember, Command, Reply};
use crate::error::Error;
use crate::id::RequestId;
use crate::trace::TraceKind;

/// Alarms that this member has proposed, and those whose requests were refused meanwhile.
#[derive(Default)]
pub(super) struct Raising {
    waiting: BTreeMap<AlarmMember, Vec<RequestId>>,
}

impl Raising {
    /// How many wait.
    pub(super) fn count(&self) -> usize {
        self.waiting.values().map(Vec::len).sum()
    }

    /// All that wait: nobody will be told of an alarm any more.
    pub(super) fn take_all(&mut self) -> Vec<RequestId> {
        let waiting = std::mem::take(&mut self.waiting);
        waiting.into_values().flatten().collect()
    }
}

impl Member {
    /// Whether this member's store can take what a command may add.
    pub(super) fn fits_quota(&self, command: &Command) -> bool {
        let quota = self.config.quota();
        quota.allows(self.store.size_bytes(), command)
    }

    /// A request does not fit: it is refused, once all know why.
    pub(super) fn refuse_for_space(&mut self, id: RequestId) {
        let alarm = self.own_alarm(Alarm::NoSpace);
        if self.alarms.is_raised(alarm) {
            return self.reply(id, Err(Error::NoSpace));
        }
        self.raise(alarm);
        self.raising.waiting.entry(alarm).or_default().push(id);
    }

    /// A write that was carried out did not fit. One of an earlier life says nothing of today.
    pub(super) fn quota_exceeded(&mut self) {
        let alarm = self.own_alarm(Alarm::NoSpace);
        let is_known = self.alarms.is_raised(alarm) || self.raising.waiting.contains_key(&alarm);
        if is_known || self.applied <= self.replayed_until {
            return;
        }
        self.tell(TraceKind::QuotaExceeded {
            size_bytes: self.store.size_bytes(),
            quota_bytes: self.config.quota().bytes().unwrap_or(u64::MAX),
        });
        self.raise(alarm);
    }

    fn own_alarm(&self, alarm: Alarm) -> AlarmMember {
        let member = self.config.id;
        AlarmMember { member, alarm }
    }

    /// Proposes an alarm, unless it is raised or under way.
    pub(super) fn raise(&mut self, alarm: AlarmMember) {
        if self.alarms.is_raised(alarm) || self.raising.waiting.contains_key(&alarm) {
            return;
        }
        self.raising.waiting.insert(alarm, Vec::new());
        self.propose(Waiter::Alarm(alarm), Command::AlarmRaise(alarm));
    }

    /// An alarm that this member proposed has been raised, or could not be.
    pub(super) fn alarm_settled(&mut self, alarm: AlarmMember) {
        for id in self.raising.waiting.remove(&alarm).unwrap_or_default() {
            self.reply(id, Err(Error::NoSpace));
        }
    }

    pub(super) fn apply_alarm(&mut self, alarm: AlarmMember, raise: bool) -> Result<Reply, Error> {
        if raise {
            if self.alarms.raise(alarm)? {
                self.tell(TraceKind::AlarmRaised { alarm });
            }
            return Ok(Reply::AlarmList(vec![alarm]));
        }
        let was_raised = self.alarms.lower(alarm);
        if was_raised {
            self.tell(TraceKind::AlarmLowered { alarm });
        }
        let lowered = was_raised.then_some(alarm);
        Ok(Reply::AlarmList(lowered.into_iter().collect()))
    }

    /// An alarm forbids a command.
    pub(super) fn refuse_for_alarm(
        &mut self,
        command: &Command,
        error: Error,
    ) -> Result<Reply, Error> {
        if let Command::LeaseExpire(expire) = command {
            self.not_expired(&expire.ids);
        }
        Err(error)
    }
}
