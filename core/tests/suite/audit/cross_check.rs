//! On histories that are small enough for a general checker of linearizability, ours says the
//! same.
//!
//! Revisions are part of the answers there too, so there is no difference to be allowed for; the
//! histories have no serializable reads, which need not be linearizable.

use std::collections::BTreeMap;

use quorate_core::audit::{ClientOperation, History, linearize};
use quorate_core::command::{Command, Reply};
use quorate_core::prng::Prng;
use todc_utils::{Action, Specification, WGLChecker};

use super::small_store::{FAULTS, Fault, SmallStore, history};

struct Store;

/// What was asked, and the answer if there was one.
type Asked = (Command, Option<(i64, Reply)>);

impl Specification for Store {
    type State = SmallStore;
    type Operation = Asked;

    fn init() -> SmallStore {
        SmallStore::default()
    }

    fn apply((command, wanted): &Asked, state: &SmallStore) -> (bool, SmallStore) {
        let mut next = state.clone();
        let answer = next.answer(command);
        if wanted.as_ref().is_none_or(|wanted| *wanted == answer) {
            (true, next)
        } else {
            (false, state.clone())
        }
    }
}

/// Whether some of the operations whose outcome is unknown, together with all that were answered,
/// have an order. They may happen at any time after they were asked, so they end last.
fn is_linearizable(history: &History) -> bool {
    let is_unknown = |operation: &&ClientOperation| operation.is_unknown();
    let unknown: Vec<u64> = history
        .operations
        .iter()
        .filter(is_unknown)
        .map(|operation| operation.number)
        .collect();
    (0..1u32 << unknown.len()).any(|chosen| {
        let has_happened = |number: u64| {
            let at = unknown.iter().position(|other| *other == number);
            at.is_none_or(|at| chosen >> at & 1 == 1)
        };
        let mut actions: Vec<(u64, usize, Action<Asked>)> = Vec::new();
        for (process, operation) in history.operations.iter().enumerate() {
            let answer = operation
                .done()
                .map(|(header, reply)| (header.revision.0, reply.clone()));
            let takes_part = answer.is_some() || operation.is_unknown();
            if !takes_part || !has_happened(operation.number) {
                continue;
            }
            let asked = (operation.command.clone(), answer);
            let ended_at = operation.returned_at.unwrap_or(u64::MAX);
            actions.push((operation.invoked_at, process, Action::Call(asked.clone())));
            actions.push((ended_at, process, Action::Response(asked)));
        }
        actions.sort_by_key(|(at, _, _)| *at);
        let actions: Vec<_> = actions
            .into_iter()
            .map(|(_, process, action)| (process, action))
            .collect();
        actions.is_empty()
            || WGLChecker::<Store>::is_linearizable(todc_utils::History::from_actions(actions))
    })
}

#[test]
fn a_general_checker_says_the_same() {
    let mut prng = Prng::new(20);
    let mut rejected = BTreeMap::<String, u32>::new();
    for round in 0..6_000 {
        let fault = FAULTS[round % FAULTS.len()];
        let count = prng.between(3, 9) as usize;
        let history = history(&mut prng, count, fault);
        let verdict = linearize(&history, None);
        assert_eq!(
            verdict.is_ok(),
            is_linearizable(&history),
            "round {round}, {fault:?}: {verdict:?}\n{history:#?}"
        );
        if let Ok(linearized) = &verdict {
            assert!(linearized.model.is_some(), "given up in round {round}");
        } else {
            assert_ne!(fault, Fault::None, "round {round}: {verdict:?}");
            *rejected.entry(format!("{fault:?}")).or_default() += 1;
        }
    }
    for fault in FAULTS.iter().filter(|fault| **fault != Fault::None) {
        let count = rejected.get(&format!("{fault:?}")).copied();
        assert!(
            count.is_some_and(|count| count > 50),
            "{fault:?}: {rejected:?}"
        );
    }
}

/// What is said of large histories is said in time.
#[test]
fn large_honest_histories_pass() {
    let mut prng = Prng::new(21);
    for _ in 0..20 {
        let history = history(&mut prng, 300, Fault::None);
        let linearized = linearize(&history, None).expect("honest");
        assert!(linearized.model.is_some(), "given up");
    }
}
