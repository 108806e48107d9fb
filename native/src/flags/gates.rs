//! Feature gates, as etcd 3.6 has them (`server/features`, `pkg/featuregate`).

use std::collections::BTreeMap;
use std::fmt;

use super::definition::boolean;
use crate::log::Notice;

/// A feature that can be switched on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gate {
    /// Leaders compare the members' hashes of compactions.
    CompactHashCheck,
    /// A member compares its store with the others' before it serves.
    InitialCorruptCheck,
    /// Leaders tell the others how long leases have left.
    LeaseCheckpoint,
    /// What they were told is kept.
    LeaseCheckpointPersist,
    /// Peers are dialled from the address that is advertised to them.
    SetMemberLocalAddr,
    /// No calls while the store is defragmented.
    StopGrpcServiceOnDefrag,
    /// How bbolt's transactions read.
    TxnModeWriteWithSharedBuffer,
}

/// How far a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Off unless asked for.
    Alpha,
    /// On unless asked for.
    Beta,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Alpha => "ALPHA",
            Stage::Beta => "BETA",
        }
    }
}

/// What setting a gate does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// What it does in etcd.
    Here,
    /// Nothing, whatever it is set to.
    None(&'static str),
    /// The feature is always on.
    AlwaysOn(&'static str),
}

/// The gates that were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FeatureGates {
    set: BTreeMap<Gate, bool>,
    /// `AllAlpha` and `AllBeta`, which are told with the others.
    all: BTreeMap<&'static str, bool>,
}

impl FeatureGates {
    /// Reads `Gate=true,Other=false`; what is wrong with it is said in etcd's words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut gates = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let Some((name, value)) = part.split_once('=') else {
                return Err(format!("missing bool value for {}", part.trim()));
            };
            let (name, value) = (name.trim(), value.trim());
            let value = boolean(value).ok_or_else(|| {
                format!("invalid value of {name}={value}, err: use true or false")
            })?;
            if let Some(all) = ALL.iter().find(|(all, _)| *all == name) {
                gates.all.insert(all.0, value);
                continue;
            }
            let Some(gate) = Gate::ALL.into_iter().find(|gate| gate.name() == name) else {
                let known: Vec<&str> = Gate::ALL.into_iter().map(Gate::name).collect();
                let known = known.join(", ");
                return Err(format!(
                    "unrecognized feature gate: {name}, use some of {known}"
                ));
            };
            gates.set.insert(gate, value);
        }
        Ok(gates)
    }

    /// Whether the feature is asked for.
    pub(crate) fn is_enabled(&self, gate: Gate) -> bool {
        let stage = gate.stage();
        let of_stage = ALL.iter().find(|(_, of)| *of == stage);
        self.set
            .get(&gate)
            .or_else(|| of_stage.and_then(|(name, _)| self.all.get(name)))
            .copied()
            .unwrap_or(stage == Stage::Beta)
    }

    /// Whether this gate was set by its name.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.set.keys().any(|gate| gate.name() == name)
    }

    /// Each gate with its stage, as etcd's metric names it, and whether it is on.
    pub(crate) fn told(&self) -> Vec<(&'static str, &'static str, bool)> {
        let all = ALL.iter().map(|(name, stage)| {
            let is_on = self.all.get(name).copied().unwrap_or(false);
            (*name, stage.name(), is_on)
        });
        let gates = Gate::ALL
            .into_iter()
            .map(|gate| (gate.name(), gate.stage().name(), self.is_enabled(gate)));
        all.chain(gates).collect()
    }

    /// What does not go together.
    pub(crate) fn verify(&self) -> Result<(), String> {
        let persist = self.is_enabled(Gate::LeaseCheckpointPersist);
        if persist && !self.is_enabled(Gate::LeaseCheckpoint) {
            return Err(
                "enabling feature gate LeaseCheckpointPersist requires enabling feature gate \
                 LeaseCheckpoint"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// What is set and changes nothing.
    pub(super) fn notices(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        for (gate, value) in &self.set {
            let why = match gate.effect() {
                Effect::None(why) => why,
                Effect::AlwaysOn(why) if !value => why,
                _ => continue,
            };
            let text = format!("feature gate {}={value} has no effect: {why}", gate.name());
            notices.push(Notice::warn(text));
        }
        notices
    }
}

impl fmt::Display for FeatureGates {
    /// What was set, as etcd's first line of the log tells it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.set.iter().map(|(gate, value)| (gate.name(), *value));
        let all = self.all.iter().map(|(name, value)| (*name, *value));
        let mut pairs: Vec<String> = set
            .chain(all)
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.sort();
        f.write_str(&pairs.join(","))
    }
}

impl Gate {
    /// All there are in etcd 3.6.
    const ALL: [Gate; 7] = [
        Gate::CompactHashCheck,
        Gate::InitialCorruptCheck,
        Gate::LeaseCheckpoint,
        Gate::LeaseCheckpointPersist,
        Gate::SetMemberLocalAddr,
        Gate::StopGrpcServiceOnDefrag,
        Gate::TxnModeWriteWithSharedBuffer,
    ];

    /// etcd's name of it.
    fn name(self) -> &'static str {
        match self {
            Gate::CompactHashCheck => "CompactHashCheck",
            Gate::InitialCorruptCheck => "InitialCorruptCheck",
            Gate::LeaseCheckpoint => "LeaseCheckpoint",
            Gate::LeaseCheckpointPersist => "LeaseCheckpointPersist",
            Gate::SetMemberLocalAddr => "SetMemberLocalAddr",
            Gate::StopGrpcServiceOnDefrag => "StopGRPCServiceOnDefrag",
            Gate::TxnModeWriteWithSharedBuffer => "TxnModeWriteWithSharedBuffer",
        }
    }

    /// How far etcd 3.6 says it is.
    fn stage(self) -> Stage {
        match self {
            Gate::TxnModeWriteWithSharedBuffer => Stage::Beta,
            _ => Stage::Alpha,
        }
    }

    fn effect(self) -> Effect {
        match self {
            Gate::CompactHashCheck | Gate::InitialCorruptCheck | Gate::SetMemberLocalAddr => {
                Effect::Here
            }
            Gate::LeaseCheckpoint | Gate::LeaseCheckpointPersist => {
                Effect::AlwaysOn("a new leader always learns how long leases have left")
            }
            Gate::StopGrpcServiceOnDefrag => {
                Effect::None("defragmentation does not stop the member")
            }
            Gate::TxnModeWriteWithSharedBuffer => Effect::None("there is no bbolt here"),
        }
    }
}

