//! A member whose disk does at once what it is told.

use bytes::{Bytes, BytesMut};
use quorate_core::command::MemberInfo;
use quorate_core::disk::{DiskImage, DiskOperation};
use quorate_core::id::{ClusterId, MemberId};
use quorate_core::member::{Member, MemberConfig};
use quorate_core::{Input, Output};

/// Everybody's cluster here.
pub const CLUSTER: ClusterId = ClusterId(77);
/// The member on the bench.
pub const ME: MemberId = MemberId(1);

/// A member, and what it has done.
pub struct Bench {
    member: Member,
    /// Its disk.
    pub disk: DiskImage,
    /// What it has sent.
    pub sent: Vec<Bytes>,
    /// Whether it has stopped.
    pub has_stopped: bool,
}

impl Bench {
    /// A member of a cluster of so many, on an empty disk.
    pub fn new(members: u64) -> Self {
        let bootstrap = (1..=members)
            .map(|id| MemberInfo {
                id: MemberId(id),
                ..MemberInfo::default()
            })
            .collect();
        let mut config = MemberConfig::new(ME, CLUSTER, bootstrap);
        config.snapshot_count = 5;
        config.snapshot_catch_up_entries = 1;
        let disk = DiskImage::default();
        let member = Member::start(config, &disk).expect("an empty disk is a good one");
        let mut bench = Self {
            member,
            disk,
            sent: Vec::new(),
            has_stopped: false,
        };
        bench.settle();
        bench
    }

    /// Hands it something, and carries out all that follows.
    pub fn step(&mut self, input: Input) {
        self.member.step(input);
        self.settle();
    }

    fn settle(&mut self) {
        loop {
            let outputs = self.member.take_outputs();
            if outputs.is_empty() {
                return;
            }
            for output in outputs {
                match output {
                    Output::Send { frame, .. } => self.sent.push(frame),
                    Output::Disk(batch) => {
                        for operation in batch.operations {
                            self.carry_out(operation);
                        }
                        self.member.step(Input::DiskDone {
                            lane: batch.lane,
                            batch: batch.id,
                            result: Ok(()),
                        });
                    }
                    Output::Stopped { .. } => self.has_stopped = true,
                    Output::Reply { .. }
                    | Output::Watch(_)
                    | Output::Save(_)
                    | Output::Members(_)
                    | Output::Trace(_) => {}
                }
            }
        }
    }

    fn carry_out(&mut self, operation: DiskOperation) {
        let files = &mut self.disk.files;
        match operation {
            DiskOperation::Append { path, bytes } => {
                let file = files.entry(path).or_default();
                let mut whole = BytesMut::from(file.as_ref());
                whole.extend_from_slice(&bytes);
                *file = whole.freeze();
            }
            DiskOperation::Truncate { path, length_bytes } => {
                if let Some(file) = files.get_mut(&path) {
                    file.truncate(length_bytes as usize);
                }
            }
            DiskOperation::Rename { from, to } => {
                if let Some(file) = files.remove(&from) {
                    files.insert(to, file);
                }
            }
            DiskOperation::Remove { path } => {
                files.remove(&path);
            }
            DiskOperation::Sync { .. } | DiskOperation::SyncDirectory { .. } => {}
        }
    }
}
