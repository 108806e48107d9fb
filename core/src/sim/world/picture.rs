//! A picture of the world.

use std::sync::Arc;

use super::World;
use crate::id::Index;
use crate::member::{MemberView, StoreView};
use crate::sim::action::Node;
use crate::sim::disk::Disk;
use crate::sim::disk_view::DiskView;
use crate::sim::frame::{DiskFrame, Frame, LatencyFrame, MemberFrame, Standing};
use crate::sim::host::Process;
use crate::sim::machine::Machine;

impl World {
    /// The world as it is now. Equal histories give equal pictures.
    pub fn frame(&self) -> Frame {
        Frame {
            config: Arc::clone(&self.config),
            now_us: self.now_us,
            event_count: self.event_count,
            trace_hash: self.lines.hash().value(),
            members: self
                .machines
                .iter()
                .map(|machine| picture(machine, self.roster.of(machine.id)))
                .collect(),
            messages: self.queue.messages().cloned().collect(),
            first_sent: self.first_sent,
            answered: self.answered.clone(),
            lost: self.lost.clone(),
            cuts: self.network.cuts().collect(),
            one_way_cuts: self.network.one_way_cuts().collect(),
            held: self.network.held().map(|held| held.frame.clone()).collect(),
            latencies: self
                .network
                .latencies()
                .map(|(link, (min_us, max_us))| LatencyFrame {
                    link,
                    min_us,
                    max_us,
                })
                .collect(),
            holds: self.network.holds().collect(),
            operations: Arc::clone(self.clients.operations()),
            heard: self.records.heard_count() as u64,
            last: Some(self.last.clone()),
            violation: self.violation.clone(),
        }
    }
}

impl World {
    /// What stands in a machine's files, running or not; nothing when there is no such machine.
    pub fn disk_view(&self, node: Node) -> Option<DiskView> {
        Some(DiskView::of(&self.machine(node)?.disk))
    }

    /// A running member's store with its versions and watches; nothing while it is down.
    pub fn store_view(&self, node: Node) -> Option<StoreView> {
        Some(self.machine(node)?.process.as_ref()?.store_view())
    }
}

/// The picture of a machine: the same one until the machine changes, or how it stands.
fn picture(machine: &Machine, standing: Standing) -> Arc<MemberFrame> {
    let mut kept = machine.picture.borrow_mut();
    let current = kept.take().filter(|one| one.standing == standing);
    let picture = current.unwrap_or_else(|| Arc::new(member_frame(machine, standing)));
    *kept = Some(Arc::clone(&picture));
    picture
}

fn member_frame(machine: &Machine, standing: Standing) -> MemberFrame {
    let view = machine.process.as_ref().map(Process::view);
    MemberFrame {
        node: machine.node,
        id: machine.id,
        standing,
        written: view
            .as_ref()
            .map_or(Index(0), |view| written(view, &machine.disk)),
        view,
        failure: machine.failure.clone(),
        files: machine.disk.files(),
        is_paused: machine.condition.is_paused(),
        waiting_inputs: machine
            .condition
            .inbox
            .as_ref()
            .map_or(0, |inbox| inbox.len() as u64),
        clock_per_mille: machine.condition.clock_per_mille,
        disk: disk_frame(machine),
    }
}

fn disk_frame(machine: &Machine) -> DiskFrame {
    DiskFrame {
        extra_us: machine.condition.disk_extra_us,
        is_stalled: machine.condition.answers.is_some(),
        is_full: machine.disk.is_full,
        fails_next: machine.disk.fails_next,
        is_damaged: machine.condition.is_damaged,
        is_saved: machine.condition.saved.is_some(),
    }
}

/// Up to where the log is in files: what is handed to the disk, once the disk has written it.
fn written(view: &MemberView, disk: &Disk) -> Index {
    match view.batch {
        Some(batch) if disk.is_written(batch) => view.handed,
        _ => view.synced,
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::simulation;

    #[test]
    fn a_picture_that_was_kept_is_the_one_that_would_be_made() {
        for seed in 0..6 {
            let simulation = simulation(seed);
            let mut world = simulation.begin().expect("good settings");
            while world.event_count() < 4_000 && simulation.advance(&mut world) == Ok(true) {
                let kept = world.frame();
                for machine in &mut world.machines {
                    machine.change();
                }
                assert_eq!(kept, world.frame(), "seed {seed}");
            }
            assert!(world.event_count() > 100, "seed {seed} does something");
        }
    }
}