/// The gates that stand for all of a stage.
const ALL: [(&str, Stage); 2] = [("AllAlpha", Stage::Alpha), ("AllBeta", Stage::Beta)];

#[cfg(test)]
mod tests {
    use super::*;

    fn gates(text: &str) -> FeatureGates {
        FeatureGates::parse(text).expect(text)
    }

    #[test]
    fn a_gate_is_what_it_is_set_to_else_what_its_stage_is() {
        let plain = gates("");
        assert!(!plain.is_enabled(Gate::InitialCorruptCheck));
        assert!(plain.is_enabled(Gate::TxnModeWriteWithSharedBuffer));
        let all = gates("AllAlpha=true,CompactHashCheck=false,AllBeta=0");
        assert!(all.is_enabled(Gate::InitialCorruptCheck));
        assert!(!all.is_enabled(Gate::CompactHashCheck));
        assert!(!all.is_enabled(Gate::TxnModeWriteWithSharedBuffer));
        assert_eq!(
            all.to_string(),
            "AllAlpha=true,AllBeta=false,CompactHashCheck=false"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, message) in [
            (
                "InitialCorruptCheck",
                "missing bool value for InitialCorruptCheck",
            ),
            (
                "InitialCorruptCheck=maybe",
                "invalid value of InitialCorruptCheck=maybe, err: use true or false",
            ),
            (
                "InitialCorruptChek=true",
                "unrecognized feature gate: InitialCorruptChek, use some of CompactHashCheck, \
                 InitialCorruptCheck, LeaseCheckpoint, LeaseCheckpointPersist, \
                 SetMemberLocalAddr, StopGRPCServiceOnDefrag, TxnModeWriteWithSharedBuffer",
            ),
        ] {
            assert_eq!(FeatureGates::parse(text).expect_err(text), message);
        }
        let alone = gates("LeaseCheckpointPersist=true");
        assert!(alone.verify().is_err());
    }

    #[test]
    fn what_changes_nothing_is_told() {
        let gates = gates("LeaseCheckpoint=true,StopGRPCServiceOnDefrag=true");
        let notices = gates.notices();
        assert_eq!(notices.len(), 1);
        assert_eq!(
            notices[0].message,
            "feature gate StopGRPCServiceOnDefrag=true has no effect: defragmentation does not \
             stop the member"
        );
    }
}
