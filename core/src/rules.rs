//! The protocol's rules, by name, each of which can be switched off where somebody wants to see
//! what it is for.
//!
//! A rule looks superfluous until it is missing. The simulator's tests take one away and let a
//! checker show what breaks; a lesson of the page does the same before a reader's eyes. What runs
//! then is a *modified Raft*, and its trace begins with that word.
//!
//! The switch exists only with the feature `modified-raft`. Without it [`Rules`] is empty and
//! [`Rules::hold`] is the constant `true`: a server has nothing to switch.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A rule of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A member asks whether it would win before it raises the term (thesis §9.6). Without: one
    /// that comes back from behind a cut deposes a leader that served well.
    PreVote,
    /// A leader that hears no majority for an election timeout steps down, and a member that
    /// hears its leader gives no vote (thesis §6.2). Without: a leader that is cut off believes
    /// for ever that it leads.
    CheckQuorum,
    /// What an answer says is on the disk before the answer leaves (paper §5.2, Figure 2).
    /// Without: a crash takes back what others already count on.
    PersistBeforeAck,
    /// A leader counts copies only for entries of its own term (paper §5.4.2, Figure 8). Without:
    /// what is on a majority can still be replaced.
    CommitOnlyOwnTerm,
    /// A leader confirms with a majority that it still leads before it answers a read (thesis
    /// §6.4). Without: a leader that was deposed, and does not know it yet, answers with old
    /// data.
    ReadIndexConfirmation,
    /// A leader that answers reads by its lease looks whether it has one: it ends before another
    /// can be elected (thesis §6.4.1). Without: as above, and for as long as it stays cut off, for
    /// CheckQuorum, by which it would step down, goes with it. Of those that do not read by a
    /// lease it says nothing: they keep both.
    LeaderLease,
}

impl Rule {
    /// All rules.
    pub const ALL: [Rule; 6] = [
        Rule::PreVote,
        Rule::CheckQuorum,
        Rule::PersistBeforeAck,
        Rule::CommitOnlyOwnTerm,
        Rule::ReadIndexConfirmation,
        Rule::LeaderLease,
    ];

    /// Its name, as settings and traces have it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::PreVote => "pre-vote",
            Rule::CheckQuorum => "check-quorum",
            Rule::PersistBeforeAck => "persist-before-ack",
            Rule::CommitOnlyOwnTerm => "commit-only-own-term",
            Rule::ReadIndexConfirmation => "read-index-confirmation",
            Rule::LeaderLease => "leader-lease",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which rules hold: all, but in a build for the simulator or the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    #[cfg(feature = "modified-raft")]
    off: crate::collections::BTreeSet<Rule>,
}

impl Rules {
    /// Whether this build can switch a rule off.
    pub const CAN_BE_OFF: bool = cfg!(feature = "modified-raft");

    /// All rules but these. In a build without the switch all rules hold, whatever is asked.
    #[cfg_attr(
        not(feature = "modified-raft"),
        expect(unused_variables, reason = "all rules hold in this build")
    )]
    pub fn without(rules: &[Rule]) -> Self {
        Self {
            #[cfg(feature = "modified-raft")]
            off: rules.iter().copied().collect(),
        }
    }

    /// Whether a rule holds.
    #[cfg(feature = "modified-raft")]
    #[inline]
    pub fn hold(&self, rule: Rule) -> bool {
        !self.off.contains(&rule)
    }

    /// Whether a rule holds: always, in this build.
    #[cfg(not(feature = "modified-raft"))]
    #[inline]
    pub const fn hold(&self, _: Rule) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_written_by_its_name() {
        for rule in Rule::ALL {
            let written = serde_json::to_string(&rule).expect("a name");
            assert_eq!(written, format!("\"{}\"", rule.name()));
        }
    }

    #[test]
    fn a_rule_holds_unless_this_build_lets_it_be_off() {
        let rules = Rules::without(&[Rule::PreVote]);
        assert_eq!(rules.hold(Rule::PreVote), !Rules::CAN_BE_OFF);
        assert!(rules.hold(Rule::CheckQuorum));
    }
}
