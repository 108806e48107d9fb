//! What is open when a lesson is done: a switch of the world, to see what it was good for.

use quorate_core::rules::Rule;
use quorate_core::sim::WorldConfig;

/// A switch that a lesson opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlock {
    /// A rule of the protocol. Without it, it is Raft no more.
    Rule(Rule),
    /// etcd's `--strict-reconfig-check`: no rule of Raft but a setting of a member, which refuses
    /// a change of the members that could leave too few of them.
    StrictReconfig,
}

impl Unlock {
    /// Its name, as a scenario has it: `pre-vote=off`.
    pub fn name(self) -> &'static str {
        match self {
            Unlock::Rule(rule) => rule.name(),
            Unlock::StrictReconfig => "strict-reconfig",
        }
    }

    /// Switches it off.
    pub fn switch_off(self, config: &mut WorldConfig) {
        match self {
            Unlock::Rule(rule) => config.switch_rule(rule, false),
            Unlock::StrictReconfig => config.strict_reconfig_check = false,
        }
    }

    /// A switch by its name.
    ///
    /// # Errors
    /// That there is none of that name, and which there are.
    pub(crate) fn read(name: &str) -> Result<Self, String> {
        let all = || {
            let rules = Rule::ALL.into_iter().map(Unlock::Rule);
            rules.chain([Unlock::StrictReconfig])
        };
        all().find(|one| one.name() == name).ok_or_else(|| {
            let names: Vec<&str> = all().map(Unlock::name).collect();
            format!(
                "there is no switch \"{name}\"; write one of {}",
                names.join(", ")
            )
        })
    }
}
