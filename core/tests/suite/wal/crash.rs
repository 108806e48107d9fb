//! After any crash the log is what it was at some moment: none of what was synced is missing,
//! nothing is there that was not appended, and it can be gone on with.

use quorate_core::id::Index;

use super::log_model::World;

/// A few lives of one log, each ended by a crash or a kill; how many of them were cut short in
/// the middle of a write, or what went wrong.
fn live(seed: u64, lies: bool) -> Result<u32, String> {
    let mut world = World::new(seed);
    world.disk.lies = lies;
    let mut losses = 0;
    for _ in 0..6 {
        for _ in 0..world.prng.below(30) {
            world.append_something();
            if world.prng.chance(500) {
                world.write();
            }
            if world.prng.chance(50) {
                let operations = world.release();
                world.disk.run(&operations);
            }
        }
        let mut prng = world.prng.fork("crash");
        world.prng.bits();
        let operations = match prng.below(4) {
            0 => world.release(),
            _ => world.take().unwrap_or_default(),
        };
        world.disk.run_some(&operations, &mut prng);
        // Without a power failure all that was written is there, durable or not.
        if prng.chance(800) {
            world.disk.crash(&mut prng);
        }
        let handed_out = world.handed_out;
        let moment = world.restart()?;
        losses += u32::from(moment < handed_out);
    }
    Ok(losses)
}

#[test]
fn a_crash_leaves_a_moment_of_the_log() {
    let mut losses = 0;
    for seed in 0..800 {
        losses += live(seed, false).unwrap_or_else(|what| panic!("seed {seed}: {what}"));
    }
    assert!(losses > 300, "the crashes hardly hurt: {losses} losses");
}

#[test]
fn a_disk_that_lies_about_syncing_is_noticed() {
    let noticed = (0..100).filter(|seed| live(*seed, true).is_err()).count();
    assert!(noticed > 50, "only {noticed} of 100 lies were noticed");
}

#[test]
fn a_killed_process_forgets_nothing_that_was_written() {
    for seed in 0..100 {
        let mut world = World::new(seed);
        for _ in 0..20 {
            world.append_something();
        }
        let operations = world.take().unwrap();
        world.disk.run(&operations[..operations.len() - 1]);
        let moment = world.restart().unwrap();
        assert_eq!(moment, world.moments.len() - 1);
        // It was not synced then: restarting did it, so that a crash now takes nothing.
        let mut prng = world.prng.fork("crash");
        world.disk.crash(&mut prng);
        assert_eq!(world.restart(), Ok(moment), "seed {seed}");
    }
}

#[test]
fn a_crash_while_a_log_is_created_leaves_none_or_an_empty_one() {
    use super::disk_model::Disk;
    use super::log_model::METADATA;
    use quorate_core::prng::Prng;
    use quorate_core::wal::{Wal, WalError, WalOptions, recover};

    let options = WalOptions::default();
    let (mut none, mut empty) = (0, 0);
    for seed in 0..300 {
        let mut prng = Prng::new(seed);
        let mut disk = Disk::default();
        let (_, operations) = Wal::create(METADATA, options);
        disk.run_some(&operations, &mut prng);
        disk.crash(&mut prng);
        match recover(&disk.image(), Some(METADATA), options) {
            Err(WalError::Empty) => {
                none += 1;
                let (_, operations) = Wal::create(METADATA, options);
                disk.run(&operations);
                let log = recover(&disk.image(), Some(METADATA), options).unwrap();
                assert_eq!((log.last_index(), log.repair), (Index(0), None));
            }
            log => {
                assert_eq!(log.unwrap().last_index(), Index(0));
                empty += 1;
            }
        }
    }
    assert!(none > 30 && empty > 30, "{none} none, {empty} empty");
}
