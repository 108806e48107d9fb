//! Which rules of the protocol a world goes without, and how one is switched.
//!
//! PreVote is a setting of a member, too, as it is one of etcd's: a scenario and a link write it as
//! that, so it is switched by that.

use quorate_core::collections::InOrder;
use quorate_core::rules::Rule;
use quorate_core::sim::WorldConfig;

/// The rules that are off.
pub(crate) fn rules_off(config: &WorldConfig) -> Vec<Rule> {
    let is_off =
        |rule: &Rule| config.rules_off.contains(rule) || *rule == Rule::PreVote && !config.pre_vote;
    Rule::ALL.into_iter().filter(is_off).collect()
}

/// Switches a rule on or off.
pub(crate) fn switch_rule(config: &mut WorldConfig, rule: Rule, holds: bool) {
    config.rules_off.retain(|off| *off != rule);
    if rule == Rule::PreVote {
        config.pre_vote = holds;
    } else if !holds {
        config.rules_off.push(rule);
        config.rules_off.order();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_switched_is_told_and_comes_back() {
        for rule in Rule::ALL {
            let mut config = WorldConfig::default();
            assert_eq!(rules_off(&config), []);
            switch_rule(&mut config, rule, false);
            assert_eq!(rules_off(&config), [rule]);
            switch_rule(&mut config, rule, true);
            assert_eq!(config, WorldConfig::default());
        }
    }
}
