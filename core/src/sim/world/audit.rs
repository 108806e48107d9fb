//! The audit of what clients saw, as one more check of a world.

use super::World;
use crate::audit::{Finding, Hint, Linearized, audit};
use crate::sim::records::Moment;
use crate::sim::violation::Violation;

impl World {
    /// Audits all that clients have seen so far: linearizability, what watches are promised, what
    /// leases are. Answers the property that was violated, here or before.
    ///
    /// A history that breaks a guarantee goes on breaking it however it goes on, so this need not
    /// be called after every event: the violation bears the event at which it could first be
    /// told. A run's end is the place to call it ([`super::super::Simulation::advance`] does).
    pub fn audit(&mut self) -> Option<&Violation> {
        let heard = self.records.begin_audit();
        if self.violation.is_none()
            && let Some(last) = heard.last()
            && let Err(finding) = self.audit_to_the_end(*last)
        {
            let (moment, finding) = self.first_finding(&heard, finding);
            let violation = Violation {
                property: finding.property,
                source: finding.source,
                text: finding.text,
                seed: self.config.seed,
                event: moment.event,
                at_us: moment.at_us,
            };
            self.lines.add(self.now_us, format_args!("{violation}"));
            self.violation = Some(violation);
        }
        self.violation.as_ref()
    }

    /// What an audit of all that clients have seen so far would find, see [`World::audit`]; this
    /// leaves the world as it is.
    ///
    /// # Errors
    /// The guarantee that is broken.
    pub fn verdict(&self) -> Result<Linearized, Finding> {
        self.audit_until(Moment {
            at_us: self.now_us,
            event: self.event_count,
        })
    }

    /// Whether the last audit was given up, and so has not passed: the search for an order of all
    /// operations took too long.
    pub fn is_undecided(&self) -> bool {
        self.is_undecided
    }

    fn audit_to_the_end(&mut self, last: Moment) -> Result<(), Finding> {
        let linearized = self.audit_until(last)?;
        self.is_undecided = !linearized.is_decided();
        Ok(())
    }

    /// The first moment at which the history up to it breaks a guarantee. It does at the last.
    ///
    /// Of a beginning that nothing could be told of, nothing is told: then the violation bears a
    /// later moment than it might, but it is told all the same.
    fn first_finding(&self, heard: &[Moment], last: Finding) -> (Moment, Finding) {
        let mut found = (heard[heard.len() - 1], last);
        let (mut good, mut bad) = (0, heard.len() - 1);
        while good < bad {
            let middle = good.midpoint(bad);
            match self.audit_until(heard[middle]) {
                Ok(_) => good = middle + 1,
                Err(finding) => {
                    found = (heard[middle], finding);
                    bad = middle;
                }
            }
        }
        found
    }

    fn audit_until(&self, moment: Moment) -> Result<Linearized, Finding> {
        let timing = self.records.lease_timing();
        let history = self.clients.history();
        let as_it_was = |revision| self.records.writer(revision).cloned();
        let hint: Option<Hint<'_>> = Some(&as_it_was);
        if moment.at_us >= self.now_us {
            return audit(history, Some(&timing), hint);
        }
        audit(&history.until(moment.at_us), Some(&timing), hint)
    }
}
