//! Runs in which space is scarce: it runs out, writes are refused, somebody makes room.

use quorate_core::command::{Command, Reply};
use quorate_core::sim::{OperationOutcome, Simulation, simulation};

/// What came of the operations about space, over some runs.
#[derive(Debug, Default)]
struct Seen {
    runs: usize,
    refused: usize,
    listed: usize,
    disarmed: usize,
    defragmented: usize,
    /// Puts that were taken behind one that was refused.
    taken_again: usize,
}

impl Seen {
    fn run(&mut self, simulation: &Simulation) {
        let mut world = simulation.begin().unwrap();
        while simulation.advance(&mut world).unwrap() {}
        self.runs += 1;
        let mut is_full = false;
        let history = world.client_history().operations.iter();
        for (operation, shown) in history.zip(world.operations()) {
            let is_refused = matches!(
                &shown.outcome,
                OperationOutcome::Failed(text) if text.contains("database space exceeded")
            );
            let is_done = operation.done().is_some();
            is_full |= is_refused;
            self.refused += usize::from(is_refused);
            match &operation.command {
                Command::Put(_) if is_done && is_full => {
                    self.taken_again += 1;
                    is_full = false;
                }
                Command::Defragment if is_done => self.defragmented += 1,
                Command::AlarmList if is_done => self.listed += 1,
                Command::AlarmLower(_) => {
                    let reply = operation.done().map(|(_, reply)| reply);
                    let lowered =
                        matches!(reply, Some(Reply::AlarmList(alarms)) if !alarms.is_empty());
                    self.disarmed += usize::from(lowered);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn space_runs_out_and_is_made_again() {
    let mut seen = Seen::default();
    let scarce = (0..)
        .map(simulation)
        .filter(|of| of.history.config.quota_bytes > 0);
    for simulation in scarce.take(6) {
        seen.run(&simulation);
    }
    let each = [
        seen.refused,
        seen.listed,
        seen.disarmed,
        seen.defragmented,
        seen.taken_again,
    ];
    assert!(each.iter().all(|count| *count > 2), "{seen:?}");
}
