//! Which rules of the protocol a world goes without, and how one is switched.
//!
//! PreVote is a setting of a member, too, as it is one of etcd's: it is switched by that.

use super::WorldConfig;
use crate::collections::InOrder;
use crate::rules::{Rule, Rules};

impl WorldConfig {
    /// The rules that do not hold in it, PreVote by its own setting among them, in the order of
    /// [`Rule::ALL`].
    pub fn missing_rules(&self) -> Vec<Rule> {
        let is_missing =
            |rule: &Rule| self.rules_off.contains(rule) || *rule == Rule::PreVote && !self.pre_vote;
        Rule::ALL.into_iter().filter(is_missing).collect()
    }

    /// Switches a rule on or off.
    pub fn switch_rule(&mut self, rule: Rule, holds: bool) {
        self.rules_off.retain(|off| *off != rule);
        if rule == Rule::PreVote {
            self.pre_vote = holds;
        } else if !holds {
            self.rules_off.push(rule);
            self.rules_off.order();
        }
    }

    /// The rules as its members have them.
    pub(in crate::sim) fn rules(&self) -> Rules {
        Rules::without(&self.rules_off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_switched_is_told_and_comes_back() {
        for rule in Rule::ALL {
            let mut config = WorldConfig::default();
            assert_eq!(config.missing_rules(), []);
            config.switch_rule(rule, false);
            assert_eq!(config.missing_rules(), [rule]);
            config.switch_rule(rule, false);
            assert_eq!(config.missing_rules(), [rule]);
            config.switch_rule(rule, true);
            assert_eq!(config, WorldConfig::default());
        }
    }
}
